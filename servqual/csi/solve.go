package csi

import "math"

// own is how much of its variance a column must have to itself beside others: less is
// rounding, as in internal/stat.
const own = 1e-11

// A solver estimates a model from correlations of its items. It has all memory it needs,
// and is for one goroutine.
type solver struct {
	m       *plan
	scheme  Scheme
	rounds  int       // at most
	rest    float64   // no weight is off by as much
	weight  []float64 // of items; those of a construct give it a variance of 1
	next    []float64
	cross   []float64 // correlation of each item with each construct
	between []float64 // correlations of constructs
	inner   []float64 // weight of construct i for the neighbour of j, by i and j
	factors []float64 // of the items of each construct of mode B, Cholesky's, one after another
	system  []float64 // being solved
	right   []float64

	path   []float64  // by link
	r2     []float64  // by construct; 0 without antecedents
	effect []float64  // by construct and construct
	took   int        // rounds
	change float64    // of the last one
	before [2]float64 // of the two before it, the last first
	least  float64    // of all of them
	still  int        // rounds since then
	rested bool
}

func newSolver(m *plan, o Options) *solver {
	p, k, most, factors := m.items(), m.constructs(), 0, 0
	for j := range k {
		first, last := m.block(j)
		most = max(most, len(m.from[j]), last-first)
		if m.formative(j) {
			factors += (last - first) * (last - first)
		}
	}
	o = o.filled()
	return &solver{
		m: m, scheme: o.Scheme, rounds: o.Rounds, rest: o.Tolerance,
		weight: make([]float64, p), next: make([]float64, p), cross: make([]float64, p*k),
		between: make([]float64, k*k), inner: make([]float64, k*k), factors: make([]float64, factors),
		system: make([]float64, most*most), right: make([]float64, most),
		path: make([]float64, len(m.linked)), r2: make([]float64, k), effect: make([]float64, k*k),
	}
}

// solve estimates the model. What it finds where weights do not come to rest, it keeps. It
// does not allocate.
//
// A round cannot turn a construct about, so that weights could go on changing their signs:
// the correlation of z with the construct is R² of its regression, or a sum of squares or
// absolute values of correlations, and so not below 0.
func (s *solver) solve(of *sample) trouble {
	if t := s.start(of); t.reason != "" {
		return t
	}
	far := math.Inf(1)
	s.change, s.before, s.least, s.still, s.rested = far, [2]float64{far, far}, far, 0, false
	for s.took = 0; s.took < s.rounds && !s.rested; s.took++ {
		s.correlate(of.r)
		if t := s.weigh(); t.reason != "" {
			return t
		}
		s.before = [2]float64{s.change, s.before[0]}
		if t := s.outer(of.r); t.reason != "" {
			return t
		}
		s.rested = s.rests()
	}
	s.correlate(of.r)
	s.flip()
	if t := s.regress(); t.reason != "" {
		return t
	}
	s.effects()
	if !s.rested {
		return trouble{reason: NotConverged}
	}
	return trouble{}
}

// rests reports whether weights have come to rest. Rounds slow down two by two, as news goes
// to the neighbours and back: if those of a pair move weights by rate times what those of
// the pair before did, rate + rate² + … = rate/(1 − rate) times the last pair is ahead, and
// that is how far the weights are off. In mode B items that are nearly the same make weights
// large, and rounding may keep them from coming so near: they rest, too, when for ten rounds
// none was the least so far, and the last one is next to nothing beside the weights.
func (s *solver) rests() bool {
	off := s.change
	if rate := s.change / s.before[1]; rate > 0 {
		off = max(off, (s.change+s.before[0])*rate/max(1-rate, 0))
	}
	if s.still++; s.change < s.least {
		s.least, s.still = s.change, 0
	}
	if off < s.rest || s.still < 10 {
		return off < s.rest
	}
	most := 1.0
	for _, w := range s.weight {
		most = max(most, math.Abs(w))
	}
	return s.change < 1e-9*most
}

