package earning_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// A naive twin: the conventions line by line in big fractions, written from the text and
// not from the code.

// A naiveLine is a line of an order; facts is nil for what an order has beside lines.
type naiveLine struct {
	facts                 *earning.OrderLine
	amount, paid          int64 // cents
	out                   bool
	base, factor, weight  *big.Rat
	used                  []int // multipliers that have an effect, by position
	gaveWay               []int // multipliers that held and gave way
	points                int64
	measures              map[string]*big.Rat
	tags, category, items []string
}

// A naive order under a version.
type naive struct {
	v       *earning.Version
	o       *earning.Order
	lines   []naiveLine
	total   int64
	refused earning.Reason

	base, product                         *big.Rat
	rounded, bonus, goals, granted, earnd int64
	gives                                 map[string]*big.Rat // by rule
	held                                  []string            // rates and multipliers with an effect, in order
	holding                               []string            // bonuses and goals, in order
	suppressed                            map[string][]string
}

func rat(n int64) *big.Rat { return big.NewRat(n, 1) }

func prod(list ...*big.Rat) *big.Rat {
	x := rat(1)
	for _, y := range list {
		x.Mul(x, y)
	}
	return x
}

func below(x *big.Rat) int64 { return new(big.Int).Div(x.Num(), x.Denom()).Int64() }

// down returns x without what is beyond a whole number.
func down(x *big.Rat) *big.Rat { return new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom())) }

