package relmark

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// A Channel is a way to reach a customer, such as "email" or "call", in the
// host's own words.
type Channel string

// AnyChannel stands for every channel in a cap, a gap or quiet hours. It is no
// channel to ask for, and a consent for it allows nothing: consent is specific.
const AnyChannel Channel = "*"

// A Purpose is what a contact is for, such as "offers" or "service", in the
// host's own words. There is no word for every purpose.
type Purpose string

// A ContactPolicy says when customers may be contacted: with their consent for
// the channel and the purpose, outside quiet hours on their own clock, and not
// too often. The zero policy asks for consent only.
//
// It and its parts are plain data, safe for concurrent use while nobody changes
// them. Store a policy with [ContactPolicy.MarshalJSON], read it back with
// [DecodeContactPolicy].
type ContactPolicy struct {
	// Zone is the clock of customers whose own zone is not known. If it is nil, a
	// decision about such a customer is an error.
	Zone *time.Location

	Quiet   []QuietHours
	Caps    []ContactCap
	MinGaps []ContactGap

	// Exempt lists purposes that the customer is owed, such as service messages.
	// They need consent and nothing else, and count for no cap or gap.
	Exempt []Purpose
}

// QuietHours are a stretch of the day, on the clock on the customer's wall, in
// which no contact is made: From is in it, To is not. If From is later than To
// it runs over midnight, and the part after midnight belongs to the day before.
// A reading that the clock skips is never asked about, and one that comes twice
// is judged both times.
type QuietHours struct {
	From time.Duration // since midnight; whole minutes, at least 0, less than 24 hours
	To   time.Duration // since midnight; whole minutes, at most 24 hours, not equal to From

	Days     []time.Weekday // local days on which the stretch begins; none means every day
	Channels []Channel      // channels that keep these hours; none means every channel
}

// A ContactCap allows Max contacts within a rolling window: at t it counts the
// contacts in (t − Window, t], so one that was made exactly a window ago is out.
type ContactCap struct {
	Channel Channel       // whose contacts it limits and counts; [AnyChannel] for all together
	Max     int           // 1 or more
	Window  time.Duration // elapsed time, > 0; a day is 24 hours
}

// A ContactGap is the time that must pass since the latest contact. To wait
// exactly that long is enough.
type ContactGap struct {
	Channel Channel       // whose contacts it keeps apart; [AnyChannel] for all together
	Least   time.Duration // elapsed time, > 0; a day is 24 hours
}

// Validate reports every rule that p breaks, joined into one error. Errors name
// positions in p and repeat no channel or purpose.
func (p ContactPolicy) Validate() error {
	var errs []error
	for i := range p.Quiet {
		errs = p.Quiet[i].check(errs, i)
	}
	for i, c := range p.Caps {
		errs = checkName(errs, string(c.Channel), "Caps[%d].Channel", i)
		if c.Max < 1 {
			errs = append(errs, fault(c.Max, "must be 1 or more", "Caps[%d].Max", i))
		}
		errs = checkElapsed(errs, c.Window, "Caps[%d].Window", i)
	}
	for i, g := range p.MinGaps {
		errs = checkName(errs, string(g.Channel), "MinGaps[%d].Channel", i)
		errs = checkElapsed(errs, g.Least, "MinGaps[%d].Least", i)
	}
	for i, purpose := range p.Exempt {
		errs = checkName(errs, string(purpose), "Exempt[%d]", i)
	}
	return contactError(errs)
}

func (q *QuietHours) check(errs []error, i int) []error {
	if q.From < 0 || q.From >= day || q.From%time.Minute != 0 {
		errs = append(errs, fault(q.From, "must be whole minutes, at least 0 and less than 24h", "Quiet[%d].From", i))
	}
	if q.To < 0 || q.To > day || q.To%time.Minute != 0 || q.To == q.From {
		errs = append(errs, fault(q.To, "must be whole minutes, at least 0, at most 24h and not equal to From", "Quiet[%d].To", i))
	}
	for j, weekday := range q.Days {
		if weekday < time.Sunday || weekday > time.Saturday {
			errs = append(errs, fault(int(weekday), "must be a day of the week", "Quiet[%d].Days[%d]", i, j))
		}
	}
	for j, channel := range q.Channels {
		errs = checkName(errs, string(channel), "Quiet[%d].Channels[%d]", i, j)
	}
	return errs
}

// checkName takes its positions as plain integers so that good input costs no
// allocation.
func checkName(errs []error, name, field string, at ...int) []error {
	if name != "" && utf8.ValidString(name) {
		return errs
	}
	return append(errs, fault(nil, "must be UTF-8 text and not empty", field, at...))
}

func checkElapsed(errs []error, d time.Duration, field string, i int) []error {
	if d > 0 {
		return errs
	}
	return append(errs, fault(d, "must be > 0", field, i))
}

// fault describes a broken rule at a field such as "Quiet[%d].Days[%d]".
func fault(value any, rule, field string, at ...int) error {
	positions := make([]any, len(at))
	for i := range at {
		positions[i] = at[i]
	}
	return &FieldError{Field: fmt.Sprintf(field, positions...), Value: value, Rule: rule}
}

// contactError joins what was found, nil if nothing was.
func contactError(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("relmark: contact policy: %w", errors.Join(errs...))
}

// covers reports whether a rule for channel c applies to channel asked.
func (c Channel) covers(asked Channel) bool { return c == asked || c == AnyChannel }
