package plan_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/plan"
	"github.com/relmark/relmark/waiting/queue"
)

// scale makes the costs of the file whole numbers.
const scale = 1000

func scaled(t *testing.T, x float64) int64 {
	t.Helper()
	n := math.Round(x * scale)
	require.True(t, near.Within(x*scale, n, 1e-12, 0))
	return int64(n)
}

// An instance is a problem of interventions_golden.json.
type instance struct {
	Lam            float64 `json:"lam"`
	Mu             float64 `json:"mu"`
	ServersMin     int     `json:"servers_min"`
	ServersMax     int     `json:"servers_max"`
	ServerCost     float64 `json:"server_cost"`
	BaseMultiplier float64 `json:"base_multiplier"`
	Exponent       float64 `json:"exponent"`
	Expected       float64 `json:"expected"`
	Gain           float64 `json:"gain"`
	Loss           float64 `json:"loss"`
	Target         float64 `json:"target"`
	Interventions  []struct {
		Name    string  `json:"name"`
		Cost    float64 `json:"cost"`
		LogMult float64 `json:"log_mult"`
		De      float64 `json:"de"`
	} `json:"interventions"`
	Optimum struct {
		Cost         float64  `json:"cost"`
		Servers      int      `json:"servers"`
		Chosen       []string `json:"chosen"`
		Satisfaction string   `json:"satisfaction"`
	} `json:"optimum"`
}

func (x instance) problem(t *testing.T) plan.Problem {
	t.Helper()
	p := plan.Problem{
		Arrival: x.Lam, Service: x.Mu, Unit: time.Minute,
		ServersMin: x.ServersMin, ServersMax: x.ServersMax, ServerCost: scaled(t, x.ServerCost),
		Experience: waiting.ExperienceParams{Multiplier: x.BaseMultiplier, Exponent: x.Exponent, Expected: waiting.Minutes(x.Expected), Gain: x.Gain, Loss: x.Loss},
		Target:     plan.Target{Satisfaction: &x.Target},
	}
	for _, m := range x.Interventions {
		p.Measures = append(p.Measures, plan.Measure{Name: m.Name, Cost: scaled(t, m.Cost), Felt: m.LogMult, ExpectedMinutes: waiting.Minutes(m.De)})
	}
	return p
}

func TestReferenceInterventions(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/plan", "interventions_golden.json")
	var file struct {
		Note      string            `json:"note"`
		Instances []json.RawMessage `json:"instances"`
	}
	f.JSON(&file)
	if !f.Owns("*") {
		return
	}
	for i, raw := range file.Instances {
		var x instance
		require.NoError(t, reference.Strict(raw, &x))
		m, err := plan.Cheapest(x.problem(t))
		require.NoError(t, err, i)
		f.Exact(scaled(t, x.Optimum.Cost), m.Cost, "instance %d: cost", i)
		f.Exact(x.Optimum.Servers, m.Servers, "instance %d: servers", i)
		f.Exact(len(x.Optimum.Chosen), len(m.Measures), "instance %d: measures", i)
		for j, name := range x.Optimum.Chosen {
			f.Exact(name, m.Measures[j], "instance %d: measure %d", i, j)
		}
		want, err := json.Number(x.Optimum.Satisfaction).Float64()
		require.NoError(t, err)
		f.Near(want, m.Perception.Satisfaction, 1e-12, 0, "instance %d: satisfaction", i)
	}
}

