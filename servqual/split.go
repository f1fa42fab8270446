package servqual

import (
	"fmt"
	"math"
	"math/big"
)

// A Split says how much of a change of a score the mix of groups made, and how much what
// happened within them. It is plain data.
type Split struct {
	Earlier float64 `json:"earlier"` // mean score of everybody
	Later   float64 `json:"later"`
	// Difference is Mix.Value + Within.Value, to the last bit; it is Later − Earlier
	// within rounding. Its interval is that of a random sample of each wave.
	Difference Estimate     `json:"difference"`
	Mix        Estimate     `json:"mix"`    // what other shares of the groups did
	Within     Estimate     `json:"within"` // what other scores in the groups did
	Groups     []GroupSplit `json:"groups"` // in the order given; their parts add up to Mix and Within in this order, to the last bit
}

// A GroupSplit is one group's part.
type GroupSplit struct {
	EarlierShare float64 `json:"earlier_share"` // of all respondents who have the score
	LaterShare   float64 `json:"later_share"`
	Mix          float64 `json:"mix"`
	Within       float64 `json:"within"`
}

// SplitChange splits the change of a score between two waves of different respondents
// (Kitagawa 1955). With share w and mean m of a group in each wave, and M the mean score
// of everybody, averaged over both,
//
//	within = (w1 + w2)/2 · (m2 − m1)        mix = (w2 − w1) · ((m1 + m2)/2 − M)
//
// so that a group which grew counts by how far it is from the others. A group that is
// empty in one wave has no change within; its mean in the other wave stands for both.
// Standard errors take shares to be those of random samples, and intervals are of the
// normal distribution. It fails with a [relmark.FieldError] unless both waves have the
// same groups, one or more, all on one scale, and the level is 0.5 to 0.9999; and with
// [relmark.ErrTooFew] if a wave has nobody, or a group has one respondent, whose score
// has no standard error.
func SplitChange(earlier, later []Stat, level float64) (Split, error) {
	if err := checkLevel(level); err != nil {
		return Split{}, err
	}
	if len(later) != len(earlier) || len(later) == 0 {
		return Split{}, broken("Later", len(later), "must have the groups of Earlier, one or more")
	}
	a, err := newWave("Earlier", earlier)
	if err != nil {
		return Split{}, err
	}
	b, err := newWave("Later", later)
	if err != nil {
		return Split{}, err
	}
	scale, err := oneScale(append(append([]Stat(nil), earlier...), later...))
	if err != nil {
		return Split{}, err
	}
	return split([2]wave{a, b}, level, scale.gap()), nil
}

// oneScale returns the scale of those who have a score.
func oneScale(groups []Stat) (scale ends, err error) {
	first := true
	for i, g := range groups {
		if g.N() == 0 {
			continue
		}
		if !first && g.ends != scale {
			return ends{}, broken(fmt.Sprintf("Groups[%d].Scale", i), nil, "must be one for all groups")
		}
		scale, first = g.ends, false
	}
	return scale, nil
}

// A wave is the groups of one, as exact fractions.
type wave struct {
	n           int64
	share, mean []*big.Rat // no mean where nobody is
	se          []float64
}

func newWave(field string, groups []Stat) (w wave, err error) {
	for i, g := range groups {
		if g.N() == 1 {
			return wave{}, few("%s[%d] of one respondent", field, i)
		}
		w.n += g.N()
	}
	if w.n == 0 {
		return wave{}, few("%s of nobody", field)
	}
	for _, g := range groups {
		mean, ok := g.Mean()
		se, _ := g.SE()
		w.share, w.se = append(w.share, big.NewRat(g.N(), w.n)), append(w.se, se)
		if !ok {
			w.mean = append(w.mean, nil)
			continue
		}
		w.mean = append(w.mean, new(big.Rat).SetFloat64(mean))
	}
	return w, nil
}

// total returns the mean of everybody.
func (w wave) total() *big.Rat {
	sum := new(big.Rat)
	for i, m := range w.mean {
		if m != nil {
			sum.Add(sum, new(big.Rat).Mul(w.share[i], m))
		}
	}
	return sum
}

func split(waves [2]wave, level float64, scale ends) Split {
	before, after := waves[0].total(), waves[1].total()
	s := Split{Earlier: float(before), Later: float(after)}
	centre := half(before, after)
	var difference, mix, within delta
	for i := range waves[0].share {
		p := partOf(waves, i)
		share, level := half(p.share[0], p.share[1]), half(p.mean[0], p.mean[1])
		grown, risen := minus(p.share[1], p.share[0]), minus(p.mean[1], p.mean[0])
		off := minus(level, centre)
		g := GroupSplit{
			EarlierShare: float(p.share[0]), LaterShare: float(p.share[1]),
			Mix: float(grown.Mul(grown, off)), Within: float(new(big.Rat).Mul(share, risen)),
		}
		s.Mix.Value += g.Mix
		s.Within.Value += g.Within
		s.Groups = append(s.Groups, g)

		w, d := g.LaterShare-g.EarlierShare, float(risen)/2
		difference.add(p, [2]float64{-g.EarlierShare, g.LaterShare}, [2]float64{d - float(off), d + float(off)})
		mix.add(p, [2]float64{w / 2, w / 2}, [2]float64{-float(off), float(off)})
		within.add(p, [2]float64{-float(share), float(share)}, [2]float64{d, d})
	}
	n := [2]int64{waves[0].n, waves[1].n}
	normal := func(value float64, v delta) Estimate {
		return estimate(n[0]+n[1], value, v.se(n), math.Inf(1), level, scale)
	}
	s.Difference = normal(s.Mix.Value+s.Within.Value, difference)
	s.Mix, s.Within = normal(s.Mix.Value, mix), normal(s.Within.Value, within)
	return s
}

// A groupPart is one group in both waves.
type groupPart struct {
	share, mean [2]*big.Rat
	se          [2]float64
	absent      [2]bool
}

func partOf(waves [2]wave, i int) (p groupPart) {
	for k, w := range waves {
		p.share[k], p.mean[k], p.se[k], p.absent[k] = w.share[i], w.mean[i], w.se[i], w.mean[i] == nil
	}
	for k, other := range []int{1, 0} {
		if p.absent[k] {
			p.mean[k] = p.mean[other]
		}
		if p.mean[k] == nil { // nobody in either wave
			p.mean[k] = new(big.Rat)
		}
	}
	return p
}

// A delta collects the variance of a figure by the delta method: of the means of
// independent groups, and of shares that are multinomial in each wave.
type delta struct {
	means       float64
	sum, square [2]float64
}

// add adds a group, by the derivatives of the figure with respect to its mean and to its
// share in each wave. Where its mean stands for the one of a wave without it, it counts
// for both.
func (v *delta) add(p groupPart, byMean, byShare [2]float64) {
	for k, other := range []int{1, 0} {
		if p.absent[other] {
			byMean[k] += byMean[other]
		}
		if !p.absent[k] {
			v.means += square(byMean[k] * p.se[k])
		}
		share := float(p.share[k])
		v.sum[k] += float64(share * byShare[k])
		v.square[k] += float64(share * square(byShare[k]))
	}
}

func (v delta) se(n [2]int64) float64 {
	variance := v.means
	for k := range n {
		variance += max(v.square[k]-square(v.sum[k]), 0) / float64(n[k])
	}
	return math.Sqrt(variance)
}

func half(a, b *big.Rat) *big.Rat {
	sum := new(big.Rat).Add(a, b)
	return sum.Mul(sum, big.NewRat(1, 2))
}

func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

func float(x *big.Rat) float64 { f, _ := x.Float64(); return f }
