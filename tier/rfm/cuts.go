package rfm

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Cuts holds the cut points of the three scores, each list ascending, all of the
// same length: one less than the number of bins, which is 2 to 10. They are exact
// fractions, as a quantile of seven bins is no decimal; [big.NewRat], the text
// forms "18.8" and "131/7" and [decimal.Decimal.Rat] all make one. It is plain
// data.
type Cuts struct {
	Recency   []*big.Rat // days since the last purchase
	Frequency []*big.Rat // purchase days
	Monetary  []*big.Rat // total amount
}

const (
	minBins = 2
	maxBins = 10
)

// Validate reports the first rule that c breaks as a [relmark.FieldError].
func (c Cuts) Validate() error {
	for _, axis := range c.axes() {
		if n := len(axis.points); n < minBins-1 || n > maxBins-1 {
			return fault.New(axis.name, n, "must hold 1 to 9 cut points")
		}
		if n := len(axis.points); n != len(c.Recency) {
			return fault.New(axis.name, n, "must hold as many cut points as Recency")
		}
		for i, point := range axis.points {
			if rule := c.broken(axis.points, i, point); rule != "" {
				return fault.New(fmt.Sprintf("%s[%d]", axis.name, i), nil, rule)
			}
		}
	}
	return nil
}

// broken returns the rule that the i-th point of an axis breaks, if any.
func (Cuts) broken(points []*big.Rat, i int, point *big.Rat) string {
	switch {
	case point == nil:
		return "must not be nil"
	case point.Num().BitLen() > maxBits || point.Denom().BitLen() > maxBits:
		return "must be a fraction of numbers below 2^128"
	case i > 0 && point.Cmp(points[i-1]) < 0:
		return "must not be below the cut point before it"
	}
	return ""
}

const maxBits = 128 // of a numerator or denominator: bounds the work of comparing

type axis struct {
	name   string
	points []*big.Rat
}

func (c Cuts) axes() [3]axis {
	return [3]axis{{"Recency", c.Recency}, {"Frequency", c.Frequency}, {"Monetary", c.Monetary}}
}

// FitCuts returns the cut points that divide customers into bins of equal size as
// far as ties allow: on each axis the quantiles k/bins of type 7, exactly. It fails
// with a [relmark.FieldError] unless bins is 2 to 10, with [relmark.ErrTooFew] if
// there is no summary, and with [relmark.ErrLimit] where amounts of different
// digits have no common unit. It takes O(n·log n) time and O(n) memory.
func FitCuts[C relmark.ID](customers []Customer[C], bins int) (Cuts, error) {
	if bins < minBins || bins > maxBins {
		return Cuts{}, fault.Room(room, fault.New("Bins", bins, "must be 2 to 10"))
	}
	if len(customers) == 0 {
		return Cuts{}, fmt.Errorf("rfm: no customers to fit cut points on: %w", relmark.ErrTooFew)
	}
	digits := 0
	for i := range customers {
		digits = max(digits, customers[i].digits)
	}
	n := len(customers)
	values := make([]int64, 3*n)
	recency, frequency, monetary := values[:n], values[n:2*n], values[2*n:]
	for i := range customers {
		c := &customers[i]
		recency[i], frequency[i] = int64(c.daysSinceLast()), int64(c.Purchases)
		total, ok := money.Rescale(c.total, c.digits, digits)
		if !ok {
			return Cuts{}, fault.Room(room, errSum)
		}
		monetary[i] = total
	}
	unit, _ := money.Rescale(1, 0, digits)
	return Cuts{quantiles(recency, bins, 1), quantiles(frequency, bins, 1), quantiles(monetary, bins, unit)}, nil
}

// quantiles returns the type-7 quantiles 1/bins, 2/bins, … of values in parts of a
// unit. It reorders values.
func quantiles(values []int64, bins int, unit int64) []*big.Rat {
	// h = (n−1)·k/bins = rank + rest/bins
	ranks := make([]int, 0, 2*maxBins)
	for k := 1; k < bins; k++ {
		rank := (len(values) - 1) * k / bins
		ranks = append(ranks, rank, min(rank+1, len(values)-1))
	}
	at := selected(values, ranks)
	cuts := make([]*big.Rat, bins-1)
	for k := 1; k < bins; k++ {
		low, high := big.NewInt(at[2*k-2]), big.NewInt(at[2*k-1])
		rest := (len(values) - 1) * k % bins
		low.Mul(low, big.NewInt(int64(bins-rest)))
		high.Mul(high, big.NewInt(int64(rest)))
		cuts[k-1] = new(big.Rat).SetFrac(low.Add(low, high), new(big.Int).Mul(big.NewInt(int64(bins)), big.NewInt(unit)))
	}
	return cuts
}

// thresholds turns cut points into integers that compare like them: a value v in
// units of 10^-digits exceeds a cut point c exactly if v > ⌊c·10^digits⌋.
func thresholds(cuts []*big.Rat, digits int) []int64 {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	floors := make([]int64, len(cuts))
	for i, c := range cuts {
		scaled := new(big.Int).Mul(c.Num(), scale)
		floors[i] = saturate(scaled.Div(scaled, c.Denom())) // Euclidean: floor, as Denom > 0
	}
	return floors
}

func saturate(v *big.Int) int64 {
	switch {
	case v.IsInt64():
		return v.Int64()
	case v.Sign() < 0:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}
