package servqual

import (
	"errors"
	"fmt"

	"github.com/relmark/relmark/internal/stat"
)

// A Regression is a least-squares fit y = b0 + Σ b·x of a score to others. It is plain
// data.
type Regression struct {
	N            int64         `json:"n"`       // respondents who answered all that is in it
	Degrees      int64         `json:"degrees"` // of freedom: n less the number of coefficients
	R2           float64       `json:"r2"`      // share of the variance of y that is explained
	Adjusted     float64       `json:"r2_adjusted"`
	Sigma        float64       `json:"sigma"`        // standard deviation of what is left
	Test         FTest         `json:"test"`         // of all slopes; F is 0, and P 0, where nothing is left
	Coefficients []Coefficient `json:"coefficients"` // the intercept, then one of each x in its order
}

// A Coefficient is how much y changes with one point of x, other things equal.
type Coefficient struct {
	Name     string  `json:"name"` // "intercept" or that of x
	B        float64 `json:"b"`
	SE       float64 `json:"se"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	T        float64 `json:"t"`        // 0 where nothing is left
	P        float64 `json:"p"`        // two-sided, of none; 0 where nothing is left, but 1 for a B of 0
	Standard float64 `json:"standard"` // in standard deviations of y and x; 0 for the intercept
}

// Slope returns the coefficient of that name; a [relmark.FieldError] if there is none.
func (r Regression) Slope(name string) (Coefficient, error) {
	for _, c := range r.Coefficients[min(1, len(r.Coefficients)):] {
		if c.Name == name {
			return c, nil
		}
	}
	return Coefficient{}, broken("Name", nil, "must be in the regression")
}

// rounding is the share of a variance that is taken for rounding: whole answers that a
// line misses, it misses by more.
const rounding = 1e-13

// regression fits a column to others, and names what hinders it by its place.
func regression(c stat.Covariance, y int, x []int, names []string, level float64) (Regression, stat.Regression, error) {
	if !(c.At(y, y) > 0) && c.N > 1 {
		return Regression{}, stat.Regression{}, broken("Y", nil, "must vary among those who answered")
	}
	g, err := stat.Regress(c, y, x...)
	if collinear := new(stat.CollinearError); errors.As(err, &collinear) {
		return Regression{}, g, broken(fmt.Sprintf("X[%d]", indexOf(x, collinear.Column)), nil, "must vary, and not follow from those before it")
	} else if err != nil {
		return Regression{}, g, few("regression with %d coefficients on %d respondents", len(x)+1, c.N)
	}
	r := Regression{N: g.N, Degrees: int64(g.Degrees), R2: g.R2, Adjusted: g.AdjustedR2(), Sigma: g.Sigma}
	exact := !(1-g.R2 > rounding)
	if exact {
		r.R2, r.Adjusted, r.Sigma = 1, 1, 0
	}
	r.Test = overall(g, exact)
	for i, b := range g.Coef {
		k := Coefficient{Name: "intercept", B: b, SE: g.SE[i]}
		if exact {
			k.SE = 0
		}
		half := stat.StudentT(level, g.Degrees) * k.SE
		k.Low, k.High = b-half, b+half
		if i > 0 {
			k.Name, k.Standard = names[i-1], g.Beta[i-1]
		}
		if !exact {
			k.T = b / g.SE[i]
			k.P = stat.TTail(k.T, g.Degrees)
		} else if b == 0 {
			k.P = 1
		}
		r.Coefficients = append(r.Coefficients, k)
	}
	return r, g, nil
}

func overall(g stat.Regression, exact bool) FTest {
	t := FTest{Above: float64(len(g.Coef) - 1), Below: g.Degrees}
	if !exact {
		t.F = g.R2 / t.Above / ((1 - g.R2) / g.Degrees)
		t.P = stat.FTail(t.F, t.Above, t.Below)
	}
	return t
}

func indexOf(list []int, x int) int {
	for i, v := range list {
		if v == x {
			return i
		}
	}
	return -1
}
