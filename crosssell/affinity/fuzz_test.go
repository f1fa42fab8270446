package affinity_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/codec"
)

// Whatever is decoded encodes to the same bytes and can be read.
func FuzzOwnershipUnmarshalBinary(f *testing.F) {
	for _, w := range golden(f) {
		data, err := w.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode[string, string](t, data)
		decode[int64, int16](t, data)
		decode[string, uint64](t, data)
	})
}

func decode[U, I relmark.ID](t *testing.T, data []byte) {
	t.Helper()
	data = codec.Seal(data)
	var w affinity.Ownership[U, I]
	if err := w.UnmarshalBinary(data); err != nil {
		require.NotEqual(t, errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrUnsupported), err)
		require.Zero(t, w.Events())
		return
	}
	require.Equal(t, data, encode(t, &w))
	m, err := w.AsOf(relmark.MustParseDate("9999-12-31"), affinity.MatrixOptions{HalfLife: new(1.0)})
	if w.Customers() == 0 {
		require.ErrorIs(t, err, relmark.ErrTooFew)
		return
	}
	require.NoError(t, err)
	require.Len(t, m.Customers(), w.Customers())
	require.Zero(t, m.Later())
}

// letters reads customers separated by full stops, who have items of one letter and got
// each on the day of its place.
func letters(t *testing.T, text []byte) *affinity.Ownership[int, byte] {
	t.Helper()
	var w affinity.Ownership[int, byte]
	customer := 0
	for k, b := range text {
		if b == '.' {
			customer++
			continue
		}
		require.NoError(t, w.Add(affinity.Event[int, byte]{Customer: customer, Item: b, On: day(k), Times: 1}))
	}
	return &w
}

// checkModel asks everything of a model: all is finite, nothing that the customer has
// comes back, and the reasons add up.
func checkModel(t *testing.T, m *affinity.Matrix[int, byte], model *affinity.Model[byte]) {
	t.Helper()
	for _, u := range m.Customers() {
		owned := m.AppendOwned(nil, u)
		list, err := model.Suggest(affinity.Query[byte]{Owned: owned, N: 300})
		require.NoError(t, err)
		require.Len(t, list, len(m.Items())-len(owned))
		for _, x := range list {
			require.NoError(t, x.Validate())
			require.NotContains(t, owned, x.Item)
		}
	}
}

// A matrix can be made of what its options accept and of nothing else, and models of it.
func FuzzNeighbours(f *testing.F) {
	f.Add([]byte("ab.abc.b.ca"), 10.0, 0, "cosine", 2, 0.0, 1.2, 0.75)
	f.Add([]byte("ab.abc.b.ca"), 0.001, 1, "bm25", 0, 0.0, 100.0, 1.0)
	f.Add([]byte("abc"), math.NaN(), -1, "shrunk_cosine", 1, 1e300, 0.0, 0.0)
	f.Add([]byte("ab.abc.b.ca"), 1e-300, 0, "tf_idf", 0, 0.0, 0.0, 0.0)
	f.Fuzz(func(t *testing.T, text []byte, halfLife float64, minCustomers int, similarity string, k int, shrink, k1, b float64) {
		o := affinity.MatrixOptions{HalfLife: &halfLife, MinCustomers: minCustomers}
		text = text[:min(len(text), 300)]
		m, err := letters(t, text).AsOf(day(400), o)
		if o.Validate() != nil {
			require.EqualError(t, err, o.Validate().Error())
			return
		}
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		p := affinity.NeighbourParams{Similarity: affinity.Similarity(similarity), Shrink: shrink}
		if k != 0 {
			p.K = &k
		}
		if k1 != 0 || b != 0 {
			p.K1, p.B = &k1, &b
		}
		model, err := m.Neighbours(t.Context(), p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		require.NoError(t, err)
		checkModel(t, m, model)
	})
}

func FuzzEASE(f *testing.F) {
	f.Add([]byte("ab.abc.b.ca"), 0.5)
	f.Add([]byte("ab.ab"), 1e-17)
	f.Add([]byte("a"), math.Inf(1))
	f.Fuzz(func(t *testing.T, text []byte, lambda float64) {
		m, err := letters(t, text[:min(len(text), 300)]).AsOf(day(400), affinity.MatrixOptions{HalfLife: new(100.0)})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		p := affinity.EASEParams{Lambda: lambda}
		model, err := m.EASE(t.Context(), p)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		require.NoError(t, p.Validate())
		checkModel(t, m, model)
	})
}

func FuzzPopularity(f *testing.F) {
	f.Add([]byte("ab.abc.b.ca"), 0.5, 2)
	f.Add([]byte("ab.ab"), math.NaN(), 1)
	f.Fuzz(func(t *testing.T, text []byte, prior float64, segments int) {
		m, err := letters(t, text[:min(len(text), 300)]).AsOf(day(400), affinity.MatrixOptions{})
		if err != nil {
			return
		}
		p := affinity.PopularityParams{Prior: prior}
		pop, err := affinity.NewPopularity(m, func(u int) int { return u % (segments&7 + 1) }, p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		require.NoError(t, err)
		for segment := range 3 {
			list, err := pop.Suggest(segment, nil, 300, nil)
			require.NoError(t, err)
			require.Len(t, list, len(m.Items()))
			for _, x := range list {
				require.NoError(t, x.Validate())
				require.LessOrEqual(t, x.Score, 1.0)
			}
		}
	})
}
