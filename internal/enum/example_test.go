package enum_test

import (
	"fmt"
)

// How does a policy refuse a word that it does not know, and how does a snapshot keep
// one that it does in a byte?
func Example() {
	fmt.Println(depths().Check("Depth", "one-step"))
	i, ok := depths().Index(oneStep)
	fmt.Println(i, ok)
	word, ok := depths().At(1)
	fmt.Println(word, ok)
	// Output:
	// Depth: must be empty or one of one_step, base
	// 1 true
	// one_step true
}

// Which words are there?
func ExampleSet_All() {
	for i, word := range depths().All() {
		fmt.Printf("%d %q\n", i, word)
	}
	// Output:
	// 0 ""
	// 1 "one_step"
	// 2 "base"
}
