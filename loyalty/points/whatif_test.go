package points_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A programme counts the same whichever programmes run beside it, alike or not, and
// in whichever order: what they share for an order is what each would find alone.
func TestWhatIfProgrammesDoNotTouchEachOther(t *testing.T) {
	t.Parallel()
	var engines []*points.Engine
	add := func(change func(*points.Program)) {
		p := twoRules(t).Program()
		p.Versions = append([]earning.Version(nil), p.Versions...)
		change(&p)
		engines = append(engines, compiled(t, p))
	}
	rate := func(n int64) []earning.Version {
		return []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: n, Per: decimal.New(1, 0)}}}}
	}
	add(func(*points.Program) {})
	add(func(p *points.Program) { p.Versions = rate(3) })
	add(func(p *points.Program) { p.Expiry = points.Expiry{Kind: points.Inactivity, N: 1} })
	add(func(p *points.Program) {
		p.Expiry, p.Versions = points.Expiry{Kind: points.Inactivity, N: 1}, rate(2)
	})
	add(func(p *points.Program) { p.Expiry = points.Expiry{Kind: points.Months, N: 1} })
	add(func(p *points.Program) { p.MaturityDays = 20 })
	add(func(p *points.Program) { p.MaturityDays, p.Shortfall = 20, points.Clamp })
	add(func(p *points.Program) { p.Zone, p.MaturityDays = time.FixedZone("east", 13*3600), 20 })

	events, _ := everyKind(t)
	run := func(engines ...*points.Engine) []points.Summary {
		w, err := points.NewWhatIf(engines...)
		require.NoError(t, err)
		for _, history := range [][]points.Event{member(t, engines[0]), events, member(t, engines[0])} {
			for i := range history {
				require.NoError(t, w.Event(&history[i]))
			}
			require.NoError(t, w.Member(at(95)))
		}
		return w.Summaries()
	}
	_, err := points.NewWhatIf(engines[0], nil)
	require.ErrorIs(t, err, errInvalid)
	for _, first := range engines[:2] { // members are those of the first programme
		together := run(append([]*points.Engine{first}, engines...)...)
		for i, e := range engines {
			assert.Equal(t, run(first, e)[1], together[i+1], "programme %d", i)
		}
		assert.Equal(t, run(first)[0], together[0])
	}
}

// What would have happened under another programme is what happens when a member does
// the same there, as long as that programme refuses nothing.
func TestWhatIfIsWhatHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawProgram(t), drawProgram(t)
		q.PointValue = p.PointValue // what points paid for an order is a fact
		var engines [2]*points.Engine
		for i, p := range []points.Program{p, q} {
			var err error
			engines[i], err = points.Compile(p)
			require.NoError(t, err)
		}
		w, err := points.NewWhatIf(engines[:]...)
		require.NoError(t, err)
		var fact, other points.Account
		refused, now := false, at(0)
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
			c := drawCommand(t, i, now)
			d, err := engines[0].Decide(&fact, c)
			if err != nil {
				continue
			}
			require.NoError(t, fact.Apply(d.Event))
			require.NoError(t, w.Event(&d.Event))
			if refused {
				continue
			}
			if d, err = engines[1].Decide(&other, c); err != nil {
				refused = true
				continue
			}
			require.NoError(t, other.Apply(d.Event))
		}
		now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "end")) * time.Hour)
		require.NoError(t, w.Member(now))
		var want [2]points.Summary
		require.NoError(t, want[0].Add(&fact, now))
		require.NoError(t, want[1].Add(&other, now))
		require.Equal(t, want[0], w.Summaries()[0])
		if !refused {
			require.Equal(t, want[1], w.Summaries()[1])
		}
	})
}

// drawCommand draws the i-th command of a member; some come late.
func drawCommand(t *rapid.T, i int, now time.Time) points.Command {
	back := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 5, 400}).Draw(t, "back")) * time.Hour
	h := points.Command{Key: fmt.Sprint("k", i), At: now.Add(-back), Recorded: now}
	n := rapid.Int64Range(1, 60).Draw(t, "n")
	order := fmt.Sprint(rapid.IntRange(0, i+2).Draw(t, "order"))
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	default:
		pay := n * rapid.Int64Range(0, 1).Draw(t, "pay")
		return with(h, points.Earn{Order: fmt.Sprint(i), Amount: euros(n), PayPoints: pay})
	case 3:
		return with(h, points.Redeem{Points: n})
	case 4, 5:
		return with(h, points.Refund{Order: order, Amount: decimalOf(n * 31)})
	case 6:
		return with(h, points.Adjust{Points: n, AvailableAt: now, Expires: new(now.AddDate(0, 0, int(n)))})
	case 7:
		return with(h, points.Reserve{Reservation: fmt.Sprint(i), Points: n, TTL: 500 * time.Hour})
	case 8:
		return with(h, points.Commit{Reservation: order, Points: n})
	case 9:
		return with(h, points.Void{Reservation: order})
	}
}

func TestWhatIfRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	first := do(t, e, &a, with(head("k1", 5), points.Earn{Order: "O1", Amount: euros(10)}))
	earlier := first
	earlier.Recorded = at(4)
	second := do(t, e, &a, with(head("k2", 6), points.Earn{Order: "O2", Amount: euros(10)}))
	// Each of the orders earns half of all points and some more there.
	rich := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Bonuses: []earning.Bonus{{Rule: "b", Points: 1<<52 + 1}}}}}})
	dollars := compiled(t, points.Program{Rules: earning.Rules{Currency: "USD", Digits: 2}})
	for why, c := range map[string]struct {
		engine *points.Engine
		events []points.Event
	}{
		"Order":                     {e, []points.Event{first, first}},
		"Facts.Currency":            {dollars, []points.Event{first}},
		string(points.TimeRunsBack): {e, []points.Event{first, earlier}},
		string(points.TooMany):      {rich, []points.Event{first, second}},
	} {
		w, err := points.NewWhatIf(c.engine)
		require.NoError(t, err)
		for i := range c.events {
			err = w.Event(&c.events[i])
		}
		assert.Contains(t, reasonOf(err), why)
	}
	for _, engines := range [][]*points.Engine{{e, dollars}, {dollars, e}, {e, e, dollars}, {e, dollars, dollars}} {
		w, err := points.NewWhatIf(engines...)
		require.NoError(t, err)
		assert.Contains(t, reasonOf(w.Event(&first)), "Facts.Currency", "whichever of them it is")
	}
}
