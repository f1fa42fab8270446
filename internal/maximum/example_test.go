package maximum_test

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/maximum"
)

// Twelve complaints came in forty days: at what rate, and how sure is that?
func Example() {
	p := maximum.Problem{
		Axes: []maximum.Axis{{
			Name: "rate",
			Lo:   maximum.Limit{Param: "rate", Value: 0, Means: "nobody complains"},
			Hi:   maximum.Limit{Param: "rate", Value: math.Inf(1), Means: "complaints without end"},
		}},
		Mix: maximum.Identity(1),
		LogLik: func(theta, grad []float64) float64 {
			grad[0] = 12 - 40*theta[0] // by ln θ
			return 12*math.Log(theta[0]) - 40*theta[0]
		},
	}
	r, err := p.Maximise(context.Background(), 100)
	fmt.Println(r.Status == maximum.Converged, err)
	fmt.Printf("%.2f ± %.2f a day\n", r.Theta[0], math.Sqrt(r.Cov[0][0]))
	// Output:
	// true <nil>
	// 0.30 ± 0.09 a day
}
