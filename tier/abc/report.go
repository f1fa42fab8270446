package abc

import (
	"math"
	"math/big"

	"github.com/shopspring/decimal"
)

// A Report describes a segment and judges it. It is plain data.
type Report struct {
	Customers  int               `json:"customers"`
	Value      decimal.Decimal   `json:"value"`       // sum over all members and periods
	Periods    []decimal.Decimal `json:"periods"`     // sum in each period, oldest first
	Mean       Measure           `json:"mean"`        // value per member, all periods together
	Error      Measure           `json:"error"`       // half the 95 % interval of Mean over |Mean|; unknown below two members or at a mean of 0
	Growth     Measure           `json:"growth"`      // per period, from the first to the last: (last/first)^(1/(periods−1)) − 1; unknown below two periods, or unless first > 0 and last ≥ 0
	Variation  Measure           `json:"variation"`   // standard deviation of the periods over their mean; unknown unless that is positive
	SizeGrowth Measure           `json:"size_growth"` // members now over members a period ago, less 1; unknown if there were none
	Stability  Measure           `json:"stability"`   // share of the members of a period ago who are still there; unknown if there were none
	Reach      Measure           `json:"reach"`       // share of the members who are reachable; unknown without members
	Response   Measure           `json:"response"`    // responses per contact; unknown without contacts

	CustomerShare Measure `json:"customer_share"` // of all customers with a known key
	ValueShare    Measure `json:"value_share"`    // of the value of all segments; unknown unless that is positive

	Findings []Finding `json:"findings"` // each criterion that was tested
}

// Test returns the outcome of one of the four tests: [Fail] if any of its criteria
// fails, else [Unknown] if any is unknown, else [Pass]. It is Unknown for a word
// that is no test.
func (r Report) Test(t Test) Outcome {
	if !tests().Valid(t) || len(r.Findings) == 0 {
		return Unknown
	}
	o := Pass
	for _, f := range r.Findings {
		if f.Criterion.Test() == t {
			o = o.and(f.Outcome)
		}
	}
	return o
}

// Outcome returns the outcome of all four tests together.
func (r Report) Outcome() Outcome {
	return r.Test(Measurable).and(r.Test(Reachable)).and(r.Test(Profitable)).and(r.Test(Growing))
}

// describe returns the report on s by itself.
func (s *SegmentTotals) describe() Report {
	total := s.total()
	stayed := s.members - s.joined
	r := Report{
		Customers:  int(s.members),
		Value:      decimal.NewFromBigInt(total, -maxDigits),
		Periods:    make([]decimal.Decimal, len(s.periods)),
		Mean:       share(total, billions(s.members)),
		Error:      s.relativeError(total),
		Growth:     s.growth(),
		Variation:  s.variation(total),
		Stability:  share64(stayed, stayed+s.left),
		SizeGrowth: share64(s.members-stayed-s.left, stayed+s.left),
		Reach:      share64(s.reachable, s.members),
		Response:   share64(s.responses, s.contacts),
	}
	for i, v := range s.periods {
		r.Periods[i] = decimalOf(v, maxDigits)
	}
	return r
}

// billions returns n units as 10^-9 of one.
func billions(n int64) *big.Int { return product(n, 1e9).big() }

// share returns num/den; unknown unless den is positive.
func share(num, den *big.Int) Measure {
	if den.Sign() <= 0 {
		return Measure{}
	}
	return Measured(ratio(num, den))
}

func share64(num, den int64) Measure { return share(big.NewInt(num), big.NewInt(den)) }

// relativeError returns z·√(variance/n)/|mean| with the sample variance, and z for
// 95 %. With S the sum and Q the sum of squares the square of it is exact:
// z²·(n·Q − S²) / ((n − 1)·S²).
func (s *SegmentTotals) relativeError(total *big.Int) Measure {
	const z = 1.959963984540054 // Φ⁻¹(0.975)
	n := big.NewInt(s.members)
	square := new(big.Int).Mul(total, total)
	spread := new(big.Int).Mul(n, &s.squares)
	spread.Sub(spread, square)
	v := share(spread, square.Mul(square, n.Sub(n, big.NewInt(1))))
	return Measure{z * math.Sqrt(v.Value), v.Known}
}

func (s *SegmentTotals) growth() Measure {
	n := len(s.periods)
	if n < 2 || s.periods[0].sign() <= 0 || s.periods[n-1].sign() < 0 {
		return Measure{}
	}
	factor := ratio(s.periods[n-1].big(), s.periods[0].big())
	if n == 2 {
		return Measured(factor - 1)
	}
	return Measured(math.Pow(factor, 1/float64(n-1)) - 1)
}

// variation returns the standard deviation of the periods, as a whole population,
// over their mean. The square of it is exact: (n·Σv² − S²) / S².
func (s *SegmentTotals) variation(total *big.Int) Measure {
	if total.Sign() <= 0 {
		return Measure{}
	}
	sum, square := new(big.Int), new(big.Int).Mul(total, total)
	for _, p := range s.periods {
		v := p.big()
		sum.Add(sum, v.Mul(v, v))
	}
	sum.Mul(sum, big.NewInt(int64(len(s.periods)))).Sub(sum, square)
	return Measured(math.Sqrt(ratio(sum, square)))
}
