package abc_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/abc"
)

func member(t testing.TB, values ...string) abc.Member {
	t.Helper()
	m := abc.Member{Reachable: true, Contacts: 4, Responses: 1}
	for _, v := range values {
		m.Values = append(m.Values, money(t, v))
	}
	return m
}

func segment(t testing.TB) *abc.SegmentTotals {
	t.Helper()
	var s abc.SegmentTotals
	require.NoError(t, s.Add(member(t, "10", "12.5", "14")))
	require.NoError(t, s.Add(member(t, "8", "-2", "9")))
	m := member(t, "2", "2", "1.2")
	m.Joined, m.Reachable, m.Contacts, m.Responses = true, false, 2, 0
	require.NoError(t, s.Add(m))
	require.NoError(t, s.Leave(2))
	return &s
}

// Worked by hand. Totals 36.5, 15, 5.2: sum 56.7, mean 18.9, squares 1584.29,
// sample variance (1584.29 − 56.7²/3)/2. Periods 20, 12.5, 24.2.
func TestReportByHand(t *testing.T) {
	t.Parallel()
	var b abc.Segmentation[string]
	require.NoError(t, b.At("north").Merge(segment(t)))
	require.NoError(t, b.Add("south", member(t, "-1", "0", "1")))
	require.NoError(t, b.Unknown(1))
	near.Equal(t, 0.8, b.Known().Value, 1e-15, 0)
	reports, err := b.Reports(abc.Criteria{MinCustomers: 3, MaxError: 0.9, MinStability: new(0.5), MinResponse: new(0.2), MinShare: new(0.5), MinGrowth: 0.11, MaxVariation: new(0.3)})
	require.NoError(t, err)
	require.Len(t, reports, 2)
	north, south := reports[0], reports[1]
	assert.Equal(t, "north", north.Key)
	assert.Equal(t, 3, north.Customers)
	assert.True(t, money(t, "56.7").Equal(north.Value))
	assert.Equal(t, "[20 12.5 24.2]", fmt.Sprint(north.Periods))
	for name, c := range map[string]struct {
		want float64
		got  abc.Measure
	}{
		"mean":           {18.9, north.Mean},
		"error":          {1.959963984540054 * math.Sqrt((1584.29-56.7*56.7/3)/2/3) / 18.9, north.Error},
		"growth":         {math.Sqrt(1.21) - 1, north.Growth},
		"variation":      {math.Sqrt((20*20+12.5*12.5+24.2*24.2)/3-18.9*18.9) / 18.9, north.Variation},
		"stability":      {0.5, north.Stability},
		"size growth":    {-0.25, north.SizeGrowth},
		"reach":          {2.0 / 3, north.Reach},
		"response":       {0.2, north.Response},
		"customer share": {0.75, north.CustomerShare},
		"value share":    {1, north.ValueShare},
	} {
		assert.True(t, c.got.Known, name)
		near.Equal(t, c.want, c.got.Value, 1e-13, 0, name)
	}
	assert.Equal(t, []abc.Outcome{abc.Fail, abc.Pass, abc.Pass, abc.Fail}, tests(north.Report))
	assert.Equal(t, abc.Fail, north.Outcome())
	assert.Len(t, north.Findings, 9)
	assert.Equal(t, abc.Finding{Criterion: abc.Growth, Outcome: abc.Fail, Found: north.Growth, Limit: 0.11}, north.Findings[7])

	assert.True(t, south.Value.IsZero())
	for _, m := range []abc.Measure{south.Error, south.Growth, south.Variation} {
		assert.False(t, m.Known)
	}
	assert.Equal(t, abc.Fail, south.Outcome())
	assert.Equal(t, abc.Unknown, south.Test(abc.Growing))
	assert.Equal(t, abc.Unknown, south.Test("loud"))
}

