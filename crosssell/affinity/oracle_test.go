package affinity_test

import (
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark/crosssell/affinity"
)

// An oracle is a matrix in full: customers by items, written down from the definitions.
type oracle struct {
	items     []string
	customers []int8
	x         [][]float64 // by customer and item; 0: has it not
	later     int64
	leftOut   int
	counts    map[int8]map[string]affinity.Holding[string]
}

// survey reads events as a matrix as of a day.
func survey(list []event, asOf int, o affinity.MatrixOptions) *oracle {
	s := &oracle{counts: map[int8]map[string]affinity.Holding[string]{}}
	age := func(e event) float64 {
		if o.HalfLife == nil {
			return 1
		}
		return max(math.Exp2(-float64(day(asOf).Sub(e.On)) / *o.HalfLife), 0x1p-256)
	}
	for _, e := range list {
		if e.On.After(day(asOf)) {
			s.later += e.Times
			continue
		}
		if s.counts[e.Customer] == nil {
			s.counts[e.Customer] = map[string]affinity.Holding[string]{}
		}
		h, had := s.counts[e.Customer][e.Item]
		h.Item = e.Item
		h.Times += e.Times
		h.Frequency += float64(e.Times) * age(e)
		if !had || e.On.Before(h.First) {
			h.First = e.On
		}
		if !had || e.On.After(h.Last) {
			h.Last, h.Weight = e.On, age(e)
		}
		s.counts[e.Customer][e.Item] = h
	}
	holders := map[string]int{}
	for u, holdings := range s.counts {
		if o.MaxItems != nil && len(holdings) > *o.MaxItems {
			s.leftOut++
			delete(s.counts, u)
			continue
		}
		for i := range holdings {
			holders[i]++
		}
	}
	for _, i := range slices.Sorted(maps.Keys(holders)) {
		if holders[i] >= o.MinCustomers {
			s.items = append(s.items, i)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(s.counts)) {
		row, some := make([]float64, len(s.items)), false
		for k, i := range s.items {
			row[k] = s.counts[u][i].Weight
			some = some || row[k] > 0
		}
		if some {
			s.customers = append(s.customers, u)
			s.x = append(s.x, row)
		}
	}
	return s
}

// common is c(i, j), each customer counting so much; nil: 1.
func (s *oracle) common(i, j int, users []float64) float64 {
	c := 0.0
	for u, row := range s.x {
		a := 1.0
		if users != nil {
			a = users[u]
		}
		c += a * min(row[i], row[j])
	}
	return c
}

// size is n(u).
func (s *oracle) size(u int) float64 {
	n := 0.0
	for _, x := range s.x[u] {
		if x > 0 {
			n++
		}
	}
	return n
}

// similarity is w(i, j) by the package comment.
func (s *oracle) similarity(p affinity.NeighbourParams, i, j int) float64 {
	c, ni, nj := s.common(i, j, nil), s.common(i, i, nil), s.common(j, j, nil)
	total, mean := 0.0, 0.0
	users := make([]float64, len(s.x))
	for u, row := range s.x {
		total += slices.Max(row)
		a := math.Log(float64(len(s.items)) / (1 + s.size(u)))
		users[u] = a * a
	}
	for k := range s.items {
		mean += s.common(k, k, nil) / float64(len(s.items))
	}
	switch p.Similarity {
	case affinity.Cosine:
		return c / math.Sqrt(ni*nj)
	case affinity.Jaccard:
		return c / (ni + nj - c)
	case affinity.Confidence:
		return c / ni
	case affinity.Lift:
		return c * total / (ni * nj)
	case affinity.ShrunkCosine:
		return c / (math.Sqrt(ni*nj) + p.Shrink)
	case affinity.TFIDF:
		if c := s.common(i, j, users); c > 0 { // customers who have all but one item count nothing
			return c / math.Sqrt(s.common(i, i, users)*s.common(j, j, users))
		}
		return 0
	}
	k1, b := 1.2, 0.75
	if p.K1 != nil {
		k1 = *p.K1
	}
	if p.B != nil {
		b = *p.B
	}
	damp := func(n float64) float64 { return (k1 + 1) / (k1*(1-b+b*n/mean) + 1) }
	return s.common(i, j, users) * damp(ni) * damp(nj)
}

// ease is B by the package comment, with the inverse by elimination of rows.
func (s *oracle) ease(lambda float64) [][]float64 {
	n := len(s.items)
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, 2*n)
		a[i][n+i] = 1
		for j := range n {
			a[i][j] = s.common(i, j, nil)
		}
		a[i][i] += lambda
	}
	for k := range a {
		for j := 2*n - 1; j >= k; j-- {
			a[k][j] /= a[k][k]
		}
		for i := range a {
			if f := a[i][k]; i != k {
				for j := range a[i] {
					a[i][j] -= f * a[k][j]
				}
			}
		}
	}
	b := make([][]float64, n)
	for i := range b {
		b[i] = make([]float64, n)
		for j := range b {
			if i != j {
				b[i][j] = -a[i][n+j] / a[j][n+j]
			}
		}
	}
	return b
}

// neighbours is the matrix of weights of the k most similar items, by full sorting.
func (s *oracle) neighbours(p affinity.NeighbourParams) [][]float64 {
	w := make([][]float64, len(s.items))
	for i := range w {
		w[i] = make([]float64, len(s.items))
		var others []int
		for j := range w {
			if j != i {
				others = append(others, j)
				w[i][j] = s.similarity(p, i, j)
			}
		}
		slices.SortStableFunc(others, func(a, b int) int { return byScore(w[i][a], w[i][b]) })
		if p.K != nil && *p.K < len(others) {
			for _, j := range others[*p.K:] {
				w[i][j] = 0
			}
		}
	}
	return w
}

// byScore orders by score, descending; scores that differ by rounding are equal.
func byScore(a, b float64) int {
	switch {
	case math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)):
		return 0
	case a > b:
		return -1
	}
	return 1
}
