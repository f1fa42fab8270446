package csi

import "math"

// An estimate is what has been estimated from a sample, for figures of one construct or two
// to be computed from. They allocate nothing.
type estimate struct {
	m      *plan
	sd     []float64 // of items
	r      []float64 // correlations of items
	weight []float64
	cross  []float64
	effect []float64
}

func (f Fit) estimate() estimate {
	return estimate{f.model.plan, f.sample.sd, f.sample.r, f.weight, f.cross, f.effect}
}

// loadings returns the sum and the sum of squares of the loadings of a construct, and of how
// many items.
func (e estimate) loadings(j int) (sum, squares float64, items int) {
	first, last := e.m.block(j)
	for h := first; h < last; h++ {
		l := e.cross[h*e.m.constructs()+j]
		sum += l
		squares += float64(l * l)
	}
	return sum, squares, last - first
}

// communality returns the mean of loadings².
func (e estimate) communality(j int) float64 {
	_, squares, k := e.loadings(j)
	return squares / float64(k)
}

// composite returns (Σl)²/((Σl)² + Σ(1 − l²)).
func composite(sum, squares float64, items int) float64 {
	return sum * sum / (sum*sum + float64(items) - squares)
}

// rhoC returns the composite reliability of a construct.
func (e estimate) rhoC(j int) float64 { return composite(e.loadings(j)) }

// beside returns the mean correlation of an item with the others of its construct.
func (e estimate) beside(h, j int) float64 {
	first, last := e.m.block(j)
	sum := 0.0
	for g := first; g < last; g++ {
		if g != h {
			sum += e.r[h*e.m.items()+g]
		}
	}
	return sum / float64(last-first-1)
}

// alpha returns k·r/(1 + (k − 1)·r) for a mean correlation r of k items; 1 for one item.
func (e estimate) alpha(j int) float64 {
	first, last := e.m.block(j)
	if last-first == 1 {
		return 1
	}
	k, r := float64(last-first), 0.0
	for h := first; h < last; h++ {
		r += e.beside(h, j) / k
	}
	return k * r / (1 + (k-1)*r)
}

// rhoA returns (w'w)²·w'(R − I)w/w'(ww' − diag)w; 1 for one item.
func (e estimate) rhoA(j int) float64 {
	first, last := e.m.block(j)
	if last-first == 1 {
		return 1
	}
	own, above, below := 0.0, 0.0, 0.0
	for g := first; g < last; g++ {
		x := e.weight[g]
		own += float64(x * x)
		for h := first; h < last; h++ {
			if y := e.weight[h]; g != h {
				above += float64(x * y * e.r[g*e.m.items()+h])
				below += float64(x * x * y * y)
			}
		}
	}
	return own * own * above / below
}

// against reports whether an item on average runs against the others of its construct.
func (e estimate) against(h, j int) bool {
	return e.m.first[j+1]-e.m.first[j] > 1 && !(e.beside(h, j) > 0)
}

// unreversed reports whether a construct that can be told from others has such an item.
func (e estimate) unreversed() bool {
	for j := range e.m.constructs() {
		for h := e.m.first[j]; h < e.m.first[j+1]; h++ {
			if e.m.told(j) && e.against(h, j) {
				return true
			}
		}
	}
	return false
}

// across returns the mean absolute correlation of the items of two constructs.
func (e estimate) across(i, j int) float64 {
	sum := 0.0
	for h := e.m.first[i]; h < e.m.first[i+1]; h++ {
		for _, r := range e.r[h*e.m.items():][e.m.first[j]:e.m.first[j+1]] {
			sum += math.Abs(r)
		}
	}
	return sum / float64((e.m.first[i+1]-e.m.first[i])*(e.m.first[j+1]-e.m.first[j]))
}

// within returns the mean absolute correlation of two items of a construct; 1 for one item.
func (e estimate) within(j int) float64 {
	k := float64(e.m.first[j+1] - e.m.first[j])
	if k == 1 {
		return 1
	}
	return (k*e.across(j, j) - 1) / (k - 1) // without those of an item with itself
}

// htmt returns the heterotrait-monotrait ratio of two constructs.
func (e estimate) htmt(i, j int) float64 {
	return e.across(i, j) / math.Sqrt(e.within(i)*e.within(j))
}

// spread returns the standard deviation of the index of a construct, which is a standardised
// construct times what the weights of items as answered add to.
func (e estimate) spread(j int) float64 {
	first, last := e.m.block(j)
	sum := 0.0
	for h := first; h < last; h++ {
		sum += e.weight[h] / e.sd[h]
	}
	return 100 / (sum * e.m.span(j))
}

// importance returns by how many points the index of one construct changes with one point of
// that of another: the unstandardised total effect.
func (e estimate) importance(a arrow) float64 {
	return e.effect[a.from*e.m.constructs()+a.to] * e.spread(a.to) / e.spread(a.from)
}
