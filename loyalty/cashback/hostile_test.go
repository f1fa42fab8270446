package cashback_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/cashback"
)

// Decimals that only decimal.New can make, on which plain arithmetic panics or never
// ends: wherever one comes in, the answer is an error at once.
func TestDecimalsWithoutBoundsAreErrors(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	c := engine(t, cashback.Terms{})
	for _, d := range []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32), decimal.New(7, -2000),
	} {
		for _, terms := range []cashback.Terms{{Zone: berlin, Rate: d}, {Zone: berlin, OrderCap: &d}, {Zone: berlin, MonthCap: &d}} {
			assert.ErrorIs(t, terms.Validate(), relmark.ErrInvalid)
		}
		var w cashback.Wallet
		errs := make([]error, 5)
		_, errs[0] = c.Purchase(&w, cashback.Purchase{"k", "o", d, at})
		_, errs[1] = c.Refund(&w, cashback.Refund{"k", "o", d, at})
		_, errs[2] = c.Credit(&w, cashback.Credit{Key: "k", Amount: d, At: at})
		_, errs[3] = c.Spend(&w, cashback.Spending{Key: "k", Amount: d, At: at})
		_, errs[4] = c.GiveBack(&w, cashback.GiveBack{"k", "s", d, at})
		for _, err := range errs {
			assert.ErrorIs(t, err, relmark.ErrInvalid)
		}
	}
	assert.ErrorIs(t, cashback.Terms{Zone: berlin, Rate: decimal.New(0, math.MaxInt32)}.Validate(), relmark.ErrInvalid)
}

// Names that are not UTF-8 would fall together in JSON: no command has one.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	for _, bad := range []string{"", "\xff", strings.Repeat("x", 201)} {
		errs := make([]error, 4)
		_, errs[0] = c.Purchase(&w, cashback.Purchase{"k", bad, dec("1"), at})
		_, errs[1] = c.Refund(&w, cashback.Refund{"k", bad, dec("1"), at})
		_, errs[2] = c.Spend(&w, cashback.Spending{Key: bad, Amount: dec("1"), At: at})
		_, errs[3] = c.GiveBack(&w, cashback.GiveBack{"k", bad, dec("1"), at})
		for _, err := range errs {
			assert.ErrorIs(t, err, relmark.ErrInvalid)
			assert.Less(t, len(err.Error()), 200)
		}
	}
	text := strings.Replace(strings.SplitN(string(reference.StoredText(t, "events_v1.jsonl")), "\n", 2)[0], `"key":"1"`, `"key":"\ud800"`, 1)
	assert.ErrorIs(t, new(cashback.Event).UnmarshalJSON([]byte(text)), relmark.ErrInvalid)
}

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	var none *cashback.Engine
	at := when("2025-03-05T10:00:00Z")
	errs := map[string]error{}
	for _, e := range []*cashback.Engine{none, engine(t, cashback.Terms{})} {
		for _, w := range []*cashback.Wallet{nil, {}} {
			if e != nil && w != nil {
				continue
			}
			_, errs["purchase"] = e.Purchase(w, cashback.Purchase{"k", "o", dec("1"), at})
			_, errs["refund"] = e.Refund(w, cashback.Refund{"k", "o", dec("1"), at})
			_, errs["credit"] = e.Credit(w, cashback.Credit{Key: "k", Amount: dec("1"), At: at})
			_, errs["spend"] = e.Spend(w, cashback.Spending{Key: "k", Amount: dec("1"), At: at})
			_, errs["close"] = e.Close(w, cashback.Closing{Key: "k", Before: relmark.MustParseDate("2025-03-05"), At: at})
			_, errs["give back"] = e.GiveBack(w, cashback.GiveBack{"k", "s", dec("1"), at})
			for name, err := range errs {
				assert.ErrorIs(t, err, relmark.ErrInvalid, name)
			}
		}
	}
	var w *cashback.Wallet
	assert.ErrorIs(t, w.Apply(cashback.Event{Seq: 1, Type: cashback.Credited, Key: "k", From: at, At: at}), relmark.ErrInvalid)
}

// I13, a hostile host: every variable of the decimal package and the local zone are
// set to something else, and all results stay the same. The test does not run in
// parallel: parallel tests wait until everything is as before.
func TestHostSettingsChangeNothing(t *testing.T) { //nolint:paralleltest // it sets variables of the process
	want := everything(t)
	hostile.Settings(t)
	assert.Equal(t, want, everything(t))
}

// everything runs terms, events and a wallet through their encodings, and prints
// decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	terms, err := decodeTerms(reference.StoredText(t, "terms_v1.json"))
	require.NoError(t, err)
	text, err := json.Marshal(terms)
	require.NoError(t, err)
	fmt.Fprintln(&out, string(text))
	w := goldenWallet(t)
	data, err := w.MarshalBinary()
	require.NoError(t, err)
	fmt.Fprintf(&out, "%x\n", data)
	b := w.Balance(when("2025-04-01T00:00:00Z"))
	for _, d := range []decimal.Decimal{b.Available, b.Expired, b.Spent, b.Debt} {
		fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
	}
	c, err := cashback.New(terms)
	require.NoError(t, err)
	d, err := c.Purchase(w, cashback.Purchase{"p", "p", cents(12345), time.Unix(1746050400, 0)}) // 1 May in Berlin
	require.NoError(t, err)
	fmt.Fprintln(&out, d.Event)
	encoded, err := json.Marshal(append(commands(cents(120)), b))
	require.NoError(t, err)
	fmt.Fprintln(&out, string(encoded))
	return out.String()
}
