package loyalty

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/internal/stat"
)

// An Assignment says how customers came into the groups that are compared.
type Assignment string

// The assignments. Only a random one makes a difference an effect.
const (
	Random       Assignment = "random"        // by lot, before the programme began
	SelfSelected Assignment = "self_selected" // members joined by themselves: those who buy more join
)

func assignments() enum.Set[Assignment] { return enum.Of(Random, SelfSelected) }

const maxGroup = 1 << 53

// isConfidence reports whether a normal interval has a confidence.
func isConfidence(x float64) bool { return x > 0 && x < 1 }

func checkConfidence(l *fault.List, confidence float64) {
	l.Check(isConfidence(confidence), "Confidence", confidence, "must be above 0 and below 1")
}

// A Group is how many customers were in a group and how many of them stayed. It is
// plain data.
type Group struct {
	N        int64 `json:"n"`
	Retained int64 `json:"retained"`
}

func (g Group) check(l *fault.List, field string) {
	l.Check(g.N >= 0 && g.N <= maxGroup, field+".N", g.N, "must be 0 to 2^53")
	l.Check(g.Retained >= 0 && g.Retained <= g.N, field+".Retained", g.Retained, "must be 0 to N")
}

// share returns the share retained, and the variance of it.
func (g Group) share() (p, variance float64) {
	n := float64(g.N)
	p = float64(g.Retained) / n
	return p, p * (float64(g.N-g.Retained) / n) / n
}

// A Trial is one level of a programme tried on a treated group beside a control group.
// Amounts are of the treated group, in one unit of money. It is plain data.
type Trial struct {
	Level             Level   `json:"level"`
	Treated           Group   `json:"treated"`
	Control           Group   `json:"control"`
	MarginPerRetained float64 `json:"margin_per_retained"` // finite, may be below 0
	RewardCost        float64 `json:"reward_cost"`         // finite, 0 or more, as all that follow
	DeadweightCost    float64 `json:"deadweight_cost"`     // discounts on purchases that would have been made anyway
	OperatingCost     float64 `json:"operating_cost"`
	Breakage          float64 `json:"breakage"` // rewards promised and never claimed, which lower the cost
}

// Cost returns RewardCost + DeadweightCost + OperatingCost − Breakage.
func (t Trial) Cost() float64 { return t.RewardCost + t.DeadweightCost + t.OperatingCost - t.Breakage }

func (t Trial) check(l *fault.List, at string) {
	l.Join(at, levels().Check("Level", t.Level))
	t.Treated.check(l, at+".Treated")
	t.Control.check(l, at+".Control")
	l.Check(fault.Finite(t.MarginPerRetained), at+".MarginPerRetained", t.MarginPerRetained, "must be finite")
	for _, c := range []struct {
		field string
		cost  float64
	}{{"RewardCost", t.RewardCost}, {"DeadweightCost", t.DeadweightCost}, {"OperatingCost", t.OperatingCost}, {"Breakage", t.Breakage}} {
		l.Check(c.cost >= 0 && c.cost <= math.MaxFloat64/8, at+"."+c.field, c.cost, "must be finite and 0 or more")
	}
	l.Check(math.Abs(t.MarginPerRetained*float64(t.Treated.N)) <= math.MaxFloat64/8, at+".MarginPerRetained", t.MarginPerRetained, "must be finite times the treated")
}

// An Uplift is what one level of a programme causes and earns. It is plain data.
type Uplift struct {
	Level           Level    `json:"level"`
	Uplift          float64  `json:"uplift"` // retained share of the treated less that of the control group
	SE              float64  `json:"se"`
	Interval        Interval `json:"interval"`
	NoEvidence      bool     `json:"no_evidence"` // the interval contains 0
	Profit          float64  `json:"profit"`      // incremental margin less cost
	ProfitInterval  Interval `json:"profit_interval"`
	CostPerRetained *float64 `json:"cost_per_retained"` // cost per customer who stayed because of it; nil unless Uplift > 0 and it is finite
	BreakEvenUplift *float64 `json:"break_even_uplift"` // from which on it pays; nil unless the margin is above 0 and it is finite
}

