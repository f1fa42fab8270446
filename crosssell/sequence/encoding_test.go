package sequence_test

import (
	"encoding"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/codec"
)

type accumulator interface {
	encoding.BinaryAppender
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// golden returns what testdata/accumulators_v1.hex keeps the encodings of.
func golden(t require.TestingT) map[string]accumulator {
	var h sequence.Histories[string, int]
	require.NoError(t, h.Add("größe", day(3), 5, -1))
	require.NoError(t, h.Add("größe", day(4), 5))
	require.NoError(t, h.Add("ann", day(0)))
	c, err := sequence.NewTransitions[string](sequence.TransitionParams{Order: 2, FirstOnly: true, MaxTransitions: 500})
	require.NoError(t, err)
	require.NoError(t, c.Add([]string{"tea", "cup"}, []string{"pot"}, []string{"milk", "tea"}))
	none, err := sequence.NewTransitions[uint8](sequence.TransitionParams{Order: 1})
	require.NoError(t, err)
	o := owned(t, []string{"card"}, []string{"account", "card"}, nil)
	return map[string]accumulator{
		"histories": &h, "no_histories": &sequence.Histories[uint8, string]{},
		"transitions": c, "no_transitions": none, "ownership": o,
	}
}

// Every version ever written can be read, and what is written now does not change unless
// the version does.
func TestEncodingGolden(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/accumulators_v1.hex")
	require.NoError(t, err)
	left := golden(t)
	for line := range strings.Lines(string(file)) {
		name, digits, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		a := left[name]
		require.NotNil(t, a, name)
		assert.Equal(t, digits, hex.EncodeToString(encode(t, a)), name)
		want, err := hex.DecodeString(digits)
		require.NoError(t, err, name)
		require.NoError(t, a.UnmarshalBinary(want), name)
		assert.Equal(t, want, encode(t, a), name)
		delete(left, name)
	}
	for name, a := range left {
		t.Errorf("not in the file: %s %s", name, hex.EncodeToString(encode(t, a)))
	}
}

func TestEncodingRefuses(t *testing.T) {
	t.Parallel()
	const (
		histories   = "\x50\x01\x01\x01" // kind, version, text, text
		transitions = "\x51\x01\x01"     // kind, version, text
		ownership   = "\x52\x01\x01"
	)
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"nothing":                  {"", relmark.ErrInvalid},
		"another type":             {"\x03\x01\x01\x01\x00\x00", relmark.ErrUnsupported},
		"version to come":          {"\x50\x02\x01\x01\x00\x00", relmark.ErrUnsupported},
		"another customer":         {"\x50\x01\x02\x01\x00\x00", relmark.ErrUnsupported},
		"goes on":                  {histories + "\x00\x00\x00", relmark.ErrInvalid},
		"item nobody bought":       {histories + "\x00\x01\x01a", relmark.ErrInvalid},
		"customers out of order":   {histories + "\x02\x01b\x01a\x00\x00\x00", relmark.ErrInvalid},
		"visit without items":      {histories + "\x01\x01c\x01\x01a\x01\x00\x00\x00", relmark.ErrInvalid},
		"unknown item":             {histories + "\x01\x01c\x01\x01a\x01\x00\x01\x01", relmark.ErrInvalid},
		"past the last date":       {histories + "\x01\x01c\x01\x01a\x01\xff\xff\xff\x7f\x01\x00", relmark.ErrInvalid},
		"transitions of numbers":   {"\x51\x01\x02\x01\x00\x00\x00\x00\x00\x00", relmark.ErrUnsupported},
		"no order":                 {transitions + "\x00\x00\x00\x00\x00\x00\x00", relmark.ErrInvalid},
		"items that never follow":  {transitions + "\x01\x00\x00\x01\x01\x01a\x00\x00", relmark.ErrInvalid},
		"purchases of nobody":      {transitions + "\x01\x00\x00\x00\x01\x01a\x01\x00\x01\x00", relmark.ErrInvalid},
		"count of zero":            {transitions + "\x01\x00\x00\x01\x01\x01a\x01\x00\x00\x00", relmark.ErrInvalid},
		"context without next":     {transitions + "\x01\x00\x00\x01\x01\x01a\x01\x00\x01\x01\x00\x00", relmark.ErrInvalid},
		"context of unknown item":  {transitions + "\x01\x00\x00\x01\x01\x01a\x01\x00\x01\x01\x05\x01\x00\x01", relmark.ErrInvalid},
		"above its own limit":      {transitions + "\x01\x00\x01\x01\x01\x01a\x01\x00\x01\x01\x00\x01\x00\x01", relmark.ErrInvalid},
		"ownership of numbers":     {"\x52\x01\x02\x00", relmark.ErrUnsupported},
		"one product":              {ownership + "\x01\x01a\x00\x00\x00", relmark.ErrInvalid},
		"products out of order":    {ownership + "\x02\x01b\x00\x01a\x00\x00\x00\x00", relmark.ErrInvalid},
		"owners that are nobody":   {ownership + "\x02\x01a\x01\x01b\x00\x00\x00\x00", relmark.ErrInvalid},
		"fewer owners than owning": {ownership + "\x02\x01a\x01\x01b\x00\x00\x00\x01", relmark.ErrInvalid},
		"too many customers":       {ownership + "\x02\x01a\x00\x01b\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x00", relmark.ErrInvalid},
	} {
		data := []byte(c.data)
		if len(data) > 0 {
			data = codec.AppendSum(data, 0)
		}
		var into accumulator = &sequence.Histories[string, string]{}
		switch {
		case strings.HasPrefix(c.data, "\x51"):
			into = &sequence.Transitions[string]{}
		case strings.HasPrefix(c.data, "\x52"):
			into = &sequence.Acquisitions[string]{}
		}
		require.ErrorIs(t, into.UnmarshalBinary(data), c.want, name)
	}
	require.ErrorIs(t, new(sequence.Transitions[string]).UnmarshalBinary(nil), relmark.ErrInvalid)
	require.ErrorIs(t, new(sequence.Acquisitions[string]).UnmarshalBinary(nil), relmark.ErrInvalid)
}

