package accrual_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/accrual"
)

func unhex(t testing.TB, name string) []byte {
	t.Helper()
	data, err := hex.DecodeString(string(reference.StoredText(t, name)))
	require.NoError(t, err)
	return data
}

type jsonCoder interface {
	json.Marshaler
	json.Unmarshaler
}

type binaryCoder interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(data []byte) error
}

type deferralCoder struct{ accrual.Deferral }

type curveCoder struct{ accrual.Curve }

type policyCoder struct{ accrual.Policy }

func jsonKinds() map[string]jsonCoder {
	return map[string]jsonCoder{"deferral": &deferralCoder{}, "curve": &curveCoder{}, "policy": &policyCoder{}}
}

func binaryKinds() map[string]binaryCoder {
	return map[string]binaryCoder{"history": &accrual.History{}, "rollforward": &accrual.RollForward{}}
}

func TestJSONOfVersion1(t *testing.T) {
	t.Parallel()
	for name, v := range jsonKinds() {
		text := reference.StoredText(t, name+"_v1.json")
		require.NoError(t, v.UnmarshalJSON(text), name)
		for change, want := range map[string]error{
			`"v":2`: relmark.ErrUnsupported, `"v":0`: relmark.ErrUnsupported, `"V":1`: relmark.ErrInvalid, `"v":1,"v":1`: relmark.ErrInvalid, `"v":1,"other":1`: relmark.ErrInvalid,
		} {
			assert.ErrorIs(t, v.UnmarshalJSON(bytes.Replace(text, []byte(`"v":1`), []byte(change), 1)), want, "%s with %s", name, change)
		}
		back, err := v.MarshalJSON()
		require.NoError(t, err, name)
		assert.Equal(t, string(text), string(back), "%s: unchanged by errors", name)
	}
	_, err := json.Marshal(accrual.Curve{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(accrual.Policy{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestDecodersCheckWhatTheyRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"v":1,"digits":2,"allocated":"10","redeemed":5,"expected":4,"measured":true}`,
		`{"v":1,"digits":2,"allocated":"10","expected":4}`,
		`{"v":1,"digits":2,"allocated":"10","reserved":"11","measured":true}`,
		`{"v":1,"digits":2,"allocated":"10.001"}`,
		`{"v":1,"digits":99,"allocated":"10"}`,
		`{"v":1,"digits":2,"allocated":"10","recognised":"1"}`,
		`{"v":1,"digits":2,"allocated":"10","redeemed":1,"expected":4,"recognised":"2.49","measured":true}`,
		`{"v":1,"digits":2,"allocated":"10","expected":4,"recognised":"0.01","measured":true}`,
		`{"v":1,"digits":2,"allocated":"1e1"}`,
		`{"v":1,"digits":2,"allocated":10}`,
	} {
		var d accrual.Deferral
		assert.ErrorIs(t, d.UnmarshalJSON([]byte(text)), relmark.ErrInvalid, text)
	}
	var more accrual.Deferral // 40 were allocated, of which 30 were cancelled
	assert.NoError(t, more.UnmarshalJSON([]byte(`{"v":1,"digits":2,"allocated":"10","redeemed":1,"expected":4,"recognised":"10","measured":true}`)))
	var c accrual.Curve
	assert.ErrorIs(t, c.UnmarshalJSON([]byte(`{"v":1,"redeemed":[0.5],"lost":[0.6]}`)), relmark.ErrInvalid)
	var p accrual.Policy
	assert.ErrorIs(t, p.UnmarshalJSON([]byte(`{"v":1,"digits":2,"redeemed":[],"lost":[]}`)), relmark.ErrInvalid)
}

// The files hold what version 1 wrote for the history and the roll-forward here.
func TestBinaryOfVersion1(t *testing.T) {
	t.Parallel()
	var h accrual.History
	require.NoError(t, h.Add(accrual.Vintage{100, []accrual.Movement{{Redeemed: 50}, {Redeemed: 20, Expired: 10}}}))
	require.NoError(t, h.Add(accrual.Vintage{300, []accrual.Movement{{Redeemed: 30}}}))
	var f accrual.RollForward
	old, _, err := deferral(t, 8000).Measure(accrual.Estimate{Redeemed: 100, Expected: 800})
	require.NoError(t, err)
	now, _, err := old.Measure(accrual.Estimate{Redeemed: 400, Expected: 500, Reserved: dec("2")})
	require.NoError(t, err)
	require.NoError(t, f.Add(&old, now))
	require.NoError(t, f.Add(nil, deferral(t, 500)))
	kinds := binaryKinds()
	for name, made := range map[string]binaryCoder{"history": &h, "rollforward": &f} {
		data, err := made.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, string(reference.StoredText(t, name+"_v1.hex")), hex.EncodeToString(data), name)
		require.NoError(t, kinds[name].UnmarshalBinary(data))
		assert.Equal(t, made, kinds[name], name)
		for i := range data {
			assert.Error(t, kinds[name].UnmarshalBinary(codec.Seal(data[:i])), name)
		}
		assert.ErrorIs(t, kinds[name].UnmarshalBinary(codec.Seal(append(data, 0))), relmark.ErrInvalid)
		for _, unknown := range []byte{0, 2, 255} {
			data[1] = unknown
			assert.ErrorIs(t, kinds[name].UnmarshalBinary(data), relmark.ErrUnsupported, "%s %d", name, unknown)
		}
		assert.Equal(t, made, kinds[name], "%s: unchanged by errors", name)
	}
}

// The header, and numbers that no vintages and no deferrals can have.
func TestBinaryRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	history, table := unhex(t, "history_v1.hex")[:2], unhex(t, "rollforward_v1.hex")[:2]
	for name, body := range map[string][]byte{
		"points of no vintage":   {0, 5, 0},
		"vintages of no points":  {1, 0, 0},
		"ages of no vintage":     {0, 0, 1, 0, 0, 0},
		"nobody watched":         {1, 5, 1, 0, 0, 0},
		"more than granted":      {1, 5, 1, 6, 0, 0},
		"more redeemed than is":  {1, 5, 1, 5, 3, 3},
		"more left than before":  {1, 5, 2, 5, 3, 0, 3, 0, 0},
		"left of what expired":   {1, 5, 2, 5, 0, 3, 3, 0, 0},
		"1201 ages":              append([]byte{1, 1, 0xb1, 9}, bytes.Repeat([]byte{1, 0, 0}, 1201)...),
		"two bytes for a number": {0x81, 0, 5, 0},
	} {
		assert.ErrorIs(t, new(accrual.History).UnmarshalBinary(codec.AppendSum(append(history[:2:2], body...), 0)), relmark.ErrInvalid, name)
	}
	for name, body := range map[string][]byte{
		"digits of nothing":    {2, 0, 0, 0, 0, 0, 0, 0, 0},
		"negative added":       {2, 2, 2, 1, 0, 0, 0, 0, 0},
		"negative cancelled":   {2, 2, 0, 0, 1, 0, 0, 0, 2},
		"negative deferrals":   {2, 1, 0, 0, 0, 0, 0, 0, 0},
		"rows do not add up":   {2, 2, 2, 2, 0, 0, 0, 0, 2},
		"ten fraction digits":  {10, 2, 0, 0, 0, 0, 0, 0, 0},
		"closing of something": {2, 2, 0, 0, 0, 0, 0, 0, 2},
	} {
		assert.ErrorIs(t, new(accrual.RollForward).UnmarshalBinary(codec.AppendSum(append(table[:2:2], body...), 0)), relmark.ErrInvalid, name)
	}
}

func FuzzJSON(f *testing.F) {
	for name := range jsonKinds() {
		f.Add(reference.StoredText(f, name+"_v1.json"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, v := range jsonKinds() {
			if err := v.UnmarshalJSON(data); err != nil {
				if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			text, err := v.MarshalJSON()
			require.NoError(t, err, name)
			again := jsonKinds()[name]
			require.NoError(t, again.UnmarshalJSON(text), name)
			back, err := again.MarshalJSON()
			require.NoError(t, err, name)
			require.Equal(t, string(text), string(back), name)
			if d, ok := v.(*deferralCoder); ok {
				_, p, err := d.Measure(accrual.Estimate{Redeemed: 1, Expected: 3})
				require.NoError(t, err)
				require.True(t, p.Cumulative.Add(p.Liability).Equal(d.Allocated()))
			}
		}
	})
}

func FuzzBinary(f *testing.F) {
	for name := range binaryKinds() {
		f.Add(unhex(f, name+"_v1.hex"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		for name, v := range binaryKinds() {
			if err := v.UnmarshalBinary(data); err != nil {
				continue
			}
			back, err := v.MarshalBinary()
			require.NoError(t, err, name)
			require.Equal(t, data, back, "%s: one encoding of one value", name)
			switch v := v.(type) {
			case *accrual.History:
				if fit, err := v.Fit(accrual.FitOptions{}); err == nil {
					require.NoError(t, fit.Curve.Validate())
				}
				require.NotErrorIs(t, v.Merge(*v), relmark.ErrInvalid)
			case *accrual.RollForward:
				require.NotErrorIs(t, v.Merge(*v), relmark.ErrInvalid)
				r := v.Rows()
				require.True(t, decimal.Sum(r.Opening, r.Added, r.Cancelled.Neg(), r.Performance.Neg(), r.CatchUp.Neg(), r.Reserved.Neg()).Equal(r.Closing))
			}
		}
	})
}

func FuzzMeasure(f *testing.F) {
	f.Add(int64(8676), int64(4500), int64(9500), int64(0))
	f.Fuzz(func(t *testing.T, allocated, redeemed, expected, reserved int64) {
		d, err := accrual.Defer(cents(allocated), 2)
		require.Equal(t, allocated >= 0 && allocated < 1<<53, err == nil)
		if err != nil {
			return
		}
		next, p, err := d.Measure(accrual.Estimate{redeemed, expected, cents(reserved)})
		ok := min(redeemed, expected, reserved) >= 0 && max(redeemed, expected) < 1<<53 && reserved <= allocated
		require.Equal(t, ok, err == nil)
		if ok {
			require.False(t, p.Liability.IsNegative() || p.Cumulative.IsNegative())
			require.True(t, next.Allocated().Equal(cents(allocated)))
		}
	})
}
