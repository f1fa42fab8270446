package csi_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/csi"
)

// An item left unreversed is named, in place of a ratio that means nothing.
func TestHTMTOfUnreversedItems(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 200)
	_, err := fit(t, m, rows, csi.Options{}).HTMT()
	require.NoError(t, err)
	for _, row := range rows {
		row[9] = 11 - row[9]
	}
	_, err = fit(t, m, rows, csi.Options{}).HTMT()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.EqualError(t, err, "csi: Constructs[2].Items[1]: must be reversed or dropped: it runs against the other items of its construct")
}

// Between constructs signs do not count.
func TestHTMTOfOppositeConstructs(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 200)
	want, err := fit(t, m, rows, csi.Options{}).HTMT()
	require.NoError(t, err)
	for _, row := range rows {
		for item := 8; item < 15; item++ {
			row[item] = 11 - row[item]
		}
	}
	got, err := fit(t, m, rows, csi.Options{}).HTMT()
	require.NoError(t, err)
	require.Len(t, got, 21)
	for i, pair := range want {
		near.Equal(t, pair.HTMT, got[i].HTMT, 1e-12, 0)
		assert.Equal(t, pair.First, got[i].First)
	}
}

// Signs do not count within a construct either, as long as no item on average runs against
// the others.
func TestHTMTByHand(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 60)
	for _, row := range rows { // the third item of quality goes against the second and with the others
		row[10] = max(1, min(10, 5+2*(mean(row[11:15])-5)-1.5*(row[9]-5)))
	}
	columns := make([][]float64, 24)
	for _, row := range rows {
		for j := range columns {
			columns[j] = append(columns[j], row[j])
		}
	}
	meet := func(a, b csi.Construct) (r float64) {
		n := 0
		for _, x := range a.Items {
			for _, y := range b.Items {
				if x != y {
					r += math.Abs(product(standard(columns[x]), standard(columns[y])))
					n++
				}
			}
		}
		if n == 0 {
			return 1
		}
		return r / float64(n)
	}
	require.Negative(t, product(standard(columns[9]), standard(columns[10])))
	of := map[string]csi.Construct{}
	for _, c := range m.Params().Constructs {
		of[c.Name] = c
	}
	pairs, err := fit(t, m, rows, csi.Options{}).HTMT()
	require.NoError(t, err)
	for _, p := range pairs {
		a, b := of[p.First], of[p.Second]
		near.Equal(t, meet(a, b)/math.Sqrt(meet(a, a)*meet(b, b)), p.HTMT, 1e-12, 0)
	}
}

func TestFornellLarcker(t *testing.T) {
	t.Parallel()
	p, err := csi.Ready(csi.American, 1, 10)
	require.NoError(t, err)
	p.Constructs[0].Mode = csi.ModeB
	m := model(t, p)
	f := fit(t, m, simulate(m, 300, 5), csi.Options{})
	table, measures := f.FornellLarcker(), f.Measures()
	assert.True(t, math.IsNaN(table[0][0]))
	pairs, err := f.HTMT()
	require.NoError(t, err)
	assert.Len(t, pairs, 10, "five constructs of mode A")
	for j := 1; j < len(table); j++ {
		near.Equal(t, math.Sqrt(*measures[j].AVE), table[j][j], 1e-15, 0)
		near.Equal(t, f.Correlations()[j][0], table[j][0], 0, 0)
	}
	for _, item := range f.Items() {
		near.Equal(t, item.Loading*item.Loading, item.Communality, 0, 0)
	}
}

// A single item stands for itself: reliabilities of 1, and no goodness of fit without a
// construct of several.
func TestSingleItems(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0}, Low: 1, High: 7}, {Name: "B", Items: []int{2}, Low: 1, High: 7}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	}
	m := model(t, p)
	rows := simulate(m, 50, 3)
	f := fit(t, m, rows, csi.Options{})
	_, ok := f.GoF()
	assert.False(t, ok)
	a := f.Measures()[0]
	for _, v := range []*float64{a.AVE, a.Alpha, a.RhoC, a.RhoA, a.DillonGoldstein} {
		near.Equal(t, 1, *v, 1e-15, 0)
	}
	assert.Nil(t, a.R2)
	assert.Nil(t, a.Redundancy)
	sizes, err := f.FSquare(collect(t, m, rows))
	require.NoError(t, err)
	r2 := *f.Measures()[1].R2
	near.Equal(t, r2/(1-r2), sizes[0].F2, 1e-12, 0)
}

