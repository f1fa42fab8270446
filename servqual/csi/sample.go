package csi

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// Use says what is done where answers are missing. The zero Use is [Listwise].
type Use string

// What to do where answers are missing.
const (
	Listwise        Use = ""                 // take rows that lack nothing; the default
	Pairwise        Use = "pairwise"         // take for each pair of items the rows that have both
	MeanReplacement Use = "mean_replacement" // put the mean of the item in place of what is missing
)

func uses() enum.Set[Use] { return enum.Of(Listwise, Pairwise, MeanReplacement) }

// A sample is what items come to: all that an estimate needs.
type sample struct {
	n    float64   // rows that count: complete ones, all, or those of the pair of items that has fewest
	mean []float64 // from the middle of the scale
	sd   []float64 // divisor n − 1
	r    []float64 // correlations, one row after another
}

func newSample(items int) sample {
	return sample{mean: make([]float64, items), sd: make([]float64, items), r: make([]float64, items*items)}
}

// fill computes the sample of moments. It does not allocate.
func (s *sample) fill(a *Moments, use Use) trouble {
	switch use {
	case Pairwise:
		return s.pairwise(a)
	case MeanReplacement:
		return s.replaced(a)
	case Listwise:
	}
	return s.listwise(float64(a.complete), a.full)
}

// listwise computes the sample of n complete rows.
func (s *sample) listwise(n float64, full sums) trouble {
	s.n = n
	if n < 3 {
		return trouble{reason: TooFewRows}
	}
	k, at := len(s.mean), 0
	for i := range k {
		for j := i; j < k; j++ {
			s.r[i*k+j] = about(n, full.x[i], full.x[j], full.xy[at])
			at++
		}
		s.mean[i], s.sd[i] = full.x[i]/n, math.Sqrt(max(s.r[i*k+i], 0)/(n-1))
		if constant(n, s.r[i*k+i], full.xy[at-k+i]) {
			return trouble{ConstantItem, i}
		}
	}
	s.correlate()
	return trouble{}
}

// about returns Σxy − Σx·Σy/n, the sum of products about the means, from sums: right to a
// few units in the last place where these are exact, however much cancels out.
func about(n, x, y, xy float64) float64 {
	p, q := float64(n*xy), float64(x*y)
	return ((p - q) + (math.FMA(n, xy, -p) - math.FMA(x, y, -q))) / n
}

// constant reports whether a sum of n squares about the mean, of squares that add to all, is
// nothing but rounding, or so small that its products with others would lose digits.
func constant(n, about, all float64) bool { return !(about > max((1e-14+0x1p-52*n)*all, 1e-100)) }

// correlate turns products about the means, above the diagonal, into correlations.
func (s *sample) correlate() {
	k := len(s.mean)
	for i := range k {
		for j := range i {
			s.r[i*k+j] = s.r[j*k+i] / math.Sqrt(s.r[i*k+i]*s.r[j*k+j])
			s.r[j*k+i] = s.r[i*k+j]
		}
	}
	for i := range k {
		s.r[i*k+i] = 1
	}
}

// pairwise computes means and deviations from all answers to each item, and correlations
// from the rows that have both of two.
func (s *sample) pairwise(a *Moments) trouble {
	k, at := len(s.mean), 0
	s.n = math.Inf(1)
	for i := range k {
		for j := i; j < k; j++ {
			ij, ji := i*k+j, j*k+i
			n := float64(a.complete) + a.partial.n[ij]
			s.n = min(s.n, n)
			if n < 3 {
				return trouble{TooFewRows, i}
			}
			x, y := a.full.x[i]+a.partial.x[ij], a.full.x[j]+a.partial.x[ji]
			xx, yy := a.square(i)+a.partial.xx[ij], a.square(j)+a.partial.xx[ji]
			aboutX, aboutY := about(n, x, x, xx), about(n, y, y, yy)
			if constant(n, aboutX, xx) {
				return trouble{ConstantItem, i}
			}
			if constant(n, aboutY, yy) {
				return trouble{ConstantItem, j}
			}
			if i == j {
				s.mean[i], s.sd[i] = x/n, math.Sqrt(aboutX/(n-1))
			}
			s.r[ij] = about(n, x, y, a.full.xy[at]+a.partial.xy[ij]) / math.Sqrt(aboutX*aboutY)
			s.r[ji] = s.r[ij]
			at++
		}
		s.r[i*k+i] = 1
	}
	return s.possible()
}

// square returns Σx² of an item over complete rows.
func (a *Moments) square(i int) float64 {
	k := len(a.columns)
	return a.full.xy[i*k-i*(i-1)/2]
}

