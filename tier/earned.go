package tier

import "github.com/relmark/relmark/internal/calendar"

// What is earned is the level, how long it lasts, on what it rests.
//
// A level above the base is in one of three states: valid, up to until; pending,
// up to drop, with the validity over (ended) or, after a refund, still running; or,
// where levels have no dates, simply held. The base has neither date nor basis.
type earned struct {
	level   int
	entered calendar.Day // when it was given; renewals count from there
	until   instant      // end of its validity; never if there is none
	ended   bool         // the validity is over, a drop is pending
	basis   basis

	drop  instant // when a pending drop takes effect; never if none is pending
	cause why     // of the pending drop, and of the latest one

	steady   instant // end of dwell after the latest change
	lastDown bool    // that change was a downgrade
}

func nothingEarned() earned { return earned{until: never(), drop: never(), steady: always()} }

func (e *earned) pending() bool { return e.drop != never() }

// due returns the first instant after now at which something may change by itself.
func (e *earned) due(now instant) instant {
	next := e.drop
	if !e.ended {
		next = earlier(next, e.until)
	}
	if e.lastDown && now.before(e.steady) {
		next = earlier(next, e.steady)
	}
	return next
}
