package encounter

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// SevenSins returns the seven sins of service (Albrecht 1988), a ready list of kinds of
// incident, in a slice of its own.
func SevenSins() []string {
	return []string{"apathy", "brush_off", "coldness", "condescension", "robotism", "rulebook", "runaround"}
}

// A Group is how many incidents there were in how much exposure: contacts, hours, guests. It
// is plain data; groups add up.
type Group struct {
	Count    int64   `json:"count"`    // 0 to 2⁴⁰
	Exposure float64 `json:"exposure"` // finite, above 0
}

func (g Group) check(l *fault.List, at string) {
	l.Check(g.Count >= 0 && g.Count <= maxCount, at+".Count", g.Count, "must be 0 to 2^40")
	l.Check(g.Exposure > 0 && fault.Finite(g.Exposure), at+".Exposure", g.Exposure, "must be finite and > 0")
}

// A Rate is incidents per unit of exposure, with exact limits. It is plain data.
type Rate struct {
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// IncidentRate returns the rate of incidents of a group with exact Poisson limits. It fails
// with a [relmark.FieldError] unless the group is as [Group] says, its rate is finite and the
// level is 0.5 to 0.9999.
func IncidentRate(g Group, level float64) (Rate, error) {
	var l fault.List
	g.check(&l, "Group")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return Rate{}, err
	}
	return g.rate(level)
}

func (g Group) rate(level float64) (Rate, error) {
	low, high := stat.PoissonMean(g.Count, level)
	r := Rate{float64(g.Count) / g.Exposure, low / g.Exposure, high / g.Exposure}
	if !fault.Finite(r.High) {
		return Rate{}, fault.Room(room, fault.New("Exposure", g.Exposure, "must give a finite rate"))
	}
	return r, nil
}

// A RateRatio compares the rates of two groups. It is plain data.
type RateRatio struct {
	First  Rate `json:"first"`
	Second Rate `json:"second"`
	// Ratio is the first rate over the second; nil where the second is 0.
	Ratio *float64 `json:"ratio"`
	Low   *float64 `json:"low"`  // exact limits; nil where neither group has an incident
	High  *float64 `json:"high"` // nil where the second group has none: there is no upper end
	P     *float64 `json:"p"`    // exact test of equal rates, two-sided; nil where neither has an incident
}

// CompareRates compares the rates of two groups, such as after and before: given how many
// incidents there are in both, how many fall to the first is binomial, with a share that its
// exposure tells where the rates are equal. It fails as [IncidentRate] does.
func CompareRates(first, second Group, level float64) (RateRatio, error) {
	var l fault.List
	first.check(&l, "First")
	second.check(&l, "Second")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return RateRatio{}, err
	}
	a, err := first.rate(level)
	if err != nil {
		return RateRatio{}, err
	}
	b, err := second.rate(level)
	if err != nil {
		return RateRatio{}, err
	}
	out, n := RateRatio{First: a, Second: b}, first.Count+second.Count
	if n == 0 {
		return out, nil
	}
	if !(second.Exposure/first.Exposure > 0) {
		return RateRatio{}, fault.Room(room, fault.New("Exposure", first.Exposure, "must give a ratio above 0"))
	}
	r := stat.CompareRates(first.Count, first.Exposure, second.Count, second.Exposure, level)
	out.Low, out.P = new(r.Low), new(r.P)
	if second.Count > 0 {
		out.Ratio, out.High = new(r.Ratio), new(r.High)
	}
	for _, x := range []*float64{out.Ratio, out.Low, out.High} {
		if x != nil && !fault.Finite(*x) {
			return RateRatio{}, fault.Room(room, fault.New("Exposure", first.Exposure, "must give a finite ratio"))
		}
	}
	return out, nil
}

// A KindCount is how often one kind of incident happened. It is plain data.
type KindCount struct {
	Kind  string `json:"kind"`  // 1 to 200 bytes of UTF-8, each once
	Count int64  `json:"count"` // 0 to 2⁴⁰
}

// A ParetoRow is one kind of incident in order of importance. It is plain data.
type ParetoRow struct {
	Kind       string   `json:"kind"`
	Count      int64    `json:"count"`
	Share      *float64 `json:"share"`      // of all; nil where nothing happened
	Cumulative *float64 `json:"cumulative"` // with those before
	Vital      bool     `json:"vital"`      // one of the few that make the share asked for
}

// Pareto orders kinds of incidents by how often they happened, the most frequent first, equal
// ones by kind, and marks the vital few: those taken while fewer than cut of all are covered.
// Who crosses the cut is in; after an exact hit nobody follows. It fails with a
// [relmark.FieldError] where a kind is not as [KindCount] says and unless the cut is above 0
// and at most 1, and with [relmark.ErrTooFew] of no kinds.
func Pareto(counts []KindCount, cut float64) ([]ParetoRow, error) {
	if len(counts) == 0 {
		return nil, fault.Room(room, relmark.ErrTooFew)
	}
	var l fault.List
	l.Check(cut > 0 && cut <= 1, "Cut", cut, "must be above 0 and at most 1")
	names, amounts := make([]string, len(counts)), make([]int64, len(counts))
	for i, c := range counts {
		names[i], amounts[i] = c.Kind, c.Count
		if i >= most || l.Full() {
			continue // checkNames refuses so many
		}
		if c.Count < 0 || c.Count > maxCount {
			l.Add(fault.Item("Counts", i)+".Count", c.Count, "must be 0 to 2^40")
		}
	}
	checkNames(&l, "Counts", names)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	rows, total := stat.Pareto(names, amounts, func(before, total int64) bool { return float64(before) < cut*float64(total)*(1-0x1p-51) })
	out := make([]ParetoRow, len(rows))
	for i, r := range rows {
		out[i] = ParetoRow{Kind: names[r.Index], Count: amounts[r.Index], Vital: r.Vital}
		if total > 0 {
			out[i].Share, out[i].Cumulative = new(r.Share), new(r.Cumulative)
		}
	}
	return out, nil
}

// A KindRate is one kind of incident in a taxonomy: its place in the order of importance, and how
// often it happens per unit of exposure. It is plain data.
type KindRate struct {
	ParetoRow

	Rate Rate `json:"rate"`
}

// Taxonomy returns what [Pareto] does of the incidents of one exposure, contacts, hours or guests
// that all kinds share, each with its rate and exact limits. It fails as Pareto and [IncidentRate]
// do.
func Taxonomy(counts []KindCount, exposure, cut, level float64) ([]KindRate, error) {
	var l fault.List
	l.Level("Level", level)
	l.Check(exposure > 0 && fault.Finite(exposure), "Exposure", exposure, "must be finite and > 0")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	rows, err := Pareto(counts, cut)
	if err != nil {
		return nil, err
	}
	out := make([]KindRate, len(rows))
	for i, r := range rows {
		out[i].ParetoRow = r
		if out[i].Rate, err = (Group{r.Count, exposure}).rate(level); err != nil {
			return nil, err
		}
	}
	return out, nil
}