// possible fails unless correlations are those of some rows: no eigenvalue below 0.
func (s *sample) possible() trouble {
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(len(s.mean), append([]float64(nil), s.r...)), false) || e.Values(nil)[0] < -1e-9 {
		return trouble{reason: ImpossibleCorrelations}
	}
	return trouble{}
}

// replaced computes the sample of all rows with the mean of an item where it is missing:
// such an answer adds nothing to products about the means.
func (s *sample) replaced(a *Moments) trouble {
	k, n := len(s.mean), float64(a.rows)
	s.n = n
	if n < 3 {
		return trouble{reason: TooFewRows}
	}
	for i := range k {
		own := float64(a.complete) + a.partial.n[i*k+i]
		if own == 0 {
			return trouble{TooFewRows, i}
		}
		s.mean[i] = (a.full.x[i] + a.partial.x[i*k+i]) / own
	}
	at := 0
	for i := range k {
		for j := i; j < k; j++ {
			ij, ji := i*k+j, j*k+i
			both := float64(a.complete) + a.partial.n[ij]
			x, y := a.full.x[i]+a.partial.x[ij], a.full.x[j]+a.partial.x[ji]
			s.r[ij] = a.full.xy[at] + a.partial.xy[ij] - float64(x*s.mean[j]) - float64(s.mean[i]*(y-float64(both*s.mean[j])))
			at++
		}
		s.sd[i] = math.Sqrt(max(s.r[i*k+i], 0) / (n - 1))
		if constant(n, s.r[i*k+i], a.square(i)+a.partial.xx[i*k+i]) {
			return trouble{ConstantItem, i}
		}
	}
	s.correlate()
	return trouble{}
}

// Reason says why there is no estimate.
type Reason string

// The reasons.
const (
	TooFewRows             Reason = "too_few_rows"
	ConstantItem           Reason = "constant_item"           // all rows have one answer to it
	CollinearItem          Reason = "collinear_item"          // the items before it in a construct of mode B determine it
	CancelledConstruct     Reason = "cancelled_construct"     // its items cancel out: some are worded against the others
	UnrelatedConstruct     Reason = "unrelated_construct"     // none of its items has anything to do with its neighbours
	CollinearConstruct     Reason = "collinear_construct"     // the antecedents of a construct determine each other
	ImpossibleCorrelations Reason = "impossible_correlations" // pairs of items, each on rows of its own, do not fit together
	NotConverged           Reason = "not_converged"           // weights did not come to rest
	NoIndex                Reason = "no_index"                // the weights of a construct add to nothing or less
)

// A trouble is why a sample has no estimate, and of which item or construct. Its zero
// value is none.
type trouble struct {
	reason Reason
	at     int // item or construct, by the reason
}

// Error returns the reason.
func (t trouble) Error() string { return string(t.reason) }

// err returns the trouble as an error: one of the caller's rows, or of too few of them.
func (t trouble) err(m *plan) error {
	construct := func() string { return fmt.Sprintf("Constructs[%d]", t.at) }
	switch t.reason {
	case "":
		return nil
	case TooFewRows:
		return fmt.Errorf("%s: too few rows: %w", room, relmark.ErrTooFew)
	case NotConverged:
		return fmt.Errorf("%s: weights did not come to rest: %w", room, relmark.ErrNoConverge)
	case ConstantItem:
		return fault.Room(room, fault.New(m.item(t.at), nil, "must vary: all rows have one answer"))
	case CollinearItem:
		return fault.Room(room, fault.New(m.item(t.at), nil, "must not be determined by the items before it, in mode B"))
	case CancelledConstruct:
		return fault.Room(room, fault.New(construct(), nil, "must not have items that cancel out: reverse those worded against the others"))
	case UnrelatedConstruct:
		return fault.Room(room, fault.New(construct(), nil, "must have something to do with the constructs it is linked to"))
	case CollinearConstruct:
		return fault.Room(room, fault.New(construct(), nil, "must not have antecedents that determine each other"))
	case NoIndex:
		return fault.Room(room, fault.New(construct(), nil, "must have weights that add to more than 0"))
	case ImpossibleCorrelations:
	}
	return fault.Room(room, fault.New("Use", nil, "must not be pairwise: these correlations are of no rows"))
}

// item returns the path of an item in [Params].
func (m *plan) item(h int) string {
	j := m.owner()[h]
	return fmt.Sprintf("Constructs[%d].Items[%d]", j, h-m.first[j])
}
