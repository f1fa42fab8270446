package basket

import "math"

// Measures of a pair of sides, the same for X → Y and for Y → X.

// Leverage returns by how much the share of baskets with both sides exceeds that under
// independence, D/N², in [−¼, ¼].
func (t Table) Leverage() float64 { return t.excess() / product(t.N, t.N) }

// VaryingLiaison returns lift − 1 = D/(Left·Right), the varying rates liaison of Bernard
// and Charron: with all its digits where lift is near 1.
func (t Table) VaryingLiaison() float64 { return t.excess() / product(t.Left, t.Right) }

// Lerman returns how many standard deviations of a Poisson count both sides meet more
// often than under independence, (a − e)/√e with e = Left·Right/N.
func (t Table) Lerman() float64 {
	return t.excess() / math.Sqrt(float64(t.N)*product(t.Left, t.Right))
}

// Cosine returns a/√(Left·Right), in [0, 1], the square root of support times lift. It
// does not depend on baskets with neither side.
func (t Table) Cosine() float64 { return float64(t.Both) / math.Sqrt(product(t.Left, t.Right)) }

// Jaccard returns the share of baskets with both sides among those with either,
// a/(a + b + c), in [0, 1].
func (t Table) Jaccard() float64 { return quotient(t.Both, t.either()) }

// either returns the number of baskets that hold one side or both.
func (t Table) either() int64 { return t.Left + (t.Right - t.Both) }

// Kulczynski returns the mean of the confidences of X → Y and Y → X, in [0, 1].
func (t Table) Kulczynski() float64 { return (t.Confidence() + t.ReverseConfidence()) / 2 }

// MaxConfidence returns the greater of the confidences of X → Y and Y → X, in [0, 1]; it
// is NaN where one of them is.
func (t Table) MaxConfidence() float64 { return max(t.Confidence(), t.ReverseConfidence()) }

// ImbalanceRatio returns how unequally common the sides are, |Left − Right| over the
// baskets that hold either, in [0, 1]: what to read beside [Table.Kulczynski].
func (t Table) ImbalanceRatio() float64 {
	return quotient(max(t.Left, t.Right)-min(t.Left, t.Right), t.either())
}

// Kappa returns Cohen's agreement of the sides beyond chance, 2D/(Left·(N − Right) +
// (N − Left)·Right), in [−1, 1].
func (t Table) Kappa() float64 {
	return 2 * t.excess() / (product(t.Left, t.N-t.Right) + product(t.N-t.Left, t.Right))
}

// Phi returns the correlation of the sides, D/√(Left·(N − Left)·Right·(N − Right)), in
// [−1, 1].
func (t Table) Phi() float64 {
	return t.excess() / math.Sqrt(product(t.Left, t.N-t.Left)) / math.Sqrt(product(t.Right, t.N-t.Right))
}

// ChiSquared returns Pearson's statistic of independence, N·Phi², without a correction
// for continuity. What it stands for in large samples, [Table.P] tells exactly and for
// one direction.
func (t Table) ChiSquared() float64 {
	phi := t.Phi()
	return float64(t.N) * (phi * phi)
}

// OddsRatio returns the odds of Y with X over those without, ad/(bc).
func (t Table) OddsRatio() float64 {
	k := t.cells()
	return product(k.A, k.D) / product(k.B, k.C)
}

// YuleQ returns (ad − bc)/(ad + bc), in [−1, 1]: ±1 where a cell that speaks against it
// is empty.
func (t Table) YuleQ() float64 {
	k := t.cells()
	return t.excess() / (product(k.A, k.D) + product(k.B, k.C))
}

// YuleY returns (√ad − √bc)/(√ad + √bc), in [−1, 1], the phi of a table whose margins
// are made equal.
func (t Table) YuleY() float64 {
	k := t.cells()
	both := math.Sqrt(product(k.A, k.D)) + math.Sqrt(product(k.B, k.C))
	return t.excess() / both / both
}

// CollectiveStrength returns the odds of agreement of the sides over those under
// independence, (a + d)/(b + c)·(N² − e)/e with e = Left·Right + (N − Left)·(N − Right), as
// Aggarwal and Yu define it: 1 where they are independent, infinite where they always
// agree. The expression in arules is another one.
func (t Table) CollectiveStrength() float64 {
	k := t.cells()
	agree := product(t.Left, t.Right) + product(t.N-t.Left, t.N-t.Right)
	differ := product(t.Left, t.N-t.Right) + product(t.N-t.Left, t.Right)
	return quotient(k.A+k.D, k.B+k.C) * (differ / agree)
}

// RelativeLinkageDisequilibrium returns how far the sides are from independence, as a
// part of what their table allows: D/(D + N·min(b, c)) where D > 0, D/(D − N·min(a, d))
// otherwise. It is at most 1; the measure is Kenett's.
func (t Table) RelativeLinkageDisequilibrium() float64 {
	k, excess := t.cells(), t.excess()
	if excess > 0 {
		return excess / (excess + product(t.N, min(k.B, k.C)))
	}
	return excess / (excess - product(t.N, min(k.A, k.D)))
}

// MutualInformation returns the information that the sides share over that of the one
// that has less, I(X; Y)/min(H(X), H(Y)), in [0, 1].
func (t Table) MutualInformation() float64 {
	m, k := t.expected(), t.cells()
	shared := m.deviance(k.A, m.both, 1) + m.deviance(k.B, m.left, -1) + m.deviance(k.C, m.right, -1) + m.deviance(k.D, m.none, 1)
	return shared / float64(t.N) / min(entropy(t.Left, t.N-t.Left), entropy(t.Right, t.N-t.Right))
}

// entropy returns that of an event that happens a times and fails to b times, in nats.
func entropy(a, b int64) float64 {
	few, many := float64(min(a, b)), float64(max(a, b))
	if few == 0 {
		return 0
	}
	all := few + many
	return -few/all*math.Log(few/all) - many/all*math.Log1p(-few/all)
}

// StandardizedLift returns where lift lies between the least and the greatest value that
// it can have for sides as common as these in rules of a minimum support and a minimum
// confidence, both shares of which 0 is no minimum: 0 to 1, and 1 where it can have no
// other value. It is NaN where a minimum is not a share. The measure is that of McNicholas,
// Murphy and O'Regan; like lift, it is the same for both directions only if the minimum
// confidence is 0.
func (t Table) StandardizedLift(minSupport, minConfidence float64) float64 {
	if !(minSupport >= 0 && minSupport <= 1 && minConfidence >= 0 && minConfidence <= 1 && t.N > 0) {
		return math.NaN()
	}
	// All bounds are multiplied by Left·Right/N, which makes a of lift.
	n, both := float64(t.N), product(t.Left, t.Right)/float64(t.N)
	least := max(float64(t.Left-(t.N-t.Right)), 1, 4*minSupport/((1+minSupport)*(1+minSupport))*both,
		minSupport*n, minConfidence*float64(t.Left))
	above, span := float64(t.Both)-least, float64(min(t.Left, t.Right))-least
	if above == 0 && span == 0 {
		return 1
	}
	return above / span
}
