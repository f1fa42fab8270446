package social

import (
	"container/heap"
	"maps"
	"slices"
)

// What guards must know for ever is who has joined, and by whom: a friend who comes again is
// known, and a circle may close after years. That much is kept of a referral when the rest of
// it is forgotten.

// forget drops what is older than a closing and what no guard, deadline or claw-back of the
// policy can look at any more.
func (g *ReferralProgram) forget(s *Referrals, before, now int64) {
	s.steps += len(s.keys) + len(s.codes) + len(s.referrers) + len(s.timers)
	s.closed, s.hasClosed = before, true
	maps.DeleteFunc(s.keys, func(_ string, k keyed) bool { return k.at < before })
	maps.DeleteFunc(s.codes, func(_ string, r *referral) bool {
		done := r.since < before && g.isOver(r, now)
		if done {
			s.remember(r)
		}
		return done
	})
	s.timers = slices.DeleteFunc(s.timers, func(t timer) bool { return t.deadline != t.at })
	heap.Init(&s.timers)
	maps.DeleteFunc(s.referrers, func(_ string, by *referrer) bool {
		by.joins = slices.DeleteFunc(by.joins, func(t int64) bool { return !g.p.Velocity.holds(t, now) })
		by.rewards = slices.DeleteFunc(by.rewards, func(r *referral) bool { return !g.counts(r, now) })
		return len(by.joins)+len(by.rewards) == 0
	})
}

// isOver reports whether nothing that comes after an instant can change a referral, or
// count it within a rolling window.
func (g *ReferralProgram) isOver(r *referral, now int64) bool {
	switch {
	case r.ends(), r.accepted() && g.p.Velocity.holds(r.joined, now):
		return false
	case r.state == StateRewarded:
		return now-r.rewarded >= int64(g.p.Clawback) && !g.counts(r, now)
	}
	return true
}

// counts reports whether a reward counts towards the cap at an instant.
func (g *ReferralProgram) counts(r *referral, now int64) bool {
	return r.state == StateRewarded && r.reason == "" && g.p.Cap.holds(r.rewarded, now)
}

// holds reports whether what happened at t lies within the window that ends now; there is
// none without a rate.
func (r *Rate) holds(t, now int64) bool { return r != nil && now-t < int64(r.Within) }

// remember keeps of a referral who the friend is, and by whom they came.
func (s *Referrals) remember(r *referral) {
	if s.past == nil {
		s.past = map[string]string{}
	}
	switch _, known := s.past[r.friend]; {
	case r.friend == "": // nobody came
	case r.accepted():
		s.past[r.friend] = r.referrer
	case !known:
		s.past[r.friend] = ""
	}
	if s.friends[r.friend] == r {
		delete(s.friends, r.friend)
	}
}

// by returns who brought a member; false if nobody did.
func (s *Referrals) by(member string) (string, bool) {
	if r := s.friends[member]; r != nil && r.accepted() {
		return r.referrer, true
	}
	up := s.past[member]
	return up, up != ""
}

// isKnown reports whether a member has joined by a code, however that ended.
func (s *Referrals) isKnown(member string) bool {
	_, past := s.past[member]
	return past || s.friends[member] != nil
}
