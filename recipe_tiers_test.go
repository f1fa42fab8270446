package relmark_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/tier"
)

// How do points make a tier, and a tier more points? The two areas do not know each
// other: the host asks the ladder for the level before an order, tells it to the
// programme, and adds what the order counts for tiers to the membership afterwards.
func Example_pointsAndTiers() {
	m, err := newMember("2026-01-10")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, stay := range []struct {
		on    string
		price int64
	}{{"2026-02-01", 600}, {"2026-04-12", 500}, {"2026-07-05", 400}} {
		level, award, err := m.stay("stay of "+stay.on, stay.on, decimal.NewFromInt(stay.price))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s as %s: %d points, of which %d count for tiers\n", stay.on, level, award.Granted, award.Qualifying)
	}
	// Output:
	// 2026-02-01 as member: 600 points, of which 600 count for tiers
	// 2026-04-12 as member: 500 points, of which 500 count for tiers
	// 2026-07-05 as gold: 600 points, of which 400 count for tiers
}

// A member is what a host loads: two rule books and two states.
type member struct {
	ladder     *tier.Ladder
	engine     *points.Engine
	membership *tier.Membership
	account    points.Account
}

// stay books an order and returns the level under which it earned.
func (m *member) stay(key, on string, price decimal.Decimal) (level string, award earning.Award, err error) {
	at := relmark.MustParseDate(on).Start(time.UTC).Add(12 * time.Hour)
	standing, err := m.ladder.Decide(m.membership, at)
	if err != nil {
		return "", award, err
	}
	d, err := m.engine.Decide(&m.account, points.Command{Key: key, At: at, Do: points.Earn{Order: key, Amount: price, Tier: standing.Level}})
	if err != nil {
		return "", award, err
	}
	// Here the host stores the event of the points, and the one of the tier below.
	if err := m.account.Apply(d.Event); err != nil {
		return "", award, err
	}
	award = d.Event.Body.(*points.Earned).Award
	qualifying := tier.Amounts{"points": decimal.NewFromInt(award.Qualifying)}
	return standing.Level, award, m.membership.Add(tier.Event{ID: key, At: at, Amounts: qualifying})
}

func newMember(joined string) (*member, error) {
	ladder, err := tier.New(tier.Policy{
		Version: "2026", Zone: time.UTC,
		Metrics:  map[string]tier.MetricKind{"points": tier.Integer},
		Levels:   []tier.Level{{Code: "member"}, {Code: "gold", Enter: tier.AtLeastInt("points", 1000)}},
		Window:   tier.Window{Kind: tier.CalendarYear},
		Validity: tier.Validity{Kind: tier.EndOfNextPeriod},
	})
	if err != nil {
		return nil, err
	}
	engine, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{
				Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: decimal.NewFromInt(1)}},
				Multipliers: []earning.Multiplier{{Rule: "gold earns half more", Factor: decimal.RequireFromString("1.5"), When: earning.Condition{Tiers: []string{"gold"}}}},
			}},
		},
	})
	if err != nil {
		return nil, err
	}
	membership, err := ladder.Join(relmark.MustParseDate(joined))
	return &member{ladder: ladder, engine: engine, membership: membership}, err
}
