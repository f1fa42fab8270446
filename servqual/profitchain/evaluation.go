package profitchain

import (
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A MarketingLevel is the level of internal marketing that an outcome belongs to (Grönroos 1981).
type MarketingLevel string

// The levels.
const (
	Strategic MarketingLevel = "strategic" // makes customer-minded: management, personnel policy, training
	Tactical  MarketingLevel = "tactical"  // sells services and campaigns to employees before they reach customers
)

func marketingLevels() enum.Set[MarketingLevel] { return enum.Of(Strategic, Tactical) }

// An Outcome is what internal marketing is to change, and the scale it is measured on. It is plain
// data.
type Outcome struct {
	Name  string         `json:"name"` // 1 to 200 bytes of UTF-8, once
	Level MarketingLevel `json:"level"`
	Low   float64        `json:"low"`  // the value that scores 0
	High  float64        `json:"high"` // the value that scores 100; below Low where less is more, never equal
}

// EvaluationOptions say how a change is judged. The zero value lacks a level.
type EvaluationOptions struct {
	// Paired says that row i is the same employee before and after; otherwise the two are
	// independent samples, compared by Welch's test.
	Paired bool    `json:"paired,omitempty"`
	Level  float64 `json:"level"` // 0.5 to 0.9999
}

// A Change is what an outcome, or all of a level, scores before and after, from 0 to 100. It is
// plain data.
type Change struct {
	Name       string         `json:"name,omitempty"`  // of an outcome
	Level      MarketingLevel `json:"level,omitempty"` // empty for all outcomes together
	Before     Wave           `json:"before"`
	After      Wave           `json:"after"`
	Pairs      int64          `json:"pairs"`      // employees with both; 0 of independent samples
	Difference *Difference    `json:"difference"` // after less before; nil where a wave has no scores, or no pairs
	// Standardised is the difference in standard deviations, √((s² + s²)/2) of the two waves that
	// are compared; nil where neither varies or one has fewer than 2 scores.
	Standardised *float64 `json:"standardised"`
	PHolm        *float64 `json:"p_holm"` // of an outcome, for all outcomes; of a level, for both
}

// A Wave is what one wave scores. It is plain data.
type Wave struct {
	N     int64    `json:"n"`     // employees with a score, paired or not
	Short int64    `json:"short"` // employees without
	Mean  *float64 `json:"mean"`  // of those that are compared; nil of nobody
	SD    *float64 `json:"sd"`    // nil below two
}

// An Evaluation is what internal marketing changed. A difference of before and after is an effect
// of it only as far as nothing else changed meanwhile. It is plain data.
type Evaluation struct {
	Outcomes []Change `json:"outcomes"` // in the order given
	// Levels are strategic and tactical, those of them that have outcomes: an employee's score is
	// the mean of those of the level, if at least half are there, rounded up.
	Levels []Change `json:"levels"`
	All    Change   `json:"all"` // of all outcomes, as a level
}

const maxEvaluated = 10_000_000

// Evaluate compares outcomes before and after internal marketing: one row of each employee, a
// value for each outcome, nil where it was not measured. It fails with a [relmark.FieldError]
// unless outcomes are as [Outcome] says, 1 to 1000, rows have a value for each, on its scale,
// paired waves have equally many rows and 1e7 values at most, and the level is 0.5 to 0.9999;
// with [relmark.ErrTooFew] where a wave has no rows.
func Evaluate(outcomes []Outcome, before, after [][]*float64, o EvaluationOptions) (Evaluation, error) {
	var l fault.List
	l.Level("Level", o.Level)
	checkOutcomes(&l, outcomes)
	l.Check(!o.Paired || len(before) == len(after), "After", len(after), "must have the rows of Before")
	if err := l.Err(room); err != nil {
		return Evaluation{}, err
	}
	if len(before) == 0 || len(after) == 0 {
		return Evaluation{}, few("evaluation of %d rows before and %d after", len(before), len(after))
	}
	first, err := scores("Before", outcomes, before)
	l.Join("", err)
	second, err := scores("After", outcomes, after)
	l.Join("", err)
	if err := l.Err(room); err != nil {
		return Evaluation{}, err
	}
	return evaluate(outcomes, first, second, o), nil
}

func checkOutcomes(l *fault.List, outcomes []Outcome) {
	names := make([]string, len(outcomes))
	for i, x := range outcomes {
		names[i] = x.Name
	}
	checkNames(l, "Outcomes", names)
	for i, x := range outcomes {
		if l.Full() {
			return
		}
		at := fault.Item("Outcomes", i)
		l.Join("", marketingLevels().Check(at+".Level", x.Level))
		l.Check(inRange(x.Low) && inRange(x.High) && x.Low != x.High, at+".High", x.High, "must differ from Low, both finite and within ±1e50")
	}
}

// scores turns values into scores from 0 to 100, row by row; NaN where there is none.
func scores(field string, outcomes []Outcome, rows [][]*float64) ([][]float64, error) {
	var l fault.List
	l.Check(len(rows) <= maxEvaluated/len(outcomes), field, len(rows), "must have 1e7 values at most")
	out := make([][]float64, len(rows))
	for i, row := range rows {
		if l.Full() {
			break
		}
		if len(row) != len(outcomes) {
			l.Add(fault.Item(field, i), len(row), "must have a value of each outcome")
			continue
		}
		out[i] = make([]float64, len(row))
		for j, v := range row {
			x := outcomes[j]
			switch {
			case v == nil:
				out[i][j] = math.NaN()
			case !(*v >= min(x.Low, x.High) && *v <= max(x.Low, x.High)):
				l.Add(fmt.Sprintf("%s[%d][%d]", field, i, j), *v, "must be on the scale")
			default:
				out[i][j] = 100 * ((*v - x.Low) / (x.High - x.Low))
			}
		}
	}
	return out, l.Err("")
}

// evaluate compares outcomes, levels and all, from scores.
func evaluate(outcomes []Outcome, before, after [][]float64, o EvaluationOptions) Evaluation {
	var e Evaluation
	for j, x := range outcomes {
		c := change(pick(before, []int{j}), pick(after, []int{j}), o)
		c.Name, c.Level = x.Name, x.Level
		e.Outcomes = append(e.Outcomes, c)
	}
	var all []int
	for _, level := range marketingLevels().All() {
		var own []int
		for j, x := range outcomes {
			if x.Level == level {
				own = append(own, j)
			}
		}
		if own == nil {
			continue
		}
		c := change(pick(before, own), pick(after, own), o)
		c.Level = level
		e.Levels = append(e.Levels, c)
		all = append(all, own...)
	}
	e.All = change(pick(before, all), pick(after, all), o)
	adjust(e.Outcomes)
	adjust(e.Levels)
	return e
}

// pick returns the mean of some outcomes of each row; NaN where fewer than half are there.
func pick(rows [][]float64, columns []int) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		n, sum := 0, 0.0
		for _, j := range columns {
			if !math.IsNaN(row[j]) {
				n++
				sum += row[j]
			}
		}
		out[i] = math.NaN()
		if n > 0 && 2*n >= len(columns) {
			out[i] = sum / float64(n)
		}
	}
	return out
}

