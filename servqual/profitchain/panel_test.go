package profitchain_test

import (
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/profitchain"
)

type row = profitchain.Row[int]

func TestPanelRefuses(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{}, {"a", "a"}, {""}, {bad}, make([]string, 1001)} {
		_, err := profitchain.NewPanel[int](names...)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	p := panel(t, []string{"a", "b"}, row{1, 2, values(3, 4)})
	invalid(t, p.Add(row{1, 3, values(1)}), "Values")
	invalid(t, p.Add(row{1, 1_000_000_001, values(1, 2)}), "Period")
	invalid(t, p.Add(row{1, 3, values(1, math.NaN())}), "Values[1]")
	invalid(t, p.Add(row{1, 3, values(1e51, 1)}), "Values[0]")
	invalid(t, p.Add(row{1, 2, []*float64{nil, new(4.0)}}), "Values[1]")
	var zero profitchain.Panel[string]
	invalid(t, zero.Add(profitchain.Row[string]{Unit: "x"}), "Values")
	text, err := profitchain.NewPanel[string]("a")
	require.NoError(t, err)
	invalid(t, text.Add(profitchain.Row[string]{Unit: bad, Values: values(1)}), "Unit")
	require.Equal(t, 1, p.Len())
	_, err = p.MarshalJSON()
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

func TestPanelFillsGaps(t *testing.T) {
	t.Parallel()
	p := panel(t, []string{"a", "b"}, row{2, 0, []*float64{new(1.0), nil}}, row{1, 5, values(7, 8)}, row{2, 0, []*float64{nil, new(2.0)}}, row{1, -5, values(5, 6)})
	assert.Equal(t, []row{{1, -5, values(5, 6)}, {1, 5, values(7, 8)}, {2, 0, values(1, 2)}}, slices.Collect(p.Rows()))
	for range p.Rows() {
		break
	}
	assert.Equal(t, []string{"a", "b"}, p.Measures())
}

func TestPanelMergeRefuses(t *testing.T) {
	t.Parallel()
	p := panel(t, []string{"a"}, row{1, 1, values(1)})
	invalid(t, p.Merge(nil), "Panel")
	invalid(t, p.Merge(panel(t, []string{"b"})), "Measures")
	invalid(t, p.Merge(panel(t, []string{"a"}, row{2, 1, values(1)}, row{1, 1, values(1)})), "Values")
	require.Equal(t, 1, p.Len(), "nothing changes")
	require.NoError(t, p.Merge(new(profitchain.Panel[int])))
}

func stream(rows []row, err error) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(row{}, err)
		}
	}
}

func TestCollect(t *testing.T) {
	t.Parallel()
	rows := []row{{1, 1, values(1)}, {1, 2, values(2)}}
	p, err := profitchain.Collect([]string{"a"}, stream(rows, nil))
	require.NoError(t, err)
	require.Equal(t, rows, slices.Collect(p.Rows()))
	broken := errors.New("connection lost")
	_, err = profitchain.Collect([]string{"a"}, stream(rows, broken))
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "row 2")
	_, err = profitchain.Collect([]string{"a"}, stream(append(rows, rows[0]), nil))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "row 2")
	_, err = profitchain.Collect([]string{"", "a"}, stream(rows, nil))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// drawPanels returns n panels of the same units and periods: each measure is in one at most.
func drawPanels(t *rapid.T, n int) []*profitchain.Panel[string] {
	out := make([]*profitchain.Panel[string], n)
	for i := range out {
		out[i], _ = profitchain.NewPanel[string]("a", "b", "c")
	}
	for unit := range rapid.IntRange(0, 3).Draw(t, "units") {
		for period := range rapid.IntRange(0, 4).Draw(t, "periods") {
			for measure := range 3 {
				v := make([]*float64, 3)
				if rapid.Bool().Draw(t, "there") {
					v[measure] = new(rapid.Float64Range(-1e50, 1e50).Draw(t, "x"))
				}
				to := out[rapid.IntRange(0, n-1).Draw(t, "part")]
				require.NoError(t, to.Add(profitchain.Row[string]{Unit: strings.Repeat("u", unit), Period: period - 2, Values: v}))
			}
		}
	}
	return out
}

