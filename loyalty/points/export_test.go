package points

// Steps counts what changes of an account have looked at and moved: lots and places of
// lots, reservations in the order of their deadlines, places of names.
func (a *Account) Steps() int64 {
	return a.book.Steps() + a.holds.steps + a.keys.steps + a.orders.steps + a.parked.steps + a.members.steps
}

// DecideCounting decides, and counts the lots that were looked at.
func (e *Engine) DecideCounting(a *Account, c Command) (Decision, int64, error) {
	var k desk
	d, err := k.decide(e, a, c)
	return d, k.w.Steps(), err
}
