package csi_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/csi"
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(7, 9)) }

func bootstrap(t require.TestingT, m csi.Model, rows [][]float64, o csi.Options, r csi.Resampling) *csi.Boot {
	b, err := m.Bootstrap(context.Background(), rows, o, r, seeded())
	require.NoError(t, err)
	return b
}

// Any number of workers gives the same bits, and so do shards, merged in any order.
func TestWorkersAndShards(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 80)
	rows[3][1], rows[70][23] = missing, missing
	for _, use := range []csi.Use{csi.Listwise, csi.MeanReplacement} {
		o := csi.Options{Use: use}
		one := encode(t, bootstrap(t, m, rows, o, csi.Resampling{Replicates: 40, Jackknife: true}))
		for _, workers := range []int{1, 2, 8} {
			assert.Equal(t, one, encode(t, bootstrap(t, m, rows, o, csi.Resampling{Replicates: 40, Jackknife: true, Workers: workers})))
		}
		var parts []*csi.Boot
		for _, shard := range []csi.Shard{{0, 11}, {11, 12}, {12, 40}} {
			parts = append(parts, bootstrap(t, m, rows, o, csi.Resampling{Replicates: 40, Shard: &shard, Jackknife: shard.From == 11}))
		}
		for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
			var sum csi.Boot
			for _, i := range order {
				require.NoError(t, sum.Merge(parts[i]))
				require.NoError(t, sum.Merge(&csi.Boot{}))
			}
			assert.Equal(t, one, encode(t, &sum))
			assert.Equal(t, 40, sum.Len())
			assert.Equal(t, 40, sum.Whole())
			require.EqualError(t, sum.Merge(parts[1]), "csi: Boot = 11: must not have a replicate that is there already")
		}
		assert.Equal(t, 11, parts[0].Len(), "parts stay as they are")
	}
}

// A replicate is the estimate of its rows, whatever is missing in them.
func TestReplicatesAreFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := model(t, anyModel(t))
		rows := anyRows(t, items(m.Params()), 20, true, true)
		o := csi.Options{Scheme: anyScheme(t), Use: rapid.SampledFrom([]csi.Use{csi.Listwise, csi.MeanReplacement, csi.Pairwise}).Draw(t, "use")}
		kept := rows
		if o.Use == csi.Listwise {
			kept = nil
			for _, row := range rows {
				if !math.IsNaN(sum(row)) {
					kept = append(kept, row)
				}
			}
		}
		given := make([][]int, 3)
		for i := range given {
			for range kept {
				given[i] = append(given[i], rapid.IntRange(0, len(kept)-1).Draw(t, "row"))
			}
		}
		b, err := m.Bootstrap(t.Context(), rows, o, csi.Resampling{Given: given, Jackknife: true}, nil)
		if err != nil {
			t.Skip()
		}
		assert.Equal(t, len(kept), b.Rows())
		assert.Equal(t, len(rows)-len(kept), b.LeftOut())
		failures := map[int]csi.Reason{}
		for _, f := range b.Failures() {
			failures[f.Replicate] = f.Reason
		}
		next, lacks := map[csi.Parameter]int{}, map[csi.Parameter]int{}
		for i, positions := range given {
			a := m.NewMoments()
			for _, row := range positions {
				require.NoError(t, a.Add(kept[row]))
			}
			f, err := m.Fit(a, o)
			if failures[i] != "" {
				continue
			}
			require.NoError(t, err)
			for _, p := range b.Parameters() {
				d, err := b.Of(p)
				require.NoError(t, err)
				want, ok := figure(t, f, p)
				if !ok {
					lacks[p]++
					continue
				}
				near.Equal(t, want, d.Replicates()[next[p]], 1e-9, 1e-9, "%v", p)
				next[p]++
			}
		}
		for _, p := range b.Parameters() {
			d, err := b.Of(p)
			require.NoError(t, err)
			assert.Equal(t, len(failures)+lacks[p], d.Failed())
			assert.Len(t, d.Replicates(), next[p])
		}
	})
}

