package csi

import (
	"math"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// momentsVersion is the version that is written. Every version that was ever written can
// be read.
const momentsVersion = 1

// AppendBinary appends the encoding of a, version 1: the items with their scales, or none
// for zero Moments, the counts of rows, then the sums of complete rows and of pairs. Equal
// moments have equal encodings. It does not fail.
func (a *Moments) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindPathMoments, momentsVersion)
	w.Count(len(a.columns))
	for _, c := range a.columns {
		w.Uvarint(uint64(c.item))
		w.Float64(c.low)
		w.Float64(c.high)
		w.Bool(c.open)
	}
	if a.columns != nil {
		w.Uvarint(uint64(a.rows))
		w.Uvarint(uint64(a.complete))
		for _, t := range a.stored() {
			for _, v := range t {
				w.Float64(v)
			}
		}
	}
	return w.Data(), nil
}

// stored returns the sums that are not 0 for sure.
func (a *Moments) stored() [][]float64 {
	all := a.tables()
	if a.complete == a.rows {
		return all[:2]
	}
	return all[:]
}

// MarshalBinary returns what [Moments.AppendBinary] appends.
func (a *Moments) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no moments write, sums that no answers can have among it; a stays as
// it is then.
func (a *Moments) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPathMoments, momentsVersion)
	out := readMoments(&r)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "moments", err)
	}
	*a = *out
	return nil
}

func readMoments(r *codec.Reader) *Moments {
	columns := readColumns(r)
	if r.Err() != nil || len(columns) == 0 {
		return &Moments{}
	}
	rows, complete := r.UpTo(maxRespondents), r.UpTo(maxRespondents)
	if k := len(columns); !r.Holds(8 * (k + k*(k+1)/2)) { // before memory is made for so many sums
		return &Moments{}
	}
	a := newMoments(columns)
	a.rows, a.complete = rows, complete
	for _, t := range a.stored() {
		for i := range t {
			t[i] = r.Finite()
		}
	}
	r.Check(r.Err() == nil && a.possible())
	return a
}

func readColumns(r *codec.Reader) (columns []column) {
	n, seen := r.Count(18), map[int]bool{}
	r.Check(n <= maxItems)
	for range min(n, maxItems) {
		c := column{int(r.UpTo(maxPosition)), r.Finite(), r.Finite(), r.Bool()}
		r.Check(c.high-c.low >= minSpan && math.Abs(c.low) <= maxEnd && math.Abs(c.high) <= maxEnd && !seen[c.item])
		seen[c.item] = true
		columns = append(columns, c)
	}
	return columns
}

// possible checks counts, and every pair of items for itself, with some room for rounding.
func (a *Moments) possible() bool {
	if a.complete > a.rows {
		return false
	}
	k, left, answers := len(a.columns), float64(a.rows-a.complete), 0.0
	for i := range k {
		own := a.partial.n[i*k+i]
		answers += own
		for j := range k {
			ij, ji := i*k+j, j*k+i
			n := a.partial.n[ij]
			whole := n >= 0 && n == math.Trunc(n) && n == a.partial.n[ji]
			if !whole || n > min(own, a.partial.n[j*k+j]) || own+a.partial.n[j*k+j] > left+n {
				return false
			}
			if j < i {
				if a.partial.xy[ij] != 0 {
					return false
				}
				continue
			}
			p := moments{n, a.partial.x[ij], a.partial.x[ji], a.partial.xx[ij], a.partial.xx[ji], a.partial.xy[ij]}
			f := moments{float64(a.complete), a.full.x[i], a.full.x[j], a.square(i), a.square(j), a.full.xy[i*k-i*(i-1)/2+j-i]}
			if !p.possible(a.columns[i], a.columns[j]) || !f.possible(a.columns[i], a.columns[j]) || i == j && (p.xx != p.xy || f.xx != f.xy) {
				return false
			}
		}
	}
	return answers <= left*float64(k-1) // each lacks one at least
}

// moments are those of two columns.
type moments struct{ n, x, y, xx, yy, xy float64 }

// possible reports whether some rows can have these moments: within their scales, no mean
// square below the square of the mean, and no product beyond what Cauchy and Schwarz allow.
func (m moments) possible(a, b column) bool {
	if m.n == 0 {
		return m == moments{}
	}
	const room = 1 + 1e-9
	fits := func(c column, x, xx float64) bool {
		low, high := c.bounds()
		far := max(high-c.middle(), c.middle()-low)
		return math.Abs(x) <= m.n*far*room && xx >= 0 && xx <= m.n*far*far*room && x*(x/m.n) <= xx*room
	}
	return fits(a, m.x, m.xx) && fits(b, m.y, m.yy) && m.xy*m.xy <= m.xx*m.yy*room
}
