package voucher_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/voucher"
)

var cents = rapid.Map(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 900)), func(n int64) decimal.Decimal { return decimal.New(n, -2) })

// drawCaps draws caps of every scope and period.
func drawCaps(t *rapid.T) []voucher.Cap {
	var caps []voucher.Cap
	for i := range rapid.IntRange(0, 4).Draw(t, "caps") {
		caps = append(caps, voucher.Cap{
			Name:   fmt.Sprint("cap ", i),
			Of:     rapid.SampledFrom([]voucher.Scope{voucher.OfCode, voucher.OfMember, voucher.OfCampaign}).Draw(t, "of"),
			Per:    rapid.SampledFrom([]voucher.Period{voucher.PerDay, voucher.PerWeek, voucher.PerMonth, voucher.PerLife}).Draw(t, "per"),
			Uses:   rapid.Ptr(rapid.Int64Range(0, 5), true).Draw(t, "uses"),
			Amount: rapid.Ptr(rapid.Map(rapid.Int64Range(0, 2000), func(n int64) decimal.Decimal { return decimal.New(n, -2) }), true).Draw(t, "money"),
		})
		if c := &caps[i]; c.Uses == nil && c.Amount == nil {
			c.Uses = new(int64(3))
		}
	}
	return caps
}

// A twin keeps a campaign on paper: a line for each redemption, which is crossed out when
// it is freed, and every limit is asked of all lines.
type twin struct {
	terms voucher.Terms
	lines map[string]*line
}

type line struct {
	code, member, order string
	at                  time.Time
	amount              decimal.Decimal // that is left
	live                bool
}

// period names the day, week, month or life that an instant lies in, by the calendar.
func period(per voucher.Period, at time.Time) string {
	local := at.In(berlin)
	switch per {
	case voucher.PerDay:
		return local.Format(time.DateOnly)
	case voucher.PerWeek:
		year, week := local.ISOWeek()
		return fmt.Sprint(year, " ", week)
	case voucher.PerMonth:
		return local.Format("2006-01")
	}
	return ""
}

// used counts the lines that a cap counts together with one.
func (x *twin) used(c *voucher.Cap, l *line) (uses int64, amount decimal.Decimal) {
	for _, o := range x.lines {
		same := c.Of == voucher.OfCampaign || c.Of == voucher.OfCode && o.code == l.code || c.Of == voucher.OfMember && o.member == l.member
		if same && period(c.Per, o.at) == period(c.Per, l.at) {
			amount = amount.Add(o.amount)
			if o.live {
				uses++
			}
		}
	}
	return uses, amount
}

// against lists the reasons against a line.
func (x *twin) against(l *line) map[voucher.Reason]bool {
	out := map[voucher.Reason]bool{}
	life := map[voucher.Scope]voucher.Reason{voucher.OfCode: voucher.CodeLimit, voucher.OfMember: voucher.MemberLimit, voucher.OfCampaign: voucher.CampaignLimit}
	caps := slices.Clone(x.terms.Caps)
	for of, most := range map[voucher.Scope]*int64{voucher.OfCode: x.terms.Limits.Code, voucher.OfMember: x.terms.Limits.Member, voucher.OfCampaign: x.terms.Limits.Campaign} {
		if most != nil {
			caps = append(caps, voucher.Cap{Of: of, Per: voucher.PerLife, Uses: most})
		}
	}
	for _, c := range caps {
		uses, amount := x.used(&c, l)
		if c.Uses != nil && uses+1 > *c.Uses {
			why := voucher.PeriodLimit
			if c.Per == voucher.PerLife {
				why = life[c.Of]
			}
			out[why] = true
		}
		if c.Amount != nil && l.amount.IsPositive() && amount.Add(l.amount).GreaterThan(*c.Amount) {
			why := voucher.PeriodBudget
			if c.Per == voucher.PerLife {
				why = voucher.BudgetLimit
			}
			out[why] = true
		}
	}
	return out
}

func set(reasons []voucher.Reason) map[voucher.Reason]bool {
	out := map[voucher.Reason]bool{}
	for _, r := range reasons {
		out[r] = true
	}
	return out
}

