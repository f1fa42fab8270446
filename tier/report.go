package tier

import "github.com/shopspring/decimal"

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
	c, n, width := &m.counts, len(m.p.codes), m.p.metrics.len()
	out := Report{Members: c.members}
	for i, code := range m.p.codes {
		out.Levels = append(out.Levels, LevelReport{code, c.before[i], c.after[i], c.reached[i], c.ups[i], c.downs[i], c.days[i]})
		out.Moves = append(out.Moves, append([]int64(nil), c.moves[i*n:(i+1)*n]...))
	}
	for i, changes := range c.reasons {
		if changes > 0 {
			out.Reasons = append(out.Reasons, ReasonReport{Reason(i), changes})
		}
	}
	for i, b := range m.study.Benefits {
		from, days := m.p.level(b.Level), int64(0)
		var earned tall
		metric := m.p.metrics.index(b.Metric)
		for level := from; level < n; level++ {
			days += c.days[level]
			if metric >= 0 {
				earned.merge(c.earned[level*width+metric])
			}
		}
		amount := decimal.Zero
		if metric >= 0 {
			amount = earned.decimal(m.p.metrics.kinds[metric].digits())
		}
		out.Benefits = append(out.Benefits, BenefitReport{b.Name, c.holders[i], c.entries[i], days, amount, b.cost(c.entries[i], days, amount)})
	}
	return out
}

// cost returns what a benefit has cost.
func (b Benefit) cost(entries, days int64, amount decimal.Decimal) decimal.Decimal {
	return b.PerEntry.Mul(decimal.NewFromInt(entries)).Add(b.PerDay.Mul(decimal.NewFromInt(days))).Add(b.PerUnit.Mul(amount))
}
