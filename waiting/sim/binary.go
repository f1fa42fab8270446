package sim

import (
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const statsVersion = 1

// AppendBinary appends the encoding of s, version 1: units, limits, the shape, and for
// every tally counts, sums, products of batches and the buckets that are not empty.
// Equal Stats have equal encodings. It does not fail.
func (s *Stats) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindSimulation, statsVersion)
	w.Varint(int64(s.unit))
	w.Count(len(s.limits))
	for _, x := range s.limits {
		w.Float64(x)
	}
	w.Count(s.classes)
	w.Count(len(s.areas))
	w.Float64(s.time)
	for _, a := range s.areas {
		for _, x := range [...]float64{a.system, a.queue, a.busy, a.servers} {
			w.Float64(x)
		}
	}
	for _, tallies := range [...][]Tally{s.cells, s.visits} {
		for i := range tallies {
			tallies[i].write(&w)
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Stats.AppendBinary] appends.
func (s *Stats) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no Stats write; s stays as it is then.
func (s *Stats) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindSimulation, statsVersion)
	out := readShape(&r)
	for i := range out.areas {
		for _, x := range [...]*float64{&out.areas[i].system, &out.areas[i].queue, &out.areas[i].busy, &out.areas[i].servers} {
			*x = positive(&r)
		}
	}
	for _, tallies := range [...][]Tally{out.cells, out.visits} {
		for i := range tallies {
			tallies[i].read(&r)
		}
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "stats", err)
	}
	*s = *out
	return nil
}

// readShape reads what says how many tallies follow.
func readShape(r *codec.Reader) *Stats {
	out := &Stats{unit: time.Duration(r.Varint())}
	for range r.Count(8) {
		out.limits = append(out.limits, positive(r))
	}
	var l fault.List
	checkLimits(&l, out.limits)
	out.classes = r.Count(leastTally)
	stations := r.Count(leastTally * out.width())
	out.time = positive(r)
	empty := out.unit == 0 && len(out.limits) == 0 && out.classes == 0 && stations == 0 && out.time == 0
	r.Check(l.Len() == 0 && (empty || out.unit > 0 && out.classes >= 1 && stations >= 1))
	r.Check(out.classes <= maxParts && stations <= maxParts)
	if r.Err() != nil || empty {
		return &Stats{}
	}
	out.areas = make([]areas, stations)
	out.cells = make([]Tally, stations*out.width())
	out.visits = make([]Tally, out.width())
	for i := range out.cells {
		out.cells[i].unit, out.cells[i].limits = out.unit, out.limits
	}
	return out
}

// leastTally is how many bytes a tally takes at the least.
const leastTally = 10 + 8*(3+3*fixedQuotients)

// positive reads a finite number of 0 or more.
func positive(r *codec.Reader) float64 {
	x := r.Finite()
	r.Check(x >= 0)
	return x
}

// whole are the counts of events, in the order in which they are stored.
func (c *counts) whole() [7]*float64 {
	return [...]*float64{&c.offered, &c.blocked, &c.balked, &c.began, &c.abandoned, &c.delayed, &c.served}
}

func (c *counts) sums() [3]*float64 { return [...]*float64{&c.wait, &c.waitServed, &c.sojourn} }

// used returns which quotients there are with so many limits.
func used(limits int) (which []int) {
	for i := range fixedQuotients {
		which = append(which, i)
	}
	for i := range limits {
		which = append(which, fixedQuotients+i, fixedQuotients+maxLimits+i)
	}
	return which
}

func (t *Tally) write(w *codec.Writer) {
	for _, n := range t.total.whole() {
		w.Uvarint(uint64(*n))
	}
	for _, x := range t.total.sums() {
		w.Float64(*x)
	}
	for i := range t.limits {
		w.Uvarint(uint64(t.total.late[i]))
		w.Uvarint(uint64(t.total.soon[i]))
	}
	w.Uvarint(uint64(t.batches))
	for _, i := range used(len(t.limits)) {
		for _, x := range [...]float64{t.sums[i].above, t.sums[i].mixed, t.sums[i].below} {
			w.Float64(x)
		}
	}
	t.waits.write(w)
}

func (t *Tally) read(r *codec.Reader) {
	for _, n := range t.total.whole() {
		*n = float64(r.UpTo(most53))
	}
	for _, x := range t.total.sums() {
		*x = positive(r)
	}
	for i := range t.limits {
		t.total.late[i], t.total.soon[i] = float64(r.UpTo(most53)), float64(r.UpTo(most53))
		r.Check(t.total.late[i]+t.total.soon[i] <= t.total.began+t.total.abandoned)
	}
	t.batches = float64(r.UpTo(most53))
	for _, i := range used(len(t.limits)) {
		for _, x := range [...]*float64{&t.sums[i].above, &t.sums[i].mixed, &t.sums[i].below} {
			*x = positive(r)
		}
	}
	r.Check(t.total.delayed <= t.total.began+t.total.abandoned)
	t.waits.read(r)
	_, all := t.waits.tail(0)
	r.Check(all == t.total.began+t.total.abandoned)
}

// most53 is the greatest count that a float64 holds exactly with all below it.
const most53 = 1 << 53

func (h *histogram) write(w *codec.Writer) {
	w.Uvarint(h.zero)
	filled, last := 0, 0
	for range h.filled() {
		filled++
	}
	w.Count(filled)
	for b, n := range h.filled() {
		w.Uvarint(uint64(b - last))
		w.Uvarint(n)
		last = b
	}
}

func (h *histogram) read(r *codec.Reader) {
	h.zero = uint64(r.UpTo(most53))
	last := 0
	for i := range r.Count(2) {
		step := r.UpTo(maxBucket)
		last += int(step)
		n := r.UpTo(most53)
		r.Check((i == 0 || step > 0) && n > 0 && last <= maxBucket)
		if r.Err() != nil {
			return
		}
		*h.at(last) = uint64(n)
	}
}

// maxBucket is beyond that of any wait.
const maxBucket = 1900 << fraction
