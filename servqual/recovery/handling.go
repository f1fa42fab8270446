package recovery

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	maxTopics       = 10_000
	longestHandling = time.Duration(century)
	handlingVersion = 1
	handlingRule    = "must be 0 to a century"
)

// Handling counts how long complaints of each topic took, or have been open so far: what a
// promise of a handling time is made of. It holds every length that occurred once: round
// times to minutes before, and a history of years stays small. The zero Handling is ready. It
// is not safe for concurrent mutation. There are 10,000 topics at most.
type Handling struct {
	opaque

	by map[string]*history
}

// A history is how many spells of each length are done and open.
type history struct {
	n, done uint64
	lengths map[time.Duration]spells
}

type spells struct{ done, open uint64 }

// add is false past the limit.
func (h *history) add(took time.Duration, s spells) (ok bool) {
	if h.n+s.done+s.open > maxCount {
		return false
	}
	sum := h.lengths[took]
	h.lengths[took] = spells{sum.done + s.done, sum.open + s.open}
	h.n += s.done + s.open
	h.done += s.done
	return true
}

// Add counts a complaint of a topic, which may be empty, that took so long, or that has been
// open for so long and goes on. It fails with a [relmark.FieldError] for a topic of more than
// 200 bytes or no UTF-8 and for a time below 0 or above a century, and with [relmark.ErrLimit]
// for too many topics and past 2^40 complaints of one.
func (h *Handling) Add(topic string, took time.Duration, open bool) error {
	var l fault.List
	l.Check(topic == "" || fault.ValidName(topic), "Topic", nil, fault.NameRule)
	l.Check(took >= 0 && took <= longestHandling, "Took", took, handlingRule)
	if err := l.Err(room); err != nil {
		return err
	}
	one := spells{done: 1}
	if open {
		one = spells{open: 1}
	}
	return h.add(topic, took, one)
}

func (h *Handling) add(topic string, took time.Duration, s spells) error {
	of := h.by[topic]
	if of == nil {
		if len(h.by) >= maxTopics {
			return errLimit()
		}
		of = &history{lengths: map[time.Duration]spells{}}
	}
	if !of.add(took, s) {
		return errLimit()
	}
	if h.by == nil {
		h.by = map[string]*history{}
	}
	h.by[topic] = of
	return nil
}

// Merge adds the complaints of o, which stays as it is: exactly, in any order, the zero
// Handling being the identity. It fails with [relmark.ErrLimit] as [Handling.Add] does, and
// leaves h as it was then.
func (h *Handling) Merge(o *Handling) error {
	if o == nil {
		return nil
	}
	topics := len(h.by)
	for topic, of := range o.by {
		mine := h.by[topic]
		if mine == nil {
			topics++
		} else if mine.n+of.n > maxCount {
			return errLimit()
		}
	}
	if topics > maxTopics {
		return errLimit()
	}
	for topic, of := range o.by {
		for took, s := range maps.Clone(of.lengths) { // of may be h itself
			_ = h.add(topic, took, s) // cannot fail: checked above
		}
	}
	return nil
}

// Topics returns the topics that occurred, ascending.
func (h *Handling) Topics() []string { return slices.Sorted(maps.Keys(h.by)) }

// A Promise is a handling time by which a share of complaints of a topic has been resolved.
// It is plain data.
type Promise struct {
	N    int64 `json:"n"`    // complaints
	Done int64 `json:"done"` // of them, not open any more
	// Time is the least time within which so large a share is resolved, by Kaplan and Meier;
	// nil where the history does not reach that far, as too many are still open.
	Time *time.Duration `json:"time"`
	Low  *time.Duration `json:"low"`  // of its confidence interval; nil where the history does not reach that far
	High *time.Duration `json:"high"` // nil where the history does not reach that far: there is no upper end
}

// Promise returns the time that may be promised for complaints of a topic: the quantile of
// their handling times, of which open ones say that they are longer, so that a promise is not
// made from the quick ones alone. Its interval, that of Brookmeyer and Crowley, is where the
// interval of the survival on the scale of log(−log) has the share. A history of few has no
// limits: after its last end there is nobody left to tell. It fails with
// a [relmark.FieldError] unless the share is above 0 and below 1 and the level is 0.5 to
// 0.9999, and with [relmark.ErrTooFew] of no complaint of the topic.
func (h *Handling) Promise(topic string, share, level float64) (Promise, error) {
	var l fault.List
	l.Check(share > 0 && share < 1, "Share", share, "must be above 0 and below 1")
	l.Level("Level", level)
	of, err := h.of(topic, &l)
	if err != nil {
		return Promise{}, err
	}
	p := Promise{N: int64(of.n), Done: int64(of.done)}
	left := 1 - share + 1e-12 // equal within rounding is enough
	for _, s := range of.steps() {
		at := time.Duration(s.At)
		low, high := s.Between(level)
		firstUnder(&p.Low, at, low, left)
		firstUnder(&p.Time, at, s.Survival, left)
		firstUnder(&p.High, at, high, left)
	}
	return p, nil
}

// firstUnder sets a time where survival has come down for the first time.
func firstUnder(d **time.Duration, at time.Duration, survival, left float64) {
	if *d == nil && survival <= left {
		*d = new(at)
	}
}

func (h *Handling) of(topic string, l *fault.List) (*history, error) {
	if err := l.Err(room); err != nil {
		return nil, err
	}
	if of := h.by[topic]; of != nil {
		return of, nil
	}
	return nil, few("no complaint of this topic")
}