func sum(row []float64) (s float64) {
	for _, x := range row {
		s += x
	}
	return s
}

// figure returns a parameter from a fit; false if it has none.
func figure(t require.TestingT, f csi.Fit, p csi.Parameter) (float64, bool) {
	switch p.Quantity {
	case csi.Weight, csi.Loading:
		for _, item := range f.Items() {
			if item.Position == p.Item {
				return map[csi.Quantity]float64{csi.Weight: item.Weight, csi.Loading: item.Loading}[p.Quantity], true
			}
		}
	case csi.Coefficient, csi.TotalEffect, csi.IndirectEffect:
		e, err := f.Effect(p.Construct, p.To)
		require.NoError(t, err)
		return map[csi.Quantity]float64{csi.Coefficient: e.Direct, csi.TotalEffect: e.Total, csi.IndirectEffect: e.Indirect}[p.Quantity], true
	case csi.HTMT:
		pairs, err := f.HTMT()
		for _, pair := range pairs {
			if pair.First == p.Construct && pair.Second == p.To {
				return pair.HTMT, true
			}
		}
		require.Error(t, err)
	case csi.MapImportance:
		_, err1 := f.Index(p.Construct)
		_, err2 := f.Index(p.To)
		e, err := f.Effect(p.Construct, p.To)
		require.NoError(t, err)
		return e.Total * spread(f, p.To) / spread(f, p.Construct), err1 == nil && err2 == nil
	default:
		for _, m := range f.Measures() {
			if m.Name == p.Construct {
				v := map[csi.Quantity]*float64{
					csi.RSquare: m.R2, csi.IndexScore: m.Index, csi.AVE: m.AVE, csi.Alpha: m.Alpha, csi.RhoC: m.RhoC, csi.RhoA: m.RhoA,
				}[p.Quantity]
				if v != nil {
					return *v, true
				}
			}
		}
	}
	return 0, false
}

// spread returns the standard deviation of the index of a construct.
func spread(f csi.Fit, construct string) float64 {
	sum := 0.0
	for _, item := range f.Items() {
		if item.Construct == construct {
			sum += item.Weight / item.SD
		}
	}
	for _, c := range f.Model().Params().Constructs {
		if c.Name == construct {
			sum *= c.High - c.Low
		}
	}
	return 100 / sum
}

// known returns a parameter that a fit has.
func known(t require.TestingT, f csi.Fit, p csi.Parameter) float64 {
	v, ok := figure(t, f, p)
	require.True(t, ok, "%v", p)
	return v
}

// The value is that of all rows, and the jackknife that of all but one.
func TestJackknife(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 40)
	b := bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 999, Jackknife: true})
	all := fit(t, m, rows, csi.Options{})
	p := csi.Parameter{Quantity: csi.IndexScore, Construct: "Satisfaction"}
	d, err := b.Of(p)
	require.NoError(t, err)
	near.Equal(t, known(t, all, p), d.Value(), 1e-12, 0)
	// Acceleration by hand, from fits without each row.
	squares, cubes := 0.0, 0.0
	for i := range rows {
		l := d.Value() - known(t, fit(t, m, append(append([][]float64{}, rows[:i]...), rows[i+1:]...), csi.Options{}), p)
		squares += l * l
		cubes += l * l * l
	}
	data := encode(t, b)
	var again csi.Boot
	require.NoError(t, again.UnmarshalBinary(data))
	assert.Equal(t, data, encode(t, &again))
	bca, err := d.Interval(csi.BCa, 0.9)
	require.NoError(t, err)
	percentile, err := d.Interval(csi.Percentile, 0.9)
	require.NoError(t, err)
	// With so little acceleration and bias, both are close.
	assert.Less(t, math.Abs(cubes/(6*math.Pow(squares, 1.5))), 0.1)
	near.Equal(t, percentile.Low, bca.Low, 0, 2)
	near.Equal(t, percentile.High, bca.High, 0, 2)
	for _, method := range []csi.Method{csi.Basic, csi.Normal, csi.Plain} {
		i, err := d.Interval(method, 0.9)
		require.NoError(t, err)
		assert.Less(t, i.Low, d.Value())
		assert.Greater(t, i.High, d.Value())
	}
	se, ok := d.SE()
	assert.True(t, ok)
	near.Equal(t, 2*1.645*se, percentile.High-percentile.Low, 0, se)
	_, err = d.Interval("exact", 0.3)
	require.EqualError(t, err, "csi: Method: must be empty or one of percentile, basic, normal, plain; Level = 0.3: must be 0.5 to 0.9999")
}

