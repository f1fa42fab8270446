package tier

// A ValidityKind is a way to say how long a level lasts. The zero kind is
// [EndOfNextPeriod].
type ValidityKind uint8

// The kinds of validity.
const (
	EndOfNextPeriod ValidityKind = iota // the rest of the period in which it was earned, and the next one
	MonthsFromEntry                     // a number of months since it was given
	WhileHolds                          // as long as the sums hold it, and no date
)

func (ValidityKind) names() []string {
	return []string{"end_of_next_period", "months_from_entry", "while_holds"}
}

// String returns the kind in lower case, such as "while_holds"; "invalid" for
// another ValidityKind.
func (k ValidityKind) String() string { return nameOf(k) }

// MarshalText returns what [ValidityKind.String] returns, or an error for another
// kind.
func (k ValidityKind) MarshalText() ([]byte, error) { return appendName(nil, k) }

// UnmarshalText reads the text of a kind; k is unchanged on error.
func (k *ValidityKind) UnmarshalText(text []byte) error { return parseName(k, text) }

// A Rounding says to what end a number of months since entry is rounded up. The
// zero Rounding is [RoundNone].
type Rounding uint8

// The roundings of [MonthsFromEntry].
const (
	RoundNone   Rounding = iota // through the day of entry, that many months later
	RoundMonth                  // through the last day of that month
	RoundPeriod                 // through the last day of that period
)

func (Rounding) names() []string { return []string{"none", "month", "period"} }

// String returns "none", "month" or "period"; "invalid" for another Rounding.
func (r Rounding) String() string { return nameOf(r) }

// MarshalText returns what [Rounding.String] returns, or an error for another one.
func (r Rounding) MarshalText() ([]byte, error) { return appendName(nil, r) }

// UnmarshalText reads the text of a Rounding; r is unchanged on error.
func (r *Rounding) UnmarshalText(text []byte) error { return parseName(r, text) }

// A Validity says how long a level lasts. What has a date is reviewed on it, and
// renewed or dropped; later events neither shorten nor lengthen it before, except
// a refund under [Recheck]. Without a date ([WhileHolds]) the level follows the
// sums, so the start of a period resets it. It is plain data.
type Validity struct {
	Kind       ValidityKind
	PlusMonths int      // further months for [EndOfNextPeriod], 0 to 1200
	Months     int      // for [MonthsFromEntry], 1 to 1200; renewals run twice, three times as long from the same entry
	Round      Rounding // for [MonthsFromEntry]
}

func (v Validity) check(errs []error, w Window) []error {
	errs = checkEnum(errs, v.Kind, "Validity.Kind")
	errs = checkEnum(errs, v.Round, "Validity.Round")
	if v.PlusMonths < 0 || v.PlusMonths > maxMonths || v.PlusMonths > 0 && v.Kind != EndOfNextPeriod {
		errs = append(errs, fault("must be 0 to 1200, and 0 unless the level lasts to the end of the next period", v.PlusMonths, "Validity.PlusMonths"))
	}
	if byEntry := v.Kind == MonthsFromEntry; byEntry && (v.Months < 1 || v.Months > maxMonths) || !byEntry && v.Months != 0 {
		errs = append(errs, fault("must be 1 to 1200 months from entry, and 0 for other kinds", v.Months, "Validity.Months"))
	}
	if v.Round != RoundNone && v.Kind != MonthsFromEntry {
		errs = append(errs, fault("must be none unless the level lasts months from entry", v.Round, "Validity.Round"))
	}
	if w.Kind.Rolling() && (v.Kind == EndOfNextPeriod || v.Round == RoundPeriod) {
		errs = append(errs, fault("must not ask for periods: the window rolls", v.Kind, "Validity.Kind"))
	}
	return errs
}
