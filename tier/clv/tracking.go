package clv

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
)

// Tracking counts first and repeat purchases by time since a common origin, to see
// how well a model follows a customer base over time. The zero Tracking is empty and
// ready to use. It is not safe for concurrent mutation. Memory grows with distinct
// times.
type Tracking struct {
	opaque
	firsts, repeats map[float64]int64
	total           int64
}

// Add counts a customer by the times of the first purchase and of the others. It
// fails with a [relmark.FieldError] unless all are finite and none comes before the
// first, and with [relmark.ErrLimit] where a sum would pass an int64; t is unchanged
// then.
func (t *Tracking) Add(first float64, repeats ...float64) error {
	if math.IsNaN(first) || math.IsInf(first, 0) {
		return invalid("First", first, "must be finite")
	}
	for i, at := range repeats {
		if !(at >= first) || math.IsInf(at, 1) {
			return invalid(fmt.Sprintf("Repeats[%d]", i), at, "must be finite and not precede the first purchase")
		}
	}
	if t.total > math.MaxInt64-1-int64(len(repeats)) {
		return errTracking
	}
	if t.firsts == nil {
		t.firsts, t.repeats = map[float64]int64{}, map[float64]int64{}
	}
	t.firsts[first+0]++ // −0 + 0 is 0
	for _, at := range repeats {
		t.repeats[at+0]++
	}
	t.total += 1 + int64(len(repeats))
	return nil
}

var errTracking = fmt.Errorf("clv: tracking: %w", relmark.ErrLimit)

// Merge adds the counts of o. It is associative and commutative, with the empty
// Tracking as identity. It fails with [relmark.ErrLimit] as [Tracking.Add] does.
func (t *Tracking) Merge(o Tracking) error {
	if t.total > math.MaxInt64-o.total {
		return errTracking
	}
	if t.firsts == nil {
		t.firsts, t.repeats = map[float64]int64{}, map[float64]int64{}
	}
	for at, n := range o.firsts {
		t.firsts[at] += n
	}
	for at, n := range o.repeats {
		t.repeats[at] += n
	}
	t.total += o.total
	return nil
}

// A TrackingPoint compares repeat purchases up to a time.
type TrackingPoint struct {
	At       float64 `json:"at"`
	Actual   int64   `json:"actual"`   // made up to then
	Expected float64 `json:"expected"` // by those who had their first purchase by then
}

// Curve returns the tracking curve of a model at given times, in their order: the
// actual number of repeat purchases up to each and Σ E[X(at − first)] over customers.
// Differences of neighbours are the incremental curve. The model is asked once for
// each pair of a time and a distinct first purchase; where it answers NaN, such as for
// distances near the end of the range of floats, so does the curve.
func Curve[M PurchaseModel](m M, t Tracking, at []float64) []TrackingPoint {
	firsts := slices.Sorted(maps.Keys(t.firsts))
	points := make([]TrackingPoint, len(at))
	for i, now := range at {
		points[i].At = now
		for when, n := range t.repeats {
			if when <= now {
				points[i].Actual += n
			}
		}
		for _, first := range firsts {
			if first <= now {
				points[i].Expected += float64(t.firsts[first]) * m.Expected(now-first)
			}
		}
	}
	return points
}