// What is the same in all replicates has an interval of no width.
func TestIntervalsThatDoNotExist(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 60)
	b := bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 30})
	d, err := b.Of(csi.Parameter{Quantity: csi.Weight, Construct: "Complaints", Item: 20})
	require.NoError(t, err)
	i, err := d.Interval(csi.Percentile, 0.95)
	require.NoError(t, err)
	near.Equal(t, 1, i.Low, 1e-12, 0)
	near.Equal(t, 1, i.High, 1e-12, 0)
	d, err = b.Of(csi.Parameter{Quantity: csi.RSquare, Construct: "Value"})
	require.NoError(t, err)
	_, err = d.Interval(csi.Percentile, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew, "30 replicates are too few for 0.95")
	_, err = d.Interval(csi.BCa, 0.8)
	require.EqualError(t, err, "csi: Method: must not be empty, for BCa, without a jackknife, or where it failed")
	_, err = b.Of(csi.Parameter{Quantity: csi.RSquare, Construct: "Image"})
	require.EqualError(t, err, "csi: Parameter: must be one of Boot.Parameters")
	var zero csi.Distribution
	_, err = zero.Interval(csi.Normal, 0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, ok := zero.Mean()
	assert.False(t, ok)
	_, ok = zero.SE()
	assert.False(t, ok)
	_, err = json.Marshal(zero)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	all := make([]int, len(rows))
	for row := range all {
		all[row] = row % 30
	}
	one, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: [][]int{all}, Jackknife: true}, nil)
	require.NoError(t, err)
	d, err = one.Of(csi.Parameter{Quantity: csi.RSquare, Construct: "Value"})
	require.NoError(t, err)
	i, err = d.Interval(csi.BCa, 0.9)
	require.NoError(t, err, "one replicate does not vary")
	assert.Less(t, i.Low, i.High)
	two, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: [][]int{all, all[:0:0]}}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Nil(t, two)
}

func TestBCaOnOneSide(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 60)
	some := make([][]int, 2)
	for i := range rows {
		some[0], some[1] = append(some[0], i%10), append(some[1], i%11)
	}
	b, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: some, Jackknife: true}, nil)
	require.NoError(t, err)
	sides := 0
	for _, p := range b.Parameters() {
		d, err := b.Of(p)
		require.NoError(t, err)
		if _, err = d.Interval(csi.BCa, 0.9); err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			sides++
		}
	}
	assert.Positive(t, sides)
}