// Without a link, the model is another model.
func TestFSquareIsAnotherEstimate(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 150)
	rows[3][4], rows[9][20] = missing, missing
	for _, use := range []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement} {
		f := fit(t, m, rows, csi.Options{Use: use})
		sizes, err := f.FSquare(collect(t, m, rows))
		require.NoError(t, err)
		for i, size := range sizes {
			p := m.Params()
			p.Links = slices.Delete(p.Links, i, i+1)
			if !slices.ContainsFunc(p.Links, func(l csi.Link) bool { return l.To == size.To }) {
				continue
			}
			other, err := csi.New(p)
			if err != nil {
				continue // a construct is isolated
			}
			r2 := func(f csi.Fit) float64 {
				for _, measure := range f.Measures() {
					if measure.Name == size.To {
						return *measure.R2
					}
				}
				return math.NaN()
			}
			full, less := r2(f), r2(fit(t, other, rows, csi.Options{Use: use}))
			near.Equal(t, (full-less)/(1-full), size.F2, 1e-9, 1e-12)
		}
	}
}

// An index is what a weighted mean on the scale comes to, and what it does not have is said.
func TestIndexWithoutWeights(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0, 1}, Mode: csi.ModeB, Low: 0, High: 10, Open: true}, {Name: "B", Items: []int{2}, Low: 0, High: 10, Open: true}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	}
	m := model(t, p)
	a := m.NewMoments()
	var rows [][]float64
	for i := range 64 {
		// B is the difference of the items of A, of which the second varies less, so that
		// its weight as answered is the greater one, and below 0.
		x, y := float64(i%8), float64(i/8)
		rows = append(rows, []float64{4 * x, 0.5*y + x, 2*x - y})
		require.NoError(t, a.Add(rows[i]))
	}
	f, err := m.Fit(a, csi.Options{})
	require.NoError(t, err)
	assert.Nil(t, f.Measures()[0].Index)
	assert.Nil(t, f.Items()[0].Share)
	_, err = f.Index("A")
	require.EqualError(t, err, "csi: Constructs[0]: must have weights that add to more than 0")
	_, err = f.Map("B")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	list, ok, err := f.Scores([]float64{1, 2, 3})
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Nil(t, list[0].Index)
	assert.NotNil(t, list[1].Index)
	// Nor has it one in resamples and in groups.
	without := 0
	for _, p := range bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 20}).Parameters() {
		if p.Quantity == csi.IndexScore {
			without++
			assert.Equal(t, "B", p.Construct)
		}
	}
	for _, d := range compare(t, m, rows, rows, csi.Options{}, 1).Differences {
		if d.Parameter.Quantity == csi.IndexScore {
			without++
			assert.Equal(t, "B", d.Parameter.Construct)
		}
	}
	assert.Equal(t, 2, without)
}

// The map: a point of a construct's index, and what it does to the target's.
func TestMapIsInPoints(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 400)
	f := fit(t, m, rows, csi.Options{})
	list, err := f.Map("Loyalty")
	require.NoError(t, err)
	require.Len(t, list, 6)
	sd := func(name string, j int) float64 {
		var x []float64
		for _, row := range rows {
			scores, _, err := f.Scores(row)
			require.NoError(t, err)
			assert.Equal(t, name, scores[j].Construct)
			x = append(x, *scores[j].Index)
		}
		m, sum := mean(x), 0.0
		for _, v := range x {
			sum += (v - m) * (v - m)
		}
		return math.Sqrt(sum)
	}
	for j, place := range list {
		e, err := f.Effect(place.Construct, "Loyalty")
		require.NoError(t, err)
		near.Equal(t, e.Total*sd("Loyalty", 6)/sd(place.Construct, j), place.Importance, 1e-9, 0)
		index, err := f.Index(place.Construct)
		require.NoError(t, err)
		near.Equal(t, index, place.Performance, 0, 0)
	}
	none, ok, err := f.Scores(append([]float64{missing}, rows[0][1:]...))
	require.NoError(t, err)
	assert.False(t, ok)
	assert.Nil(t, none)
}

// Where antecedents determine a construct, no link has a size.
func TestFSquareOfWhatIsDetermined(t *testing.T) {
	t.Parallel()
	p := chain()
	for j := range p.Constructs {
		p.Constructs[j].Items = []int{j}
	}
	m := model(t, p)
	rows := simulate(m, 40, 2)
	for _, row := range rows {
		row[1] = row[0]
	}
	_, err := fit(t, m, rows, csi.Options{}).FSquare(collect(t, m, rows))
	require.EqualError(t, err, "csi: Links[0]: must not lead to a construct that its antecedents determine")
}
