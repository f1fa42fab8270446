package queue

import (
	"math"
	"sort"

	"github.com/relmark/relmark/internal/special"
)

// OverbookParams describes places that cannot be stored, rooms of a night or seats of a
// flight, and guests some of whom do not come. It is plain data.
type OverbookParams struct {
	Places   int     `json:"places"`    // 1 to 1,000,000
	ShowUp   float64 `json:"show_up"`   // probability that a guest who has booked comes, each for himself; above 0, at most 1
	EmptyFee float64 `json:"empty_fee"` // what a place costs that stays empty, the margin lost; 0 to 1e12
	WalkFee  float64 `json:"walk_fee"`  // what a guest costs who comes and has no place; above 0, to 1e12
}

// Validate reports every rule that p breaks, joined into one error.
func (p OverbookParams) Validate() error {
	var l faults
	l.Check(p.Places >= 1 && p.Places <= 1_000_000, "Places", p.Places, "must be 1 to 1000000")
	l.Check(p.ShowUp > 0 && p.ShowUp <= 1, "ShowUp", p.ShowUp, "must be above 0 and at most 1")
	l.Between("EmptyFee", p.EmptyFee, 0, 1e12)
	l.Check(p.WalkFee > 0 && p.WalkFee <= 1e12, "WalkFee", p.WalkFee, "must be above 0 and at most 1e+12")
	return l.Err(room)
}

// A Booking is what comes of accepting so many bookings, if there are so many.
type Booking struct {
	Limit    int     `json:"limit"`     // bookings accepted
	Walked   float64 `json:"walked"`    // expected guests who come and have no place
	Empty    float64 `json:"empty"`     // expected places that stay empty
	ProbWalk float64 `json:"prob_walk"` // that somebody has no place
	Cost     float64 `json:"cost"`      // of both
}

// Overbook returns the number of bookings to accept that costs least, the smaller of
// equals: one more is accepted as long as the probability that it walks a guest, given
// that its own guest comes, is less than EmptyFee/(EmptyFee + WalkFee). It fails exactly
// when [OverbookParams.Validate] does, and accepts no more than ten times as many bookings as
// there are places. It bisects.
func Overbook(p OverbookParams) (Booking, error) {
	if err := p.Validate(); err != nil {
		return Booking{}, err
	}
	critical := p.EmptyFee / (p.EmptyFee + p.WalkFee)
	more := sort.Search(9*p.Places, func(more int) bool {
		return !(p.above(p.Places+more, p.Places-1) < critical*(1-slight))
	})
	return p.with(p.Places + more), nil
}

// With returns what comes of accepting so many bookings. It fails if p breaks a rule or
// limit is not 0 to ten times the places.
func (p OverbookParams) With(limit int) (Booking, error) {
	if err := p.Validate(); err != nil {
		return Booking{}, err
	}
	var l faults
	l.Check(limit >= 0 && limit <= 10*p.Places, "limit", limit, "must be 0 to ten times Places")
	if err := l.Err(room); err != nil {
		return Booking{}, err
	}
	return p.with(limit), nil
}

// with returns, of N guests who come, E[(N − places)+] and E[(places − N)+]:
//
//	E[N; N > k] = n·s·P(N' ≥ k) for N' of n − 1 bookings
func (p OverbookParams) with(limit int) Booking {
	mean := float64(limit) * p.ShowUp
	b := Booking{Limit: limit, ProbWalk: p.above(limit, p.Places)}
	if limit > p.Places {
		b.Walked = max(0, mean*p.above(limit-1, p.Places-1)-float64(p.Places)*b.ProbWalk)
	}
	b.Empty = max(0, float64(p.Places)-mean+b.Walked)
	b.Cost = float64(p.EmptyFee*b.Empty) + float64(p.WalkFee*b.Walked)
	return b
}

// above returns the probability that more than k of n guests come.
func (p OverbookParams) above(n, k int) float64 {
	switch {
	case k >= n:
		return 0
	case p.ShowUp == 1:
		return 1
	}
	more, _ := special.Beta(float64(k+1), float64(n-k), p.ShowUp, 1-p.ShowUp)
	return more
}

// A CapacityUse is what became of the capacity of a period.
type CapacityUse struct {
	Used       float64 `json:"used"`        // customers served, as many as fit
	TurnedAway float64 `json:"turned_away"` // customers for whom there was no room
	Idle       float64 `json:"idle"`        // places without a customer
	Cost       float64 `json:"cost"`        // of those turned away and of idle places
}

// UseCapacity returns what became of the capacity of each period: demand beyond it is turned
// away, and what is not asked for is lost, for a service cannot be stored. It fails with a
// [relmark.FieldError] unless there is one capacity for each demand, all are 0 to 1e12 and
// so are both costs.
func UseCapacity(demand, capacity []float64, perTurnedAway, perIdle float64) ([]CapacityUse, error) {
	var l faults
	l.Check(len(demand) == len(capacity), "capacity", len(capacity), "must be of as many periods as demand")
	l.Between("perTurnedAway", perTurnedAway, 0, 1e12)
	l.Between("perIdle", perIdle, 0, 1e12)
	for i := 0; i < min(len(demand), len(capacity)) && !l.Full(); i++ {
		l.Between("demand["+itoa(i)+"]", demand[i], 0, 1e12)
		l.Between("capacity["+itoa(i)+"]", capacity[i], 0, 1e12)
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	uses := make([]CapacityUse, len(demand))
	for i, d := range demand {
		used := math.Min(d, capacity[i])
		away, idle := d-used, capacity[i]-used
		uses[i] = CapacityUse{used, away, idle, float64(perTurnedAway*away) + float64(perIdle*idle)}
	}
	return uses, nil
}