// shares splits n over weights by largest remainders.
func shares(n int64, weights []*big.Rat) []int64 {
	sum, out, left := rat(0), make([]int64, len(weights)), n
	for _, w := range weights {
		sum.Add(sum, w)
	}
	if sum.Sign() == 0 {
		return out
	}
	rest, order := make([]*big.Rat, len(weights)), make([]int, len(weights))
	for i, w := range weights {
		exact := prod(rat(n), w, new(big.Rat).Inv(sum))
		out[i] = below(exact)
		rest[i], order[i], left = new(big.Rat).Sub(exact, rat(out[i])), i, left-out[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return rest[j].Cmp(rest[i]) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// cents of an amount.
func centsOf(d decimal.Decimal) int64 { return d.Shift(2).IntPart() }

// fill takes over lines, spreads a discount, adds the rest (C15).
func (n *naive) fill() {
	n.total = centsOf(n.o.Amount)
	var weights []*big.Rat
	sum := int64(0)
	for i := range n.o.Lines {
		l := &n.o.Lines[i]
		line := naiveLine{facts: l, amount: centsOf(l.Amount), measures: map[string]*big.Rat{"quantity": rat(1)}, tags: l.Tags}
		if l.Quantity != nil {
			line.measures["quantity"] = l.Quantity.Rat()
		}
		for _, m := range l.Measures {
			line.measures[m.Name] = m.Value.Rat()
		}
		if l.Category != "" {
			line.category = []string{l.Category}
		}
		if l.Item != "" {
			line.items = []string{l.Item}
		}
		n.lines = append(n.lines, line)
		weights = append(weights, rat(line.amount))
		sum += line.amount
	}
	switch {
	case sum > n.total:
		for i, share := range shares(n.total, weights) {
			n.lines[i].amount = share
		}
	case sum < n.total || len(n.lines) == 0:
		n.lines = append(n.lines, naiveLine{amount: n.total - sum})
	}
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// selects says whether a selector matches a line (C16).
func selects(s *earning.Selector, l *naiveLine) bool {
	listed := len(s.Categories)+len(s.Tags)+len(s.Items) > 0
	if l.facts == nil {
		return !listed
	}
	some := meet(s.Categories, l.category) || meet(s.Tags, l.tags) || meet(s.Items, l.items)
	none := !meet(s.Exclude.Categories, l.category) && !meet(s.Exclude.Tags, l.tags) && !meet(s.Exclude.Items, l.items)
	return (!listed || some) && none
}

// acts lists the lines on which a rule acts, if its condition holds.
func (n *naive) acts(s *earning.Selector, c *earning.Condition) (lines []*naiveLine) {
	total := int64(0)
	for i := range n.lines {
		if l := &n.lines[i]; !l.out && selects(s, l) {
			lines = append(lines, l)
			total += l.amount
		}
	}
	if !n.holds(c, total) {
		return nil
	}
	return lines
}

func (n *naive) holds(c *earning.Condition, total int64) bool {
	ok := len(c.Tiers) == 0 || slices.Contains(c.Tiers, n.o.Tier)
	if len(c.Categories) > 0 {
		ok = ok && slices.ContainsFunc(n.lines, func(l naiveLine) bool { return !l.out && meet(l.category, c.Categories) })
	}
	ok = ok && (c.MinTotal == nil || rat(total).Cmp(prod(c.MinTotal.Rat(), rat(100))) >= 0)
	for i := range c.Not {
		ok = ok && !n.holds(&c.Not[i], total)
	}
	return ok
}

// exclude takes lines out (C17).
func (n *naive) exclude() {
	out := make([]bool, len(n.lines))
	for i := range n.v.Exclusions {
		x := &n.v.Exclusions[i]
		if !n.holds(&x.When, n.total) {
			continue
		}
		one := false
		for j := range n.lines {
			if selects(&x.Lines, &n.lines[j]) {
				out[j], one = true, true
			}
		}
		for j := range n.lines {
			out[j] = out[j] || one && x.Scope == earning.WholeOrder
		}
	}
	for j := range n.lines {
		n.lines[j].out = out[j]
	}
}

// pay splits what points are worth (C18).
func (n *naive) pay(r *earning.Rules) {
	points := n.o.PayPoints
	if points == 0 {
		return
	}
	s := &r.Spending
	worth := below(prod(rat(points), r.PointValue.Rat(), rat(100)))
	payable, weights := int64(0), make([]*big.Rat, len(n.lines))
	for i := range n.lines {
		if weights[i] = rat(0); selects(&s.Lines, &n.lines[i]) {
			weights[i] = rat(n.lines[i].amount)
			payable += n.lines[i].amount
		}
	}
	most := rat(payable)
	if s.MaxShare != nil {
		most.Mul(most, s.MaxShare.Rat())
	}
	switch {
	case points < s.MinPoints || worth == 0:
		n.refused = earning.BelowMinimum
	case s.Step > 0 && points%s.Step != 0:
		n.refused = earning.OffStep
	case rat(worth).Cmp(most) > 0:
		n.refused = earning.ExceedsPayable
	default:
		for i, share := range shares(worth, weights) {
			n.lines[i].paid = share
		}
	}
}

// counted returns what a rate counts of a line (C19).
func counted(r *earning.Rate, l *naiveLine) *big.Rat {
	cash := l.amount - l.paid
	switch m := l.measures[r.Measure]; {
	case r.Measure == "":
		return big.NewRat(cash, 100)
	case m == nil:
		return rat(0)
	case l.amount == 0:
		return m
	default:
		return prod(m, big.NewRat(cash, l.amount))
	}
}

func (n *naive) rates() {
	for i := range n.v.Rates {
		r := &n.v.Rates[i]
		lines := n.acts(&r.Lines, &r.When)
		if len(lines) == 0 {
			continue
		}
		gives, all := rat(0), rat(0)
		perUnit := new(big.Rat).Inv(r.Per.Rat())
		for _, l := range lines {
			all.Add(all, counted(r, l))
		}
		for _, l := range lines {
			q := counted(r, l)
			points := prod(q, perUnit)
			switch r.Steps {
			case earning.StepsByLine:
				points = down(points)
			case earning.StepsByOrder:
				points = rat(0)
				if all.Sign() > 0 {
					points = prod(down(prod(all, perUnit)), q, new(big.Rat).Inv(all))
				}
			}
			points.Mul(points, rat(r.Points))
			l.base.Add(l.base, points)
			gives.Add(gives, points)
		}
		n.gives[r.Rule] = gives
		n.held = append(n.held, r.Rule)
	}
	for i := range n.lines {
		n.base.Add(n.base, n.lines[i].base)
	}
}

// factors finds the factor of each line (C20), and what each multiplier adds.
func (n *naive) factors() {
	acting := map[*naiveLine][]int{}
	for i := range n.v.Multipliers {
		for _, l := range n.acts(&n.v.Multipliers[i].Lines, &n.v.Multipliers[i].When) {
			acting[l] = append(acting[l], i)
		}
	}
	for j := range n.lines {
		l := &n.lines[j]
		list, alone := acting[l], -1
		for _, i := range list {
			if m := n.v.Multipliers[i]; m.Exclusive && (alone < 0 || m.Priority > n.v.Multipliers[alone].Priority) {
				alone = i
			}
		}
		for _, i := range list {
			if alone >= 0 && i != alone {
				l.gaveWay = append(l.gaveWay, i)
			} else {
				l.used = append(l.used, i)
			}
		}
		gains := make([]*big.Rat, len(l.used))
		for k, i := range l.used {
			excess := new(big.Rat).Sub(n.v.Multipliers[i].Factor.Rat(), rat(1))
			if n.v.Stacking == earning.Compounding {
				excess.Mul(excess, l.factor)
			}
			gains[k] = excess
			l.factor.Add(l.factor, excess)
		}
		if l.factor.Sign() < 0 { // each takes its part of what there is
			short := new(big.Rat).Inv(new(big.Rat).Sub(rat(1), l.factor))
			for k := range gains {
				gains[k].Mul(gains[k], short)
			}
			l.factor = rat(0)
		}
		for k, i := range l.used {
			rule := n.v.Multipliers[i].Rule
			if n.gives[rule] == nil {
				n.gives[rule] = rat(0)
			}
			n.gives[rule].Add(n.gives[rule], prod(gains[k], l.base))
			for _, o := range l.gaveWay {
				if name := n.v.Multipliers[o].Rule; !slices.Contains(n.suppressed[rule], name) {
					n.suppressed[rule] = append(n.suppressed[rule], name)
				}
			}
		}
		l.weight = prod(l.base, l.factor)
		n.product.Add(n.product, l.weight)
	}
	at := func(rule string) int {
		return slices.IndexFunc(n.v.Multipliers, func(m earning.Multiplier) bool { return m.Rule == rule })
	}
	for _, m := range n.v.Multipliers {
		if n.gives[m.Rule] != nil {
			n.held = append(n.held, m.Rule)
		}
		slices.SortFunc(n.suppressed[m.Rule], func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	}
}

// bonuses are shared in proportion to amounts (C21, C22).
func (n *naive) bonuses() {
	for i := range n.v.Bonuses {
		b := &n.v.Bonuses[i]
		lines, sum := n.acts(&b.Lines, &b.When), int64(0)
		for _, l := range lines {
			sum += l.amount
		}
		for _, l := range lines {
			part := big.NewRat(1, int64(len(lines)))
			if sum > 0 {
				part = big.NewRat(l.amount, sum)
			}
			l.weight.Add(l.weight, prod(part, rat(b.Points)))
		}
		if len(lines) > 0 {
			n.bonus += b.Points
			n.holding = append(n.holding, fmt.Sprint(b.Points, " ", b.Rule))
		}
	}
	for i := range n.v.Goals {
		g := &n.v.Goals[i]
		lines, progress := n.acts(&g.Lines, &g.When), int64(0)
		for _, l := range lines {
			if progress = 1; g.Count == earning.CountSpend {
				progress = 0
			}
			_ = l
		}
		if g.Count == earning.CountSpend {
			for _, l := range lines {
				progress += l.amount - l.paid
			}
		}
		times := progress / g.Target
		if !g.Repeat {
			times = min(times, 1)
		}
		if times > 0 {
			n.goals += times * g.Points
			n.holding = append(n.holding, fmt.Sprint(times*g.Points, " ", g.Rule))
		}
	}
}

// roundedBy rounds a fraction that is not negative.
func roundedBy(x *big.Rat, mode earning.Rounding) int64 {
	down := below(x)
	rest := new(big.Rat).Sub(x, rat(down))
	up := false
	switch mode {
	case earning.Ceiling:
		up = rest.Sign() > 0
	case earning.HalfUp:
		up = rest.Cmp(big.NewRat(1, 2)) >= 0
	case earning.HalfEven:
		up = rest.Cmp(big.NewRat(1, 2)) > 0 || rest.Cmp(big.NewRat(1, 2)) == 0 && down%2 == 1
	}
	if up {
		down++
	}
	return down
}

// judge works everything out.
func judge(r *earning.Rules, v *earning.Version, o *earning.Order) *naive {
	n := &naive{v: v, o: o, base: rat(0), product: rat(0), gives: map[string]*big.Rat{}, suppressed: map[string][]string{}}
	n.fill()
	if n.pay(r); n.refused != "" {
		return n
	}
	n.exclude()
	for i := range n.lines {
		n.lines[i].base, n.lines[i].factor, n.lines[i].weight = rat(0), rat(1), rat(0)
	}
	n.rates()
	n.factors()
	n.bonuses()
	n.rounded = roundedBy(n.product, v.Rounding)
	limit := int64(1) << 60
	for _, c := range v.Caps {
		limit = min(limit, c.Points)
	}
	if o.Budget != nil {
		limit = min(limit, max(0, *o.Budget))
	}
	n.granted = min(n.rounded+n.bonus+n.goals, limit)
	n.earnd = min(n.granted, n.rounded+n.bonus)
	var weights []*big.Rat
	for i := range n.lines {
		weights = append(weights, n.lines[i].weight)
	}
	for i, share := range shares(n.earnd, weights) {
		n.lines[i].points = share
	}
	return n
}

// grants explains: rates and multipliers share the product by what they give.
func (n *naive) grants() (list []string) {
	var weights []*big.Rat
	negative, sum := false, rat(0)
	for _, rule := range n.held {
		weights = append(weights, n.gives[rule])
		negative = negative || n.gives[rule].Sign() < 0
		sum.Add(sum, n.gives[rule])
	}
	parts := make([]int64, len(weights))
	if !negative {
		parts = shares(n.rounded, weights)
	} else if sum.Sign() > 0 {
		run, before := rat(0), int64(0)
		for i, w := range weights {
			run.Add(run, w)
			to := below(prod(run, rat(n.rounded), new(big.Rat).Inv(sum)))
			parts[i], before = to-before, to
		}
	}
	for i, rule := range n.held {
		list = append(list, fmt.Sprint(parts[i], " ", rule, n.suppressed[rule]))
	}
	list = append(list, n.holding...)
	if cut := n.rounded + n.bonus + n.goals - n.granted; cut > 0 {
		list = append(list, fmt.Sprint(-cut, " cap"))
	}
	return list
}

// TestQuotesAgreeWithANaiveTwin compares every figure of random orders under random rules.
func TestQuotesAgreeWithANaiveTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, o := drawRules(t), drawLines(t)
		if rapid.IntRange(0, 2).Draw(t, "monstrous") == 0 {
			monstrous(t, &r, &o)
		}
		e, err := earning.Compile(r)
		require.NoError(t, err)
		out, err := e.Earn(&o, nil)
		n := judge(&r, &r.Versions[0], &o)
		if n.refused != "" {
			require.Equal(t, &earning.RefusedError{Reason: n.refused}, err)
			return
		}
		if n.base.Cmp(rat(1<<53)) >= 0 || n.product.Cmp(rat(1<<53)) >= 0 || n.rounded+n.bonus+n.goals >= 1<<53 {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		require.NoError(t, err)
		agree(t, n, &out)
		quote, err := e.Quote(&o)
		require.NoError(t, err)
		require.Equal(t, out.Award.Granted, quote.Granted)
		require.Equal(t, out.Award.Cut, quote.Cut)
	})
}

func agree(t require.TestingT, n *naive, out *earning.Outcome) {
	a := &out.Award
	require.Equal(t, len(n.lines), out.Facts.Positions())
	cash := int64(0)
	for i := range n.lines {
		l := &n.lines[i]
		amount, paid, _ := out.Facts.Rest()
		if i < len(out.Facts.Lines) {
			amount, paid = out.Facts.Lines[i].Amount, out.Facts.Lines[i].Paid
		}
		require.Equal(t, []int64{l.amount, l.paid}, []int64{amount, paid}, "line %d", i)
		cash += amount - paid
		if len(out.Facts.Lines) > 0 {
			require.Equal(t, l.points, a.ByLine[i], "line %d", i)
		}
	}
	require.Equal(t, out.Facts.Cash, cash)
	require.Equal(t, []int64{n.rounded, n.bonus, n.goals, n.granted, n.earnd, below(n.base)},
		[]int64{a.Product, a.Bonus, a.GoalBonus, a.Granted, a.Earned(), a.Qualifying})
	if a.BaseDen != 0 {
		require.Equal(t, n.base.RatString(), big.NewRat(a.BaseNum, a.BaseDen).RatString())
	}
	var got []string
	sum := int64(0)
	for i, g := range a.Grants {
		text := fmt.Sprint(g.Points, " ", g.Rule)
		if i < len(n.held) {
			text += fmt.Sprint(g.Suppressed)
		}
		got = append(got, text)
		sum += g.Points
	}
	require.Equal(t, n.grants(), got)
	require.Equal(t, a.Granted, sum)
}
