package priority

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Stage is when a customer has a need.
type Stage string

// The stages.
const (
	Buying Stage = "buying" // before and while the service is bought
	Using  Stage = "using"  // while it is used
	Advice Stage = "advice" // when help is sought
)

func stages() enum.Set[Stage] { return enum.Of(Buying, Using, Advice) }

// A Pane is a part of the window of needs: whether something is expected, and provided.
type Pane string

// The panes.
const (
	Met          Pane = "met"          // expected and provided: satisfied, at least the basics
	Dissatisfied Pane = "dissatisfied" // expected and not provided
	Delighted    Pane = "delighted"    // not expected and provided
	Latent       Pane = "latent"       // neither: an opportunity
)

func panes() enum.Set[Pane] { return enum.Of(Met, Dissatisfied, Delighted, Latent) }

// PaneOf returns the pane of a need.
func PaneOf(expected, provided bool) Pane {
	p, _ := panes().At(pane(expected, provided))
	return p
}

// pane returns the position of a pane.
func pane(expected, provided bool) int {
	switch {
	case expected && provided:
		return 0
	case expected:
		return 1
	case provided:
		return 2
	}
	return 3
}

// Needs returns the eight kinds of needs that customers of services have, as a ready list:
// information, demonstration, emotion, ordering, billing, delivery, after_sales and beyond,
// which is what goes beyond the service.
func Needs() []string {
	return []string{"information", "demonstration", "emotion", "ordering", "billing", "delivery", "after_sales", "beyond"}
}

// maxNeeds bounds the needs of a window.
const maxNeeds = 100

// A Window counts, by need and stage, how often it was expected and how often provided.
// Obtain one from [NewWindow]; the zero Window takes no answers, but merges and decodes. It
// is not safe for concurrent mutation.
type Window struct {
	opaque

	needs  []string
	counts [][3][4]uint64 // by need, stage and pane
	n      uint64
}

// NewWindow returns a window of some needs, such as [Needs]. It fails with a
// [relmark.FieldError] unless these are 1 to 100 names of 1 to 200 bytes of UTF-8, each
// once.
func NewWindow(needs []string) (*Window, error) {
	var l fault.List
	checkNames(&l, "Needs", needs, maxNeeds)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return &Window{needs: slices.Clone(needs), counts: make([][3][4]uint64, len(needs))}, nil
}

// checkNames asks for 1 to so many different names.
func checkNames(l *fault.List, field string, names []string, most int) {
	if n := len(names); n < 1 || n > most {
		l.Add(field, n, fmt.Sprintf("must number 1 to %d", most))
		return
	}
	l.Names(field, names)
}

// Needs returns the needs of the window, in their order.
func (w *Window) Needs() []string { return slices.Clone(w.needs) }

// N returns how many answers there are.
func (w *Window) N() int64 { return int64(w.n) }

// Add counts what one customer says of one need at a stage. It fails with a
// [relmark.FieldError], and leaves w as it was, unless the need, by its position, is one of
// the window and the stage is one of the three, and with [relmark.ErrLimit] after
// 4,294,967,295 answers.
func (w *Window) Add(need int, stage Stage, expected, provided bool) error {
	at, ok := stages().Index(stage)
	if !ok || need < 0 || need >= len(w.needs) {
		var l fault.List
		l.Check(need >= 0 && need < len(w.needs), "Need", need, "must be the position of a need of the window")
		l.Join("", stages().Check("Stage", stage))
		return l.Err(room)
	}
	if w.n >= limit {
		return errLimit()
	}
	w.counts[need][at][pane(expected, provided)]++
	w.n++
	return nil
}

// Merge adds the answers of o, which stays as it is: exactly, in any order, the zero Window
// being the identity; a nil o adds nothing. It fails with a [relmark.FieldError] if the
// needs differ, and with [relmark.ErrLimit].
func (w *Window) Merge(o *Window) error {
	switch {
	case o == nil || len(o.needs) == 0:
		return nil
	case len(w.needs) == 0:
		*w = Window{needs: o.needs, counts: slices.Clone(o.counts), n: o.n}
		return nil
	case !slices.Equal(w.needs, o.needs):
		return fault.Room(room, fault.New("Needs", nil, "must be the same in both"))
	case w.n+o.n > limit:
		return errLimit()
	}
	for i := range o.counts {
		for s := range o.counts[i] {
			for p, n := range o.counts[i][s] {
				w.counts[i][s][p] += n
			}
		}
	}
	w.n += o.n
	return nil
}

// Panes are the shares of the four panes, which add up to 1. It is plain data.
type Panes struct {
	N            int64 `json:"n"`
	Met          Share `json:"met"`
	Dissatisfied Share `json:"dissatisfied"`
	Delighted    Share `json:"delighted"`
	Latent       Share `json:"latent"`
}

// A NeedReport is the window of one need. It is plain data.
type NeedReport struct {
	Need   string `json:"need"`
	Panes         // at all stages
	Buying Panes  `json:"buying"`
	Using  Panes  `json:"using"`
	Advice Panes  `json:"advice"`
}

// Report reads the window, by need in their order; what nobody was asked of has shares of
// N 0. It fails with a [relmark.FieldError] unless the level of confidence is 0.5 to
// 0.9999, and with [relmark.ErrTooFew] without answers.
func (w *Window) Report(level float64) ([]NeedReport, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	if w.n == 0 {
		return nil, fmt.Errorf("%s: no answers: %w", room, relmark.ErrTooFew)
	}
	list := make([]NeedReport, len(w.needs))
	for i, c := range w.counts {
		var all [4]uint64
		for _, s := range c {
			for p, n := range s {
				all[p] += n
			}
		}
		list[i] = NeedReport{
			Need: w.needs[i], Panes: panesOf(all, level),
			Buying: panesOf(c[0], level), Using: panesOf(c[1], level), Advice: panesOf(c[2], level),
		}
	}
	return list, nil
}

func panesOf(c [4]uint64, level float64) Panes {
	n := int64(c[0] + c[1] + c[2] + c[3])
	of := func(p int) Share { return share(int64(c[p]), n, level) }
	return Panes{N: n, Met: of(0), Dissatisfied: of(1), Delighted: of(2), Latent: of(3)}
}
