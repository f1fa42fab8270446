package compare

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Move is the smallest change of the weights from which on a firm has the best rating,
// at least as good as every other. It is plain data.
type Move struct {
	Firm     int  `json:"firm"` // position
	Possible bool `json:"possible"`
	// Distance is Σ|w' − w| over the sum of the weights: 0 for a firm that wins already, at
	// most 2; 0 also where no weights make the firm win.
	Distance float64   `json:"distance"`
	Weights  []float64 `json:"weights,omitempty"` // w', which add up to what the weights did; nil where it is not possible
}

// Moves returns for each completely rated firm how little the weights must change for it
// to win, the nearest first, ties in the order given; those that never win come last.
// Where the winner's distance is 0 and the next one's small, the ranking hangs on the
// weights. At the weights returned the firm ties with another; anything beyond wins.
//
// It fails as [Rate] does, with [relmark.ErrTooFew] unless two firms are complete, with
// [relmark.ErrNoConverge] where the linear programme finds no answer that holds, and with the
// error of the context, at which it looks before each programme. See Limits for the time.
func Moves(ctx context.Context, attributes []Attribute, firms []Firm) ([]Move, error) {
	if err := check(attributes, firms); err != nil {
		return nil, err
	}
	var complete []int
	for i, f := range firms {
		if !slices.Contains(f.Scores, nil) {
			complete = append(complete, i)
		}
	}
	if len(complete) < 2 {
		return nil, fault.Room(room, fmt.Errorf("complete firms = %d, must be 2 or more: %w", len(complete), relmark.ErrTooFew))
	}
	p := newPlane(attributes, firms, complete)
	out := make([]Move, 0, len(complete))
	for _, i := range complete {
		m, err := p.move(ctx, i)
		if err != nil {
			return nil, fault.Room(room, err)
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Move) int {
		switch {
		case a.Possible != b.Possible:
			if a.Possible {
				return -1
			}
			return 1
		case a.Distance < b.Distance:
			return -1
		case a.Distance > b.Distance:
			return 1
		}
		return 0
	})
	return out, nil
}

// A plane is the simplex of weights with the scores of complete firms.
type plane struct {
	weights []float64 // adding up to 1
	sum     float64   // of the weights as given
	firms   []Firm
	rivals  []int
}

func newPlane(attributes []Attribute, firms []Firm, complete []int) *plane {
	p := &plane{weights: weightsOf(attributes), firms: firms, rivals: complete}
	unit := 0.0
	for k, a := range attributes {
		p.sum += a.Weight
		unit += p.weights[k]
	}
	for k := range p.weights {
		p.weights[k] /= unit
	}
	return p
}

// move solves the linear programme of firm i. With w' = w + u − v it is
//
//	least Σ u + Σ v   such that   Σ u = Σ v,  v + t = w,  D·u − D·v − s = −D·w
//
// where a row of D has the scores of i less those of a rival, scaled to 1 at most, and all
// of u, v, s, t are ≥ 0. Few rivals decide: it begins with the one that is furthest ahead,
// and adds the one that is furthest ahead at each answer until none is.
func (p *plane) move(ctx context.Context, i int) (Move, error) {
	ahead := p.ahead(i)
	worst, by := least(ahead, p.weights)
	if by >= 0 {
		return Move{Firm: i, Possible: true, Weights: p.scaled(p.weights)}, nil
	}
	var rows [][]float64
	for range ahead {
		if err := ctx.Err(); err != nil {
			return Move{}, err
		}
		rows = append(rows, ahead[worst])
		c, a, b := programme(p.weights, rows)
		distance, x, err := lp.Simplex(c, a, b, 1e-12, nil)
		if errors.Is(err, lp.ErrInfeasible) {
			return Move{Firm: i}, nil
		}
		if err != nil {
			return Move{}, fmt.Errorf("%w: %w", relmark.ErrNoConverge, err)
		}
		moved := p.apply(x)
		if worst, by = least(ahead, moved); by >= -holds {
			return Move{Firm: i, Possible: true, Distance: distance, Weights: p.scaled(moved)}, nil
		}
	}
	return Move{}, relmark.ErrNoConverge
}

// ahead returns by how much firm i is ahead of each rival on each attribute, each row
// scaled so that the largest is 1; rivals with the same scores are left out.
func (p *plane) ahead(i int) [][]float64 {
	var rows [][]float64
	for _, j := range p.rivals {
		row, most := make([]float64, len(p.weights)), 0.0
		for k := range row {
			row[k] = *p.firms[i].Scores[k] - *p.firms[j].Scores[k]
			most = max(most, math.Abs(row[k]))
		}
		if most == 0 {
			continue
		}
		for k := range row {
			row[k] /= most
		}
		rows = append(rows, row)
	}
	return rows
}

// least returns the rival that is furthest ahead, and by how much the firm is ahead of it:
// below 0 if it is behind.
func least(ahead [][]float64, weights []float64) (rival int, by float64) {
	by = math.Inf(1)
	for r, row := range ahead {
		sum := 0.0
		for k, d := range row {
			sum += float64(d * weights[k])
		}
		if sum < by {
			rival, by = r, sum
		}
	}
	if by > -tie && by < 0 {
		by = 0
	}
	return rival, by
}

// programme sets up the linear programme in the form that gonum solves: least c·x with
// a·x = b, x ≥ 0.
func programme(weights []float64, ahead [][]float64) (c []float64, a *mat.Dense, b []float64) {
	n, m := len(weights), len(ahead)
	rows, columns := 1+n+m, 3*n+m
	c, b = make([]float64, columns), make([]float64, rows)
	a = mat.NewDense(rows, columns, nil)
	for k, w := range weights {
		up, down, left := k, n+k, 2*n+k
		c[up], c[down] = 1, 1
		a.Set(0, up, 1)
		a.Set(0, down, -1)
		a.Set(1+k, down, 1)
		a.Set(1+k, left, 1)
		b[1+k] = w
	}
	for r, row := range ahead {
		at := 1 + n + r
		for k, d := range row {
			a.Set(at, k, d)
			a.Set(at, n+k, -d)
			b[at] -= float64(d * weights[k])
		}
		a.Set(at, 3*n+r, -1)
	}
	return c, a, b
}

// apply returns the moved weights: no less than 0, adding up to 1.
func (p *plane) apply(x []float64) []float64 {
	n, sum := len(p.weights), 0.0
	moved := make([]float64, n)
	for k, w := range p.weights {
		moved[k] = max(w+x[k]-x[n+k], 0)
		sum += moved[k]
	}
	for k := range moved {
		moved[k] /= sum
	}
	return moved
}

func (p *plane) scaled(weights []float64) []float64 {
	out := make([]float64, len(weights))
	for k, w := range weights {
		out[k] = w * p.sum
	}
	return out
}
