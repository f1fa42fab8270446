package voucher_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	var (
		cashback *voucher.Cashback
		campaign *voucher.Campaign
		checker  *voucher.Checker
		prices   *voucher.Prices
		pricer   *voucher.Pricer
		wallet   *voucher.Wallet
		register *voucher.Register
	)
	at := when("2025-03-05T10:00:00Z")
	errs := map[string]error{"fold": register.Fold(nil), "stream": (&voucher.Register{}).Fold(nil)}
	for _, w := range []*voucher.Wallet{nil, {}} {
		_, errs["purchase"] = cashback.Purchase(w, voucher.Purchase{"k", "o", dec("1"), at})
		_, errs["refund"] = cashback.Refund(w, voucher.Refund{"k", "o", dec("1"), at})
		_, errs["credit"] = cashback.Credit(w, voucher.Credit{Key: "k", Amount: dec("1"), At: at})
		_, errs["spend"] = cashback.Spend(w, voucher.Spending{"k", dec("1"), at})
		_, errs["close a wallet"] = cashback.Close(w, voucher.Closing{Key: "k", Before: relmark.MustParseDate("2025-03-05"), At: at})
		_, errs["give back"] = cashback.GiveBack(w, voucher.GiveBack{"k", "s", dec("1"), at})
		for name, err := range errs {
			assert.ErrorIs(t, err, relmark.ErrInvalid, name)
		}
	}
	r := voucher.Redemption{Key: "k", Code: "c", Member: "m", At: at}
	_, errs["check"] = campaign.Check(r, voucher.Uses{})
	_, errs["close"] = campaign.Close(&voucher.Register{}, voucher.Closing{Key: "k", Before: relmark.MustParseDate("2025-03-05"), At: at})
	_, errs["redeem"] = campaign.Redeem(&voucher.Register{}, r)
	_, errs["void"] = register.Void(voucher.Voiding{Key: "k", Redemption: "r", At: at})
	errs["apply"] = register.Apply(voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "k", Code: "c", Member: "m", At: at})
	errs["wallet"] = wallet.Apply(voucher.WalletEvent{Seq: 1, Type: voucher.Credited, Key: "k", From: at, At: at})
	_, errs["code"] = checker.Code("1")
	_, errs["draw"] = checker.Draw(rand.New(rand.NewPCG(1, 2)), voucher.Batch{Length: 1})
	_, _, errs["quote"] = prices.Quote(voucher.PriceQuery{Item: "i", Quantity: 1, At: at})
	_, errs["explain"] = prices.Explain(voucher.PriceQuery{Item: "i", Quantity: 1, At: at})
	_, errs["apply to an order"] = pricer.Apply(nil)
	for name, err := range errs {
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	assert.False(t, checker.Valid("18"))
}
