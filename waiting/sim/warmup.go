package sim

// WarmUp returns how many of the first values of a series to leave out, because the
// house began empty: the multiple of five after which the standard error of the mean
// of what is left, by means of five values each, is least (MSER-5). It is false if
// that falls into the second half: the series is too short to tell, as is one of fewer
// than ten values. It takes O(n).
func WarmUp(values []float64) (discard int, ok bool) {
	const five = 5
	n := len(values) / five
	if n < 2 {
		return 0, false
	}
	best, at := 0.0, n
	mean, squares := 0.0, 0.0 // of the means from i to the end
	for i := n - 1; i >= 0; i-- {
		batch := total(values[five*i:five*i+five]) / five
		k := float64(n - i)
		d := batch - mean
		mean += d / k
		squares += float64(d * (batch - mean))
		if k < five {
			continue // so few are alike by chance
		}
		if error2 := squares / (k * k); at == n || error2 <= best {
			best, at = error2, i
		}
	}
	return five * at, at <= n/2
}