// Resamples without an estimate are counted, with their reasons, and the others stay.
func TestFailedReplicates(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	rows := simulate(m, 30, 8)
	for i, row := range rows {
		row[3] = 4
		if i == 0 {
			row[3] = 5
		}
	}
	b := bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 200, Jackknife: true})
	// Whoever misses the first row has an item that does not vary: (1 − 1/30)^30 of them.
	near.Equal(t, 200*math.Pow(29.0/30, 30), float64(b.Failed()), 0, 25)
	require.Len(t, b.Failures(), b.Failed())
	for _, f := range b.Failures() {
		assert.Equal(t, csi.ConstantItem, f.Reason)
	}
	d, err := b.Of(b.Parameters()[0])
	require.NoError(t, err)
	assert.Len(t, d.Replicates(), 200-b.Failed())
	_, err = d.Interval(csi.BCa, 0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid, "without the first row there is no estimate")
	again := csi.Boot{}
	require.NoError(t, again.UnmarshalBinary(encode(t, b)))
	assert.Equal(t, b.Failures(), again.Failures())
	never := make([]int, 30)
	for i := range never {
		never[i] = 1 + i%29
	}
	_, err = m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: [][]int{never}}, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	shard, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: [][]int{never}, Shard: &csi.Shard{From: 0, To: 1}}, nil)
	require.NoError(t, err, "others may do better")
	assert.Equal(t, 1, shard.Failed())
	rows[0][3] = 4
	_, err = m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Replicates: 20}, seeded())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = m.Bootstrap(t.Context(), simulate(m, 30, 9), csi.Options{Rounds: 1}, csi.Resampling{Replicates: 20}, seeded())
	require.ErrorIs(t, err, relmark.ErrNoConverge)
}

// A resample in which weights add to nothing or less has no index, and everything else.
func TestReplicatesWithoutAnIndex(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0, 1}, Mode: csi.ModeB, Low: 0, High: 10}, {Name: "B", Items: []int{2}, Low: 0, High: 10}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	}
	m := model(t, p)
	r := rand.New(rand.NewPCG(4, 2))
	rows := make([][]float64, 60)
	for i := range rows { // B is nearly the difference of the items of A
		x, y := float64(r.IntN(6)), float64(r.IntN(6))
		rows[i] = []float64{x, y, 5 + 0.6*x - 0.5*y + 2*r.Float64() - 1}
	}
	b := bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 200, Jackknife: true})
	path, err := b.Of(csi.Parameter{Quantity: csi.Coefficient, Construct: "A", To: "B"})
	require.NoError(t, err)
	assert.Zero(t, b.Failed())
	assert.Len(t, path.Replicates(), 200)
	index := csi.Parameter{Quantity: csi.IndexScore, Construct: "A"}
	d, err := b.Of(index)
	require.NoError(t, err)
	assert.Positive(t, d.Failed())
	assert.Len(t, d.Replicates(), 200-d.Failed())
	for _, v := range d.Replicates() {
		assert.False(t, math.IsNaN(v))
	}
	_, err = path.Interval(csi.BCa, 0.9)
	require.NoError(t, err)

	var again csi.Boot
	require.NoError(t, again.UnmarshalBinary(encode(t, b)))
	assert.Equal(t, encode(t, b), encode(t, &again))
	same, err := again.Of(index)
	require.NoError(t, err)
	assert.Equal(t, d.Replicates(), same.Replicates())

	other, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Replicates: 200}, rand.New(rand.NewPCG(5, 5)))
	require.NoError(t, err)
	change, err := csi.Change(b, other, index)
	require.NoError(t, err)
	assert.Len(t, change.Replicates(), 200-change.Failed())
	assert.Greater(t, change.Failed(), d.Failed())
	c, err := m.Compare(t.Context(), rows[:30], rows[30:], csi.Options{}, csi.Permutation{Replicates: 100, Level: 0.9}, seeded())
	require.NoError(t, err)
	assert.Positive(t, c.Failed)
}

