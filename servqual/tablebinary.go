package servqual

import (
	"cmp"
	"maps"
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/stat"
)

// write writes the parts in ascending order, each the columns it has as bits, its sign,
// and its rows, sums and sums of products in two halves each.
func (t *table) write(w *codec.Writer) {
	w.Count(len(t.parts))
	for _, at := range slices.SortedFunc(maps.Keys(t.parts), part.compare) {
		w.Uvarint(at.has)
		w.Uvarint(uint64(at.sign))
		for _, v := range t.parts[at].Words() {
			w.Uvarint(v)
		}
	}
}

func (p part) compare(o part) int {
	return cmp.Or(cmp.Compare(p.has, o.has), cmp.Compare(p.sign, o.sign))
}

// read fills an empty table. Rows must be able to have the sums, and fit what else is
// asked of a part.
func (t *table) read(r *codec.Reader, fits func(at part, c *stat.Cross) bool) {
	words := make([]uint64, len(stat.NewCross(t.asked).Words()))
	last := part{sign: -1}
	for range r.Count(2) {
		has, sign := r.Uvarint(), r.Uvarint()
		r.Check(has < 1<<t.asked && sign <= 127)
		for i := range words {
			words[i] = r.Uvarint()
		}
		if r.Err() != nil {
			return
		}
		at := part{has, int8(sign)}
		c := stat.CrossOf(t.asked, words)
		r.Check(last.compare(at) < 0 && c != nil && t.possible(at, c) && fits(at, c))
		if r.Err() != nil {
			return
		}
		t.parts[at], last = c, at
		t.rows += uint64(c.N())
	}
	r.Check(t.rows <= maxRespondents)
}

// possible reports whether there are rows, each mean is on its scale, no standard
// deviation is more than half of it, and columns that are not there are 0.
func (t *table) possible(at part, c *stat.Cross) bool {
	if c.N() < 1 || c.N() > maxRespondents {
		return false
	}
	for i, e := range t.ends[:t.asked] {
		if at.has>>i&1 == 0 {
			e = ends{}
		}
		of := c.Summary(i, t.units[i])
		mean, _ := of.Mean()
		variance, _ := of.Variance()
		if mean < e.low || mean > e.high ||
			variance*float64(c.N()-1)/float64(c.N()) > square((e.high-e.low)/2)*(1+1e-12) {
			return false
		}
	}
	return true
}

func writeColumns(w *codec.Writer, columns []Column) {
	w.Count(len(columns))
	for _, c := range columns {
		w.String(c.Name)
		w.Varint(int64(c.Low))
		w.Varint(int64(c.High))
	}
}

// readColumns reads columns that may still be invalid.
func readColumns(r *codec.Reader) []Column {
	columns := make([]Column, r.Count(3))
	for i := range columns {
		c := Column{Name: r.String()}
		low, high := r.Varint(), r.Varint()
		r.Check(minLow <= low && low < high && high <= maxHigh)
		c.Low, c.High = int(max(min(low, maxHigh), minLow)), int(max(min(high, maxHigh), minLow))
		columns[i] = c
	}
	return columns
}
