package special

import "math"

// asymptotic is where the divergent series below reach full precision.
const asymptotic = 10

// LogGammaRatio returns ln Γ(x+d)/Γ(x) for x > 0, d ≥ 0, within a few units in
// the last place of the terms d·ln(x+d) even where lnΓ itself has no digit to
// spare: it keeps its relative precision as d goes to 0 and as x grows.
func LogGammaRatio(x, d float64) float64 {
	// Γ(x+d)/Γ(x) = Π x_i/(x_i+d) · Γ(x_n+d)/Γ(x_n); the product is kept as 1+e.
	e := 0.0
	for x < asymptotic {
		f := d / x
		e += f + e*f
		x++
	}
	y := x + d
	w, v := 1/x, 1/y
	dv := -d * v * w // v − w without cancellation
	w2, v2 := w*w, v*v
	tail := dv/12 - dv*(v2+v*w+w2)/360 + stirlingTail(v, v2) - stirlingTail(w, w2)
	return (x-0.5)*math.Log1p(d/x) + d*(math.Log(y)-1) + tail - math.Log1p(e)
}

// stirlingTail is Stirling's series from its third term, v = 1/x.
func stirlingTail(v, v2 float64) float64 {
	v5 := v * v2 * v2
	return v5 * (1./1260 + v2*(-1./1680+v2*(1./1188+v2*(-691./360360+v2/156))))
}

// DigammaRatio returns ψ(x+d) − ψ(x), the derivative of [LogGammaRatio] by x, for
// x > 0, d ≥ 0, with full relative precision.
func DigammaRatio(x, d float64) float64 {
	sum := 0.0
	for x < asymptotic {
		sum += d / (x * (x + d))
		x++
	}
	y := x + d
	w, v := 1/x, 1/y
	dv := -d * v * w
	w2, v2 := w*w, v*v
	even := dv * (v + w) // v² − w²
	return sum + math.Log1p(d/x) - dv/2 - even/12 + even*(v2+w2)/120 - digammaTail(v2) + digammaTail(w2)
}

// digammaTail is the series of −ψ from its fourth term, v2 = 1/x².
func digammaTail(v2 float64) float64 {
	return v2 * v2 * v2 * (1./252 + v2*(-1./240+v2*(1./132+v2*(-691./32760+v2/12))))
}

// LogNegativeBinomial returns ln Γ(r+n)/(Γ(r)·n!) for r > 0, n ≥ 0, with the smaller of
// r and n as the step.
func LogNegativeBinomial(r, n float64) float64 {
	switch {
	case n <= r:
		return LogGammaRatio(r, n) - LogGammaRatio(1, n)
	case r >= 1:
		g, _ := math.Lgamma(r)
		return LogGammaRatio(n+1, r-1) - g
	default:
		g, _ := math.Lgamma(r)
		return -LogGammaRatio(n+r, 1-r) - g
	}
}

// StirlingError returns ln Γ(x) − ((x−½)·ln x − x + ½·ln 2π) for x > 0.
func StirlingError(x float64) float64 {
	if x < asymptotic {
		g, _ := math.Lgamma(x)
		return g - (x-0.5)*math.Log(x) + x - logRoot2Pi
	}
	w := 1 / x
	return w/12 - w*w*w/360 + stirlingTail(w, w*w)
}

const logRoot2Pi = 0.918938533204672741780329736405617639861397473637783412817151540

// DigammaRest returns ψ(x) − ln x for x > 0.
func DigammaRest(x float64) float64 {
	sum, from := 0.0, x
	for x < asymptotic {
		sum -= 1 / x
		x++
	}
	w := 1 / x
	w2 := w * w
	return sum + math.Log(x/from) - w/2 - w2/12 + w2*w2/120 - digammaTail(w2)
}

// Log1pLess returns ln(1+t) − t for |t| < ½ with full relative precision, by the series
// of 2·artanh r, r = t/(2+t).
func Log1pLess(t float64) float64 {
	r := t / (2 + t)
	r2 := r * r
	sum, power := 0.0, 2*r*r2
	for k := 3.0; k < 64; k += 2 {
		step := power / k
		sum += step
		if math.Abs(step) <= Epsilon/4*math.Abs(sum) {
			break
		}
		power *= r2
	}
	return sum - r*t
}

// LogRisingRatio returns ln (b)_t/(b+e)_t, the logarithm of the mean of (1−θ)^t
// for θ ~ Beta(e, b), for b, e > 0, t ≥ 0. It takes whichever of e and t is the
// smaller as the step, so neither end loses digits.
func LogRisingRatio(b, e, t float64) float64 {
	if t > e {
		return LogGammaRatio(b, e) - LogGammaRatio(b+t, e)
	}
	return LogGammaRatio(b, t) - LogGammaRatio(b+e, t)
}

// Softplus returns ln(1 + e^x).
func Softplus(x float64) float64 {
	if x > 36 {
		return x
	}
	return math.Log1p(math.Exp(x))
}

// Logistic returns 1/(1 + e^−x).
func Logistic(x float64) float64 {
	if x < -709 {
		return math.Exp(x)
	}
	return 1 / (1 + math.Exp(-x))
}
