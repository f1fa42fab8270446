package encounter

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Weighting says how much two grades that differ agree.
type Weighting string

// The weightings.
const (
	Unweighted       Weighting = ""          // the default: not at all
	LinearWeights    Weighting = "linear"    // 1 − |i − j|/(k − 1)
	QuadraticWeights Weighting = "quadratic" // 1 − (i − j)²/(k − 1)²
)

func weightings() enum.Set[Weighting] { return enum.Of(Unweighted, LinearWeights, QuadraticWeights) }

const (
	maxGrades  = 1000
	maxRatings = 10_000_000
	maxRating  = 1e100 // without its sign
)

// NotRated stands for a grade that was not given; -1 is a wrong grade.
const NotRated = math.MinInt32

// KappaOptions describe two ratings. They are plain data.
type KappaOptions struct {
	Grades  int       `json:"grades"` // 2 to 1000; grades are 0 to Grades − 1
	Weights Weighting `json:"weights,omitempty"`
	Level   float64   `json:"level"` // 0.5 to 0.9999
}

// An Agreement is how far two raters agree beyond chance. It is plain data.
type Agreement struct {
	N        int      `json:"n"`        // rated by both
	Dropped  int      `json:"dropped"`  // rated by one or none
	Observed float64  `json:"observed"` // agreement seen
	Expected float64  `json:"expected"` // agreement by chance, of raters with these shares of grades
	Kappa    *float64 `json:"kappa"`    // nil where chance alone agrees on everything
	SE       *float64 `json:"se"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Kappa returns Cohen's kappa of two raters who graded the same things, in order, with
// [NotRated] where one did not. It fails with a [relmark.FieldError] where options are not as
// they say, lists differ in length, are longer than 1e7 or hold another grade, and with
// [relmark.ErrTooFew] where nothing was rated by both.
func Kappa(first, second []int, o KappaOptions) (Agreement, error) {
	var l fault.List
	l.Check(o.Grades >= 2 && o.Grades <= maxGrades, "Grades", o.Grades, "must be 2 to 1000")
	l.Join("", weightings().Check("Weights", o.Weights))
	l.Level("Level", o.Level)
	l.Check(len(first) == len(second) && len(first) <= maxRatings, "Second", len(second), "must be as many as First, at most 1e7")
	if l.Len() == 0 {
		checkGrades(&l, "First", first, o.Grades)
		checkGrades(&l, "Second", second, o.Grades)
	}
	if err := l.Err(room); err != nil {
		return Agreement{}, err
	}
	t := cross(first, second, o.Grades)
	if t.n == 0 {
		return Agreement{}, fault.Room(room, relmark.ErrTooFew)
	}
	a := t.agreement(o)
	a.Dropped = len(first) - t.n
	return a, nil
}

func checkGrades(l *fault.List, field string, grades []int, k int) {
	for i, g := range grades {
		if l.Full() {
			return
		}
		if g != NotRated && (g < 0 || g >= k) {
			l.Add(fault.Item(field, i), g, "must be 0 to Grades - 1, or NotRated")
		}
	}
}

// A table counts pairs of grades.
type table struct {
	k, n          int
	counts        []int // by first and second
	first, second []int // by grade
}

// cross counts what both rated.
func cross(first, second []int, k int) *table {
	t := &table{k: k, counts: make([]int, k*k), first: make([]int, k), second: make([]int, k)}
	for i, a := range first {
		if b := second[i]; a != NotRated && b != NotRated {
			t.n++
			t.counts[a*k+b]++
			t.first[a]++
			t.second[b]++
		}
	}
	return t
}

// apart returns how far grades i and j disagree: 1 less their weight, which keeps its digits
// where there are many grades.
func (o KappaOptions) apart(i, j int) float64 {
	d := math.Abs(float64(i-j)) / float64(o.Grades-1)
	switch {
	case o.Weights == LinearWeights:
		return d
	case o.Weights == QuadraticWeights:
		return d * d
	case i == j:
		return 0
	}
	return 1
}

// agreement returns kappa with the standard error of Fleiss, Cohen and Everitt, in terms of
// disagreement v = 1 − w, of which nothing is lost where raters nearly always agree:
//
//	κ = 1 − D_o/D_e,  n·D_e²·se² = Σ p_ij (v_ij − (v̄_i + v̄_j)(1 − κ) + D_o)²
//
// with v̄_i the mean disagreement of grade i of the first rater with the grades of the second,
// and v̄_j the reverse.
func (t *table) agreement(o KappaOptions) Agreement {
	n, k := float64(t.n), t.k
	meanFirst, meanSecond := make([]float64, k), make([]float64, k)
	observed, expected := 0.0, 0.0
	for i := range k {
		for j := range k {
			v := o.apart(i, j)
			meanFirst[i] += float64(v * float64(t.second[j]) / n)
			meanSecond[j] += float64(v * float64(t.first[i]) / n)
			observed += float64(v * float64(t.counts[i*k+j]))
		}
	}
	observed /= n
	for i := range k {
		expected += float64(float64(t.first[i]) / n * meanFirst[i])
	}
	a := Agreement{N: t.n, Observed: 1 - observed, Expected: 1 - expected}
	if expected == 0 {
		return a
	}
	rest := observed / expected // 1 − κ
	sum := 0.0
	for i := range k {
		for j := range k {
			if c := t.counts[i*k+j]; c > 0 {
				d := o.apart(i, j) - (meanFirst[i]+meanSecond[j])*rest + observed
				sum += float64(float64(c) / n * d * d)
			}
		}
	}
	kappa, se := 1-rest, math.Sqrt(sum/n)/expected
	z := stat.Normal(o.Level)
	a.Kappa, a.SE, a.Low, a.High = &kappa, &se, new(kappa-z*se), new(kappa+z*se)
	return a
}
