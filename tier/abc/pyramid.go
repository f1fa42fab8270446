package abc

import (
	"iter"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Layer of the customer pyramid.
type Layer string

// The layers, best first.
const (
	Platinum Layer = "platinum" // most of the profit, loyal, not price-sensitive
	Gold     Layer = "gold"     // profitable, but on discounts, with other vendors too, or not as much
	Iron     Layer = "iron"     // fills capacity, too little profit for special treatment
	Lead     Layer = "lead"     // costs more than it brings
)

func layers() enum.Set[Layer] { return enum.Of(Platinum, Gold, Iron, Lead) }

// A Measure is a number that may not be known. The zero Measure is unknown.
type Measure struct {
	Value float64
	Known bool
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
	Margin    Cuts            // how the ranking by margin is cut; zero is 0.80 and 0.95
	Sensitive float64         // price sensitivity from which on a customer is price-sensitive, up to 1; 0 is 0.5
	Loyal     float64         // share of wallet from which on a customer is not divided, up to 1; 0 is 0.5
	LeadCost  decimal.Decimal // cost per unit of revenue above which a customer is lead, up to 1; 0 is 1
}

// Validate reports the first rule that p breaks as a [relmark.FieldError].
func (p PyramidParams) Validate() error { return fault.Room(room, p.validate()) }

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
	return Pyramid{p, cost}, fault.Room(room, err)
}

// Params returns what the pyramid was made of, defaults filled in.
func (p Pyramid) Params() PyramidParams { return p.params }

// An Account is what a customer brings and costs in a period, and how he buys. It
// is plain data.
type Account struct {
	Revenue          decimal.Decimal // net of returns
	Cost             decimal.Decimal // of goods, of serving, of selling; 0 or more
	PriceSensitivity Measure         // 0 to 1, such as the share of purchases made at a discount
	Wallet           Measure         // 0 to 1, the share of his spending in the category that comes here
}

// A position is an account in exact units of one digit.
type position struct {
	margin        amount
	revenue, cost wide // in units of 10^-9
	traits        Traits
}

// read returns the position of an account, with all traits but the rank of its
// margin.
func (p Pyramid) read(a Account) (position, error) {
	revenue, err := exact("Revenue", a.Revenue)
	if err != nil {
		return position{}, err
	}
	cost, err := exact("Cost", a.Cost)
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
	traits, err := p.behaviour(a)
	if p.loses(revenue, cost) {
		traits |= Loss
	}
	return position{margin, revenue.wide(), cost.wide(), traits}, err
}

// loses reports whether cost > limit · revenue.
func (p Pyramid) loses(revenue, cost amount) bool {
	digits := max(revenue.digits, cost.digits)
	r, _ := revenue.in(digits) // both fit: their difference did
	c, _ := cost.in(digits)
	unit, _ := money.Rescale(1, 0, p.leadCost.digits)
	return product(c, unit).cmp(product(r, p.leadCost.units)) > 0
}

func (p Pyramid) behaviour(a Account) (Traits, error) {
	if err := a.PriceSensitivity.validate("PriceSensitivity"); err != nil {
		return 0, err
	}
	if err := a.Wallet.validate("Wallet"); err != nil {
		return 0, err
	}
	var t Traits
	switch {
	case !a.PriceSensitivity.Known:
		t |= PriceUnknown
	case a.PriceSensitivity.Value >= p.params.Sensitive:
		t |= PriceSensitive
	}
	switch {
	case !a.Wallet.Known:
		t |= WalletUnknown
	case a.Wallet.Value < p.params.Loyal:
		t |= Divided
	}
	return t, nil
}

// layer returns the layer of a customer with all traits.
func layer(t Traits) Layer {
	switch {
	case t.Has(Loss):
		return Lead
	case t == TopMargin:
		return Platinum
	case t.Has(TopMargin), t.Has(UpperMargin):
		return Gold
	default:
		return Iron
	}
}

// A Standing is the layer of a customer, and why. It is an immutable value, safe
// for concurrent use.
type Standing[ID relmark.ID] struct {
	ID     ID
	Layer  Layer
	Traits Traits

	margin amount
}

// Margin returns revenue less cost, exactly.
func (s Standing[ID]) Margin() decimal.Decimal { return money.Decimal(s.margin.units, s.margin.digits) }

// A Stratum sums up the customers of one layer, exactly. It is plain data.
type Stratum struct {
	Customers             int
	CustomerShare         float64 // of all customers; 0 if there are none
	Revenue, Cost, Margin decimal.Decimal
}

// Strata is a customer base in layers. It is safe for concurrent reads. It has no
// JSON; its standings have.
type Strata[ID relmark.ID] struct {
	opaque

	Standings []Standing[ID] // by margin, descending, ties by identifier
	Curve     Curve          // of the margins: its [Whale] says what lead customers drain

	strata [4]Stratum // in the order of the layers
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
// class B is Gold, class C [Iron]. The order of accounts does not matter. It fails
// with a [relmark.FieldError] on an amount with more than nine fraction digits, a
// negative cost, a measure outside 0 to 1, a customer who comes twice and the zero Pyramid, and
// otherwise as [NewRanking] does. It takes O(n) time for customers in ascending
// order and O(n·log n) otherwise.
func Stratify[ID relmark.ID](p Pyramid, accounts iter.Seq2[ID, Account]) (Strata[ID], error) {
	if p.leadCost.units == 0 {
		return Strata[ID]{}, fault.Room(room, fault.New("Pyramid", nil, "must come from NewPyramid"))
	}
	rows, err := ordered(accounts, p.read)
	if err != nil {
		return Strata[ID]{}, fault.Room(room, err)
	}
	ranking, err := rank(len(rows), func(i int) amount { return rows[i].v.margin })
	if err != nil {
		return Strata[ID]{}, fault.Room(room, err)
	}
	ranked, err := ranking.ABC(p.params.Margin)
	if err != nil {
		return Strata[ID]{}, err
	}
	s := Strata[ID]{Standings: make([]Standing[ID], 0, len(rows)), Curve: ranking.Curve()}
	var sums [4]tally
	for position, e := range ranked.list {
		i := e.id // ranked are the rows by their positions
		v := &rows[i].v
		if !v.traits.Has(Loss) {
			v.traits |= TopMargin << ranked.at(position)
		}
		l := layer(v.traits)
		at, _ := layers().Index(l)
		sums[at].add(v)
		s.Standings = append(s.Standings, Standing[ID]{rows[i].id, l, v.traits, v.margin})
	}
	for i := range sums {
		s.strata[i] = sums[i].stratum(len(rows))
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
