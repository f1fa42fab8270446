package fault_test

import (
	"fmt"

	"github.com/relmark/relmark/internal/fault"
)

// What is wrong with this ladder, and where?
func Example() {
	var l fault.List
	for i, nights := range []int{10, -3, 25} {
		l.Check(nights > 0, fmt.Sprintf("Levels[%d].Nights", i), nights, "must be > 0")
	}
	fmt.Println(l.Err("tier"))
	// Output: tier: Levels[1].Nights = -3: must be > 0
}

// How are the faults of a part said by the whole?
func ExampleList_Join() {
	var part, whole fault.List
	part.Between("Share", 1.2, 0, 1)
	whole.Join("Segments[4]", part.Err(""))
	fmt.Println(whole.Err("abc"))
	// Output: abc: Segments[4].Share = 1.2: must be 0 to 1
}