// Without some row an index may not exist: then it has no BCa interval, and other figures have.
func TestJackknifeWithoutAnIndex(t *testing.T) {
	t.Parallel()
	m := model(t, csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0, 1}, Mode: csi.ModeB, Low: 0, High: 10}, {Name: "B", Items: []int{2}, Low: 0, High: 10}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	})
	found := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 6))
		rows := make([][]float64, 15)
		for i := range rows {
			x, y := float64(r.IntN(6)), float64(r.IntN(6))
			rows[i] = []float64{x, y, 5 + 0.5*x - 0.5*y + 2*r.Float64() - 1}
		}
		b, err := m.Bootstrap(context.Background(), rows, csi.Options{}, csi.Resampling{Replicates: 50, Jackknife: true}, seeded())
		if err != nil {
			continue
		}
		path, err := b.Of(csi.Parameter{Quantity: csi.Coefficient, Construct: "A", To: "B"})
		require.NoError(t, err)
		index, err := b.Of(csi.Parameter{Quantity: csi.IndexScore, Construct: "A"})
		if err != nil {
			continue // nor have all rows one
		}
		_, err1 := path.Interval(csi.BCa, 0.8)
		_, err2 := index.Interval(csi.BCa, 0.8)
		if err1 == nil && errors.Is(err2, relmark.ErrInvalid) {
			found++
			var again csi.Boot
			require.NoError(t, again.UnmarshalBinary(encode(t, b)))
			assert.Equal(t, encode(t, b), encode(t, &again))
		}
	}
	assert.Positive(t, found)
}

func TestResamplingsThatAreNone(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	rows := simulate(m, 30, 8)
	for want, r := range map[string]csi.Resampling{
		"csi: Replicates = 0: must be 20 to 100000; Rand: must not be nil, unless resamples are given":                                           {},
		"csi: Workers = 65: must be 0 to 64; Rand: must not be nil, unless resamples are given":                                                  {Replicates: 20, Workers: 65},
		"csi: Given = 0: must be 1 to 100000":                                                                                                    {Given: [][]int{}},
		"csi: Replicates = 1: must be 0 where resamples are given; Given[0]: must have the position of a row for each row that counts":           {Replicates: 1, Given: [][]int{{0}}},
		"csi: Rand: must not be nil, unless resamples are given; Shard: must be From 0 or more to To above it, the number of replicates at most": {Replicates: 20, Shard: &csi.Shard{From: 3, To: 21}},
	} {
		_, err := m.Bootstrap(t.Context(), rows, csi.Options{}, r, nil)
		require.EqualError(t, err, want)
	}
	_, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Given: [][]int{{}}}, seeded())
	require.ErrorContains(t, err, "Rand: must be nil where resamples are given")
	_, err = m.Bootstrap(t.Context(), rows, csi.Options{Use: "x"}, csi.Resampling{}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	rows[4][2] = 99
	_, err = m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Replicates: 20}, seeded())
	require.EqualError(t, err, "csi: Rows[4][2] = 99: must be 1 to 7, or NaN where it is missing")
}

func TestBootsThatDoNotFit(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	rows := simulate(m, 30, 8)
	r := csi.Resampling{Replicates: 20, Shard: &csi.Shard{From: 0, To: 5}}
	a := bootstrap(t, m, rows, csi.Options{}, r)
	require.EqualError(t, a.Merge(nil), "csi: Boot: must not be nil")
	for _, o := range []*csi.Boot{
		bootstrap(t, m, rows, csi.Options{Scheme: csi.Centroid}, csi.Resampling{Replicates: 20, Shard: &csi.Shard{From: 5, To: 20}}),
		bootstrap(t, m, rows[1:], csi.Options{}, csi.Resampling{Replicates: 20, Shard: &csi.Shard{From: 5, To: 20}}),
		bootstrap(t, m, rows, csi.Options{}, csi.Resampling{Replicates: 21, Shard: &csi.Shard{From: 5, To: 20}}),
	} {
		require.EqualError(t, a.Merge(o), "csi: Boot: must be of the same model, options, rows and seed")
	}
	_, err := json.Marshal(a)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	var zero csi.Boot
	assert.Empty(t, zero.Parameters())
	require.NoError(t, a.UnmarshalBinary(encode(t, &zero)))
	assert.Zero(t, a.Len())
}

