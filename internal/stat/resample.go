package stat

import (
	"context"
	"math/bits"
	"math/rand/v2"
	"sync"
)

// Resamples say which rows each replicate of a bootstrap is computed from: as many as
// there are, drawn with repetition. They are an immutable value, safe for concurrent use.
type Resamples struct {
	rows, count int
	first       int  // number of the first one of a part
	shuffled    bool // without repetition
	seed        [2]uint64
	given       [][]int
}

// Seeded returns resamples of some rows that a seed determines, each for itself: replicate
// i has its own stream, that of PCG at (seed[0], seed[1] XOR i), so that nobody need draw
// those before it.
func Seeded(rows, count int, seed [2]uint64) Resamples {
	return Resamples{rows: rows, count: count, seed: seed}
}

// Given returns resamples that the caller has drawn, positions of rows from 0. It is
// false, with the position of the first wrong one, unless each has as many positions as
// there are rows, all of them of a row.
func Given(rows int, list [][]int) (r Resamples, wrong int, ok bool) {
	for i, positions := range list {
		if len(positions) != rows {
			return Resamples{}, i, false
		}
		for _, p := range positions {
			if p < 0 || p >= rows {
				return Resamples{}, i, false
			}
		}
	}
	return Resamples{rows: rows, count: len(list), given: list}, 0, true
}

// Shuffled returns resamples without repetition: all rows in an order that a seed
// determines, each replicate with a stream of its own as those of [Seeded]. Cut into parts
// they are permutations of groups.
func Shuffled(rows, count int, seed [2]uint64) Resamples {
	r := Seeded(rows, count, seed)
	r.shuffled = true
	return r
}

// Part returns the replicates from one to before another, 0 ≤ from ≤ to ≤ Len, as they are
// among all: parts computed apart are the whole.
func (r Resamples) Part(from, to int) Resamples {
	r.first += from
	r.count = to - from
	return r
}

// Len returns how many replicates there are.
func (r Resamples) Len() int { return r.count }

// Rows returns how many rows each has.
func (r Resamples) Rows() int { return r.rows }

// Draw returns the rows of replicate i, in the memory of into if it suffices. Only read
// them.
func (r Resamples) Draw(i int, into []int) []int {
	i += r.first
	if r.given != nil {
		return r.given[i]
	}
	source := rand.NewPCG(r.seed[0], r.seed[1]^uint64(i))
	into = into[:0]
	if r.shuffled {
		for i := range r.rows {
			j, _ := bits.Mul64(source.Uint64(), uint64(i+1))
			into = append(into, i)
			into[i], into[j] = into[j], i
		}
		return into
	}
	for range r.rows {
		row, _ := bits.Mul64(source.Uint64(), uint64(r.rows)) // as even as rows in 2^64 are
		into = append(into, int(row))
	}
	return into
}

// A Replicate is what a statistic, or several, came to in one resample, or why it did
// not.
type Replicate struct {
	Values []float64
	Err    error
}

// Replicates computes each resample by a statistic, with so many workers, and returns the
// replicates in their order: the same ones for any number of workers. Each worker has a
// statistic of its own, made by statistic, with memory of its own; it is called with the
// rows of a resample. What it returns is kept as it is. An error of the context, at which
// each worker looks once a replicate, is returned alone.
func (r Resamples) Replicates(ctx context.Context, workers int, statistic func() func(rows []int) ([]float64, error)) ([]Replicate, error) {
	workers = max(min(workers, r.count), 1)
	out := make([]Replicate, r.count)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			compute, rows := statistic(), make([]int, 0, r.rows)
			for i := w; i < r.count && ctx.Err() == nil; i += workers {
				rows = r.Draw(i, rows)
				out[i].Values, out[i].Err = compute(rows)
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}
