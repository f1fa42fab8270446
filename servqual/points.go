package servqual

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A PointsRule says what becomes of points of importance that are not whole, or do not
// add to 100.
type PointsRule string

// What becomes of such points. The zero PointsRule is [RefusePoints].
const (
	RefusePoints  PointsRule = ""        // an error names what is wrong; the default
	RescalePoints PointsRule = "rescale" // they are scaled to add to 100, and rounded so that they still do
	DropPoints    PointsRule = "drop"    // there are none: the response counts, but for weighted scores
)

func pointsRules() enum.Set[PointsRule] { return enum.Of(RefusePoints, RescalePoints, DropPoints) }

// Points turns the importance that a respondent gave to each dimension into the whole
// points of [Response.Importance]. Points that are whole, from 0 to 100 and add to 100
// are kept by every rule. Of others [RescalePoints] makes points in proportion, rounded
// down, and gives the points that are left one by one to the largest remainders, the
// first dimension first among equals. It fails with a [relmark.FieldError] for an unknown
// rule, and by RefusePoints for other points; by RescalePoints unless all are finite, none
// is negative and one is above 0. With [DropPoints] nil comes back: how many respondents
// gave points is the N of the Importance in a [Report].
func Points(given []float64, rule PointsRule) ([]int8, error) {
	if err := pointsRules().Check("Rule", rule); err != nil {
		return nil, fault.Room(room, err)
	}
	err := wholePoints(given)
	switch {
	case err == nil:
		points := make([]int8, len(given))
		for d, p := range given {
			points[d] = int8(p)
		}
		return points, nil
	case rule == DropPoints:
		return nil, nil
	case rule == RescalePoints:
		return rescaled(given)
	}
	return nil, fault.Room(room, err)
}

// wholePoints asks for points that a [Response] takes.
func wholePoints(given []float64) error {
	sum := 0.0
	for d, p := range given {
		if !(p >= 0 && p <= allPoints && p == math.Trunc(p)) {
			return fault.New(fmt.Sprintf("Importance[%d]", d), p, "must be whole, 0 to 100")
		}
		sum += p
	}
	if sum != allPoints {
		return fault.New("Importance", sum, "must add to 100")
	}
	return nil
}

func rescaled(given []float64) ([]int8, error) {
	sum := new(big.Rat)
	for d, p := range given {
		if !(p >= 0) || math.IsInf(p, 1) {
			return nil, broken(fmt.Sprintf("Importance[%d]", d), p, "must be finite and not negative")
		}
		sum.Add(sum, new(big.Rat).SetFloat64(p))
	}
	if sum.Sign() == 0 {
		return nil, broken("Importance", 0, "must have a number above 0")
	}
	points, rests, left := make([]int8, len(given)), make([]*big.Rat, len(given)), allPoints
	for d, p := range given {
		exact := new(big.Rat).SetFloat64(p)
		exact.Quo(exact.Mul(exact, big.NewRat(allPoints, 1)), sum)
		whole := new(big.Int).Quo(exact.Num(), exact.Denom())
		points[d] = int8(whole.Int64())
		rests[d] = exact.Sub(exact, new(big.Rat).SetInt(whole))
		left -= int(points[d])
	}
	order := make([]int, len(given))
	for d := range order {
		order[d] = d
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, d := range order[:left] {
		points[d]++
	}
	return points, nil
}