// One period says nothing of growth, and what began with nothing or a loss neither.
func TestGrowingTakesTwoPeriods(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{"one period": {"5"}, "from nothing": {"0", "5"}, "from a loss": {"-1", "5"}, "to a loss": {"5", "-1"}} {
		var b abc.Segmentation[string]
		var m abc.Member
		for _, v := range values {
			m.Values = append(m.Values, money(t, v))
		}
		require.NoError(t, b.Add("a", m))
		reports, err := b.Reports(abc.Criteria{})
		require.NoError(t, err)
		assert.Equal(t, abc.Measure{}, reports[0].Growth, name)
		assert.Equal(t, abc.Unknown, reports[0].Test(abc.Growing), name)
	}
	var b abc.Segmentation[string]
	require.NoError(t, b.Add("a", abc.Member{Values: []decimal.Decimal{money(t, "5"), money(t, "0")}}))
	reports, err := b.Reports(abc.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, abc.Measured(-1), reports[0].Growth)
}

func tests(r abc.Report) []abc.Outcome {
	return []abc.Outcome{r.Test(abc.Measurable), r.Test(abc.Reachable), r.Test(abc.Profitable), r.Test(abc.Growing)}
}

func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	var b abc.Segmentation[int]
	reports, err := b.Reports(abc.Criteria{})
	require.NoError(t, err)
	assert.Empty(t, reports)
	assert.False(t, b.Known().Known)
	b.At(1)
	reports, err = b.Reports(abc.Criteria{})
	require.NoError(t, err)
	require.Len(t, reports, 1)
	r := reports[0].Report
	for _, m := range []abc.Measure{r.Mean, r.Error, r.Growth, r.Variation, r.SizeGrowth, r.Stability, r.Reach, r.Response, r.CustomerShare, r.ValueShare} {
		assert.Equal(t, abc.Measure{}, m)
	}
	assert.Equal(t, []abc.Outcome{abc.Fail, abc.Unknown, abc.Fail, abc.Unknown}, tests(r))
	assert.Equal(t, abc.Unknown, abc.Report{}.Outcome())
}

// A segment that meets the defaults passes all four tests.
func TestReportPasses(t *testing.T) {
	t.Parallel()
	var b abc.Segmentation[int]
	for i := range 30 {
		require.NoError(t, b.Add(1, member(t, "1", fmt.Sprintf("1.%d", 1+i%2))))
	}
	reports, err := b.Reports(abc.Criteria{})
	require.NoError(t, err)
	assert.Equal(t, abc.Pass, reports[0].Outcome())
	near.Equal(t, 0.15, reports[0].Growth.Value, 1e-14, 0)
	assert.Len(t, reports[0].Findings, 5)
	for _, f := range reports[0].Findings {
		assert.Equal(t, abc.Pass, f.Outcome)
	}
}

func members() *rapid.Generator[abc.Member] {
	return rapid.Custom(func(t *rapid.T) abc.Member {
		contacts := rapid.IntRange(0, 5).Draw(t, "contacts")
		return abc.Member{
			Values:    rapid.SliceOfN(amounts(-1e6), 3, 3).Draw(t, "values"),
			Reachable: rapid.Bool().Draw(t, "reachable"),
			Contacts:  contacts,
			Responses: rapid.IntRange(0, contacts).Draw(t, "responses"),
			Joined:    rapid.Bool().Draw(t, "joined"),
		}
	})
}

func TestSegmentMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lists := rapid.SliceOfN(rapid.SliceOfN(members(), 0, 5), 3, 3).Draw(t, "parts")
		left := rapid.SliceOfN(rapid.IntRange(0, 9), 3, 3).Draw(t, "left")
		of := func(parts ...int) *abc.SegmentTotals {
			s := &abc.SegmentTotals{}
			for _, i := range parts {
				for _, m := range lists[i] {
					require.NoError(t, s.Add(m))
				}
				require.NoError(t, s.Leave(left[i]))
			}
			return s
		}
		merge := func(a, b *abc.SegmentTotals) *abc.SegmentTotals {
			before := encoded(t, b)
			require.NoError(t, a.Merge(b))
			assert.Equal(t, before, encoded(t, b), "the other is left alone")
			return a
		}
		all := encoded(t, of(0, 1, 2))
		assert.Equal(t, all, encoded(t, merge(merge(of(0), of(1)), of(2))))
		assert.Equal(t, all, encoded(t, merge(of(0), merge(of(1), of(2)))), "associative")
		assert.Equal(t, all, encoded(t, merge(merge(of(2), of(1)), of(0))), "commutative")
		assert.Equal(t, all, encoded(t, merge(merge(&abc.SegmentTotals{}, of(0, 1, 2)), &abc.SegmentTotals{})), "identity")
		var back abc.SegmentTotals
		require.NoError(t, back.UnmarshalBinary(all))
		assert.Equal(t, all, encoded(t, &back))

		var a, b, whole abc.Segmentation[int]
		for i := range lists {
			require.NoError(t, whole.At(i%2).Merge(of(i)))
		}
		require.NoError(t, a.At(0).Merge(of(0)))
		require.NoError(t, b.At(1).Merge(of(1)))
		require.NoError(t, b.At(0).Merge(of(2)))
		require.NoError(t, a.Unknown(2))
		require.NoError(t, b.Unknown(3))
		require.NoError(t, whole.Unknown(5))
		require.NoError(t, a.Merge(&b))
		want, err := whole.Reports(abc.Criteria{})
		require.NoError(t, err)
		got, err := a.Reports(abc.Criteria{})
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(want), fmt.Sprint(got))
		assert.Equal(t, whole.Known(), a.Known())
	})
}

