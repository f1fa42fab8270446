package servqual

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relmark/relmark/internal/fault"
)

// A Stratum is a group of customers of known size, and the score of those who responded.
type Stratum struct {
	Score Stat
	// Population is how many customers are in the group, or its share in any whole unit
	// common to all strata, such as 52 of 100; 0 for a group that no longer is.
	Population int64
}

// A Stratified is a score weighted to known shares of groups. It is plain data.
type Stratified struct {
	Estimate
	Degrees float64 `json:"degrees"` // of freedom, Satterthwaite's; where nothing varies n less the number of strata
	// DesignEffect is Kish's, n·Σ w²/(Σ w)² over respondents with weight w: by how much
	// unequal weights blow up the variance. Effective is n over it.
	DesignEffect float64 `json:"design_effect"`
	Effective    float64 `json:"effective"`
}

// PostStratify weights the scores of groups to their shares of all customers, where some
// groups answered more readily than others. With share W of the population,
//
//	score = Σ W·m     SE² = Σ W²·s²/n     design effect = n·Σ W²/n(group)
//
// Respondents stay whole numbers: weights come in only here, so that surveys collect and
// merge exactly as without. The standard error is that given how many answered in each
// group (Holt and Smith 1979), and the interval Student's t, cut at the ends of the
// scale. It fails with a [relmark.FieldError] unless there is a stratum, populations are
// not negative, add to 1 to 2^40, and are above 0 where somebody responded, all scores
// are on one scale and the level is 0.5 to 0.9999; and with [relmark.ErrTooFew] if a
// group that has a population has fewer than two respondents: pool it with another.
func PostStratify(strata []Stratum, level float64) (Stratified, error) {
	if err := checkLevel(level); err != nil {
		return Stratified{}, err
	}
	total, err := population(strata)
	if err != nil {
		return Stratified{}, err
	}
	scores := make([]Stat, len(strata))
	for i, s := range strata {
		if s.Population > 0 && s.Score.N() < 2 {
			return Stratified{}, few("strata[%d] of %d respondents", i, s.Score.N())
		}
		scores[i] = s.Score
	}
	scale, err := oneScale(scores)
	if err != nil {
		return Stratified{}, err
	}
	return stratify(strata, total, level, scale), nil
}

// population adds up the strata.
func population(strata []Stratum) (total int64, err error) {
	var l fault.List
	for i, s := range strata {
		at := fmt.Sprintf("Strata[%d].Population", i)
		l.Check(s.Population >= 0 && s.Population <= mostScores, at, s.Population, "must be 0 to 2^40")
		l.Check(s.Population != 0 || s.Score.N() == 0, at, s.Population, "must be above 0 where somebody responded")
		total = min(total+max(min(s.Population, mostScores), 0), mostScores+1)
	}
	l.Check(total >= 1 && total <= mostScores, "Strata", total, "must have populations that add to 1 to 2^40")
	return total, l.Err(room)
}

func stratify(strata []Stratum, total int64, level float64, scale ends) Stratified {
	mean := new(big.Rat)
	var n int64
	variance, effect := 0.0, 0.0
	for _, s := range strata {
		if s.Population == 0 {
			continue
		}
		share := big.NewRat(s.Population, total)
		w := float(share)
		m, _ := s.Score.Mean()
		se, _ := s.Score.SE()
		mean.Add(mean, share.Mul(share, new(big.Rat).SetFloat64(m)))
		variance += square(w * se)
		effect += w * w / float64(s.Score.N())
		n += s.Score.N()
	}
	out := Stratified{DesignEffect: float64(n) * effect}
	out.Effective = float64(n) / out.DesignEffect
	out.Degrees = max(float64(n-int64(len(strata))), 1)
	if variance > 0 {
		out.Degrees = satterthwaite(strata, total, math.Sqrt(variance))
	}
	out.Estimate = estimate(n, float(mean), math.Sqrt(variance), out.Degrees, level, scale)
	return out
}

// satterthwaite returns the degrees of freedom of a sum of variances, of root se; 1 at
// least.
func satterthwaite(strata []Stratum, total int64, se float64) float64 {
	sum := 0.0
	for _, s := range strata {
		own, _ := s.Score.SE()
		if part := float64(s.Population) / float64(total) * own / se; part > 0 {
			sum += square(part*part) / float64(s.Score.N()-1)
		}
	}
	return max(1/sum, 1)
}
