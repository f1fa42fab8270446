package recovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

const (
	maxBands = 100
	maxWorst = 10_000
)

// AgeingOptions say how to sort unresolved complaints. They are plain data.
type AgeingOptions struct {
	Ages  []time.Duration `json:"ages"`  // where bands of age begin besides 0, ascending; elapsed time, above 0, 100 at most
	Used  []int           `json:"used"`  // where bands of the budget used begin besides 0, ascending; percent, above 0, 100 of them at most
	Worst int             `json:"worst"` // how many complaints to list, 0 to 10,000
}

// Validate reports every rule that o breaks, joined into one error.
func (o AgeingOptions) Validate() error {
	var l fault.List
	l.Check(len(o.Ages) <= maxBands, "Ages", len(o.Ages), "must be 100 at most")
	l.Check(len(o.Used) <= maxBands, "Used", len(o.Used), "must be 100 at most")
	last := time.Duration(0)
	for i, d := range o.Ages {
		l.Check(d > last, fault.Item("Ages", i), d, "must be above 0 and ascend")
		last = max(last, d)
	}
	percent := 0
	for i, p := range o.Used {
		l.Check(p > percent && p <= maxPercent, fault.Item("Used", i), p, "must be above 0, ascend, and be 1000 at most")
		percent = max(percent, p)
	}
	l.Check(o.Worst >= 0 && o.Worst <= maxWorst, "Worst", o.Worst, "must be 0 to 10,000")
	return l.Err(room)
}

// An AgeBand is how many complaints have been unresolved for so long. It is plain data.
type AgeBand struct {
	From     time.Duration  `json:"from"`  // since the receipt, included
	Until    *time.Duration `json:"until"` // excluded; nil for the last band
	Count    int64          `json:"count"`
	Breached int64          `json:"breached"` // of them, past their deadline
}

// A BudgetBand is how many unresolved complaints have used so much of the budget of their
// present clock. It is plain data.
type BudgetBand struct {
	From  int   `json:"from"`  // percent, included
	Until *int  `json:"until"` // excluded; nil for the last band
	Count int64 `json:"count"`
}

// An OpenCase is one unresolved complaint. It is plain data.
type OpenCase[C relmark.ID] struct {
	Complaint C             `json:"complaint"`
	State     State         `json:"state"`
	Waiting   bool          `json:"waiting"`
	Priority  int           `json:"priority"` // 1 to 5; 0 was not triaged
	Owner     string        `json:"owner"`    // empty before it was assigned
	Age       time.Duration `json:"age"`      // since the receipt
	Used      float64       `json:"used"`     // share of the budget of the present clock
	Due       *time.Time    `json:"due"`      // as that of [Resolution]
	Breached  bool          `json:"breached"`
}

// Ageing is how old unresolved complaints are. It is plain data and the caller's own.
type Ageing[C relmark.ID] struct {
	Unresolved int64         `json:"unresolved"`
	Waiting    int64         `json:"waiting"`
	Breached   int64         `json:"breached"`
	ByAge      []AgeBand     `json:"by_age"`
	ByBudget   []BudgetBand  `json:"by_budget"`
	Worst      []OpenCase[C] `json:"worst"` // by share of the budget used, the largest first, then age, then identifier
}

// Ageing sorts the unresolved complaints by age and by how much of their budget is used, and
// lists the worst of them. It fails as [AgeingOptions.Validate] and [Register.Report] do. It
// takes time in proportion to complaints, and to the logarithm of those listed.
func (r *Register[C]) Ageing(d Desk, asOf time.Time, o AgeingOptions) (Ageing[C], error) {
	var l fault.List
	l.Join("Options", o.Validate())
	if err := r.check(&l, d, asOf); err != nil {
		return Ageing[C]{}, err
	}
	out, now := bands[C](o), asOf.UnixNano()
	list := worst[C]{most: o.Worst, list: []OpenCase[C]{}}
	for id, i := range r.index {
		if c := r.at(i); c.Unresolved() {
			out.add(d, id, c, now, o, &list)
		}
	}
	list.trim()
	out.Worst = list.list
	return out, nil
}

// bands returns empty bands.
func bands[C relmark.ID](o AgeingOptions) Ageing[C] {
	out := Ageing[C]{ByAge: make([]AgeBand, 1+len(o.Ages)), ByBudget: make([]BudgetBand, 1+len(o.Used))}
	for i, d := range o.Ages {
		out.ByAge[i].Until, out.ByAge[i+1].From = new(d), d
	}
	for i, p := range o.Used {
		out.ByBudget[i].Until, out.ByBudget[i+1].From = new(p), p
	}
	return out
}

// add sorts one unresolved complaint into its bands, by the clock that runs now.
func (a *Ageing[C]) add(d Desk, id C, c *Complaint, now int64, o AgeingOptions, list *worst[C]) {
	i := len(c.later)
	t, budget := d.time(c, i, now), d.budget(c, i)
	age := time.Duration(now - c.received)
	band := &a.ByAge[bandOf(o.Ages, func(from time.Duration) bool { return from <= age })]
	a.Unresolved++
	band.Count++
	count(&a.Waiting, c.waiting)
	count(&a.Breached, t.breached)
	count(&band.Breached, t.breached)
	// A budget is whole minutes, so that its hundredth is whole.
	a.ByBudget[bandOf(o.Used, func(p int) bool { return budget/100*int64(p) <= t.used })].Count++
	if used := float64(t.used) / float64(budget); list.wants(used) {
		list.add(OpenCase[C]{
			Complaint: id, State: c.State(), Waiting: c.waiting, Priority: c.Priority(), Owner: c.owner,
			Age: age, Used: used, Due: instantOrNil(t.due), Breached: t.breached,
		})
	}
}

// bandOf returns how many beginnings have been reached, which ascend.
func bandOf[T any](from []T, reached func(T) bool) int {
	i, _ := slices.BinarySearchFunc(from, true, func(x T, _ bool) int {
		if reached(x) {
			return -1
		}
		return 1
	})
	return i
}

// A worst list keeps the worst cases that it is given: up to twice as many as are wanted,
// so that a case costs the logarithm of their number, in whatever order cases come.
type worst[C relmark.ID] struct {
	most   int
	list   []OpenCase[C]
	sorted bool // as many as are wanted, with others behind them
}

// wants reports whether a case that has used so much may be one of the worst.
func (w *worst[C]) wants(used float64) bool {
	return w.most > 0 && !(w.sorted && used < w.list[w.most-1].Used)
}

// add keeps a case, and sorts only when there are twice as many as are wanted.
func (w *worst[C]) add(x OpenCase[C]) {
	if w.list = append(w.list, x); len(w.list) == 2*w.most {
		w.trim()
		w.sorted = true
	}
}

// trim sorts the list and drops what is too many.
func (w *worst[C]) trim() {
	slices.SortFunc(w.list, compareCases)
	w.list = w.list[:min(len(w.list), w.most)]
}

func compareCases[C relmark.ID](x, y OpenCase[C]) int {
	return cmp.Or(cmp.Compare(y.Used, x.Used), cmp.Compare(y.Age, x.Age), cmp.Compare(x.Complaint, y.Complaint))
}
