package voucher_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// Names that are not UTF-8 would fall together in JSON: no command and no terms have one.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	c := campaign(t, voucher.Terms{AnyCode: true})
	var g voucher.Register
	for _, bad := range []string{"", "\xff", strings.Repeat("x", 201)} {
		errs := []error{
			voucher.Terms{Zone: berlin, Codes: []string{bad}}.Validate(),
			voucher.Terms{Zone: berlin, AnyCode: true, Audience: []string{bad}}.Validate(),
		}
		for _, r := range []voucher.Redemption{
			{Key: bad, Code: "c", Member: "m", At: at},
			{Key: "k", Code: bad, Member: "m", At: at},
			{Key: "k", Code: "c", Member: bad, At: at},
			{Key: "k", Code: "c", Member: "m", Labels: []string{"gold", bad}, At: at},
		} {
			_, err := c.Redeem(&g, r)
			errs = append(errs, err)
		}
		_, err := g.Void(voucher.Voiding{Key: bad, Redemption: "r", At: at})
		errs = append(errs, err)
		_, err = g.Void(voucher.Voiding{Key: "k", Redemption: bad, At: at})
		for _, err := range append(errs, err) {
			assert.ErrorIs(t, err, relmark.ErrInvalid)
			assert.Less(t, len(err.Error()), 200)
		}
	}
}

// Lists that are too long, or wrong throughout, are refused in a text that does not grow
// with them; an audience is looked up, not searched.
func TestErrorsDoNotGrowWithTheirInput(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	for _, bad := range []error{
		voucher.Terms{Zone: berlin, Codes: make([]string, 100_000)}.Validate(),
		voucher.Terms{Zone: berlin, AnyCode: true, Audience: make([]string, 1001)}.Validate(),
		voucher.Terms{Zone: berlin, Codes: []string{long}}.Validate(),
		voucher.CodeFormat{voucher.LuhnModN, long}.Validate(),
		voucher.CodeFormat{voucher.Scheme(long), ""}.Validate(),
	} {
		require.ErrorIs(t, bad, relmark.ErrInvalid)
		assert.Less(t, len(bad.Error()), 2000)
	}
	_, err := campaign(t, voucher.Terms{AnyCode: true}).Check(voucher.Redemption{Labels: make([]string, 100_000)}, voucher.Uses{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 2000)
}

// A list that a query or a computation left empty opens nothing to everybody.
func TestEmptyListsDoNotMeanAll(t *testing.T) {
	t.Parallel()
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	for _, codes := range [][]string{nil, {}} {
		c, err := voucher.NewCampaign(voucher.Terms{Zone: berlin, Codes: codes})
		require.NoError(t, err)
		reasons, err := c.Check(r, voucher.Uses{})
		require.NoError(t, err)
		assert.Equal(t, []voucher.Reason{voucher.UnknownCode}, reasons)
	}
	assert.ErrorIs(t, voucher.Terms{Zone: berlin, AnyCode: true, Audience: []string{}}.Validate(), relmark.ErrInvalid)
	assert.ErrorIs(t, voucher.Terms{Zone: berlin, AnyCode: true, Codes: []string{"X"}}.Validate(), relmark.ErrInvalid)
	reasons, err := campaign(t, voucher.Terms{AnyCode: true}).Check(r, voucher.Uses{})
	require.NoError(t, err)
	assert.Empty(t, reasons)
}

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	var (
		campaign *voucher.Campaign
		checker  *voucher.Checker
		register *voucher.Register
	)
	at := when("2025-03-05T10:00:00Z")
	r := voucher.Redemption{Key: "k", Code: "c", Member: "m", At: at}
	errs := map[string]error{"fold": register.Fold(nil), "stream": (&voucher.Register{}).Fold(nil)}
	_, errs["check"] = campaign.Check(r, voucher.Uses{})
	_, errs["close"] = campaign.Close(&voucher.Register{}, voucher.Closing{Key: "k", Before: relmark.MustParseDate("2025-03-05"), At: at})
	_, errs["redeem"] = campaign.Redeem(&voucher.Register{}, r)
	_, errs["void"] = register.Void(voucher.Voiding{Key: "k", Redemption: "r", At: at})
	errs["apply"] = register.Apply(voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "k", Code: "c", Member: "m", At: at})
	_, errs["code"] = checker.Code("1")
	_, errs["draw"] = checker.Draw(rand.New(rand.NewPCG(1, 2)), voucher.Batch{Length: 1})
	for name, err := range errs {
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	assert.False(t, checker.Valid("18"))
}
