package promotion

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/relmark/relmark/internal/money"
)

// wants finds the want of each unit got, as the weight of its piece, and returns the sum
// rounded.
//
// Weights are whole numbers over a denominator that they have in common, and fit in 63
// bits with all their sums wherever the order is not of astronomical value; otherwise
// pieces have exact weights of any length.
func (t *till) wants(r *rule, w *reward) int64 {
	switch w.kind {
	case KindPercent:
		return t.percent(r, w)
	case KindBundle:
		return t.bundled()
	default:
	}
	var sum, rooms int64
	for i := range t.pieces {
		p := &t.pieces[i]
		if !p.got {
			p.weight = 0
			continue
		}
		want := p.room
		switch w.kind {
		case KindUnitAmount:
			want = min(want, w.value)
		case KindUnitPrice:
			want = max(0, min(want, p.left-w.value))
		default:
		}
		p.weight = uint64(want)
		sum, rooms = sum+p.n*want, rooms+p.n*p.room
	}
	if w.kind == KindAmount {
		return min(w.value, rooms) // shared by the rooms
	}
	return sum
}

// percent finds the wants of a percentage, over its denominator.
func (t *till) percent(r *rule, w *reward) int64 {
	if uint64(t.basket.subtotal) > math.MaxInt64/w.den {
		return t.percentExact(r, w)
	}
	var sum, discount uint64
	last := int32(-1)
	for i := range t.pieces {
		p := &t.pieces[i]
		if p.weight = 0; !p.got {
			continue
		}
		if p.article != last && t.level == PerLine {
			discount, sum = discount+t.round(sum, w.den), 0
		}
		last = p.article
		base := p.left
		if r.ofList {
			base = t.basket.articles[p.article].price
		}
		p.weight = min(uint64(base)*w.num, uint64(p.room)*w.den)
		if t.level == PerUnit {
			p.each = int64(t.round(p.weight, w.den))
			discount += uint64(p.n * p.each)
			continue
		}
		sum += uint64(p.n) * p.weight
	}
	return int64(discount + t.round(sum, w.den))
}

// round rounds a fraction by the mode of the stack.
func (t *till) round(num, den uint64) uint64 {
	q, r := num/den, num%den
	half := 0
	switch {
	case r > den-r:
		half = 1
	case r < den-r:
		half = -1
	}
	if t.mode.up(q&1 == 1, r > 0, half) {
		q++
	}
	return q
}

// up reports whether a fraction goes to the larger neighbour: odd is the smaller one, half
// says whether the fraction is below, at or above one half.
func (m Mode) up(odd, rest bool, half int) bool {
	switch m {
	case HalfEven:
		return half > 0 || half == 0 && odd
	case HalfDown:
		return half > 0
	case Down:
		return false
	case Up:
		return rest
	default: // half up
		return half >= 0
	}
}

// percentExact is percent in numbers of any length.
func (t *till) percentExact(r *rule, w *reward) int64 {
	sum, den := new(big.Int), new(big.Int).SetUint64(w.den)
	var discount int64
	last := int32(-1)
	for i := range t.pieces {
		p := &t.pieces[i]
		want := new(big.Int)
		if t.exact = append(t.exact, want); !p.got {
			continue
		}
		if p.article != last && t.level == PerLine {
			discount += t.roundExact(sum, den)
			sum.SetInt64(0)
		}
		last = p.article
		base := p.left
		if r.ofList {
			base = t.basket.articles[p.article].price
		}
		want.Set(smaller(product(base, w.num), product(p.room, w.den)))
		if t.level == PerUnit {
			p.each = t.roundExact(want, den)
			discount += p.n * p.each
			continue
		}
		sum.Add(sum, new(big.Int).Mul(want, big.NewInt(p.n)))
	}
	return discount + t.roundExact(sum, den)
}

func product(a int64, b uint64) *big.Int {
	return new(big.Int).Mul(big.NewInt(a), new(big.Int).SetUint64(b))
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// roundExact is round in numbers of any length.
func (t *till) roundExact(num, den *big.Int) int64 {
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	half := new(big.Int).Lsh(r, 1).Cmp(den)
	v := q.Int64()
	if t.mode.up(v&1 == 1, r.Sign() > 0, half) {
		v++
	}
	return v
}

// bundled finds the wants of the units of bundles: what each bundle wants, by the rooms of
// its units.
func (t *till) bundled() (discount int64) {
	for _, c := range t.classes {
		discount += c.n * c.want
	}
	den, ok := t.denominator(discount)
	for i := range t.pieces {
		p := &t.pieces[i]
		if c := &t.classes[p.class]; ok {
			num, room := c.lowest()
			p.weight = uint64(p.room) * num * (den / room)
		}
	}
	if !ok {
		t.bundledExact()
	}
	return discount
}

// lowest returns what a bundle wants as a share of its room, in lowest terms.
func (c *class) lowest() (num, den uint64) {
	g := money.GCD(uint64(c.want), uint64(c.room))
	return uint64(c.want) / g, uint64(c.room) / g
}

// denominator returns the least one that the shares of all bundles have in common; false
// if the discount over it does not fit in 63 bits.
func (t *till) denominator(discount int64) (den uint64, ok bool) {
	den = 1
	for i := range t.classes {
		_, room := t.classes[i].lowest()
		hi, lo := bits.Mul64(den, room/money.GCD(den, room))
		if hi != 0 || lo > math.MaxInt64/uint64(discount) {
			return 0, false
		}
		den = lo
	}
	return den, true
}

// bundledExact is bundled in numbers of any length.
func (t *till) bundledExact() {
	den := big.NewInt(1)
	for i := range t.classes {
		room := big.NewInt(t.classes[i].room)
		den.Mul(den, room.Div(room, new(big.Int).GCD(nil, nil, den, room)))
	}
	for i := range t.pieces {
		p := &t.pieces[i]
		c := &t.classes[p.class]
		want := product(p.room, uint64(c.want))
		t.exact = append(t.exact, want.Mul(want, new(big.Int).Div(den, big.NewInt(c.room))))
	}
}
