package profitchain

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Link says that one measure drives another: From in period t − Lag, To in period t. It is
// plain data.
type Link struct {
	From string `json:"from"`
	To   string `json:"to"`
	Lag  int    `json:"lag,omitempty"` // periods, 0 to 1000
}

// Errors says how the uncertainty of slopes is judged.
type Errors string

// The kinds of errors.
const (
	Classic   Errors = ""          // rows are independent, with one variance; the default
	Clustered Errors = "clustered" // only units are: rows of one may go together in any way
)

func errorKinds() enum.Set[Errors] { return enum.Of(Classic, Clustered) }

// Params describe a chain. They are plain data.
type Params struct {
	Links []Link
	// Within compares each unit with itself: the means of a unit are removed, and with them
	// whatever makes units differ for good. Otherwise rows of all units are pooled.
	Within bool
	Errors Errors
	Level  float64 // of intervals, 0.5 to 0.9999
	// Holm says that the state of a link is by its p-value adjusted for the number of links,
	// below 1 − Level, and not by its own interval.
	Holm bool
}

const maxLag = 1000

// Measures of the service-profit chain of Heskett and others, as [Heskett] names them.
const (
	InternalQuality      = "internal_quality"
	EmployeeSatisfaction = "employee_satisfaction"
	EmployeeRetention    = "employee_retention"
	EmployeeProductivity = "employee_productivity"
	ServiceValue         = "service_value"
	CustomerSatisfaction = "customer_satisfaction"
	CustomerLoyalty      = "customer_loyalty"
	RevenueGrowth        = "revenue_growth"
	Profitability        = "profitability"
)

// Heskett returns the links of the service-profit chain (Heskett et al. 1994) in a slice of its
// own, without lags: what follows when is for the host to say.
func Heskett() []Link {
	return []Link{
		{From: InternalQuality, To: EmployeeSatisfaction},
		{From: EmployeeSatisfaction, To: EmployeeRetention},
		{From: EmployeeSatisfaction, To: EmployeeProductivity},
		{From: EmployeeRetention, To: ServiceValue},
		{From: EmployeeProductivity, To: ServiceValue},
		{From: ServiceValue, To: CustomerSatisfaction},
		{From: CustomerSatisfaction, To: CustomerLoyalty},
		{From: CustomerLoyalty, To: RevenueGrowth},
		{From: CustomerLoyalty, To: Profitability},
	}
}

// Validate reports every rule that p breaks, joined into one error: 1 to 1000 links, each once,
// that lead from no measure back to it. A measure may not drive itself either, at any lag: the
// effect of a change would come back to it for ever.
func (p Params) Validate() error {
	var l fault.List
	if len(p.Links) < 1 || len(p.Links) > most {
		l.Add("Links", len(p.Links), "must be 1 to 1000")
	} else {
		checkLinks(&l, p.Links)
	}
	l.Join("", errorKinds().Check("Errors", p.Errors))
	l.Level("Level", p.Level)
	return l.Err(room)
}

func checkLinks(l *fault.List, links []Link) {
	seen := map[[2]string]bool{}
	for i, k := range links {
		if l.Full() {
			return
		}
		at := fault.Item("Links", i)
		l.Name(at+".From", k.From)
		l.Name(at+".To", k.To)
		l.Check(k.Lag >= 0 && k.Lag <= maxLag, at+".Lag", k.Lag, "must be 0 to 1000")
		ends := [2]string{k.From, k.To}
		l.Check(!seen[ends], at, nil, "must join two measures that no other does")
		seen[ends] = true
	}
	if l.Len() == 0 {
		_, ok := downstream(links)
		l.Check(ok, "Links", nil, "must lead from no measure back to it")
	}
}