// change compares two waves. Means are of those who are compared, in pairs those with both scores;
// N and Short count everybody, so that who dropped out between the waves is seen.
func change(before, after []float64, o EvaluationOptions) Change {
	var c Change
	var first, second, gain []float64
	for i, x := range before {
		if math.IsNaN(x) {
			c.Before.Short++
		} else if !o.Paired || !math.IsNaN(after[i]) {
			first = append(first, x)
		}
		if o.Paired && !math.IsNaN(x) && !math.IsNaN(after[i]) {
			gain = append(gain, after[i]-x)
		}
	}
	for i, x := range after {
		if math.IsNaN(x) {
			c.After.Short++
		} else if !o.Paired || !math.IsNaN(before[i]) {
			second = append(second, x)
		}
	}
	c.Before.N, c.After.N = int64(len(before))-c.Before.Short, int64(len(after))-c.After.Short
	c.Pairs = int64(len(gain))
	a, b := c.Before.describe(first), c.After.describe(second)
	switch {
	case len(first) == 0 || len(second) == 0:
		return c
	case len(first) < 2 || len(second) < 2:
		c.Difference = &Difference{Value: b.Mean - a.Mean, State: TooFew}
		return c
	case o.Paired:
		c.Difference = differ(paired(new(Wave).describe(gain)), o.Level)
	default:
		c.Difference = differ(stat.Welch(a, b), o.Level)
	}
	if sd := math.Sqrt((*c.Before.SD**c.Before.SD + *c.After.SD**c.After.SD) / 2); sd > 0 {
		c.Standardised = new(c.Difference.Value / sd)
	}
	return c
}

