package priority

import (
	"errors"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Coefficient is how much the overall rating changes with one more of something, other
// things equal. It is plain data.
type Coefficient struct {
	B    float64 `json:"b"`
	SE   float64 `json:"se"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	T    float64 `json:"t"` // 0 where nothing is left to explain
	P    float64 `json:"p"` // two-sided, of none; where nothing is left, 0, or 1 for a B of 0
}

// A Fit says how well a regression explains the overall rating. It is plain data.
type Fit struct {
	N         int64       `json:"n"`       // customers who rated everything
	Degrees   int64       `json:"degrees"` // of freedom that are left
	R2        float64     `json:"r2"`
	Adjusted  float64     `json:"r2_adjusted"`
	Sigma     float64     `json:"sigma"` // standard deviation of what is left
	F         float64     `json:"f"`     // test of no effect at all; 0, and P 0, where nothing is left
	P         float64     `json:"p"`
	Intercept Coefficient `json:"intercept"`
}

// A Role is what an attribute does to satisfaction.
type Role string

// The roles (Brandt 1988), by which of the two effects is surely there at the level of
// confidence.
const (
	BasicFactor       Role = "basic"        // bad ratings cost, good ones earn nothing that is sure
	PerformanceFactor Role = "performance"  // both
	ExcitementFactor  Role = "excitement"   // good ratings earn, bad ones cost nothing that is sure
	NoFactor          Role = "undetermined" // neither is sure
)

// An Impact is what an attribute does to the overall rating, against an ordinary rating of
// it. It is plain data.
type Impact struct {
	Attribute string      `json:"attribute"`
	Penalty   Coefficient `json:"penalty"` // of a bad rating
	Reward    Coefficient `json:"reward"`  // of a good rating
	// Asymmetry is (reward − penalty)/(reward + penalty) of their magnitudes, −1 to 1: below
	// 0 the attribute dissatisfies more than it satisfies. 0 where both are 0.
	Asymmetry float64 `json:"asymmetry"`
	Range     float64 `json:"range"` // sum of the magnitudes: what the attribute can do in all
	Role      Role    `json:"role"`
}

// PenaltyReward is the penalty-reward contrast analysis: one regression of the overall
// rating on who rated each attribute badly and who rated it well. It fails with a
// [relmark.FieldError] unless the level of confidence is 0.5 to 0.9999; where an attribute
// has no bad, no good or no ordinary ratings, or they follow from those of others, naming
// it; and where all overall ratings are equal; with [relmark.ErrTooFew] where there are no
// more customers who rated everything than coefficients.
func (d *Drivers) PenaltyReward(level float64) ([]Impact, Fit, error) {
	c, err := d.prepared(level)
	if err != nil {
		return nil, Fit{}, err
	}
	k := len(d.params.Attributes)
	x := make([]int, 2*k)
	for i := range x {
		x[i] = k + i
	}
	g, err := d.regress(c, x)
	if err != nil {
		return nil, Fit{}, err
	}
	list := make([]Impact, k)
	for i := range list {
		list[i] = impact(d.params.Attributes[i], coefficient(g, 1+i, level), coefficient(g, 1+k+i, level), 1-level)
	}
	return list, fit(g, level), nil
}

func impact(name string, penalty, reward Coefficient, alpha float64) Impact {
	p, r := math.Abs(penalty.B), math.Abs(reward.B)
	m := Impact{Attribute: name, Penalty: penalty, Reward: reward, Range: p + r, Role: NoFactor}
	if m.Range > 0 {
		m.Asymmetry = (r - p) / m.Range
	}
	costs, earns := penalty.B < 0 && penalty.P <= alpha, reward.B > 0 && reward.P <= alpha
	switch {
	case costs && earns:
		m.Role = PerformanceFactor
	case costs:
		m.Role = BasicFactor
	case earns:
		m.Role = ExcitementFactor
	}
	return m
}

// A Driver is what the ratings of an attribute explain of the overall one. It is plain
// data.
type Driver struct {
	Attribute   string      `json:"attribute"`
	Slope       Coefficient `json:"slope"` // of the overall rating for one point of the attribute
	Beta        float64     `json:"beta"`  // the same in standard deviations of both
	Correlation float64     `json:"correlation"`
	// Share is the part of R² that is the attribute's: what it adds, on average over all
	// orders in which attributes can be added (Shapley's value, LMG). Shares add up to R².
	Share float64 `json:"share"`
}

// Shapley regresses the overall rating on the ratings of all attributes and divides what
// they explain among them. Attributes that go together share what they explain, where a
// slope gives it to one of them. It takes time by 2^attributes, 10 ms for 16. It fails with a
// [relmark.FieldError] unless the level of confidence is 0.5 to 0.9999, where all ratings of
// an attribute are equal or follow from those of others, naming it, and where all overall
// ratings are equal; with [relmark.ErrTooFew] where there are no more customers who rated
// everything than coefficients.
func (d *Drivers) Shapley(level float64) ([]Driver, Fit, error) {
	c, err := d.prepared(level)
	if err != nil {
		return nil, Fit{}, err
	}
	k := len(d.params.Attributes)
	x := make([]int, k)
	for i := range x {
		x[i] = i
	}
	g, err := d.regress(c, x)
	if err != nil {
		return nil, Fit{}, err
	}
	shares, err := stat.Shares(c, 3*k, x...)
	if err != nil {
		return nil, Fit{}, d.named(err)
	}
	list := make([]Driver, k)
	for i := range list {
		list[i] = Driver{
			Attribute: d.params.Attributes[i], Slope: coefficient(g, 1+i, level), Beta: g.Beta[i], Share: shares[i],
			Correlation: c.At(i, 3*k) / (math.Sqrt(c.At(i, i)) * math.Sqrt(c.At(3*k, 3*k))),
		}
	}
	return list, fit(g, level), nil
}

// prepared returns covariances in which the overall rating varies.
func (d *Drivers) prepared(level float64) (stat.Covariance, error) {
	if err := checkLevel(level); err != nil {
		return stat.Covariance{}, err
	}
	c, err := d.covariance()
	if err != nil {
		return stat.Covariance{}, err
	}
	if y := len(c.Mean) - 1; !(c.At(y, y) > 0) {
		return stat.Covariance{}, fault.Room(room, fault.New("Overall", nil, "must vary among customers"))
	}
	return c, nil
}

func (d *Drivers) regress(c stat.Covariance, x []int) (stat.Regression, error) {
	g, err := stat.Regress(c, len(c.Mean)-1, x...)
	return g, d.named(err)
}

// named says which attribute hinders a regression.
func (d *Drivers) named(err error) error {
	if err == nil {
		return nil
	}
	if collinear := new(stat.CollinearError); errors.As(err, &collinear) {
		k := len(d.params.Attributes)
		rule := [3]string{
			"must have ratings that vary, and do not follow from those of other attributes",
			"must have bad ratings that do not follow from those of other attributes",
			"must have good and ordinary ratings that do not follow from others",
		}
		return fault.Room(room, fault.New(fmt.Sprintf("Attributes[%d]", collinear.Column%k), nil, rule[collinear.Column/k]))
	}
	return fmt.Errorf("%s: %w from %d customers who rated everything: %w", room, err, d.Complete(), relmark.ErrTooFew)
}

// rounding is the share of a variance that is taken for rounding.
const rounding = 1e-13

func coefficient(g stat.Regression, i int, level float64) Coefficient {
	c := Coefficient{B: g.Coef[i], SE: g.SE[i]}
	if !(1-g.R2 > rounding) { // the ratings determine the overall one
		c.SE, c.Low, c.High = 0, c.B, c.B
		if c.B == 0 {
			c.P = 1
		}
		return c
	}
	c.T, c.P = g.T(i)
	c.Low, c.High = g.Interval(i, level)
	return c
}

func fit(g stat.Regression, level float64) Fit {
	f := Fit{N: g.N, Degrees: int64(g.Degrees), R2: g.R2, Adjusted: g.AdjustedR2(), Sigma: g.Sigma, Intercept: coefficient(g, 0, level)}
	if !(1-g.R2 > rounding) {
		f.R2, f.Adjusted, f.Sigma = 1, 1, 0
		return f
	}
	f.F, f.P = g.F()
	return f
}
