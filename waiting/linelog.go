package waiting

import (
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Visit is what a log knows of one customer. An instant that has not come, or was not
// written down, is the zero time. It is plain data.
type Visit struct {
	Arrived time.Time `json:"arrived"`
	Started time.Time `json:"started,omitzero"` // service began
	Ended   time.Time `json:"ended,omitzero"`   // service ended
	Left    time.Time `json:"left,omitzero"`    // gave up
}

// check adds the rules that a visit breaks.
func (v Visit) check(l *fault.List) {
	l.Check(!v.Arrived.IsZero(), "Arrived", nil, "must be given")
	l.Check(v.Started.IsZero() || v.Left.IsZero(), "Left", v.Left, "must not be given of one who was served")
	l.Check(v.Ended.IsZero() || !v.Started.IsZero(), "Ended", v.Ended, "must not be given without Started")
	l.Check(v.Started.IsZero() || !v.Started.Before(v.Arrived), "Started", v.Started, "must not be before Arrived")
	l.Check(v.Ended.IsZero() || !v.Ended.Before(v.Started), "Ended", v.Ended, "must not be before Started")
	l.Check(v.Left.IsZero() || !v.Left.Before(v.Arrived), "Left", v.Left, "must not be before Arrived")
	for _, at := range [...]time.Time{v.Arrived, v.Started, v.Ended, v.Left} {
		l.Check(at.IsZero() || at.Year() >= 1700 && at.Year() <= 2250, "Visit", at, "must be of a year from 1700 to 2250")
	}
}

// A LineLog turns raw timestamps of a line into what formulas ask for: rates, means,
// variability, utilization, and a check by Little's law that the log is whole. Obtain one
// from [NewLineLog]; the zero LineLog takes nobody, and can be decoded into. It holds
// eight bytes for each arrival. It is not safe for concurrent mutation.
type LineLog struct {
	opaque

	from, to int64 // nanoseconds since 1970
	servers  int

	arrivals                  []int64 // in the window, in any order
	started, ended, left      uint64
	n                         uint64
	waits, waitsServed        spells
	services, sojourns        spells
	present, waiting, serving spells // parts within the window
}

// NewLineLog returns a log of the window from an instant to a later one, in front of so
// many servers. It fails with a [relmark.FieldError] unless to is after from, both are of
// the years 1700 to 2250, and servers is 1 to 1,000,000,000.
func NewLineLog(from, to time.Time, servers int) (*LineLog, error) {
	var l fault.List
	for _, at := range [...]time.Time{from, to} {
		l.Check(at.Year() >= 1700 && at.Year() <= 2250, "window", at, "must be of a year from 1700 to 2250")
	}
	l.Check(to.After(from), "to", to, "must be after from")
	l.Check(servers >= 1 && servers <= 1_000_000_000, "servers", servers, "must be 1 to 1000000000")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return &LineLog{from: from.UnixNano(), to: to.UnixNano(), servers: servers}, nil
}

// Add counts a customer, in any order. Whoever was there before the window or after it
// counts for the part within. It fails with a [relmark.FieldError] for a visit whose
// instants contradict each other, and with [relmark.ErrLimit] past 2⁴⁰ visits.
func (g *LineLog) Add(v Visit) error {
	var l fault.List
	l.Check(g.servers > 0, "LineLog", nil, "must come from NewLineLog")
	v.check(&l)
	if err := l.Err(room); err != nil {
		return err
	}
	if g.n >= maxVisits {
		return fault.Room(room, relmark.ErrLimit)
	}
	g.n++
	arrived := v.Arrived.UnixNano()
	if arrived >= g.from && arrived < g.to {
		g.arrivals = append(g.arrivals, arrived)
	}
	began, gone := g.count(v)
	g.within(&g.present, arrived, gone)
	g.within(&g.waiting, arrived, began)
	if !v.Started.IsZero() {
		g.within(&g.serving, began, gone)
	}
	return nil
}

// count adds what has come to an end, and returns when the wait and the visit ended, the
// end of the window if they have not.
func (g *LineLog) count(v Visit) (began, gone int64) {
	began, gone = g.to, g.to
	if !v.Started.IsZero() {
		began = v.Started.UnixNano()
		g.started++
		g.waits.add(v.Started.Sub(v.Arrived))
		g.waitsServed.add(v.Started.Sub(v.Arrived))
	}
	if !v.Ended.IsZero() {
		gone = v.Ended.UnixNano()
		g.ended++
		g.services.add(v.Ended.Sub(v.Started))
		g.sojourns.add(v.Ended.Sub(v.Arrived))
	}
	if !v.Left.IsZero() {
		began, gone = v.Left.UnixNano(), v.Left.UnixNano()
		g.left++
		g.waits.add(v.Left.Sub(v.Arrived))
		g.sojourns.add(v.Left.Sub(v.Arrived))
	}
	return began, gone
}

// within adds the part of a time that lies in the window.
func (g *LineLog) within(s *spells, start, end int64) {
	if start, end = max(start, g.from), min(end, g.to); end > start {
		s.add(time.Duration(end - start))
	}
}

// Merge adds the customers of o, which stays as it is: exactly, in any order. Windows
// and servers are those of one line; to put shifts together compare their facts. It
// fails with a [relmark.FieldError] if they differ, and with [relmark.ErrLimit] past 2⁴⁰
// visits.
func (g *LineLog) Merge(o *LineLog) error {
	var l fault.List
	l.Check(g.from == o.from && g.to == o.to, "window", nil, "must be that of the other")
	l.Check(g.servers == o.servers, "servers", o.servers, "must be as many as those of the other")
	if err := l.Err(room); err != nil {
		return err
	}
	if g.n+o.n > maxVisits {
		return fault.Room(room, relmark.ErrLimit)
	}
	g.arrivals = append(g.arrivals, o.arrivals...)
	g.n += o.n
	g.started += o.started
	g.ended += o.ended
	g.left += o.left
	mine, others := g.sums(), o.sums()
	for i := range mine {
		mine[i].merge(*others[i])
	}
	return nil
}

// sums are all sums of times, in the order in which they are stored.
func (g *LineLog) sums() [7]*spells {
	return [...]*spells{&g.waits, &g.waitsServed, &g.services, &g.sojourns, &g.present, &g.waiting, &g.serving}
}

// Facts are what a log says of a line. What cannot be told is nil. It is plain data.
type Facts struct {
	Arrivals   int64    `json:"arrivals"`              // in the window
	PerMinute  float64  `json:"per_minute"`            // rate of arrivals
	GapCV2     *float64 `json:"gap_cv2,omitempty"`     // squared coefficient of variation of the gaps between arrivals; nil below three arrivals
	Started    int64    `json:"started"`               // customers whose service began
	Served     int64    `json:"served"`                // customers whose service ended
	Abandoned  int64    `json:"abandoned"`             // customers who left
	Open       int64    `json:"open"`                  // customers who are still there, as far as the log knows
	MeanWait   *Minutes `json:"mean_wait,omitempty"`   // of waits that ended, in either way
	MeanServed *Minutes `json:"mean_served,omitempty"` // wait of those whose service began

	MeanService *Minutes `json:"mean_service,omitempty"`
	ServiceCV2  *float64 `json:"service_cv2,omitempty"`  // nil below two services
	MeanSojourn *Minutes `json:"mean_sojourn,omitempty"` // of those who are gone

	System      float64 `json:"system"`      // mean number of customers there, over the window
	Line        float64 `json:"line"`        // mean number of customers who wait
	Utilization float64 `json:"utilization"` // share of their time that servers are busy

	// Little is System over arrivals times MeanSojourn: 1 on a window that begins and ends
	// empty, and near 1 on a long one. Otherwise something is missing in the log. It is nil
	// where nobody is gone.
	Little *float64 `json:"little,omitempty"`
}

// Facts returns what the log says. It fails with [relmark.ErrTooFew] without customers. It
// takes O(n·log n) time for n arrivals.
func (g *LineLog) Facts() (Facts, error) {
	if g.n == 0 {
		return Facts{}, fault.Room(room, relmark.ErrTooFew)
	}
	window := Minutes(float64(g.to-g.from) / float64(time.Minute))
	f := Facts{
		Arrivals: int64(len(g.arrivals)), PerMinute: float64(len(g.arrivals)) / float64(window),
		Started: int64(g.started), Served: int64(g.ended), Abandoned: int64(g.left), Open: int64(g.n - g.ended - g.left),
		System: float64(g.present.total() / window), Line: float64(g.waiting.total() / window),
		Utilization: float64(g.serving.total() / window / Minutes(g.servers)),
		MeanWait:    known(g.waits.mean()), MeanServed: known(g.waitsServed.mean()),
		MeanService: known(g.services.mean()), ServiceCV2: known(g.services.cv2()),
		MeanSojourn: known(g.sojourns.mean()), GapCV2: known(g.gaps().cv2()),
	}
	if f.MeanSojourn != nil && *f.MeanSojourn > 0 && f.Arrivals > 0 {
		f.Little = new(f.System / (f.PerMinute * float64(*f.MeanSojourn)))
	}
	return f, nil
}

// known returns a pointer to what there is.
func known[T any](x T, ok bool) *T {
	if !ok {
		return nil
	}
	return &x
}

// gaps are the times between arrivals.
func (g *LineLog) gaps() (s spells) {
	at := slices.Sorted(slices.Values(g.arrivals))
	for i := 1; i < len(at); i++ {
		s.add(time.Duration(at[i] - at[i-1]))
	}
	return s
}

const lineLogVersion = 1

// AppendBinary appends the encoding of g, version 1: the window, servers, counts, sums,
// and the arrivals in order as distances. Equal logs have equal encodings. It does not
// fail.
func (g *LineLog) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindLineLog, lineLogVersion)
	w.Varint(g.from)
	w.Varint(g.to)
	w.Uvarint(uint64(g.servers))
	for _, n := range [...]uint64{g.n, g.started, g.ended, g.left} {
		w.Uvarint(n)
	}
	for _, s := range g.sums() {
		s.write(&w)
	}
	w.Count(len(g.arrivals))
	last := g.from
	for _, at := range slices.Sorted(slices.Values(g.arrivals)) {
		w.Uvarint(uint64(at - last))
		last = at
	}
	return w.Data(), nil
}

