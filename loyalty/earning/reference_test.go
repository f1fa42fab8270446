package earning_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
)

// What the scenarios of a ledger say of this room: the rules of a programme, and what
// orders and activities earn under them. The ledger runs them whole.
type (
	scenario struct {
		ID      string
		Program program
		Steps   []step
	}
	program struct {
		Zone, Currency, PointValue, YearEnd string
		Spending                            *struct {
			MinPoints, Step int64
			MaxShare        *decimal.Decimal
			Lines           earning.Selector
		}
		Versions []version
	}
	version struct {
		Version     string
		From, To    relmark.Date
		Rates       []rate
		Multipliers []multiplier
		Bonuses     []bonus
		Exclusions  []exclusion
		Goals       []goal
		Activities  []activity
		OrderCap    *int64
		PeriodCap   *struct {
			Period earning.Period
			Points int64
		}
	}
	target struct {
		Rule           string
		Lines          earning.Selector
		From, To       relmark.Date
		Tier, Category string
		MinTotal       *decimal.Decimal
	}
	rate struct {
		target
		Points         int64
		Per            decimal.Decimal
		Measure, Steps string
	}
	multiplier struct {
		target
		Factor    decimal.Decimal
		Exclusive bool
		Priority  int
	}
	bonus struct {
		target
		Points int64
	}
	exclusion struct {
		target
		Scope string
	}
	goal struct {
		target
		Count, Reversal string
		Target          json.RawMessage
		Points          int64
		Repeat          bool
	}
	activity struct {
		target
		Kind   string
		Points *int64
		Once   earning.Period
	}
	step struct {
		At      time.Time
		Member  string
		Command struct {
			Type, Amount, Tier, Kind string
			PayPoints                int64
			Points, Budget           *int64
			Lines                    []line
		}
		Expect struct {
			Error    *string
			Replayed bool
			Result   map[string]json.RawMessage
			Explain  []struct {
				Rule       string
				Points     int64
				Suppressed []string
			}
		}
	}
	line struct {
		ID, Category, Item string
		Amount             decimal.Decimal
		Quantity           *decimal.Decimal
		Tags               []string
		Measures           map[string]decimal.Decimal
	}
)

// when returns the condition of a rule.
func (w target) when() earning.Condition {
	c := earning.Condition{From: w.From, To: w.To, MinTotal: w.MinTotal}
	if w.Tier != "" {
		c.Tiers = []string{w.Tier}
	}
	if w.Category != "" {
		c.Categories = []string{w.Category}
	}
	return c
}

func (p program) compile(t *testing.T) *earning.Engine {
	t.Helper()
	zone, err := time.LoadLocation(orElse(p.Zone, "UTC"))
	require.NoError(t, err)
	r := earning.Rules{Zone: zone, Currency: orElse(p.Currency, "EUR"), PointValue: decimal.RequireFromString(orElse(p.PointValue, "0.01"))}
	r.Digits = reference.MinorUnits(r.Currency)
	if p.YearEnd != "" {
		require.NoError(t, r.YearEnd.UnmarshalText([]byte(p.YearEnd)))
	}
	if s := p.Spending; s != nil {
		r.Spending = earning.Spending{MinPoints: s.MinPoints, Step: s.Step, MaxShare: s.MaxShare, Lines: s.Lines}
	}
	if p.Versions == nil {
		p.Versions = []version{{}}
	}
	for _, v := range p.Versions {
		r.Versions = append(r.Versions, v.rules(t, r.Digits))
	}
	data, err := json.Marshal(r) // as a host stores them
	require.NoError(t, err)
	r, err = earning.DecodeRules(data, time.LoadLocation)
	require.NoError(t, err)
	e, err := earning.Compile(r)
	require.NoError(t, err)
	return e
}

func (v version) rules(t *testing.T, digits int) earning.Version {
	t.Helper()
	out := earning.Version{Name: v.Version, From: v.From, To: v.To}
	if v.Rates == nil {
		v.Rates = []rate{{target: target{Rule: "base"}, Points: 1, Per: euros(1)}}
	}
	for _, r := range v.Rates {
		out.Rates = append(out.Rates, earning.Rate{Rule: r.Rule, Points: r.Points, Per: r.Per, Measure: r.Measure, Steps: earning.Steps(r.Steps), Lines: r.Lines, When: r.when()})
	}
	for _, m := range v.Multipliers {
		out.Multipliers = append(out.Multipliers, earning.Multiplier{Rule: m.Rule, Factor: m.Factor, Exclusive: m.Exclusive, Priority: m.Priority, Lines: m.Lines, When: m.when()})
	}
	for _, b := range v.Bonuses {
		out.Bonuses = append(out.Bonuses, earning.Bonus{Rule: b.Rule, Points: b.Points, Lines: b.Lines, When: b.when()})
	}
	for _, x := range v.Exclusions {
		out.Exclusions = append(out.Exclusions, earning.Exclusion{Rule: x.Rule, Lines: x.Lines, Scope: earning.Scope(strings.TrimPrefix(x.Scope, "lines")), When: x.when()})
	}
	for _, g := range v.Goals {
		count := earning.Counting(strings.TrimPrefix(g.Count, "orders"))
		amount, err := decimal.NewFromString(strings.Trim(string(g.Target), `"`))
		require.NoError(t, err)
		n := amount.IntPart()
		if count == earning.CountSpend {
			n, err = money.Minor(amount, digits)
			require.NoError(t, err)
		}
		out.Goals = append(out.Goals, earning.Goal{Rule: g.Rule, Count: count, Target: n, Points: g.Points, Repeat: g.Repeat, Reversal: earning.Reversal(strings.TrimPrefix(g.Reversal, "recheck")), Lines: g.Lines, When: g.when()})
	}
	for _, a := range v.Activities {
		out.Activities = append(out.Activities, earning.ActivityRule{Rule: a.Rule, Kind: a.Kind, Points: a.Points, Once: a.Once, When: a.when()})
	}
	if v.OrderCap != nil {
		out.Caps = append(out.Caps, earning.Cap{Per: earning.PerOrder, Points: *v.OrderCap})
	}
	if v.PeriodCap != nil {
		out.Caps = append(out.Caps, earning.Cap{Per: v.PeriodCap.Period, Points: v.PeriodCap.Points})
	}
	return out
}

