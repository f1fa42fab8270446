package cashback_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/cashback"
)

// Names that differ stay different.
func shifted(name string) string { return "~" + name }

// The file holds one event of every type of a wallet.
func TestRedactedWalletHasTheSameBalance(t *testing.T) {
	t.Parallel()
	var w, r cashback.Wallet
	for line := range strings.Lines(string(reference.StoredText(t, "events_v1.jsonl"))) {
		var ev cashback.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		red, err := ev.Redact(shifted)
		require.NoError(t, err)
		if len(red.Parts) > 0 {
			red.Parts[0].Units++
			assert.NotEqual(t, ev.Parts[0], red.Parts[0], "nothing is shared")
			red.Parts[0].Units--
		}
		require.NoError(t, w.Apply(ev))
		require.NoError(t, r.Apply(red))
		for _, at := range []string{"2025-03-14T22:59:59Z", "2025-04-01T00:00:00Z", "2027-01-01T00:00:00Z"} {
			assert.Equal(t, w.Balance(when(at)), r.Balance(when(at)))
		}
	}
}

func TestRedactChecksTheNames(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	ev := cashback.Event{Seq: 1, Type: cashback.Credited, Key: "k", Digits: 2, Amount: 5, From: at, At: at}
	for name, rename := range map[string]func(string) string{
		"nil": nil, "empty": func(string) string { return "" }, "long": func(string) string { return strings.Repeat("x", 201) },
	} {
		_, err := ev.Redact(rename)
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := cashback.Event{}.Redact(shifted)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}