// A replicate allocates what it returns. Not parallel: AllocsPerRun panics in parallel
// tests.
func TestReplicatesDoNotAllocate(t *testing.T) {
	m, rows := mobile(t, 50)
	count := func(replicates int) float64 {
		return testing.AllocsPerRun(3, func() {
			if _, err := m.Bootstrap(t.Context(), rows, csi.Options{}, csi.Resampling{Replicates: replicates}, seeded()); err != nil {
				t.Error(err)
			}
		})
	}
	// One list a replicate, and the growing list of these.
	assert.LessOrEqual(t, count(1020)-count(20), 1000+20.0)
}

func someBoot(t require.TestingT) *csi.Boot {
	m := model(t, chain())
	rows := simulate(m, 12, 3)
	for i, row := range rows {
		row[3] = float64(4 + (i+1)/12)
	}
	given := [][]int{make([]int, 12), {11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {11, 11, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9}}
	b, err := m.Bootstrap(context.Background(), rows, csi.Options{}, csi.Resampling{Given: given}, nil)
	require.NoError(t, err)
	return b
}

func TestBootGolden(t *testing.T) {
	t.Parallel()
	now := encode(t, someBoot(t))
	data := golden(t, "boot.v2.hex", now)
	var b csi.Boot
	require.NoError(t, b.UnmarshalBinary(data))
	assert.Equal(t, data, encode(t, &b))
	assert.Equal(t, 3, b.Len())
	assert.Equal(t, []csi.Failure{{Replicate: 0, Reason: csi.ConstantItem}}, b.Failures())
	assert.Equal(t, someBoot(t).Parameters(), b.Parameters())
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x40
		require.Error(t, new(csi.Boot).UnmarshalBinary(bad))
		again := new(csi.Boot)
		if again.UnmarshalBinary(codec.Seal(bad)) == nil {
			assert.Equal(t, codec.Seal(bad), encode(t, again))
		}
	}
}

// Version 1 has no parameters of quality, and what it has comes back.
func TestBootOfVersion1(t *testing.T) {
	t.Parallel()
	data := golden(t, "boot.v1.hex", nil)
	var b, again csi.Boot
	require.NoError(t, b.UnmarshalBinary(data))
	now := someBoot(t)
	require.Equal(t, now.Parameters()[:len(b.Parameters())], b.Parameters())
	require.NoError(t, again.UnmarshalBinary(encode(t, &b)))
	require.Equal(t, b.Parameters(), again.Parameters())
	for _, p := range b.Parameters() {
		was, err := b.Of(p)
		require.NoError(t, err)
		is, err := now.Of(p)
		require.NoError(t, err)
		near.Slice(t, is.Replicates(), was.Replicates(), 1e-10, 1e-11)
		same, err := again.Of(p)
		require.NoError(t, err)
		assert.Equal(t, was, same)
	}
	assert.ErrorIs(t, b.Merge(now), relmark.ErrInvalid)
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x40
		require.Error(t, new(csi.Boot).UnmarshalBinary(bad))
		_ = new(csi.Boot).UnmarshalBinary(codec.Seal(bad))
	}
}

func FuzzBoot(f *testing.F) {
	f.Add(encode(f, someBoot(f)))
	f.Add(encode(f, &csi.Boot{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var b csi.Boot
		if b.UnmarshalBinary(data) != nil {
			return
		}
		if written := encode(t, &b); data[1] > 1 {
			assert.Equal(t, data, written)
		} else {
			require.NoError(t, new(csi.Boot).UnmarshalBinary(written))
		}
		for _, p := range b.Parameters() {
			d, err := b.Of(p)
			require.NoError(t, err)
			_, _ = d.Interval(csi.Percentile, 0.9)
		}
	})
}

// A context that has ended ends the work.
func TestBootstrapEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m, rows := mobile(t, 80)
	_, err := m.Bootstrap(ctx, rows, csi.Options{}, csi.Resampling{Replicates: 20}, seeded())
	require.ErrorIs(t, err, context.Canceled)
	_, err = m.Compare(ctx, rows, rows, csi.Options{}, csi.Permutation{Replicates: 20, Level: 0.95}, seeded())
	require.ErrorIs(t, err, context.Canceled)
}
