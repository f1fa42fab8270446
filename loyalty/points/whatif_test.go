package points_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/points"
)

// A programme counts the same whichever programmes run beside it, alike or not, and
// in whichever order: what they share for an order is what each would find alone.
func TestWhatIfProgrammesDoNotTouchEachOther(t *testing.T) {
	t.Parallel()
	var engines []*points.Engine
	add := func(change func(*points.Program)) {
		p := twoRules(t).Program()
		p.Versions = append([]points.Version(nil), p.Versions...)
		change(&p)
		engines = append(engines, compiled(t, p))
	}
	rate := func(n int64) []points.Version {
		return []points.Version{{Rates: []points.Rate{{Rule: "base", Points: n, Per: decimal.New(1, 0)}}}}
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
