package crosssell_test

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// naive decides by the words of the documentation, one gate after another and one slot
// after another, without anything that is fast.
func naive(p crosssell.Policy, c crosssell.Customer[string], candidates []crosssell.Candidate[string]) crosssell.Decision {
	d := crosssell.Decision{Verdicts: make([]crosssell.Verdict, len(candidates))}
	var passed []int
	for i, k := range candidates {
		v := crosssell.Verdict{Lever: k.Lever}
		if k.Kind == crosssell.Sale && c.Fatigue != nil {
			v.Fatigue = p.FatigueWeight * *c.Fatigue
		}
		v.Worth = float64(k.Score*k.Margin) + k.Relationship - v.Fatigue
		v.Final = v.Worth + k.Lever
		v.Reasons = naiveReasons(p, c, k, v)
		if v.Reasons == nil {
			passed = append(passed, i)
		} else {
			v.Outcome = crosssell.Rejected
		}
		d.Verdicts[i] = v
	}
	before := func(i, j int) int {
		a, b := candidates[i], candidates[j]
		return cmp.Or(
			cmp.Compare(b.Priority, a.Priority), cmp.Compare(d.Verdicts[j].Final, d.Verdicts[i].Final),
			cmp.Compare(a.Item, b.Item), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose),
		)
	}
	slices.SortFunc(passed, before)
	for rank, i := range passed {
		d.Verdicts[i].Rank = rank + 1
	}
	naiveChoice(p, c, candidates, passed, &d)
	return d
}

// naiveReasons asks each gate by its definition.
func naiveReasons(p crosssell.Policy, c crosssell.Customer[string], k crosssell.Candidate[string], v crosssell.Verdict) (why []crosssell.Reason) {
	sale := k.Kind == crosssell.Sale
	stop := func(when bool, r crosssell.Reason) {
		if when {
			why = append(why, r)
		}
	}
	answer := slices.IndexFunc(c.Contact, func(a crosssell.ContactAnswer) bool { return a.Channel == k.Channel && a.Purpose == k.Purpose })
	var contact relmark.ContactDecision
	if answer >= 0 {
		contact = c.Contact[answer].Decision
	}
	stop(c.Erased, crosssell.Reason{Gate: "consent", Code: "erased"})
	stop(answer < 0, crosssell.Reason{Gate: "consent", Code: "not_asked"})
	stop(slices.ContainsFunc(contact.Breaches, func(b relmark.ContactBreach) bool { return b.Rule == "no_consent" }),
		crosssell.Reason{Gate: "consent", Code: "no_consent", Next: contact.Next.UTC()})
	naiveRequirements("legal", k.Legal, c.Facts, stop)
	stop(sale && c.Complaint == "", crosssell.Reason{Gate: "complaint", Code: "not_asked"})
	stop(sale && c.Complaint == "open", crosssell.Reason{Gate: "complaint", Code: "open_complaint"})
	stop(sale && c.Complaint == "in_recovery", crosssell.Reason{Gate: "complaint", Code: "in_recovery"})
	if sale && p.MinSatisfaction != nil {
		stop(c.Satisfaction == nil, crosssell.Reason{Gate: "satisfaction", Code: "not_asked"})
		if s := c.Satisfaction; s != nil {
			stop(*s < *p.MinSatisfaction, crosssell.Reason{Gate: "satisfaction", Code: "too_low", Value: *s, Limit: *p.MinSatisfaction})
		}
	}
	stop(sale && !k.Repeatable && slices.Contains(c.Owned, k.Item), crosssell.Reason{Gate: "owned", Code: "owned"})
	naiveRequirements("standing", k.Standing, c.Facts, stop)
	stop(k.Stock != nil && *k.Stock == 0, crosssell.Reason{Gate: "stock", Code: "out_of_stock", Limit: 1})
	for i, b := range contact.Breaches {
		stop(b.Rule != "no_consent" && slices.Index(contact.Breaches, b) == i,
			crosssell.Reason{Gate: "contact", Code: crosssell.Code(b.Rule), Index: b.Index, Next: contact.Next.UTC()})
	}
	if sale && p.MinMargin != nil {
		stop(k.Margin < *p.MinMargin, crosssell.Reason{Gate: "margin", Code: "too_low", Value: k.Margin, Limit: *p.MinMargin})
	}
	stop(v.Worth <= p.Floor, crosssell.Reason{Gate: "worth", Code: "too_low", Value: v.Worth, Limit: p.Floor})
	if sale && (p.MaxFatigue != nil || p.FatigueWeight > 0) {
		stop(c.Fatigue == nil, crosssell.Reason{Gate: "fatigue", Code: "not_asked"})
		if f := c.Fatigue; f != nil && p.MaxFatigue != nil {
			stop(*f > *p.MaxFatigue, crosssell.Reason{Gate: "fatigue", Code: "too_high", Value: *f, Limit: *p.MaxFatigue})
		}
	}
	stop(k.Lever < 0 && v.Final <= 0, crosssell.Reason{Gate: "lever", Code: "too_low", Value: v.Final})
	return why
}

