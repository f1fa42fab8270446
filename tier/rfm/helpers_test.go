package rfm_test

import (
	"bytes"
	"encoding/csv"
	"iter"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

// cdnow reads a CDNOW log: customer, date, quantity, value.
func cdnow(t testing.TB, file string) iter.Seq2[rfm.Purchase[string], error] {
	t.Helper()
	purchases := cdnowRows(t, file)
	return func(yield func(rfm.Purchase[string], error) bool) {
		for _, p := range purchases {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func cdnowRows(t testing.TB, file string) []rfm.Purchase[string] {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(reference.Input(t, file))).ReadAll()
	require.NoError(t, err)
	purchases := make([]rfm.Purchase[string], 0, len(records)-1)
	for _, r := range records[1:] {
		purchases = append(purchases, rfm.Purchase[string]{Customer: r[0], On: relmark.MustParseDate(r[1]), Amount: amount(t, r[3])})
	}
	return purchases
}

func rat(t testing.TB, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}
