package evaluation

import (
	"math"

	"github.com/relmark/relmark"
)

// Jackknife is the area without each customer, in order of scores.
func Jackknife(u *Uplift, c Curve) []float64 { return u.jackknife(c) }

// WearOut makes the marks of a ranking as high as after a billion users.
func WearOut[U, I relmark.ID](r *Ranking[U, I]) { r.mark = math.MaxUint32 - 2 }
