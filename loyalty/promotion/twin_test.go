package promotion_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/promotion"
)

// The naive twin prices an order as the definitions say it, one unit at a time and in
// fractions: it shares nothing with the room but its data.

type twinUnit struct {
	line, article int
	number        int
	item          string
	categories    []string
	tags          []string
	price, floor  int64
	left          int64
	locked        bool
}

type twinOffer struct {
	promotion.Offer
	limit    string
	reason   promotion.Reason
	missing  twinMinimum
	discount int64
	taken    []int64 // by unit
}

type twinMinimum struct{ amount, units int64 }

type twin struct {
	stack  promotion.Stack
	order  promotion.Order
	units  []twinUnit
	offers []*twinOffer // in turns
	given  int64
	alone  bool
	groups map[string]int64
}

func minor(d decimal.Decimal, digits int) int64 { return d.Shift(int32(digits)).IntPart() }

func newTwin(s promotion.Stack, o promotion.Order) *twin {
	t := &twin{stack: s, order: o, groups: map[string]int64{}}
	type key struct {
		item  string
		price int64
	}
	numbers := map[key]int{}
	for i, l := range o.Lines {
		k := key{l.Item, minor(l.Price, s.Digits)}
		for range l.Quantity {
			t.units = append(t.units, twinUnit{
				line: i, number: numbers[k], item: l.Item, categories: l.Categories, tags: l.Tags,
				price: k.price, floor: minor(l.Floor, s.Digits), left: k.price,
			})
			numbers[k]++
		}
	}
	slices.SortFunc(t.units, func(a, b twinUnit) int {
		return cmp.Or(strings.Compare(a.item, b.item), cmp.Compare(a.price, b.price), cmp.Compare(a.number, b.number))
	})
	for i := range t.units {
		if i > 0 {
			t.units[i].article = t.units[i-1].article
			if t.units[i].item != t.units[i-1].item || t.units[i].price != t.units[i-1].price {
				t.units[i].article++
			}
		}
	}
	for _, offer := range s.Offers {
		if !slices.Contains(o.Without, offer.ID) {
			t.offers = append(t.offers, &twinOffer{Offer: offer, taken: make([]int64, len(t.units))})
		}
	}
	rank := map[promotion.Exclusive]int{promotion.ExclusiveOrder: 0, promotion.ExclusiveUnits: 1, "": 2}
	slices.SortFunc(t.offers, func(a, b *twinOffer) int {
		return cmp.Or(cmp.Compare(rank[a.Exclusive], rank[b.Exclusive]), cmp.Compare(b.Priority, a.Priority), strings.Compare(a.ID, b.ID))
	})
	return t
}

func (t *twin) group(name string) promotion.Group {
	for _, g := range t.stack.Groups {
		if g.Name == name {
			return g
		}
	}
	return promotion.Group{Name: name, Mode: promotion.First, Limit: 1}
}

func (t *twin) best(o *twinOffer) bool {
	return o.Group != "" && t.group(o.Group).Mode == promotion.Best
}

func meets(names, asked []string) bool {
	return slices.ContainsFunc(asked, func(s string) bool { return slices.Contains(names, s) })
}

func selects(s *promotion.Selector, u *twinUnit) bool {
	if s == nil {
		return true
	}
	if s.Items != nil && !slices.Contains(s.Items, u.item) || s.Categories != nil && !meets(u.categories, s.Categories) || s.Tags != nil && !meets(u.tags, s.Tags) {
		return false
	}
	e := s.Exclude
	return e == nil || !slices.Contains(e.Items, u.item) && !meets(u.categories, e.Categories) && !meets(u.tags, e.Tags)
}

// gets reports whether the reward of an offer selects a unit.
func (o *twinOffer) gets(u *twinUnit) bool {
	if o.Reward.Kind != promotion.KindBundle {
		return selects(o.Get, u)
	}
	for _, s := range o.Reward.Slots {
		if selects(&s.Select, u) {
			return true
		}
	}
	return false
}

func (o *twinOffer) buys(u *twinUnit) bool {
	if o.Buy != nil {
		return selects(o.Buy, u)
	}
	return o.gets(u)
}

// misses returns what is missing to a minimum.
func (t *twin) misses(o *twinOffer, m promotion.Minimum, selects func(u *twinUnit) bool) twinMinimum {
	var have twinMinimum
	for i := range t.units {
		if u := &t.units[i]; selects(u) {
			have.units++
			if o.MinOf == promotion.Left {
				have.amount += u.left
			} else {
				have.amount += u.price
			}
		}
	}
	var out twinMinimum
	if m.Amount != nil {
		out.amount = max(0, minor(*m.Amount, t.stack.Digits)-have.amount)
	}
	if m.Units != nil {
		out.units = max(0, *m.Units-have.units)
	}
	return out
}