// start checks that there are rows enough, factors the items of constructs of mode B, and
// gives all items of a construct one weight.
func (s *solver) start(of *sample) trouble {
	at := 0
	for j := range s.m.from {
		first, last := s.m.block(j)
		size := len(s.m.from[j])
		if s.m.formative(j) {
			size = max(size, last-first)
		}
		if of.n <= float64(size+1) {
			return trouble{TooFewRows, j}
		}
		if s.m.formative(j) {
			n := last - first
			f := s.factors[at : at+n*n]
			for a := range n {
				copy(f[a*n:(a+1)*n], of.r[(first+a)*s.m.items()+first:])
			}
			if i := factor(f, n); i >= 0 {
				return trouble{CollinearItem, first + i}
			}
			at += n * n
		}
		for h := first; h < last; h++ {
			s.next[h] = 1
		}
		if !s.scale(of.r, j) {
			return trouble{CancelledConstruct, j}
		}
	}
	copy(s.weight, s.next)
	return trouble{}
}

// scale gives a construct with the next weights a variance of 1; false if it has none.
func (s *solver) scale(r []float64, j int) bool {
	first, last := s.m.block(j)
	p, sum, most := s.m.items(), 0.0, 0.0
	w := s.next[first:last]
	for a, x := range w {
		row := r[(first+a)*p+first:][:len(w)]
		part := 0.0
		for b, y := range w {
			part += float64(row[b] * y)
		}
		sum += float64(x * part)
		most += float64(x * x)
	}
	if !(sum > own*most) {
		return false
	}
	by := 1 / math.Sqrt(sum)
	for a := range w {
		w[a] *= by
	}
	return true
}

// correlate computes the correlations of items with constructs, R·w by construct, and
// among constructs, w'·R·w.
func (s *solver) correlate(r []float64) {
	p, k := s.m.items(), s.m.constructs()
	for h := range p {
		row, into := r[h*p:(h+1)*p], s.cross[h*k:(h+1)*k]
		for j := range into {
			first, last := s.m.first[j], s.m.first[j+1]
			sum := 0.0
			w := s.weight[first:last]
			for g, x := range row[first:last] {
				sum += float64(x * w[g])
			}
			into[j] = sum
		}
	}
	for i := range k {
		first, last := s.m.block(i)
		for j := range i {
			sum := 0.0
			for h := first; h < last; h++ {
				sum += float64(s.weight[h] * s.cross[h*k+j])
			}
			s.between[i*k+j], s.between[j*k+i] = sum, sum
		}
		s.between[i*k+i] = 1
	}
}

