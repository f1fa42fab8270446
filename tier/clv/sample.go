package clv

import (
	"fmt"
	"math"
	"sync"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// A cell is one pattern of a sample with its number of customers.
type cell struct{ x, tx, t, n float64 }

// A group is all customers with x repeat purchases.
type group struct{ x, n float64 }

// A sample is a pattern table laid out for a fit: cells by rising x, times divided
// by the mean age, so that a fit does not depend on the unit of time.
type sample struct {
	cells     []cell
	groups    []group
	customers int64
	purchases float64
	scale     float64 // the mean age, in the caller's unit
}

// newSample reads a table and divides its times by the mean age. It fails with
// [relmark.ErrTooFew] on fewer customers than parameters or if nobody has an age,
// and with [ErrNoRepeatPurchases].
func newSample(table *rfm.Patterns, parameters int) (sample, error) {
	s, err := readSample(table, parameters)
	if err != nil {
		return s, err
	}
	for _, c := range s.cells {
		s.scale += c.t / float64(s.customers) * c.n
	}
	if !(s.scale > 0) || math.IsInf(s.scale, 1) {
		return s, fmt.Errorf("clv: the mean age is %v: %w", s.scale, relmark.ErrTooFew)
	}
	for i := range s.cells {
		s.cells[i].tx /= s.scale
		s.cells[i].t /= s.scale
	}
	return s, nil
}

// readSample is newSample without division.
func readSample(table *rfm.Patterns, parameters int) (sample, error) {
	s := sample{customers: table.N()}
	if s.customers < int64(parameters) {
		return s, fmt.Errorf("clv: %d customers for %d parameters: %w", s.customers, parameters, relmark.ErrTooFew)
	}
	s.cells = make([]cell, 0, table.Len())
	for p, n := range table.All() {
		c := cell{float64(p.X), p.TX, p.T, float64(n)}
		s.cells = append(s.cells, c)
		s.purchases += c.x * c.n
		if last := len(s.groups) - 1; last >= 0 && s.groups[last].x == c.x {
			s.groups[last].n += c.n
		} else {
			s.groups = append(s.groups, group{c.x, c.n})
		}
	}
	if s.purchases == 0 {
		return s, fmt.Errorf("clv: %w", ErrNoRepeatPurchases)
	}
	return s, nil
}

// buying returns the axes of the pair (r, α) of the purchase rates.
func (s *sample) buying() []axis {
	return []axis{{
		name: "R", start: math.Log(1.5 * s.purchases / float64(s.customers)),
		lo: limit{"R/Alpha", 0, "nobody buys again"},
		hi: limit{"R/Alpha", math.Inf(1), "customers buy without end"},
	}, {
		name: "Alpha", start: -0.5,
		lo: limit{"R", 0, "a few buy without end and nobody else again"},
		hi: limit{"R", math.Inf(1), "everybody buys at the same rate"},
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