// drawn are small problems with everything in them.
func drawn(t *rapid.T) plan.Problem {
	p := plan.Problem{
		Arrival: rapid.Float64Range(1, 12).Draw(t, "arrival"), Service: 2, Unit: time.Minute,
		ServersMin: rapid.IntRange(0, 3).Draw(t, "min"), ServerCost: rapid.Int64Range(0, 9).Draw(t, "server cost"), Customers: 10,
		Experience: waiting.ExperienceParams{Multiplier: 13, Exponent: 1, Expected: 20, Gain: 1, Loss: 2.25},
	}
	p.ServersMax = p.ServersMin + rapid.IntRange(0, 6).Draw(t, "more")
	if rapid.IntRange(0, 4).Draw(t, "patience") == 0 {
		p.Leaving = new(0.5)
		p.Target.Abandon = new(rapid.Float64Range(0, 0.5).Draw(t, "abandon"))
	}
	effect := rapid.Float64Range(-0.5, 0.5)
	for i := range rapid.IntRange(0, 4).Draw(t, "measures") {
		m := plan.Measure{Name: string(rune('a' + i)), Cost: rapid.Int64Range(0, 9).Draw(t, "cost"), PerCustomer: rapid.Int64Range(0, 1).Draw(t, "per customer")}
		m.Felt, m.Expected, m.Arrival, m.Service = effect.Draw(t, "felt"), effect.Draw(t, "expected"), effect.Draw(t, "arrival"), effect.Draw(t, "service")
		m.ExpectedMinutes, m.Servers = waiting.Minutes(effect.Draw(t, "minutes")), rapid.IntRange(0, 1).Draw(t, "servers")
		m.Group = rapid.SampledFrom([]string{"", "", "g"}).Draw(t, "group")
		if p.Leaving != nil {
			m.Leaving = effect.Draw(t, "leaving")
		}
		p.Measures = append(p.Measures, m)
	}
	switch rapid.IntRange(0, 3).Draw(t, "target") {
	case 0:
		p.Target.Satisfaction = new(rapid.Float64Range(-2, 0.9).Draw(t, "satisfaction"))
	case 1:
		p.Target.Excess = new(rapid.Float64Range(0, 0.5).Draw(t, "excess"))
	case 2:
		p.Target.MeanWait = new(waiting.Minutes(rapid.Float64Range(0.01, 3).Draw(t, "wait")))
	default:
		p.Target.Satisfaction, p.Target.MeanWait = new(0.3), new(waiting.Minutes(1))
	}
	return p
}

// only returns the problem in which a set of measures is there for good and nothing else
// can be chosen.
func only(p plan.Problem, set int, servers int) (plan.Problem, bool) {
	groups := map[string]bool{}
	q := p
	q.Measures, q.ServersMin, q.ServersMax = nil, servers, servers
	brought := 0
	for i, m := range p.Measures {
		if set>>i&1 == 0 {
			continue
		}
		if m.Group != "" && groups[m.Group] {
			return q, false
		}
		groups[m.Group] = true
		q.Arrival *= math.Exp(m.Arrival)
		q.Service *= math.Exp(m.Service)
		q.Experience.Multiplier *= math.Exp(m.Felt)
		if q.Leaving != nil {
			q.Leaving = new(*q.Leaving * math.Exp(m.Leaving))
		}
		brought += m.Servers
	}
	e := float64(p.Experience.Expected)
	for i, m := range p.Measures {
		if set>>i&1 == 1 {
			e *= math.Exp(m.Expected)
		}
	}
	for i, m := range p.Measures {
		if set>>i&1 == 1 {
			e += float64(m.ExpectedMinutes)
		}
	}
	q.Experience.Expected = waiting.Minutes(e)
	q.ServersMin, q.ServersMax = servers+brought, servers+brought
	return q, true
}

// Every mix, one by one.
func TestCheapestIsCheapest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		best, found := plan.Mix{}, false
		for set := range 1 << len(p.Measures) {
			for servers := p.ServersMin; servers <= p.ServersMax; servers++ {
				q, ok := only(p, set, servers)
				if !ok {
					continue
				}
				m, err := plan.Cheapest(q)
				if err != nil {
					require.ErrorIs(t, err, relmark.ErrLimit)
					continue
				}
				m.Servers, m.Cost, m.Measures = servers, int64(servers)*p.ServerCost, []string{}
				for i, x := range p.Measures {
					if set>>i&1 == 1 {
						m.Cost += x.Cost + 10*x.PerCustomer
						m.Measures = append(m.Measures, x.Name)
					}
				}
				if !found || m.Cost < best.Cost || m.Cost == best.Cost && m.Servers < best.Servers { // sets come in order
					best, found = m, true
				}
			}
		}
		got, err := plan.Cheapest(p)
		if !found {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		require.NoError(t, err)
		require.Equal(t, best.Cost, got.Cost)
		require.Equal(t, best.Servers, got.Servers)
		require.True(t, near.Within(best.Perception.Satisfaction, got.Perception.Satisfaction, 1e-9, 1e-9) || len(best.Measures) != len(got.Measures))
	})
}

