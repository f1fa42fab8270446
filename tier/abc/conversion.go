package abc

import (
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Trial counts prospects of one kind: how many there were, how many bought.
type Trial struct {
	Prospects int64 `json:"prospects"`
	Won       int64 `json:"won"`
}

// Conversions counts what became of graded prospects, by level of fit and level of
// intent. It is plain data, the zero value ready to use; not safe for concurrent
// mutation.
type Conversions [3][3]Trial

// Add counts one prospect and whether a purchase followed in the time that the
// host allows for it. It fails with a [relmark.FieldError] on a level that is none;
// c is unchanged then.
func (c *Conversions) Add(s ProspectScore, won bool) error {
	t := c.of(s)
	if t == nil {
		return wrap(fault.New("Score", nil, "must come from a Scorer"))
	}
	one := Trial{Prospects: 1}
	if won {
		one.Won = 1
	}
	sum, ok := t.plus(one)
	if !ok {
		return wrap(errTooMany)
	}
	*t = sum
	return nil
}

// of returns the counts of a grade, nil if a level is none.
func (c *Conversions) of(s ProspectScore) *Trial {
	i, okFit := levels().Index(s.FitLevel)
	j, okIntent := levels().Index(s.IntentLevel)
	if !okFit || !okIntent {
		return nil
	}
	return &c[i][j]
}

// Merge adds the counts of o. It is associative and commutative, and the zero
// Conversions is its identity. It fails with [relmark.ErrLimit] where a count
// leaves an int64; c is unchanged then.
func (c *Conversions) Merge(o Conversions) error {
	sums := *c
	for i := range sums {
		for j := range sums[i] {
			var ok bool
			if sums[i][j], ok = sums[i][j].plus(o[i][j]); !ok {
				return wrap(errTooMany)
			}
		}
	}
	*c = sums
	return nil
}

func (t Trial) plus(o Trial) (Trial, bool) {
	prospects, ok := money.Add(t.Prospects, o.Prospects)
	won, okToo := money.Add(t.Won, o.Won)
	return Trial{prospects, won}, ok && okToo
}

// AppendBinary appends the encoding of c, version 1: by level of fit and level of
// intent, how many there were and how many bought. It fails with a
// [relmark.FieldError] unless each count is 0 or more and no more bought than there
// were.
func (c Conversions) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindConversions, binaryVersion)
	for i, trials := range c {
		for j, t := range trials {
			if !t.valid() {
				return b, wrap(fault.New(fmt.Sprintf("Conversions[%d][%d]", i, j), nil, "must have counts of 0 or more, Won at most Prospects"))
			}
			w.Uvarint(uint64(t.Prospects))
			w.Uvarint(uint64(t.Won))
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Conversions.AppendBinary] appends.
func (c Conversions) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Conversions encode to; c is unchanged then.
func (c *Conversions) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindConversions, binaryVersion)
	var decoded Conversions
	for i := range decoded {
		for j := range decoded[i] {
			t := Trial{int64(r.Uvarint()), int64(r.Uvarint())} // past an int64 they are negative
			r.Check(t.valid())
			decoded[i][j] = t
		}
	}
	if err := fault.Decode(room, "conversions", r.Done()); err != nil {
		return err
	}
	*c = decoded
	return nil
}

func (t Trial) valid() bool { return 0 <= t.Won && t.Won <= t.Prospects }

// Rate estimates the probability that a prospect of this grade buys. With w of n
// prospects of the same two levels won, and p the share won of all prospects,
//
//	rate = (w + prior·p) / (n + prior)
//
// so a grade that was seen rarely is judged by the rest: prior is how many
// prospects the rest is worth, such as 10. It is false if nobody was counted, if
// the score is none, if prior is not finite and 0 or more, if counts were tampered
// with, and for a grade never seen where prior is 0. Times the value of a new
// customer it is the expected value of the prospect.
func (c Conversions) Rate(s ProspectScore, prior float64) (float64, bool) {
	of := c.of(s)
	if of == nil || !(prior >= 0) || !fault.Finite(prior) {
		return 0, false
	}
	var prospects, won float64
	for _, trials := range c {
		for _, t := range trials {
			if !t.valid() {
				return 0, false
			}
			prospects += float64(t.Prospects)
			won += float64(t.Won)
		}
	}
	rate := (float64(of.Won) + float64(prior*(won/prospects))) / (float64(of.Prospects) + prior)
	return rate, prospects > 0 && !math.IsNaN(rate)
}
