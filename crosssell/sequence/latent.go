package sequence

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// nodes is how many places an integral over maturity is taken at. They are centred and
// scaled where the integrand is; with 60 products the error of a logarithm of an area was
// 1e-13 at a standard deviation of 1, 3e-11 at 5 and 7e-7 at 10. A test compares.
const nodes = 201

// A latent model has maturity as a standard normal z. A customer who has r products has
// them with the density of
//
//	f(z) = r·sd·z − Σ ln(1 + e^(sd·z − b)) − z²/2 − ln √(2π)
//
// but for the factor e^(−Σ b) over the products, which does not depend on z.
type latent struct {
	b      []float64
	sd     float64
	x, w   []float64 // of Gauss and Hermite, for the weight e^(−x²)
	z, pos []float64
}

func newLatent(products int) *latent {
	l := &latent{
		b: make([]float64, products),
		x: make([]float64, nodes), w: make([]float64, nodes), z: make([]float64, nodes), pos: make([]float64, nodes),
	}
	quad.Hermite{}.FixedLocations(l.x, l.w, math.Inf(-1), math.Inf(1))
	return l
}

// known is a distribution of z: places and their probabilities, and the logarithm of the
// area that it had.
type known struct {
	z, p    []float64
	sd      float64
	logArea float64
}

// prior returns the distribution of z of any customer.
func (l *latent) prior() known {
	saved := l.b
	l.b = nil
	k := l.posterior(0)
	l.b = saved
	return k
}

// posterior returns the distribution of z of a customer who has r products. With z = mode +
// unit·x, unit = √(2/curve), the integrand e^f is e^(−x²) times something that hardly varies,
// which is what the rule is exact for: ∫ e^f dz = unit·Σ w·e^(f(z) + x²). The greatest term is
// taken out, so that none overflows. The slices are those of l and hold until the next call.
func (l *latent) posterior(r int) known {
	mode, curve := l.mode(float64(r))
	unit := math.Sqrt2 / math.Sqrt(curve)
	highest := math.Inf(-1)
	for q, x := range l.x {
		l.z[q] = mode + float64(unit*x)
		l.pos[q] = l.density(float64(r), l.z[q]) + float64(x*x) + math.Log(l.w[q])
		highest = max(highest, l.pos[q])
	}
	sum := 0.0
	for q := range l.pos {
		l.pos[q] = math.Exp(l.pos[q] - highest)
		sum += l.pos[q]
	}
	for q := range l.pos {
		l.pos[q] /= sum
	}
	return known{l.z, l.pos, l.sd, highest + math.Log(sum*unit)}
}

// density returns f(z).
func (l *latent) density(r, z float64) float64 {
	f := float64(r*l.sd*z) - float64(z*z/2) - math.Log(2*math.Pi)/2
	for _, b := range l.b {
		f -= softplus(float64(l.sd*z) - b)
	}
	return f
}

// slope returns f′(z) and −f″(z), which is 1 or more.
func (l *latent) slope(r, z float64) (first, second float64) {
	first, second = r, 0
	for _, b := range l.b {
		p := sigmoid(float64(l.sd*z) - b)
		first -= p
		second += float64(p * (1 - p))
	}
	return float64(l.sd*first) - z, float64(l.sd*l.sd*second) + 1
}

// mode returns where f is highest and −f″ there: Newton's steps within a bracket that
// closes. At the mode z = sd·(r − Σ p), which bounds it.
func (l *latent) mode(r float64) (z, curve float64) {
	lo, hi := float64(l.sd*(r-float64(len(l.b)))), float64(l.sd*r)
	for range 200 {
		first, second := l.slope(r, z)
		curve = second
		if first > 0 {
			lo = max(lo, z)
		} else {
			hi = min(hi, z)
		}
		next := z + first/second
		if !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if math.Abs(next-z) <= 1e-9*(1+math.Abs(z)) {
			return z, curve
		}
		z = next
	}
	return z, curve
}

// shares returns the means of 1/(1 + e^(b − sd·z)).
func (k known) shares(b []float64) []float64 {
	out := make([]float64, len(b))
	for j := range b {
		for q, z := range k.z {
			out[j] += float64(k.p[q] * sigmoid(float64(k.sd*z)-b[j]))
		}
	}
	return out
}

// moments returns mean and standard deviation of z.
func (k known) moments() (mean, sd float64) {
	for q, z := range k.z {
		mean += float64(k.p[q] * z)
	}
	for q, z := range k.z {
		sd += float64(k.p[q] * (z - mean) * (z - mean))
	}
	return mean, math.Sqrt(sd)
}
