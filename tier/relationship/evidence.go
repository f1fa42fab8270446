package relationship

import (
	"math"

	"github.com/relmark/relmark"
)

// Evidence is the weighted sums of exchanges, added in the order of their dates. Every
// score is a ratio of two of them, so weights may count from any date: they do from one
// of the exchanges, and the earlier of them lose weight against later ones:
//
//	weight = 2^((date − base)/half-life)
//
// The base moves on before weights grow large, and takes the sums with it.
type evidence struct {
	base, last relmark.Date

	given, received, ours, theirs float64
	due, kept, tie, answers       float64
	made, adopted                 float64
}

// add adds an exchange. A half-life of 0 is none: all weigh the same.
func (s *evidence) add(e Exchange, halfLife float64) {
	weight := 1.0
	if halfLife > 0 {
		weight = s.weigh(e.On, halfLife)
	}
	s.last = e.On
	s.given += float64(weight * worth(e.Given))
	s.received += float64(weight * worth(e.Received))
	s.ours += float64(weight * float64(e.Ours))
	s.theirs += float64(weight * float64(e.Theirs))
	s.due += float64(weight * float64(e.Due))
	s.kept += float64(weight * float64(e.Kept))
	s.made += float64(weight * float64(e.Made))
	s.adopted += float64(weight * float64(e.Adopted))
	s.answers += float64(weight * float64(len(e.Answers)))
	for _, answer := range e.Answers {
		s.tie += float64(weight * answer)
	}
}

// weigh returns the weight of an exchange on a date, from 1 to 2^64. Sums that are many
// times as old vanish.
func (s *evidence) weigh(on relmark.Date, halfLife float64) float64 {
	const most = 64
	if s.base.IsZero() {
		s.base = on
	}
	age := float64(on.Sub(s.base)) / halfLife
	if age <= most {
		return math.Exp2(age)
	}
	fade := math.Exp2(-age)
	for _, sum := range [...]*float64{&s.given, &s.received, &s.ours, &s.theirs, &s.due, &s.kept, &s.tie, &s.answers, &s.made, &s.adopted} {
		*sum *= fade
	}
	s.base = on
	return 1
}
