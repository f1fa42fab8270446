package tier

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
)

// A Condition asks for sums: a threshold of one metric, or a tree of thresholds.
// Build it with [AtLeast], [AtLeastInt], [All] and [Any]. It is plain data:
// exactly one of Metric, All and Any is set. It is safe for concurrent use while
// nobody changes it.
type Condition struct {
	Metric string          // what is counted, together with Min
	Min    decimal.Decimal // the sum of Metric that suffices; 0 or more

	All []*Condition // all of these must hold
	Any []*Condition // one of these must hold
}

// AtLeast is the condition that the sum of a metric is min or more.
func AtLeast(metric string, least decimal.Decimal) *Condition {
	return &Condition{Metric: metric, Min: least}
}

// AtLeastInt is [AtLeast] for a whole number, such as 50 nights.
func AtLeastInt(metric string, least int64) *Condition {
	return AtLeast(metric, decimal.NewFromInt(least))
}

// All is the condition that all parts hold.
func All(parts ...*Condition) *Condition { return &Condition{All: parts} }

// Any is the condition that at least one part holds.
func Any(parts ...*Condition) *Condition { return &Condition{Any: parts} }

// Limits of a condition. What is lacking is told as a list of alternatives, and
// their number is a product over the parts of All.
const (
	maxDepth        = 16   // levels of nesting
	maxNodes        = 4096 // parts in all
	maxAlternatives = 1024 // ways to meet a condition
)

// clone copies c, which is known to be a tree, to the last leaf; nil stays nil.
func (c *Condition) clone() *Condition {
	if c == nil {
		return nil
	}
	copied := *c
	copied.All, copied.Any = cloneParts(c.All), cloneParts(c.Any)
	return &copied
}

func cloneParts(parts []*Condition) []*Condition {
	if len(parts) == 0 {
		return nil
	}
	out := make([]*Condition, len(parts))
	for i, part := range parts {
		out[i] = part.clone()
	}
	return out
}

// A node is a compiled condition.
type node struct {
	form   form
	metric int   // index into the metrics of the ladder
	least  int64 // in units of the metric
	parts  []node
}

type form uint8

const (
	leaf form = iota
	every
	some
)

// compile turns c into a node, nil if c is nil. It stops at the first error: a
// condition may be a part of itself.
func (c *Condition) compile(m *metrics) (*node, error) {
	if c == nil {
		return nil, nil //nolint:nilnil // no condition is no error
	}
	k := compiler{m, maxNodes}
	n, err := k.node(c, maxDepth)
	if err != nil {
		return nil, err
	}
	if ways := n.count(); ways > maxAlternatives {
		return nil, fault.New("", ways, "must have at most 1024 ways to be met")
	}
	return &n, nil
}

// A compiler turns conditions into nodes.
type compiler struct {
	metrics *metrics
	left    int // how many more nodes there may be
}

func (k *compiler) node(c *Condition, depth int) (node, error) {
	k.left--
	switch {
	case !c.shaped():
		return node{}, errParts()
	case depth == 0 || k.left < 0:
		return node{}, errDeep()
	case c.Metric != "":
		return k.leaf(c)
	case len(c.All) > 0:
		return k.parts(every, "All", c.All, depth)
	}
	return k.parts(some, "Any", c.Any, depth)
}

func (k *compiler) parts(form form, name string, parts []*Condition, depth int) (node, error) {
	n := node{form: form}
	for _, part := range parts {
		kid, err := k.node(part, depth-1)
		if err != nil {
			return n, fault.At(name, err)
		}
		n.parts = append(n.parts, kid)
	}
	return n, nil
}

func (k *compiler) leaf(c *Condition) (node, error) {
	i := k.metrics.index(c.Metric)
	if i < 0 {
		return node{}, fault.New("Metric", nil, "must be a metric of the policy")
	}
	least, err := k.metrics.units(i, c.Min)
	if err != nil {
		return node{}, fault.New("Min", nil, err.Error())
	}
	return node{metric: i, least: least}, nil
}

// shaped reports whether exactly one of Metric, All and Any is set, and no threshold
// without its metric.
func (c *Condition) shaped() bool {
	if c == nil || c.Metric == "" && c.Min.Sign() != 0 {
		return false
	}
	set := 0
	for _, is := range [...]bool{c.Metric != "", len(c.All) > 0, len(c.Any) > 0} {
		if is {
			set++
		}
	}
	return set == 1
}

// met reports whether there is a condition and it holds.
func (n *node) met(sums []int64) bool { return n != nil && n.holds(sums) }