func naiveRequirements(gate crosssell.Gate, list []crosssell.Requirement, facts []crosssell.Fact, stop func(bool, crosssell.Reason)) {
	for i, r := range list {
		why := crosssell.Reason{Gate: gate, Fact: r.Fact, Index: i, Code: "not_asked"}
		for _, f := range facts {
			if f.Name != r.Fact || (f.Word == "") != (r.OneOf == nil) {
				continue
			}
			why.Code = ""
			switch {
			case r.OneOf != nil && !slices.Contains(r.OneOf, f.Word):
				why.Code = "not_one_of"
			case r.Min != nil && f.Number < *r.Min:
				why.Code, why.Value, why.Limit = "too_low", f.Number, *r.Min
			case r.Max != nil && f.Number > *r.Max:
				why.Code, why.Value, why.Limit = "too_high", f.Number, *r.Max
			}
		}
		stop(why.Code != "", why)
	}
}

// naiveChoice fills slot by slot.
func naiveChoice(p crosssell.Policy, c crosssell.Customer[string], candidates []crosssell.Candidate[string], passed []int, d *crosssell.Decision) {
	var chosen []int
	same := func(i int) bool {
		return slices.ContainsFunc(chosen, func(j int) bool { return candidates[i].Item == candidates[j].Item })
	}
	inCategory := func(i int) (n int) {
		for _, j := range chosen {
			if candidates[i].Category == candidates[j].Category {
				n++
			}
		}
		return n
	}
	full := func(i int) bool { return p.MaxPerCategory != nil && inCategory(i) >= *p.MaxPerCategory }
	for range max(1, p.Slots) {
		best, value := -1, 0.0
		for _, i := range passed {
			v := d.Verdicts[i].Final * math.Pow(1-p.Variety, float64(inCategory(i)))
			if slices.Contains(chosen, i) || same(i) || full(i) || !(v > 0) {
				continue
			}
			if best < 0 || candidates[i].Priority == candidates[best].Priority && v > value {
				best, value = i, v
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, best)
	}
	for _, i := range passed {
		o := &d.Verdicts[i].Outcome
		switch {
		case slices.Contains(chosen, i):
			*o = crosssell.Chosen
			if c.Control {
				*o = crosssell.Withheld
			}
		case same(i):
			*o = crosssell.SameItem
		case full(i):
			*o = crosssell.CategoryFull
		default:
			*o = crosssell.LowerValue
		}
	}
	if c.Control {
		d.Withheld = chosen
	} else {
		d.Chosen = chosen
	}
}

// bestSum returns the greatest sum of finals, discounted, of all that may be chosen
// together, by trying everything.
func bestSum(p crosssell.Policy, candidates []crosssell.Candidate[string], d crosssell.Decision) float64 {
	var passed []int
	for i, v := range d.Verdicts {
		if v.Rank > 0 {
			passed = append(passed, i)
		}
	}
	best := 0.0
	for set := range 1 << len(passed) {
		items, finals := map[string]int{}, map[string][]float64{}
		n, ok := 0, true
		for b, i := range passed {
			if set>>b&1 == 1 {
				n++
				k := candidates[i]
				items[k.Item]++
				finals[k.Category] = append(finals[k.Category], d.Verdicts[i].Final)
				ok = ok && items[k.Item] == 1 && (p.MaxPerCategory == nil || len(finals[k.Category]) <= *p.MaxPerCategory)
			}
		}
		if ok && n <= max(1, p.Slots) {
			best = max(best, discounted(p, finals))
		}
	}
	return best
}

// discounted returns the sum of finals by category, the k-th of each discounted k times.
func discounted(p crosssell.Policy, finals map[string][]float64) float64 {
	sum := 0.0
	for _, list := range finals {
		slices.SortFunc(list, func(a, b float64) int { return cmp.Compare(b, a) })
		for k, v := range list {
			sum += v * math.Pow(1-p.Variety, float64(k))
		}
	}
	return sum
}

// utc is an instant for tests.
func utc(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