// Mean, error and variation against their textbook formulas in exact fractions.
func TestReportAgainstOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(members(), 2, 12).Draw(t, "members")
		var b abc.Segmentation[uint8]
		n, sum := big.NewRat(int64(len(list)), 1), new(big.Rat)
		totals := make([]*big.Rat, len(list))
		for i, m := range list {
			require.NoError(t, b.Add(7, m))
			totals[i] = decimal.Sum(m.Values[0], m.Values[1:]...).Rat()
			sum.Add(sum, totals[i])
		}
		mean := new(big.Rat).Quo(sum, n)
		spread := new(big.Rat)
		for _, x := range totals {
			d := new(big.Rat).Sub(x, mean)
			spread.Add(spread, d.Mul(d, d))
		}
		reports, err := b.Reports(abc.Criteria{})
		require.NoError(t, err)
		r := reports[0]
		near.Equal(t, float(mean), r.Mean.Value, 0, 0)
		assert.Equal(t, mean.Sign() != 0, r.Error.Known)
		if r.Error.Known {
			variance := spread.Quo(spread, new(big.Rat).Sub(n, big.NewRat(1, 1)))
			square := new(big.Rat).Quo(variance, n)
			square.Quo(square, new(big.Rat).Mul(mean, mean))
			near.Equal(t, 1.959963984540054*math.Sqrt(float(square)), r.Error.Value, 1e-15, 0, "error")
		}
	})
}