// holds reports whether n is met by sums.
func (n *node) holds(sums []int64) bool {
	switch n.form {
	case every:
		for i := range n.parts {
			if !n.parts[i].holds(sums) {
				return false
			}
		}
		return true
	case some:
		for i := range n.parts {
			if n.parts[i].holds(sums) {
				return true
			}
		}
		return false
	default:
		return sums[n.metric] >= n.least
	}
}

// count returns the number of ways to meet n, no further than past the limit; 0 if n
// is nil.
func (n *node) count() int {
	if n == nil {
		return 0
	}
	ways := 1
	if n.form == some {
		ways = 0
	}
	for i := range n.parts {
		if k := n.parts[i].count(); n.form == some {
			ways = min(ways+k, maxAlternatives+1)
		} else {
			ways = min(ways*k, maxAlternatives+1)
		}
	}
	return ways
}

// threshold returns the largest threshold of a metric anywhere in n; 0 if n does
// not ask for it.
func (n *node) threshold(metric int) (least int64) {
	if n.form == leaf && n.metric == metric {
		return n.least
	}
	for i := range n.parts {
		least = max(least, n.parts[i].threshold(metric))
	}
	return least
}

// A want is one way to meet a condition: what is lacking by metric, absent where
// a metric is not asked for or nothing of it is lacking.
type want []int64

const absent = -1

// wants returns every way to meet n from sums, in the order of the parts, and
// none if n holds already. Nothing is simplified further: a way that asks for more
// than another of the same metrics is told too, since the host may know which of
// them a member can take.
func (n *node) wants(sums []int64) []want {
	ways := n.ways(sums)
	if slices.ContainsFunc(ways, want.met) {
		return nil
	}
	return ways
}

// met reports whether nothing is lacking.
func (w want) met() bool {
	return !slices.ContainsFunc(w, func(v int64) bool { return v != absent })
}

// covers reports whether w asks for at least as much as o in all that o asks for.
func (w want) covers(o want) bool {
	for m, v := range o {
		if w[m] < v { // absent is less than any amount
			return false
		}
	}
	return true
}

// leanest drops the ways that ask for at least as much as another; of equals the
// first stays. None is left if one of them lacks nothing.
func leanest(ways []want) []want {
	if slices.ContainsFunc(ways, want.met) {
		return nil
	}
	out := ways[:0]
	for _, w := range ways {
		if slices.ContainsFunc(out, w.covers) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(o want) bool { return o.covers(w) }), w)
	}
	return out
}

func (n *node) ways(sums []int64) []want { return n.appendWays(nil, sums) }

// appendWays appends every way to meet n from sums, also those that lack nothing.
func (n *node) appendWays(to []want, sums []int64) []want {
	switch n.form {
	case every:
		first := len(to)
		to = n.parts[0].appendWays(to, sums)
		for i := range n.parts[1:] {
			to = n.parts[i+1].join(to, first, sums)
		}
		return to
	case some:
		for i := range n.parts {
			to = n.parts[i].appendWays(to, sums)
		}
		return to
	default:
		w := slices.Repeat(want{absent}, len(sums))
		w[n.metric] = n.lacks(sums)
		return append(to, w)
	}
}

// join joins the ways from the first on with every way to meet n, these innermost. What
// both lack of one metric is lacking once, the larger amount.
func (n *node) join(to []want, first int, sums []int64) []want {
	if n.form == leaf {
		for _, w := range to[first:] {
			w[n.metric] = max(w[n.metric], n.lacks(sums))
		}
		return to
	}
	ways := slices.Clone(to[first:])
	to = to[:first]
	for _, x := range ways {
		for _, y := range n.ways(sums) {
			for m, v := range x {
				y[m] = max(y[m], v)
			}
			to = append(to, y)
		}
	}
	return to
}

// lacks returns what a leaf lacks.
func (n *node) lacks(sums []int64) int64 {
	if lacks := n.least - sums[n.metric]; lacks > 0 {
		return lacks
	}
	return absent
}

// implies reports whether whoever meets n meets o too. Thresholds only ask for
// more, so the least sums of each way decide.
func (n *node) implies(o *node, metrics int) bool {
	for _, way := range n.ways(make([]int64, metrics)) {
		if !o.holds(way.sums()) {
			return false
		}
	}
	return true
}

// sums returns the least sums of whoever had nothing and has gone this way.
func (w want) sums() []int64 {
	out := make([]int64, len(w))
	for m, v := range w {
		out[m] = max(v, 0)
	}
	return out
}
