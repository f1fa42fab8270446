package pulse

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// A Scale is the range of answers to a question: whole numbers from Low to High. It
// is plain data.
type Scale struct {
	Low  int `json:"low"`  // lowest answer, −127 or more
	High int `json:"high"` // highest answer, Low + 1 to Low + 100, at most 127
}

// Recommend returns the scale of the question of the Net Promoter Score: how likely
// are you to recommend us, 0 to 10.
func Recommend() Scale { return Scale{0, 10} }

// Validate reports every rule that s breaks, in one error.
func (s Scale) Validate() error {
	const most = 127
	var l fault.List
	l.Check(s.Low >= -most && s.Low < most, "Low", s.Low, "must be -127 to 126")
	l.Check(s.High > s.Low && s.High <= s.Low+100 && s.High <= most, "High", s.High, "must be Low + 1 to Low + 100, at most 127")
	return l.Err("pulse")
}

func (s Scale) has(answer int) bool { return answer >= s.Low && answer <= s.High }

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A Tally counts the answers of many people to one question. Obtain one from
// [NewTally]; the zero Tally has no scale, takes no answers, and can be merged into
// and decoded into. It is not safe for concurrent mutation.
type Tally struct {
	opaque

	scale  Scale
	counts []uint64 // by answer, from the lowest; as many as the scale has
	blank  uint64
}

// NewTally returns a tally of no answers. It fails exactly when [Scale.Validate]
// does.
func NewTally(s Scale) (*Tally, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return &Tally{scale: s, counts: make([]uint64, s.High-s.Low+1)}, nil
}

// Scale returns the scale of the answers, the zero Scale if there is none yet.
func (t *Tally) Scale() Scale { return t.scale }

// N returns how many answers there are, without blanks.
func (t *Tally) N() int64 {
	n := uint64(0)
	for _, c := range t.counts {
		n += c
	}
	return int64(n)
}

// Blank returns how many people saw the question and gave no answer.
func (t *Tally) Blank() int64 { return int64(t.blank) }

// Count returns how many answers are at least low and at most high; 0 where there
// is no such answer.
func (t *Tally) Count(low, high int) int64 {
	n := uint64(0)
	for i, c := range t.counts {
		if a := t.scale.Low + i; a >= low && a <= high {
			n += c
		}
	}
	return int64(n)
}

// limit is how many people a tally counts, blanks included.
const limit = math.MaxUint32

// Add counts one answer. It fails with a [relmark.FieldError] if the answer is not on
// the scale and with [relmark.ErrLimit] past 4,294,967,295 people; it does not
// allocate.
func (t *Tally) Add(answer int) error { return t.AddTimes(answer, 1) }

// AddTimes counts an answer that so many people gave, as a host's own table has it.
// Beside the errors of [Tally.Add] it fails if times is negative.
func (t *Tally) AddTimes(answer int, times int64) error {
	if !t.scale.has(answer) || len(t.counts) == 0 {
		return fault.Room("pulse", fault.New("Answer", answer, t.rule()))
	}
	return t.book(&t.counts[answer-t.scale.Low], times)
}

// AddBlank counts people who saw the question and gave no answer. It fails as
// [Tally.AddTimes] does.
func (t *Tally) AddBlank(times int64) error { return t.book(&t.blank, times) }

func (t *Tally) book(count *uint64, times int64) error {
	if times < 0 {
		return fault.Room("pulse", fault.New("Times", times, "must be 0 or more"))
	}
	if uint64(times) > limit-t.people() {
		return errLimit()
	}
	*count += uint64(times)
	return nil
}

func (t *Tally) rule() string {
	if len(t.counts) == 0 {
		return "needs a scale: make the tally with NewTally"
	}
	return fmt.Sprintf("must be %d to %d", t.scale.Low, t.scale.High)
}

// people returns how many people are counted.
func (t *Tally) people() uint64 { return uint64(t.N()) + t.blank }

func errLimit() error { return fmt.Errorf("pulse: people: %w", relmark.ErrLimit) }

// Merge adds the counts of o, which stays as it is: exactly, in any order, the zero
// Tally being the identity. It fails with a [relmark.FieldError] if the scales
// differ, and with [relmark.ErrLimit].
func (t *Tally) Merge(o *Tally) error {
	switch {
	case o == nil || len(o.counts) == 0 && o.blank == 0:
		return nil
	case o.people() > limit-t.people():
		return errLimit()
	case len(t.counts) == 0:
		t.scale, t.counts = o.scale, make([]uint64, len(o.counts))
	case o.scale != t.scale && len(o.counts) != 0:
		return fault.Room("pulse", fault.New("Scale", nil, "must be the same for all parts"))
	}
	for i, c := range o.counts {
		t.counts[i] += c
	}
	t.blank += o.blank
	return nil
}