// Whatever is decoded encodes to the same bytes.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, a := range golden(f) {
		f.Add(encode(f, a))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		for _, a := range []accumulator{
			&sequence.Histories[string, int]{}, &sequence.Histories[uint8, string]{},
			&sequence.Transitions[string]{}, &sequence.Transitions[uint8]{}, &sequence.Acquisitions[string]{},
		} {
			if err := a.UnmarshalBinary(data); err != nil {
				require.NotEqual(t, errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrUnsupported), err)
				continue
			}
			require.Equal(t, data, encode(t, a))
			use(t, a)
		}
	})
}

// use asks what was decoded.
func use(t *testing.T, a accumulator) {
	t.Helper()
	switch a := a.(type) {
	case *sequence.Histories[string, int]:
		p := sequence.PatternParams{MinCount: 1, Family: sequence.Closed, MaxPatterns: 50}
		if _, err := a.Frequent(t.Context(), p); err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
		}
	case *sequence.Transitions[string]:
		chain, err := a.Chain(sequence.Smoothing{Prior: 1, Base: 1})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		for _, c := range chain.Next([]string{"tea"}, []string{"pot"}) {
			require.True(t, c.P > 0 && c.P <= 1+1e-9)
		}
	case *sequence.Acquisitions[string]:
		fit, err := sequence.FitMaturity(t.Context(), a, sequence.MaturityOptions{MaxIterations: 5})
		if err != nil {
			require.True(t, errors.Is(err, relmark.ErrTooFew) || errors.Is(err, relmark.ErrNoConverge), err)
			return
		}
		require.NoError(t, fit.Model.Params().Validate())
	}
}

// Whatever is decoded as a model is one, and comes back equal.
func FuzzUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"model":"maturity","params":{"items":["a","b"],"difficulty":[-1,1],"mean":0,"sd":1}}`))
	f.Add([]byte(`{"v":1,"model":"propensity","params":{"features":["x"],"intercept":1,"coef":[2],"means":[0],"calibration":{"kind":"isotonic","knots":[{"from":0,"to":1}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p sequence.Propensity
		if p.UnmarshalJSON(data) == nil {
			round(t, p)
			require.NotPanics(t, func() { p.Prob(p.Params().Means) })
		}
		var m sequence.MaturityParams[string]
		if m.UnmarshalJSON(data) == nil {
			require.NoError(t, m.Validate())
			text, err := m.MarshalJSON()
			require.NoError(t, err)
			var back sequence.MaturityParams[string]
			require.NoError(t, back.UnmarshalJSON(text))
			require.Equal(t, m, back)
		}
	})
}

// Frequent accepts exactly what PatternParams.Validate accepts.
func FuzzFrequent(f *testing.F) {
	f.Add([]byte("ab c.a,c.b"), int64(2), uint8(0), 2, 1, 3)
	f.Add([]byte("aa bb.ab ab"), int64(1), uint8(1), 0, 0, -1)
	f.Fuzz(func(t *testing.T, text []byte, minCount int64, family uint8, maxLen, gap, span int) {
		p := sequence.PatternParams{
			MinCount: minCount, Family: []sequence.Family{"", sequence.All, sequence.Closed, "x"}[family%4], MaxPatterns: 200,
			MaxLen: &maxLen, Limits: sequence.Limits{MinVisits: &gap, MaxVisits: &gap, Span: &span},
		}
		if family%4 == 2 {
			p.Limits.MaxVisits = nil
		}
		h := &sequence.Histories[int, byte]{}
		customer, on := 0, 0
		for _, b := range text[:min(len(text), 60)] {
			switch b {
			case '.':
				customer, on = customer+1, 0
			case ' ', ',':
				on++
			default:
				require.NoError(t, h.Add(customer, day(on), b))
			}
		}
		got, err := h.Frequent(t.Context(), p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
		}
		for _, x := range got {
			require.True(t, x.Count >= minCount && x.Len() <= maxLen)
			n, err := h.Count(p.Limits, x.Elements...)
			require.NoError(t, err)
			require.Equal(t, x.Count, n)
		}
	})
}

// A fit of whatever is an error or a model.
func FuzzFitPropensity(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, 0.0, false)
	f.Add([]byte{0, 0, 1, 255, 7, 9, 100, 3}, 1e-9, true)
	f.Fuzz(func(t *testing.T, data []byte, lambda float64, standardise bool) {
		var past []sequence.Observation
		for i := 0; i+1 < min(len(data), 40); i += 2 {
			past = append(past, sequence.Observation{X: []float64{float64(data[i]), float64(data[i+1] / 2)}, Bought: data[i+1]%2 == 1})
		}
		fit, err := sequence.FitPropensity(t.Context(), names(), past, sequence.PropensityOptions{Lambda: lambda, Standardise: standardise})
		switch {
		case errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrTooFew):
			require.Empty(t, fit.Status)
		case err != nil:
			require.ErrorIs(t, err, relmark.ErrNoConverge)
			require.NotEqual(t, sequence.Converged, fit.Status)
		default:
			round(t, fit.Model)
			p := fit.Model.Prob(past[0].X)
			require.True(t, p >= 0 && p <= 1)
		}
	})
}
