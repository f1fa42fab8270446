package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// A report collects text: headings, sentences and aligned tables.
type report struct{ text bytes.Buffer }

// WriteTo writes the report.
func (r *report) WriteTo(w io.Writer) (int64, error) { return r.text.WriteTo(w) }

func (r *report) heading(format string, args ...any) {
	title := fmt.Sprintf(format, args...)
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
func (r *report) table(header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	r.text.WriteByte('\n')
	var aligned bytes.Buffer
	w := tabwriter.NewWriter(&aligned, 0, 0, 3, ' ', tabwriter.AlignRight)
	width := 0
	for _, line := range append([][]string{header}, rows...) {
		width = max(width, utf8.RuneCountInString(line[0]))
	}
	for _, line := range append([][]string{header}, rows...) {
		first := line[0] + strings.Repeat(" ", width-utf8.RuneCountInString(line[0]))
		fmt.Fprintf(w, "  %s\t%s\t\n", first, strings.Join(line[1:], "\t"))
	}
	_ = w.Flush() // to a buffer: it cannot fail
	for line := range strings.Lines(aligned.String()) {
		r.text.WriteString("  " + strings.TrimSpace(line) + "\n")
	}
	r.text.WriteByte('\n')
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
