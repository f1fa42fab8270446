package evaluation

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/stat"
)

// A Stage is where a service stands in its life cycle.
type Stage string

// The stages, by the growth of its buyers and a [StageRule]: the first that holds.
const (
	Maturity     Stage = "maturity"     // growth is surely less than Flat either way
	Introduction Stage = "introduction" // it surely grows, was launched within the log, and surely less than Early of all customers hold it
	Growth       Stage = "growth"       // it surely grows
	Decline      Stage = "decline"      // it surely falls
	Undetermined Stage = "undetermined" // the counts do not say
)

// A StageRule says which periods are compared and what counts as level and as early. It is
// plain data.
type StageRule struct {
	// Window is how many periods are compared with as many before: 1 up to half of all.
	// Where sales have seasons, a year.
	Window int     `json:"window"`
	Level  float64 `json:"level"` // of confidence in "surely", above 0 and below 1
	Flat   float64 `json:"flat"`  // growth that is none, such as 0.1; above 0 and below 1
	Early  float64 `json:"early"` // penetration up to which a service is new; above 0 and below 1
}

// StandardStageRule returns a rule to start from: a level of 0.95, changes of less than a
// tenth are level, and early are 16 %, the innovators and early adopters of Rogers (1962).
func StandardStageRule(window int) StageRule {
	return StageRule{Window: window, Level: 0.95, Flat: 0.1, Early: 0.16}
}

// Validate reports every rule that r breaks, joined into one error.
func (r StageRule) Validate() error {
	var l fault.List
	l.Check(r.Window >= 1 && r.Window <= MaxPeriods/2, "Window", r.Window, "must be 1 to 32")
	checkLevel(&l, r.Level)
	l.Check(r.Flat > 0 && r.Flat < 1, "Flat", r.Flat, "must be above 0 and below 1")
	l.Check(r.Early > 0 && r.Early < 1, "Early", r.Early, "must be above 0 and below 1")
	return l.Err(room)
}

// A Trend is how many customers bought a service in the last window and in the window before,
// and its growth. Customers who bought in both say nothing about a change, those of one of
// them do: with θ the share of last ones among these, exact limits of a binomial share, and
// therefore exact limits of the growth. It is plain data.
type Trend struct {
	// From is the period, from 0, in which the window before begins. That is the latest one
	// as long as the last window, and apart from it by whole windows, in which anybody
	// bought the service: the one just before, but for a service that nobody buys any more.
	From   int   `json:"from"`
	Before int64 `json:"before"` // customers who bought in it
	Last   int64 `json:"last"`   // who bought in the last window
	Both   int64 `json:"both"`   // who bought in both
	// Growth is Last/Before − 1 with its limits. Growth is nil where nobody bought before,
	// and High where there is no upper limit.
	Growth *float64 `json:"growth,omitempty"`
	Low    float64  `json:"low"`
	High   *float64 `json:"high,omitempty"`
}

// A Service is one service in its life. It is plain data.
type Service[I relmark.ID] struct {
	Service     I               `json:"service"`
	First       int             `json:"first"`  // period, from 0, in which anybody bought it first
	Last        int             `json:"last"`   // and last
	Buyers      []int64         `json:"buyers"` // customers by period
	Alone       int64           `json:"alone"`  // customers who have nothing else
	Revenue     decimal.Decimal `json:"revenue"`
	Penetration Share           `json:"penetration"` // share of all customers who have it
	Trend       *Trend          `json:"trend,omitempty"`
	Stage       Stage           `json:"stage"`
}

// Life returns the life of each service, ascending. Trend is nil, and the stage
// undetermined, where nobody bought a service in either window. It fails as
// [StageRule.Validate] does, with a [relmark.FieldError] where two windows are more than
// all periods, and with [relmark.ErrTooFew] without purchases. It takes time by customers,
// their services and periods.
func (s *Services[U, I]) Life(rule StageRule) ([]Service[I], error) {
	if err := rule.Validate(); err != nil {
		return nil, err
	}
	if s.customers == nil {
		return nil, errZero("Services")
	}
	if 2*rule.Window > s.Periods() {
		return nil, invalid("Window", rule.Window, "must be half of all periods at most")
	}
	if len(s.customers) == 0 {
		return nil, tooFew("no purchases")
	}
	lives := s.lives(rule.Window)
	s.count(lives)
	list := make([]Service[I], 0, len(lives))
	for _, l := range lives {
		list = append(list, l.report(rule, s.Customers(), s.digits))
	}
	slices.SortFunc(list, func(a, b Service[I]) int { return cmp.Compare(a.Service, b.Service) })
	return list, nil
}

