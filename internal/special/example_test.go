package special_test

import (
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/special"
)

// Ten lines and five calls at a time: how many callers hear the busy tone?
func Example() {
	fmt.Printf("%.2f %%\n", 100/(1+special.PoissonOdds(10, special.Extended{Hi: 5})))
	// Output: 1.84 %
}

// What is the mean of a wait of which only the tail is known?
func ExampleTails_Area() {
	mean, err := special.NewTails().Area(func(t float64) float64 { return 0.3 * math.Exp(-t/4) }, 0)
	fmt.Printf("%.3f %v\n", mean, err)
	// Output: 1.200 <nil>
}