// MarshalBinary returns what [LineLog.AppendBinary] appends.
func (g *LineLog) MarshalBinary() ([]byte, error) { return g.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no log writes; g stays as it is then.
func (g *LineLog) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindLineLog, lineLogVersion)
	out := LineLog{from: r.Varint(), to: r.Varint(), servers: int(r.UpTo(1_000_000_000))}
	for _, n := range [...]*uint64{&out.n, &out.started, &out.ended, &out.left} {
		*n = uint64(r.UpTo(maxVisits))
	}
	for _, s := range out.sums() {
		*s = readSpells(&r)
	}
	empty := out.from == 0 && out.to == 0 && out.servers == 0
	r.Check(empty && out.n == 0 || out.to > out.from && out.servers > 0)
	r.Check(out.ended <= out.started && out.started+out.left <= out.n)
	r.Check(out.waits.n == out.started+out.left && out.waitsServed.n == out.started && out.services.n == out.ended && out.sojourns.n == out.ended+out.left)
	out.readArrivals(&r)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "line log", err)
	}
	*g = out
	return nil
}

func (g *LineLog) readArrivals(r *codec.Reader) {
	n := r.Count(1)
	r.Check(uint64(n) <= g.n)
	if r.Err() != nil {
		return
	}
	last := g.from
	for range n {
		step := r.UpTo(math.MaxInt64)
		r.Check(step < g.to-last)
		last += step
		g.arrivals = append(g.arrivals, last)
	}
}
