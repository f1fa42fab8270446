package priority

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

const room = "priority" // as errors name it

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// limit is how many answers an accumulator counts.
const limit = math.MaxUint32

func errLimit() error { return fmt.Errorf("%s: answers: %w", room, relmark.ErrLimit) }

// A Feeling is one of the five answers to a question of Kano: how would you feel if the
// service had the feature, and how if it had not?
type Feeling string

// The feelings, in the order of the questionnaire.
const (
	Like     Feeling = "like"     // I like it
	Expect   Feeling = "expect"   // I expect it, it must be that way
	Neutral  Feeling = "neutral"  // I do not care
	Tolerate Feeling = "tolerate" // I can live with it
	Dislike  Feeling = "dislike"  // I dislike it
)

func feelings() enum.Set[Feeling] { return enum.Of(Like, Expect, Neutral, Tolerate, Dislike) }

// A Category is what a feature is to customers.
type Category string

// The categories, in the order in which they win a tie.
const (
	MustBe         Category = "must_be"         // taken for granted: its absence dissatisfies, its presence does not satisfy
	OneDimensional Category = "one_dimensional" // the more the better
	Attractive     Category = "attractive"      // not expected: its presence delights, its absence is not noticed
	Indifferent    Category = "indifferent"
	Reverse        Category = "reverse"      // not wanted
	Questionable   Category = "questionable" // the two answers contradict each other
)

func categories() enum.Set[Category] {
	return enum.Of(MustBe, OneDimensional, Attractive, Indifferent, Reverse, Questionable)
}

// A Layer is one of the three layers of expectation that a service meets or misses.
type Layer string

// The layers; the empty one is of categories that nobody expects.
const (
	NoLayer Layer = ""
	Basic   Layer = "basic"   // must be there: dissatisfaction if not
	Desired Layer = "desired" // satisfies as far as it is there
	Delight Layer = "delight" // beyond what is expected
)

// Layer returns the layer of expectation of a category: basic of what must be, desired of
// what is one-dimensional, delight of what is attractive, none of the others.
func (c Category) Layer() Layer {
	switch c {
	case MustBe:
		return Basic
	case OneDimensional:
		return Desired
	case Attractive:
		return Delight
	case Indifferent, Reverse, Questionable:
	}
	return NoLayer
}

// Classify returns the category of two feelings, by the table of Kano (1984):
//
//	with it     without it: like, expect, neutral, tolerate, dislike
//	like        QAAAO
//	expect      RIIIM
//	neutral     RIIIM
//	tolerate    RIIIM
//	dislike     RRRRQ
//
// with the initials of the categories. It fails with a [relmark.FieldError] for another
// feeling.
func Classify(with, without Feeling) (Category, error) {
	w, wo, err := places(with, without)
	if err != nil {
		return "", err
	}
	c, _ := categories().At(category(w, wo))
	return c, nil
}

// category returns the position of the category of two feelings.
func category(with, without int) int {
	const questionable, reverse, attractive, oneDimensional, mustBe, indifferent = 5, 4, 2, 1, 0, 3
	const like, dislike = 0, 4
	switch {
	case with == without && (with == like || with == dislike):
		return questionable
	case with == dislike || without == like:
		return reverse
	case with == like && without == dislike:
		return oneDimensional
	case with == like:
		return attractive
	case without == dislike:
		return mustBe
	}
	return indifferent
}

func places(with, without Feeling) (w, wo int, err error) {
	w, ok := feelings().Index(with)
	wo, ok2 := feelings().Index(without)
	if ok && ok2 {
		return w, wo, nil
	}
	var l fault.List
	l.Join("", feelings().Check("With", with))
	l.Join("", feelings().Check("Without", without))
	return 0, 0, l.Err(room)
}

// A KanoAnswer is what one customer says of one feature. It is plain data.
type KanoAnswer struct {
	With       Feeling `json:"with"`                 // the functional question: if the service has it
	Without    Feeling `json:"without"`              // the dysfunctional one: if it has not
	Importance *int    `json:"importance,omitempty"` // on the host's scale, 0 to 100; nil if not asked
}

// A Kano counts what customers say of one feature. The zero Kano has no answers and is
// ready. It is not safe for concurrent mutation.
type Kano struct {
	opaque

	cells      [25]uint64 // by feeling with and feeling without
	importance stat.Moments
}

// Add counts one answer. It fails with a [relmark.FieldError], and leaves k as it was, for
// another feeling and an importance that is not 0 to 100, and with [relmark.ErrLimit] after
// 4,294,967,295 answers. It does not allocate.
func (k *Kano) Add(a KanoAnswer) error {
	w, wo, err := places(a.With, a.Without)
	if err != nil {
		return err
	}
	if a.Importance != nil && (*a.Importance < 0 || *a.Importance > 100) {
		return fault.Room(room, fault.New("Importance", *a.Importance, "must be 0 to 100"))
	}
	if k.N() >= limit {
		return errLimit()
	}
	k.cells[w*5+wo]++
	if a.Importance != nil {
		k.importance.Add(uint64(*a.Importance))
	}
	return nil
}

// N returns how many answers there are.
func (k *Kano) N() int64 {
	n := uint64(0)
	for _, c := range k.cells {
		n += c
	}
	return int64(n)
}

// Merge adds the answers of o, which stays as it is: exactly, in any order, the zero Kano
// being the identity; a nil o adds nothing. It fails with [relmark.ErrLimit].
func (k *Kano) Merge(o *Kano) error {
	if o == nil {
		return nil
	}
	if k.N()+o.N() > limit {
		return errLimit()
	}
	for i, c := range o.cells {
		k.cells[i] += c
	}
	k.importance.Merge(o.importance)
	return nil
}

// Counts are answers by category. It is plain data.
type Counts struct {
	MustBe         int64 `json:"must_be"`
	OneDimensional int64 `json:"one_dimensional"`
	Attractive     int64 `json:"attractive"`
	Indifferent    int64 `json:"indifferent"`
	Reverse        int64 `json:"reverse"`
	Questionable   int64 `json:"questionable"`
}

// list returns the counts in the order of the categories.
func (c Counts) list() [6]int64 {
	return [6]int64{c.MustBe, c.OneDimensional, c.Attractive, c.Indifferent, c.Reverse, c.Questionable}
}

// N returns how many answers there are.
func (c Counts) N() (n int64) {
	for _, v := range c.list() {
		n += v
	}
	return n
}

// Counts returns the answers by category.
func (k *Kano) Counts() Counts {
	var n [6]int64
	for i, c := range k.cells {
		n[category(i/5, i%5)] += int64(c)
	}
	return Counts{n[0], n[1], n[2], n[3], n[4], n[5]}
}
