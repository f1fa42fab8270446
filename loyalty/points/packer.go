package points

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
)

// A packer reads or writes a snapshot: a type describes itself once for both.
type packer struct {
	w *codec.Writer
	r *codec.Reader // nil when writing
}

func (p *packer) int(v *int64) {
	if p.r == nil {
		p.w.Varint(*v)
		return
	}
	*v = p.r.Varint()
}

func (p *packer) ints(list ...*int64) {
	for _, v := range list {
		p.int(v)
	}
}

func (p *packer) uint(v *uint64) {
	if p.r == nil {
		p.w.Uvarint(*v)
		return
	}
	*v = p.r.Uvarint()
}

func (p *packer) uint32(v *uint32) {
	n := uint64(*v)
	p.uint(&n)
	p.check(n <= 1<<32-1)
	*v = uint32(n)
}

func (p *packer) bool(v *bool) {
	if p.r == nil {
		p.w.Bool(*v)
		return
	}
	*v = p.r.Bool()
}

func (p *packer) text(v *string) {
	if p.r == nil {
		p.w.String(*v)
		return
	}
	*v = p.r.String()
}

// date packs a date as the number of days since the last of the year 0; 0 is none.
func (p *packer) date(v *relmark.Date) {
	var before int64
	p.dateSince(&before, v)
}

// dateSince packs a date as its difference to the one before, which it then is.
func (p *packer) dateSince(before *int64, v *relmark.Date) {
	first, _ := relmark.NewDate(1, 1, 1)
	n := int64(0)
	if !v.IsZero() {
		n = int64(v.Sub(first)) + 1
	}
	p.since(before, &n)
	p.check(n >= 0 && n <= int64(calendar.Last))
	if p.r != nil && n > 0 && n <= int64(calendar.Last) {
		*v = first.AddDays(int(n - 1))
	}
}

// since packs a number as its difference to the one before, which it then is.
func (p *packer) since(before, v *int64) {
	diff := *v - *before
	p.int(&diff)
	*v = *before + diff
	*before = *v
}

func (p *packer) check(ok bool) {
	if p.r != nil {
		p.r.Check(ok)
	}
}

// packAll packs a list whose elements take least bytes or more.
func packAll[T any](p *packer, list *[]T, least int, each func(*packer, *T)) {
	if p.r == nil {
		p.w.Count(len(*list))
	} else if n := p.r.Count(least); n > 0 {
		*list = make([]T, n)
	}
	for i := range *list {
		each(p, &(*list)[i])
	}
}

// byte packs the eight bits of a number from one on.
func (p *packer) byte(v *uint64, from int) {
	if p.r == nil {
		p.w.Byte(byte(*v >> from))
		return
	}
	*v |= uint64(p.r.Byte()) << from
}

// packIndex packs an index as two lists of one length, the names first, and builds
// the map beside it anew. Names must not repeat: find would never see the second.
func packIndex[T any](p *packer, x *index[T], least int, each func(*packer, *T)) {
	if p.r == nil && x.gone > 0 {
		kept := *x
		kept.keep(func(*T) bool { return true })
		x = &kept
	}
	p.names(&x.names)
	packAll(p, &x.items, least, each)
	if p.r != nil {
		p.check(len(x.names) == len(x.items) && x.build())
	}
}

// names packs names, each of which often begins as the one before. When reading, they
// are pieces of one text.
func (p *packer) names(list *[]string) {
	if p.r != nil {
		*list = p.readNames()
		return
	}
	p.w.Count(len(*list))
	before := ""
	for _, name := range *list {
		n := 0
		for n < min(len(name), len(before)) && name[n] == before[n] {
			n++
		}
		p.w.Uvarint(uint64(n))
		p.w.String(name[n:])
		before = name
	}
}

// longest is the length of the longest name: that of the source of an activity.
const longest = 3 + 2*canon.MaxName

// readNames is names when reading.
func (p *packer) readNames() []string {
	n := p.r.Count(2)
	ends := make([]int, 0, n)
	var text []byte
	before := 0 // where the last name begins
	for range n {
		same := p.r.Uvarint()
		rest := p.r.Bytes()
		start := len(text)
		if same > uint64(start-before) || same+uint64(len(rest)) > longest {
			p.check(false)
			return nil
		}
		text = append(text, text[before:before+int(same)]...)
		text = append(text, rest...)
		before, ends = start, append(ends, len(text))
	}
	all, list := string(text), make([]string, n)
	start := 0
	for i, end := range ends {
		list[i] = all[start:end]
		start = end
	}
	return list
}
