package profitchain_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/profitchain"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, profitchain.Contactors, profitchain.KindOf(true, true))
	assert.Equal(t, profitchain.Modifiers, profitchain.KindOf(true, false))
	assert.Equal(t, profitchain.Influencers, profitchain.KindOf(false, true))
	assert.Equal(t, profitchain.Isolateds, profitchain.KindOf(false, false))
}

type rating = profitchain.ServiceRating[string]

func service(t require.TestingT, ratings ...rating) *profitchain.Service[string] {
	s, err := profitchain.NewService[string](profitchain.Scale{Low: 1, High: 7})
	require.NoError(t, err)
	for _, r := range ratings {
		require.NoError(t, s.Add(r))
	}
	return s
}

func TestServiceRefuses(t *testing.T) {
	t.Parallel()
	for field, s := range map[string]profitchain.Scale{
		"Scale.Low": {-1001, 1}, "Scale.High": {-600, 600},
	} {
		_, err := profitchain.NewService[string](s)
		invalid(t, err, field)
	}
	_, err := profitchain.NewService[string](profitchain.Scale{Low: 3, High: 3})
	invalid(t, err, "Scale.High")
	s := service(t)
	for field, r := range map[string]rating{
		"Supplier":  {bad, profitchain.Modifiers, new(1), nil},
		"Customer":  {"it", "boss", new(1), nil},
		"Expected":  {"it", profitchain.Modifiers, new(8), new(1)},
		"Perceived": {"it", profitchain.Modifiers, new(7), new(0)},
	} {
		invalid(t, s.Add(r), field)
	}
	invalid(t, s.Add(rating{Supplier: "it", Customer: profitchain.Modifiers}), "Perceived")
	var zero profitchain.Service[string]
	invalid(t, zero.Add(rating{"it", profitchain.Modifiers, new(0), nil}), "Service")
	_, err = s.Report(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = s.Report(0)
	invalid(t, err, "Level")
	invalid(t, s.Merge(nil), "Service")
	other, err := profitchain.NewService[string](profitchain.Scale{Low: 0, High: 7})
	require.NoError(t, err)
	invalid(t, s.Merge(other), "Scale")
	require.Equal(t, profitchain.Scale{Low: 1, High: 7}, s.Scale())
	_, err = json.Marshal(s)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

func drawRatings(t *rapid.T, n int) []rating {
	all := []profitchain.Kind{profitchain.Contactors, profitchain.Modifiers, profitchain.Influencers, profitchain.Isolateds}
	out := make([]rating, n)
	for i := range out {
		out[i] = rating{name(rapid.IntRange(0, 2).Draw(t, "supplier")), rapid.SampledFrom(all).Draw(t, "kind"), nil, nil}
		if rapid.IntRange(0, 5).Draw(t, "expects") > 0 {
			out[i].Expected = new(rapid.IntRange(1, 7).Draw(t, "expected"))
		}
		if out[i].Expected == nil || rapid.IntRange(0, 5).Draw(t, "perceives") > 0 {
			out[i].Perceived = new(rapid.IntRange(1, 7).Draw(t, "perceived"))
		}
	}
	return out
}

// stats describes numbers by the area's own statistics, which R's are held to elsewhere.
func stats(t require.TestingT, xs []float64) servqual.Stat {
	mean, square := 0.0, 0.0
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		square += (x - mean) * (x - mean)
	}
	p := servqual.StatParams{N: int64(len(xs)), Mean: mean}
	if len(xs) > 1 {
		p.SD = math.Sqrt(square / float64(len(xs)-1))
	}
	s, err := servqual.NewStat(p)
	require.NoError(t, err)
	return s
}

func TestServiceAgainstLists(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawRatings(t, rapid.IntRange(1, 40).Draw(t, "n"))
		got, err := service(t, list...).Report(0.9)
		require.NoError(t, err)
		gaps := map[profitchain.Kind][]float64{}
		bySupplier := map[string]float64{}
		for _, r := range list {
			if r.Expected != nil && r.Perceived != nil {
				gaps[r.Customer] = append(gaps[r.Customer], float64(*r.Perceived-*r.Expected))
			}
			bySupplier[r.Supplier]++
		}
		require.Len(t, got.Suppliers, len(bySupplier))
		worst, least := profitchain.Kind(""), math.Inf(1)
		for _, k := range got.Kinds {
			xs := gaps[k.Kind]
			require.Equal(t, int64(len(xs)), k.N)
			if len(xs) == 0 {
				require.Nil(t, k.Gap.Gap)
				continue
			}
			s := stats(t, xs)
			mean, _ := s.Mean()
			near.Equal(t, mean, k.Gap.Gap.Value, 1e-12, 1e-13)
			if mean < least-1e-12 {
				worst, least = k.Kind, mean
			}
			if len(xs) < 2 {
				require.Equal(t, profitchain.TooFew, k.Gap.Gap.State)
				require.Nil(t, k.Gap.Gap.Interval)
				continue
			}
			low, high, err := s.Interval(0.9)
			require.NoError(t, err)
			near.Equal(t, low, k.Gap.Gap.Interval.Low, 1e-11, 1e-11)
			near.Equal(t, high, k.Gap.Gap.Interval.High, 1e-11, 1e-11)
		}
		require.Equal(t, worst, got.Worst)
		for _, c := range got.Contrasts {
			first, second := gaps[c.First], gaps[c.Second]
			if len(first) < 2 || len(second) < 2 {
				require.Equal(t, profitchain.TooFew, c.State)
				require.Nil(t, c.PHolm)
				continue
			}
			want, err := stats(t, second).Change(stats(t, first), 0.9)
			require.NoError(t, err)
			near.Equal(t, want.Difference, c.Value, 1e-11, 1e-12)
			near.Equal(t, want.SE, c.SE, 1e-11, 1e-12)
			near.Equal(t, want.P, *c.P, 1e-8, 1e-10)
			require.GreaterOrEqual(t, *c.PHolm, *c.P)
		}
	})
}

