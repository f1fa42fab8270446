package affinity_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/reference"
)

// purchases reads a file of a data set: user, item and time by line.
func purchases(tb testing.TB, name string) (users []int64, items []string) {
	tb.Helper()
	_, text := reference.Data(tb, "crosssell/"+name+".csv*")
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(tb, err)
	require.Equal(tb, []string{"user", "item"}, rows[0][:2])
	for _, row := range rows[1:] {
		u, err := strconv.ParseInt(row[0], 10, 64)
		require.NoError(tb, err)
		users, items = append(users, u), append(items, row[1])
	}
	return users, items
}

// numeric reports whether all ids consist of digits.
func numeric(ids []string) bool {
	for _, id := range ids {
		if id == "" || strings.Trim(id, "0123456789") != "" {
			return false
		}
	}
	return true
}

func text(id string) string { return id }

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64) // digits
	return n
}

// day is a date of the year 2025 or after it.
func day(n int) relmark.Date { return relmark.MustParseDate("2025-01-01").AddDays(n) }

// own counts that users got items, all on one day.
func own[U, I relmark.ID](tb require.TestingT, users []U, items []I) *affinity.Ownership[U, I] {
	w := &affinity.Ownership[U, I]{}
	for k, u := range users {
		require.NoError(tb, w.Add(affinity.Event[U, I]{Customer: u, Item: items[k], On: day(0), Times: 1}))
	}
	return w
}

// matrix returns who has what in the end.
func matrix[U, I relmark.ID](tb require.TestingT, w *affinity.Ownership[U, I]) *affinity.Matrix[U, I] {
	m, err := w.AsOf(day(100_000), affinity.MatrixOptions{})
	require.NoError(tb, err)
	return m
}