func (h *history) sorted() []time.Duration { return slices.Sorted(maps.Keys(h.lengths)) }

// steps returns the survival of complaints: the share that takes longer.
func (h *history) steps() []stat.SurvivalStep {
	return stat.KaplanMeier(h.n, func(yield func(stat.Ending) bool) {
		for _, took := range h.sorted() {
			s := h.lengths[took]
			if !yield(stat.Ending{At: float64(took), Ended: s.done, Censored: s.open}) {
				return
			}
		}
	})
}

// Kept is how many complaints kept a promised time. It is plain data.
type Kept struct {
	Kept    int64           `json:"kept"`    // done within it
	Broken  int64           `json:"broken"`  // done after it, or open for longer
	Pending int64           `json:"pending"` // open, and not longer
	Share   *servqual.Share `json:"share"`   // kept, of those decided, with Wilson's interval; nil of none
}

// Kept returns how many complaints of a topic kept a promised time; exactly that long is
// kept. It fails with a [relmark.FieldError] unless the time is 0 to a century and the level
// is 0.5 to 0.9999, and with [relmark.ErrTooFew] of no complaint of the topic.
func (h *Handling) Kept(topic string, promised time.Duration, level float64) (Kept, error) {
	var l fault.List
	l.Check(promised >= 0 && promised <= longestHandling, "Promised", promised, handlingRule)
	l.Level("Level", level)
	of, err := h.of(topic, &l)
	if err != nil {
		return Kept{}, err
	}
	var k Kept
	for took, s := range of.lengths {
		if took <= promised {
			k.Kept += int64(s.done)
			k.Pending += int64(s.open)
		} else {
			k.Broken += int64(s.done + s.open)
		}
	}
	k.Share = shareOf(k.Kept, k.Kept+k.Broken, level)
	return k, nil
}

// HandlingSummary describes how long complaints took that are done. It is plain data.
type HandlingSummary struct {
	N         int64           `json:"n"`
	Mean      time.Duration   `json:"mean"`
	Median    time.Duration   `json:"median"`
	Quantiles []time.Duration `json:"quantiles"` // of the shares asked for, of type 7: interpolated between order statistics
}

// Summary describes the complaints of a topic that are done, which are the quicker ones
// while others are open: a promise is for [Handling.Promise] to make. It fails with
// a [relmark.FieldError] unless shares are 0 to 1, and with [relmark.ErrTooFew] of none done.
func (h *Handling) Summary(topic string, shares ...float64) (HandlingSummary, error) {
	var l fault.List
	for i, p := range shares {
		l.Between(fault.Item("Shares", i), p, 0, 1)
	}
	of, err := h.of(topic, &l)
	if err != nil {
		return HandlingSummary{}, err
	}
	if of.done == 0 {
		return HandlingSummary{}, few("no complaint of this topic that is done")
	}
	out, lengths, sum := HandlingSummary{N: int64(of.done)}, of.sorted(), 0.0
	for _, took := range lengths {
		sum += float64(float64(took) * float64(of.lengths[took].done))
	}
	out.Mean = time.Duration(math.Round(sum / float64(of.done)))
	out.Median = of.quantile(lengths, 0.5)
	for _, p := range shares {
		out.Quantiles = append(out.Quantiles, of.quantile(lengths, p))
	}
	return out, nil
}

// quantile returns the quantile of type 7 of the lengths that are done.
func (h *history) quantile(lengths []time.Duration, p float64) time.Duration {
	place := p * float64(h.done-1)
	below := uint64(place)
	a, b := h.ordered(lengths, below), h.ordered(lengths, min(below+1, h.done-1))
	return a + time.Duration(math.Round(float64((place-float64(below))*float64(b-a))))
}

// ordered returns the order statistic of a position, from 0.
func (h *history) ordered(lengths []time.Duration, i uint64) time.Duration {
	for _, took := range lengths {
		n := h.lengths[took].done
		if i < n {
			return took
		}
		i -= n
	}
	return lengths[len(lengths)-1]
}

// AppendBinary appends the encoding of h, version 1; it never fails. Equal histories have
// equal encodings.
func (h *Handling) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindHandling, handlingVersion)
	w.Count(len(h.by))
	for _, topic := range h.Topics() {
		of := h.by[topic]
		w.String(topic)
		w.Count(len(of.lengths))
		last := time.Duration(0)
		for _, took := range of.sorted() {
			w.Uvarint(uint64(took - last))
			w.Uvarint(of.lengths[took].done)
			w.Uvarint(of.lengths[took].open)
			last = took
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Handling.AppendBinary] appends.
func (h *Handling) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no history
// writes; h stays as it is then.
func (h *Handling) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindHandling, handlingVersion)
	var out Handling
	last := ""
	for i := range r.Count(2) {
		topic := r.String()
		r.Check((i == 0 || topic > last) && (topic == "" || fault.ValidName(topic)))
		out.read(&r, topic)
		if r.Err() != nil {
			break
		}
		last = topic
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "handling", err)
	}
	*h = out
	return nil
}

// read reads the lengths of a topic.
func (h *Handling) read(r *codec.Reader, topic string) {
	took := time.Duration(0)
	n := r.Count(3)
	r.Check(n > 0)
	for i := range n {
		d := time.Duration(r.UpTo(int64(longestHandling - took)))
		took += d
		s := spells{uint64(r.UpTo(maxCount)), uint64(r.UpTo(maxCount))}
		r.Check((i == 0 || d > 0) && s.done+s.open > 0)
		if r.Err() != nil {
			return
		}
		r.Check(h.add(topic, took, s) == nil)
	}
}
