package pulse

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Weighted adds up answers that carry weights: of a sample that was drawn or
// answered unequally. Obtain one from [NewWeighted]; the zero Weighted takes no
// answers and can be merged into. It is not safe for concurrent mutation.
type Weighted struct {
	opaque

	scale   Scale
	n       uint64
	sums    []float64 // Σ w by answer
	squares []float64 // Σ w² by answer
}

// NewWeighted returns a sum of no answers. It fails exactly when [Scale.Validate]
// does.
func NewWeighted(s Scale) (*Weighted, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	answers := s.High - s.Low + 1
	return &Weighted{scale: s, sums: make([]float64, answers), squares: make([]float64, answers)}, nil
}

// Weights are bounded so that no sum of their squares leaves the range of float64.
const (
	minWeight = 1e-100
	maxWeight = 1e100
)

// Add adds an answer of some weight. It fails with a [relmark.FieldError] unless the
// answer is on the scale and the weight 1e-100 to 1e100, and with [relmark.ErrLimit]
// past 4,294,967,295 answers; it does not allocate.
func (w *Weighted) Add(answer int, weight float64) error {
	if !w.scale.has(answer) || len(w.sums) == 0 {
		return fault.Room("pulse", fault.New("Answer", answer, "must be on the scale"))
	}
	if !(weight >= minWeight && weight <= maxWeight) {
		return fault.Room("pulse", fault.New("Weight", weight, "must be 1e-100 to 1e100"))
	}
	if w.n == limit {
		return errLimit()
	}
	i := answer - w.scale.Low
	w.n++
	w.sums[i] += weight
	w.squares[i] += weight * weight
	return nil
}

// Merge adds the sums of o, which stays as it is: in any order within 1e-12, the zero
// Weighted being the identity. It fails with a [relmark.FieldError] if the scales
// differ, and with [relmark.ErrLimit].
func (w *Weighted) Merge(o *Weighted) error {
	switch {
	case o == nil || len(o.sums) == 0:
		return nil
	case len(w.sums) == 0:
		w.scale, w.sums, w.squares = o.scale, make([]float64, len(o.sums)), make([]float64, len(o.sums))
	case w.scale != o.scale:
		return fault.Room("pulse", fault.New("Scale", nil, "must be the same for all parts"))
	case o.n > limit-w.n:
		return errLimit()
	}
	for i := range o.sums {
		w.sums[i] += o.sums[i]
		w.squares[i] += o.squares[i]
	}
	w.n += o.n
	return nil
}

// N returns how many answers there are.
func (w *Weighted) N() int64 { return int64(w.n) }

// EffectiveN returns Kish's effective number of answers, (Σw)²/Σw²: how many of equal
// weight would say as much. It is 0 without answers.
func (w *Weighted) EffectiveN() float64 {
	sum, squares := 0.0, 0.0
	for i := range w.sums {
		sum += w.sums[i]
		squares += w.squares[i]
	}
	if squares == 0 {
		return 0
	}
	return sum * (sum / squares)
}

// An Estimate is a value with its standard error, of N answers. It is plain data.
type Estimate struct {
	N     int64   `json:"n"`
	Value float64 `json:"value"`
	SE    float64 `json:"se"` // 0 or more
}

// Interval returns value ± z·SE. It is not cut where a scale ends. It fails with a
// [relmark.FieldError] unless the level is 0.5 to 0.9999 and both numbers are finite.
func (e Estimate) Interval(level float64) (low, high float64, err error) {
	var l fault.List
	l.Level("Level", level)
	l.Between("Value", e.Value, -math.MaxFloat64, math.MaxFloat64)
	l.Between("SE", e.SE, 0, math.MaxFloat64)
	if err := l.Err("pulse"); err != nil {
		return 0, 0, err
	}
	half := stat.Normal(level) * e.SE
	return e.Value - half, e.Value + half, nil
}

// NPS returns the weighted Net Promoter Score in points. It fails as [Tally.NPS] does,
// and with [relmark.ErrTooFew] without answers.
func (w *Weighted) NPS() (Estimate, error) {
	if w.scale != Recommend() {
		return Estimate{}, fault.Room("pulse", fault.New("Scale", nil, "must be 0 to 10 for a net promoter score"))
	}
	return w.ratio(func(answer int) float64 {
		switch {
		case answer >= 9:
			return 100
		case answer <= 6:
			return -100
		}
		return 0
	})
}

// TopBox returns the weighted share of answers from or more. It fails with a
// [relmark.FieldError] unless from is an answer of the scale, and with
// [relmark.ErrTooFew] without answers.
func (w *Weighted) TopBox(from int) (Estimate, error) {
	if !w.scale.has(from) || len(w.sums) == 0 {
		return Estimate{}, fault.Room("pulse", fault.New("From", from, "must be on the scale"))
	}
	return w.ratio(func(answer int) float64 {
		if answer >= from {
			return 1
		}
		return 0
	})
}

// Mean returns the weighted mean answer. It fails with [relmark.ErrTooFew] without
// answers.
func (w *Weighted) Mean() (Estimate, error) {
	return w.ratio(func(answer int) float64 { return float64(answer) })
}

// ratio returns the weighted mean of a value of each answer with its linearised
// standard error.
func (w *Weighted) ratio(value func(answer int) float64) (Estimate, error) {
	sum, total := 0.0, 0.0
	for i, weight := range w.sums {
		total += weight
		sum += weight * value(w.scale.Low+i)
	}
	if w.n == 0 {
		return Estimate{}, errNobody()
	}
	mean, spread := sum/total, 0.0
	for i, square := range w.squares {
		off := value(w.scale.Low+i) - mean
		spread += square * off * off
	}
	return Estimate{N: int64(w.n), Value: mean, SE: math.Sqrt(spread) / total}, nil
}