func encoded(t require.TestingT, a interface{ MarshalBinary() ([]byte, error) }) []byte {
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	return data
}

func TestPanelMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPanels(t, 3)
		var left, right, back profitchain.Panel[string]
		for _, i := range []int{0, 1, 2} {
			require.NoError(t, left.Merge(p[i]))
		}
		require.NoError(t, back.Merge(p[2]))
		require.NoError(t, back.Merge(p[1]))
		require.NoError(t, right.Merge(p[0]))
		require.NoError(t, right.Merge(&back))
		require.Equal(t, encoded(t, &left), encoded(t, &right))
		var again profitchain.Panel[string]
		require.NoError(t, again.UnmarshalBinary(encoded(t, &left)))
		require.Equal(t, encoded(t, &left), encoded(t, &again))
		require.Equal(t, slices.Collect(left.Rows()), slices.Collect(again.Rows()))
	})
}

func TestCorrelateRefuses(t *testing.T) {
	t.Parallel()
	good := []float64{1, 2, 3}
	for field, try := range map[string]func() error{
		"Level": func() error { _, err := profitchain.Correlate(good, good, 0.4); return err },
		"Y":     func() error { _, err := profitchain.Correlate(good, good[1:], 0.9); return err },
		"X[1]":  func() error { _, err := profitchain.Correlate([]float64{1, math.Inf(1), 2}, good, 0.9); return err },
		"Y[2]":  func() error { _, err := profitchain.Correlate(good, []float64{1, 2, math.NaN()}, 0.9); return err },
		"X":     func() error { _, err := profitchain.Correlate(good, []float64{2, 2, 2}, 0.9); return err },
	} {
		invalid(t, try(), field)
	}
	_, err := profitchain.Correlate(good[1:], good[1:], 0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	nan := slices.Repeat([]float64{math.NaN()}, 40)
	_, err = profitchain.Correlate(nan, nan, 0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestCorrelateALine(t *testing.T) {
	t.Parallel()
	c, err := profitchain.Correlate([]float64{1, 2, 3, 7}, []float64{-1, -2, -3, -7}, 0.9)
	require.NoError(t, err)
	assert.Equal(t, []float64{-1, -1, -1, 0}, []float64{c.R, c.Spearman, c.KendallB, c.P})
	assert.Equal(t, &servqual.Interval{Low: -1, High: -1}, c.Interval)
	assert.Nil(t, c.T)
	assert.Equal(t, profitchain.Evidence, c.State())
	c, err = profitchain.Correlate([]float64{1, 2, 3}, []float64{1, 3, 2}, 0.9)
	require.NoError(t, err)
	assert.Nil(t, c.Interval)
	assert.Equal(t, profitchain.TooFew, c.State())
}

func TestCorrelations(t *testing.T) {
	t.Parallel()
	p := panel(t, []string{"a", "b", "c"}, row{1, 1, values(1, 2, 5)}, row{2, 1, values(2, 3, 5)}, row{3, 1, values(3, 1, 5)}, row{4, 1, []*float64{new(4.0), nil, new(5.0)}})
	m, err := p.Correlations()
	require.NoError(t, err)
	assert.Equal(t, [][]int64{{4, 3, 4}, {3, 3, 3}, {4, 3, 4}}, m.N)
	near.Equal(t, -0.5, *m.R[0][1], 1e-15, 0)
	near.Equal(t, *m.R[0][1], *m.R[1][0], 0, 0)
	assert.Equal(t, new(1.0), m.R[0][0])
	assert.Nil(t, m.R[2][2], "c does not vary")
	_, err = panel(t, []string{"a"}).Correlations()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	m, err = panel(t, []string{"a"}, row{1, 1, values(1)}).Correlations()
	require.NoError(t, err)
	assert.Nil(t, m.R[0][0])
}
