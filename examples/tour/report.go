package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// A report collects text: headings, sentences and aligned tables.
type report struct{ text bytes.Buffer }

// WriteTo writes the report.
func (r *report) WriteTo(w io.Writer) (int64, error) { return r.text.WriteTo(w) }

// heading begins a section, and names the rooms that it comes from.
func (r *report) heading(title string, rooms ...string) {
	if len(rooms) > 0 {
		title += "  (" + strings.Join(rooms, ", ") + ")"
	}
	if text := r.text.Bytes(); len(text) > 0 && !bytes.HasSuffix(text, []byte("\n\n")) {
		r.text.WriteByte('\n')
	}
	fmt.Fprintf(&r.text, "%s\n%s\n", title, strings.Repeat("=", utf8.RuneCountInString(title)))
}

// say writes a paragraph, broken into lines of readable length.
func (r *report) say(format string, args ...any) {
	const width = 88
	line := 0
	for word := range strings.FieldsSeq(fmt.Sprintf(format, args...)) {
		n := utf8.RuneCountInString(word)
		switch {
		case line == 0:
		case line+1+n > width:
			r.text.WriteByte('\n')
			line = 0
		default:
			r.text.WriteByte(' ')
			line++
		}
		r.text.WriteString(word)
		line += n
	}
	r.text.WriteByte('\n')
}

// table writes rows below a header. The first column is text, the others are
// numbers and stand right.
func (r *report) table(header []string, rows [][]string) { r.bars(header, rows, nil) }

// bars writes a table with a bar behind each row.
func (r *report) bars(header []string, rows [][]string, shares []float64) {
	if len(rows) == 0 {
		return
	}
	r.text.WriteByte('\n')
	widths := columnWidths(header, rows)
	r.line(widths, header, "")
	for i, row := range rows {
		tail := ""
		if shares != nil {
			tail = "   " + bar(shares[i])
		}
		r.line(widths, row, tail)
	}
	r.text.WriteByte('\n')
}

func columnWidths(header []string, rows [][]string) []int {
	widths := make([]int, len(header))
	for i, h := range header {
		widths[i] = utf8.RuneCountInString(h)
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	return widths
}

func (r *report) line(widths []int, cells []string, tail string) {
	var line strings.Builder
	for i, cell := range cells {
		gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			line.WriteString("  " + cell + gap)
		} else {
			line.WriteString("   " + gap + cell)
		}
	}
	r.text.WriteString(strings.TrimRight(line.String()+tail, " ") + "\n")
}

// plural writes a number of things: 1 row, 2 rows.
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return count(n) + " " + thing
}

// count writes 12345 as 12,345.
func count(n int) string { return grouped(fmt.Sprint(n)) }

// money writes an amount with two digits and grouped thousands.
func money(d decimal.Decimal) string {
	whole, fraction, _ := strings.Cut(d.StringFixed(2), ".")
	return grouped(whole) + "." + fraction
}

// percent writes a share in percent.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// whole writes a number without digits after the point.
func whole(x float64) string { return grouped(fmt.Sprintf("%.0f", x)) }

// cash writes an estimate of an amount as money does an amount.
func cash(x float64) string {
	whole, fraction, _ := strings.Cut(fmt.Sprintf("%.2f", x), ".")
	return grouped(whole) + "." + fraction
}

func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
