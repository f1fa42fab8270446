package stat

// A Ratio is an F statistic with its degrees of freedom and p-value.
type Ratio struct {
	F, Above, Below float64 // degrees of freedom of what is tested and of what is left
	P               float64
}

func newRatio(f, above, below float64) Ratio { return Ratio{f, above, below, FTail(f, above, below)} }

// Anova tests whether independent samples, two or more of 2 or more each and of one
// variance, have one mean; false if none varies.
func Anova(samples []Summary) (Ratio, bool) {
	k, n, weighted := float64(len(samples)), 0.0, 0.0
	for _, s := range samples {
		n += float64(s.n)
		weighted += float64(float64(s.n) * s.mean)
	}
	mean, between, within := weighted/n, 0.0, 0.0
	for _, s := range samples {
		d := s.mean - mean
		between += float64(float64(s.n) * float64(d*d))
		within += float64(float64(s.n-1) * s.variance)
	}
	if within == 0 {
		return Ratio{}, false
	}
	return newRatio(between/(k-1)/(within/(n-k)), k-1, n-k), true
}

// WelchAnova is [Anova] for samples of any variances: each mean counts by its precision.
// It is false if a sample does not vary, whose precision would be infinite.
func WelchAnova(samples []Summary) (Ratio, bool) {
	k, total, weighted := float64(len(samples)), 0.0, 0.0
	for _, s := range samples {
		if s.variance == 0 {
			return Ratio{}, false
		}
		w := float64(s.n) / s.variance
		total += w
		weighted += float64(w * s.mean)
	}
	mean, between, spread := weighted/total, 0.0, 0.0
	for _, s := range samples {
		w, d := float64(s.n)/s.variance, s.mean-mean
		between += float64(w * float64(d*d))
		rest := 1 - w/total
		spread += float64(rest*rest) / float64(s.n-1)
	}
	f := between / (k - 1) / (1 + 2*(k-2)/(k*k-1)*spread)
	return newRatio(f, k-1, (k*k-1)/(3*spread)), true
}