// An Interval holds a quantity with a confidence. It is plain data.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

func around(x, half float64) Interval { return Interval{x - half, x + half} }

// holds0 reports whether the interval contains 0, its ends included.
func (i Interval) holds0() bool { return i.Low <= 0 && i.High >= 0 }

// Uplifts returns what each level of a programme causes and earns, from trials with
// control groups: the difference of retained shares with a normal interval, and the
// profit with an interval of the same level (the delta method: n·|margin|·se).
//
// It fails with a [relmark.FieldError] where a trial is not as [Trial] says, a level is
// not one, the confidence is not above 0 and below 1, and where the assignment is
// not [Random]: members against others is no uplift, since those who buy more join. It
// fails with [relmark.ErrTooFew] where a group has fewer than two customers.
func Uplifts(a Assignment, confidence float64, trials []Trial) ([]Uplift, error) {
	var l fault.List
	l.Join("", assignments().Check("Assignment", a))
	l.Check(a != SelfSelected, "Assignment", string(a), "must be random: members against others is no uplift")
	checkConfidence(&l, confidence)
	for i, t := range trials {
		if l.Full() {
			break
		}
		t.check(&l, fault.Item("Trials", i))
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	out := make([]Uplift, len(trials))
	for i, t := range trials {
		if min(t.Treated.N, t.Control.N) < 2 {
			return nil, fault.Room(room, fmt.Errorf("trials[%d]: %w", i, relmark.ErrTooFew))
		}
		out[i] = t.uplift(stat.Normal(confidence))
	}
	return out, nil
}

func (t Trial) uplift(z float64) Uplift {
	p, vp := t.Treated.share()
	q, vq := t.Control.share()
	u := Uplift{Level: t.Level, Uplift: p - q, SE: math.Sqrt(vp + vq)}
	u.Interval = around(u.Uplift, z*u.SE)
	u.NoEvidence = u.Interval.holds0()
	n, cost := float64(t.Treated.N), t.Cost()
	u.Profit = n*u.Uplift*t.MarginPerRetained - cost
	u.ProfitInterval = around(u.Profit, z*n*math.Abs(t.MarginPerRetained)*u.SE)
	u.CostPerRetained = over(cost, n*u.Uplift)
	u.BreakEvenUplift = over(cost, n*t.MarginPerRetained)
	return u
}

// over returns x/y; nil unless y is above 0 and the quotient finite.
func over(x, y float64) *float64 {
	if q := x / y; y > 0 && fault.Finite(q) {
		return &q
	}
	return nil
}

// A Cell is a sample by its moments. It is plain data.
type Cell struct {
	N    int64   `json:"n"`    // 2 or more
	Mean float64 `json:"mean"` // finite
	SD   float64 `json:"sd"`   // divisor n − 1; finite, 0 or more
}

func (c Cell) check(l *fault.List, field string) {
	l.Check(c.N >= 0 && c.N <= maxGroup, field+".N", c.N, "must be 0 to 2^53")
	l.Check(math.Abs(c.Mean) <= math.MaxFloat64/8, field+".Mean", c.Mean, "must be finite")
	l.Check(c.SD >= 0 && c.SD <= math.Sqrt(math.MaxFloat64)/8, field+".SD", c.SD, "must be finite and 0 or more")
}

// variance returns that of the mean.
func (c Cell) variance() float64 { return c.SD * c.SD / float64(c.N) }

// Cells are the four samples of a difference in differences, of independent customers.
// It is plain data.
type Cells struct {
	TreatedBefore Cell `json:"treated_before"`
	TreatedAfter  Cell `json:"treated_after"`
	ControlBefore Cell `json:"control_before"`
	ControlAfter  Cell `json:"control_after"`
}

// An Effect is a difference with its interval. It is plain data.
type Effect struct {
	Effect     float64  `json:"effect"`
	SE         float64  `json:"se"`
	Interval   Interval `json:"interval"`
	NoEvidence bool     `json:"no_evidence"` // the interval contains 0
}

// effect returns a difference of numbers up to a size; what rounding of these leaves is none.
func effect(x, size, variance, confidence float64) Effect {
	if math.Abs(x) <= 0x1p-50*size {
		x = 0
	}
	e := Effect{Effect: x, SE: math.Sqrt(variance)}
	e.Interval = around(x, stat.Normal(confidence)*e.SE)
	e.NoEvidence = e.Interval.holds0()
	return e
}

// Effect returns the difference in differences (T1 − T0) − (C1 − C0): how much more the
// treated changed than the control group, where both would have changed alike. The four
// samples are of different customers; for the same ones before and after use [Changes].
// It fails with a [relmark.FieldError] where a cell is not as [Cell] says or the
// confidence is not above 0 and below 1, and with [relmark.ErrTooFew] where a cell has fewer
// than two customers.
func (c Cells) Effect(confidence float64) (Effect, error) {
	var l fault.List
	c.TreatedBefore.check(&l, "TreatedBefore")
	c.TreatedAfter.check(&l, "TreatedAfter")
	c.ControlBefore.check(&l, "ControlBefore")
	c.ControlAfter.check(&l, "ControlAfter")
	checkConfidence(&l, confidence)
	if err := l.Err(room); err != nil {
		return Effect{}, err
	}
	if min(c.TreatedBefore.N, c.TreatedAfter.N, c.ControlBefore.N, c.ControlAfter.N) < 2 {
		return Effect{}, fault.Room(room, relmark.ErrTooFew)
	}
	x := (c.TreatedAfter.Mean - c.TreatedBefore.Mean) - (c.ControlAfter.Mean - c.ControlBefore.Mean)
	v := c.TreatedBefore.variance() + c.TreatedAfter.variance() + c.ControlBefore.variance() + c.ControlAfter.variance()
	size := max(math.Abs(c.TreatedBefore.Mean), math.Abs(c.TreatedAfter.Mean), math.Abs(c.ControlBefore.Mean), math.Abs(c.ControlAfter.Mean))
	return effect(x, size, v, confidence), nil
}

// Changes returns the difference in differences from the change of each customer, after
// less before, of the treated and of the control group. It fails as [Cells.Effect] does,
// and where a change is not finite.
func Changes(treated, control []float64, confidence float64) (Effect, error) {
	var l fault.List
	checkConfidence(&l, confidence)
	t, c := changes(&l, "Treated", treated), changes(&l, "Control", control)
	if err := l.Err(room); err != nil {
		return Effect{}, err
	}
	tv, ok1 := t.Covariance()
	cv, ok2 := c.Covariance()
	if !ok1 || !ok2 {
		return Effect{}, fault.Room(room, relmark.ErrTooFew)
	}
	size := max(math.Abs(tv.Mean[0]), math.Abs(cv.Mean[0]))
	// What two large means differ by would be lost in the rounding of each.
	a, b := mean(treated), mean(control)
	x := special.Difference(a.Hi, b.Hi)
	return effect(x.Hi+(x.Lo+(a.Lo-b.Lo)), size, tv.At(0, 0)/float64(tv.N)+cv.At(0, 0)/float64(cv.N), confidence), nil
}

// mean returns the mean of numbers, at least one, with what its rounding leaves.
func mean(xs []float64) special.Extended {
	var sum special.Extended
	for _, x := range xs {
		next := special.Difference(sum.Hi, -x)
		sum = special.Extended{Hi: next.Hi, Lo: sum.Lo + next.Lo}
	}
	n := float64(len(xs))
	m := special.Quotient(sum.Hi, n)
	return special.Extended{Hi: m.Hi, Lo: m.Lo + sum.Lo/n}
}

func changes(l *fault.List, field string, xs []float64) *stat.Comoments {
	m := stat.NewComoments(1)
	for i, x := range xs {
		if l.Full() {
			break
		}
		if math.Abs(x) <= math.Sqrt(math.MaxFloat64)/(1<<27) {
			m.Add([]float64{x})
		} else {
			l.Add(fault.Item(field, i), x, "must be finite and below 1e146")
		}
	}
	return m
}
