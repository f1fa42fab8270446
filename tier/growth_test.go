package tier_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// sizes are the numbers of events at which the work for one event is counted.
func sizes() []int {
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A fold takes the same few steps for an event however many there are, whatever makes
// members dear: refunds early, late and of what was carried on and on, overrides that
// accumulate, levels that come and go. Where periods carry, what a refund changes is
// sought in a number of stretches that grows with the logarithm of the periods.
func TestGrowthOfFold(t *testing.T) {
	t.Parallel()
	most := func(name string, n int) int {
		switch name {
		case "refunds_of_carried_periods":
			return 30 + 6*int(math.Log2(float64(n)))
		case "refunds_of_the_month_before":
			return 10 + 3*int(math.Log2(float64(n)))
		case "floors_over_a_rolling_level":
			return 36 // while they are few, dates are gone through
		}
		return 4
	}
	for name, member := range worstMembers() {
		for _, n := range sizes() {
			p, list := member(t, n)
			s := state(t, p, relmark.MustParseDate("2020-01-01"), list...)
			last, _ := s.Last()
			r := p.Runner()
			start := time.Now()
			_, err := r.Standing(s, last)
			require.NoError(t, err)
			t.Logf("%s, %d events: %.1f steps and %v an event", name, n, float64(r.Steps())/float64(n), time.Since(start)/time.Duration(n))
			assert.LessOrEqual(t, r.Steps(), most(name, n)*n, "%s, %d events", name, n)
		}
	}
}

// arrivals are orders in which the events of a member become known.
func arrivals() map[string]func(i, n int) tier.Event {
	source := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	one := tier.Amounts{"nights": decimal.NewFromInt(1)}
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	return map[string]func(i, n int) tier.Event{
		"in order": func(i, _ int) tier.Event {
			return tier.Event{ID: fmt.Sprintf("e%07d", i), At: at(i), Amounts: one}
		},
		"ids in no order": func(i, _ int) tier.Event {
			return tier.Event{ID: fmt.Sprintf("e%x", source.Uint64()), At: at(i), Amounts: one}
		},
		"in no order": func(i, n int) tier.Event {
			return tier.Event{ID: fmt.Sprintf("e%07d", i), At: at(source.IntN(n)), Amounts: one}
		},
		"latest first": func(i, n int) tier.Event {
			return tier.Event{ID: fmt.Sprintf("e%07d", n-i), At: at(n - i), Amounts: one}
		},
		"refunds before what they refund": func(i, n int) tier.Event {
			if i < n/2 {
				return tier.Event{ID: fmt.Sprintf("r%07d", n-i), At: at(i), Reverse: fmt.Sprintf("s%07d", i)}
			}
			return tier.Event{ID: fmt.Sprintf("s%07d", i-n/2), At: at(i), Amounts: one}
		},
		"refunds of one stay before it": func(i, n int) tier.Event {
			if i < n-1 {
				return tier.Event{ID: fmt.Sprintf("r%07d", n-i), At: at(i), Reverse: "s", Amounts: one}
			}
			return tier.Event{ID: "s", At: at(i), Amounts: tier.Amounts{"nights": decimal.NewFromInt(int64(n))}}
		},
		"refunds of what never comes": func(i, _ int) tier.Event {
			return tier.Event{ID: fmt.Sprintf("r%07d", i), At: at(i), Reverse: "s"}
		},
		"floors and pins": func(i, _ int) tier.Event {
			mode := []tier.OverrideMode{tier.Floor, tier.Pin}[i%2]
			return tier.Event{ID: fmt.Sprintf("o%07d", i), At: at(i), Override: &tier.Override{Level: "silver", Mode: mode}}
		},
	}
}

// An event that becomes known moves some √n positions of four bytes at most, and none in
// order of time and id, and gives the same membership whenever it comes.
func TestGrowthOfMembership(t *testing.T) {
	t.Parallel()
	ladder := hotel(t, 40, tier.Window{Kind: tier.CalendarYear}, tier.Validity{Kind: tier.EndOfNextPeriod})
	for name, event := range arrivals() {
		for _, n := range sizes() {
			list := make([]tier.Event, n)
			for i := range list {
				list[i] = event(i, n)
			}
			s, err := ladder.Join(relmark.MustParseDate("2020-01-01"))
			require.NoError(t, err)
			start := time.Now()
			for _, e := range list {
				require.NoError(t, s.Add(e))
			}
			t.Logf("%s, %d events: %.1f steps and %v an event", name, n, float64(s.Steps())/float64(n), time.Since(start)/time.Duration(n))
			assert.LessOrEqual(t, s.Steps(), n*(256+4*int(math.Sqrt(float64(n)))), "%s, %d events", name, n)
			if name == "in order" {
				assert.Equal(t, n, s.Steps())
			}
			if n <= 1e4 {
				slices.SortFunc(list, func(a, b tier.Event) int { return a.At.Compare(b.At) })
				want, err := state(t, ladder, s.Joined(), list...).MarshalBinary()
				require.NoError(t, err)
				for _, s := range []*tier.Membership{s, s.Clone()} {
					got, err := s.MarshalBinary()
					require.NoError(t, err)
					require.Equal(t, want, got, name)
				}
			}
		}
	}
}
