package cashback_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/cashback"
)

// commands are those with an amount.
func commands(d decimal.Decimal) []any {
	at := when("2025-03-05T10:00:00Z")
	return []any{
		cashback.Purchase{"k", "o", d, at},
		cashback.Refund{"k", "o", d, at},
		cashback.Credit{"k", d, at, at},
		cashback.Spending{Key: "k", Amount: d, At: at},
		cashback.GiveBack{"k", "s", d, at},
	}
}

// Decimals that only decimal.New makes have no text: they are errors at once.
func TestDecimalsWithoutTextAreNotEncoded(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32)} {
		for _, v := range append(commands(d), cashback.Balance{Pending: d}, cashback.Balance{Reversed: d}) {
			_, err := json.Marshal(v)
			require.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
		}
	}
}

// Commands come back equal, and are left as they were by what is none.
func TestCommandsRoundTrip(t *testing.T) {
	t.Parallel()
	all := commands(dec("33.33"))
	roundTrips(t, all[0].(cashback.Purchase), `{"key":"k","order":"o","net":"33.33","at":"2025-03-05T10:00:00Z"}`)
	roundTrips(t, all[1].(cashback.Refund), `{"key":"k","order":"o","amount":"33.33","at":"2025-03-05T10:00:00Z"}`)
	roundTrips(t, all[2].(cashback.Credit), `{"key":"k","amount":"33.33","at":"2025-03-05T10:00:00Z","expires_at":"2025-03-05T10:00:00Z"}`)
	roundTrips(t, all[3].(cashback.Spending), `{"key":"k","amount":"33.33","at":"2025-03-05T10:00:00Z"}`)
	roundTrips(t, cashback.Spending{Key: "k", Amount: dec("1"), At: began, Credit: "c"}, `{"key":"k","amount":"1","at":"2025-01-05T10:00:00Z","credit":"c"}`)
	roundTrips(t, cashback.Cancellation{Key: "k", Credit: "c", At: began}, `{"key":"k","credit":"c","at":"2025-01-05T10:00:00Z"}`)
	roundTrips(t, all[4].(cashback.GiveBack), `{"key":"k","spending":"s","amount":"33.33","at":"2025-03-05T10:00:00Z"}`)
	for _, v := range []json.Unmarshaler{new(cashback.Purchase), new(cashback.Refund), new(cashback.Credit), new(cashback.Spending), new(cashback.GiveBack)} {
		for _, bad := range []string{``, `[]`, `null`, `{} {}`, `{"other":1}`, `{"Key":"k"}`, `{"key":"k","key":"l"}`, `{"amount":1}`, `{"net":"1e2147483647"}`, `{"amount":"1e9"}`, `{"key":"` + "\xff" + `"}`} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
	b := cashback.Balance{dec("1"), dec("2.5"), dec("3"), dec("4"), dec("5"), dec("6"), dec("7"), dec("8"), dec("9")}
	roundTrips(t, b, `{"pending":"1","available":"2.5","expired":"3","debt":"4","granted":"5","credited":"6","spent":"7","reversed":"8","cancelled":"9"}`)
	require.ErrorIs(t, b.UnmarshalJSON([]byte(`{"pending":1}`)), relmark.ErrInvalid)
	kept := cashback.Spending{Key: "k"}
	require.Error(t, kept.UnmarshalJSON([]byte(`{"key":"other","amount":1}`)))
	assert.Equal(t, "k", kept.Key)
	_, err := json.Marshal(cashback.Spending{Key: "\xff"})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func roundTrips[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, want, string(text))
	assert.Equal(t, v, decoded[T](t, text))
}
