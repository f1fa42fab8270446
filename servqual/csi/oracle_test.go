package csi_test

import (
	"math"
	"slices"

	"github.com/relmark/relmark/servqual/csi"
)

// An oracle estimates a path model as textbooks write it: on the standardised rows, score
// by score, with normal equations by elimination.
type oracle struct {
	weights  map[int]float64 // by position of the item
	loadings map[int]float64
	paths    map[csi.Link]float64
	r2       map[string]float64
	scores   map[string][]float64
	rest     bool
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

// product returns the mean product of two lists.
func product(x, y []float64) (sum float64) {
	for i, v := range x {
		sum += v * y[i] / float64(len(x))
	}
	return sum
}

// standard returns x less its mean, over its standard deviation of divisor n.
func standard(x []float64) []float64 {
	out, m := make([]float64, len(x)), mean(x)
	for i, v := range x {
		out[i] = v - m
	}
	sd := math.Sqrt(product(out, out))
	for i := range out {
		out[i] /= sd
	}
	return out
}

// regression returns the coefficients of y on some columns, all of mean 0.
func regression(y []float64, x [][]float64) []float64 {
	n := len(x)
	a := make([][]float64, n)
	for i := range a {
		for j := range x {
			a[i] = append(a[i], product(x[i], x[j]))
		}
		a[i] = append(a[i], product(x[i], y))
	}
	for i := range n {
		best := i
		for j := i; j < n; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[best][i]) {
				best = j
			}
		}
		a[i], a[best] = a[best], a[i]
		for j := range n {
			if j != i {
				f := a[j][i] / a[i][i]
				for c := range a[j] {
					a[j][c] -= f * a[i][c]
				}
			}
		}
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = a[i][n] / a[i][i]
	}
	return out
}

func combine(x [][]float64, w []float64) []float64 {
	out := make([]float64, len(x[0]))
	for j, column := range x {
		for i, v := range column {
			out[i] += w[j] * v
		}
	}
	return out
}

func byHand(p csi.Params, rows [][]float64, scheme csi.Scheme, rounds int) oracle {
	columns := map[string][][]float64{}
	for _, c := range p.Constructs {
		for _, item := range c.Items {
			x := make([]float64, len(rows))
			for i, row := range rows {
				x[i] = row[item]
			}
			columns[c.Name] = append(columns[c.Name], standard(x))
		}
	}
	score, weight := map[string][]float64{}, map[string][]float64{}
	set := func(name string, w []float64) (change float64) {
		y := combine(columns[name], w)
		sd := math.Sqrt(product(y, y))
		for i := range w {
			w[i] /= sd
			if weight[name] != nil {
				change = max(change, math.Abs(w[i]-weight[name][i]))
			}
		}
		score[name], weight[name] = combine(columns[name], w), w
		return change
	}
	for _, c := range p.Constructs {
		w := make([]float64, len(c.Items))
		for i := range w {
			w[i] = 1
		}
		set(c.Name, w)
	}
	o := oracle{map[int]float64{}, map[int]float64{}, map[csi.Link]float64{}, map[string]float64{}, nil, false}
	for range rounds {
		next := map[string][]float64{}
		for _, c := range p.Constructs {
			z := inner(p, c.Name, score, scheme)
			var w []float64
			if c.Mode == csi.ModeB {
				w = regression(z, columns[c.Name])
			} else {
				for _, x := range columns[c.Name] {
					w = append(w, product(x, z))
				}
			}
			next[c.Name] = w
		}
		change := 0.0
		for name, w := range next {
			change = max(change, set(name, w))
		}
		if o.rest = change < 1e-13; o.rest {
			break
		}
	}
	for _, c := range p.Constructs {
		sum := 0.0
		for _, x := range columns[c.Name] {
			sum += product(x, score[c.Name])
		}
		if sum < 0 {
			w := slices.Clone(weight[c.Name])
			for i := range w {
				w[i] = -w[i]
			}
			set(c.Name, w)
		}
		for i, item := range c.Items {
			o.weights[item], o.loadings[item] = weight[c.Name][i], product(columns[c.Name][i], score[c.Name])
		}
	}
	for _, c := range p.Constructs {
		names, x := antecedents(p, c.Name, score)
		for i, b := range regression(score[c.Name], x) {
			o.paths[csi.Link{From: names[i], To: c.Name}] = b
			o.r2[c.Name] += b * product(x[i], score[c.Name])
		}
	}
	o.scores = score
	return o
}

func antecedents(p csi.Params, name string, score map[string][]float64) (names []string, x [][]float64) {
	for _, l := range p.Links {
		if l.To == name {
			names, x = append(names, l.From), append(x, score[l.From])
		}
	}
	return names, x
}

// inner returns what the neighbours of a construct say of it.
func inner(p csi.Params, name string, score map[string][]float64, scheme csi.Scheme) []float64 {
	z := make([]float64, len(score[name]))
	add := func(e float64, y []float64) {
		for i, v := range y {
			z[i] += e * v
		}
	}
	weigh := func(other string) float64 {
		r := product(score[name], score[other])
		if scheme == csi.Centroid {
			return math.Copysign(1, r)
		}
		return r
	}
	for _, l := range p.Links {
		if l.From == name {
			add(weigh(l.To), score[l.To])
		}
		if l.To == name && scheme != csi.PathWeighting {
			add(weigh(l.From), score[l.From])
		}
	}
	if scheme == csi.PathWeighting {
		names, x := antecedents(p, name, score)
		for i, b := range regression(score[name], x) {
			_ = names
			add(b, x[i])
		}
	}
	return z
}
