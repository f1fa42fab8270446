package voucher_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// Names that differ stay different.
func shifted(name string) string { return "~" + name }

func TestRedactedRegisterCountsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCampaign(voucher.Terms{AnyCode: true, Zone: berlin})
		require.NoError(t, err)
		var g, r voucher.Register
		letter := rapid.SampledFrom([]string{"a", "b", "c"})
		for i := range rapid.IntRange(1, 20).Draw(t, "steps") {
			at := time.Unix(int64(i), 0)
			d, err := c.Redeem(&g, voucher.Redemption{Key: fmt.Sprint(i), Code: letter.Draw(t, "code"), Member: letter.Draw(t, "member"), At: at})
			if rapid.Bool().Draw(t, "void") {
				d, err = g.Void(voucher.Voiding{Key: fmt.Sprint(i), Redemption: fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "which")), At: at})
			}
			require.NoError(t, err)
			if !d.Accepted {
				continue
			}
			require.NoError(t, g.Apply(d.Event))
			ev, err := d.Event.Redact(shifted)
			require.NoError(t, err)
			require.Equal(t, d.Event.At, ev.At)
			require.NoError(t, r.Apply(ev))
		}
		require.Equal(t, g.Version(), r.Version())
		require.Len(t, r.Live(), len(g.Live()))
		for _, code := range []string{"a", "b", "c"} {
			for _, member := range []string{"a", "b", "c"} {
				require.Equal(t, g.Uses(code, member), r.Uses("~"+code, "~"+member))
			}
		}
	})
}

// Erasing one person leaves the others, and the code that all use, as they were.
func TestRedactErasesOnePerson(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	erase := func(name string) string {
		if gone, ok := map[string]string{"k1": "gone-1", "ada": "gone-2"}[name]; ok {
			return gone
		}
		return name
	}
	var g voucher.Register
	for _, ev := range []voucher.Event{
		{Seq: 1, Type: voucher.Redeemed, Key: "k1", Code: "SPRING", Member: "ada", At: at},
		{Seq: 2, Type: voucher.Redeemed, Key: "k2", Code: "SPRING", Member: "bob", At: at},
	} {
		ev, err := ev.Redact(erase)
		require.NoError(t, err)
		text, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "ada")
		require.NoError(t, g.Apply(ev))
	}
	assert.Equal(t, voucher.Uses{Code: 2, Member: 1, Campaign: 2}, g.Uses("SPRING", "bob"))
	assert.Equal(t, voucher.Uses{Code: 2, Member: 0, Campaign: 2}, g.Uses("SPRING", "ada"))
	assert.Equal(t, []string{"gone-1", "k2"}, g.Live())
}

func TestRedactChecksTheNames(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	ev := voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "k", Code: "c", Member: "m", At: at}
	for name, rename := range map[string]func(string) string{
		"nil": nil, "empty": func(string) string { return "" }, "long": func(string) string { return strings.Repeat("x", 201) },
	} {
		_, err := ev.Redact(rename)
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := voucher.Event{}.Redact(shifted)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}
