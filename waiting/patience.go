package waiting

import (
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A PatienceLog counts waits that ended in service, of customers who would have waited
// longer (they are censored), and waits that ended in leaving. The zero PatienceLog is
// ready. It holds every length that occurred once: round waits to seconds before, and a
// log of years stays small. It is not safe for concurrent mutation.
type PatienceLog struct {
	opaque

	ends  map[time.Duration]ends
	waits spells
	left  uint64
}

// ends are how many waits of one length ended in either way.
type ends struct{ served, left uint64 }

// Add counts a wait. It fails with a [relmark.FieldError] if it is negative, and with
// [relmark.ErrLimit] past 2⁴⁰ waits.
func (p *PatienceLog) Add(wait time.Duration, left bool) error {
	switch {
	case wait < 0:
		return broken("wait", wait, "must be at least 0")
	case p.waits.n >= maxVisits:
		return fault.Room(room, relmark.ErrLimit)
	}
	if p.ends == nil {
		p.ends = map[time.Duration]ends{}
	}
	e := p.ends[wait]
	if left {
		e.left++
		p.left++
	} else {
		e.served++
	}
	p.ends[wait] = e
	p.waits.add(wait)
	return nil
}

// Merge adds the waits of o, which stays as it is: exactly, in any order, the zero
// PatienceLog being the identity. It fails with [relmark.ErrLimit] past 2⁴⁰ waits.
func (p *PatienceLog) Merge(o *PatienceLog) error {
	if p.waits.n+o.waits.n > maxVisits {
		return fault.Room(room, relmark.ErrLimit)
	}
	if p.ends == nil && len(o.ends) > 0 {
		p.ends = map[time.Duration]ends{}
	}
	for wait, e := range o.ends {
		sum := p.ends[wait]
		p.ends[wait] = ends{sum.served + e.served, sum.left + e.left}
	}
	p.waits.merge(o.waits)
	p.left += o.left
	return nil
}

// N returns how many waits there are.
func (p *PatienceLog) N() int64 { return int64(p.waits.n) }

// Left returns how many of them ended in leaving.
func (p *PatienceLog) Left() int64 { return int64(p.left) }

// lengths returns the lengths that occurred, ascending.
func (p *PatienceLog) lengths() []time.Duration {
	lengths := make([]time.Duration, 0, len(p.ends))
	for wait := range p.ends {
		lengths = append(lengths, wait)
	}
	slices.Sort(lengths)
	return lengths
}

// A PatienceStep is a length of wait at which somebody left.
type PatienceStep struct {
	At       Minutes  `json:"at"`
	AtRisk   int64    `json:"at_risk"` // waited that long or longer
	Left     int64    `json:"left"`
	Survival float64  `json:"survival"`     // share whose patience is longer
	SE       *float64 `json:"se,omitempty"` // Greenwood's standard error; nil where Survival is 0
}

// A LeavingRate is the rate at which customers give up if their patience has no memory:
// the θ of a queue of package waiting/queue, for a unit of minutes.
type LeavingRate struct {
	PerMinute float64 `json:"per_minute"` // leavings over all time waited
	// Low and High are its confidence interval, by the logarithm; nil where nobody left, as
	// is the logarithm of the likelihood.
	Low           *float64 `json:"low,omitempty"`
	High          *float64 `json:"high,omitempty"`
	LogLikelihood *float64 `json:"log_likelihood,omitempty"`
}

// A Patience is what a log says of how long customers are willing to wait. It is plain
// data, and a law of patience for queues whose unit is the minute.
type Patience struct {
	N         int64          `json:"n"`
	Left      int64          `json:"left"`
	TotalWait Minutes        `json:"total_wait"`
	Steps     []PatienceStep `json:"steps"`          // by Kaplan and Meier, ascending
	Rate      *LeavingRate   `json:"rate,omitempty"` // nil where nobody waited at all
}

// Patience estimates the law of patience: without a model by Kaplan and Meier, those who
// leave counting before those who are served after the same time, and as an exponential
// one by maximum likelihood with an interval of the given level. It fails with a
// [relmark.FieldError] for a level outside 0.5 to 0.9999 and with [relmark.ErrTooFew]
// without waits. It takes O(n·log n) time for n lengths.
func (p *PatienceLog) Patience(level float64) (Patience, error) {
	var l fault.List
	l.Between("level", level, 0.5, 0.9999)
	if err := l.Err(room); err != nil {
		return Patience{}, err
	}
	if p.waits.n == 0 {
		return Patience{}, fault.Room(room, relmark.ErrTooFew)
	}
	out := Patience{N: p.N(), Left: p.Left(), TotalWait: p.waits.total(), Steps: p.steps()}
	if total := float64(out.TotalWait); total > 0 {
		out.Rate = rateOf(float64(p.left), total, level)
	}
	return out, nil
}

// rateOf estimates an exponential law from leavings and the time waited.
func rateOf(left, total, level float64) *LeavingRate {
	r := &LeavingRate{PerMinute: left / total}
	if left > 0 {
		reach := math.Exp(stat.Normal(level) / math.Sqrt(left))
		r.Low, r.High = new(r.PerMinute/reach), new(r.PerMinute*reach)
		r.LogLikelihood = new(left*math.Log(r.PerMinute) - left)
	}
	return r
}

// steps multiplies up the shares who stay, with Greenwood's standard errors.
func (p *PatienceLog) steps() []PatienceStep {
	steps := []PatienceStep{}
	for _, s := range stat.KaplanMeier(p.waits.n, p.endings) {
		step := PatienceStep{At: Minutes(s.At), AtRisk: int64(s.AtRisk), Left: int64(s.Ended), Survival: s.Survival}
		if s.Survival > 0 {
			step.SE = new(s.Survival * math.Sqrt(s.Hazard))
		}
		steps = append(steps, step)
	}
	return steps
}

// endings yields how waits of each length, in minutes, ended.
func (p *PatienceLog) endings(yield func(stat.Ending) bool) {
	for _, wait := range p.lengths() {
		e := p.ends[wait]
		if !yield(stat.Ending{At: float64(wait) / float64(time.Minute), Ended: e.left, Censored: e.served}) {
			return
		}
	}
}

// Survival returns the share whose patience is longer than so many minutes; 1 before
// anybody left, and after the longest wait what was left then. It is NaN for NaN, and takes
// O(log n) time.
func (p Patience) Survival(minutes float64) float64 {
	if math.IsNaN(minutes) {
		return math.NaN()
	}
	i, found := slices.BinarySearchFunc(p.Steps, Minutes(minutes), func(s PatienceStep, t Minutes) int {
		switch {
		case s.At < t:
			return -1
		case s.At > t:
			return 1
		}
		return 0
	})
	if found {
		i++
	}
	if i == 0 {
		return 1
	}
	return p.Steps[i-1].Survival
}

// Kinks returns the minutes at which the survival falls, ascending.
func (p Patience) Kinks() []float64 {
	kinks := make([]float64, len(p.Steps))
	for i, s := range p.Steps {
		kinks[i] = float64(s.At)
	}
	return kinks
}

const patienceVersion = 1

// AppendBinary appends the encoding of p, version 1: for each length, ascending, its
// distance to the one before and how many waits ended in service and in leaving. Equal
// logs have equal encodings. It does not fail.
func (p *PatienceLog) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindPatience, patienceVersion)
	w.Count(len(p.ends))
	last := time.Duration(0)
	for _, wait := range p.lengths() {
		e := p.ends[wait]
		w.Uvarint(uint64(wait - last))
		w.Uvarint(e.served)
		w.Uvarint(e.left)
		last = wait
	}
	return w.Data(), nil
}

// MarshalBinary returns what [PatienceLog.AppendBinary] appends.
func (p *PatienceLog) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no log writes; p stays as it is then.
func (p *PatienceLog) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPatience, patienceVersion)
	out, last := PatienceLog{}, time.Duration(0)
	for i := range r.Count(3) {
		last += time.Duration(r.UpTo(math.MaxInt64 - int64(last)))
		e := ends{uint64(r.UpTo(maxVisits)), uint64(r.UpTo(maxVisits))}
		_, twice := out.ends[last]
		r.Check(!twice && e.served+e.left > 0 && e.served+e.left <= maxVisits-out.waits.n)
		if r.Err() != nil {
			break
		}
		if i == 0 {
			out.ends = map[time.Duration]ends{}
		}
		out.ends[last] = e
		out.left += e.left
		out.waits.merge(repeated(last, e.served+e.left))
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "patience log", err)
	}
	*p = out
	return nil
}

// repeated returns the sums of one length, so many times.
func repeated(d time.Duration, times uint64) (sum spells) {
	var power spells
	power.add(d)
	for ; times > 0; times >>= 1 {
		if times&1 == 1 {
			sum.merge(power)
		}
		power.merge(power)
	}
	return sum
}
