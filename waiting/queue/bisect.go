package queue

// bisect returns the least x that is above, to the last digit, where low is not and high
// and all beyond are.
func bisect(low, high float64, above func(x float64) bool) float64 {
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if above(middle) {
			high = middle
		} else {
			low = middle
		}
	}
}

// beyond returns what bisect does of x > 0, looking in steps that double.
func beyond(step float64, above func(x float64) bool) float64 {
	low, high := 0.0, step
	for !above(high) {
		low, high = high, 2*high
	}
	return bisect(low, high, above)
}

// quantile returns the least t with tail(t) ≤ 1 − p, for a tail that falls to 0 in some
// steps.
func quantile(tail func(float64) float64, p, step float64) float64 {
	if tail(0) <= 1-p {
		return 0
	}
	return beyond(step, func(t float64) bool { return tail(t) <= 1-p })
}
