package clv

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/tier/rfm"
)

// A cell is one pattern of a sample with its number of customers.
type cell struct {
	x, tx, t, n float64
	from, to    int32 // places of tx and t among the times of the sample
}

// A group is all customers with x repeat purchases.
type group struct{ x, n float64 }

// A sample is a pattern table laid out for a fit: cells by rising x, times divided
// by the mean age, so that a fit does not depend on the unit of time.
type sample struct {
	cells     []cell
	groups    []group
	times     []float64 // all t_x and T, rising: few where purchases come by the day
	customers int64
	purchases float64
	scale     float64 // the mean age, in the caller's unit
}

// newSample reads a table and divides its times by the mean age. It fails with
// [relmark.ErrTooFew] on fewer customers than parameters or if nobody has an age,
// with [ErrNoRepeatPurchases], and as checkScale does.
func newSample(table *rfm.Patterns, parameters int) (sample, error) {
	s, err := readSample(table, parameters)
	if err != nil {
		return s, err
	}
	for _, c := range s.cells {
		s.scale += c.t / float64(s.customers) * c.n
	}
	if s.scale == 0 {
		return s, fmt.Errorf("clv: nobody has an age: %w", relmark.ErrTooFew)
	}
	if err := checkScale("T", s.scale); err != nil {
		return s, err
	}
	for i := range s.cells {
		s.cells[i].tx /= s.scale
		s.cells[i].t /= s.scale
	}
	s.index()
	return s, nil
}

// index collects the times and their places.
func (s *sample) index() {
	place := map[float64]int32{}
	for _, c := range s.cells {
		place[c.tx], place[c.t] = 0, 0
	}
	s.times = slices.Sorted(maps.Keys(place))
	for i, t := range s.times {
		place[t] = int32(i)
	}
	for i := range s.cells {
		c := &s.cells[i]
		c.from, c.to = place[c.tx], place[c.t]
	}
}

// checkScale reports whether parameters in the unit of data with a given mean stay
// in the range of floats, even those at a boundary.
func checkScale(name string, mean float64) error {
	const most = 1e25
	if !(mean >= 1/most && mean <= most) {
		return invalid(name, mean, "must have a mean from 1e-25 to 1e25")
	}
	return nil
}

// readSample is newSample without division. A nil table is an empty one.
func readSample(table *rfm.Patterns, parameters int) (sample, error) {
	if table == nil {
		table = &rfm.Patterns{}
	}
	if n := table.N(); n < int64(parameters) {
		return sample{}, fmt.Errorf("clv: %d customers for %d parameters: %w", n, parameters, relmark.ErrTooFew)
	}
	s := sample{cells: make([]cell, 0, table.Len())}
	for p, n := range table.All() {
		s.add(cell{x: float64(p.X), tx: p.TX, t: p.T, n: float64(n)})
	}
	s.customers = table.N()
	if s.purchases == 0 {
		return s, fmt.Errorf("clv: %w", ErrNoRepeatPurchases)
	}
	return s, nil
}

// thin returns every so many cells of a large sample and how many times as many
// customers there are; false for a sample that is none. Its times stay as they are.
func (s *sample) thin() (small sample, times float64, ok bool) {
	const large, enough = 100_000, 10_000
	if len(s.cells) < large {
		return sample{}, 0, false
	}
	small.scale, small.times = s.scale, s.times
	for i := 0; i < len(s.cells); i += len(s.cells) / enough {
		small.add(s.cells[i])
	}
	return small, float64(s.customers) / float64(small.customers), true
}

// limit returns what a parameter may run to and what that means.
func limit(param string, value float64, means string) maximum.Limit {
	return maximum.Limit{Param: param, Value: value, Means: means}
}

// few is how many customers or cells make a small sample.
const few = 512

// restarts says when to search from elsewhere too: so few customers that there are
// often several maxima, or so few cells that several searches are cheap.
func restarts(customers int64, cells int) maximum.Restarts {
	switch {
	case customers <= few:
		return maximum.Always
	case cells <= few:
		return maximum.IfDoubtful
	}
	return maximum.Never
}

// thinned returns the problem of a sample, with that of part of it if it is large.
func thinned(s *sample, build func(*sample) *maximum.Problem) *maximum.Problem {
	p := build(s)
	p.Restarts, p.Endless = restarts(s.customers, len(s.cells)), s.endless()
	if small, times, ok := s.thin(); ok {
		p.Part, p.Parts = build(&small), times
		p.Part.Axes = p.Axes
	}
	return p
}

// endless returns where the density of the sample is infinite: a repeat purchase at
// age 0 is the likelier the faster customers buy and drop out. nil if there is none.
func (s *sample) endless() *maximum.Limit {
	for _, c := range s.cells {
		if c.x > 0 && c.tx == 0 {
			return &maximum.Limit{Param: "R/Alpha", Value: math.Inf(1), Means: "a repeat purchase at age 0 has an infinite density"}
		}
	}
	return nil
}

// add appends a cell that is not before the last one.
func (s *sample) add(c cell) {
	s.cells = append(s.cells, c)
	s.customers += int64(c.n)
	s.purchases += c.x * c.n
	if last := len(s.groups) - 1; last >= 0 && s.groups[last].x == c.x {
		s.groups[last].n += c.n
	} else {
		s.groups = append(s.groups, group{c.x, c.n})
	}
}

// buying returns the axes of the pair (r, α) of the purchase rates.
func (s *sample) buying() []maximum.Axis {
	return []maximum.Axis{{
		Name: "R", Start: math.Log(1.5 * s.purchases / float64(s.customers)),
		Pole: true, // where a repeat purchase comes at age 0
		Lo:   limit("R/Alpha", 0, "nobody buys again"),
		Hi:   limit("R/Alpha", math.Inf(1), "customers buy without end"),
	}, {
		Name: "Alpha", Start: -0.5,
		Lo: limit("R", 0, "a few buy without end and nobody else again"),
		Hi: limit("R", math.Inf(1), "everybody buys at the same rate"),
	}}
}

// result tells what the figures of a fit to s mean in the caller's unit. Parameters
// at the places given are times.
func (s *sample) result(times ...int) units {
	return units{customers: s.customers, shift: s.purchases * math.Log(s.scale), scale: s.scale, times: times}
}

// A partial is the log likelihood of part of a sample and its gradient.
type partial struct {
	logLik float64
	grad   [4]float64
}

// sumCells adds f over blocks of cells.
func sumCells[T any](cells []T, workers int, f func([]T) partial) partial {
	return sumBlocks(cells, 4096, workers, f)
}

// sumBlocks adds f over blocks of a given length, in order.
func sumBlocks[T any](list []T, length, workers int, f func([]T) partial) partial {
	var sum partial
	for _, p := range inBlocks(list, length, workers, f) {
		sum.logLik += p.logLik
		for i, g := range p.grad {
			sum.grad[i] += g
		}
	}
	return sum
}

// inBlocks calls f for blocks of a given length on up to workers goroutines, which
// have all returned when it does, and returns the results in the order of the
// blocks: sums of them have the same bits for any number of workers.
func inBlocks[T, R any](list []T, length, workers int, f func([]T) R) []R {
	blocks := (len(list) + length - 1) / length
	parts := make([]R, blocks)
	workers = min(max(workers, 1), blocks)
	share := func(first int) {
		for i := first; i < blocks; i += workers {
			parts[i] = f(list[i*length : min((i+1)*length, len(list))])
		}
	}
	var wait sync.WaitGroup
	for w := 1; w < workers; w++ {
		wait.Go(func() { share(w) })
	}
	share(0)
	wait.Wait()
	return parts
}
