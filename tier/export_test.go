package tier

// Steps returns how many instants, events, periods, lots and buckets r has gone through so
// far.
func (r *Runner) Steps() int { return r.moment.steps }

// Steps returns how many entries s has added, moved and tied so far.
func (s *Membership) Steps() int { return s.steps }
