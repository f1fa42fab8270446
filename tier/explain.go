package tier

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// An Explanation is a [Decision] with what it rests on, for the desk that has to
// answer for it. It is plain data.
type Explanation struct {
	Decision

	// From and To bound the window that counts now; of a rolling window To is the
	// instant of the question, and From is zero: each event has its own date.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to"`

	Sums   []Sum        `json:"sums"`   // by metric, in order of name
	Levels []LevelCheck `json:"levels"` // by level, base first

	// Overrides are the ids of the override events that hold now, by rank ([Override]):
	// if the first is a pin it alone counts, else all floors do.
	Overrides []string `json:"overrides,omitempty"`
}

// A Sum is what counts of one metric. It is plain data.
type Sum struct {
	Metric   string          `json:"metric"`
	Counted  decimal.Decimal `json:"counted"`  // in the window, Carried included
	Carried  decimal.Decimal `json:"carried"`  // of that carried over from earlier periods
	Lifetime decimal.Decimal `json:"lifetime"` // since the member joined
}

// A LevelCheck says which conditions of a level hold now. It is plain data.
type LevelCheck struct {
	Level    string `json:"level"` // code
	Enter    bool   `json:"enter"`
	Keep     bool   `json:"keep"`
	Lifetime bool   `json:"lifetime"`
	Held     bool   `json:"held"` // whether a review on this window would keep the level
}

// Explain returns a decision with what it rests on: the window, what counts in it,
// and which conditions hold. Enter and Keep are judged as for an upgrade now, by the
// version that judges the window; Lifetime by the version in force. It fails as
// [Ladder.Decide] does.
func (p *Ladder) Explain(s *Membership, at time.Time) (Explanation, error) {
	r := p.Runner()
	d, err := r.Decide(s, at)
	if err != nil {
		return Explanation{}, err
	}
	out := Explanation{Decision: d, To: d.At, Overrides: r.overrides()}
	if !p.window.Kind.Rolling() {
		out.From, out.To = r.grid.begin.time(), r.grid.end.time()
	}
	sums, levels := r.window()
	for m, name := range p.metrics.names {
		digits := p.metrics.kinds[m].digits()
		sum := Sum{Metric: name, Counted: money.Decimal(sums[m], digits), Lifetime: money.Decimal(r.life[m], digits)}
		if p.carries {
			sum.Carried = money.Decimal(r.grid.carried[r.grid.offset(r.grid.cur)+m], digits)
		}
		out.Sums = append(out.Sums, sum)
	}
	for i, code := range p.codes {
		c := LevelCheck{Level: code, Enter: i == 0, Keep: i == 0, Held: i == 0 || levels.held(i, sums)}
		if enter := levels[i].enter; enter != nil {
			c.Enter = enter.holds(sums)
		}
		if keep := levels.keeps(i); keep != nil {
			c.Keep = keep.holds(sums)
		}
		if life := r.rules.levels[i].lifetime; life != nil {
			c.Lifetime = life.holds(r.life)
		}
		out.Levels = append(out.Levels, c)
	}
	return out, nil
}

// overrides returns the ids of the overrides that hold now, the strongest first.
func (r *Runner) overrides() []string {
	var held []int32
	for _, i := range r.roster.begun {
		if r.holds(i) {
			held = append(held, i)
		}
	}
	slices.SortFunc(held, func(i, j int32) int {
		if r.outranks(i, j) {
			return -1
		}
		return 1 // the order is total, and no override is here twice
	})
	var ids []string
	for _, i := range held {
		ids = append(ids, r.s.entries[i].id)
	}
	return ids
}
