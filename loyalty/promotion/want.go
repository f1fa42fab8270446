package promotion

import (
	"math"
	"math/big"
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
	}
	return half >= 0
}

// percentExact is percent in numbers of any length.
func (t *till) percentExact(r *rule, w *reward) int64 {
	sum, den := new(big.Int), new(big.Int).SetUint64(w.den)
	var discount int64
	last := int32(-1)
	for i := range t.pieces {
		p := &t.pieces[i]
		if p.exact = new(big.Int); !p.got {
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
		p.exact = smaller(product(base, w.num), product(p.room, w.den))
		if t.level == PerUnit {
			p.each = t.roundExact(p.exact, den)
			discount += p.n * p.each
			continue
		}
		sum.Add(sum, new(big.Int).Mul(p.exact, big.NewInt(p.n)))
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

// bundled finds the wants of the units of bundles: each bundle wants its discount by the
// rooms of its units. Bundles of one class weigh just that; those of several have the
// least common multiple of their rooms as denominator.
func (t *till) bundled() int64 {
	var discount int64
	den, same := big.NewInt(1), true
	for _, c := range t.classes {
		discount += c.n * c.want
		same = same && c.want == t.classes[0].want && c.room == t.classes[0].room
	}
	for i := range t.pieces {
		p := &t.pieces[i]
		p.weight = uint64(p.room)
	}
	if same {
		return discount
	}
	for _, c := range t.classes {
		room := big.NewInt(c.room)
		den.Mul(den, room.Div(room, new(big.Int).GCD(nil, nil, den, room)))
	}
	for i := range t.pieces {
		p := &t.pieces[i]
		c := &t.classes[p.class]
		p.exact = product(p.room, uint64(c.want))
		p.exact.Mul(p.exact, new(big.Int).Div(den, big.NewInt(c.room)))
	}
	return discount
}
