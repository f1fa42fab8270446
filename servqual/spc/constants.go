package spc

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// Subgroups have at least two members and at most as many as the table of ranges.
const (
	minSize = 2
	maxSize = 25
)

// Factors are the constants of charts for subgroups of one size, for normal data. It
// is plain data.
type Factors struct {
	C4 float64 `json:"c4"` // mean of the standard deviation, in sigmas
	D2 float64 `json:"d2"` // mean of the range, in sigmas
	D3 float64 `json:"d3"` // standard deviation of the range, in sigmas
}

// FactorsOf returns the constants for subgroups of n members, 2 to 25; otherwise a
// [relmark.FieldError].
func FactorsOf(n int) (Factors, error) {
	if n < minSize || n > maxSize {
		return Factors{}, fault.Room("spc", fault.New("Size", n, "must be 2 to 25"))
	}
	r := ranges()[n-minSize]
	return Factors{C4: c4(n), D2: r.mean, D3: r.sd}, nil
}

// c4 is √(2/(n−1))·Γ(n/2)/Γ((n−1)/2).
func c4(n int) float64 {
	a, _ := math.Lgamma(float64(n) / 2)
	b, _ := math.Lgamma(float64(n-1) / 2)
	return math.Sqrt(2/float64(n-1)) * math.Exp(a-b)
}

// ranges returns mean and standard deviation of the range of n standard normal
// values, n from 2. They are integrals without a closed form past n = 5; a test
// integrates them again.
func ranges() [maxSize - minSize + 1]struct{ mean, sd float64 } {
	return [maxSize - minSize + 1]struct{ mean, sd float64 }{
		{1.1283791670955126, 0.8525024664274218}, // 2
		{1.692568750643269, 0.8883680040452043},  // 3
		{2.058750746007928, 0.8798082028249833},  // 4
		{2.325928947281039, 0.8640819410995041},  // 5
		{2.534412721222943, 0.8480396861174953},  // 6
		{2.7043567512138087, 0.8332053356222937}, // 7
		{2.8472006120905555, 0.819831489791944},  // 8
		{2.970026324418474, 0.8078342745533225},  // 9
		{3.077505461670346, 0.7970506735194113},  // 10
		{3.1728727038160005, 0.7873146205503282}, // 11
		{3.258455279743826, 0.7784783412033843},  // 12
		{3.335980354098255, 0.7704162020637548},  // 13
		{3.406763108199953, 0.7630230956247903},  // 14
		{3.4718268898820748, 0.7562114297279439}, // 15
		{3.531982786109576, 0.7499080894099159},  // 16
		{3.5878839617653817, 0.7440517839607315}, // 17
		{3.6400637579374444, 0.7385908533781778}, // 18
		{3.6889630232076493, 0.7334814955188684}, // 19
		{3.734950119596641, 0.7286863457073052},  // 20
		{3.778335829842621, 0.7241733407174991},  // 21
		{3.8193846433628327, 0.7199148084342234}, // 22
		{3.858323423285007, 0.7158867354918145},  // 23
		{3.8953481484513564, 0.7120681751479372}, // 24
		{3.930629219507113, 0.708440765888655},   // 25
	}
}