// A life is a service in the counting.
type life[I relmark.ID] struct {
	service              I
	span                 uint64 // all periods in which anybody bought it
	last, before         uint64 // the windows
	from                 int
	buyers               []int64
	holders, alone, paid int64
	recent, past, both   int64 // customers by window
}

// lives returns an empty life of each service, with its windows.
func (s *Services[U, I]) lives(window int) map[I]*life[I] {
	lives, n := map[I]*life[I]{}, s.Periods()
	mask := uint64(1)<<window - 1
	for service, span := range s.spans() {
		from := n - 2*window
		for from >= window && span&(mask<<from) == 0 {
			from -= window
		}
		if span&(mask<<from) == 0 { // never before: the window just before the last one
			from = n - 2*window
		}
		lives[service] = &life[I]{
			service: service, span: span, from: from, buyers: make([]int64, n),
			last: mask << (n - window), before: mask << from,
		}
	}
	return lives
}

// count adds up all customers.
func (s *Services[U, I]) count(lives map[I]*life[I]) {
	for _, services := range s.customers {
		for service, h := range services {
			l := lives[service]
			l.add(h, len(services) == 1)
		}
	}
}

func (l *life[I]) add(h held, alone bool) {
	l.holders++
	l.paid += h.paid
	if alone {
		l.alone++
	}
	for p := range l.buyers {
		l.buyers[p] += int64(h.periods >> p & 1)
	}
	recent, past := h.periods&l.last != 0, h.periods&l.before != 0
	if recent {
		l.recent++
	}
	if past {
		l.past++
	}
	if recent && past {
		l.both++
	}
}

func (l *life[I]) report(rule StageRule, customers int64, digits int) Service[I] {
	out := Service[I]{
		Service: l.service, First: first(l.span), Last: last(l.span), Buyers: l.buyers, Alone: l.alone,
		Revenue:     money.Decimal(l.paid, digits),
		Penetration: share(l.holders, customers, rule.Level), Stage: Undetermined,
	}
	if l.recent+l.past > 0 {
		trend := trendOf(l.past, l.recent, l.both, rule.Level)
		trend.From = l.from
		out.Trend = &trend
		out.Stage = rule.stage(trend, out.First > 0 && out.Penetration.High < rule.Early)
	}
	return out
}

// trendOf returns the growth from customers before to the last ones, of whom some are both.
func trendOf(before, recent, both int64, level float64) Trend {
	t := Trend{Before: before, Last: recent, Both: both}
	only := before + recent - 2*both // bought in one window
	low, high := 0.5, 0.5            // nobody did: no change for certain
	if only > 0 {
		low, high = stat.ClopperPearson(recent-both, only, level)
	}
	growth := func(theta float64) (float64, bool) {
		b, n := float64(both), float64(only)
		was := b + float64(n*(1-theta))
		return (b+float64(n*theta))/was - 1, was > 0
	}
	t.Low, _ = growth(low)
	if g, ok := growth(high); ok {
		t.High = &g
	}
	if before > 0 {
		g := float64(recent)/float64(before) - 1
		t.Growth = &g
	}
	return t
}

// stage returns the stage of a trend, of a service that is young or not.
func (r StageRule) stage(t Trend, young bool) Stage {
	switch {
	case t.Low > -r.Flat && t.High != nil && *t.High < r.Flat:
		return Maturity
	case t.Low > 0 && young:
		return Introduction
	case t.Low > 0:
		return Growth
	case t.High != nil && *t.High < 0:
		return Decline
	}
	return Undetermined
}