// turn lets an offer act, or finds the reason why not.
func (t *twin) turn(o *twinOffer) {
	o.reason, o.limit, o.missing, o.discount = "", "", twinMinimum{}, 0
	clear(o.taken)
	left := t.order.Remaining[o.ID]
	if o.Code != "" && !slices.Contains(t.order.Codes, o.Code) {
		o.reason = promotion.NoCode
		return
	}
	if o.Tiers != nil && !slices.Contains(o.Tiers, t.order.Tier) {
		o.reason = promotion.OtherTier
		return
	}
	for _, name := range slices.Sorted(maps.Keys(left.Limits)) {
		if left.Limits[name] == 0 {
			o.reason, o.limit = promotion.LimitReached, name
			return
		}
	}
	if left.Budget != nil && left.Budget.IsZero() {
		o.reason = promotion.OverBudget
		return
	}
	var reached []int
	for i := range t.units {
		if o.gets(&t.units[i]) {
			reached = append(reached, i)
		}
	}
	if len(reached) == 0 {
		o.reason = promotion.NoUnits
		return
	}
	o.missing = t.misses(o, o.Min, o.buys)
	for _, q := range o.Requires {
		if o.missing == (twinMinimum{}) {
			o.missing = t.misses(o, q.Min, func(u *twinUnit) bool { return selects(&q.Select, u) })
		}
	}
	reward := o.Reward
	if o.Steps != nil && o.missing == (twinMinimum{}) {
		o.missing = t.misses(o, o.Steps[0].Min, o.buys)
		for _, s := range o.Steps {
			if t.misses(o, s.Min, o.buys) == (twinMinimum{}) {
				reward = s.Reward
			}
		}
	}
	if o.missing != (twinMinimum{}) {
		o.reason = promotion.BelowMinimum
		return
	}
	reached = slices.DeleteFunc(reached, func(i int) bool { return t.units[i].locked })
	if t.alone || len(reached) == 0 {
		o.reason = promotion.Excluded
		return
	}
	if o.Group != "" && !t.best(o) && t.groups[o.Group] >= t.group(o.Group).Limit {
		o.reason = promotion.GroupUsed
		return
	}
	t.act(o, reward, left)
}

// A twinClaim is a unit that an offer gets or buys.
type twinClaim struct {
	unit   int
	bought bool
	want   *big.Rat
}

