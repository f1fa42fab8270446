package money_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestPlainIsWrittenExactly(t *testing.T) {
	t.Parallel()
	type pair struct {
		A money.Plain  `json:"a,omitzero"`
		B *money.Plain `json:"b,omitempty"`
	}
	half, zero := money.Plain(decimal.New(-50, -2)), money.Plain(decimal.New(0, -9))
	for want, v := range map[string]pair{
		`{"a":"-0.5"}`: {A: half},
		`{"b":"0"}`:    {A: zero, B: &zero},
		`{}`:           {},
	} {
		got, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	_, err := json.Marshal(money.Plain(decimal.New(1, 1_000_000_000)))
	require.ErrorIs(t, err, money.ErrLength)
}

func TestPlainReadsNothingElse(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`1.5`, `null`, `""`, `"1e3"`, `"+1"`, `" 1"`, `["1"]`, `"` + strings.Repeat("9", 2000) + `"`} {
		p := money.Plain(decimal.New(7, 0))
		require.Error(t, json.Unmarshal([]byte(bad), &p), bad)
		assert.Equal(t, "7", decimal.Decimal(p).String(), bad)
	}
}

func TestPlainRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "coefficient"), rapid.Int32Range(-20, 20).Draw(t, "exponent"))
		data, err := json.Marshal(money.Plain(d))
		require.NoError(t, err)
		var p money.Plain
		require.NoError(t, json.Unmarshal(data, &p))
		assert.True(t, d.Equal(decimal.Decimal(p)), "%s", data)
	})
}
