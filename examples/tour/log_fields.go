package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
)

// separator returns what divides the first line into the fields of a log: the
// semicolons or tabs of programs that write 12,50 for an amount, or commas.
func separator(content []byte) rune {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	for _, sign := range ";\t" {
		if n := bytes.Count(first, []byte(string(sign))); n == 3 || n == 4 {
			return sign
		}
	}
	return ','
}

// isHeader reports whether the first line is none of the log: its fourth field is
// no number, nor its second a date. A broken first line is no header.
func isHeader(fields []string) bool {
	if len(fields) < 4 {
		return false
	}
	_, noNumber := number(fields[3])
	_, noDate := parseDate(fields[1])
	return noNumber != nil && noDate != nil
}

func parseRow(fields []string) (row, error) {
	if len(fields) < 4 || len(fields) > 5 {
		return row{}, fmt.Errorf("%d fields: want customer, date, quantity, amount[, item]", len(fields))
	}
	if fields[0] == "" || strings.ContainsFunc(fields[0], unicode.IsControl) {
		return row{}, errors.New("field 1, customer: must be printable and not empty")
	}
	on, err := parseDate(fields[1])
	if err != nil {
		return row{}, fmt.Errorf("field 2, date: %w", err)
	}
	if _, err := number(fields[2]); err != nil {
		return row{}, fmt.Errorf("field 3, quantity: %w", err)
	}
	amount, err := number(fields[3])
	if err != nil {
		return row{}, fmt.Errorf("field 4, amount: %w", err)
	}
	r := row{customer: strings.Clone(fields[0]), on: on, amount: amount}
	if len(fields) == 5 {
		r.item = strings.Clone(fields[4])
	}
	return r, nil
}

// parseDate reads a date, or the date that an instant has in its own zone or on a
// clock whose zone is not told.
func parseDate(s string) (relmark.Date, error) {
	if d, err := relmark.ParseDate(s); err == nil || len(s) <= len(time.DateOnly) {
		return d, err
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return relmark.DateOf(t, t.Location())
		}
	}
	return relmark.Date{}, errors.New("must be YYYY-MM-DD or RFC 3339")
}

// number reads a plain decimal number, with a point or a comma before its fraction.
// Exponents are refused: nobody bills 1e9. So is 1,234, which may be either of two
// numbers.
func number(s string) (decimal.Decimal, error) {
	if whole, fraction, found := strings.Cut(s, ","); found && len(fraction) != 3 && !strings.Contains(s, ".") {
		s = whole + "." + fraction
	}
	if strings.Trim(s, "+-.0123456789") != "" || len(s) > 40 {
		return decimal.Decimal{}, errors.New("must be a number such as 12.50")
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, errors.New("must be a number such as 12.50")
	}
	if d.Abs().Cmp(decimal.New(1, 12)) >= 0 {
		return decimal.Decimal{}, errors.New("must be below 1e12")
	}
	return d, nil
}
