package basket

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
)

// A Period is a part of the baskets that [Counter.AddAt] has given a number.
type Period struct {
	Period  int64 `json:"period"`
	Baskets int64 `json:"baskets"` // 1 or more
}

// Periods lists the periods in which baskets were counted, ascending. It takes time
// in proportion to the distinct baskets.
func (c *Counter[I]) Periods() []Period {
	baskets := map[int64]int64{}
	c.shelf.each(func(r row, _ []uint32) { baskets[r.period] += r.times })
	periods := make([]Period, 0, len(baskets))
	for period, n := range baskets {
		periods = append(periods, Period{period, n})
	}
	slices.SortFunc(periods, func(a, b Period) int { return cmp.Compare(a.Period, b.Period) })
	return periods
}

// Weigh returns a counter in which every basket of a period counts as often as
// weight says of that period, so that old ones can count less: 4 for this quarter,
// 2 for the last, 1 for the one before, 0 for what is too old to count at all. The
// weights are whole numbers, and so are all counts; only their ratios matter for
// confidence and lift, but significance tests take them for baskets. The result is
// an ordinary counter in period 0 with the parameters of c, which stays as it is.
//
// It asks once for each period, ascending. It fails with a [relmark.FieldError] on
// a weight below 0 and where weight is nil, and with [relmark.ErrLimit] past 2⁶³−2
// baskets. It takes time in proportion to c.
func (c *Counter[I]) Weigh(weight func(period int64) int64) (*Counter[I], error) {
	if weight == nil {
		return nil, invalid("Weight", nil, "must not be nil")
	}
	weights, total := map[int64]int64{}, int64(0)
	for _, p := range c.Periods() {
		w := weight(p.Period)
		if w < 0 {
			return nil, invalid(fmt.Sprintf("Weight(%d)", p.Period), w, "must be 0 or more")
		}
		weights[p.Period] = w
		high, low := bits.Mul64(uint64(w), uint64(p.Baskets))
		if high > 0 || low > uint64(mostBaskets-total) {
			return nil, fmt.Errorf("basket: weighted baskets: %w", relmark.ErrLimit)
		}
		total += int64(low)
	}
	return c.rebuilt(func(r row) int64 { return weights[r.period] }, false), nil
}

// rebuilt returns a counter of the rows of c as often as weight says, without what
// is no longer in use. Periods are kept or all become 0.
func (c *Counter[I]) rebuilt(weight func(row) int64, periods bool) *Counter[I] {
	out := &Counter[I]{params: c.Params()}
	out.pour(c, weight, periods)
	return out
}
