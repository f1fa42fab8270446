package relmark

import "time"

// A Channel is a way to reach a customer, such as "email" or "call", in the
// host's own words: UTF-8 text without U+FFFD.
type Channel string

// AnyChannel stands for every channel in a cap, a gap or quiet hours. It is no
// channel to ask for, and a consent for it allows nothing: consent is specific.
const AnyChannel Channel = "*"

// A Purpose is what a contact is for, such as "offers" or "service", in the
// host's own words: UTF-8 text without U+FFFD. There is no word for every purpose.
type Purpose string

// A ContactPolicy says when customers may be contacted: with their consent for
// the channel and the purpose, outside quiet hours on their own clock, and not
// too often. The zero policy asks for consent only.
//
// It and its parts are plain data, safe for concurrent use while nobody changes
// them. Each list has 100 entries at most. Store a policy with
// [ContactPolicy.MarshalJSON], read it back with [DecodeContactPolicy].
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

// Validate reports the rules that p breaks in one error, the first 16 of them each
// and the number of the others. Errors name positions in p and repeat no channel or
// purpose.
func (p ContactPolicy) Validate() error {
	var f contactFaults
	if f.length(len(p.Quiet), mostRules, "Quiet") {
		for i := range p.Quiet {
			p.Quiet[i].check(&f, i)
		}
	}
	if f.length(len(p.Caps), mostRules, "Caps") {
		for i, c := range p.Caps {
			c.check(&f, i)
		}
	}
	if f.length(len(p.MinGaps), mostRules, "MinGaps") {
		for i, g := range p.MinGaps {
			g.check(&f, i)
		}
	}
	if f.length(len(p.Exempt), mostRules, "Exempt") {
		for i, purpose := range p.Exempt {
			f.name(string(purpose), "Exempt[%d]", i)
		}
	}
	return f.err()
}

// mostRules is how many entries each list of a policy may have.
const mostRules = 100

func (q *QuietHours) check(f *contactFaults, i int) {
	if q.From < 0 || q.From >= day || q.From%time.Minute != 0 {
		f.add(q.From, "must be whole minutes, at least 0 and less than 24h", "Quiet[%d].From", i)
	}
	if q.To < 0 || q.To > day || q.To%time.Minute != 0 || q.To == q.From {
		f.add(q.To, "must be whole minutes, at least 0, at most 24h and not equal to From", "Quiet[%d].To", i)
	}
	if f.length(len(q.Days), 7, "Quiet[%d].Days", i) {
		for j, weekday := range q.Days {
			if weekday < time.Sunday || weekday > time.Saturday {
				f.add(int(weekday), "must be a day of the week", "Quiet[%d].Days[%d]", i, j)
			}
		}
	}
	if f.length(len(q.Channels), mostRules, "Quiet[%d].Channels", i) {
		for j, channel := range q.Channels {
			f.name(string(channel), "Quiet[%d].Channels[%d]", i, j)
		}
	}
}

func (c ContactCap) check(f *contactFaults, i int) {
	f.name(string(c.Channel), "Caps[%d].Channel", i)
	if c.Max < 1 {
		f.add(c.Max, "must be 1 or more", "Caps[%d].Max", i)
	}
	if c.Window <= 0 {
		f.add(c.Window, "must be > 0", "Caps[%d].Window", i)
	}
}

func (g ContactGap) check(f *contactFaults, i int) {
	f.name(string(g.Channel), "MinGaps[%d].Channel", i)
	if g.Least <= 0 {
		f.add(g.Least, "must be > 0", "MinGaps[%d].Least", i)
	}
}

// covers reports whether a rule for channel c applies to channel asked.
func (c Channel) covers(asked Channel) bool { return c == asked || c == AnyChannel }
