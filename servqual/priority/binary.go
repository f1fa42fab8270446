package priority

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Versions of the encodings that are written here. Every version that was ever written can
// be read.
const (
	kanoVersion    = 1
	windowVersion  = 1
	ratingsVersion = 1
	driversVersion = 1
)

// AppendBinary appends the encoding of k, version 1: the counts of the 25 pairs of feelings
// and the moments of importance. Equal values have equal encodings. It does not fail.
func (k *Kano) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindKano, kanoVersion)
	for _, c := range k.cells {
		w.Uvarint(c)
	}
	writeMoments(&w, k.importance)
	return w.Data(), nil
}

// MarshalBinary returns what [Kano.AppendBinary] appends.
func (k *Kano) MarshalBinary() ([]byte, error) { return k.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no Kano writes; k stays as it is then.
func (k *Kano) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindKano, kanoVersion)
	var out Kano
	left := uint64(limit)
	for i := range out.cells {
		out.cells[i] = counted(&r, &left)
	}
	out.importance = readMoments(&r, limit-left, 100)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "answers of Kano", err)
	}
	*k = out
	return nil
}

// counted reads a count of what is left to be counted.
func counted(r *codec.Reader, left *uint64) uint64 {
	n := r.Uvarint()
	r.Check(n <= *left)
	*left -= min(n, *left)
	return n
}

func writeMoments(w *codec.Writer, m stat.Moments) {
	for _, word := range m.Words() {
		w.Uvarint(word)
	}
}

// readMoments reads the moments of at most n numbers of 0 to largest.
func readMoments(r *codec.Reader, n, largest uint64) stat.Moments {
	var words [5]uint64
	for i := range words {
		words[i] = r.Uvarint()
	}
	m := stat.FromWords(words)
	r.Check(m.N() <= n && m.Possible(largest))
	return m
}

func writeNames(w *codec.Writer, names []string) {
	w.Count(len(names))
	for _, name := range names {
		w.String(name)
	}
}

// readNames reads at most so many names, each once.
func readNames(r *codec.Reader, most int) (names []string) {
	n := r.Count(2)
	r.Check(n <= most)
	if r.Err() != nil {
		return nil
	}
	seen := map[string]bool{}
	for range n {
		name := r.Name(fault.MaxName)
		r.Check(!seen[name])
		seen[name] = true
		names = append(names, name)
	}
	return names
}

// AppendBinary appends the encoding of w, version 1: the needs, and their counts by stage
// and pane. Equal windows have equal encodings. It does not fail.
func (w *Window) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindWindow, windowVersion)
	writeNames(&out, w.needs)
	for _, c := range w.counts {
		for _, s := range c {
			for _, n := range s {
				out.Uvarint(n)
			}
		}
	}
	return out.Data(), nil
}

// MarshalBinary returns what [Window.AppendBinary] appends.
func (w *Window) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// UnmarshalBinary reads an encoding as [Kano.UnmarshalBinary] does.
func (w *Window) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindWindow, windowVersion)
	out := Window{needs: readNames(&r, maxNeeds)}
	left := uint64(limit)
	for range out.needs {
		var c [3][4]uint64
		for s := range c {
			for p := range c[s] {
				c[s][p] = counted(&r, &left)
			}
		}
		out.counts = append(out.counts, c)
	}
	out.n = limit - left
	if err := r.Done(); err != nil {
		return fault.Decode(room, "window of needs", err)
	}
	*w = out
	return nil
}

// AppendBinary appends the encoding of r, version 1: the questionnaire, how many customers
// there are, and the moments of each attribute. Equal ratings have equal encodings. It does
// not fail.
func (r *Ratings) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRatings, ratingsVersion)
	writeNames(&w, r.params.Attributes)
	if len(r.sums) == 0 {
		return w.Data(), nil
	}
	w.Varint(int64(r.params.Low))
	w.Varint(int64(r.params.High))
	w.Uvarint(r.rows)
	for _, s := range r.sums {
		writeMoments(&w, s.performance)
		writeMoments(&w, s.importance)
		writeMoments(&w, s.gap)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Ratings.AppendBinary] appends.
