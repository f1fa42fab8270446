package rfm_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

func stored[C relmark.ID](tb require.TestingT, b *rfm.Base[C]) []byte {
	data, err := b.MarshalBinary()
	require.NoError(tb, err)
	return data
}

// sample is a base of two customers and one who has done nothing yet.
func sample(tb testing.TB) *rfm.Base[string] {
	tb.Helper()
	var b rfm.Base[string]
	require.NoError(tb, b.Put("new", rfm.History{}))
	require.NoError(tb, b.Put("bob", history(tb, []booking{{relmark.MustParseDate("2024-02-29"), amount(tb, "12.50")}})))
	require.NoError(tb, b.Put("ann", history(tb, []booking{{relmark.MustParseDate("2024-03-01"), amount(tb, "-2.5")}, {relmark.MustParseDate("2024-03-05"), amount(tb, "0")}})))
	return &b
}

func TestBaseGolden(t *testing.T) {
	t.Parallel()
	reference.PinEncoding(t, "base.v1.hex", sample(t), &rfm.Base[string]{})
}

// A base comes back as it was, can be gone on with, and encodes alike however it came
// about.
func TestBaseRoundTrip(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		customers := rapid.SliceOfN(rapid.Int32(), len(list), len(list)).Draw(t, "customers")
		var b, mixed rfm.Base[int32]
		for i, row := range list {
			require.NoError(t, b.Add(rfm.Purchase[int32]{Customer: customers[i], On: row.on, Amount: row.amount}))
			k := len(list) - 1 - i
			require.NoError(t, mixed.Add(rfm.Purchase[int32]{Customer: customers[k], On: list[k].on, Amount: list[k].amount}))
		}
		data := stored(t, &b)
		require.Equal(t, data, stored(t, &mixed))

		var back rfm.Base[int64] // what was stored as int32 is read as int64
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, b.Len(), back.Len())
		for customer, h := range b.All() {
			again, known := back.History(int64(customer))
			require.True(t, known)
			require.Equal(t, encoded(t, h), encoded(t, again))
		}
		one := rfm.Purchase[int64]{Customer: 7, On: origin, Amount: decimal.New(1, 0)}
		require.NoError(t, back.Add(one))
		require.NoError(t, b.Add(rfm.Purchase[int32]{Customer: 7, On: one.On, Amount: one.Amount}))
		require.Equal(t, stored(t, &b), stored(t, &back))
	})
}

// Histories of many days, and more customers than one block, come back too.
func TestBaseRoundTripOfMany(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	var b rfm.Base[int]
	for customer := range 600 {
		for i := range 1 + customer%7*customer/4 {
			require.NoError(t, b.Add(rfm.Purchase[int]{Customer: customer, On: on.AddDays(i), Amount: decimal.New(int64(i), -2)}))
		}
	}
	var back rfm.Base[int]
	require.NoError(t, back.UnmarshalBinary(stored(t, &b)))
	require.Equal(t, stored(t, &b), stored(t, &back))
	for customer := range 600 { // nobody's days reach into another's
		require.NoError(t, back.Add(rfm.Purchase[int]{Customer: customer, On: on.AddDays(9999), Amount: decimal.New(1, 0)}))
		require.NoError(t, b.Add(rfm.Purchase[int]{Customer: customer, On: on.AddDays(9999), Amount: decimal.New(1, 0)}))
	}
	require.Equal(t, stored(t, &b), stored(t, &back))
}

func TestBaseRefusesWhatIsNoBase(t *testing.T) {
	t.Parallel()
	good := stored(t, sample(t))
	numbers := func(body ...byte) []byte { return codec.AppendSum(append([]byte{codec.KindBase, 1}, body...), 0) }
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":                     {nil, relmark.ErrInvalid},
		"a flipped bit":             {flipped(good), relmark.ErrInvalid},
		"a history":                 {encoded(t, rfm.History{}), relmark.ErrUnsupported},
		"a later version":           {codec.AppendSum([]byte{codec.KindBase, 2, 2, 0}, 0), relmark.ErrUnsupported},
		"customers of another kind": {good, relmark.ErrUnsupported},
		"more customers than data":  {numbers(codec.IDSigned, 9, 0, 0, 0), relmark.ErrInvalid},
		"the same customer twice":   {numbers(codec.IDSigned, 2, 2, 0, 0, 2, 0, 0), relmark.ErrInvalid},
		"customers in disorder":     {numbers(codec.IDSigned, 2, 2, 0, 0, 1, 0, 0), relmark.ErrInvalid},
		"a customer too large":      {numbers(codec.IDSigned, 1, 0x80, 0x02, 0, 0), relmark.ErrInvalid},
		"digits of nothing":         {numbers(codec.IDSigned, 1, 2, 1, 0), relmark.ErrInvalid},
		"trailing":                  {numbers(codec.IDSigned, 1, 2, 0, 0, 0), relmark.ErrInvalid},
	} {
		var b rfm.Base[int8]
		require.NoError(t, b.Put(7, rfm.History{}))
		require.ErrorIs(t, b.UnmarshalBinary(c.data), c.want, name)
		_, known := b.History(7)
		assert.True(t, known && b.Len() == 1, "%s: unchanged", name)
	}
	var names rfm.Base[string]
	require.ErrorIs(t, names.UnmarshalBinary(codec.AppendSum([]byte{codec.KindBase, 1, codec.IDText, 1, 1, 0xff, 0, 0}, 0)), relmark.ErrInvalid)
	require.NoError(t, names.UnmarshalBinary(codec.AppendSum([]byte{codec.KindBase, 1, codec.IDText, 1, 1, 'x', 0, 0}, 0)))
	var b rfm.Base[int8]
	require.NoError(t, b.UnmarshalBinary(numbers(codec.IDSigned, 2, 1, 0, 0, 2, 0, 0)))
	assert.Equal(t, 2, b.Len())
	for customer := range b.All() {
		assert.Equal(t, -1, int(customer))
		break
	}
}

// Whatever decodes encodes to the same bytes and can be used.
func FuzzBaseUnmarshalBinary(f *testing.F) {
	f.Add(stored(f, sample(f)))
	f.Add([]byte{codec.KindBase, 1, codec.IDText, 0})
	asOf := relmark.MustParseDate("9999-12-31")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, codec.Seal(data)} { // as it is, and with the right checksum
			var b rfm.Base[string]
			if b.UnmarshalBinary(data) != nil {
				continue
			}
			require.Equal(t, data, stored(t, &b))
			customers, idle, err := b.Summaries(asOf, rfm.Options{})
			require.NoError(t, err)
			require.LessOrEqual(t, len(customers)+len(idle), b.Len())
			for _, c := range customers {
				require.True(t, b.Remove(c.ID))
			}
			require.NoError(t, b.Add(rfm.Purchase[string]{Customer: "new", On: asOf}))
		}
	})
}

// flipped returns data with one bit changed.
func flipped(data []byte) []byte {
	data = append([]byte(nil), data...)
	data[len(data)/2] ^= 4
	return data
}
