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