func (t *twin) room(o *twinOffer, i int) int64 {
	room := t.units[i].left - t.units[i].floor
	if o.MaxUnitDiscount != nil {
		room = min(room, minor(*o.MaxUnitDiscount, t.stack.Digits))
	}
	return room
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func (t *twin) act(o *twinOffer, reward promotion.Reward, left promotion.Remaining) {
	claims := t.claims(o, reward, left)
	exact := new(big.Rat)
	perArticle := map[int]*big.Rat{}
	var rounded int64
	for _, c := range claims {
		if c.bought {
			continue
		}
		exact.Add(exact, c.want)
		a := t.units[c.unit].article
		if perArticle[a] == nil {
			perArticle[a] = new(big.Rat)
		}
		perArticle[a].Add(perArticle[a], c.want)
		rounded += t.round(c.want)
	}
	level := promotion.PerOrder
	if reward.Kind == promotion.KindPercent && t.stack.Rounding.Level != "" {
		level = t.stack.Rounding.Level
	}
	discount := t.round(exact)
	switch level {
	case promotion.PerUnit:
		discount = rounded
	case promotion.PerLine:
		discount = 0
		for _, v := range perArticle {
			discount += t.round(v)
		}
	}
	want := discount
	if o.MaxDiscount != nil {
		discount = min(discount, minor(*o.MaxDiscount, t.stack.Digits))
	}
	if t.order.MaxDiscount != nil {
		discount = min(discount, minor(*t.order.MaxDiscount, t.stack.Digits)-t.given)
	}
	if discount == 0 {
		o.reason = promotion.NoDiscount
		return
	}
	if left.Budget != nil {
		budget := minor(*left.Budget, t.stack.Digits)
		if o.Whole && discount > budget {
			o.reason = promotion.OverBudget
			return
		}
		discount = min(discount, budget)
	}
	spread := o.Sets != nil && o.Sets.Spread
	if spread || discount < want {
		level = promotion.PerOrder
	}
	t.split(o, claims, discount, level, spread, perArticle)
	o.discount = discount
	t.given += discount
	if o.Group != "" {
		t.groups[o.Group]++
	}
	t.alone = t.alone || o.Exclusive == promotion.ExclusiveOrder
	for i, v := range o.taken {
		t.units[i].left -= v
		if v > 0 && o.Exclusive == promotion.ExclusiveUnits {
			t.units[i].locked = true
		}
	}
	for _, c := range claims {
		if c.bought && o.Exclusive == promotion.ExclusiveUnits {
			t.units[c.unit].locked = true
		}
	}
}

// split shares a discount.
func (t *twin) split(o *twinOffer, claims []twinClaim, discount int64, level promotion.Level, spread bool, perArticle map[int]*big.Rat) {
	var own []twinClaim
	for _, c := range claims {
		if spread {
			c.want = whole(t.room(o, c.unit))
			own = append(own, c)
		} else if !c.bought {
			own = append(own, c)
		}
	}
	slices.SortFunc(own, func(a, b twinClaim) int { return cmp.Compare(a.unit, b.unit) })
	if level == promotion.PerUnit {
		for _, c := range own {
			o.taken[c.unit] = t.round(c.want)
		}
		return
	}
	var articles []int
	weights, rooms := map[int]*big.Rat{}, map[int]int64{}
	for _, c := range own {
		a := t.units[c.unit].article
		if weights[a] == nil {
			weights[a] = new(big.Rat)
			articles = append(articles, a)
		}
		weights[a].Add(weights[a], c.want)
		rooms[a] += t.room(o, c.unit)
	}
	var list []*big.Rat
	var room []int64
	for _, a := range articles {
		list, room = append(list, weights[a]), append(room, rooms[a])
	}
	got := largestRemainders(discount, list, room)
	for k, a := range articles {
		share := got[k]
		if level == promotion.PerLine {
			share = t.round(perArticle[a])
		}
		var list []*big.Rat
		var room []int64
		var units []int
		for _, c := range own {
			if t.units[c.unit].article == a {
				list, room, units = append(list, c.want), append(room, t.room(o, c.unit)), append(units, c.unit)
			}
		}
		for k, v := range largestRemainders(share, list, room) {
			o.taken[units[k]] = v
		}
	}
}

// largestRemainders shares an amount one minor unit at a time.
func largestRemainders(amount int64, weights []*big.Rat, rooms []int64) []int64 {
	sum := new(big.Rat)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	out, fractions, order := make([]int64, len(weights)), make([]*big.Rat, len(weights)), make([]int, len(weights))
	missing := amount
	for i, w := range weights {
		quota := new(big.Rat)
		if sum.Sign() > 0 {
			quota.Quo(quota.Mul(w, whole(amount)), sum)
		}
		down := new(big.Int).Quo(quota.Num(), quota.Denom())
		fractions[i] = new(big.Rat).Sub(quota, new(big.Rat).SetInt(down))
		out[i], order[i] = min(down.Int64(), rooms[i]), i
		missing -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return fractions[b].Cmp(fractions[a]) })
	for missing > 0 {
		before := missing
		for _, i := range order {
			if missing > 0 && out[i] < rooms[i] {
				out[i]++
				missing--
			}
		}
		if missing == before {
			panic("no room")
		}
	}
	return out
}

// round rounds by the mode of the stack.
func (t *twin) round(x *big.Rat) int64 {
	down := new(big.Int).Quo(x.Num(), x.Denom())
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(down))
	half := rest.Cmp(big.NewRat(1, 2))
	up := false
	switch t.stack.Rounding.Mode {
	case promotion.HalfEven:
		up = half > 0 || half == 0 && down.Bit(0) == 1
	case promotion.HalfDown:
		up = half > 0
	case promotion.Down:
	case promotion.Up:
		up = rest.Sign() > 0
	default:
		up = half >= 0
	}
	if up {
		return down.Int64() + 1
	}
	return down.Int64()
}

// ranked sorts units.
func (t *twin) ranked(o *twinOffer, units []int) []int {
	units = slices.Clone(units)
	key := func(i int) int64 {
		if o.Of == promotion.List {
			return t.units[i].price
		}
		return t.units[i].left
	}
	direction := 1
	if o.Selection == promotion.Dearest {
		direction = -1
	}
	slices.SortFunc(units, func(a, b int) int {
		u, v := &t.units[a], &t.units[b]
		return cmp.Or(direction*cmp.Compare(key(a), key(b)), strings.Compare(u.item, v.item), cmp.Compare(u.price, v.price),
			direction*cmp.Compare(u.left, v.left), cmp.Compare(u.number, v.number))
	})
	return units
}

