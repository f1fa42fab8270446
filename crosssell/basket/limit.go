package basket

import (
	"fmt"

	"github.com/relmark/relmark"
)

// A LimitError says that more sets are frequent than a result may have, and which
// of them it has: exactly those that at least Complete baskets hold. It matches
// [relmark.ErrLimit]. It comes with that result, which is why the house rule that
// an error comes with none does not hold here.
type LimitError struct {
	MinCount int64 `json:"min_count"` // the count that was asked for
	Complete int64 `json:"complete"`  // above MinCount
}

// Error names both counts.
func (e *LimitError) Error() string {
	return fmt.Sprintf("basket: too many sets in at least %d baskets, complete at %d: %v", e.MinCount, e.Complete, relmark.ErrLimit)
}

// Unwrap returns [relmark.ErrLimit].
func (e *LimitError) Unwrap() error { return relmark.ErrLimit }

// A BudgetError says that a budget of bytes does not even hold what is there before
// the first set: the counts of the items and the baskets laid out for the search.
// It matches [relmark.ErrLimit].
type BudgetError struct {
	MaxBytes int64 `json:"max_bytes"`
	Needed   int64 `json:"needed"`
}

// Error names both numbers of bytes.
func (e *BudgetError) Error() string {
	return fmt.Sprintf("basket: %d bytes do not hold the counts, which need %d: %v", e.MaxBytes, e.Needed, relmark.ErrLimit)
}

// Unwrap returns [relmark.ErrLimit].
func (e *BudgetError) Unwrap() error { return relmark.ErrLimit }
