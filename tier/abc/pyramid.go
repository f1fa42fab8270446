package abc

import (
	"iter"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Layer of the customer pyramid. The zero Layer is none.
type Layer string

// The layers, best first.
const (
	Platinum Layer = "platinum" // most of the profit, loyal, not price-sensitive
	Gold     Layer = "gold"     // profitable, but on discounts, with other vendors too, or not as much
	Iron     Layer = "iron"     // fills capacity, too little profit for special treatment
	Lead     Layer = "lead"     // costs more than it brings
)

const allLayers = 4

func layers() enum.Set[Layer] { return enum.Of(Platinum, Gold, Iron, Lead) }

// A Measure is a number that may not be known. The zero Measure is unknown. It is
// plain data.
type Measure struct {
	Value float64 `json:"value"`
	Known bool    `json:"known"`
}

// Measured returns a known Measure.
func Measured(v float64) Measure { return Measure{v, true} }

// validate checks that a known Measure is a share.
func (m Measure) validate(field string) error {
	if m.Known && !(m.Value >= 0 && m.Value <= 1) {
		return fault.New(field, m.Value, "must be 0 to 1 where it is known")
	}
	return nil
}

// PyramidParams describes a [Pyramid]. It is plain data; the zero value is the
// documented default.
type PyramidParams struct {
	Margin    Cuts            `json:"margin,omitzero"`    // how the ranking by margin is cut; zero is 0.80 and 0.95
	Sensitive float64         `json:"sensitive,omitzero"` // price sensitivity from which on a customer is price-sensitive, in (0, 1]; 0 is 0.5
	Loyal     float64         `json:"loyal,omitzero"`     // share of wallet from which on a customer is not divided, in (0, 1]; 0 is 0.5
	LeadCost  decimal.Decimal `json:"lead_cost,omitzero"` // cost per unit of revenue above which a customer is lead, in (0, 1]; 0 is 1
}

// Validate reports the first rule that p breaks as a [relmark.FieldError].
func (p PyramidParams) Validate() error { return wrap(p.validate()) }

func (p PyramidParams) validate() error {
	if err := p.Margin.validate("Margin."); err != nil {
		return err
	}
	switch {
	case !(p.Sensitive >= 0 && p.Sensitive <= 1):
		return fault.New("Sensitive", p.Sensitive, "must be in (0, 1], or 0 for 0.5")
	case !(p.Loyal >= 0 && p.Loyal <= 1):
		return fault.New("Loyal", p.Loyal, "must be in (0, 1], or 0 for 0.5")
	}
	cost, err := exact("LeadCost", p.LeadCost)
	if err != nil {
		return err
	}
	if cost.units < 0 || cost.cmp(amount{1, 0}) > 0 {
		return fault.New("LeadCost", nil, "must be in (0, 1], or 0 for 1")
	}
	return nil
}

// A Pyramid assigns customers to layers. It is an immutable value, safe for
// concurrent use. Obtain one from [NewPyramid] or by decoding; the zero Pyramid
// assigns nobody.
type Pyramid struct {
	params   PyramidParams
	leadCost amount // > 0, and so 0 only in the zero Pyramid
}

// NewPyramid returns the pyramid that p describes. It fails exactly when
// [PyramidParams.Validate] does.
func NewPyramid(p PyramidParams) (Pyramid, error) {
	if err := p.Validate(); err != nil {
		return Pyramid{}, err
	}
	const half = 0.5
	p.Margin = p.Margin.or()
	if p.Sensitive == 0 {
		p.Sensitive = half
	}
	if p.Loyal == 0 {
		p.Loyal = half
	}
	if p.LeadCost.IsZero() {
		p.LeadCost = decimal.New(1, 0)
	}
	cost, err := exact("LeadCost", p.LeadCost)
	return Pyramid{p, cost}, wrap(err)
}

// none reports whether p is the zero Pyramid.
func (p *Pyramid) none() bool { return p.leadCost.units == 0 }

func errPyramid() error { return fault.New("Pyramid", nil, "must come from NewPyramid") }

// Params returns what the pyramid was made of, defaults filled in.
func (p Pyramid) Params() PyramidParams { return p.params }

// A Trade is what a customer brings and costs in a period, and how he buys. It is
// plain data.
type Trade struct {
	Revenue          decimal.Decimal `json:"revenue"`           // net of returns
	Cost             decimal.Decimal `json:"cost"`              // of goods, of serving, of selling; 0 or more
	PriceSensitivity Measure         `json:"price_sensitivity"` // 0 to 1, such as the share of purchases made at a discount
	Wallet           Measure         `json:"wallet"`            // 0 to 1, the share of his spending in the category that comes here
}

// A position is a trade in exact units of one digit.
type position struct {
	margin        amount
	revenue, cost wide // in units of 10^-9
	traits        traits
}

// read returns the position of a trade, with all traits but the rank of its
// margin.
func (p Pyramid) read(t Trade) (position, error) {
	revenue, err := exact("Revenue", t.Revenue)
	if err != nil {
		return position{}, err
	}
	cost, err := exact("Cost", t.Cost)
	if err != nil {
		return position{}, err
	}
	if cost.units < 0 {
		return position{}, fault.New("Cost", nil, "must be 0 or more")
	}
	margin, ok := revenue.minus(cost)
	if !ok {
		return position{}, errAmount
	}
	found, err := p.behaviour(t)
	if p.loses(revenue, cost) {
		found |= loss
	}
	return position{margin, revenue.wide(), cost.wide(), found}, err
}

// loses reports whether cost > limit · revenue.
func (p Pyramid) loses(revenue, cost amount) bool {
	digits := max(revenue.digits, cost.digits)
	r, _ := revenue.in(digits) // both fit: their difference did
	c, _ := cost.in(digits)
	unit, _ := money.Rescale(1, 0, p.leadCost.digits)
	return product(c, unit).cmp(product(r, p.leadCost.units)) > 0
}

func (p Pyramid) behaviour(t Trade) (found traits, err error) {
	if err := t.PriceSensitivity.validate("PriceSensitivity"); err != nil {
		return 0, err
	}
	if err := t.Wallet.validate("Wallet"); err != nil {
		return 0, err
	}
	switch {
	case !t.PriceSensitivity.Known:
		found |= priceUnknown
	case t.PriceSensitivity.Value >= p.params.Sensitive:
		found |= priceSensitive
	}
	switch {
	case !t.Wallet.Known:
		found |= walletUnknown
	case t.Wallet.Value < p.params.Loyal:
		found |= divided
	}
	return found, nil
}

// layer returns the position of the layer of a customer with all traits.
func layer(t traits) int {
	switch {
	case t.has(loss):
		return 3
	case t == topMargin:
		return 0
	case t.has(topMargin), t.has(upperMargin):
		return 1
	default:
		return 2
	}
}

// A Standing is the layer of a customer, and why. It is plain data, and immutable by
// convention: standings of equal traits share memory.
type Standing[ID relmark.ID] struct {
	ID     ID              `json:"id"`
	Layer  Layer           `json:"layer"`
	Traits []Trait         `json:"traits"` // in the order of the constants
	Margin decimal.Decimal `json:"margin"` // revenue less cost, exactly
}

// A Stratum sums up the customers of one layer, exactly. It is plain data.
type Stratum struct {
	Customers     int             `json:"customers"`
	CustomerShare float64         `json:"customer_share"` // of all customers; 0 if there are none
	Revenue       decimal.Decimal `json:"revenue"`
	Cost          decimal.Decimal `json:"cost"`
	Margin        decimal.Decimal `json:"margin"`
}

// Strata is a customer base in layers. It is an immutable value, safe for concurrent
// use. Obtain one from [Stratify]; the zero Strata is empty.
type Strata[ID relmark.ID] struct {
	opaque

	Curve Curve // of the margins: its [Whale] says what lead customers drain

	list   []standing[ID] // by margin, descending, ties by identifier
	words  *[256][]Trait  // by traits, as far as they occur
	strata [allLayers]Stratum
}

// A standing is a customer with all traits, which tell the layer.
type standing[ID any] struct {
	id     ID
	margin amount
	traits traits
}

// Len returns the number of customers.
func (s Strata[ID]) Len() int { return len(s.list) }

// All yields where each customer stands, by margin, descending, ties by identifier.
func (s Strata[ID]) All() iter.Seq[Standing[ID]] {
	return func(yield func(Standing[ID]) bool) {
		for _, c := range s.list {
			l, _ := layers().At(layer(c.traits))
			if !yield(Standing[ID]{c.id, l, s.words[c.traits], money.Decimal(c.margin.units, c.margin.digits)}) {
				return
			}
		}
	}
}

// Of returns the summary of a layer, the zero Stratum for no layer.
func (s Strata[ID]) Of(l Layer) Stratum {
	i, ok := layers().Index(l)
	if !ok {
		return Stratum{}
	}
	return s.strata[i]
}

// Stratify assigns every customer to a layer. Margins, revenue less cost, are
// ranked and cut as [Ranking.ABC] cuts. Whoever costs more than LeadCost times the
// revenue is [Lead]. Of the others class A is [Platinum] where the customer is
// known to be neither price-sensitive nor divided between vendors, else [Gold];
// class B is Gold, class C [Iron]. The order of customers does not matter. It fails
// with a [relmark.FieldError] on an amount with more than nine fraction digits, a
// negative cost, a measure outside 0 to 1, a customer who comes twice and the zero Pyramid, and
// otherwise as [NewRanking] does. It takes O(n) time for customers in ascending
// order and O(n·log n) otherwise.
func Stratify[ID relmark.ID](p Pyramid, trades iter.Seq2[ID, Trade]) (Strata[ID], error) {
	if p.none() {
		return Strata[ID]{}, wrap(errPyramid())
	}
	rows, err := ordered(trades, p.read)
	if err != nil {
		return Strata[ID]{}, wrap(err)
	}
	ranking, err := rank(len(rows), func(i int) amount { return rows[i].v.margin })
	if err != nil {
		return Strata[ID]{}, wrap(err)
	}
	classes, err := ranking.ABC(p.params.Margin)
	if err != nil {
		return Strata[ID]{}, err
	}
	s := Strata[ID]{Curve: ranking.Curve(), list: make([]standing[ID], 0, len(rows)), words: new([256][]Trait)}
	var sums [allLayers]tally
	for position, e := range classes.list {
		v := &rows[e.id].v
		if !v.traits.has(loss) {
			v.traits |= topMargin << classes.at(position)
		}
		sums[layer(v.traits)].add(v)
		if s.words[v.traits] == nil {
			s.words[v.traits] = v.traits.words()
		}
		s.list = append(s.list, standing[ID]{rows[e.id].id, v.margin, v.traits})
	}
	for l := range sums {
		s.strata[l] = sums[l].stratum(len(rows))
	}
	return s, nil
}

// A tally sums exactly, in units of 10^-9.
type tally struct {
	n             int
	revenue, cost wide
}

func (t *tally) add(p *position) {
	t.n++
	t.revenue, t.cost = t.revenue.add(p.revenue), t.cost.add(p.cost)
}

func (t *tally) stratum(customers int) Stratum {
	if t.n == 0 {
		return Stratum{}
	}
	return Stratum{
		Customers:     t.n,
		CustomerShare: float64(t.n) / float64(customers),
		Revenue:       decimalOf(t.revenue, maxDigits),
		Cost:          decimalOf(t.cost, maxDigits),
		Margin:        decimalOf(t.revenue.sub(t.cost), maxDigits),
	}
}