// claims finds the units got and bought, and what each of those got wants.
func (t *twin) claims(o *twinOffer, reward promotion.Reward, left promotion.Remaining) (out []twinClaim) {
	applications := int64(1) << 60
	if o.MaxApplications != nil {
		applications = *o.MaxApplications
	}
	if left.Applications != nil {
		applications = *left.Applications
	}
	if reward.Kind == promotion.KindBundle {
		return t.bundles(o, reward, applications)
	}
	var gets []int
	for i := range t.units {
		if !t.units[i].locked && selects(o.Get, &t.units[i]) {
			gets = append(gets, i)
		}
	}
	var bought []int
	switch {
	case o.Sets != nil:
		gets, bought = t.sets(o, gets, applications)
	case o.MaxApplications != nil || left.Applications != nil:
		gets = t.ranked(o, gets)
		gets = gets[:min(int64(len(gets)), applications)]
	}
	var rooms int64
	for _, i := range gets {
		rooms += t.room(o, i)
	}
	value := int64(0)
	if reward.Value != nil {
		value = minor(*reward.Value, t.stack.Digits)
	}
	for _, i := range gets {
		room := t.room(o, i)
		want := whole(room)
		switch reward.Kind {
		case promotion.KindPercent:
			base := t.units[i].left
			if o.Of == promotion.List {
				base = t.units[i].price
			}
			p := new(big.Rat).Quo(new(big.Rat).Mul(reward.Value.Rat(), whole(base)), whole(100))
			if p.Cmp(want) < 0 {
				want = p
			}
		case promotion.KindUnitAmount:
			want = whole(min(room, value))
		case promotion.KindUnitPrice:
			want = whole(max(0, min(room, t.units[i].left-value)))
		case promotion.KindAmount:
			if rooms > 0 {
				want = new(big.Rat).Mul(whole(min(value, rooms)), big.NewRat(room, rooms))
			}
		}
		out = append(out, twinClaim{unit: i, want: want})
	}
	for _, i := range bought {
		out = append(out, twinClaim{unit: i, bought: true})
	}
	return out
}

// sets finds the largest number of sets by trying each, and takes their units.
func (t *twin) sets(o *twinOffer, gets []int, applications int64) (got, bought []int) {
	var buys []int
	for i := range t.units {
		if !t.units[i].locked && o.buys(&t.units[i]) {
			buys = append(buys, i)
		}
	}
	both := func(i int) bool { return slices.Contains(gets, i) && slices.Contains(buys, i) }
	var b, g, m int64
	for i := range t.units {
		switch {
		case both(i):
			m++
		case slices.Contains(gets, i):
			g++
		case slices.Contains(buys, i):
			b++
		}
	}
	x, y := o.Sets.Buy, o.Sets.Get
	n := int64(0)
	for n < applications && (n+1)*y <= g+m && (n+1)*x <= b+m && (n+1)*(x+y) <= b+g+m {
		n++
	}
	spare, taken := m-max(0, n*x-b), int64(0)
	for _, i := range t.ranked(o, gets) {
		if int64(len(got)) == n*y {
			break
		}
		if both(i) {
			if taken == spare {
				continue
			}
			taken++
		}
		got = append(got, i)
	}
	for _, i := range t.ranked(o, buys) {
		if int64(len(bought)) < n*x && !slices.Contains(got, i) {
			bought = append(bought, i)
		}
	}
	return got, bought
}

// bundles forms bundles one by one.
func (t *twin) bundles(o *twinOffer, reward promotion.Reward, applications int64) (out []twinClaim) {
	slots := make([][]int, len(reward.Slots))
	for i := range t.units {
		for k, s := range reward.Slots {
			if selects(&s.Select, &t.units[i]) {
				if !t.units[i].locked {
					slots[k] = append(slots[k], i)
				}
				break
			}
		}
	}
	for k := range slots {
		slots[k] = t.ranked(o, slots[k])
	}
	for {
		var units []int
		for k, s := range reward.Slots {
			if int64(len(slots[k])) < s.Units {
				return out
			}
			units = append(units, slots[k][:s.Units]...)
			slots[k] = slots[k][s.Units:]
		}
		var left, rooms int64
		for _, i := range units {
			left, rooms = left+t.units[i].left, rooms+t.room(o, i)
		}
		discount := min(left-minor(*reward.Value, t.stack.Digits), rooms)
		if discount <= 0 || applications == 0 {
			continue
		}
		applications--
		for _, i := range units {
			out = append(out, twinClaim{unit: i, want: new(big.Rat).Mul(whole(discount), big.NewRat(t.room(o, i), rooms))})
		}
	}
}

