package earning

import (
	"math/bits"

	"github.com/relmark/relmark/internal/money"
)

// A Grant is what one rule contributed to the points of an order. The grants of an
// order add up to what it was granted; what caps cut is listed under the rule
// "cap", with negative points.
type Grant struct {
	Rule       string   `json:"rule,omitzero"`
	Points     int64    `json:"points,omitzero"`
	Suppressed []string `json:"suppressed,omitzero"` // multipliers that held and gave way to this one, on some line
}

// An Award is how the points of an order came about: the sum of base · factor over its
// lines, rounded once as the version says, plus bonuses, less what caps cut.
type Award struct {
	Version   string `json:"version,omitzero"` // of the rules
	BaseNum   int64  `json:"base,omitzero"`    // base = BaseNum / BaseDen, exactly, in lowest terms
	BaseDen   int64  `json:"base_den,omitzero"`
	FactorNum int64  `json:"factor,omitzero"` // factor = FactorNum / FactorDen, in lowest terms, if all lines have one
	FactorDen int64  `json:"factor_den,omitzero"`

	Product    int64   `json:"product,omitzero"`    // Σ base · factor, rounded
	Bonus      int64   `json:"bonus,omitzero"`      // of bonuses
	GoalBonus  int64   `json:"goal_bonus,omitzero"` // of goals
	Cut        int64   `json:"cut,omitzero"`        // by caps and budget: of goals first, the last one before others
	Granted    int64   `json:"granted,omitzero"`    // Product + Bonus + GoalBonus - Cut
	Qualifying int64   `json:"qualifying,omitzero"` // floor(base), for tiers: no multiplier, bonus or cap touches it
	ByLine     []int64 `json:"by_line,omitzero"`    // what each line earned, the rest last: Earned in all; nil without lines
	Grants     []Grant `json:"grants,omitzero"`
}

// Earned returns what was granted for the order itself, without bonuses of goals. It is
// what lines earned and refunds take back in proportion.
func (a *Award) Earned() int64 { return min(a.Granted, a.Product+a.Bonus) }

// A set holds the positions of rules of one kind, and needs no memory but its own.
type set [(maxRules + 63) / 64]uint64

func (s *set) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s *set) has(i int) bool { return s[i/64]>>(i%64)&1 > 0 }

// count returns how many positions the set holds.
func (s *set) count() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// held are the rules that hold and act on a line, as an explanation needs them, and what
// each rate gives.
type held struct {
	rates, multipliers set
	gives              []exact // by the position of the rate
}

// A judging is how an order is judged.
type judging struct {
	member  Member
	limit   int64 // the most that caps leave
	explain bool  // with what each rule contributes, and fractions in lowest terms
	lists   bool  // with what lines earn, and steps towards goals
}

// Judging is split in two, because most prices are asked for by quotes and what-if
// runs, which want numbers: judging and awarding keep nothing; explaining starts from
// which rules held.

// judge fills in what an order earns, and returns its steps towards goals. An error leaves
// p as it was.
func (s *ruleset) judge(p *Award, x *Facts, j judging) ([]Step, error) {
	if s.whole && len(x.Lines) == 0 && !j.explain {
		return nil, s.judgeWhole(p, x, j.limit)
	}
	return s.judgeRows(p, x, j)
}

// judgeRows is judge row by row.
func (s *ruleset) judgeRows(p *Award, x *Facts, j judging) (steps []Step, err error) {
	var m memory
	w := s.sheet(x, &m)
	goals := int64(0)
	if len(s.goals) > 0 {
		if steps, goals, err = w.pursue(j.member, nil, j.lists); err != nil {
			return nil, err
		}
	}
	if j.explain {
		err = w.explained(p, j.limit, goals, steps)
	} else {
		err = w.award(p, j.limit, goals, nil, j.lists)
	}
	if err != nil {
		return nil, err
	}
	settle(steps, p.Granted-p.Earned())
	return steps, nil
}

// explained is award with an explanation.
func (w *sheet) explained(p *Award, limit, goals int64, steps []Step) error {
	var gives [12]exact
	var h held
	if h.gives = gives[:]; len(w.s.rates) > len(gives) {
		h.gives = make([]exact, len(w.s.rates))
	}
	if err := w.award(p, limit, goals, &h, true); err != nil {
		return err
	}
	w.explain(p, &h, steps)
	return nil
}

// award makes points of a sheet. It fails, leaving p as it was, if there are more than
// can be.
func (w *sheet) award(p *Award, limit, goals int64, h *held, lines bool) error {
	w.rates(h)
	w.factors(h)
	product, base := w.sums()
	if err := w.s.total(p, product, base, w.bonuses(), goals, limit); err != nil {
		return err
	}
	if lines && len(w.facts.Lines) > 0 {
		p.ByLine = w.divide(p.ByLine, p.Earned())
	}
	if h != nil {
		p.BaseNum, p.BaseDen = base.lowest()
		p.FactorNum, p.FactorDen = w.factor()
	}
	return nil
}

// total makes points of sums, those of lines aside, of which there are none then. It fails,
// leaving p as it was, if there are more than can be.
func (s *ruleset) total(p *Award, exactly, base exact, bonus, goals, limit int64) error {
	product, ok := exactly.round(s.rounding)
	qualifying, okBase := base.round(money.Floor)
	if !ok || !okBase || bonus > maxPoints || product+bonus+goals > maxPoints {
		return tooMany()
	}
	p.Version, p.ByLine = s.Name, p.ByLine[:0]
	p.Product, p.Bonus, p.GoalBonus, p.Qualifying = product, bonus, goals, qualifying
	p.Granted = min(product+bonus+goals, max(0, limit))
	p.Cut = product + bonus + goals - p.Granted
	return nil
}

// factor returns the factor in lowest terms if all rows that are not out have one, 0 and
// 0 otherwise.
func (w *sheet) factor() (num, den int64) {
	for j := range w.rows {
		r := &w.rows[j]
		if r.out {
			continue
		}
		n, d := exact{num: r.num, den: r.den}.lowest()
		if den != 0 && (n != num || d != den) {
			return 0, 0
		}
		num, den = n, d
	}
	return num, den
}
