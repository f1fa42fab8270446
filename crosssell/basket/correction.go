package basket

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Method says how p-values are adjusted for the number of hypotheses.
type Method string

// The methods. The first two bound the probability of one false rule or more, whatever
// the dependence of the rules; the others the expected share of false rules among those
// that are kept.
const (
	Holm               Method = "holm"                // step-down; keeps all that Bonferroni keeps
	Bonferroni         Method = "bonferroni"          // each p times the number of hypotheses
	BenjaminiHochberg  Method = "benjamini_hochberg"  // where p-values depend positively or not at all
	BenjaminiYekutieli Method = "benjamini_yekutieli" // whatever their dependence
)

func methods() enum.Set[Method] {
	return enum.Of("", Holm, Bonferroni, BenjaminiHochberg, BenjaminiYekutieli)
}

// A Correction adjusts p-values for the number of hypotheses of which they are the
// result. That number is declared, for it cannot be seen in a list of rules: whoever
// lists only rules of high confidence has looked at all others too. Common declarations
// are [Tested], [SearchSpace] and, where no data was used to choose the rules, [Listed].
//
// It is plain data: store it, encode it. The zero Correction declares nothing and is
// refused.
type Correction struct {
	Method Method `json:"method,omitempty"` // "" is Holm
	// Hypotheses is the number of hypotheses, required, and at least the number of
	// p-values. Those that are not listed count as tests with p = 1.
	Hypotheses *big.Int `json:"hypotheses"`
}

// Validate reports every rule that c breaks, joined into one error.
func (c Correction) Validate() error {
	var l fault.List
	l.Join("", methods().Check("Method", c.Method))
	l.Check(c.Hypotheses != nil && c.Hypotheses.Sign() > 0, "Hypotheses", nil, "must be 1 or more")
	return l.Err(room)
}

// Adjust returns the natural logarithms of the adjusted p-values, in the order of those
// given, which are logarithms too ([Table.LogP]). An adjusted p-value is the least level
// at which its rule is kept; it is at least the p-value and at most 1. The result is
// empty for no p-values.
//
// It fails as [Correction.Validate] does, and with a [relmark.FieldError] where there are
// more p-values than hypotheses, or one is above 0 as a logarithm or NaN. It takes
// O(n log n) time.
func (c Correction) Adjust(logP []float64) ([]float64, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Hypotheses.Cmp(big.NewInt(int64(len(logP)))) < 0 {
		return nil, invalid("Hypotheses", c.Hypotheses.Int64(), fmt.Sprintf("must be %d or more, the number of p-values", len(logP)))
	}
	for i, p := range logP {
		if !(p <= 0) {
			return nil, invalid(fmt.Sprintf("LogP[%d]", i), p, "must be at most 0")
		}
	}
	order := ascending(logP)
	out := make([]float64, len(logP))
	for rank, i := range order {
		out[i] = min(0, logP[i]+c.logFactor(rank))
	}
	c.monotone(order, out)
	return out, nil
}

// ascending returns positions in the order of their values; those of equal values in
// their own.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(values[i], values[j]), i-j) })
	return order
}

// logFactor returns the logarithm of what the p-value of a rank, from 0, is multiplied
// by.
func (c Correction) logFactor(rank int) float64 {
	switch c.Method {
	case Bonferroni:
		return logCount(c.Hypotheses, 0)
	case BenjaminiHochberg:
		return logCount(c.Hypotheses, 0) - math.Log(float64(rank+1))
	case BenjaminiYekutieli:
		return logCount(c.Hypotheses, 0) - math.Log(float64(rank+1)) + math.Log(harmonic(c.Hypotheses))
	default:
		return logCount(c.Hypotheses, rank)
	}
}

// monotone makes adjusted p-values follow the order of the p-values: upwards the
// greatest so far, or where a larger p that is kept keeps all smaller ones, downwards the
// least so far.
func (c Correction) monotone(order []int, out []float64) {
	switch c.Method {
	case BenjaminiHochberg, BenjaminiYekutieli:
		for k := len(order) - 2; k >= 0; k-- {
			out[order[k]] = min(out[order[k]], out[order[k+1]])
		}
	default:
		for k := 1; k < len(order); k++ {
			out[order[k]] = max(out[order[k]], out[order[k-1]])
		}
	}
}

// logCount returns ln(n − less) for n > less ≥ 0.
func logCount(n *big.Int, less int) float64 {
	if n.IsInt64() {
		return math.Log(float64(n.Int64() - int64(less)))
	}
	mantissa := new(big.Float)
	exponent := new(big.Float).SetPrec(64).SetInt(n).MantExp(mantissa)
	m, _ := mantissa.Float64()
	return math.Log(m) + float64(exponent)*math.Ln2 + math.Log1p(-math.Ldexp(float64(less)/m, -exponent))
}

// harmonic returns 1 + 1/2 + … + 1/n.
func harmonic(n *big.Int) float64 {
	const few, gamma = 100, 0.577215664901532860606512090082402431
	if n.IsInt64() && n.Int64() <= few {
		sum := 0.0
		for k := n.Int64(); k > 0; k-- {
			sum += 1 / float64(k)
		}
		return sum
	}
	w := math.Exp(-logCount(n, 0))
	return logCount(n, 0) + gamma + w/2 - w*w/12 + w*w*w*w/120
}

// Significant returns the rules of which the p-value of Fisher's exact test ([Table.P]),
// adjusted by c, is at most alpha, in their order. It fails as [Correction.Adjust] does,
// on a rule that [Rule.Validate] rejects, and unless alpha is above 0 and at most 1.
func Significant[I relmark.ID](rules []Rule[I], c Correction, alpha float64) ([]Rule[I], error) {
	if err := checkAlpha(alpha); err != nil {
		return nil, fault.Room(room, err)
	}
	p, err := logPs(rules)
	if err != nil {
		return nil, err
	}
	adjusted, err := c.Adjust(p)
	if err != nil {
		return nil, err
	}
	kept := make([]Rule[I], 0, len(rules))
	for i, logP := range adjusted {
		if logP <= math.Log(alpha) {
			kept = append(kept, rules[i])
		}
	}
	return kept, nil
}

func checkAlpha(alpha float64) error {
	if !(alpha > 0 && alpha <= 1) {
		return fault.New("Alpha", alpha, "must be above 0 and at most 1")
	}
	return nil
}

// logPs returns the p-values of rules after checking them.
func logPs[I relmark.ID](rules []Rule[I]) ([]float64, error) {
	p := make([]float64, len(rules))
	for i := range rules {
		if err := rules[i].Validate(); err != nil {
			return nil, atRule(i, err)
		}
		p[i] = rules[i].LogP()
	}
	return p, nil
}
