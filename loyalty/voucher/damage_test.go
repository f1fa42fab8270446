package voucher_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/voucher"
)

// damaged returns a snapshot with some bytes changed, taken out or put in. Small
// bytes are numbers that may well be taken for others.
func damaged(t *rapid.T, data []byte) []byte {
	for range rapid.IntRange(1, 3).Draw(t, "places") {
		i := rapid.IntRange(2, len(data)-1).Draw(t, "where")
		b := rapid.OneOf(rapid.ByteRange(0, 12), rapid.Byte()).Draw(t, "byte")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			data = slices.Insert(data, i, b)
		case 1:
			if len(data) > 3 {
				data = slices.Delete(data, i, i+1)
			}
		default:
			data[i] = b
		}
	}
	return data
}

// A snapshot that was damaged is refused, or is the only encoding of a register that
// works.
func TestDamagedRegisters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCampaign(voucher.Terms{AnyCode: true, Zone: berlin, Digits: 2, Limits: voucher.Limits{Code: new(int64(1000))}})
		require.NoError(t, err)
		var g voucher.Register
		now := began
		apply := func(d voucher.Decision, err error) {
			if err == nil && d.Accepted && !d.Replayed {
				require.NoError(t, g.Apply(d.Event))
			}
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 30).Draw(t, "days"))
			key, what := fmt.Sprint(i), rapid.IntRange(0, 5).Draw(t, "what")
			switch what {
			case 0:
				apply(c.Close(&g, closing(t, key, now)))
			case 1:
				apply(c.Release(&g, voucher.Release{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "of")), Amount: cents.Draw(t, "back"), Use: rapid.Bool().Draw(t, "use"), At: now}))
			case 2:
				apply(g.Void(voucher.Voiding{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target")), At: now}))
			default:
				apply(c.Redeem(&g, voucher.Redemption{Key: key, Code: letter.Draw(t, "code"), Member: letter.Draw(t, "member"), Order: letter.Draw(t, "order"), Amount: cents.Draw(t, "amount"), At: now}))
			}
		}
		data, err := g.MarshalBinary()
		require.NoError(t, err)
		data = codec.Seal(damaged(t, data))
		if g.UnmarshalBinary(data) == nil {
			back, err := g.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
			goOn(t, c, &g)
		}
	})
}
