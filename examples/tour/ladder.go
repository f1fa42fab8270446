package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier"
)

// whoIsInWhichTier runs a ladder over the log and asks what a higher one would do.
func (s *story) whoIsInWhichTier(r *report) error {
	r.heading("Who is in which tier, and what if gold were harder to reach?", "tier")
	silver, gold := s.thresholds()
	if silver.Sign() <= 0 {
		r.say("Needs customers of whom a fifth spend something.")
		return nil
	}
	harder := gold.Mul(decimal.New(12, -1)).RoundUp(digits(gold))
	before, err := ladder(silver, gold)
	if err != nil {
		return err
	}
	after, err := ladder(silver, harder)
	if err != nil {
		return err
	}
	study := tier.Study{From: s.sales.first, To: s.sales.last.AddDays(1)}
	c, err := tier.Compare(context.Background(), before, after, s.members(before), study)
	if err != nil {
		return err
	}
	var rows [][]string
	for i, level := range c.Before.Levels {
		rows = append(rows, []string{
			level.Level, strconv.FormatInt(level.After, 10), strconv.FormatInt(level.Ups, 10), strconv.FormatInt(level.Downs, 10),
			strconv.FormatInt(c.After.Levels[i].After, 10),
		})
	}
	r.table([]string{"tier", "members", "came up", "came down", "if gold took " + money(harder)}, rows)
	r.say("Silver from %s and gold from %s spent within 365 days. %s",
		money(silver), money(gold), raised(c.Before.Levels[2].After, c.After.Levels[2].After))
	return nil
}

// thresholds are what a fifth, and a twentieth, of the customers spent in all.
func (s *story) thresholds() (silver, gold decimal.Decimal) {
	if len(s.customers) == 0 {
		return silver, gold
	}
	spent := make([]decimal.Decimal, len(s.customers))
	for i, c := range s.customers {
		spent[i] = c.Total()
	}
	slices.SortFunc(spent, decimal.Decimal.Cmp)
	silver, gold = spent[len(spent)*4/5], spent[len(spent)*19/20]
	silver, gold = silver.RoundDown(digits(silver)), gold.RoundDown(digits(gold))
	if !gold.GreaterThan(silver) {
		gold = silver.Mul(decimal.NewFromInt(2))
	}
	return silver, gold
}

// digits says how finely an amount is given: small ones to the cent.
func digits(amount decimal.Decimal) int32 {
	if amount.LessThan(decimal.NewFromInt(10)) {
		return 2
	}
	return 0
}

func raised(before, after int64) string {
	if before == 0 {
		return "Nobody is in gold on the last day."
	}
	return fmt.Sprintf("Raising gold by a fifth would leave %s of its %s.", count(int(after)), plural(int(before), "member"))
}

// ladder is a programme of three tiers by what was spent in the last 365 days.
func ladder(silver, gold decimal.Decimal) (*tier.Ladder, error) {
	return tier.New(tier.Policy{
		Version: "1",
		Zone:    time.UTC,
		Metrics: map[string]tier.MetricKind{"spend": tier.Decimal},
		Levels: []tier.Level{
			{Code: "base"},
			{Code: "silver", Enter: tier.AtLeast("spend", silver)},
			{Code: "gold", Enter: tier.AtLeast("spend", gold)},
		},
		Window:   tier.Window{Kind: tier.RollingDays, N: 365},
		Validity: tier.Validity{Kind: tier.WhileHolds},
	})
}

// members replays what every customer spent.
func (s *story) members(p *tier.Ladder) iter.Seq2[*tier.Membership, error] {
	return func(yield func(*tier.Membership, error) bool) {
		orders := s.orders()
		for len(orders) > 0 {
			n := 1
			for n < len(orders) && orders[n].customer == orders[0].customer {
				n++
			}
			if !yield(member(p, orders[:n])) {
				return
			}
			orders = orders[n:]
		}
	}
}

func member(p *tier.Ladder, orders []row) (*tier.Membership, error) {
	m, err := p.Join(orders[0].on)
	if err != nil {
		return nil, err
	}
	for i, o := range orders {
		if o.amount.IsNegative() {
			continue // money back for another day
		}
		event := tier.Event{ID: strconv.Itoa(i), At: o.on.Start(time.UTC), Amounts: tier.Amounts{"spend": o.amount}}
		if err := m.Add(event); err != nil {
			return nil, err
		}
	}
	return m, nil
}