func TestTheWorstIsNamedSurely(t *testing.T) {
	t.Parallel()
	var list []rating
	for i := range 40 {
		list = append(list,
			rating{"it", profitchain.Contactors, new(6), new(5 - i%2)},
			rating{"it", profitchain.Modifiers, new(6), new(3 - i%2)},
			rating{"pay", profitchain.Isolateds, new(5), new(5 + i%2)},
		)
	}
	got, err := service(t, list...).Report(0.95)
	require.NoError(t, err)
	assert.Equal(t, profitchain.Modifiers, got.Worst)
	assert.True(t, got.Surely)
	assert.Equal(t, "it", got.Suppliers[0].Supplier)
	list = append(list, rating{"canteen", profitchain.Influencers, new(3), nil}, rating{"gate", profitchain.Influencers, nil, new(3)})
	got, err = service(t, list...).Report(0.95)
	require.NoError(t, err)
	assert.Nil(t, got.Kinds[2].Gap.Gap)
	assert.Nil(t, got.Suppliers[3].Gap.Gap)
	assert.Nil(t, got.Suppliers[2].Gap.Gap)
	assert.True(t, got.Surely, "nobody knows a gap of influencers")
	got, err = service(t, append(list, rating{"gate", profitchain.Influencers, new(5), new(4)})...).Report(0.95)
	require.NoError(t, err)
	assert.False(t, got.Surely, "one influencer tells too little")
	got, err = service(t, rating{"canteen", profitchain.Influencers, new(3), nil}).Report(0.95)
	require.NoError(t, err)
	assert.Empty(t, got.Worst)
	assert.False(t, got.Surely)
}

func TestServiceMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawRatings(t, rapid.IntRange(0, 30).Draw(t, "n"))
		one, parts := service(t, list...), []*profitchain.Service[string]{service(t), service(t), service(t)}
		for _, r := range list {
			require.NoError(t, parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(r))
		}
		var left, right, back profitchain.Service[string]
		for _, i := range []int{0, 1, 2} {
			require.NoError(t, left.Merge(parts[i]))
		}
		require.NoError(t, back.Merge(parts[2]))
		require.NoError(t, back.Merge(parts[1]))
		require.NoError(t, right.Merge(parts[0]))
		require.NoError(t, right.Merge(&back))
		require.NoError(t, right.Merge(new(profitchain.Service[string])))
		require.Equal(t, encoded(t, one), encoded(t, &left))
		require.Equal(t, encoded(t, one), encoded(t, &right))
		var again profitchain.Service[string]
		require.NoError(t, again.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, *one, again)
	})
}

func sums(t require.TestingT, ratings ...int) (s profitchain.Sums) {
	for _, r := range ratings {
		require.NoError(t, s.Add(r))
	}
	return s
}

func TestSums(t *testing.T) {
	t.Parallel()
	s := sums(t, 3, -4, 1000, -1000)
	assert.Equal(t, profitchain.Sums{N: 4, Sum: -1, Squares: 2_000_025}, s)
	invalid(t, s.Add(1001), "Rating")
	require.NoError(t, s.Merge(sums(t, 1)))
	assert.Equal(t, profitchain.Sums{N: 5, Sum: 0, Squares: 2_000_026}, s)
	full := profitchain.Sums{N: 1 << 32}
	require.ErrorIs(t, full.Add(1), relmark.ErrLimit)
	require.ErrorIs(t, full.Merge(s), relmark.ErrLimit)
	for _, o := range []profitchain.Sums{{N: -1}, {N: 1 << 33}, {N: 1, Sum: 1001, Squares: 1001 * 1001}, {N: 1, Squares: -1}, {N: math.MaxInt64}} {
		invalid(t, s.Merge(o), "Sums")
	}
	invalid(t, s.Merge(profitchain.Sums{N: 2, Sum: 4, Squares: 7}), "Sums.Squares")
	assert.Equal(t, int64(5), s.N)
}

var five = profitchain.Scale{Low: 1, High: 5}

