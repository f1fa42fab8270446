package profitchain

import (
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Side of the marketing triangle joins two of firm, employees and customers.
type Side string

// The sides.
const (
	External    Side = "external"    // firm to customers: makes promises
	Internal    Side = "internal"    // firm to employees: enables them to be kept
	Interactive Side = "interactive" // employees to customers: keeps them
)

// A Promise is one thing that customers are told to expect, as three sides rate it on one scale:
// how much is promised (by a panel that reads the advertising), how much employees are enabled
// to deliver, and how much customers get. It is plain data; ratings of shards add up by
// [Promise.Merge].
type Promise struct {
	Name     string `json:"name"` // 1 to 200 bytes of UTF-8, once
	Promised Sums   `json:"promised"`
	// Standard is what is promised where that is a number on the scale, and not rated; nil
	// otherwise. Then Promised has no ratings.
	Standard  *float64 `json:"standard,omitempty"`
	Enabled   Sums     `json:"enabled"`
	Delivered Sums     `json:"delivered"`
}

// Merge adds the ratings of o. It fails, and changes nothing, with a [relmark.FieldError] unless
// both have one name and standard, and with [relmark.ErrLimit] past 2³² ratings of a side.
func (p *Promise) Merge(o Promise) error {
	if p.Name != o.Name || (p.Standard == nil) != (o.Standard == nil) || p.Standard != nil && *p.Standard != *o.Standard {
		return broken("Name", nil, "must be that of the same promise and standard")
	}
	out := *p
	for _, part := range []struct {
		to   *Sums
		from Sums
	}{{&out.Promised, o.Promised}, {&out.Enabled, o.Enabled}, {&out.Delivered, o.Delivered}} {
		if err := part.to.Merge(part.from); err != nil {
			return err
		}
	}
	*p = out
	return nil
}

// A Verdict says what becomes of a promise.
type Verdict string

// The verdicts, by the interval of delivered less promised.
const (
	Broken   Verdict = "broken"   // surely less is delivered
	Exceeded Verdict = "exceeded" // surely more is
	Open     Verdict = "open"     // no difference shows: with wide intervals no proof that it is kept
	Unknown  Verdict = "unknown"  // there are too few ratings
)

// A PromiseGap is where a promise stands on the three sides. It is plain data.
type PromiseGap struct {
	Name       string      `json:"name"`
	Promised   Mean        `json:"promised"` // of a standard: that number, of no ratings
	Enabled    Mean        `json:"enabled"`
	Delivered  Mean        `json:"delivered"`
	Enabling   *Difference `json:"enabling"`   // enabled less promised; nil where a side has no ratings
	Delivering *Difference `json:"delivering"` // delivered less enabled
	Keeping    *Difference `json:"keeping"`    // delivered less promised: the sum of both
	Verdict    Verdict     `json:"verdict"`
	// Fails are the sides that surely fail, in the order of the triangle: external where more is
	// delivered than promised, so that the promise sells short; internal where less is enabled than
	// promised (enable more, or promise less); interactive where less is delivered than enabled.
	Fails []Side `json:"fails"`
}

// A Triangle is the marketing triangle over all promises. It is plain data.
type Triangle struct {
	Promises    []PromiseGap `json:"promises"` // in the order given
	External    int          `json:"external"` // promises that the side surely fails
	Internal    int          `json:"internal"`
	Interactive int          `json:"interactive"`
}

// NewTriangle compares the three sides of each promise, by Welch's test: those who rate one side
// are others than those who rate another. It fails with a [relmark.FieldError] unless promises are
// as [Promise] says, with ratings on the scale, and the level is 0.5 to 0.9999, and with
// [relmark.ErrTooFew] of no promises.
func NewTriangle(scale Scale, promises []Promise, level float64) (Triangle, error) {
	if len(promises) == 0 {
		return Triangle{}, few("triangle of no promises")
	}
	var l fault.List
	scale.check(&l)
	l.Level("Level", level)
	names := make([]string, len(promises))
	for i, p := range promises {
		names[i] = p.Name
	}
	checkNames(&l, "Promises", names)
	for i, p := range promises {
		if l.Full() {
			break
		}
		p.check(&l, fault.Item("Promises", i), scale)
	}
	if err := l.Err(room); err != nil {
		return Triangle{}, err
	}
	var t Triangle
	for _, p := range promises {
		t.add(p.gaps(scale, level))
	}
	return t, nil
}

func (p Promise) check(l *fault.List, at string, scale Scale) {
	p.Promised.on(l, at+".Promised", scale)
	p.Enabled.on(l, at+".Enabled", scale)
	p.Delivered.on(l, at+".Delivered", scale)
	if p.Standard == nil {
		return
	}
	l.Check(*p.Standard >= float64(scale.Low) && *p.Standard <= float64(scale.High), at+".Standard", *p.Standard, "must be on the scale")
	l.Check(p.Promised.N == 0, at+".Promised", p.Promised.N, "must have no ratings beside a standard")
}

// gaps compares the sides of one promise, two by two.
func (p Promise) gaps(scale Scale, level float64) PromiseGap {
	g := PromiseGap{
		Name: p.Name, Promised: meanOf(p.Promised, scale, level), Enabled: meanOf(p.Enabled, scale, level), Delivered: meanOf(p.Delivered, scale, level),
		Enabling: p.above(p.Enabled, level), Delivering: compare(p.Enabled, p.Delivered, level), Keeping: p.above(p.Delivered, level),
	}
	if p.Standard != nil {
		g.Promised.Mean = new(*p.Standard)
	}
	g.judge()
	return g
}

// above returns how far a side is above what is promised; nil where either is not known.
func (p Promise) above(side Sums, level float64) *Difference {
	switch {
	case p.Standard == nil:
		return compare(p.Promised, side, level)
	case side.N == 0:
		return nil
	case side.N < 2:
		return &Difference{Value: side.mean() - *p.Standard, State: TooFew}
	}
	s := side.sample()
	return differ(paired(stat.Sample{N: s.N, Mean: s.Mean - *p.Standard, SE: s.SE}), level)
}

// judge gives the verdict, and names the sides that fail: both by intervals, so that what is not
// sure is not said. All sides may hold up while the whole does not, where two small gaps add up.
func (g *PromiseGap) judge() {
	switch {
	case g.Keeping == nil || g.Keeping.State == TooFew:
		g.Verdict = Unknown
	case g.Keeping.surely(-1):
		g.Verdict = Broken
	case g.Keeping.surely(1):
		g.Verdict = Exceeded
		g.Fails = append(g.Fails, External)
	default:
		g.Verdict = Open
	}
	if g.Enabling.surely(-1) {
		g.Fails = append(g.Fails, Internal)
	}
	if g.Delivering.surely(-1) {
		g.Fails = append(g.Fails, Interactive)
	}
}

// add adds a promise, and counts the sides it fails on.
func (t *Triangle) add(g PromiseGap) {
	t.Promises = append(t.Promises, g)
	for _, side := range g.Fails {
		switch side {
		case External:
			t.External++
		case Internal:
			t.Internal++
		case Interactive:
			t.Interactive++
		}
	}
}
