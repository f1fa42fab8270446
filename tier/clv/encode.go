package clv

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The newest versions of the encodings, each the only one so far. In the terms of
// internal/codec:
//
//	spend       list of means by X, then Value: X, uvarint; Value, float64; customers, uvarint
//	tenures     Lost, then Kept, each a list of uvarints
//	evaluation  for each bin N, uvarint, and unless that is 0: Actual, uvarint; Expected,
//	            Absolute, Squared, float64s
//	tracking    first purchases, then repeats, each a list by time: time, float64; number, uvarint
const (
	spendVersion      = 1
	tenuresVersion    = 1
	evaluationVersion = 1
	trackingVersion   = 1
)

// AppendBinary appends the encoding of t, version 1. Tenures that [Tenures.AddCohort] and
// [Tenures.Merge] made of equal counts have equal encodings. It fails as
// [Tenures.Validate] does.
func (t Tenures) AppendBinary(b []byte) ([]byte, error) {
	if err := t.Validate(); err != nil {
		return b, err
	}
	w := codec.NewWriter(b, codec.KindTenures, tenuresVersion)
	for _, counts := range [2][]int64{t.Lost, t.Kept} {
		w.Count(len(counts))
		for _, n := range counts {
			w.Uvarint(uint64(n))
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Tenures.AppendBinary] appends.
func (t Tenures) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Tenures encode to; t is unchanged then.
func (t *Tenures) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindTenures, tenuresVersion)
	var decoded Tenures
	for _, counts := range [2]*[]int64{&decoded.Lost, &decoded.Kept} {
		for range r.Count(1) {
			*counts = append(*counts, number(&r))
		}
	}
	r.Check(decoded.Validate() == nil)
	if err := fault.Decode(room, "tenures", r.Done()); err != nil {
		return err
	}
	*t = decoded
	return nil
}

// AppendBinary appends the encoding of e, version 1. It fails as
// [Evaluation.Validate] does.
func (e Evaluation) AppendBinary(b []byte) ([]byte, error) {
	if err := e.Validate(); err != nil {
		return b, err
	}
	w := codec.NewWriter(b, codec.KindEvaluation, evaluationVersion)
	for _, bin := range e.ByFrequency {
		if w.Uvarint(uint64(bin.N)); bin.N == 0 {
			continue
		}
		w.Uvarint(uint64(bin.Actual))
		for _, sum := range bin.sums() {
			w.Float64(*sum + 0) // −0 + 0 is 0
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Evaluation.AppendBinary] appends.
func (e Evaluation) MarshalBinary() ([]byte, error) { return e.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Evaluation encodes to; e is unchanged then.
func (e *Evaluation) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindEvaluation, evaluationVersion)
	var decoded Evaluation
	for i := range decoded.ByFrequency {
		bin := &decoded.ByFrequency[i]
		if bin.N = number(&r); bin.N == 0 {
			continue
		}
		bin.Actual = number(&r)
		for _, sum := range bin.sums() {
			*sum = r.Finite()
			r.Check(!math.Signbit(*sum))
		}
	}
	r.Check(decoded.Validate() == nil)
	if err := fault.Decode(room, "evaluation", r.Done()); err != nil {
		return err
	}
	*e = decoded
	return nil
}

// AppendBinary appends the encoding of t, version 1. Equal counts have equal
// encodings. It never fails.
func (t Tracking) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindTracking, trackingVersion)
	for _, counts := range [2]map[float64]int64{t.firsts, t.repeats} {
		w.Count(len(counts))
		for _, at := range slices.Sorted(maps.Keys(counts)) {
			w.Float64(at)
			w.Uvarint(uint64(counts[at]))
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Tracking.AppendBinary] appends.
func (t Tracking) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Tracking encodes to; t is unchanged then.
func (t *Tracking) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindTracking, trackingVersion)
	var decoded Tracking
	var earliest [2]float64
	decoded.firsts, earliest[0] = decoded.readTimes(&r)
	decoded.repeats, earliest[1] = decoded.readTimes(&r)
	r.Check(len(decoded.repeats) == 0 || len(decoded.firsts) > 0 && earliest[1] >= earliest[0])
	if err := fault.Decode(room, "tracking", r.Done()); err != nil {
		return err
	}
	*t = decoded
	return nil
}

// readTimes reads counts by ascending time, adds them to the total and returns the
// earliest time too.
func (t *Tracking) readTimes(r *codec.Reader) (counts map[float64]int64, earliest float64) {
	size := r.Count(9)
	counts = make(map[float64]int64, size)
	previous := math.Inf(-1)
	for i := range size {
		at, n := r.Finite(), number(r)
		r.Check(cmp.Less(previous, at) && (at != 0 || !math.Signbit(at)) && n > 0 && t.total <= math.MaxInt64-n)
		if r.Err() != nil {
			break
		}
		if i == 0 {
			earliest = at
		}
		counts[at], previous = n, at
		t.total += n
	}
	return counts, earliest
}

// number reads an integer from 0 to the largest int64.
func number(r *codec.Reader) int64 {
	n := r.Uvarint()
	r.Check(n <= math.MaxInt64)
	return int64(n & math.MaxInt64)
}
