package hostile_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/hostile"
)

// recorder keeps what a test would fail with, and what it undoes at its end.
type recorder struct {
	*testing.T

	failures []string
	undo     []func()
}

func (r *recorder) Cleanup(f func()) { r.undo = append(r.undo, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func settings() string {
	return fmt.Sprint(
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent,
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation,
		decimal.Zero.Coefficient(), time.Local,
	)
}

func TestSettings(t *testing.T) { //nolint:paralleltest // it sets variables of the process
	before, r := settings(), &recorder{T: t}
	hostile.Settings(r)
	assert.Equal(t, "0 0 1 0 true false true 666 nowhere", settings())
	assert.Equal(t, "Pacific/Apia", os.Getenv("TZ"))
	for _, undo := range r.undo {
		undo()
	}
	assert.Equal(t, before, settings())
}

func TestEnds(t *testing.T) {
	t.Parallel()
	r, called := &recorder{T: t}, false
	hostile.Ends(r, "this", func() { called = true })
	assert.True(t, called)
	assert.Empty(t, r.failures)
	stop := make(chan struct{})
	hostile.EndsSoon(r, time.Millisecond, "that", func() { <-stop })
	close(stop)
	assert.Equal(t, []string{"that does not end"}, r.failures)
}

func TestWithin(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	r, kept := &recorder{T: t}, []byte(nil)
	hostile.Within(r, 2, "little", func() { kept = make([]byte, 1<<20) })
	assert.Empty(t, r.failures)
	hostile.Within(r, 2, "much", func() { kept = make([]byte, 5<<20) })
	assert.Equal(t, []string{"much allocates 5 megabytes"}, r.failures)
	assert.Len(t, kept, 5<<20)
}
