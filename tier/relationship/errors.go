package relationship

import "math"

const room = "relationship"

// tolerance is how far a value may miss a threshold and still count as equal.
const tolerance = 1e-12

// reaches reports whether x is at least a threshold; false for NaN.
func reaches(x, least float64) bool { return x >= least-tolerance }

// share returns part / whole, NaN if the whole is 0.
func share(part, whole float64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return part / whole
}
