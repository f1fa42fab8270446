package stat_test

import (
	"fmt"

	"github.com/relmark/relmark/internal/stat"
)

// Six customers gave these scores. How sure are we of their mean?
func Example() {
	var m stat.Moments
	for _, score := range []uint64{3, 4, 4, 5, 2, 4} {
		m.Add(score)
	}
	s := m.Summary(1, 0)
	mean, _ := s.Mean()
	low, high, _ := s.Interval(0.95)
	fmt.Printf("%.2f, with 95 %% confidence %.2f to %.2f\n", mean, low, high)
	// Output: 3.67, with 95 % confidence 2.58 to 4.75
}

// Does satisfaction follow from the wait, in minutes, and from friendliness?
func ExampleRegress() {
	c := stat.NewComoments(3)
	for _, row := range [][]float64{{7, 2, 6}, {5, 6, 5}, {6, 3, 5}, {3, 9, 4}, {4, 9, 6}, {6, 5, 7}} {
		c.Add(row)
	}
	v, _ := c.Covariance()
	r, err := stat.Regress(v, 0, 1, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	low, high := r.Interval(1, 0.95)
	fmt.Printf("a minute costs %.2f (%.2f to %.2f), R² = %.2f\n", r.Coef[1], low, high, r.R2)
	// Output: a minute costs -0.43 (-0.50 to -0.35), R² = 0.99
}
