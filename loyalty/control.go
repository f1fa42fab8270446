package loyalty

import (
	"fmt"
	"math"
	"strconv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Hope is the effect that a trial is to find: by how much a programme is hoped to
// raise the share of customers who stay. It is plain data.
type Hope struct {
	Base       float64 `json:"base"`       // share retained without it, above 0 and below 1
	Uplift     float64 `json:"uplift"`     // points of share, not 0; Base + Uplift above 0 and below 1
	Confidence float64 `json:"confidence"` // of the interval, above 0 and below 1
	Power      float64 `json:"power"`      // probability to find the effect where it is there, 0.5 to 0.9999
}

// Validate reports every rule that h breaks, joined into one error.
func (h Hope) Validate() error {
	var l fault.List
	h.check(&l)
	return l.Err(room)
}

func (h Hope) check(l *fault.List) {
	inside := func(p float64) bool { return p > 0 && p < 1 }
	l.Check(inside(h.Base), "Base", h.Base, "must be above 0 and below 1")
	l.Check(h.Uplift != 0 && inside(h.Base+h.Uplift), "Uplift", h.Uplift, "must not be 0, and give a share above 0 and below 1")
	checkConfidence(l, h.Confidence)
	l.Between("Power", h.Power, 0.5, 0.9999)
}

// A TrialPlan says how many customers a trial takes. It is plain data.
type TrialPlan struct {
	Treated int64   `json:"treated"`
	Control int64   `json:"control"`
	Power   float64 `json:"power"` // what these numbers give: at least what was asked for
}

// ControlOf returns the smallest control group, of so many customers in all, beside
// which the effect is found with the power wanted: everybody else may have the
// programme. The test is that of [Uplifts], of two shares with their own variances. It
// fails as [Hope.Validate] does, with a [relmark.FieldError] unless customers are 4 to
// 2⁵³, and with [relmark.ErrTooFew] where no split of them is enough; the error says how
// many would be, split in the best way.
func (h Hope) ControlOf(customers int64) (TrialPlan, error) {
	var l fault.List
	h.check(&l)
	l.Check(customers >= 4 && customers <= maxGroup, "Customers", customers, "must be 4 to 2^53")
	if err := l.Err(room); err != nil {
		return TrialPlan{}, err
	}
	// The variance falls up to the best split: there the group is the largest worth having.
	low, high := int64(2), h.bestControl(customers)
	if !h.finds(customers-high, high) {
		return TrialPlan{}, fault.Room(room, fmt.Errorf("customers = %d: %s would be enough: %w", customers, h.enough(), relmark.ErrTooFew))
	}
	for low < high {
		if middle := low + (high-low)/2; h.finds(customers-middle, middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return TrialPlan{customers - low, low, h.power(customers-low, low)}, nil
}

// CustomersFor returns how many customers a trial takes with a given share of them in
// the control group. It fails as [Hope.Validate] does, and with a [relmark.FieldError]
// unless the share is 0.001 to 0.999 and the number at most 2⁵³.
func (h Hope) CustomersFor(controlShare float64) (TrialPlan, error) {
	var l fault.List
	h.check(&l)
	l.Between("ControlShare", controlShare, 0.001, 0.999)
	if err := l.Err(room); err != nil {
		return TrialPlan{}, err
	}
	n := h.unrounded(controlShare)
	if n*controlShare > maxGroup/2 || n > maxGroup/2 {
		return TrialPlan{}, fault.Room(room, fault.New("Uplift", h.Uplift, "must take at most 2^52 customers"))
	}
	control := max(int64(math.Ceil(n*controlShare)), 2)
	treated := max(int64(math.Ceil(n*(1-controlShare))), 2)
	return TrialPlan{treated, control, h.power(treated, control)}, nil
}

// variances returns those of one customer's answer in the treated and the control group.
func (h Hope) variances() (treated, control float64) {
	p := h.Base + h.Uplift
	return p * (1 - p), h.Base * (1 - h.Base)
}

// bestShare returns the share of the control group that finds most.
func (h Hope) bestShare() float64 {
	t, c := h.variances()
	return math.Sqrt(c) / (math.Sqrt(t) + math.Sqrt(c))
}

// quantiles returns those of the interval and of the power.
func (h Hope) quantiles() float64 {
	return stat.Normal(h.Confidence) + stat.Normal(max(2*h.Power-1, 1e-300))
}

func (h Hope) unrounded(share float64) float64 {
	t, c := h.variances()
	z := h.quantiles() / h.Uplift
	return z * z * (t/(1-share) + c/share)
}

// enough says how many customers would be enough, split in the best way.
func (h Hope) enough() string {
	least := h.unrounded(h.bestShare())
	if !(least <= maxGroup/2) {
		return "more than 2^52"
	}
	n := max(int64(math.Ceil(least)), 4)
	for range 4 { // whole groups take one or two more
		if h.foundAmong(n) {
			break
		}
		n++
	}
	for range 4 { // and where there are very many, least is rounded
		if n == 4 || !h.foundAmong(n-1) {
			break
		}
		n--
	}
	return strconv.FormatInt(n, 10)
}

// foundAmong reports whether so many customers are enough, split in the best way.
func (h Hope) foundAmong(customers int64) bool {
	control := h.bestControl(customers)
	return h.finds(customers-control, control)
}

// bestControl returns the control group, of 2 or more as the other one, that finds most among
// some customers: the variance is convex, so it is next to the best share.
func (h Hope) bestControl(customers int64) int64 {
	x := float64(customers) * h.bestShare()
	clamp := func(x float64) int64 { return min(max(int64(x), 2), customers-2) }
	low, high := clamp(math.Floor(x)), clamp(math.Ceil(x))
	if h.se(customers-low, low) < h.se(customers-high, high) {
		return low
	}
	return high
}

func (h Hope) se(treated, control int64) float64 {
	t, c := h.variances()
	return math.Sqrt(t/float64(treated) + c/float64(control))
}

func (h Hope) finds(treated, control int64) bool {
	return math.Abs(h.Uplift) >= h.quantiles()*h.se(treated, control)
}

// power returns the probability that the interval lies beyond 0 on the side hoped for.
func (h Hope) power(treated, control int64) float64 {
	x := math.Abs(h.Uplift)/h.se(treated, control) - stat.Normal(h.Confidence)
	return 0.5 * math.Erfc(-x/math.Sqrt2)
}