// play prices the order with those members of best groups that are left in.
func (t *twin) play(in map[string]bool) *twin {
	p := newTwin(t.stack, t.order)
	for _, o := range p.offers {
		if !p.best(o) || in[o.ID] {
			p.turn(o)
			continue
		}
		// Not chosen: a reason of its own goes before that.
		trial := *p
		trial.units, trial.groups = slices.Clone(p.units), maps.Clone(p.groups)
		trial.turn(o)
		if o.discount, o.taken = 0, make([]int64, len(p.units)); o.reason == "" {
			o.reason = promotion.GroupUsed
		}
	}
	return p
}

// choose prices all choices.
func (t *twin) choose() *twin {
	var members []*twinOffer
	plain := t.play(nil)
	for _, o := range plain.offers {
		early := []promotion.Reason{promotion.NoCode, promotion.OtherTier, promotion.LimitReached, promotion.OverBudget}
		left := t.order.Remaining[o.ID]
		spent := left.Budget != nil && left.Budget.IsZero()
		if plain.best(o) && (!slices.Contains(early, o.reason) || o.reason == promotion.OverBudget && !spent) {
			members = append(members, o)
		}
	}
	var best *twin
	for bits := range 1 << len(members) {
		in, of := map[string]bool{}, map[string]int64{}
		fits := true
		for k, o := range members {
			if bits>>k&1 == 1 {
				in[o.ID] = true
				of[o.Group]++
				fits = fits && of[o.Group] <= t.group(o.Group).Limit
			}
		}
		if !fits {
			continue
		}
		if p := t.play(in); best == nil || p.given > best.given || p.given == best.given && p.earlier(best) {
			best = p
		}
	}
	return best
}

// earlier reports whether the offers used have the earlier turn where they first differ.
func (t *twin) earlier(o *twin) bool {
	for i := range t.offers {
		if a, b := t.offers[i].reason == "", o.offers[i].reason == ""; a != b {
			return a
		}
	}
	return false
}

// text says all that a receipt says.
func (t *twin) text() string {
	var out strings.Builder
	var subtotal int64
	runs := make([][][2]int64, len(t.order.Lines))
	off := make([]int64, len(t.order.Lines))
	for i := range t.units {
		u := &t.units[i]
		subtotal += u.price
		off[u.line] += u.price - u.left
		r := runs[u.line]
		if n := len(r); n > 0 && r[n-1][1] == u.left {
			r[n-1][0]++
		} else {
			runs[u.line] = append(r, [2]int64{1, u.left})
		}
	}
	fmt.Fprintln(&out, subtotal, t.given, subtotal-t.given)
	for i := range runs {
		fmt.Fprintln(&out, "line", off[i], runs[i])
	}
	rejected := slices.Clone(t.offers)
	slices.SortFunc(rejected, func(a, b *twinOffer) int { return strings.Compare(a.ID, b.ID) })
	for _, o := range t.offers {
		if o.reason == "" {
			lines, n := make([]int64, len(t.order.Lines)), 0
			for i, v := range o.taken {
				if lines[t.units[i].line] += v; v > 0 {
					n++
				}
			}
			fmt.Fprintln(&out, "applied", o.ID, o.discount, n, lines)
		}
	}
	for _, o := range rejected {
		if o.reason != "" {
			fmt.Fprintln(&out, "rejected", o.ID, o.reason, o.limit, o.missing.amount, o.missing.units)
		}
	}
	return out.String()
}

// receiptText says the same of a receipt.
func receiptText(r promotion.Receipt, digits int) string {
	var out strings.Builder
	m := func(d decimal.Decimal) int64 { return minor(d, digits) }
	fmt.Fprintln(&out, m(r.Subtotal()), m(r.Discount()), m(r.Total()))
	for _, l := range r.Lines() {
		var runs [][2]int64
		for _, u := range l.Units {
			runs = append(runs, [2]int64{u.Units, m(u.Left)})
		}
		fmt.Fprintln(&out, "line", m(l.Discount), runs)
	}
	for _, a := range r.Applied() {
		lines := make([]int64, len(a.Lines))
		for i, d := range a.Lines {
			lines[i] = m(d)
		}
		fmt.Fprintln(&out, "applied", a.ID, m(a.Discount), a.Units, lines)
	}
	for _, x := range r.Rejected() {
		fmt.Fprintln(&out, "rejected", x.ID, x.Reason, x.Limit, m(x.MissingAmount), x.MissingUnits)
	}
	return out.String()
}
