package points

import (
	"slices"

	"github.com/relmark/relmark"
)

// An order is what an account remembers of an order that earned.
type order struct {
	date     relmark.Date
	total    int64    // minor units
	refunded int64    // of them
	granted  int64    // points
	taken    int64    // of granted: reversed, turned into debt or lost
	lost     int64    // of taken: what nobody owes
	deducted int64    // minor units kept of cash refunds for what was lost
	lot      uint64   // of the points granted, 0 if none were
	restored int64    // of the points that paid
	paid     *payment // nil if none did
	more     *detail  // nil if there are neither lines nor bonuses of goals
}

// A detail is what most orders do not have. One that an account has does not change: it
// is replaced.
type detail struct {
	lines    []line // nil if there are none: the order is all rest
	pursuits []pursuit
	bonus    int64 // of granted: of goals, which is in no line's points
	fallen   int64 // of bonus: what has been taken back with goals
}

// lines returns the lines of the order, the rest last; nil if it has none.
func (o *order) lines() []line {
	if o.more == nil {
		return nil
	}
	return o.more.lines
}

// earned returns what was granted for the order itself.
func (o *order) earned() int64 {
	if o.more == nil {
		return o.granted
	}
	return o.granted - o.more.bonus
}

// fallen returns what goals granted with the order and have taken back.
func (o *order) fallen() int64 {
	if o.more == nil {
		return 0
	}
	return o.more.fallen
}

// value returns what points paid of the order.
func (o *order) value() int64 {
	if o.paid == nil {
		return 0
	}
	return o.paid.value
}

// copied returns the order with lines of its own, to try a refund on.
func (o *order) copied() order {
	c := *o
	if o.more != nil {
		more := *o.more
		more.lines, more.pursuits = slices.Clone(more.lines), slices.Clone(more.pursuits)
		c.more = &more
	}
	return c
}

// A payment is how points paid for an order. It does not change.
type payment struct {
	parts []Part // in the order in which they were taken
	spent int64  // their sum
	value int64  // what they paid, in minor units
}

// spent returns how many points paid for the order; most are paid with money alone.
func (o *order) spent() int64 {
	if o.paid == nil {
		return 0
	}
	return o.paid.spent
}
