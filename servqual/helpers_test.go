package servqual_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// tb is what the helpers need of a *testing.T, *testing.B, *testing.F or *rapid.T.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	FailNow()
}

func instrument(t tb, p servqual.InstrumentParams) servqual.Instrument {
	t.Helper()
	in, err := servqual.NewInstrument(p)
	require.NoError(t, err)
	return in
}

func standard(t tb) servqual.Instrument { return instrument(t, servqual.Standard(1, 7)) }

// small is an instrument of two dimensions, of two items and of one.
func small(t tb) servqual.Instrument {
	return instrument(t, servqual.InstrumentParams{Low: 1, High: 5, Dimensions: []servqual.Dimension{
		{Name: "speed", Items: []int{0, 2}}, {Name: "tone", Items: []int{1}},
	}})
}

// collect adds responses to a new survey.
func collect(t tb, in servqual.Instrument, responses ...servqual.Response) *servqual.Survey {
	t.Helper()
	s := in.NewSurvey()
	for _, r := range responses {
		require.NoError(t, s.Add(r))
	}
	return s
}

func report(t tb, s *servqual.Survey, m servqual.Missing) servqual.Report {
	t.Helper()
	r, err := s.Report(m)
	require.NoError(t, err)
	return r
}

func encoded(t tb, s *servqual.Survey) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

// mean returns a mean that must exist.
func mean(t tb, s servqual.Stat) float64 {
	t.Helper()
	m, ok := s.Mean()
	require.True(t, ok)
	return m
}

// params draws an instrument: a few dimensions over shuffled items, some reversed.
func params() *rapid.Generator[servqual.InstrumentParams] {
	return rapid.Custom(func(t *rapid.T) servqual.InstrumentParams {
		var p servqual.InstrumentParams
		p.Low = rapid.IntRange(-127, 126).Draw(t, "low")
		p.High = rapid.IntRange(p.Low+1, min(p.Low+9, 127)).Draw(t, "high")
		sizes := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 5).Draw(t, "sizes")
		total := 0
		for _, n := range sizes {
			total += n
		}
		items := rapid.Permutation(ascending(total)).Draw(t, "items")
		p.Reversed = rapid.SampledFrom([][]int{nil, items[:1], items[:(total+1)/2]}).Draw(t, "reversed")
		for i, n := range sizes {
			p.Dimensions = append(p.Dimensions, servqual.Dimension{Name: string(rune('a' + i)), Items: items[:n]})
			items = items[n:]
		}
		return p
	})
}

func ascending(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// responses draws what respondents to an instrument answer, with blanks, sides
// not asked and points.
func responses(p servqual.InstrumentParams) *rapid.Generator[servqual.Response] {
	items := 0
	for _, d := range p.Dimensions {
		items += len(d.Items)
	}
	answer := rapid.Custom(func(t *rapid.T) int8 {
		if rapid.IntRange(0, 7).Draw(t, "blank") == 0 {
			return servqual.Blank
		}
		return int8(rapid.IntRange(p.Low, p.High).Draw(t, "answer"))
	})
	side := rapid.SliceOfN(answer, items, items)
	return rapid.Custom(func(t *rapid.T) servqual.Response {
		r := servqual.Response{Expected: side.Draw(t, "expected"), Perceived: side.Draw(t, "perceived")}
		switch rapid.IntRange(0, 9).Draw(t, "asked") {
		case 0:
			r.Expected = nil
		case 1:
			r.Perceived = nil
		}
		if rapid.Bool().Draw(t, "weighted") {
			r.Importance = points(t, len(p.Dimensions))
		}
		return r
	})
}

// points draws n numbers that add to 100.
func points(t *rapid.T, n int) []int8 {
	list, left := make([]int8, n), 100
	for i := range list[:n-1] {
		list[i] = int8(rapid.IntRange(0, left).Draw(t, "points"))
		left -= int(list[i])
	}
	list[n-1] = int8(left)
	return list
}

var _ tb = testing.TB(nil)

func nan() float64 { return math.NaN() }
func inf() float64 { return math.Inf(1) }

// exact compares floats to the last bit.
func exact(t tb, want, got float64, what string, args ...any) {
	t.Helper()
	near.Equal(t, want, got, 0, 0, append([]any{what}, args...)...)
}

// equal compares floats that differ by a few roundings.
func equal(t tb, want, got float64, what string) {
	t.Helper()
	near.Equal(t, want, got, 1e-14, 0, "%s", what)
}

// tight compares scores that differ by a few roundings of numbers up to 127.
func tight(t tb, want, got float64, what string) {
	t.Helper()
	near.Equal(t, want, got, 0, 1e-12, "%s", what)
}

// answer returns an answer as a score, nil where blank.
func answer(a int8) score {
	if a == servqual.Blank {
		return nil
	}
	return big.NewRat(int64(a), 1)
}

// relmarkError reports whether an error says what is wrong with input or data.
func relmarkError(err error) bool {
	return errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrTooFew)
}