func (r *Ratings) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// UnmarshalBinary reads an encoding as [Kano.UnmarshalBinary] does.
func (r *Ratings) UnmarshalBinary(data []byte) error {
	in := codec.NewReader(data, codec.KindRatings, ratingsVersion)
	out := Ratings{params: RatingParams{Attributes: readNames(&in, maxAttributes)}}
	if len(out.params.Attributes) > 0 {
		out.params.Low, out.params.High = end(&in), end(&in)
		out.rows = in.Uvarint()
		in.Check(out.rows <= limit && out.params.Validate() == nil)
	}
	for range out.params.Attributes {
		if in.Err() != nil {
			break
		}
		span := uint64(out.params.High - out.params.Low)
		s := rated{readMoments(&in, out.rows, span), readMoments(&in, out.rows, span), readMoments(&in, out.rows, 2*span)}
		p, q, both := s.performance.N(), s.importance.N(), s.gap.N()
		in.Check(both <= min(p, q) && p+q <= out.rows+both)
		out.sums = append(out.sums, s)
	}
	if err := in.Done(); err != nil {
		return fault.Decode(room, "ratings", err)
	}
	*r = out
	return nil
}

// end reads an end of a scale.
func end(r *codec.Reader) int {
	v := r.Varint()
	r.Check(v >= -127 && v <= 127)
	return int(min(max(v, -127), 127))
}

// AppendBinary appends the encoding of d, version 1: the questionnaire, how many customers
// there are, and the sums and products of those who rated everything. Equal drivers have
// equal encodings. It does not fail.
func (d *Drivers) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindDrivers, driversVersion)
	p := &d.params
	writeNames(&w, p.Attributes)
	if d.cross == nil {
		return w.Data(), nil
	}
	for _, v := range []int{p.Low, p.High, p.Penalty, p.Reward} {
		w.Varint(int64(v))
	}
	w.Uvarint(uint64(p.Unit))
	w.Uvarint(d.rows)
	for _, word := range d.cross.Words() {
		w.Uvarint(word)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Drivers.AppendBinary] appends.
func (d *Drivers) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary reads an encoding as [Kano.UnmarshalBinary] does.
func (d *Drivers) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindDrivers, driversVersion)
	out, err := readDrivers(&r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "drivers", err)
	}
	*d = out
	return nil
}

func readDrivers(r *codec.Reader) (Drivers, error) {
	p := DriverParams{Attributes: readNames(r, maxDrivers)}
	if len(p.Attributes) == 0 {
		return Drivers{}, r.Err()
	}
	p.Low, p.High, p.Penalty, p.Reward = end(r), end(r), end(r), end(r)
	p.Unit = int(r.UpTo(1000))
	rows := uint64(r.UpTo(limit))
	if err := r.Err(); err != nil {
		return Drivers{}, err
	}
	d, err := NewDrivers(p)
	if err != nil {
		return Drivers{}, codec.ErrCorrupt
	}
	words := make([]uint64, len(d.cross.Words()))
	for i := range words {
		words[i] = r.Uvarint()
	}
	d.rows, d.cross = rows, stat.CrossOf(d.cross.Columns(), words)
	r.Check(d.cross != nil && words[0] <= rows && d.plausible(words))
	return *d, r.Err()
}

// plausible reports whether sums are within what ratings can have: the rest is for the
// cross-products to know.
func (d *Drivers) plausible(words []uint64) bool {
	n := int64(words[0])
	k, p := len(d.params.Attributes), d.params
	for i := range 3*k + 1 {
		low, high := int64(-maxOverall), int64(maxOverall)
		if i < k {
			low, high = int64(p.Low), int64(p.High)
		} else if i < 3*k {
			low, high = 0, 1
		}
		upper, sum := words[1+2*i], int64(words[2+2*i])
		if upper != uint64(sum>>63) || sum < low*n || sum > high*n {
			return false
		}
	}
	return true
}
