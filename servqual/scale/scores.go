package scale

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// Scores are what two respondents or more score on a battery, from 0 to 100. It is plain
// data.
type Scores struct {
	N    int64   `json:"n"` // respondents who have a score
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"` // divisor N − 1
	SE   float64 `json:"se"` // of the mean
}

// Scores returns the mean of what [Battery.Score] returns for each respondent, under a
// rule for missing answers, as the exact fraction, rounded once. It fails with a
// [relmark.FieldError] for an unknown rule, and with [relmark.ErrTooFew] unless two
// respondents have a score.
func (a *Answers) Scores(m servqual.Missing) (Scores, error) {
	if a.of == nil {
		return Scores{}, errZero()
	}
	need, err := a.battery.least(m)
	if err != nil {
		return Scores{}, fault.Room(room, err)
	}
	n, sum, squares := int64(0), new(big.Rat), new(big.Rat)
	for i, s := range a.scores {
		answered := uint64(i + 1)
		if s.N() == 0 || i+1 < need {
			continue
		}
		n += int64(s.N())
		w := s.Words()
		sum.Add(sum, over(w[1], w[2], answered))
		squares.Add(squares, over(w[3], w[4], answered*answered))
	}
	if n < 2 {
		return Scores{}, fmt.Errorf("%s: scores of %d respondents: %w", room, n, relmark.ErrTooFew)
	}
	return a.scoresOf(n, sum, squares), nil
}

// over returns a number of 128 bits over another one.
func over(hi, lo, by uint64) *big.Rat {
	x := new(big.Int).SetUint64(hi)
	x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(lo))
	return new(big.Rat).SetFrac(x, new(big.Int).SetUint64(by))
}

// scoresOf describes n scores by the sums of means of steps, and of their squares.
func (a *Answers) scoresOf(n int64, sum, squares *big.Rat) Scores {
	p := a.battery.plan.params
	all, unit := big.NewRat(n, 1), big.NewRat(100, int64(p.High-p.Low))
	mean := new(big.Rat).Quo(sum, all)
	spread := squares.Sub(squares, new(big.Rat).Mul(sum, mean))
	spread.Quo(spread, big.NewRat(n-1, 1)).Mul(spread, unit).Mul(spread, unit)
	s := Scores{N: n}
	s.Mean, _ = mean.Mul(mean, unit).Float64()
	variance, _ := spread.Float64()
	s.SD, s.SE = math.Sqrt(variance), math.Sqrt(variance/float64(n))
	return s
}

// Interval returns the confidence interval of the mean, by Student's t and cut at 0 and
// 100. It fails with a [relmark.FieldError] unless the level is 0.5 to 0.9999 and the
// scores are of two respondents or more.
func (s Scores) Interval(level float64) (servqual.Interval, error) {
	var l fault.List
	l.Level("Level", level)
	l.Check(s.N >= 2, "N", s.N, "must be 2 or more")
	if err := l.Err(room); err != nil {
		return servqual.Interval{}, err
	}
	half := stat.StudentT(level, float64(s.N-1)) * s.SE
	return servqual.Interval{Low: max(s.Mean-half, 0), High: min(s.Mean+half, 100)}, nil
}
