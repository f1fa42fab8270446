package servqual_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

// fields returns the fields that an error names.
func fields(err error) (names []string) {
	var joined interface{ Unwrap() []error }
	var field *relmark.FieldError
	switch {
	case errors.As(err, &joined):
		for _, e := range joined.Unwrap() {
			names = append(names, fields(e)...)
		}
	case errors.As(err, &field):
		names = []string{field.Field}
	}
	return names
}

func TestInstrumentParamsRefuse(t *testing.T) {
	t.Parallel()
	dim := func(name string, items ...int) servqual.Dimension {
		return servqual.Dimension{Name: name, Items: items}
	}
	long := make([]int, 25)
	for i := range long {
		long[i] = i
	}
	for name, c := range map[string]struct {
		p    servqual.InstrumentParams
		want []string
	}{
		"nothing":           {servqual.InstrumentParams{}, []string{"Dimensions", "High"}},
		"low is Blank":      {servqual.Standard(-128, -100), []string{"Low"}},
		"low above all":     {servqual.Standard(127, 128), []string{"Low", "High"}},
		"one step":          {servqual.Standard(5, 5), []string{"High"}},
		"upside down":       {servqual.Standard(7, 1), []string{"High"}},
		"102 steps":         {servqual.Standard(0, 101), []string{"High"}},
		"high above int8":   {servqual.Standard(100, 128), []string{"High"}},
		"far apart":         {servqual.Standard(-1<<31, 1<<31-1), []string{"Low", "High"}},
		"empty dimension":   {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0), dim("b")}}, []string{"Dimensions[1].Items"}},
		"25 items":          {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", long...)}}, []string{"Dimensions[0].Items"}},
		"no name":           {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("", 0)}}, []string{"Dimensions[0].Name"}},
		"same name":         {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0), dim("a", 1)}}, []string{"Dimensions[1].Name"}},
		"two dimensions":    {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0, 1), dim("b", 2, 1)}}, []string{"Dimensions[1].Items[1]"}},
		"twice in one":      {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0, 0)}}, []string{"Dimensions[0].Items[1]"}},
		"no dimension":      {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0, 3)}}, []string{"Items", "Items"}},
		"negative item":     {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0, -1)}}, []string{"Dimensions[0].Items[1]"}},
		"item 100":          {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0, 100)}}, []string{"Dimensions[0].Items[1]"}},
		"reversed unknown":  {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0)}, Reversed: []int{1}}, []string{"Reversed[0]"}},
		"reversed negative": {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0)}, Reversed: []int{-1}}, []string{"Reversed[0]"}},
		"reversed twice":    {servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{dim("a", 0)}, Reversed: []int{0, 0}}, []string{"Reversed[1]"}},
	} {
		in, err := servqual.NewInstrument(c.p)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.ElementsMatch(t, c.want, fields(err), name)
		assert.Zero(t, in, name)
		assert.Equal(t, c.p.Validate(), err, name)
	}
	err := servqual.Standard(7, 1).Validate()
	assert.EqualError(t, err, "servqual: High = 1: must be Low + 1 to Low + 100, at most 127")
}

func TestStandard(t *testing.T) {
	t.Parallel()
	p := servqual.Standard(1, 7)
	sizes := make(map[string]int)
	for _, d := range p.Dimensions {
		sizes[d.Name] = len(d.Items)
	}
	// Parasuraman, Zeithaml and Berry (1988), table 2.
	want := map[string]int{"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}
	assert.Equal(t, want, sizes)
	in := instrument(t, p)
	assert.Equal(t, 22, in.Items())
	assert.Equal(t, p, in.Params())
}

func TestInstrumentKeepsItsOwnParams(t *testing.T) {
	t.Parallel()
	p := servqual.Standard(1, 7)
	p.Reversed = []int{3, 1}
	in := instrument(t, p)
	p.Dimensions[0].Items[0], p.Reversed[0] = 9, 9
	got := in.Params()
	assert.Equal(t, []int{0, 1, 2, 3}, got.Dimensions[0].Items)
	assert.Equal(t, []int{1, 3}, got.Reversed)
	got.Dimensions[0].Name = "changed"
	assert.Equal(t, "tangibles", in.Params().Dimensions[0].Name)
}

func TestZeroInstrument(t *testing.T) {
	t.Parallel()
	var in servqual.Instrument
	assert.Zero(t, in.Items())
	assert.Zero(t, in.Params())
	s := in.NewSurvey()
	err := s.Add(servqual.Response{Expected: []int8{1}})
	assert.Equal(t, []string{"Survey"}, fields(err))
	_, err = s.Report(servqual.HalfAnswered)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	assert.Equal(t, in, s.Instrument())
}

// NewInstrument agrees with Validate, names what it refuses, and what it accepts
// takes answers.
func FuzzNewInstrument(f *testing.F) {
	f.Add(1, 7, []byte{0, 0, 0, 0, 1, 1, 1, 1, 1}, []byte{2})
	f.Add(-127, -27, []byte{3, 2, 1, 0}, []byte{})
	f.Fuzz(func(t *testing.T, low, high int, dimensions, reversed []byte) {
		p := servqual.InstrumentParams{Low: low, High: high}
		for item, d := range dimensions[:min(len(dimensions), 130)] {
			for len(p.Dimensions) <= int(d)%8 {
				p.Dimensions = append(p.Dimensions, servqual.Dimension{Name: string(rune('a' + len(p.Dimensions)))})
			}
			items := &p.Dimensions[d%8].Items
			*items = append(*items, item+int(d)/128)
		}
		for _, item := range reversed {
			p.Reversed = append(p.Reversed, int(int8(item)))
		}
		in, err := servqual.NewInstrument(p)
		assert.Equal(t, p.Validate() == nil, err == nil)
		if err != nil {
			var broken *relmark.FieldError
			assert.ErrorAs(t, err, &broken)
			return
		}
		s := in.NewSurvey()
		answers := make([]int8, in.Items())
		for i := range answers {
			answers[i] = int8(p.High)
		}
		require.NoError(t, s.Add(servqual.Response{Expected: answers, Perceived: answers}))
		assert.Zero(t, mean(t, report(t, s, servqual.AllAnswered).Gap.Unweighted))
	})
}

// Every instrument that can be drawn is accepted and returns its params.
func TestInstrumentRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := params().Draw(t, "params")
		got := instrument(t, p).Params()
		assert.Equal(t, p.Dimensions, got.Dimensions)
		assert.ElementsMatch(t, p.Reversed, got.Reversed)
		assert.Equal(t, got, instrument(t, got).Params())
	})
}
