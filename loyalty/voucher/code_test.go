package voucher_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func checker(t testing.TB, scheme voucher.Scheme, alphabet string) *voucher.Checker {
	t.Helper()
	k, err := voucher.NewChecker(voucher.CodeFormat{Scheme: scheme, Alphabet: alphabet})
	require.NoError(t, err)
	return k
}

func TestCodeFormatValidates(t *testing.T) {
	t.Parallel()
	for _, f := range []voucher.CodeFormat{
		{},
		{"luhn", "01"},
		{voucher.Damm, "0123456789"},
		{voucher.LuhnModN, ""},
		{voucher.LuhnModN, "abc"},
		{voucher.LuhnModN, "abca"},
		{voucher.LuhnModN, "ab\xff\xfe"},
	} {
		assert.ErrorIs(t, f.Validate(), relmark.ErrInvalid, f)
	}
	assert.NoError(t, voucher.CodeFormat{voucher.LuhnModN, "äöüß"}.Validate())
}

// Both schemes find every single error and, Damm all, Luhn all but one pair of
// letters, transpositions of neighbours.
func TestTypingErrorsAreFound(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		scheme   voucher.Scheme
		alphabet string
	}{{voucher.Damm, ""}, {voucher.LuhnModN, "0123456789"}, {voucher.LuhnModN, crockford}, {voucher.LuhnModN, "äöüß"}} {
		k := checker(t, f.scheme, f.alphabet)
		letters := []rune(f.alphabet)
		if f.scheme == voucher.Damm {
			letters = []rune("0123456789")
		}
		first, last := letters[0], letters[len(letters)-1]
		rapid.Check(t, func(t *rapid.T) {
			body := rapid.SliceOfN(rapid.SampledFrom(letters), 1, 20).Draw(t, "body")
			code, err := k.Code(string(body))
			require.NoError(t, err)
			require.True(t, k.Valid(code))
			runes := []rune(code)
			i := rapid.IntRange(0, len(runes)-1).Draw(t, "at")
			wrong := rapid.SampledFrom(letters).Draw(t, "letter")
			if wrong != runes[i] {
				changed := []rune(code)
				changed[i] = wrong
				require.False(t, k.Valid(string(changed)))
			}
			if i > 0 && runes[i] != runes[i-1] {
				changed := []rune(code)
				changed[i], changed[i-1] = changed[i-1], changed[i]
				a, b := runes[i], runes[i-1]
				ends := a == first && b == last || a == last && b == first
				if f.scheme == voucher.Damm || !ends {
					require.False(t, k.Valid(string(changed)))
				}
			}
		})
	}
}

// The published step-by-step form of the Luhn algorithm, from the right.
func luhn(body string) byte {
	total, factor := 0, 2
	for i := len(body) - 1; i >= 0; i-- {
		a := int(body[i]-'0') * factor
		total += a/10 + a%10
		factor = 3 - factor
	}
	return byte('0' + (10-total%10)%10)
}

func TestLuhnAgreesWithItsPublishedForm(t *testing.T) {
	t.Parallel()
	k := checker(t, voucher.LuhnModN, "0123456789")
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), 1, 30, -1).Draw(t, "body")
		code, err := k.Code(body)
		require.NoError(t, err)
		require.Equal(t, body+string(luhn(body)), code)
	})
}

func TestDrawIsPinnedForASeed(t *testing.T) {
	t.Parallel()
	k := checker(t, voucher.LuhnModN, crockford)
	codes, err := k.Draw(rand.New(rand.NewPCG(1, 2)), voucher.Batch{Count: 3, Prefix: "SPR1NG", Length: 6})
	require.NoError(t, err)
	assert.Equal(t, []string{"SPR1NGGC8TGWW", "SPR1NGSESGFAR", "SPR1NGVXYV72M"}, codes)
}

func TestDrawAvoidsWhatIsTaken(t *testing.T) {
	t.Parallel()
	k := checker(t, voucher.Damm, "")
	rng := rand.New(rand.NewPCG(1, 2))
	first, err := k.Draw(rng, voucher.Batch{Count: 50, Length: 2})
	require.NoError(t, err)
	taken := map[string]bool{}
	for _, code := range first {
		assert.True(t, k.Valid(code))
		assert.False(t, taken[code], "twice")
		taken[code] = true
	}
	second, err := k.Draw(rng, voucher.Batch{Count: 30, Length: 2, Taken: func(code string) bool { return taken[code] }})
	require.NoError(t, err)
	for _, code := range second {
		assert.False(t, taken[code])
	}
	_, err = k.Draw(rng, voucher.Batch{Count: 51, Length: 2})
	assert.ErrorIs(t, err, relmark.ErrLimit, "more than half of them")
	_, err = k.Draw(rng, voucher.Batch{Count: 1, Length: 2, Taken: func(string) bool { return true }})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	for _, bad := range []voucher.Batch{{Count: -1, Length: 2}, {Count: 1}, {Count: 1, Length: 65}, {Count: 1, Length: 2, Prefix: "x"}} {
		_, err = k.Draw(rng, bad)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = k.Draw(nil, voucher.Batch{Length: 2})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	none, err := k.Draw(rng, voucher.Batch{Length: 1})
	require.NoError(t, err)
	assert.Empty(t, none)
}

// Every code that is drawn can be redeemed: letters have up to four bytes.
func TestDrawKeepsCodesWithinANamesBytes(t *testing.T) {
	t.Parallel()
	k, err := voucher.NewChecker(voucher.CodeFormat{Scheme: voucher.LuhnModN, Alphabet: "\U0001F600\U0001F601\U0001F602\U0001F603"})
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	letter := "\U0001F600"
	for _, b := range []voucher.Batch{{Count: 1, Length: 64}, {Count: 1, Length: 50}, {Count: 1, Length: 49, Prefix: letter}, {Count: 1, Length: 25, Prefix: strings.Repeat(letter, 25)}} {
		_, err = k.Draw(rng, b)
		assert.ErrorIs(t, err, relmark.ErrInvalid, b.Length)
	}
	c := campaign(t, voucher.Terms{AnyCode: true})
	for _, b := range []voucher.Batch{{Count: 9, Length: 49}, {Count: 9, Length: 24, Prefix: strings.Repeat(letter, 25)}} {
		codes, err := k.Draw(rng, b)
		require.NoError(t, err)
		for _, code := range codes {
			assert.Len(t, code, 200)
			assert.True(t, k.Valid(code))
			d, err := c.Redeem(&voucher.Register{}, voucher.Redemption{Key: "k", Code: code, Member: "m", At: when("2025-03-05T10:00:00Z")})
			require.NoError(t, err)
			assert.True(t, d.Accepted)
		}
	}
}
