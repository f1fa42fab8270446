package voucher_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// sizes are numbers of events; the largest takes its time.
func sizes(t *testing.T) []int {
	t.Helper()
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A life is a register with a history that some campaign has.
type life struct {
	*voucher.Register
	c  *voucher.Campaign
	t  *testing.T
	at time.Time
	n  int // events so far
}

func (x *life) do(d voucher.Decision, err error) {
	require.NoError(x.t, err)
	require.NoError(x.t, d.Err())
	require.NoError(x.t, x.Apply(d.Event))
	x.n++
}

func (x *life) key() string { return fmt.Sprint(x.n) }

func (x *life) redeem(code, member, order string) string {
	key := x.key()
	x.do(x.c.Redeem(x.Register, voucher.Redemption{Key: key, Code: code, Member: member, Order: order, Amount: dec("0.02"), At: x.at}))
	return key
}

// What one event costs grows neither with the redemptions that there were nor with the
// life of the campaign, whatever a host makes of it.
func TestGrowthOfARegister(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]func(x *life, events int){
		"one code for all": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(time.Minute)
				x.redeem("SPRING", x.key(), x.key())
			}
		},
		"one member, one order, every day": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(9 * time.Hour)
				x.redeem(x.key(), "ada", "order")
			}
		},
		"redeemed and voided": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				key := x.redeem("SPRING", "ada", "order")
				x.do(x.Void(voucher.Voiding{Key: x.key(), Redemption: key, At: x.at}))
			}
		},
		"cancelled by order": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				for code := range 3 {
					x.redeem(fmt.Sprint(code), "ada", "order")
				}
				x.do(x.Void(voucher.Voiding{Key: x.key(), Order: "order", At: x.at}))
			}
		},
		"released by the cent": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(time.Hour)
				key := x.redeem("SPRING", "ada", "order")
				x.do(x.c.Release(x.Register, voucher.Release{Key: x.key(), Redemption: key, Amount: dec("0.01"), At: x.at}))
				x.do(x.c.Release(x.Register, voucher.Release{Key: x.key(), Redemption: key, Amount: dec("0.01"), Use: true, At: x.at}))
			}
		},
		"late, in any order": func(x *life, events int) {
			for x.n < events {
				x.at = began.Add(time.Duration(x.n*7919%10007) * time.Hour)
				x.redeem(fmt.Sprint(x.n%50), fmt.Sprint(x.n%70), "")
			}
		},
		"closed every month": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(6 * time.Hour)
				x.redeem("SPRING", "ada", x.key())
				if x.n%100 == 99 {
					day, err := relmark.DateOf(x.at, berlin)
					require.NoError(x.t, err)
					x.do(x.c.Close(x.Register, voucher.Closing{Key: x.key(), Before: day.AddDays(-1), At: x.at}))
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Limits: voucher.Limits{Campaign: new(int64(1e6))}, Caps: []voucher.Cap{
				{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: new(int64(1e6))},
				{Name: "budget", Of: voucher.OfCampaign, Per: voucher.PerMonth, Amount: new(dec("1e6"))},
			}})
			for _, n := range sizes(t) {
				x := &life{Register: new(voucher.Register), c: c, t: t, at: began}
				voucher.CountSteps(x.Register)
				start := time.Now()
				live(x, n)
				t.Logf("%7d events: %5.2f steps, %6d ns an event", x.n, float64(voucher.Steps(x.Register))/float64(x.n), time.Since(start).Nanoseconds()/int64(x.n))
				assert.Less(t, voucher.Steps(x.Register), 40*x.n)
			}
		})
	}
}
