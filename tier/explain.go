package tier

import (
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
func (l *Ladder) Explain(s *Membership, asOf time.Time) (Explanation, error) {
	r := l.Runner()
	d, err := r.Decide(s, asOf)
	if err != nil {
		return Explanation{}, err
	}
	from, to := r.view.bounds()
	out := Explanation{Decision: d, From: from.time(), To: to.time(), Overrides: r.roster.held()}
	sums, levels := r.view.sums()
	for m, name := range l.metrics.names {
		amount := func(units int64) decimal.Decimal { return money.Decimal(units, l.metrics.digits[m]) }
		out.Sums = append(out.Sums, Sum{name, amount(sums[m]), amount(r.view.carriedIn(m)), amount(r.tally.life[m])})
	}
	for i, code := range l.codes {
		lifetime := r.moment.rules.levels[i].lifetime
		out.Levels = append(out.Levels, LevelCheck{
			code, i == 0 || levels[i].enter.met(sums), i == 0 || levels.keeps(i).met(sums), lifetime.met(r.tally.life), i == 0 || levels.held(i, sums),
		})
	}
	return out, nil
}