func TestSegmentRefuses(t *testing.T) {
	t.Parallel()
	s := segment(t)
	before := encoded(t, s)
	for want, m := range map[string]abc.Member{
		"abc: Values = 0: must be 1 to 120 periods":                  {},
		"abc: Values = 121: must be 1 to 120 periods":                {Values: make([]decimal.Decimal, 121)},
		"abc: Periods: must be as many for every member and segment": {Values: make([]decimal.Decimal, 2)},
		"abc: Values: must have at most 9 fraction digits":           {Values: []decimal.Decimal{{}, {}, decimal.New(1, -10)}},
		"abc: Contacts = -1: must be 0 to 2^20":                      {Values: make([]decimal.Decimal, 3), Contacts: -1},
		"abc: Responses = 2: must be 0 to Contacts":                  {Values: make([]decimal.Decimal, 3), Contacts: 1, Responses: 2},
	} {
		err := s.Add(m)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var other abc.SegmentTotals
	require.NoError(t, other.Add(member(t, "1")))
	require.ErrorIs(t, s.Merge(&other), relmark.ErrInvalid)
	require.ErrorIs(t, s.Leave(-1), relmark.ErrInvalid)
	require.ErrorIs(t, s.Leave(math.MaxInt32), relmark.ErrLimit)
	assert.Equal(t, before, encoded(t, s))

	var b, o abc.Segmentation[string]
	require.ErrorIs(t, b.Add("x", abc.Member{}), relmark.ErrInvalid)
	assert.Empty(t, pairs(b.All()))
	require.ErrorIs(t, b.Unknown(-1), relmark.ErrInvalid)
	require.NoError(t, b.Unknown(math.MaxInt32))
	require.ErrorIs(t, b.Unknown(1), relmark.ErrLimit)
	require.NoError(t, o.Unknown(1))
	require.ErrorIs(t, b.Merge(&o), relmark.ErrLimit)
	require.NoError(t, o.Add("x", member(t, "1")))
	o.At("y")
	assert.Len(t, pairs(o.All()), 2)
	for range o.All() {
		break
	}
	var p abc.Segmentation[string]
	require.NoError(t, p.Add("x", member(t, "1", "2")))
	require.EqualError(t, o.Merge(&p), "abc: Periods: must be as many for every member and segment")
	require.NoError(t, p.Add("z", member(t, "1", "2")))
	require.NoError(t, p.At("a").Merge(&other))
	_, err := p.Reports(abc.Criteria{})
	require.EqualError(t, err, "abc: segment 1: Periods: must be as many for every member and segment")
}

func TestSegmentBinaryRefuses(t *testing.T) {
	t.Parallel()
	s := segment(t)
	good := encoded(t, s)
	for i := range good {
		for _, flip := range []byte{1, 2, 0x80} {
			bad := append([]byte(nil), good...)
			bad[i] ^= flip
			bad = codec.Seal(bad)
			back := abc.SegmentTotals{}
			if err := back.UnmarshalBinary(bad); err == nil {
				assert.Equal(t, bad, encoded(t, &back), "what is read is what was written")
			}
		}
	}
	require.ErrorIs(t, s.UnmarshalBinary(codec.Seal(good[:len(good)-1])), relmark.ErrInvalid)
	require.ErrorIs(t, s.UnmarshalBinary(codec.Seal(append(good, 0))), relmark.ErrInvalid)
	assert.Equal(t, good, encoded(t, s), "unchanged")
}

// The sum of squares of a single member is the square of the sum.
func TestSegmentOfOneHasOneSquare(t *testing.T) {
	t.Parallel()
	var one abc.SegmentTotals
	require.NoError(t, one.Add(member(t, "0.000000003")))
	good := encoded(t, &one)
	require.NoError(t, new(abc.SegmentTotals).UnmarshalBinary(good))
	rest, _ := codec.CutSum(good)
	require.Equal(t, byte(9), rest[len(rest)-1])
	rest[len(rest)-1]++
	require.ErrorIs(t, new(abc.SegmentTotals).UnmarshalBinary(codec.Seal(good)), relmark.ErrInvalid)
}

// A zero stays small whatever its exponent.
func TestCriteriaTakeAnyZero(t *testing.T) {
	t.Parallel()
	for _, exponent := range []int32{math.MinInt32, math.MaxInt32} {
		var b abc.Segmentation[int]
		m := member(t, "1")
		m.Values = append(m.Values, decimal.New(0, exponent))
		require.NoError(t, b.Add(1, m))
		reports, err := b.Reports(abc.Criteria{MinValue: decimal.New(0, exponent)})
		require.NoError(t, err)
		assert.Equal(t, abc.Pass, reports[0].Test(abc.Profitable))
	}
}

func TestCriteriaRefuse(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]abc.Criteria{
		"abc: MinCustomers = -1: must be 1 or more, or 0 for 30":     {MinCustomers: -1},
		"abc: MaxError = NaN: must be finite and > 0, or 0 for 0.20": {MaxError: math.NaN()},
		"abc: MinStability = 1.1: must be 0 to 1":                    {MinStability: new(1.1)},
		"abc: MinReach = -0.1: must be 0 to 1":                       {MinReach: new(-0.1)},
		"abc: MinResponse = NaN: must be 0 to 1":                     {MinResponse: new(math.NaN())},
		"abc: MinShare = 2: must be 0 to 1":                          {MinShare: new(float64(2))},
		"abc: MinGrowth = -1: must be finite and above -1":           {MinGrowth: -1},
		"abc: MaxVariation = +Inf: must be finite and 0 or more":     {MaxVariation: new(math.Inf(1))},
		"abc: MinValue: must have at most 9 fraction digits":         {MinValue: decimal.New(1, -10)},
	} {
		require.EqualError(t, c.Validate(), want)
		_, err := new(abc.Segmentation[int]).Reports(c)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}
