// Command tour shows what relmark says about a log of purchases.
//
//	go run ./examples/tour                     a simulated house
//	go run ./examples/tour -purchases FILE     your own log
//
// FILE is CSV, read by position: customer, date (2006-01-02 or RFC 3339), quantity,
// amount and, if you have it, item, divided by commas, semicolons or tabs. A first
// line whose fourth field is no number is a header. A negative amount is a return.
// Amounts are rounded to the cent. The report is as of the last date.
//
// Each section is one file here: read it to see how a room is called.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/tier/rfm"
)

// The simulated house: simulate_test.go says how it was made.
//
//go:embed purchases.csv
var simulatedPurchases []byte

//go:embed survey.csv
var simulatedSurvey []byte

//go:embed weeks.csv
var simulatedWeeks []byte

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
	s := &story{name: "a simulated hotel", base: &rfm.Base[string]{}, survey: simulatedSurvey, weeks: simulatedWeeks, desk: hotelDesk(), house: true}
	content := simulatedPurchases
	if file != "" {
		var err error
		if content, err = os.ReadFile(file); err != nil {
			return err
		}
		s = &story{name: "your log", base: &rfm.Base[string]{}}
	}
	var err error
	if s.sales, err = readLog(content); err != nil {
		return err
	}
	r := &report{}
	if err := s.tell(r); err != nil {
		return err
	}
	_, err = r.WriteTo(out)
	return err
}

// A story is what there is to report on, and what one section finds for the next.
type story struct {
	name   string
	sales  *salesLog
	survey []byte // answers to the questionnaire; nil if there are none
	weeks  []byte // counts of recommendation and a measure of the process; nil if there are none
	desk   *desk  // how the reception works; nil if unknown
	house  bool   // whether it is the simulated hotel: what else is made up of it holds

	base      *rfm.Base[string]      // every customer's history
	customers []rfm.Customer[string] // as of the last day, in days
	worth     []asset                // what they will bring, the most valuable first; nil if it cannot be told
	quiet     []asset                // those to call, the most at stake first
	ledger    *ledger                // points that they would have; nil if it cannot be told
	shelf     shelf                  // what was bought together, by whom
	rules     []basket.Rule[string]  // what sells together, the strongest first
	offers    []offer                // what was decided for each of those addressed
}

// tell writes the sections in the order of the story.
func (s *story) tell(r *report) error {
	r.heading("relmark tour: " + s.name)
	r.say("%s of %s from %s to %s, %s in all.",
		plural(len(s.sales.rows), "row"), plural(s.sales.customers, "customer"), s.sales.first, s.sales.last, money(s.sales.total))
	if s.house {
		r.say("All of it is made up: the log, and what is said of contacts, bonds, service, rivals and employees.")
	}
	if n := s.sales.rounded; n > 0 {
		r.say("%s had more than two digits after the point: rounded to the cent, half of one away from zero.", plural(n, "amount"))
	}
	r.say("Behind each question stand the packages that answer it.")
	for _, section := range []func(*report) error{
		s.whoMatters, s.whoBringsTheMoney, s.whoIsStillACustomer, s.whomToCallFirst, s.whomToContact, s.whatAReferralIsWorth,
		s.whoIsInWhichTier, s.whatTheyEarned, s.whatWeOwe, s.whatAVoucherCosts, s.whichBondsTie, s.whatLeavingCosts,
		s.howServiceWas, s.howContentTheyAre, s.whetherItHasChanged, s.howTheWaitFelt, s.whatHappensAtTheCounter, s.whatBecomesOfComplaints,
		s.fromEmployeesToProfit, s.againstWhomWeLose,
		s.whatSellsTogether, s.whatSuitsWhom, s.whatComesNext, s.wouldItHaveGuessedRight, s.whatGrows, s.whatToOffer, s.whoGetsTheFew,
	} {
		switch err := section(r); {
		case errors.Is(err, relmark.ErrTooFew):
			r.say("Needs a longer log (%v).", err)
		case errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrLimit):
			r.say("Cannot be told of this log: %v.", err)
		case err != nil:
			return err
		}
	}
	return nil
}
