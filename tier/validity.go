package tier

import (
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A ValidityKind is a way to say how long a level lasts. There is no default.
type ValidityKind string

// The kinds of validity.
const (
	EndOfNextPeriod ValidityKind = "end_of_next_period" // the rest of the period in which it was earned, and the next one
	MonthsFromEntry ValidityKind = "months_from_entry"  // a number of months since it was given
	WhileHolds      ValidityKind = "while_holds"        // as long as the sums hold it, and no date
)

func validityKinds() enum.Set[ValidityKind] {
	return enum.Of(EndOfNextPeriod, MonthsFromEntry, WhileHolds)
}

// A RoundUp says to what end a number of months since entry is rounded up. The zero
// RoundUp is [RoundNone].
type RoundUp string

// The roundings of [MonthsFromEntry].
const (
	RoundNone   RoundUp = ""       // through the day of entry, that many months later
	RoundMonth  RoundUp = "month"  // through the last day of that month
	RoundPeriod RoundUp = "period" // through the last day of that period
)

func roundUps() enum.Set[RoundUp] { return enum.Of(RoundNone, RoundMonth, RoundPeriod) }

// A Validity says how long a level lasts. What has a date is reviewed on it, and
// renewed or dropped; later events neither shorten nor lengthen it before, except
// a refund under [Recheck]. Without a date ([WhileHolds]) the level follows the
// sums, so the start of a period resets it. It is plain data.
type Validity struct {
	Kind       ValidityKind `json:"kind"`
	PlusMonths int          `json:"plus_months,omitempty"` // further months for [EndOfNextPeriod], 0 to 1200
	Months     int          `json:"months,omitempty"`      // for [MonthsFromEntry], 1 to 1200; renewals run twice, three times as long from the same entry
	Round      RoundUp      `json:"round,omitempty"`       // for [MonthsFromEntry]
}

// check says what is wrong with v where events count as w says.
func (v Validity) check(w Window) error {
	var errs fault.List
	errs.Join("", validityKinds().Check("Kind", v.Kind))
	errs.Join("", roundUps().Check("Round", v.Round))
	byPeriod, byEntry := v.Kind == EndOfNextPeriod, v.Kind == MonthsFromEntry
	errs.Check(v.PlusMonths == 0 || byPeriod && v.PlusMonths > 0 && v.PlusMonths <= maxMonths,
		"PlusMonths", v.PlusMonths, "must be 0 to 1200, and 0 unless the level lasts to the end of the next period")
	errs.Check(!byEntry && v.Months == 0 || byEntry && v.Months > 0 && v.Months <= maxMonths,
		"Months", v.Months, "must be 1 to 1200 months from entry, and 0 for other kinds")
	errs.Check(v.Round == RoundNone || byEntry, "Round", nil, "must be empty unless the level lasts months from entry")
	if w.Kind.Rolling() {
		errs.Check(!byPeriod, "Kind", v.Kind, "must not ask for periods: the window rolls")
		errs.Check(v.Round != RoundPeriod, "Round", v.Round, "must not ask for periods: the window rolls")
	}
	return errs.Err("")
}
