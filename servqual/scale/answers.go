package scale

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// maxRespondents bounds every sum to 64 bits.
const maxRespondents = math.MaxUint32

// Answers are what all respondents answered on a battery, added up: counts, sums and
// cross-products as whole numbers, so that parts collected apart merge to the last bit, in
// any order. They favour no rule for missing answers; [Answers.Covariance] does.
//
// Obtain them from [Battery.NewAnswers]. The zero Answers take no rows, but merge and
// decode. They are not safe for concurrent mutation.
type Answers struct {
	opaque

	battery Battery
	of      *stat.Answers  // nil in the zero Answers
	scores  []stat.Moments // sums of the steps of respondents who answered 1, 2, … items
	row     []uint8        // being added
}

// NewAnswers returns answers of no respondents. Their memory does not grow with
// respondents: 16 kB for 22 items, 280 kB for 100.
func (b Battery) NewAnswers() *Answers {
	if b.plan == nil {
		return &Answers{}
	}
	p, k := &b.plan.params, len(b.plan.table)
	return &Answers{battery: b, of: stat.NewAnswers(k, p.High-p.Low), scores: make([]stat.Moments, k), row: make([]uint8, k)}
}

// Battery returns the battery of a; the zero Battery for the zero Answers.
func (a *Answers) Battery() Battery { return a.battery }

// Respondents returns how many rows were added; Complete how many of them lack no answer
// to an item of the battery.
func (a *Answers) Respondents() int64 {
	if a.of == nil {
		return 0
	}
	return a.of.Rows()
}

// Complete returns how many rows lack no answer to an item of the battery.
func (a *Answers) Complete() int64 {
	if a.of == nil {
		return 0
	}
	return a.of.Complete()
}

// Add adds the row of one respondent, and keeps no reference to it; other positions than
// those of the battery may hold anything. It fails with a [relmark.FieldError], and
// leaves a as it was, if the row lacks a position or an answer is neither on the scale
// nor [Blank], and with [relmark.ErrLimit] after 4,294,967,295 rows. It takes some 80 ns
// for 22 items, three times that where one is missing, and does not allocate.
func (a *Answers) Add(row []int8) error {
	if a.of == nil {
		return errZero()
	}
	if err := a.battery.plan.read(row, a.row); err != nil {
		return fault.Room(room, err)
	}
	if a.of.Rows() >= maxRespondents {
		return errLimit()
	}
	a.of.Add(a.row)
	if answered, sum := a.battery.sum(a.row); answered > 0 {
		a.scores[answered-1].Add(uint64(sum))
	}
	return nil
}

func errLimit() error { return fmt.Errorf("%s: respondents: %w", room, relmark.ErrLimit) }

// Merge adds the respondents of o, which stays as it is. The zero Answers and empty ones
// of the same battery change nothing; zero a become a copy of o. It fails, and leaves a as
// they were, with a [relmark.FieldError] if o is nil or the batteries differ in anything,
// and with [relmark.ErrLimit]. Merging is associative and commutative.
func (a *Answers) Merge(o *Answers) error {
	switch {
	case o == nil:
		return fault.Room(room, fault.New("Answers", nil, "must not be nil"))
	case o.of == nil:
		return nil
	case a.of == nil:
		*a = Answers{battery: o.battery, of: o.of.Clone(), scores: slices.Clone(o.scores), row: make([]uint8, len(o.row))}
		return nil
	case a.battery.plan != o.battery.plan && !a.battery.plan.params.equal(o.battery.plan.params):
		return fault.Room(room, fault.New("Battery", nil, "must be the same in both"))
	case a.of.Rows()+o.of.Rows() > maxRespondents:
		return errLimit()
	}
	a.of.Merge(o.of)
	for i, m := range o.scores {
		a.scores[i].Merge(m)
	}
	return nil
}
