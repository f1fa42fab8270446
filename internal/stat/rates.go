package stat

// A RateRatio compares two Poisson rates, the first over the second.
type RateRatio struct {
	Ratio     float64 // infinite where the second rate is 0
	Low, High float64 // exact limits; High is infinite where the second rate is 0
	P         float64 // exact test of equal rates, two-sided
}

// CompareRates compares the rates of two counts, not both 0, over exposures above 0: given how
// many there are in both, how many are of the first is binomial, with a share that its
// exposure tells where the rates are equal.
func CompareRates(first int64, firstExposure float64, second int64, secondExposure, level float64) RateRatio {
	n, scale := first+second, secondExposure/firstExposure
	low, high := ClopperPearson(first, n, level)
	// Shares of exposure, neither of which may round to 0 or 1.
	share := min(max(1/(1+scale), 1e-300), 1-1e-16)
	return RateRatio{
		Ratio: float64(first) / firstExposure / (float64(second) / secondExposure),
		Low:   low / (1 - low) * scale,
		High:  high / (1 - high) * scale,
		P:     BinomialTest(first, n, share),
	}
}
