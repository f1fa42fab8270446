// Command tour may read files and print, but has no clock and draws no numbers.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	_ "github.com/relmark/relmark/loyalty"
	_ "github.com/relmark/relmark/tier"
)

func main() {
	flag.Parse()
	fmt.Println(len(os.Args))
	fmt.Println(time.Now())     // want forbidigo "no clock"
	fmt.Println(rand.Float64()) // want forbidigo "no global randomness"
}
