package points

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// linesPayload describes the lines of an order as they are compared: what is absent as
// its default, numbers as numbers, tags and measures as sets, the lines in order.
func linesPayload(f *canon.Form, lines []earning.OrderLine) {
	position := 0
	canon.List(f, "lines", &lines, func(l *earning.OrderLine, f *canon.Form) {
		position++
		id := l.ID
		if id == strconv.Itoa(position) {
			id = ""
		}
		f.Text("id", &id)
		amount(f, l.Amount)
		if l.Quantity != nil {
			number(f, "quantity", *l.Quantity, "1")
		}
		f.Text("category", &l.Category)
		f.Text("item", &l.Item)
		if len(l.Tags) > 0 {
			tags := slices.Compact(slices.Sorted(slices.Values(l.Tags)))
			canon.List(f, "tags", &tags, codeMark)
		}
		if len(l.Measures) > 0 {
			measuresPayload(f, slices.Clone(l.Measures))
		}
	})
}

// measuresPayload describes measures; one of 0 is as if it were not there.
func measuresPayload(f *canon.Form, list []earning.Measure) {
	list = slices.DeleteFunc(list, func(m earning.Measure) bool { return m.Value.Sign() == 0 })
	slices.SortStableFunc(list, func(a, b earning.Measure) int { return strings.Compare(a.Name, b.Name) })
	canon.List(f, "measures", &list, func(m *earning.Measure, f *canon.Form) {
		f.Text("name", &m.Name)
		number(f, "value", m.Value, "")
	})
}

// tagsPayload describes the tags of an order, as a set.
func tagsPayload(f *canon.Form, tags []earning.Tag) {
	if len(tags) > 1 {
		tags = slices.Compact(slices.SortedFunc(slices.Values(tags), func(a, b earning.Tag) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
		}))
	}
	canon.List(f, "tags", &tags, codeTag)
}

// number describes a number that has a default.
func number(f *canon.Form, name string, d decimal.Decimal, usual string) {
	var room [32]byte
	text, _ := money.AppendDecimal(room[:0], d)
	if string(text) != usual {
		f.Raw(name, text)
	}
}
