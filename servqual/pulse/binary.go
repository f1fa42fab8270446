package pulse

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Versions of the encodings that are written here. Every version that was ever
// written can be read.
const (
	tallyVersion    = 1
	weightedVersion = 1
)

// AppendBinary appends the encoding of t, version 1: the scale, how many were blank
// and the counts of all answers. Equal tallies have equal encodings. It does not fail.
func (t *Tally) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindPulse, tallyVersion)
	writeScale(&w, t.scale)
	w.Uvarint(t.blank)
	w.Count(len(t.counts))
	for _, c := range t.counts {
		w.Uvarint(c)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Tally.AppendBinary] appends.
func (t *Tally) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no tally writes; t stays as it is then.
func (t *Tally) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPulse, tallyVersion)
	out := Tally{scale: readScale(&r), blank: r.Uvarint()}
	n := r.Count(1)
	out.counts = readList(&r, out.scale, n, r.Uvarint)
	left := uint64(limit)
	for _, c := range append([]uint64{out.blank}, out.counts...) {
		r.Check(c <= left)
		left -= min(c, left)
	}
	if err := r.Done(); err != nil {
		return fault.Decode("pulse", "tally", err)
	}
	*t = out
	return nil
}

// AppendBinary appends the encoding of w, version 1: the scale, how many answers
// there are, and both sums of all answers. It does not fail.
func (w *Weighted) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindPulseWeighted, weightedVersion)
	writeScale(&out, w.scale)
	out.Uvarint(w.n)
	out.Count(len(w.sums))
	for i, sum := range w.sums {
		out.Float64(sum)
		out.Float64(w.squares[i])
	}
	return out.Data(), nil
}

// MarshalBinary returns what [Weighted.AppendBinary] appends.
func (w *Weighted) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// UnmarshalBinary reads an encoding as [Tally.UnmarshalBinary] does.
func (w *Weighted) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPulseWeighted, weightedVersion)
	out := Weighted{scale: readScale(&r), n: r.Uvarint()}
	r.Check(out.n <= limit)
	pairs := readList(&r, out.scale, r.Count(16), func() [2]float64 { return [2]float64{r.Finite(), r.Finite()} })
	answered := uint64(0)
	for _, p := range pairs {
		r.Check(p == [2]float64{} || p[0] >= minWeight && p[1] >= minWeight*minWeight && p[1] <= p[0]*p[0]*(1+1e-9))
		out.sums, out.squares = append(out.sums, p[0]), append(out.squares, p[1])
		if p[0] > 0 {
			answered++
		}
	}
	r.Check(answered <= out.n && (answered > 0 || out.n == 0))
	if err := r.Done(); err != nil {
		return fault.Decode("pulse", "weighted answers", err)
	}
	*w = out
	return nil
}

func writeScale(w *codec.Writer, s Scale) {
	w.Varint(int64(s.Low))
	w.Varint(int64(s.High))
}

// readScale reads a scale that is valid, or the zero one.
func readScale(r *codec.Reader) Scale {
	low, high := r.Varint(), r.Varint()
	r.Check(low >= -127 && low <= 127 && high >= -127 && high <= 127)
	if r.Err() != nil {
		return Scale{}
	}
	s := Scale{int(low), int(high)}
	r.Check(s == Scale{} || s.Validate() == nil)
	return s
}

// readList reads as many elements as the scale has answers, none for the zero scale.
func readList[T any](r *codec.Reader, s Scale, n int, read func() T) []T {
	want := 0
	if s != (Scale{}) {
		want = s.High - s.Low + 1
	}
	r.Check(n == want)
	if r.Err() != nil {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = read()
	}
	return list
}
