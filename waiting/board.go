package waiting

import (
	"time"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Reason says why a shown wait may rise.
type Reason string

// The reasons. Without one a wait that was told stands.
const (
	NoReason    Reason = ""
	Overtook    Reason = "overtook"     // somebody was let pass
	ServerLeft  Reason = "server_left"  // fewer serve now
	SlowService Reason = "slow_service" // a service takes unusually long
	Closed      Reason = "closed"       // the line stands still
)

func reasons() enum.Set[Reason] {
	return enum.Of(NoReason, Overtook, ServerLeft, SlowService, Closed)
}

// A Board says how a live display announces waits. It is plain data.
type Board struct {
	Regret Regret  `json:"regret"` // which quantile is told, and how it is rounded
	Share  float64 `json:"share"`  // of waits within the interval that is shown; 0.5 to 0.99
}

// DefaultBoard returns a board with the regret of loss aversion, whole minutes and an
// interval that holds eight waits of ten.
func DefaultBoard() Board {
	r := DefaultRegret()
	r.Step = 1
	return Board{Regret: r, Share: 0.8}
}

// Validate reports every rule that b breaks, in one error.
func (b Board) Validate() error {
	var l fault.List
	l.Join("Regret", b.Regret.Validate())
	l.Between("Share", b.Share, 0.5, 0.99)
	return l.Err(room)
}

// A Shown is what a customer reads: the wait that is left from an instant on, and the
// range in which it mostly lies. It is plain data.
type Shown struct {
	At     time.Time `json:"at"`
	Wait   Minutes   `json:"wait"`
	Low    Minutes   `json:"low"`
	High   Minutes   `json:"high"`
	Reason Reason    `json:"reason,omitempty"` // why it is more than was told before
	// Held is by how much the estimate is above what is shown: it rose without a reason
	// that could be told. Somebody should look.
	Held Minutes `json:"held,omitempty"`
}

// First returns what to show to a customer who has to wait, by the law of the wait that
// is left, such as a [Position]. It fails as [Announce] does, and with a
// [relmark.FieldError] if b breaks a rule.
func (b Board) First(law Law, asOf time.Time) (Shown, error) {
	if err := b.Validate(); err != nil {
		return Shown{}, err
	}
	told, err := Announce(law, b.Regret)
	if err != nil {
		return Shown{}, err
	}
	unit, err := unitOf(law)
	if err != nil {
		return Shown{}, err
	}
	low, _, err := quantiles(law, (1-b.Share)/2)
	if err != nil {
		return Shown{}, err
	}
	high, _, err := quantiles(law, (1+b.Share)/2)
	if err != nil {
		return Shown{}, err
	}
	return Shown{At: asOf, Wait: told.IfDelayed, Low: Minutes(low) * unit, High: Minutes(high) * unit}, nil
}

// Next returns what to show later. Time that has passed counts down, and what falls
// faster is shown at once; what rises is shown only with a reason, which is told, and is
// held down without one. It fails as [Board.First] does, and with a [relmark.FieldError]
// for an unknown reason or an instant before the last.
func (b Board) Next(last Shown, law Law, why Reason, asOf time.Time) (Shown, error) {
	var l fault.List
	l.Join("", reasons().Check("why", why))
	l.Check(!asOf.Before(last.At), "asOf", asOf, "must not be before the last")
	if err := l.Err(room); err != nil {
		return Shown{}, err
	}
	now, err := b.First(law, asOf)
	if err != nil {
		return Shown{}, err
	}
	promised := max(0, last.Wait-Minutes(asOf.Sub(last.At).Minutes()))
	switch {
	case now.Wait <= promised:
	case why != NoReason:
		now.Reason = why
	default:
		now.Held = now.Wait - promised
		now.Wait = promised
	}
	return now, nil
}

// A Delay is the last wait of which something is known: what is left to guess from where
// nobody counts the line.
type Delay struct {
	LastServed Minutes  `json:"last_served"`            // wait of the last customer whose service began; 0 or more
	HeadOfLine *Minutes `json:"head_of_line,omitempty"` // how long who is next has waited so far; nil if nobody waits
	// Growth is the rate of arrivals of late over that before, as when the last customer
	// came; nil: as before. 0.01 to 100.
	Growth *float64 `json:"growth,omitempty"`
}

// Wait returns a guess of the wait of who comes now: the longer of what the last customer
// waited and what the next has waited so far, times the growth of arrivals, for a line
// that has grown since takes longer. It lags where arrivals change quickly, and says
// nothing of a line that has just stopped. It fails with a [relmark.FieldError] if d
// breaks a rule.
func (d Delay) Wait() (Minutes, error) {
	var l fault.List
	l.Between("LastServed", float64(d.LastServed), 0, 1e9)
	wait, growth := d.LastServed, 1.0
	if d.HeadOfLine != nil {
		l.Between("HeadOfLine", float64(*d.HeadOfLine), 0, 1e9)
		wait = max(wait, *d.HeadOfLine)
	}
	if d.Growth != nil {
		l.Between("Growth", *d.Growth, 0.01, 100)
		growth = *d.Growth
	}
	if err := l.Err(room); err != nil {
		return 0, err
	}
	return wait * Minutes(growth), nil
}