// weigh computes the inner weights: how much each neighbour of a construct counts.
func (s *solver) weigh() trouble {
	k := s.m.constructs()
	for _, a := range s.m.linked {
		r := s.between[a.from*k+a.to]
		if s.scheme == Centroid {
			r = sign(r)
		}
		s.inner[a.from*k+a.to], s.inner[a.to*k+a.from] = r, r
	}
	if s.scheme != PathWeighting {
		return trouble{}
	}
	if t := s.regress(); t.reason != "" {
		return t
	}
	for at, a := range s.m.linked {
		s.inner[a.from*k+a.to] = s.path[at]
	}
	return trouble{}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// regress computes paths, those of a construct on all that act on it, and R².
func (s *solver) regress() trouble {
	k := s.m.constructs()
	for j, from := range s.m.from {
		n := len(from)
		if n == 0 {
			continue
		}
		a, b := s.system[:n*n], s.right[:n]
		for x, i := range from {
			b[x] = s.between[i*k+j]
			for y, other := range from[:x+1] {
				a[x*n+y] = s.between[i*k+other]
			}
		}
		if factor(a, n) >= 0 { // also where it has come to NaN
			return trouble{CollinearConstruct, j}
		}
		substitute(a, n, b)
		sum := 0.0
		for x, i := range from {
			s.path[s.m.path[j][x]] = b[x]
			sum += float64(b[x] * s.between[i*k+j])
		}
		s.r2[j] = min(sum, 1)
	}
	return trouble{}
}

// outer computes the next weights from the inner ones, and by how much they differ. The
// covariance of an item with z is the sum of those with the neighbours, times their inner
// weights; mode B has them solved by the factor of its items' correlations.
func (s *solver) outer(r []float64) trouble {
	k, at := s.m.constructs(), 0
	for j := range k {
		first, last := s.m.block(j)
		w := s.next[first:last]
		for a := range w {
			row := s.cross[(first+a)*k:][:k]
			sum := 0.0
			for _, i := range s.m.from[j] {
				sum += float64(s.inner[i*k+j] * row[i])
			}
			for _, i := range s.m.to[j] {
				sum += float64(s.inner[i*k+j] * row[i])
			}
			w[a] = sum
		}
		if n := len(w); s.m.formative(j) {
			substitute(s.factors[at:at+n*n], n, w)
			at += n * n
		}
		if !s.scale(r, j) {
			return trouble{UnrelatedConstruct, j}
		}
	}
	s.change = 0
	for h, w := range s.next {
		s.change = max(s.change, math.Abs(w-s.weight[h]))
	}
	s.weight, s.next = s.next, s.weight
	return trouble{}
}

// flip turns about the constructs whose loadings add to less than 0.
func (s *solver) flip() {
	k := s.m.constructs()
	for j := range k {
		first, last := s.m.block(j)
		sum := 0.0
		for h := first; h < last; h++ {
			sum += s.cross[h*k+j]
		}
		if sum >= 0 {
			continue
		}
		for h := first; h < last; h++ {
			s.weight[h] = -s.weight[h]
		}
		for h := range s.m.items() {
			s.cross[h*k+j] = -s.cross[h*k+j]
		}
		for i := range k {
			if i != j {
				s.between[i*k+j], s.between[j*k+i] = -s.between[i*k+j], -s.between[j*k+i]
			}
		}
	}
}

// effects computes total effects: along every way from one construct to another the
// product of its paths, added up. In the order of the plan those on antecedents are
// complete before they are passed on.
func (s *solver) effects() {
	k := s.m.constructs()
	clear(s.effect)
	for _, to := range s.m.order {
		for x, by := range s.m.from[to] {
			b := s.path[s.m.path[to][x]]
			s.effect[by*k+to] += b
			for from := range k {
				s.effect[from*k+to] += float64(s.effect[from*k+by] * b)
			}
		}
	}
}

// indexWeights computes the weights of items as they were answered, a construct's adding
// to 1; NaN where they add to nothing or less.
func (m *plan) indexWeights(weight, sd, into []float64) {
	for j := range m.constructs() {
		first, last := m.block(j)
		sum, size := 0.0, 0.0
		for h := first; h < last; h++ {
			into[h] = weight[h] / sd[h]
			sum += into[h]
			size += math.Abs(into[h])
		}
		if !(sum > 1e-9*size) {
			sum = math.NaN()
		}
		for h := first; h < last; h++ {
			into[h] /= sum
		}
	}
}

// index returns that of a construct, 0 to 100, for means of its items from the middle of
// the scale.
func (m *plan) index(j int, weight, mean []float64) float64 {
	first, last := m.block(j)
	sum := 0.0
	for h := first; h < last; h++ {
		sum += float64(weight[h] * mean[h])
	}
	return 50 + 100*sum/m.span(j)
}

// factor turns the lower triangle of a matrix of variance 1 into Cholesky's factor. It
// returns the first column that those before it determine, or −1.
func factor(a []float64, n int) int {
	for i := range n {
		row := a[i*n : (i+1)*n]
		left := row[i]
		for j := range i {
			v := row[j]
			before := a[j*n : j*n+j]
			for m, x := range before {
				v -= float64(row[m] * x)
			}
			v /= a[j*n+j]
			row[j] = v
			left -= float64(v * v)
		}
		if !(left > own) {
			return i
		}
		row[i] = math.Sqrt(left)
	}
	return -1
}

// substitute solves L·Lᵀ·x = b in the place of b.
func substitute(l []float64, n int, b []float64) {
	for i := range n {
		v := b[i]
		for j := range i {
			v -= float64(l[i*n+j] * b[j])
		}
		b[i] = v / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		v := b[i]
		for j := i + 1; j < n; j++ {
			v -= float64(l[j*n+i] * b[j])
		}
		b[i] = v / l[i*n+i]
	}
}
