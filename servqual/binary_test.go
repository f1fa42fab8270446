package servqual_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// goldenSurvey is the survey of testdata/survey.v1.hex.
func goldenSurvey(t tb) *servqual.Survey {
	t.Helper()
	p := small(t).Params()
	p.Reversed = []int{1}
	return collect(t, instrument(t, p),
		servqual.Response{Expected: []int8{5, 4, 3}, Perceived: []int8{3, 4, 1}, Importance: []int8{70, 30}},
		servqual.Response{Expected: []int8{5, blank, 4}, Perceived: []int8{5, 5, blank}, Importance: []int8{0, 100}},
		servqual.Response{Perceived: []int8{1, 2, 3}},
		servqual.Response{Expected: []int8{blank, blank, blank}},
	)
}

func TestBinaryGolden(t *testing.T) {
	t.Parallel()
	want := encoded(t, goldenSurvey(t))
	reference.PinHex(t, "survey.v1.hex", want)
	var back servqual.Survey
	require.NoError(t, back.UnmarshalBinary(want))
	assert.Equal(t, report(t, goldenSurvey(t), servqual.AnyAnswered), report(t, &back, servqual.AnyAnswered))
	require.NoError(t, back.Add(servqual.Response{Perceived: []int8{1, 2, 3}}))
}

func TestBinaryOfTheZeroSurvey(t *testing.T) {
	t.Parallel()
	var zero, back servqual.Survey
	b := encoded(t, &zero)
	assert.Equal(t, codec.AppendSum([]byte{3, 1, 0}, 0), b)
	require.NoError(t, back.UnmarshalBinary(b))
	assert.Zero(t, back.Instrument())
	assert.Equal(t, []string{"Instrument"}, fields(goldenSurvey(t).UnmarshalBinary(b)))
}

func TestBinaryRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		s := collect(t, in, list...)
		b := encoded(t, s)
		for _, back := range []*servqual.Survey{{}, in.NewSurvey(), s} {
			require.NoError(t, back.UnmarshalBinary(b))
			assert.Equal(t, b, encoded(t, back))
			assert.Equal(t, in.Params(), back.Instrument().Params())
			if len(list) > 0 {
				assert.Equal(t, report(t, s, servqual.HalfAnswered), report(t, back, servqual.HalfAnswered))
				require.NoError(t, back.Add(list[0]))
			}
		}
	})
}

// A survey decodes only its own instrument, and an error leaves it as it was.
func TestBinaryRefusesAnotherInstrument(t *testing.T) {
	t.Parallel()
	s := collect(t, small(t), servqual.Response{Perceived: []int8{1, 2, 3}})
	before := encoded(t, s)
	require.ErrorIs(t, s.UnmarshalBinary(encoded(t, goldenSurvey(t))), relmark.ErrInvalid)
	assert.Equal(t, []string{"Instrument"}, fields(s.UnmarshalBinary(encoded(t, standard(t).NewSurvey()))))
	assert.Equal(t, before, encoded(t, s))
}

// Every encoding that differs from a good one in one byte, or in length, is
// refused, or is another good one.
func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	good := encoded(t, goldenSurvey(t))
	var s servqual.Survey
	require.ErrorIs(t, s.UnmarshalBinary(nil), relmark.ErrInvalid)
	require.ErrorIs(t, s.UnmarshalBinary([]byte{9, 1, 0}), relmark.ErrUnsupported)
	require.ErrorIs(t, s.UnmarshalBinary([]byte{3, 2, 0}), relmark.ErrUnsupported)
	require.ErrorIs(t, s.UnmarshalBinary(codec.AppendSum([]byte{3, 1, 2}, 0)), relmark.ErrInvalid)
	require.ErrorIs(t, s.UnmarshalBinary(codec.AppendSum([]byte{3, 1, 0, 0}, 0)), relmark.ErrInvalid)
	for n := 2; n < len(good); n++ {
		require.ErrorIs(t, s.UnmarshalBinary(codec.Seal(good[:n])), relmark.ErrInvalid)
	}
	require.ErrorIs(t, s.UnmarshalBinary(codec.Seal(append(slices.Clip(good), 0))), relmark.ErrInvalid)
	assert.Zero(t, s.Respondents())
	accepted := 0
	for at := 3; at < len(good); at++ {
		for bit := range 8 {
			changed := append([]byte(nil), good...)
			changed[at] ^= 1 << bit
			changed = codec.Seal(changed)
			if s.UnmarshalBinary(changed) == nil {
				accepted++
				assert.Equal(t, changed, encoded(t, &s))
				usable(t, &s)
			}
		}
	}
	// Names of dimensions and sums of squares are free to a degree.
	assert.Less(t, accepted, len(good))
}

// usable asks that the statistics of a survey are numbers within their bounds.
func usable(t tb, s *servqual.Survey) {
	t.Helper()
	if s.Respondents() == 0 {
		return
	}
	for _, rule := range []servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered} {
		stats(s.Instrument(), report(t, s, rule), func(x servqual.Stat, low, high float64) {
			m, ok := x.Mean()
			assert.False(t, ok && !(m >= low && m <= high))
			sd, _ := x.SD()
			assert.True(t, sd >= 0 && sd <= high-low)
		})
	}
}

// What decodes encodes to the same bytes, and its report holds numbers.
func FuzzSurveyUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldenSurvey(f)))
	f.Add(encoded(f, small(f).NewSurvey()))
	f.Add([]byte{3, 1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s servqual.Survey
		if s.UnmarshalBinary(data) != nil {
			assert.Zero(t, s.Instrument())
			return
		}
		assert.Equal(t, data, encoded(t, &s))
		usable(t, &s)
		require.NoError(t, s.Instrument().NewSurvey().Merge(&s))
	})
}

// Add refuses or counts what it is given, never in part.
func FuzzSurveyAdd(f *testing.F) {
	f.Add([]byte{5, 4, 3}, []byte{3, 4, 0x80}, []byte{70, 30})
	f.Add([]byte{}, []byte{1, 1, 1}, []byte{})
	f.Add([]byte{1, 1, 1}, []byte{1, 1, 9}, []byte{50, 50})
	in := small(f)
	f.Fuzz(func(t *testing.T, expected, perceived, points []byte) {
		s := in.NewSurvey()
		empty := encoded(t, s)
		if s.Add(servqual.Response{Expected: signed(expected), Perceived: signed(perceived), Importance: signed(points)}) != nil {
			assert.Equal(t, empty, encoded(t, s))
			return
		}
		assert.EqualValues(t, 1, s.Respondents())
		var back servqual.Survey
		require.NoError(t, back.UnmarshalBinary(encoded(t, s)))
		usable(t, &back)
	})
}

func signed(b []byte) []int8 {
	list := make([]int8, len(b))
	for i, v := range b {
		list[i] = int8(v)
	}
	return list
}

// An encoding with one byte changed is refused, or is another survey that can be
// used as any other.
func TestBinaryCorrupted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		data := encoded(t, collect(t, in, list...))
		data[rapid.IntRange(2, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		var s servqual.Survey
		if err := s.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			assert.Zero(t, s.Instrument())
			return
		}
		assert.Equal(t, data, encoded(t, &s))
		usable(t, &s)
	})
}