// downstream returns the measures so that each follows all that drive it (Kahn 1962), those that
// nothing drives in the order in which links name them; false if links go round.
func downstream(links []Link) (order []string, ok bool) {
	drivers, names := map[string]int{}, []string(nil)
	for _, k := range links {
		for _, name := range []string{k.From, k.To} {
			if _, known := drivers[name]; !known {
				drivers[name] = 0
				names = append(names, name)
			}
		}
		drivers[k.To]++
	}
	for _, name := range names {
		if drivers[name] == 0 {
			order = append(order, name)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, k := range links {
			if k.From != order[i] {
				continue
			}
			if drivers[k.To]--; drivers[k.To] == 0 {
				order = append(order, k.To)
			}
		}
	}
	return order, len(order) == len(names)
}

// A Chain is links ready to be estimated. It is an immutable value, safe for concurrent use.
// Obtain one from [NewChain]; the zero Chain has no links.
type Chain struct {
	params Params
	order  []string // of measures, downstream
	from   []int    // of each link, the place of its measure in order
	to     []int
	sweep  []int // links so that all into a measure come before all out of it
}

// NewChain returns the chain that p describes. It fails exactly when [Params.Validate] does.
func NewChain(p Params) (Chain, error) {
	if err := p.Validate(); err != nil {
		return Chain{}, err
	}
	p.Links = slices.Clone(p.Links)
	c := Chain{params: p}
	c.order, _ = downstream(p.Links)
	place := map[string]int{}
	for i, name := range c.order {
		place[name] = i
	}
	for i, k := range p.Links {
		c.from, c.to, c.sweep = append(c.from, place[k.From]), append(c.to, place[k.To]), append(c.sweep, i)
	}
	slices.SortStableFunc(c.sweep, func(i, j int) int { return cmp.Compare(c.from[i], c.from[j]) })
	return c, nil
}

// way returns which links lie on a path between two measures.
func (c Chain) way(from, to int) []bool {
	forth, back, on := make([]bool, len(c.order)), make([]bool, len(c.order)), make([]bool, len(c.sweep))
	forth[from], back[to] = true, true
	for _, k := range c.sweep {
		forth[c.to[k]] = forth[c.to[k]] || forth[c.from[k]]
	}
	for _, k := range slices.Backward(c.sweep) {
		back[c.from[k]] = back[c.from[k]] || back[c.to[k]]
		on[k] = forth[c.from[k]] && back[c.to[k]]
	}
	return on
}

// arrives returns what a change of 1 in a measure is at each: the sum over paths of products of
// slopes.
func (c Chain) arrives(from int, slopes []float64) []float64 {
	out := make([]float64, len(c.order))
	out[from] = 1
	for _, k := range c.sweep {
		out[c.to[k]] += float64(out[c.from[k]] * slopes[k])
	}
	return out
}

// gradient returns by how much what arrives changes with each slope: what there is at the start
// of the link, times what goes on from its end.
func (c Chain) gradient(from, to int, slopes []float64) []float64 {
	here, leaves := c.arrives(from, slopes), make([]float64, len(c.order))
	leaves[to] = 1
	out := make([]float64, len(slopes))
	for _, k := range slices.Backward(c.sweep) {
		leaves[c.from[k]] += float64(leaves[c.to[k]] * slopes[k])
		out[k] = here[c.from[k]] * leaves[c.to[k]]
	}
	return out
}

// Params returns a copy of what the chain was made of.
func (c Chain) Params() Params {
	p := c.params
	p.Links = slices.Clone(p.Links)
	return p
}

// Measures returns the measures of the chain, each after all that drive it.
func (c Chain) Measures() []string { return slices.Clone(c.order) }

const (
	chainVersion = 1
	chainModel   = "service_profit_chain"
)

// chainJSON is what version 1 stores.
type chainJSON struct {
	V      int     `json:"v"`
	Model  string  `json:"model"`
	Links  []Link  `json:"links"`
	Within bool    `json:"within,omitempty"`
	Errors Errors  `json:"errors,omitempty"`
	Level  float64 `json:"level"`
	Holm   bool    `json:"holm,omitempty"`
}

// MarshalJSON encodes valid params:
//
//	{"v":1,"model":"service_profit_chain","links":[{"from":"a","to":"b","lag":1}],"level":0.95}
//
// It fails as [Params.Validate] does.
func (p Params) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	data, err := canon.Marshal(chainJSON{chainVersion, chainModel, p.Links, p.Within, p.Errors, p.Level, p.Holm})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes params of any version so far and validates them. Another version is
// [relmark.ErrUnsupported]; another model, unknown or repeated keys and params that are not
// valid are [relmark.ErrInvalid]. It leaves p unchanged on error.
func (p *Params) UnmarshalJSON(data []byte) error {
	var s chainJSON
	if err := codec.JSON(data, chainVersion, &s); err != nil {
		return fault.Decode(room, "chain", err)
	}
	if s.Model != chainModel {
		return broken("Model", nil, "must be "+chainModel)
	}
	decoded := Params{Links: s.Links, Within: s.Within, Errors: s.Errors, Level: s.Level, Holm: s.Holm}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}

// MarshalJSON encodes the chain as [Params.MarshalJSON] does. It fails for the zero Chain.
func (c Chain) MarshalJSON() ([]byte, error) { return json.Marshal(c.params) }

// UnmarshalJSON decodes a chain as [Params.UnmarshalJSON] does. It leaves c unchanged on error.
func (c *Chain) UnmarshalJSON(data []byte) error {
	var p Params
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	decoded, err := NewChain(p)
	if err == nil {
		*c = decoded
	}
	return err
}
