package tier

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Report is what a simulation found. It is plain data.
type Report struct {
	Members  int64           `json:"members"`
	Levels   []LevelReport   `json:"levels"`   // base first
	Moves    [][]int64       `json:"moves"`    // transition matrix: members by level at the start, then at the end
	Reasons  []ReasonReport  `json:"reasons"`  // that occurred, in the order of the constants
	Benefits []BenefitReport `json:"benefits"` // in the order of the study
}

// A LevelReport is what a simulation found about one level. It is plain data.
type LevelReport struct {
	Level   string `json:"level"`   // code
	Before  int64  `json:"before"`  // members at the start of Study.From, or of their own join date
	After   int64  `json:"after"`   // members just before the start of Study.To
	Reached int64  `json:"reached"` // members who held it at some time
	Ups     int64  `json:"ups"`     // changes to it from below after the start
	Downs   int64  `json:"downs"`   // changes to it from above
	Days    int64  `json:"days"`    // local dates that began at it, over all members
}

// A ReasonReport counts the changes of one reason. It is plain data.
type ReasonReport struct {
	Reason  Reason `json:"reason"`
	Changes int64  `json:"changes"`
}

// A BenefitReport is the reach and the cost of one benefit. It is plain data.
type BenefitReport struct {
	Name    string          `json:"name"`
	Reach   int64           `json:"reach"`   // members who had it at some time
	Entries int64           `json:"entries"` // rises into it after the start
	Days    int64           `json:"days"`    // local dates that began with it, over all members
	Amount  decimal.Decimal `json:"amount"`  // of its metric, earned by members who had it
	Cost    decimal.Decimal `json:"cost"`
}

// Changes returns the number of changes of level: the churn of the ladder.
func (r Report) Changes() int64 {
	var sum int64
	for _, reason := range r.Reasons {
		sum += reason.Changes
	}
	return sum
}

// Cost returns what all benefits together have cost.
func (r Report) Cost() decimal.Decimal {
	sum := decimal.Zero
	for _, b := range r.Benefits {
		sum = sum.Add(b.Cost)
	}
	return sum
}

// Report returns what the simulation has found so far.
func (m *Simulation) Report() Report {
	c, n, width := &m.sums, len(m.ladder.codes), m.ladder.metrics.len()
	out := Report{Members: c.members}
	for i, code := range m.ladder.codes {
		out.Levels = append(out.Levels, LevelReport{code, c.before[i], c.after[i], c.reached[i], c.ups[i], c.downs[i], c.days[i]})
		out.Moves = append(out.Moves, append([]int64(nil), c.moves[i*n:(i+1)*n]...))
	}
	out.Reasons = reasonReports(c.reasons)
	for i, b := range m.study.Benefits {
		from, days := m.ladder.level(b.Level), int64(0)
		var earned tall
		metric := m.ladder.metrics.index(b.Metric)
		for level := from; level < n; level++ {
			days += c.days[level]
			if metric >= 0 {
				earned.merge(c.earned[level*width+metric])
			}
		}
		amount := decimal.Zero
		if metric >= 0 {
			amount = earned.decimal(m.ladder.metrics.digits[metric])
		}
		out.Benefits = append(out.Benefits, BenefitReport{b.Name, c.holders[i], c.entries[i], days, amount, b.cost(c.entries[i], days, amount)})
	}
	return out
}

// cost returns what a benefit has cost.
func (b Benefit) cost(entries, days int64, amount decimal.Decimal) decimal.Decimal {
	return b.PerEntry.Mul(decimal.NewFromInt(entries)).Add(b.PerDay.Mul(decimal.NewFromInt(days))).Add(b.PerUnit.Mul(amount))
}

// Merge returns the report of the members of both, for shards of a base that were
// studied on different machines and meet as plain data. Merging is associative and
// commutative, and the zero Report is the identity. It fails unless both list the
// same levels and benefits: whether it was one study, the host must know.
func (r Report) Merge(o Report) (Report, error) {
	switch {
	case len(r.Levels) == 0:
		return o, nil
	case len(o.Levels) == 0:
		return r, nil
	case !r.like(o):
		return Report{}, wrong("Report", nil, "must list the same levels and benefits")
	}
	if err := cmp.Or(r.sound(), o.sound()); err != nil {
		return Report{}, err
	}
	out := Report{Members: r.Members + o.Members, Levels: slices.Clone(r.Levels), Benefits: slices.Clone(r.Benefits)}
	for i := range out.Levels {
		a, b := &out.Levels[i], o.Levels[i]
		a.Before, a.After, a.Reached = a.Before+b.Before, a.After+b.After, a.Reached+b.Reached
		a.Ups, a.Downs, a.Days = a.Ups+b.Ups, a.Downs+b.Downs, a.Days+b.Days
	}
	for i := range out.Benefits {
		a, b := &out.Benefits[i], o.Benefits[i]
		a.Reach, a.Entries, a.Days = a.Reach+b.Reach, a.Entries+b.Entries, a.Days+b.Days
		a.Amount, a.Cost = a.Amount.Add(b.Amount), a.Cost.Add(b.Cost)
	}
	out.Moves = addMatrix(r.Moves, o.Moves)
	out.Reasons = addReasons(r.Reasons, o.Reasons)
	return out, nil
}

// sound says what is wrong with a report that a simulation cannot have made, so far
// as sums of it need it.
func (r Report) sound() error {
	for i, b := range r.Benefits {
		if money.Bounded(b.Amount) != nil || money.Bounded(b.Cost) != nil {
			return wrong(fmt.Sprintf("Report.Benefits[%d]", i), nil, "must have amounts of a thousand digits at most")
		}
	}
	for i, c := range r.Reasons {
		if !reasons().Valid(c.Reason) {
			return wrong(fmt.Sprintf("Report.Reasons[%d].Reason", i), nil, reasons().Rule())
		}
	}
	return nil
}

// like reports whether r and o are about the same levels and benefits.
func (r Report) like(o Report) bool {
	return slices.EqualFunc(r.Levels, o.Levels, func(a, b LevelReport) bool { return a.Level == b.Level }) &&
		slices.EqualFunc(r.Benefits, o.Benefits, func(a, b BenefitReport) bool { return a.Name == b.Name }) &&
		slices.EqualFunc(r.Moves, o.Moves, func(a, b []int64) bool { return len(a) == len(b) })
}

// addMatrix returns the sum of two matrices of one shape.
func addMatrix(a, b [][]int64) [][]int64 {
	out := make([][]int64, len(a))
	for i := range a {
		out[i] = slices.Clone(a[i])
		for j, v := range b[i] {
			out[i][j] += v
		}
	}
	return out
}

// addReasons returns the sums by reason, in the order of the constants.
func addReasons(a, b []ReasonReport) []ReasonReport {
	sums := make([]int64, reasons().Len())
	for _, r := range append(slices.Clone(a), b...) {
		i, _ := reasons().Index(r.Reason)
		sums[i] += r.Changes
	}
	return reasonReports(sums)
}

// reasonReports lists the reasons that occurred.
func reasonReports(sums []int64) []ReasonReport {
	var out []ReasonReport
	for i, reason := range reasons().All() {
		if sums[i] != 0 {
			out = append(out, ReasonReport{reason, sums[i]})
		}
	}
	return out
}
