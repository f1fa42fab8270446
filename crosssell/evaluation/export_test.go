package evaluation

// Jackknife is the area without each customer, in order of scores.
func Jackknife(u *Uplift, c Curve) []float64 { return u.jackknife(c) }

// Binomial are the exact limits of a share.
func Binomial(count, n int64, level float64) (low, high float64) { return binomial(count, n, level) }
