package accrual

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
)

// A Curve says how points leave, by age: of those left when an age begins, which
// share is redeemed and which is lost within it. It is plain data, safe for
// concurrent use while nobody changes it. Points older than the curve are never
// redeemed.
type Curve struct {
	Redeemed []float64 // one for each age, 0 to 1; at most 1200
	Lost     []float64 // expired; as many, at most what Redeemed leaves
}

// Validate reports the rules that c breaks in one error.
func (c Curve) Validate() error {
	var e checker
	e.Check(len(c.Redeemed) >= 1 && len(c.Redeemed) <= MaxAge, "Redeemed", len(c.Redeemed), "must have 1 to 1200 ages")
	e.Check(len(c.Lost) == len(c.Redeemed), "Lost", len(c.Lost), "must have as many ages as Redeemed")
	if e.Len() > 0 {
		return e.Err(room)
	}
	for i, r := range c.Redeemed {
		l := c.Lost[i]
		if !(r >= 0) || !(l >= 0) || !(r+l <= 1) {
			e.Add(fmt.Sprintf("Redeemed[%d]", i), r, "must be a share, and at most 1 with Lost")
		}
	}
	return e.Err(room)
}

// Remaining returns, for each age and one more, the share of the points that are
// left when it begins that will be redeemed then or later:
//
//	rem(k) = r(k) + (1 - r(k) - l(k)) · rem(k+1)
//
// 0 past the end. It is nil if c is not valid.
func (c Curve) Remaining() []float64 {
	if c.Validate() != nil {
		return nil
	}
	rem := make([]float64, len(c.Redeemed)+1)
	for k, r := range slices.Backward(c.Redeemed) {
		stay := max(0, 1-r-c.Lost[k]) // rounding may take it a hair below
		rem[k] = r + float64(stay*rem[k+1])
	}
	return rem
}

// Ultimate returns the share of all points granted that is ever redeemed; NaN if c
// is not valid. The rest is breakage.
func (c Curve) Ultimate() float64 {
	if rem := c.Remaining(); rem != nil {
		return rem[0]
	}
	return math.NaN()
}

// Cumulative returns, for each age, the share of all points granted that is
// redeemed by its end. It is nil if c is not valid.
func (c Curve) Cumulative() []float64 {
	if c.Validate() != nil {
		return nil
	}
	out := make([]float64, len(c.Redeemed))
	left, sum := 1.0, 0.0
	for k, r := range c.Redeemed {
		sum += float64(left * r)
		left *= max(0, 1-r-c.Lost[k])
		out[k] = min(1, sum)
	}
	return out
}

type curveJSON struct {
	V        int       `json:"v"`
	Redeemed []float64 `json:"redeemed"`
	Lost     []float64 `json:"lost"`
}

// MarshalJSON encodes a valid curve, such as {"v":1,"redeemed":[0.5],"lost":[0.1]}.
func (c Curve) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return encode(curveJSON{version, c.Redeemed, c.Lost})
}

// UnmarshalJSON decodes a curve of any version that was ever written. It fails
// with [relmark.ErrUnsupported] on an unknown version and with
// [relmark.ErrInvalid] on anything else that is no curve, and leaves c unchanged
// then.
func (c *Curve) UnmarshalJSON(data []byte) error {
	var in curveJSON
	if err := decode("curve", data, &in); err != nil {
		return err
	}
	out := Curve{in.Redeemed, in.Lost}
	if err := out.Validate(); err != nil {
		return err
	}
	*c = out
	return nil
}

// FitOptions say how a curve is estimated. The zero value is the default.
type FitOptions struct {
	// MinExposed is how many points must be at risk for an age to be estimated, and one
	// at least; the curve ends before the first age with fewer.
	MinExposed int64 `json:"min_exposed"`
	// TailAges is for how many ages after that the last shares hold.
	TailAges int `json:"tail_ages"`
}

// A Fit is an estimated curve and what it rests on.
type Fit struct {
	Curve    Curve `json:"curve"`
	Ages     int   `json:"ages"`     // observed; the tail not counted
	Vintages int64 `json:"vintages"` // that the history has seen
	Granted  int64 `json:"granted"`  // points in them
	// Open is the share of points that are left at the end of the curve, neither
	// redeemed nor expired. Its use is not in the curve: where points do not expire
	// and it is not small, watch longer or assume a tail.
	Open float64 `json:"open"`
}

// Fit estimates a curve: at each age the points redeemed, and expired, per point at
// risk. Vintages that are still young count as far as they have been watched, and
// reversed points until they were reversed, so that neither biases the estimate
// (the estimator of Aalen and Johansen with two causes). It fails with
// [relmark.ErrTooFew] if no age has enough points, and on options out of range.
// It takes time linear in the ages.
func (h *History) Fit(o FitOptions) (Fit, error) {
	var c checker
	c.points(o.MinExposed, "MinExposed")
	c.Check(o.TailAges >= 0 && o.TailAges <= MaxAge, "TailAges", o.TailAges, "must be 0 to 1200")
	if err := c.Err(room); err != nil {
		return Fit{}, err
	}
	f := Fit{Vintages: h.vintages, Granted: h.granted, Open: 1}
	for _, a := range h.ages {
		if a.exposed < max(1, o.MinExposed) {
			break
		}
		n := float64(a.exposed)
		f.add(float64(a.redeemed)/n, float64(a.lapsed)/n)
	}
	f.Ages = len(f.Curve.Redeemed)
	if f.Ages == 0 {
		return Fit{}, fmt.Errorf("%s: no age with enough points at risk: %w", room, relmark.ErrTooFew)
	}
	last := f.Ages - 1
	for range min(o.TailAges, MaxAge-f.Ages) {
		f.add(f.Curve.Redeemed[last], f.Curve.Lost[last])
	}
	return f, nil
}

// add appends an age. Two quotients of one number that add up to 1 at most do so in
// float64, too: each is off by 2^-54 at most, so their sum rounds to 1.
func (f *Fit) add(redeemed, lost float64) {
	f.Curve.Redeemed = append(f.Curve.Redeemed, redeemed)
	f.Curve.Lost = append(f.Curve.Lost, lost)
	f.Open *= max(0, 1-redeemed-lost)
}
