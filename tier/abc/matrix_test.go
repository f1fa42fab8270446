package abc_test

import (
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/abc"
)

func scales() abc.MatrixParams {
	return abc.MatrixParams{Loyalty: abc.Axis{High: 5, Medium: 3}, Potential: abc.Axis{High: 70, Medium: 40}}
}

// rfm_golden.md prints the table; the sentence beside it says the same.
func TestDefaultTable(t *testing.T) {
	t.Parallel()
	table := abc.DefaultClassTable()
	text, err := table.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "aaaaaaaab abbbbbbbc bccbccccc", string(text))
	levels := []abc.Level{abc.High, abc.Medium, abc.Low}
	for _, value := range []abc.Class{abc.A, abc.B, abc.C} {
		for _, loyalty := range levels {
			for _, potential := range levels {
				want := value
				switch {
				case value < abc.C && loyalty == abc.Low && potential == abc.Low:
					want = map[abc.Class]abc.Class{abc.A: abc.B, abc.B: abc.C}[value]
				case value > abc.A && loyalty == abc.High && potential == abc.High:
					want = map[abc.Class]abc.Class{abc.C: abc.B, abc.B: abc.A}[value]
				case value == abc.C && loyalty == abc.Medium && potential == abc.High:
					want = abc.B
				}
				assert.Equal(t, want, table.At(value, loyalty, potential), "%s %s %s", value, loyalty, potential)
			}
		}
	}
	assert.Zero(t, table.At("", abc.High, abc.High))
	assert.Zero(t, table.At(abc.A, abc.High, "none"))
}

func TestOwnTable(t *testing.T) {
	t.Parallel()
	table := abc.DefaultClassTable()
	require.NoError(t, table.Set(abc.C, abc.Low, abc.High, abc.B))
	require.EqualError(t, table.Set("", abc.Low, abc.High, abc.B), "abc: Cell: must be a class and two levels")
	require.EqualError(t, table.Set(abc.C, abc.Low, abc.High, ""), "abc: Class: must be one of a, b, c")
	p := scales()
	p.Table = table
	p.Value = abc.Cuts{A: money(t, "0.5"), B: money(t, "0.5")}
	m, err := abc.NewMatrix(p)
	require.NoError(t, err)
	assert.Equal(t, p, m.Params())
	placed, err := abc.Classify(m, func(yield func(int, abc.Profile) bool) {
		_ = yield(2, abc.Profile{Value: money(t, "1"), Loyalty: 2, Potential: 70}) && yield(1, abc.Profile{Value: money(t, "9"), Loyalty: 5, Potential: 39})
	})
	require.NoError(t, err)
	assert.Equal(t, []abc.Placement[int]{
		{ID: 1, Cell: abc.Cell{Value: abc.A, Loyalty: abc.High, Potential: abc.Low, Class: abc.A}},
		{ID: 2, Cell: abc.Cell{Value: abc.C, Loyalty: abc.Low, Potential: abc.High, Class: abc.B}},
	}, slices.Collect(placed.All()))
	assert.Equal(t, 2, placed.Len())
	for p := range placed.All() {
		assert.Equal(t, 1, p.ID)
		break
	}
	for range (abc.Placements[int]{}).All() {
		t.Error("nobody is placed")
	}
}

