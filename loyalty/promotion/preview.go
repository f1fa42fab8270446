package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Hint says what is missing for an offer, or for more of it. It is plain data.
type Hint struct {
	ID   string `json:"id"`
	Near Near   `json:"near"`
	// Step is the position in [Offer.Steps] that would be reached; 0 for an offer without.
	Step int `json:"step,omitempty"`
	// MissingAmount and MissingUnits are what is still to be bought, of the units that the
	// minimum or the sets look at; of a minimum of both, both may be missing.
	MissingAmount decimal.Decimal `json:"missing_amount,omitzero"`
	MissingUnits  int64           `json:"missing_units,omitempty"`
	// MissingGets are how many units of those that would get something are to be added:
	// the case that comes free with the phone.
	MissingGets int64 `json:"missing_gets,omitempty"`
	// ShutOut says that offers that are used now would keep this one from being used,
	// being exclusive or of its group: a page had better not advertise it.
	ShutOut bool `json:"shut_out,omitempty"`
}

// Near says what a [Hint] is about.
type Near string

// What is near.
const (
	NearMinimum Near = "minimum" // a minimum of the offer, or its first step
	NearStep    Near = "step"    // the next step of an offer that is used
	NearSet     Near = "set"     // the next set of an offer with sets
	NearUnits   Near = "units"   // other goods that it asks for are bought, those it is for are not
)

func nears() enum.Set[Near] { return enum.Of(NearMinimum, NearStep, NearSet, NearUnits) }

// Preview says for a shop page which offers are near, and what is missing for them
// ("18.00 more"), in the order of turns, at most one hint for each. It has none of offers
// that are not for this customer, whose code was not presented or of which nothing is
// left; nor of those that are for goods which are not in the order, unless other goods that
// they ask for are. What the customer adds may change what other offers do, so that a page
// prices the order again. It fails as [Pricer.Price] does, and takes as long.
func (p *Pricer) Preview(o Order) ([]Hint, error) {
	t, err := p.till(&o)
	if err != nil {
		return nil, err
	}
	if err := t.choose(); err != nil {
		return nil, err
	}
	var hints []Hint
	runs := t.basket.runs
	for i := range t.rules {
		if t.standings[i].skip {
			continue
		}
		r := &t.rules[i]
		discount, st := t.turn(i, runs)
		shut := t.shut(r)
		if h, near := t.hint(r, &st); near {
			h.ID, h.ShutOut = r.ID, shut
			hints = append(hints, h)
		}
		if st.why == "" && (!r.best || st.chosen) {
			runs = t.use(r, discount, nil)
		}
	}
	return hints, nil
}

// shut reports whether what has been used keeps a rule from being used.
func (t *till) shut(r *rule) bool {
	return t.alone || t.locks && !t.basket.set(r.gets).empty() && t.outOfReach(r, t.runs) ||
		r.group >= 0 && !r.best && t.used[r.group] >= t.groups[r.group].Limit
}

// hint finds what is missing for a rule at its turn.
func (t *till) hint(r *rule, st *standing) (Hint, bool) {
	switch st.why {
	case BelowMinimum:
		return t.missing(NearMinimum, 0, st.missing), true
	case NoUnits:
		return t.nearUnits(r)
	case "", NoDiscount:
		if h, near := t.nearStep(r); near {
			return h, true
		}
		return t.nearSet(r, st)
	default:
		return Hint{}, false
	}
}

func (t *till) missing(near Near, step int, m minimum) Hint {
	h := Hint{Near: near, Step: step, MissingUnits: m.units}
	if m.amount > 0 {
		h.MissingAmount = Receipt{digits: t.digits}.decimal(m.amount)
	}
	return h
}

// nearStep finds the next step.
func (t *till) nearStep(r *rule) (Hint, bool) {
	have := t.basket.count(r.counts, t.runs, r.minOfLeft)
	for i := range r.steps {
		if m := r.steps[i].min.less(have); m != (minimum{}) {
			return t.missing(NearStep, i, m), true
		}
	}
	return Hint{}, false
}

// nearSet finds what makes one more set complete, unless there are as many as may be.
func (t *till) nearSet(r *rule, st *standing) (Hint, bool) {
	if r.Sets == nil {
		return Hint{}, false
	}
	bought, got, both := t.reach(r)
	x, y := r.Sets.Buy, r.Sets.Get
	n := min((got+both)/y, (bought+both)/x, (bought+got+both)/(x+y)) + 1
	if n > st.applications {
		return Hint{}, false
	}
	gets := max(0, n*y-got-both)
	units := max(0, n*x-bought-both, n*(x+y)-bought-got-both-gets)
	return Hint{Near: NearSet, MissingUnits: units, MissingGets: gets}, true
}

// reach counts the units that only the one selector of sets selects, and that both do.
func (t *till) reach(r *rule) (bought, got, both int64) {
	t.candidates = t.candidates[:0]
	t.gather(r, t.basket.set(r.gets), t.basket.set(r.buys))
	return t.counts()
}

// nearUnits says that the goods are missing that an offer is for, if it asks for others
// and has them.
func (t *till) nearUnits(r *rule) (Hint, bool) {
	if r.Buy == nil && r.Requires == nil || r.reward.kind == KindBundle {
		return Hint{}, false
	}
	var st standing
	r.ask(&st, t.basket, t.runs)
	gets := int64(1)
	if r.Sets != nil {
		gets = r.Sets.Get
		if bought, _, _ := t.reach(r); bought < r.Sets.Buy {
			return Hint{}, false
		}
	}
	return Hint{Near: NearUnits, MissingGets: gets}, st.why == ""
}

// MarshalJSON encodes the hint. It fails with [relmark.ErrInvalid] on what nothing here has
// made: a hint of nothing, an amount that is longer than any text, a name that is not UTF-8.
func (h Hint) MarshalJSON() ([]byte, error) {
	if err := nears().Check("near", h.Near); err != nil {
		return nil, fault.Room(room, err)
	}
	type fields Hint
	return encode(struct {
		fields
		MissingAmount money.Plain `json:"missing_amount,omitzero"`
	}{fields(h), money.Plain(h.MissingAmount)})
}

// UnmarshalJSON decodes what [Hint.MarshalJSON] writes. It fails with [relmark.ErrInvalid]
// on anything else, and leaves h unchanged then.
func (h *Hint) UnmarshalJSON(data []byte) error {
	type fields Hint
	var in struct {
		fields
		MissingAmount money.Plain `json:"missing_amount"`
	}
	if err := alone("hint", data, &in); err != nil {
		return err
	}
	if err := nears().Check("near", in.Near); err != nil {
		return fault.Room(room, err)
	}
	*h = Hint(in.fields)
	h.MissingAmount = decimal.Decimal(in.MissingAmount)
	return nil
}
