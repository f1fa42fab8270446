package abc

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A StreakRule says when falling contributions cost a class. The zero rule is
// three falls running.
type StreakRule struct {
	Falls int `json:"falls"` // 1 to 1000; 0 is 3
}

const maxFalls = 1000

// Validate reports a rule that r breaks as a [relmark.FieldError].
func (r StreakRule) Validate() error {
	if r.Falls < 0 || r.Falls > maxFalls {
		return wrap(fault.New("Falls", r.Falls, "must be 1 to 1000, or 0 for 3"))
	}
	return nil
}

func (r StreakRule) falls() int {
	if r.Falls == 0 {
		return 3
	}
	return r.Falls
}

// A Streak is the class of one customer and how the contributions of the latest
// periods ran. It is an immutable value, safe for concurrent use; store it between
// periods as JSON. Obtain one from [NewStreak] or by decoding; the zero Streak has
// no class and accepts no period.
type Streak struct {
	class Class
	falls int
	begun bool // there was a period, which brought last
	last  amount
}

// NewStreak returns the state of a customer of a class before the first period. It
// fails with a [relmark.FieldError] if class is none.
func NewStreak(class Class) (Streak, error) {
	if err := classes().Check("Class", class); err != nil {
		return Streak{}, wrap(err)
	}
	return Streak{class: class}, nil
}

// Class returns the present class.
func (s Streak) Class() Class { return s.class }

// Falls returns how many of the latest periods running fell, since the last drop.
func (s Streak) Falls() int { return s.falls }

// Last returns the contribution of the latest period; false before the first.
func (s Streak) Last() (decimal.Decimal, bool) {
	return money.Decimal(s.last.units, s.last.digits), s.begun
}

// In returns s with another class, such as after a review, and the count as it is.
// It fails with a [relmark.FieldError] if class is none.
func (s Streak) In(class Class) (Streak, error) {
	if err := classes().Check("Class", class); err != nil {
		return Streak{}, wrap(err)
	}
	s.class = class
	return s, nil
}

// Next returns the state after a period with a contribution, 0 if there was none;
// dropped says that it cost a class. A period falls if its contribution is strictly
// below that of the period before; the first period does not. When as many fall
// running as the rule says, the class drops by one and the count starts again. A
// rise or a tie resets the count. C cannot drop, and nothing here raises a class.
// It fails with a [relmark.FieldError] on an invalid rule, a contribution with
// more than nine fraction digits, and the zero Streak.
func (s Streak) Next(contribution decimal.Decimal, r StreakRule) (next Streak, dropped bool, err error) {
	if err := r.Validate(); err != nil {
		return Streak{}, false, err
	}
	if err := classes().Check("Class", s.class); err != nil {
		return Streak{}, false, wrap(err)
	}
	value, err := exact("Contribution", contribution)
	if err != nil {
		return Streak{}, false, wrap(err)
	}
	if s.begun && value.cmp(s.last) < 0 {
		s.falls++
	} else {
		s.falls = 0
	}
	s.begun, s.last = true, value
	if s.falls >= r.falls() {
		s.falls = 0
		i, _ := classes().Index(s.class)
		if next, ok := classes().At(i + 1); ok {
			s.class, dropped = next, true
		}
	}
	return s, dropped, nil
}

// Path returns the class after each of a customer's periods, oldest first. It
// fails as [NewStreak] and [Streak.Next] do.
func (r StreakRule) Path(start Class, contributions []decimal.Decimal) ([]Class, error) {
	s, err := NewStreak(start)
	if err != nil {
		return nil, err
	}
	path := make([]Class, len(contributions))
	for i, contribution := range contributions {
		if s, _, err = s.Next(contribution, r); err != nil {
			return nil, err
		}
		path[i] = s.class
	}
	return path, nil
}