// The frontier rises in both, and its cheapest mix that is good enough is that of
// Cheapest.
func TestFrontier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		level := rapid.Float64Range(-2, 0.9).Draw(t, "level")
		abandon := p.Target.Abandon
		p.Target = plan.Target{Abandon: abandon}
		curve, err := plan.Frontier(p)
		if len(curve) == 0 {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		require.NoError(t, err)
		p.Target.Satisfaction = &level
		cheapest, err := plan.Cheapest(p)
		for i, m := range curve {
			if i > 0 {
				require.Greater(t, m.Cost, curve[i-1].Cost)
				require.Greater(t, m.Perception.Satisfaction, curve[i-1].Perception.Satisfaction)
			}
			if m.Perception.Satisfaction >= level {
				require.NoError(t, err)
				require.Equal(t, cheapest.Cost, m.Cost)
				return
			}
		}
		if err == nil { // but for a tie within rounding
			last := curve[len(curve)-1].Perception.Satisfaction
			require.True(t, near.Within(level, last, 1e-12, 1e-12))
		}
	})
}

// With one more server busy than before, and with thirty.
func TestWhatAMeasureIsWorth(t *testing.T) {
	t.Parallel()
	p := plan.Problem{
		Arrival: 30, Service: 1, Unit: time.Minute, ServersMin: 31, ServersMax: 60, ServerCost: 100,
		Experience: waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: 1, Gain: 1, Loss: 2.25},
		Target:     plan.Target{Satisfaction: new(0.5)},
	}
	plain, err := plan.Cheapest(p)
	require.NoError(t, err)
	p.Measures = []plan.Measure{{Name: "all that annoys", Cost: 0, Felt: -math.Log(1.36)}}
	better, err := plan.Cheapest(p)
	require.NoError(t, err)
	assert.LessOrEqual(t, plain.Servers-better.Servers, 1)
}

