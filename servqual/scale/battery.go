package scale

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/servqual"
)

const room = "scale" // as errors name it

// Blank stands for an answer that was not given, as [servqual.Blank].
const Blank = servqual.Blank

// What a battery may hold.
const (
	minItems    = 2
	maxItems    = 100
	maxPosition = 9999
	maxSpan     = 200
	minLow      = Blank + 1
	maxHigh     = 127
)

// Params describe a battery: items that are meant to measure one thing, or in the eyes of
// a factor analysis several, with one range of answers. It is plain data.
type Params struct {
	Items    []int // positions in a row of answers, 0 to 9,999, each once; 2 to 100 of them
	Low      int   // lowest answer, -127 or more
	High     int   // highest answer, Low + 1 to Low + 200, at most 127
	Reversed []int // of the items, the positions of those worded negatively: an answer a counts as Low + High − a
}

// Validate reports every rule that p breaks, in one error.
func (p Params) Validate() error {
	var l fault.List
	l.Check(p.Low >= minLow && p.Low < maxHigh, "Low", p.Low, "must be -127 to 126")
	l.Check(p.High > p.Low && p.High <= maxHigh && p.High-maxSpan <= p.Low, "High", p.High, "must be Low + 1 to Low + 200, at most 127")
	if n := len(p.Items); n < minItems || n > maxItems {
		l.Add("Items", n, "must number 2 to 100")
		return l.Err(room)
	}
	seen := map[int]bool{}
	for i, item := range p.Items {
		at := fmt.Sprintf("Items[%d]", i)
		l.Check(item >= 0 && item <= maxPosition, at, item, "must be 0 to 9999")
		l.Check(!seen[item], at, item, "must be listed once")
		seen[item] = true
	}
	l.Check(len(p.Reversed) <= len(p.Items), "Reversed", len(p.Reversed), "must not number more than the items")
	for i, item := range p.Reversed[:min(len(p.Reversed), len(p.Items))] {
		l.Check(seen[item], fmt.Sprintf("Reversed[%d]", i), item, "must be one of the items, listed once")
		seen[item] = false
	}
	return l.Err(room)
}

// canonical returns a deep copy with Reversed in ascending order.
func (p Params) canonical() Params {
	p.Items = slices.Clone(p.Items)
	p.Reversed = slices.Sorted(slices.Values(p.Reversed))
	return p
}

func (p Params) equal(o Params) bool {
	return p.Low == o.Low && p.High == o.High && slices.Equal(p.Items, o.Items) && slices.Equal(p.Reversed, o.Reversed)
}

// A Battery is a set of items ready for answers. It is an immutable value, safe for
// concurrent use. Obtain one from [New]; the zero Battery has no items.
type Battery struct{ plan *plan }

// A plan is what a battery has computed from its params.
type plan struct {
	params Params
	need   int           // answers that a row must have at least: the highest position + 1
	raw    [2][256]uint8 // steps above the lowest answer, by the bits of an answer; plain and reversed
	table  []*[256]uint8 // of each item
}

// Raw answers beside steps. Steps are 0 to 200.
const (
	absent = 255 // stat.Absent
	off    = 254
)

// New prepares a battery. It fails exactly when [Params.Validate] does.
func New(p Params) (Battery, error) {
	if err := p.Validate(); err != nil {
		return Battery{}, err
	}
	l := &plan{params: p.canonical(), need: slices.Max(p.Items) + 1}
	for i := range l.raw[0] {
		plain, reversed := uint8(off), uint8(off)
		switch a := int(int8(uint8(i))); {
		case a == Blank:
			plain, reversed = absent, absent
		case a >= p.Low && a <= p.High:
			plain, reversed = uint8(a-p.Low), uint8(p.High-a)
		}
		l.raw[0][i], l.raw[1][i] = plain, reversed
	}
	for _, item := range p.Items {
		l.table = append(l.table, &l.raw[0])
		if slices.Contains(p.Reversed, item) {
			l.table[len(l.table)-1] = &l.raw[1]
		}
	}
	return Battery{l}, nil
}

// Params returns a copy of what the battery was made from, with Reversed in ascending
// order; the zero Params for the zero Battery.
func (b Battery) Params() Params {
	if b.plan == nil {
		return Params{}
	}
	return b.plan.params.canonical()
}

// Items returns the number of items; 0 for the zero Battery.
func (b Battery) Items() int { return len(b.Params().Items) }

// A Score is what one respondent scores on a battery. It is plain data.
type Score struct {
	Value    float64 `json:"value"`    // 0 where all answers are the worst, 100 where all are the best
	Answered int     `json:"answered"` // items
}

// Score returns the score of a row of answers: 100·(mean − Low)/(High − Low) over the
// items answered, those reversed that are. It is false if these are too few for the rule
// for missing answers, which is that of [servqual.Missing]. It fails with a
// [relmark.FieldError] for an unknown rule, a row that lacks a position and an answer off
// the scale.
func (b Battery) Score(row []int8, m servqual.Missing) (s Score, ok bool, err error) {
	if b.plan == nil {
		return Score{}, false, errZero()
	}
	need, err := b.least(m)
	if err != nil {
		return Score{}, false, fault.Room(room, err)
	}
	raw := make([]uint8, len(b.plan.table))
	if err := b.plan.read(row, raw); err != nil {
		return Score{}, false, fault.Room(room, err)
	}
	answered, sum := b.sum(raw)
	s.Answered = answered
	if s.Answered < need {
		return s, false, nil
	}
	s.Value = 100 * float64(sum) / float64(s.Answered*(b.plan.params.High-b.plan.params.Low))
	return s, true, nil
}

// sum returns how many items of a row are answered, and the sum of their steps.
func (b Battery) sum(raw []uint8) (answered, sum int) {
	answered = len(raw)
	for _, v := range raw {
		if v == absent {
			answered--
			continue
		}
		sum += int(v)
	}
	return answered, sum
}

// least returns how many answers a rule asks for.
func (b Battery) least(m servqual.Missing) (int, error) {
	k := len(b.plan.table)
	switch m {
	case servqual.HalfAnswered:
		return (k + 1) / 2, nil
	case servqual.AllAnswered:
		return k, nil
	case servqual.AnyAnswered:
		return 1, nil
	}
	return math.MaxInt, fault.New("Missing", nil, "must be empty or one of all, any")
}

// read turns the answers of a row into steps above the lowest one.
func (l *plan) read(row []int8, into []uint8) error {
	if len(row) < l.need {
		return fault.New("Row", len(row), fmt.Sprintf("must have %d answers or more", l.need))
	}
	for i, item := range l.params.Items {
		v := l.table[i][uint8(row[item])]
		if v == off {
			return fault.New(fmt.Sprintf("Row[%d]", item), row[item], fmt.Sprintf("must be %d to %d or Blank", l.params.Low, l.params.High))
		}
		into[i] = v
	}
	return nil
}

func errZero() error {
	return fault.Room(room, fault.New("Battery", nil, "must come from New"))
}