// Registers do what paper does: codes of one order are redeemed together or not at all,
// no count ever exceeds a limit or a budget, and what is freed is what was taken.
func TestRegistersAgreeWithPaper(t *testing.T) {
	t.Parallel()
	limit := rapid.Ptr(rapid.Int64Range(1, 4), true)
	rapid.Check(t, func(t *rapid.T) {
		campaigns, registers, papers := make([]*voucher.Campaign, 2), make([]*voucher.Register, 2), make([]*twin, 2)
		for i := range campaigns {
			terms := voucher.Terms{
				Zone: berlin, AnyCode: true, Digits: 2, Caps: drawCaps(t),
				Limits: voucher.Limits{Code: limit.Draw(t, "code"), Member: limit.Draw(t, "member"), Campaign: limit.Draw(t, "campaign")},
			}
			c, err := voucher.NewCampaign(terms)
			require.NoError(t, err)
			campaigns[i], registers[i], papers[i] = c, new(voucher.Register), &twin{terms, map[string]*line{}}
		}
		at := began
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 13, 24, 100}).Draw(t, "hours")) * time.Hour)
			n := rapid.IntRange(0, 1).Draw(t, "campaign")
			g, x := registers[n], papers[n]
			target := fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target"), " 0")
			old := x.lines[target]
			open := old != nil && (old.live || old.amount.IsPositive())
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				d, err := g.Void(voucher.Voiding{Key: fmt.Sprint(i), Redemption: target, At: at})
				require.NoError(t, err)
				require.Equal(t, open, d.Accepted)
				if open {
					old.live, old.amount = false, decimal.Decimal{}
					require.NoError(t, g.Apply(d.Event))
				}
			case 1:
				order := letter.Draw(t, "order")
				d, err := g.Void(voucher.Voiding{Key: fmt.Sprint(i), Order: order, At: at})
				require.NoError(t, err)
				some := false
				for _, l := range x.lines {
					if l.order == order {
						some = some || l.live || l.amount.IsPositive()
						l.live, l.amount = false, decimal.Decimal{}
					}
				}
				require.Equal(t, some, d.Accepted)
				if some {
					require.NoError(t, g.Apply(d.Event))
				}
			case 2:
				back, use := cents.Draw(t, "back"), rapid.Bool().Draw(t, "use")
				d, err := campaigns[n].Release(g, voucher.Release{Key: fmt.Sprint(i), Redemption: target, Amount: back, Use: use, At: at})
				require.NoError(t, err)
				ok := old != nil && !back.GreaterThan(old.amount) && (old.live || !use)
				require.Equal(t, ok, d.Accepted)
				if ok {
					old.amount, old.live = old.amount.Sub(back), old.live && !use
					require.NoError(t, g.Apply(d.Event))
				}
			default:
				redeem(t, i, at, campaigns, registers, papers)
			}
			for n := range registers {
				if rapid.IntRange(0, 9).Draw(t, "snapshot") == 0 {
					registers[n], _ = reloaded(t, registers[n], new(voucher.Register))
				}
				agree(t, campaigns[n], registers[n], papers[n], at)
			}
		}
	})
}

// redeem sends the codes of one order.
func redeem(t *rapid.T, i int, at time.Time, campaigns []*voucher.Campaign, registers []*voucher.Register, papers []*twin) {
	var claims []voucher.Claim
	var want []map[voucher.Reason]bool
	was := []map[string]*line{maps.Clone(papers[0].lines), maps.Clone(papers[1].lines)}
	member, order := letter.Draw(t, "member"), letter.Draw(t, "order")
	refused := false
	for k := range rapid.IntRange(1, 3).Draw(t, "claims") {
		n := rapid.IntRange(0, 1).Draw(t, "of")
		r := voucher.Redemption{Key: fmt.Sprint(i, " ", k), Code: letter.Draw(t, "code"), Member: member, Order: order, Amount: cents.Draw(t, "amount"), At: at}
		claims = append(claims, voucher.Claim{Campaign: campaigns[n], Register: registers[n], Redemption: r})
		l := &line{r.Code, member, order, at, r.Amount, true}
		against := papers[n].against(l)
		if want = append(want, against); len(against) == 0 {
			papers[n].lines[r.Key] = l
		}
		refused = refused || len(against) > 0
	}
	got, err := voucher.RedeemAll(claims)
	require.NoError(t, err)
	for k, d := range got {
		if refused && len(want[k]) == 0 {
			want[k] = map[voucher.Reason]bool{voucher.OthersRefused: true}
		}
		require.Equal(t, !refused, d.Accepted)
		require.Equal(t, want[k], set(d.Reasons))
		if d.Accepted {
			require.NoError(t, claims[k].Register.Apply(d.Event))
		}
	}
	if refused {
		papers[0].lines, papers[1].lines = was[0], was[1]
	}
}

// agree compares all counts, and what is left: no limit and no budget is ever exceeded.
func agree(t *rapid.T, c *voucher.Campaign, g *voucher.Register, x *twin, at time.Time) {
	live := []string{}
	for key, l := range x.lines {
		if l.live {
			live = append(live, key)
		}
	}
	slices.Sort(live)
	require.Equal(t, live, g.Live())
	code, member := letter.Draw(t, "code"), letter.Draw(t, "member")
	left, err := c.Remaining(g, code, member, at)
	require.NoError(t, err)
	var least *decimal.Decimal
	for _, k := range x.terms.Caps {
		uses, amount := x.used(&k, &line{code: code, member: member, at: at})
		if k.Uses != nil {
			require.Equal(t, *k.Uses-uses, left.Limits[k.Name])
			require.GreaterOrEqual(t, left.Limits[k.Name], int64(0))
		}
		if k.Amount != nil {
			rest := k.Amount.Sub(amount)
			require.False(t, rest.IsNegative())
			if least == nil || rest.LessThan(*least) {
				least = &rest
			}
		}
	}
	require.Equal(t, least == nil, left.Budget == nil)
	require.True(t, least == nil || least.Equal(*left.Budget))
}
