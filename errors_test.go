package relmark_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

func TestFieldError(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*relmark.FieldError{
		"Servers = 0: must be 1 or more":                             {Field: "Servers", Value: 0, Rule: "must be 1 or more"},
		"Rate = NaN: must be finite":                                 {Field: "Rate", Value: nan(), Rule: "must be finite"},
		"Name: must not be empty":                                    {Field: "Name", Rule: "must not be empty"},
		"Joined = 2025-03-12: must not lie ahead":                    {Field: "Joined", Value: relmark.MustParseDate("2025-03-12"), Rule: "must not lie ahead"},
		"At = 2025-03-12 00:00:00 +0000 UTC: must not lie ahead":     {Field: "At", Value: time.Date(2025, 3, 12, 0, 0, 0, 0, time.UTC), Rule: "must not lie ahead"},
		"Weights[3] = false: must be set, whatever a false Value is": {Field: "Weights[3]", Value: false, Rule: "must be set, whatever a false Value is"},
	} {
		assert.EqualError(t, e, want)
		wrapped := fmt.Errorf("queue: %w", e)
		require.ErrorIs(t, wrapped, relmark.ErrInvalid)
		require.NotErrorIs(t, wrapped, relmark.ErrTooFew)
		var back *relmark.FieldError
		require.ErrorAs(t, errors.Join(errors.New("other"), wrapped), &back)
		assert.Same(t, e, back)
	}
}

// However long a value is, what a log gets of it is short.
func TestFieldErrorIsShort(t *testing.T) {
	t.Parallel()
	e := &relmark.FieldError{Field: "Rate", Value: strings.Repeat("9", 64), Rule: "r"}
	require.EqualError(t, e, "Rate = "+strings.Repeat("9", 64)+": r")
	e.Value = strings.Repeat("9", 1e6)
	require.EqualError(t, e, "Rate = "+strings.Repeat("9", 64)+"…: r")
	e.Value = "x" + strings.Repeat("é", 40)
	require.EqualError(t, e, "Rate = x"+strings.Repeat("é", 31)+"…: r", "cut between two characters")
}

func nan() float64 { zero := 0.0; return zero / zero }

// A host that branches on them must be able to tell them apart.
func TestSentinelsAreDistinct(t *testing.T) {
	t.Parallel()
	all := []error{
		relmark.ErrInvalid, relmark.ErrTooFew, relmark.ErrNoConverge, relmark.ErrUnsupported,
		relmark.ErrRefused, relmark.ErrConflict, relmark.ErrLimit,
	}
	texts := map[string]bool{}
	for i, e := range all {
		texts[e.Error()] = true
		for j, other := range all {
			assert.Equal(t, i == j, errors.Is(fmt.Errorf("room: %w", e), other))
		}
	}
	assert.Len(t, texts, len(all))
}

// What was wrong with the settings, and is it worth asking again?
func ExampleFieldError() {
	err := fmt.Errorf("queue: %w", &relmark.FieldError{Field: "Servers", Value: 0, Rule: "must be 1 or more"})
	if field, ok := errors.AsType[*relmark.FieldError](err); ok {
		fmt.Println(field.Field, field.Value, field.Rule)
	}
	fmt.Println(err)
	fmt.Println("the same call fails again:", errors.Is(err, relmark.ErrInvalid))
	// Output:
	// Servers 0 must be 1 or more
	// queue: Servers = 0: must be 1 or more
	// the same call fails again: true
}
