package servqual

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Planned is how many respondents a study needs. It is plain data.
type Planned struct {
	N         int64   `json:"n"`         // Unrounded, rounded up
	Unrounded float64 `json:"unrounded"` // what the formula gives
}

// A Precision is what an estimate is to reach: an interval of ± HalfWidth at a level.
type Precision struct {
	HalfWidth  float64 `json:"half_width"`           // > 0
	Level      float64 `json:"level"`                // 0.5 to 0.9999
	Population *int64  `json:"population,omitempty"` // how many there are to ask, 1 or more; nil for more than matters
}

// A Detection is what a comparison of two independent groups of equal size is to find: a
// difference at a level of confidence, with a power.
type Detection struct {
	Level float64 `json:"level"` // 0.5 to 0.9999
	Power float64 `json:"power"` // probability to find it where it is there, 0.5 to 0.9999
}

const mostPlanned = 1 << 53

// PlanMean returns how many respondents give the mean of scores with a standard
// deviation the precision asked for,
//
//	n = (z·sd/h)²,  of a population of N  n/(1 + (n − 1)/N)
//
// with z of the normal distribution. It fails with a [relmark.FieldError] unless sd is
// finite and > 0, p is as its comments say, and n is at most 2^53.
func PlanMean(sd float64, p Precision) (Planned, error) {
	var l fault.List
	l.Check(positive(sd), "SD", sd, "must be finite and > 0")
	return p.plan(&l, sd)
}

// PlanShare returns how many respondents give a share the precision asked for, as
// [PlanMean] with √(share·(1 − share)) for the standard deviation; 0.5 is the share that
// needs most. It fails with a [relmark.FieldError] unless the share is above 0 and below
// 1, and as PlanMean does.
func PlanShare(share float64, p Precision) (Planned, error) {
	var l fault.List
	checkShare(&l, "Share", share)
	return p.plan(&l, math.Sqrt(share*(1-share)))
}

func (p Precision) plan(l *fault.List, sd float64) (Planned, error) {
	l.Check(positive(p.HalfWidth), "HalfWidth", p.HalfWidth, "must be finite and > 0")
	l.Level("Level", p.Level)
	if p.Population != nil {
		l.Check(*p.Population >= 1, "Population", *p.Population, "must be 1 or more")
	}
	if err := l.Err(room); err != nil {
		return Planned{}, err
	}
	n := square(stat.Normal(p.Level) * sd / p.HalfWidth)
	if p.Population != nil {
		n /= 1 + (n-1)/float64(*p.Population)
	}
	return planned(n)
}

// PlanMeans returns how many respondents each of two groups needs to find a difference
// of their means, of scores with the standard deviation sd in both,
//
//	n = 2·((z(level) + z(power))·sd/difference)²
//
// It fails with a [relmark.FieldError] unless sd is finite and > 0, the difference is
// finite and not 0, d is as its comments say, and n is at most 2^53.
func PlanMeans(sd, difference float64, d Detection) (Planned, error) {
	var l fault.List
	l.Check(positive(sd), "SD", sd, "must be finite and > 0")
	l.Check(positive(math.Abs(difference)), "Difference", difference, "must be finite and not 0")
	return d.plan(&l, 2*square(sd/difference))
}

// PlanShares returns how many respondents each of two groups needs to find that their
// shares differ,
//
//	n = (z(level) + z(power))²·(p·(1 − p) + q·(1 − q))/(p − q)²
//
// It fails with a [relmark.FieldError] unless both shares are above 0 and below 1 and
// differ, d is as its comments say, and n is at most 2^53.
func PlanShares(p, q float64, d Detection) (Planned, error) {
	var l fault.List
	checkShare(&l, "P", p)
	checkShare(&l, "Q", q)
	l.Check(p != q, "Q", q, "must differ from P")
	return d.plan(&l, (float64(p*(1-p))+float64(q*(1-q)))/square(p-q))
}

func (d Detection) plan(l *fault.List, perSquare float64) (Planned, error) {
	l.Level("Level", d.Level)
	l.Level("Power", d.Power)
	if err := l.Err(room); err != nil {
		return Planned{}, err
	}
	z := stat.Normal(d.Level)
	if d.Power > 0.5 {
		z += stat.Normal(2*d.Power - 1)
	}
	return planned(z * z * perSquare)
}

// planned rounds up, but not what is above a whole number by rounding only.
func planned(n float64) (Planned, error) {
	if !(n <= mostPlanned) {
		return Planned{}, broken("N", n, "must be 2^53 at most")
	}
	return Planned{max(int64(math.Ceil(n*(1-1e-14))), 1), n}, nil
}

func positive(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

func checkShare(l *fault.List, field string, share float64) {
	l.Check(share > 0 && share < 1, field, share, "must be above 0 and below 1")
}
