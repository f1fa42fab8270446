package abc_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/abc"
)

// Every type comes back from JSON as it was, by keys in snake case, or refuses.
func TestEverythingRoundTripsOrRefuses(t *testing.T) {
	t.Parallel()
	ranking, err := abc.NewRanking(each(money(t, "5"), money(t, "3"), money(t, "1")))
	require.NoError(t, err)
	classes, err := ranking.ABC(abc.Cuts{})
	require.NoError(t, err)
	strata, err := abc.Stratify(pyramid(t), maps.All(map[string]abc.Trade{"a": account(t, "10", "4", 0.1, 0.9), "b": {}}))
	require.NoError(t, err)
	placements, err := abc.Classify(matrix(t), maps.All(map[string]abc.Profile{"a": {Value: money(t, "1"), Loyalty: 5, Potential: 70}}))
	require.NoError(t, err)
	placed := slices.Collect(placements.All())
	on := relmark.MustParseDate("2026-03-31")
	prospect := abc.Prospect{Fit: []abc.Measure{abc.Measured(1), {}}, Touches: []abc.Touch{{On: on}}}
	scored, err := abc.Score(scorer(t), maps.All(map[string]abc.Prospect{"a": prospect}), on)
	require.NoError(t, err)
	base := segmentation(t)
	reports, err := base.Reports(abc.Criteria{})
	require.NoError(t, err)
	var values abc.Values
	require.NoError(t, values.Add(money(t, "2.5"), 3))
	north := *base.At("north")
	curve := ranking.Curve()
	top, _ := curve.Top(money(t, "50"))
	for _, v := range []any{
		matrix(t), pyramid(t), scorer(t), criteria(t), streak(t), conversions(),
		slices.Collect(strata.All())[0], strata.Of(abc.Gold), placed[0], placed[0].Cell, scored[0], scored[0].ProspectScore,
		classes.Groups, classes.Groups.A, curve.Whale(), curve.Lorenz(4)[1], curve.Steps(3)[1], top,
		reports[0], reports[0].Report, reports[0].Findings[0], prospect, prospect.Touches[0], abc.Measured(0.5),
		abc.Cuts{A: money(t, "0.5"), B: money(t, "0.75")},
		abc.Axis{High: 2, Medium: 1},
		abc.DefaultClassTable(), abc.DefaultProspectTable(),
		matrix(t).Params(), pyramid(t).Params(), scorer(t).Params(),
		abc.StreakRule{Falls: 2},
		abc.Trial{Prospects: 2, Won: 1},
		abc.Attribute{Name: "a", Weight: 1},
		abc.IntentSignal{Name: "a", Points: 1, HalfLife: 2},
		abc.Profile{Value: money(t, "1"), Loyalty: 2},
		account(t, "10", "4", 0.1, 0.9),
		abc.Member{Values: []decimal.Decimal{money(t, "1.5")}, Reachable: true, Contacts: 2, Responses: 1, Joined: true},
	} {
		roundTrip(t, v)
	}
	for _, v := range []any{
		abc.Matrix{}, abc.Pyramid{}, abc.Scorer{}, abc.Streak{}, abc.Criteria{MinReach: new(2.0)}, abc.ClassTable{},
	} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
		back := reflect.New(reflect.TypeOf(v))
		require.Error(t, json.Unmarshal([]byte(`"x"`), back.Interface()), "%T", v)
		require.Error(t, json.Unmarshal([]byte(`{}`), back.Interface()), "%T", v)
	}
	for _, v := range []any{ranking, classes, curve, strata, placements, values, north, *base} { // computed, or with a binary encoding
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
		require.ErrorIs(t, json.Unmarshal([]byte(`{}`), reflect.New(reflect.TypeOf(v)).Interface()), relmark.ErrUnsupported, "%T", v)
	}
}

var notSnake = regexp.MustCompile(`"[^"]*([A-Z-][^"]*)+":`)

func roundTrip(t *testing.T, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err, "%T", v)
	assert.NotEqual(t, "{}", string(text), "%T", v)
	assert.Empty(t, notSnake.FindAllString(string(text), -1), "%T: %s", v, text)
	back := reflect.New(reflect.TypeOf(v))
	require.NoError(t, json.Unmarshal(text, back.Interface()), "%T: %s", v, text)
	again, err := json.Marshal(back.Elem().Interface())
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again), "%T", v)
	assert.NotEqual(t, reflect.Zero(reflect.TypeOf(v)).Interface(), back.Elem().Interface(), "%T", v)
}

// segmentation has two regions, and two customers of unknown region.
func segmentation(tb testing.TB) *abc.Segmentation[string] {
	tb.Helper()
	var b abc.Segmentation[string]
	require.NoError(tb, b.Unknown(2))
	for region, values := range map[string][]int64{"north": {5, 7}, "south": {-1, 2}} {
		for _, v := range values {
			m := abc.Member{Values: []decimal.Decimal{decimal.New(v, -1), decimal.New(v, 0)}, Reachable: v > 0, Contacts: 2, Responses: 1}
			require.NoError(tb, b.Add(region, m))
		}
		require.NoError(tb, b.At(region).Leave(1))
	}
	b.At("west")
	return &b
}

func TestSegmentationGolden(t *testing.T) {
	t.Parallel()
	reference.PinEncoding(t, "segmentation.v1.hex", segmentation(t), &abc.Segmentation[string]{})
}