func TestTriangle(t *testing.T) {
	t.Parallel()
	high, middle, low := []int{5, 5, 4, 5, 5, 5, 4, 5}, []int{3, 4, 3, 3, 4, 3, 3, 3}, []int{1, 2, 1, 2, 1, 1, 1, 2}
	promises := []profitchain.Promise{
		{Name: "kept", Promised: sums(t, middle...), Enabled: sums(t, middle...), Delivered: sums(t, middle...)},
		{Name: "not enabled", Standard: new(5.0), Enabled: sums(t, middle...), Delivered: sums(t, middle...)},
		{Name: "not delivered", Promised: sums(t, high...), Enabled: sums(t, high...), Delivered: sums(t, low...)},
		{Name: "both", Promised: sums(t, high...), Enabled: sums(t, middle...), Delivered: sums(t, low...)},
		{Name: "sold short", Promised: sums(t, low...), Enabled: sums(t, middle...), Delivered: sums(t, high...)},
		{Name: "one answer", Standard: new(2.0), Delivered: sums(t, 1)},
		{Name: "nobody", Promised: sums(t, low...), Enabled: sums(t, 3)},
	}
	got, err := profitchain.NewTriangle(five, promises, 0.95)
	require.NoError(t, err)
	for i, want := range []struct {
		verdict profitchain.Verdict
		fails   []profitchain.Side
	}{
		{profitchain.Open, nil},
		{profitchain.Broken, []profitchain.Side{profitchain.Internal}},
		{profitchain.Broken, []profitchain.Side{profitchain.Interactive}},
		{profitchain.Broken, []profitchain.Side{profitchain.Internal, profitchain.Interactive}},
		{profitchain.Exceeded, []profitchain.Side{profitchain.External}},
		{profitchain.Unknown, nil},
		{profitchain.Unknown, nil},
	} {
		g := got.Promises[i]
		assert.Equal(t, want.verdict, g.Verdict, g.Name)
		assert.Equal(t, want.fails, g.Fails, g.Name)
		if g.Enabling != nil && g.Delivering != nil {
			near.Equal(t, g.Keeping.Value, g.Enabling.Value+g.Delivering.Value, 1e-14, 1e-14)
		}
	}
	assert.Equal(t, []int{1, 2, 2}, []int{got.External, got.Internal, got.Interactive})
	assert.Equal(t, profitchain.TooFew, got.Promises[5].Keeping.State)
	assert.Nil(t, got.Promises[6].Keeping)
	assert.Equal(t, profitchain.TooFew, got.Promises[6].Enabling.State)
	assert.Equal(t, new(5.0), got.Promises[1].Promised.Mean)

	var h, m []float64
	for i := range high {
		h, m = append(h, float64(high[i])), append(m, float64(middle[i]))
	}
	want, err := stats(t, h).Change(stats(t, m), 0.95)
	require.NoError(t, err)
	d := got.Promises[3].Enabling
	near.Slice(t, []float64{want.Difference, want.SE, want.Low, want.High, want.T, want.Degrees, want.P},
		[]float64{d.Value, d.SE, d.Interval.Low, d.Interval.High, *d.T, d.Degrees, *d.P}, 1e-12, 1e-13)
}

func TestTriangleRefuses(t *testing.T) {
	t.Parallel()
	_, err := profitchain.NewTriangle(five, nil, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for field, p := range map[string]profitchain.Promise{
		"Promises[0]":              {},
		"Promises[0].Standard":     {Name: "a", Standard: new(6.0)},
		"Promises[0].Promised":     {Name: "a", Standard: new(5.0), Promised: sums(t, 5)},
		"Promises[0].Enabled.Sum":  {Name: "a", Enabled: sums(t, 6)},
		"Promises[0].Delivered":    {Name: "a", Delivered: profitchain.Sums{N: -1}},
		"Promises[0].Promised.Sum": {Name: "a", Promised: sums(t, 0)},
	} {
		_, err := profitchain.NewTriangle(five, []profitchain.Promise{p}, 0.95)
		invalid(t, err, field)
	}
	many := make([]profitchain.Promise, 30)
	_, err = profitchain.NewTriangle(five, many, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)

	a := profitchain.Promise{Name: "a", Enabled: sums(t, 1)}
	require.NoError(t, a.Merge(profitchain.Promise{Name: "a", Promised: sums(t, 4), Enabled: sums(t, 2), Delivered: sums(t, 3)}))
	assert.Equal(t, profitchain.Promise{Name: "a", Promised: sums(t, 4), Enabled: sums(t, 1, 2), Delivered: sums(t, 3)}, a)
	invalid(t, a.Merge(profitchain.Promise{Name: "b"}), "Name")
	invalid(t, a.Merge(profitchain.Promise{Name: "a", Standard: new(1.0)}), "Name")
	require.ErrorIs(t, a.Merge(profitchain.Promise{Name: "a", Promised: sums(t, 4), Delivered: profitchain.Sums{N: 1 << 32}}), relmark.ErrLimit)
	assert.Equal(t, int64(1), a.Promised.N, "nothing changes")
}