func TestTableText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringMatching("[abc]{9} [abc]{9} [abc]{9}").Draw(t, "table")
		var table abc.ClassTable
		require.NoError(t, table.UnmarshalText([]byte(letters)))
		text, err := table.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, letters, string(text))
		assert.Equal(t, letters[10:11], string(table.At(abc.B, abc.High, abc.High)))
		assert.Equal(t, letters[25:26], string(table.At(abc.C, abc.Medium, abc.Low)))
	})
	table := abc.DefaultClassTable()
	for _, bad := range []string{
		"", "aaaaaaaab abbbbbbbc bccbcccc", "aaaaaaaab abbbbbbbc bccbcccccc", "aaaaaaaab abbbbbbbc bccbccccc ",
		"aaaaaaaabaabbbbbbbc bccbccccc", "daaaaaaab abbbbbbbc bccbccccc", " aaaaaaaab abbbbbbbc bccbcccc",
	} {
		require.ErrorIs(t, table.UnmarshalText([]byte(bad)), relmark.ErrInvalid, bad)
		assert.Equal(t, abc.DefaultClassTable(), table, "unchanged")
		var own abc.ProspectTable
		require.ErrorIs(t, own.UnmarshalText([]byte(bad)), relmark.ErrInvalid, bad)
	}
	_, err := abc.ClassTable{}.MarshalText()
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestMatrixRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*abc.MatrixParams){
		"abc: Loyalty.High = 3: must be finite and above Medium":     func(p *abc.MatrixParams) { p.Loyalty.High = 3 },
		"abc: Loyalty.Medium = NaN: must be finite":                  func(p *abc.MatrixParams) { p.Loyalty.Medium = math.NaN() },
		"abc: Potential.High = NaN: must be finite and above Medium": func(p *abc.MatrixParams) { p.Potential.High = math.NaN() },
		"abc: Potential.High = 0: must be finite and above Medium":   func(p *abc.MatrixParams) { p.Potential = abc.Axis{} },
		"abc: Value.B: must be at most 1":                            func(p *abc.MatrixParams) { p.Value = abc.Cuts{A: decimal.New(1, 0), B: decimal.New(2, 0)} },
		"abc: Table: must be one of a, b, c":                         func(p *abc.MatrixParams) { p.Table[0][0][0] = abc.A },
	} {
		p := scales()
		change(&p)
		_, err := abc.NewMatrix(p)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.EqualError(t, p.Validate(), want)
	}
	m, err := abc.NewMatrix(scales())
	require.NoError(t, err)
	for want, p := range map[string]abc.Profile{
		"abc: customer 0: Loyalty = NaN: must be finite":              {Loyalty: math.NaN()},
		"abc: customer 0: Potential = -Inf: must be finite":           {Potential: math.Inf(-1)},
		"abc: customer 0: Value: must have at most 9 fraction digits": {Value: decimal.New(1, -10)},
	} {
		_, err := abc.Classify(m, func(yield func(string, abc.Profile) bool) { yield("x", p) })
		require.EqualError(t, err, want)
	}
	_, err = abc.Classify(abc.Matrix{}, func(func(string, abc.Profile) bool) {})
	require.EqualError(t, err, "abc: Matrix: must come from NewMatrix")
	_, err = abc.Classify(m, func(yield func(int, abc.Profile) bool) {
		_ = yield(1, abc.Profile{Value: decimal.New(1, 18)}) && yield(2, abc.Profile{Value: decimal.New(1, -9)})
	})
	require.ErrorIs(t, err, relmark.ErrLimit)
	for _, ok := range []bool{
		second(m.Place("", 1, 1)), second(m.Place(abc.A, math.NaN(), 1)), second(m.Place(abc.A, 1, math.Inf(1))), second(abc.Matrix{}.Place(abc.A, 1, 1)),
	} {
		assert.False(t, ok)
	}
	assert.True(t, second(m.Place(abc.A, 1, 1)))
}

func second[T any](_ T, ok bool) bool { return ok }

// Streak paths against the rule said in other words: the class drops at each third
// of a maximal run of falls.
func TestStreakAgainstOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		falls := rapid.IntRange(1, 4).Draw(t, "falls")
		series := rapid.SliceOfN(amounts(-20), 0, 30).Draw(t, "series")
		start := rapid.SampledFrom([]abc.Class{abc.A, abc.B, abc.C}).Draw(t, "start")
		path, err := abc.StreakRule{Falls: falls}.Path(start, series)
		require.NoError(t, err)
		require.Len(t, path, len(series))
		s, err := abc.NewStreak(start)
		require.NoError(t, err)
		class, running := start, 0
		for i := range series {
			running++
			if i == 0 || !series[i].LessThan(series[i-1]) {
				running = 0
			}
			before := class
			if running > 0 && running%falls == 0 && class != abc.C {
				class = map[abc.Class]abc.Class{abc.A: abc.B, abc.B: abc.C}[class]
			}
			assert.Equal(t, class, path[i])
			var dropped bool
			s, dropped, err = s.Next(series[i], abc.StreakRule{Falls: falls})
			require.NoError(t, err)
			assert.Equal(t, class != before, dropped)
			assert.Equal(t, running%falls, s.Falls())
			last, ok := s.Last()
			assert.True(t, ok && last.Equal(series[i]))
		}
	})
}

func TestStreak(t *testing.T) {
	t.Parallel()
	s, err := abc.NewStreak(abc.A)
	require.NoError(t, err)
	_, ok := s.Last()
	assert.False(t, ok)
	for _, v := range []string{"9", "8", "7"} {
		s, _, err = s.Next(money(t, v), abc.StreakRule{})
		require.NoError(t, err)
	}
	assert.Equal(t, 2, s.Falls())
	s, err = s.In(abc.B) // a review lowers the class, the count goes on
	require.NoError(t, err)
	s, dropped, err := s.Next(decimal.Decimal{}, abc.StreakRule{})
	require.NoError(t, err)
	assert.True(t, dropped)
	assert.Equal(t, abc.C, s.Class())
	assert.Zero(t, s.Falls())

	for _, err := range []error{
		third(s.Next(decimal.New(1, -10), abc.StreakRule{})),
		third(s.Next(decimal.Decimal{}, abc.StreakRule{Falls: -1})),
		third(s.Next(decimal.Decimal{}, abc.StreakRule{Falls: 1001})),
		third(abc.Streak{}.Next(decimal.Decimal{}, abc.StreakRule{})),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = abc.NewStreak("")
	require.EqualError(t, err, "abc: Class: must be one of a, b, c")
	_, err = s.In("d")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = abc.StreakRule{}.Path("", nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = abc.StreakRule{Falls: -1}.Path(abc.A, make([]decimal.Decimal, 1))
	require.EqualError(t, err, "abc: Falls = -1: must be 1 to 1000, or 0 for 3")
}

func third[T any](_ T, _ bool, err error) error { return err }
