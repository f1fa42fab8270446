package special

import "math"

// Beta returns the probabilities that a beta variable with parameters a and b, both above 0
// and finite, is at most x and that it is above, each with its own digits: y is 1 − x, for
// which of the two is small has the digits. It takes time in proportion to √min(a, b), and
// constant time from 1000 on.
//
// With n = a + b the density times x·y is, as [Fourfold.LogProb] has it,
//
//	x^a·y^b/B(a, b) = √(ab/(2πn))·exp(−D + s(n) − s(a) − s(b)),  D = a·ln(a/(nx)) + b·ln(b/(ny))
//
// s being [StirlingError], and no terms cancel. The tail on the side where x lies is that
// times a continued fraction or, where both parameters are large, times an integral.
func Beta(a, b, x, y float64) (under, over float64) {
	switch {
	case x <= 0:
		return 0, 1
	case y <= 0:
		return 1, 0
	}
	v := betaOf(a, b, x, y)
	if v.right() {
		over, under = v.swapped().tail(), 1
		return under - over, over
	}
	under = v.tail()
	return under, 1 - under
}

// A beta is a beta variable at a value.
type beta struct {
	a, b, n, x, y float64
	less          float64 // a − n·x, which is n·y − b
}

func betaOf(a, b, x, y float64) beta {
	v := beta{a: a, b: b, n: a + b, x: x, y: y}
	rest := (math.Min(a, b) - v.n) + math.Max(a, b) // what the sum lost
	if x <= y {
		v.less = math.FMA(-v.n, x, a) - rest*x
	} else {
		v.less = rest*y - math.FMA(-v.n, y, b)
	}
	return v
}

// right reports whether x lies beyond about the mean, where the tail is above it.
func (v beta) right() bool { return v.x*(v.n+2) > v.a+1 }

func (v beta) swapped() beta { return beta{v.b, v.a, v.n, v.y, v.x, -v.less} }

// manyBoth is from where on an integral takes less time than a continued fraction.
const manyBoth = 1000

// tail returns the probability of x or less, which lies left of about the mean.
func (v beta) tail() float64 {
	d := Deviance(v.a, v.n*v.x, v.less) + Deviance(v.b, v.n*v.y, -v.less)
	s := StirlingError(v.n) - StirlingError(v.a) - StirlingError(v.b)
	density := math.Sqrt(v.a) * math.Sqrt(v.b/v.n) * math.Exp(s-d) / math.Sqrt(2*math.Pi)
	switch {
	case density == 0: // too small for a number, and so may be x
		return 0
	case math.Min(v.a, v.b) < manyBoth:
		return min(density*v.fraction(), 1)
	}
	return min(density*v.integral(), 1)
}

// fraction returns the continued fraction 1/(β₀ + α₁/(β₁ + α₂/(β₂ + …))) of DiDonato and Morris by
// the method of Lentz, in terms of a − nx, of which nothing is lost where x is near the mean or 1,
//
//	αₘ = (a + m − 1)(n + m − 1)·m(b − m)·x²/(a + 2m − 1)²
//	βₘ = m + m(b − m)·x/(a + 2m − 1) + (a + m)/(a + 2m + 1)·(a − nx + 1 + m(1 + y))
func (v beta) fraction() float64 {
	const terms = 1 << 16
	f := v.a / (v.a + 1) * (v.less + 1)
	c, d := f, 0.0
	for m := 1.0; m < terms; m++ {
		k := v.a + 2*m
		part := m * (v.b - m) * v.x / (k - 1)
		alpha := (v.a + m - 1) / (k - 1) * (v.n + m - 1) * part * v.x
		beta := m + part + (v.a+m)/(k+1)*(v.less+1+m*(1+v.y))
		c = beta + alpha/c
		d = 1 / (beta + float64(alpha*d))
		f *= c * d
		if math.Abs(c*d-1) <= 4*Epsilon {
			break
		}
	}
	return 1 / f
}

// integral returns ∫ (t/x)^(a−1)·((1−t)/y)^(b−1) dt/(xy) over t from 0 to x. The integrand is at
// most that of a normal law, exp(−g·s − s²/2σ²) at a distance of s from x, and is taken from
// where that is e^−40: four panels of Gauss and Legendre's rule on 16 points.
func (v beta) integral() float64 {
	const panels, last = 4, 40
	points := [8][2]float64{
		{0.98940093499164993260, 0.02715245941175409485},
		{0.94457502307323257608, 0.06225352393864789286},
		{0.86563120238783174388, 0.09515851168249278481},
		{0.75540440835500303390, 0.12462897125553387205},
		{0.61787624440264374845, 0.14959598881657673208},
		{0.45801677765722738634, 0.16915651939500253819},
		{0.28160355077925891323, 0.18260341504492358887},
		{0.09501250983763744019, 0.18945061045506849629},
	}
	slope := (v.less - v.y + v.x) / (v.x * v.y) // (a − 1)/x − (b − 1)/y
	curve := (v.a-1)/(v.x*v.x) + (v.b-1)/(v.y*v.y)
	reach := math.Min(2*last/(slope+math.Sqrt(slope*slope+2*last*curve)), v.x)
	half, sum := reach/(2*panels), 0.0
	for panel := range panels {
		middle := half * float64(2*panel+1)
		for _, p := range points {
			sum += p[1] * (v.ratio(middle-half*p[0], slope) + v.ratio(middle+half*p[0], slope))
		}
	}
	return sum * half / (v.x * v.y)
}

// ratio returns the integrand at a distance of s below x.
func (v beta) ratio(s, slope float64) float64 {
	return math.Exp((v.a-1)*Log1pLess(-s/v.x) + (v.b-1)*Log1pLess(s/v.y) - slope*s)
}

// LogBinomial returns the logarithm of the probability that k of n come out, each with
// probability p = 1 − q, for 0 ≤ k ≤ n and p and q above 0, in Loader's form.
func LogBinomial(k, n, p, q float64) float64 {
	less := math.FMA(-n, p, k)
	if p > q {
		less = -math.FMA(-n, q, n-k)
	}
	d := Deviance(k, n*p, less) + Deviance(n-k, n*q, -less)
	if k == 0 || k == n {
		return -d
	}
	s := StirlingError(n) - StirlingError(k) - StirlingError(n-k)
	return s - d - math.Log(2*math.Pi*k*((n-k)/n))/2
}