// A segmentation comes back with everything that its reports tell.
func TestSegmentationRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b abc.Segmentation[int16]
		for range rapid.IntRange(0, 9).Draw(t, "members") {
			m := abc.Member{Values: []decimal.Decimal{amounts(-9).Draw(t, "value")}, Reachable: rapid.Bool().Draw(t, "reachable")}
			require.NoError(t, b.Add(rapid.Int16Range(-3, 3).Draw(t, "key"), m))
		}
		require.NoError(t, b.Unknown(rapid.IntRange(0, 3).Draw(t, "unknown")))
		data, err := b.MarshalBinary()
		require.NoError(t, err)
		var back abc.Segmentation[int64]
		require.NoError(t, back.UnmarshalBinary(data))
		again, err := back.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again)
		require.Equal(t, b.Known(), back.Known())
		want, err := b.Reports(abc.Criteria{})
		require.NoError(t, err)
		got, err := back.Reports(abc.Criteria{})
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i].Report, got[i].Report)
		}
	})
}

func TestSegmentationRefuses(t *testing.T) {
	t.Parallel()
	good, err := segmentation(t).MarshalBinary()
	require.NoError(t, err)
	of := func(body ...byte) []byte {
		return codec.AppendSum(append([]byte{codec.KindSegmentation, 1}, body...), 0)
	}
	empty := []byte{0, 0, 0, 0, 0, 0, 0, 0} // a segment of nobody
	two := func(a, b byte) []byte {
		return of(slices.Concat([]byte{codec.IDUnsigned, 0, 2, a}, empty, []byte{b}, empty)...)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"keys of another kind":     {good, relmark.ErrUnsupported},
		"another type":             {encoded(t, conversions()), relmark.ErrUnsupported},
		"more unknown than people": {of(codec.IDUnsigned, 0x80, 0x80, 0x80, 0x80, 0x10, 0), relmark.ErrInvalid},
		"a key twice":              {two(3, 3), relmark.ErrInvalid},
		"keys in disorder":         {two(3, 2), relmark.ErrInvalid},
		"cut short":                {of(codec.IDUnsigned, 0, 1, 3, 0, 0, 0), relmark.ErrInvalid},
		"trailing":                 {of(append([]byte{codec.IDUnsigned, 0, 0}, 0)...), relmark.ErrInvalid},
		"empty":                    {nil, relmark.ErrInvalid},
	} {
		var b abc.Segmentation[uint8]
		require.NoError(t, b.Unknown(7))
		require.ErrorIs(t, b.UnmarshalBinary(c.data), c.want, name)
		var seven abc.Segmentation[uint8]
		require.NoError(t, seven.Unknown(7))
		assert.Equal(t, seven, b, "%s: unchanged", name)
	}
	var b abc.Segmentation[uint8]
	require.NoError(t, b.UnmarshalBinary(two(2, 3)))
	var names abc.Segmentation[string]
	require.ErrorIs(t, names.UnmarshalBinary(of(slices.Concat([]byte{codec.IDText, 0, 1, 1, 0xff}, empty)...)), relmark.ErrInvalid)
}

func FuzzSegmentation(f *testing.F) {
	data, err := segmentation(f).MarshalBinary()
	require.NoError(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var b abc.Segmentation[string]
		if b.UnmarshalBinary(data) != nil {
			return
		}
		again, err := b.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again)
		_, _ = b.Reports(abc.Criteria{}) // segments may have periods that do not agree
	})
}

// Identifiers that JSON cannot tell apart are refused wherever they come in.
func TestIdentifiersAreUTF8(t *testing.T) {
	t.Parallel()
	const bad = "secret\xff"
	_, err := abc.NewRanking(maps.All(map[string]decimal.Decimal{bad: {}}))
	require.EqualError(t, err, "abc: customer 0: ID: must be UTF-8")
	_, err = abc.Stratify(pyramid(t), maps.All(map[string]abc.Trade{bad: {}}))
	require.EqualError(t, err, "abc: customer 0: ID: must be UTF-8")
	var b abc.Segmentation[string]
	require.EqualError(t, b.Add(bad, abc.Member{Values: make([]decimal.Decimal, 1)}), "abc: Key: must be UTF-8")
	assert.Zero(t, b.Known())
	b.At(bad)
	_, err = b.Reports(abc.Criteria{})
	require.EqualError(t, err, "abc: segment 0: Key: must be UTF-8")
	p := prospectParams()
	p.Fit[0].Name = "\xff"
	require.ErrorIs(t, p.Validate(), relmark.ErrInvalid)
}

// A limit of 0 is a limit, and only one that is not given is not tested.
func TestCriteriaOfZeroAreTested(t *testing.T) {
	t.Parallel()
	base := segmentation(t)
	reports, err := base.Reports(abc.Criteria{MaxVariation: new(0.0), MinReach: new(0.0), MinShare: new(0.0), MinResponse: new(0.0), MinStability: new(0.0)})
	require.NoError(t, err)
	outcomes := map[abc.Criterion]abc.Outcome{}
	for _, f := range reports[0].Findings {
		outcomes[f.Criterion] = f.Outcome
	}
	assert.Equal(t, abc.Fail, outcomes[abc.Steadiness], "periods that vary")
	for _, c := range []abc.Criterion{abc.Access, abc.Weight, abc.Response, abc.Retention} {
		assert.Equal(t, abc.Pass, outcomes[c], c)
	}
	reports, err = base.Reports(abc.Criteria{})
	require.NoError(t, err)
	var tested []abc.Criterion
	for _, f := range reports[0].Findings {
		tested = append(tested, f.Criterion)
	}
	assert.Equal(t, []abc.Criterion{abc.Size, abc.Precision, abc.Access, abc.Profit, abc.Growth}, tested)
	near.Equal(t, 0.5, reports[0].Findings[2].Limit, 0, 0)
}
