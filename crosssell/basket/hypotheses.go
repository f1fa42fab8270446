package basket

import (
	"math"
	"math/big"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// MaxItems is the most items of a [SearchSpace].
const MaxItems = 1 << 17

// Listed declares the rules in a list to be all hypotheses: right only if the list was
// made without a look at these data, as from those of another year. Rules that were
// chosen by their confidence in the same data are what is left of many more tests.
func Listed[I relmark.ID](rules []Rule[I]) *big.Int { return big.NewInt(int64(len(rules))) }

// Tested declares all rules that the sets make to be hypotheses, whatever their
// confidence: for each set the ways to split it, those with more than maxConsequent
// items on the right left out unless that is nil. It holds where the sets were chosen by
// support alone.
func Tested[I relmark.ID](sets []Set[I], maxConsequent *int) *big.Int {
	sum, byLen := new(big.Int), map[int]*big.Int{}
	for i := range sets {
		k := len(sets[i].Items)
		if byLen[k] == nil {
			byLen[k] = splits(k, maxConsequent)
		}
		sum.Add(sum, byLen[k])
	}
	return sum
}

// splits returns in how many ways k items make a rule.
func splits(k int, maxConsequent *int) *big.Int {
	most := k - 1
	if maxConsequent != nil {
		most = min(most, *maxConsequent)
	}
	sum := new(big.Int)
	for c := 1; c <= most; c++ {
		sum.Add(sum, new(big.Int).Binomial(int64(k), int64(c)))
	}
	return sum
}

// SearchSpace declares all rules that a number of items could make, with at most
// maxAntecedent items on the left and maxConsequent on the right; nil is no bound. This
// holds however the rules were found, and is the declaration to choose in doubt. The
// number is 3ⁿ − 2ⁿ⁺¹ + 1 for n items without bounds, so it is exact and may be long.
//
// It fails with a [relmark.FieldError] unless items is 1 to [MaxItems] and bounds are 1
// or more. It takes time in proportion to the greater bound that is below items, and to
// the digits: milliseconds for some thousand items, a few seconds for MaxItems.
func SearchSpace(items int, maxAntecedent, maxConsequent *int) (*big.Int, error) {
	var l fault.List
	l.Check(items >= 1 && items <= MaxItems, "Items", items, "must be 1 to 131072")
	checkBound(&l, "MaxAntecedent", maxAntecedent)
	checkBound(&l, "MaxConsequent", maxConsequent)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	few, many := bounded(maxAntecedent, items), bounded(maxConsequent, items)
	if few > many { // which side is which makes no difference
		few, many = many, few
	}
	if few == items { // each item is left, right or out
		all := new(big.Int).Exp(big.NewInt(3), big.NewInt(int64(items)), nil)
		all.Sub(all, new(big.Int).Lsh(big.NewInt(1), uint(items)+1))
		return all.Add(all, big.NewInt(1)), nil
	}
	return twoSides(int64(items), int64(few), int64(many)), nil
}

func bounded(bound *int, most int) int {
	if bound == nil {
		return most
	}
	return min(*bound, most)
}

// twoSides returns Σ C(n, a)·(T(n − a) − 1) over 1 ≤ a ≤ few, where T(k) = Σ C(k, c) over
// 0 ≤ c ≤ many. As T(k) = 2·T(k−1) − C(k−1, many), each term follows from the one before by
// small factors.
func twoSides(n, few, many int64) *big.Int {
	last, term := upTo(n, many)              // C(n, a)·C(n − a, many), C(n, a)·T(n − a)
	sum, left := new(big.Int), big.NewInt(1) // C(n, a)
	for a := int64(1); a <= few; a++ {
		scale(left, n-a+1, a)
		scale(last, n-a+1-many, a)
		scale(term, n-a+1, a)
		term.Add(term, last).Rsh(term, 1)
		sum.Add(sum, term).Sub(sum, left)
	}
	return sum
}

// upTo returns C(n, many) and the sum of C(n, c) over 0 ≤ c ≤ many.
func upTo(n, many int64) (last, sum *big.Int) {
	last, sum = big.NewInt(1), big.NewInt(1)
	if many == n {
		return last, sum.Lsh(sum, uint(n))
	}
	for c := int64(1); c <= many; c++ {
		scale(last, n-c+1, c)
		sum.Add(sum, last)
	}
	return last, sum
}

// scale multiplies x by a and divides it by b, which leaves nothing over.
func scale(x *big.Int, a, b int64) {
	x.Mul(x, big.NewInt(a)).Quo(x, big.NewInt(b))
}

// RuleLayers returns Webb's layered critical values for rules of one item on the right:
// element k is the natural logarithm of the greatest p-value that a rule with k items on
// the left may have,
//
//	α_k = α / (maxAntecedent · items · C(items − 1, k))
//
// The level α is divided evenly among the lengths, and that of a length among its rules,
// so that the many long rules do not take all power from the short ones. As the sum
// over all rules is α, it bounds the probability of any false rule. Element 0 is −Inf, for
// there is no such rule.
//
// It fails with a [relmark.FieldError] unless alpha is above 0 and at most 1, items is 2 to
// [MaxItems], and maxAntecedent 1 to items − 1.
func RuleLayers(alpha float64, items, maxAntecedent int) ([]float64, error) {
	var l fault.List
	l.Join("", checkAlpha(alpha))
	l.Check(items >= 2 && items <= MaxItems, "Items", items, "must be 2 to 131072")
	l.Check(maxAntecedent >= 1 && maxAntecedent < items, "MaxAntecedent", maxAntecedent, "must be 1 or more and below Items")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	layers := []float64{math.Inf(-1)}
	ways := 0.0 // ln C(items − 1, k)
	for k := 1; k <= maxAntecedent; k++ {
		ways += math.Log(float64(items-k) / float64(k))
		layers = append(layers, math.Log(alpha/float64(maxAntecedent)/float64(items))-ways)
	}
	return layers, nil
}

// SignificantByLayer returns the rules of which the p-value of Fisher's exact test is at
// most that of their length in layers, as [RuleLayers] gives them, in their order. Longer
// rules are not kept. It fails on a rule that [Rule.Validate] rejects, or that has more
// than one item on the right, for the layers do not count such rules.
func SignificantByLayer[I relmark.ID](rules []Rule[I], layers []float64) ([]Rule[I], error) {
	p, err := logPs(rules)
	if err != nil {
		return nil, err
	}
	kept := make([]Rule[I], 0, len(rules))
	for i, r := range rules {
		if len(r.Consequent) > 1 {
			return nil, atRule(i, fault.New("Consequent", nil, "must be one item"))
		}
		if k := len(r.Antecedent); k < len(layers) && p[i] <= layers[k]+slack {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// slack is by how much the logarithm of a p-value may pass that of its critical value: as
// much as both may be rounded, so that one that is equal to it is not lost.
const slack = 1e-12

// setLayers returns the natural logarithms of the critical values of itemsets by their
// number of items, as OPUS Miner has them: α·2^(1−k)/C(items, k), not above the one before,
// which is also that of the set of all items. (For two items in all OPUS Miner lets
// everything pass.) The slack is included.
func setLayers(alpha float64, items, longest int) []float64 {
	layers := []float64{0, 0}
	ways := math.Log(float64(items)) // ln C(items, k)
	for k := 2; k <= longest; k++ {
		ways += math.Log(float64(items-k+1) / float64(k))
		next := math.Log(alpha) - float64(k-1)*math.Ln2 - ways
		switch {
		case items == 2: // one set only
			next = math.Log(alpha)
		case k == items: // what is left of α is for one set
			next = layers[k-1]
		}
		layers = append(layers, min(next, layers[k-1]))
	}
	for k := range layers {
		layers[k] += slack
	}
	return layers
}
