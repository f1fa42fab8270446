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
	rounded     int // rows whose amount was rounded to the cent
}

// readLog reads CSV by position and names the line that is broken.
func readLog(content []byte) (*salesLog, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff")) // that some programs put before UTF-8
	reader := csv.NewReader(bytes.NewReader(content))
	reader.FieldsPerRecord, reader.Comma = -1, separator(content)
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
	if cents := r.amount.Round(2); !cents.Equal(r.amount) {
		r.amount = cents
		l.rounded++
	}
	l.total = l.total.Add(r.amount)
	l.rows = append(l.rows, r)
}

// orders lists what each customer spent on each day, less returns, by customer and
// date. Days with more returns than purchases are negative.
func (s *story) orders() []row {
	spent := map[row]decimal.Decimal{}
	for _, r := range s.sales.rows {
		key := row{customer: r.customer, on: r.on}
		spent[key] = spent[key].Add(r.amount)
	}
	list := make([]row, 0, len(spent))
	for o, amount := range spent {
		o.amount = amount
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b row) int { return cmp.Or(cmp.Compare(a.customer, b.customer), a.on.Compare(b.on)) })
	return list
}