func TestSettle(t *testing.T) {
	t.Parallel()
	p := queue.ErlangAParams{Arrival: 55, Service: 1, Servers: 50, Leaving: 0.5, Unit: time.Minute}
	patient := func(told waiting.Minutes) float64 { return 0.5 * math.Exp(0.3*float64(told)) }
	b, err := plan.Settle(p, waiting.DefaultRegret(), patient)
	require.NoError(t, err)
	near.Equal(t, patient(b.Told), b.Queue.Params().Leaving, 1e-9, 0)
	told, err := waiting.Announce(b.Queue, waiting.DefaultRegret())
	require.NoError(t, err)
	near.Equal(t, float64(told.IfDelayed), float64(b.Told), 1e-12, 0)
	assert.Less(t, b.Told, waiting.Minutes(1))

	// Who hears of little wait stays for ever, who hears of more goes at once.
	swing := func(told waiting.Minutes) float64 {
		if told < 0.3 {
			return 0.01
		}
		return 50
	}
	b, err = plan.Settle(p, waiting.DefaultRegret(), swing)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.Positive(t, b.Told)
	assert.Equal(t, 500, b.Steps)

	for rule, f := range map[string]plan.Reaction{"reaction: ": nil, "reaction = 0": func(waiting.Minutes) float64 { return 0 }, "Leaving": func(waiting.Minutes) float64 { return 1e300 }} {
		_, err = plan.Settle(p, waiting.DefaultRegret(), f)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, rule)
	}
	_, err = plan.Settle(p, waiting.Regret{}, patient)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestProblemsAreRefused(t *testing.T) {
	t.Parallel()
	for rule, change := range map[string]func(*plan.Problem){
		"Arrival = 0":                      func(p *plan.Problem) { p.Arrival = 0 },
		"Service = NaN":                    func(p *plan.Problem) { p.Service = math.NaN() },
		"Leaving = 0":                      func(p *plan.Problem) { p.Leaving = new(0.0) },
		"Unit = 0":                         func(p *plan.Problem) { p.Unit = 0 },
		"ServersMin = -1":                  func(p *plan.Problem) { p.ServersMin = -1 },
		"ServersMax = 0":                   func(p *plan.Problem) { p.ServersMax = 0 },
		"ServerCost = -1":                  func(p *plan.Problem) { p.ServerCost = -1 },
		"Customers = -1":                   func(p *plan.Problem) { p.Customers = -1 },
		"Multiplier":                       func(p *plan.Problem) { p.Experience.Multiplier = 0 },
		"Measures = 25":                    func(p *plan.Problem) { p.Measures = make([]plan.Measure, 25) },
		"Measures[0].Name":                 func(p *plan.Problem) { p.Measures[0].Name = "" },
		"Measures[1].Name: must be there":  func(p *plan.Problem) { p.Measures[1].Name = "a" },
		"Measures[0].Cost = -1":            func(p *plan.Problem) { p.Measures[0].Cost = -1 },
		"Measures[0].PerCustomer = -1":     func(p *plan.Problem) { p.Measures[0].PerCustomer = -1 },
		"Measures[0].Felt = 6":             func(p *plan.Problem) { p.Measures[0].Felt = 6 },
		"Measures[0].Service = NaN":        func(p *plan.Problem) { p.Measures[0].Service = math.NaN() },
		"Measures[0].ExpectedMinutes":      func(p *plan.Problem) { p.Measures[0].ExpectedMinutes = 1e7 },
		"Measures[0].Leaving = 1: must":    func(p *plan.Problem) { p.Measures[0].Leaving = 1 },
		"Measures[0].Servers = -1":         func(p *plan.Problem) { p.Measures[0].Servers = -1 },
		"Target: must ask":                 func(p *plan.Problem) { p.Target = plan.Target{} },
		"Target.Satisfaction = NaN":        func(p *plan.Problem) { p.Target.Satisfaction = new(math.NaN()) },
		"Target.Excess = 2":                func(p *plan.Problem) { p.Target.Excess = new(2.0) },
		"Target.MeanWait = -1":             func(p *plan.Problem) { p.Target.MeanWait = new(waiting.Minutes(-1)) },
		"Target.Abandon = 0.1: must be ni": func(p *plan.Problem) { p.Target.Abandon = new(0.1) },
		"Expected = -":                     func(p *plan.Problem) { p.Measures[0].ExpectedMinutes = -100; p.Measures[0].Cost = 0 },
	} {
		p := plan.Problem{
			Arrival: 1, Service: 1, Unit: time.Minute, ServersMin: 2, ServersMax: 4, ServerCost: 1,
			Experience: waiting.ExperienceParams{Multiplier: 1, Exponent: 1, Expected: 1, Gain: 1, Loss: 2},
			Measures:   []plan.Measure{{Name: "a"}, {Name: "b"}}, Target: plan.Target{Satisfaction: new(0.1)},
		}
		change(&p)
		_, err := plan.Cheapest(p)
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
		require.ErrorContains(t, err, "plan: ")
	}
	wide := plan.Problem{
		Arrival: 1, Service: 1, Unit: time.Minute, ServersMax: 1_000_000, Measures: []plan.Measure{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Experience: waiting.ExperienceParams{Multiplier: 1, Exponent: 1, Expected: 1, Gain: 1, Loss: 2},
	}
	_, err := plan.Frontier(wide)
	require.ErrorIs(t, err, relmark.ErrLimit)
	wide.Unit = 0
	_, err = plan.Frontier(wide)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
