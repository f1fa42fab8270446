// Command tour shows what relmark says about a log of purchases.
//
//	go run ./examples/tour                     a simulated house
//	go run ./examples/tour -purchases FILE     your own log
//
// FILE is CSV, read by position: customer, date (2006-01-02 or RFC 3339), quantity,
// amount and, if you have it, item. A first line whose fourth field is no number is
// a header. A negative amount is a return. The report is as of the last date.
//
// Each section is one file here: read it to see how a room is called.
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
)

// The simulated house: see simulate_test.go, which wrote it.
//
//go:embed purchases.csv
var simulated []byte

func main() {
	file := flag.String("purchases", "", "CSV `file`: customer, date, quantity, amount[, item]")
	flag.Parse()
	if err := run(os.Stdout, *file); err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

// run reports on the file, or on the simulated house if there is none.
func run(out io.Writer, file string) error {
	content, name := simulated, "a simulated hotel"
	if file != "" {
		var err error
		if content, err = os.ReadFile(file); err != nil {
			return err
		}
		name = "your log"
	}
	sales, err := readLog(bytes.NewReader(content))
	if err != nil {
		return err
	}
	r := &report{}
	if err := tell(r, name, sales); err != nil {
		return err
	}
	_, err = r.WriteTo(out)
	return err
}

// tell writes the sections in the order of the story.
func tell(r *report, name string, sales *salesLog) error {
	r.heading("relmark tour: %s", name)
	r.say("%s rows of %s customers from %s to %s, %s in all.",
		count(len(sales.rows)), count(sales.customers), sales.first, sales.last, money(sales.total))
	for _, section := range []func(*report, *salesLog) error{whoMatters} {
		if err := section(r, sales); err != nil {
			return err
		}
	}
	return nil
}
