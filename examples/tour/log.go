package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
)

// A row is one line of the log.
type row struct {
	customer string
	on       relmark.Date
	amount   decimal.Decimal
	item     string // "" if the log names none
}

// A salesLog is a whole log with its ends.
type salesLog struct {
	rows        []row
	customers   int
	first, last relmark.Date
	total       decimal.Decimal
}

// readLog reads CSV by position and names the line that is broken.
func readLog(content []byte) (*salesLog, error) {
	mark := []byte("\ufeff") // that some programs put before UTF-8
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, mark)))
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	log, seen := &salesLog{}, map[string]bool{}
	for n := 0; ; n++ {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // it names the line
		}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if n == 0 && isHeader(fields) {
			continue
		}
		parsed, err := parseRow(fields)
		if err != nil {
			line, _ := reader.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		seen[parsed.customer] = true
		log.add(parsed)
	}
	if len(log.rows) == 0 {
		return nil, errors.New("the log has no purchases")
	}
	log.customers = len(seen)
	return log, nil
}

func (l *salesLog) add(r row) {
	if l.first.IsZero() || r.on.Before(l.first) {
		l.first = r.on
	}
	if r.on.After(l.last) {
		l.last = r.on
	}
	l.total = l.total.Add(r.amount)
	l.rows = append(l.rows, r)
}

// orders lists what each customer spent on each day, less returns and in whole
// cents, by customer and date. Days with more returns than purchases are negative.
func (s *story) orders() []row {
	spent := map[row]decimal.Decimal{}
	for _, r := range s.sales.rows {
		key := row{customer: r.customer, on: r.on}
		spent[key] = spent[key].Add(r.amount)
	}
	list := make([]row, 0, len(spent))
	for o, amount := range spent {
		o.amount = amount.Round(2)
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b row) int { return cmp.Or(cmp.Compare(a.customer, b.customer), a.on.Compare(b.on)) })
	return list
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

// parseDate reads a date, or the date that an instant has in its own zone.
func parseDate(s string) (relmark.Date, error) {
	if d, err := relmark.ParseDate(s); err == nil || len(s) <= len(time.DateOnly) {
		return d, err
	}
	t, err := time.ParseInLocation(time.RFC3339, s, time.UTC)
	if err != nil {
		return relmark.Date{}, errors.New("must be YYYY-MM-DD or RFC 3339")
	}
	return relmark.DateOf(t, t.Location())
}

// number reads a plain decimal number. Exponents are refused: nobody bills 1e9.
func number(s string) (decimal.Decimal, error) {
	d, err := decimal.NewFromString(s)
	if err != nil || strings.ContainsAny(s, "eE") {
		return decimal.Decimal{}, errors.New("must be a number such as 12.50")
	}
	if len(s) > 24 || d.Abs().Cmp(decimal.New(1, 12)) >= 0 || d.Exponent() < -6 {
		return decimal.Decimal{}, errors.New("must be below 1e12 with at most 6 fraction digits")
	}
	return d, nil
}