// describe fills in what scores come to, and returns it as a sample.
func (w *Wave) describe(scores []float64) stat.Sample {
	c := stat.NewComoments(1)
	for _, x := range scores {
		c.Add([]float64{x})
	}
	s := stat.Sample{N: c.N()}
	if s.N == 0 {
		return s
	}
	s.Mean = scores[0]
	if v, ok := c.Covariance(); ok {
		s.Mean = v.Mean[0]
		if varies(v, 0) {
			s.SE = math.Sqrt(v.At(0, 0) / float64(s.N))
		}
		w.SD = new(s.SE * math.Sqrt(float64(s.N)))
	}
	w.Mean = new(s.Mean)
	return s
}

// adjust fills in Holm's p-values.
func adjust(changes []Change) {
	var ps []float64
	for _, c := range changes {
		if c.Difference != nil && c.Difference.P != nil {
			ps = append(ps, *c.Difference.P)
		}
	}
	ps = stat.Holm(ps)
	for i, c := range changes {
		if c.Difference != nil && c.Difference.P != nil {
			changes[i].PHolm, ps = new(ps[0]), ps[1:]
		}
	}
}

// check adds a difference that no scores have.
func (d *Difference) check(l *fault.List, at string) {
	l.Check(d == nil || math.Abs(d.Value) <= 200 && d.SE >= 0 && inRange(d.SE) && d.Degrees >= 0 && inRange(d.Degrees), at, nil, "must be one of scores")
}

// Net returns what one group gained beyond another that internal marketing did not reach, or not
// yet: the difference of two differences, whose groups are independent, with Satterthwaite's
// degrees of freedom. What else changed meanwhile for both is taken off. It fails with a
// [relmark.FieldError] unless both are the change of one name and level, as [Evaluate] returns
// them, and the level is 0.5 to 0.9999; with [relmark.ErrTooFew] where one of them has no
// interval.
func Net(reached, others Change, level float64) (Difference, error) {
	var l fault.List
	l.Level("Level", level)
	l.Check(reached.Name == others.Name && reached.Level == others.Level, "Others", nil, "must be of the same name and level")
	reached.Difference.check(&l, "Reached.Difference")
	others.Difference.check(&l, "Others.Difference")
	if err := l.Err(room); err != nil {
		return Difference{}, err
	}
	a, b := reached.Difference, others.Difference
	if a == nil || b == nil || a.State == TooFew || b.State == TooFew || !(a.Degrees >= 1 && b.Degrees >= 1) {
		return Difference{}, few("a change without an interval")
	}
	d := stat.Difference{Value: a.Value - b.Value, SE: math.Hypot(a.SE, b.SE), Degrees: a.Degrees + b.Degrees}
	if d.SE > 0 {
		x, y := a.SE/d.SE, b.SE/d.SE
		d.Degrees = 1 / (x*x*x*x/a.Degrees + y*y*y*y/b.Degrees)
	}
	return *differ(tested(d), level), nil
}