// A past is what a member has done in a scenario, as far as it is known without a ledger.
type past struct {
	granted  map[relmark.Date]int64
	progress map[string]*earning.Progress
	took     map[string][]relmark.Date
	refunds  bool // goals depend on what was sent back
	lost     bool // a command may have been accepted or not
}

func (p *past) Granted(from, to relmark.Date) (n int64) {
	for d, points := range p.granted {
		if !d.Before(from) && (to.IsZero() || !d.After(to)) {
			n += points
		}
	}
	return n
}

func (p *past) Progress(rule string) earning.Progress {
	if p.progress[rule] == nil {
		p.progress[rule] = &earning.Progress{Rule: rule}
	}
	return *p.progress[rule]
}

func (p *past) Took(rule string, from, to relmark.Date) bool {
	return slices.ContainsFunc(p.took[rule], func(d relmark.Date) bool { return !d.Before(from) && (to.IsZero() || !d.After(to)) })
}

func TestReferenceLines(t *testing.T) {
	t.Parallel()
	// The ledger owns the file and runs it whole.
	for _, name := range []string{"loyalty_lines.json", "loyalty_scenarios.json"} {
		f := reference.Open(t, "loyalty/points", name)
		var file struct{ Scenarios []json.RawMessage }
		require.NoError(t, json.Unmarshal(f.Bytes(), &file))
		for _, raw := range file.Scenarios {
			var kind struct{ ID, Kind string }
			require.NoError(t, json.Unmarshal(raw, &kind))
			if kind.Kind != "" && kind.Kind != "ledger" {
				continue
			}
			var s scenario
			require.NoError(t, json.Unmarshal(raw, &s), kind.ID)
			r := &run{t, f, s.Program.compile(t), s.ID, 0, map[string]*past{}}
			for i, st := range s.Steps {
				r.step = i
				r.do(st)
			}
		}
	}
}

type run struct {
	t    *testing.T
	f    *reference.File
	e    *earning.Engine
	id   string
	step int
	past map[string]*past
}

// do carries out what concerns this room of a step.
func (r *run) do(s step) {
	m := r.past[s.Member]
	if m == nil {
		m = &past{granted: map[relmark.Date]int64{}, progress: map[string]*earning.Progress{}, took: map[string][]relmark.Date{}}
		r.past[s.Member] = m
	}
	if s.Expect.Error != nil && *s.Expect.Error == "*" {
		m.lost = true
	}
	if s.Expect.Replayed || m.lost {
		return
	}
	switch s.Command.Type {
	case "earn":
		r.earn(s, m)
	case "activity":
		r.act(s, m)
	case "refund":
		m.refunds = m.refunds || s.Expect.Error == nil
	}
}

// refused compares a refusal; others are the ledger's.
func (r *run) refused(want string, err error) {
	own := []earning.Reason{earning.BelowMinimum, earning.OffStep, earning.ExceedsPayable, earning.UnknownActivity, earning.LimitReached}
	got, _ := errors.AsType[*earning.RefusedError](err)
	if slices.Contains(own, earning.Reason(want)) {
		require.NotNil(r.t, got, "%s step %d: %s", r.id, r.step, want)
		r.exact(want, string(got.Reason), "error")
	}
}

