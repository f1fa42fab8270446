package rfm

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const room = "rfm" // whose errors these are

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// Options says how a [History] is read; it is plain data. The zero Options count in days, keep
// every purchase day apart and net returns by day.
type Options struct {
	Unit     Unit     `json:"unit,omitzero"`     // in which times are reported; 0 is Day
	Collapse Collapse `json:"collapse,omitzero"` // how near purchases make one occasion
	Returns  Returns  `json:"returns,omitzero"`  // what a return takes back
}

// A Unit is the length in days of the unit of time: any from 1e-9 to 1e9.
type Unit float64

const shortest, longest Unit = 1e-9, 1e9

// Units of time. A Month and a Year are the mean ones of the Gregorian calendar.
const (
	Day   Unit = 1
	Week  Unit = 7
	Month Unit = 365.2425 / 12
	Year  Unit = 365.2425
)

// Collapse says which purchase days make one occasion. An occasion is dated by
// its first purchase day. The zero Collapse is [Daily].
type Collapse string

// The granularities of an occasion.
const (
	Daily   Collapse = ""        // each date is its own
	Weekly  Collapse = "weekly"  // Monday to Sunday
	Monthly Collapse = "monthly" // a calendar month
)

func collapses() enum.Set[Collapse] { return enum.Of(Daily, Weekly, Monthly) }

// Returns says how returns count. The zero Returns is [NetDay].
type Returns string

// The treatments of returns.
const (
	// NetDay sums all rows of an occasion. It is a purchase if the sum is
	// positive, or zero without any return; its value is that sum. The total is
	// the sum of all rows. A return booked later stays where it is booked: it
	// lowers the total, and the day of the purchase keeps its value.
	NetDay Returns = ""
	// Gross ignores returns: an occasion with a purchase is a purchase, its value
	// and the total are sums of purchases.
	Gross Returns = "gross"
)

func returns() enum.Set[Returns] { return enum.Of(NetDay, Gross) }

// Validate reports the first rule that o breaks as a [relmark.FieldError].
func (o Options) Validate() error {
	if o.Unit != 0 && !(o.Unit >= shortest && o.Unit <= longest) {
		return fault.New("Unit", float64(o.Unit), "must be 1e-9 to 1e9 days, or 0 for days")
	}
	if o.Collapse != Daily { // defaults are not looked up: this is asked for each customer
		if err := collapses().Check("Collapse", o.Collapse); err != nil {
			return err
		}
	}
	if o.Returns != NetDay {
		return returns().Check("Returns", o.Returns)
	}
	return nil
}

// A reading is what valid options come to.
type reading struct {
	unit     float64
	collapse uint8 // position of the word
	gross    bool
}

func (o Options) reading() reading {
	r := reading{unit: float64(o.Unit), gross: o.Returns == Gross}
	if r.unit == 0 {
		r.unit = 1
	}
	if o.Collapse != Daily {
		i, _ := collapses().Index(o.Collapse)
		r.collapse = uint8(i)
	}
	return r
}

// in returns a number of days in the unit.
func (r *reading) in(days int) float64 { return float64(days) / r.unit }

// starts returns the first date of the period that makes d one occasion with its
// neighbours.
func (r *reading) starts(d relmark.Date) relmark.Date {
	switch r.collapse {
	case 1:
		return d.AddDays(-int(d.Weekday()+6) % 7) // 0001-01-01 is a Monday
	case 2:
		_, _, day := d.Civil()
		return d.AddDays(1 - day)
	default:
		return d
	}
}
