package compare

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Sample is how customers of one firm rated one factor. It is plain data.
type Sample struct {
	N    int64   `json:"n"`    // 2 or more
	Mean float64 `json:"mean"` // finite
	SD   float64 `json:"sd"`   // divisor n − 1; finite, 0 or more
}

// check adds what is wrong with s. It does not allocate where nothing is.
func (s Sample) check(l *fault.List) {
	if s.N < 0 || s.N > 1<<53 {
		l.Add("N", s.N, "must be 0 to 2^53")
	}
	if !(math.Abs(s.Mean) <= maxScore) {
		l.Add("Mean", s.Mean, "must be finite and within ±1e12")
	}
	if !(s.SD >= 0 && s.SD <= maxScore) {
		l.Add("SD", s.SD, "must be 0 to 1e12")
	}
}

func (s Sample) stat() stat.Sample {
	return stat.Sample{N: s.N, Mean: s.Mean, SE: s.SD / math.Sqrt(float64(s.N))}
}

// A Factor is a critical success factor and how each firm does on it. It is plain data.
type Factor struct {
	Name  string    `json:"name"`  // 1 to 200 bytes of UTF-8, each once
	Firms []*Sample `json:"firms"` // by firm; nil where it was not measured
}

// A FactorGap is how far a firm is from the best one on a factor. It is plain data.
type FactorGap struct {
	Factor int `json:"factor"` // position
	// Best is the position of the best other firm; of equal ones the first.
	Best      int     `json:"best"`
	Gap       float64 `json:"gap"` // own mean less that of Best: below 0 behind, above 0 ahead of all others
	SE        float64 `json:"se"`
	Low       float64 `json:"low"` // of the interval of the gap
	High      float64 `json:"high"`
	P         float64 `json:"p"`          // Welch's test of no gap, two-sided
	AdjustedP float64 `json:"adjusted_p"` // by Holm over all factors compared
	// Surely says that the gap is no chance: AdjustedP is 1 − level or less.
	Surely bool `json:"surely"`
}

// A Benchmarked is the gaps of one firm, and the factors that could not be compared. It
// is plain data.
type Benchmarked struct {
	Gaps []FactorGap `json:"gaps"` // in the order of factors
	// Unknown lists the factors on which this firm, or everybody else, was not measured.
	Unknown []int `json:"unknown,omitempty"`
}

// Benchmark compares firm own with the best other firm on each factor. It fails with a
// [relmark.FieldError] where a factor or a sample is not as it says, own is no firm or the
// level is not 0.5 to 0.9999, and with [relmark.ErrTooFew] where a sample has fewer
// than two customers or no factor can be compared.
func Benchmark(own int, factors []Factor, level float64) (Benchmarked, error) {
	if err := checkFactors(own, factors, level); err != nil {
		return Benchmarked{}, err
	}
	var out Benchmarked
	for i, f := range factors {
		for k, s := range f.Firms {
			if s != nil && s.N < 2 {
				return Benchmarked{}, fault.Room(room, fmt.Errorf("factors[%d].firms[%d].n = %d, must be 2 or more: %w", i, k, s.N, relmark.ErrTooFew))
			}
		}
		if gap, ok := f.gap(own, level); ok {
			gap.Factor = i
			out.Gaps = append(out.Gaps, gap)
		} else {
			out.Unknown = append(out.Unknown, i)
		}
	}
	if len(out.Gaps) == 0 {
		return Benchmarked{}, fault.Room(room, relmark.ErrTooFew)
	}
	out.adjust(level)
	return out, nil
}

// gap compares with the best of the others; false if there is nothing to compare.
func (f Factor) gap(own int, level float64) (g FactorGap, ok bool) {
	g.Best = -1
	for k, s := range f.Firms {
		if k != own && s != nil && (g.Best < 0 || s.Mean > f.Firms[g.Best].Mean) {
			g.Best = k
		}
	}
	if g.Best < 0 || f.Firms[own] == nil {
		return FactorGap{}, false
	}
	d := stat.Welch(f.Firms[g.Best].stat(), f.Firms[own].stat())
	g.Gap, g.SE, g.P = d.Value, d.SE, d.P
	g.Low, g.High = d.Interval(level)
	return g, true
}

func (b *Benchmarked) adjust(level float64) {
	ps := make([]float64, len(b.Gaps))
	for i, g := range b.Gaps {
		ps[i] = g.P
	}
	for i, p := range stat.Holm(ps) {
		b.Gaps[i].AdjustedP, b.Gaps[i].Surely = p, p <= 1-level
	}
}

func checkFactors(own int, factors []Factor, level float64) error {
	var l fault.List
	l.Check(len(factors) >= 1 && len(factors) <= maxAttributes, "Factors", len(factors), "must be 1 to 100")
	l.Level("Level", level)
	seen := map[string]bool{}
	for i, f := range factors[:min(len(factors), maxAttributes)] {
		if l.Full() {
			break
		}
		at := fmt.Sprintf("Factors[%d]", i)
		l.NameOnce(seen, "Factors", i, ".Name", f.Name)
		l.Check(len(f.Firms) == len(factors[0].Firms) && len(f.Firms) <= maxFirms, at+".Firms", len(f.Firms), "must be as many for each factor, at most 1000")
		for k, s := range f.Firms {
			if s == nil {
				continue
			}
			var part fault.List // whose path is made only where it is said
			if s.check(&part); part.Len() > 0 {
				l.Join(fmt.Sprintf("%s.Firms[%d]", at, k), part.Err(""))
			}
		}
	}
	if len(factors) > 0 {
		l.Check(own >= 0 && own < len(factors[0].Firms), "Own", own, "must be the position of a firm")
	}
	return l.Err(room)
}