func (r *run) earn(s step, m *past) {
	c := &s.Command
	o := earning.Order{At: s.At, Amount: decimal.RequireFromString(c.Amount), PayPoints: c.PayPoints, Tier: c.Tier, Budget: c.Budget}
	for _, l := range c.Lines {
		line := earning.OrderLine{ID: l.ID, Amount: l.Amount, Quantity: l.Quantity, Category: l.Category, Item: l.Item, Tags: l.Tags}
		for name, value := range l.Measures {
			line.Measures = append(line.Measures, earning.Measure{Name: name, Value: value})
		}
		o.Lines = append(o.Lines, line)
	}
	out, err := r.e.Earn(&o, m)
	if s.Expect.Error != nil {
		r.refused(*s.Expect.Error, err)
		return
	}
	require.NoError(r.t, err, "%s step %d", r.id, r.step)
	a := &out.Award
	known := !m.refunds || len(out.Steps) == 0
	r.results(s.Expect.Result, &out, known)
	if known {
		r.explain(s, a)
	}
	granted := a.Granted
	if text, ok := s.Expect.Result["granted"]; ok {
		require.NoError(r.t, json.Unmarshal(text, &granted))
	}
	m.granted[out.Facts.Date] += granted
	for i := range out.Steps {
		m.Progress(out.Steps[i].Rule)
		p := m.progress[out.Steps[i].Rule]
		p.Advance(&out.Steps[i], 0, out.Steps[i].Counts)
		p.Stand(out.Steps[i].Reached)
		require.NoError(r.t, p.Validate())
	}
}

// results compares what the file says of an order. Where refunds matter, what goals add is
// the ledger's.
func (r *run) results(want map[string]json.RawMessage, out *earning.Outcome, known bool) {
	a := &out.Award
	for key, text := range want {
		free, other := true, true
		var got any
		switch key {
		case "base":
			r.ratio(text, a.BaseNum, a.BaseDen, key)
			continue
		case "factor":
			r.ratio(text, a.FactorNum, a.FactorDen, key)
			continue
		case "product":
			got = a.Product
		case "bonus":
			got = a.Bonus
		case "qualifying":
			got = a.Qualifying
		case "localDate":
			got = out.Facts.Date.String()
		case "ruleVersion":
			got = a.Version
		case "cashByLine":
			got = r.cash(&out.Facts)
		case "goalBonus":
			got, free = a.GoalBonus, false
		case "beforeCap":
			got, free = a.Product+a.Bonus+a.GoalBonus, false
		case "granted":
			got, free = a.Granted, false
		case "cut":
			got, free = a.Cut, false
		case "byLine":
			got, free = r.byLine(out), false
		case "validThrough", "availableAt", "expiresAt", "settled":
			other = false
		default:
			r.t.Errorf("%s step %d: unknown result %q", r.id, r.step, key)
		}
		if other && (free || known) {
			compact := strings.Join(strings.Fields(string(text)), "")
			r.exact(strings.Trim(compact, `"`), strings.Trim(marshalled(r.t, got), `"`), key)
		}
	}
}

func (r *run) byLine(out *earning.Outcome) []int64 {
	if out.Award.ByLine == nil {
		return []int64{out.Award.Earned()}
	}
	return out.Award.ByLine
}

func (r *run) cash(x *earning.Facts) (list []string) {
	add := func(minor int64) { list = append(list, string(money.AppendText(nil, minor, x.Digits))) }
	for i := range x.Lines {
		add(x.Lines[i].Cash())
	}
	if amount, paid, ok := x.Rest(); ok {
		add(amount - paid)
	}
	return list
}

func (r *run) ratio(text json.RawMessage, num, den int64, key string) {
	want, ok := new(big.Rat).SetString(strings.Trim(string(text), `"`))
	require.True(r.t, ok)
	require.NotZero(r.t, den, "%s step %d %s", r.id, r.step, key)
	r.exact(want.RatString(), big.NewRat(num, den).RatString(), key)
}

func (r *run) explain(s step, a *earning.Award) {
	if s.Expect.Explain == nil {
		return
	}
	text := func(rule string, points int64, suppressed []string) string {
		return fmt.Sprint(rule, points, suppressed)
	}
	var want, got []string
	for _, g := range s.Expect.Explain {
		want = append(want, text(g.Rule, g.Points, g.Suppressed))
	}
	for _, g := range a.Grants {
		got = append(got, text(g.Rule, g.Points, g.Suppressed))
	}
	r.exact(strings.Join(want, "; "), strings.Join(got, "; "), "explain")
}

func (r *run) act(s step, m *past) {
	c := &s.Command
	out, err := r.e.Act(&earning.Activity{At: s.At, Kind: c.Kind, Points: c.Points, Tier: c.Tier, Budget: c.Budget}, m)
	if s.Expect.Error != nil {
		r.refused(*s.Expect.Error, err)
		return
	}
	require.NoError(r.t, err, "%s step %d", r.id, r.step)
	for key, text := range s.Expect.Result {
		switch key {
		case "granted":
			r.exact(string(text), fmt.Sprint(out.Award.Granted), key)
		case "cut":
			r.exact(string(text), fmt.Sprint(out.Award.Cut), key)
		case "localDate":
			r.exact(strings.Trim(string(text), `"`), out.Facts.Date.String(), key)
		case "ruleVersion":
			r.exact(strings.Trim(string(text), `"`), out.Award.Version, key)
		}
	}
	m.granted[out.Facts.Date] += out.Award.Granted
	m.took[out.Rule] = append(m.took[out.Rule], out.Facts.Date)
}

func (r *run) exact(want, got, key string) {
	r.t.Helper()
	r.f.Exact(want, got, "%s step %d %s", r.id, r.step, key)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
