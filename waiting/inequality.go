package waiting

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// An Inequality says how unevenly waits are shared, over all and between groups. It is
// plain data.
type Inequality[G cmp.Ordered] struct {
	N    int     `json:"n"`
	Mean Minutes `json:"mean"`
	// Gini is 0 where all wait alike and near 1 where one waits for all; nil where nobody
	// waits.
	Gini   *float64      `json:"gini,omitempty"`
	Groups []GroupGap[G] `json:"groups"` // ascending
}

// A GroupGap is how much longer one group waits than all others, with Welch's interval.
// It reports a difference; why it is there, and whether it is just, it cannot say.
type GroupGap[G cmp.Ordered] struct {
	Group    G          `json:"group"`
	N        int        `json:"n"`
	Mean     Minutes    `json:"mean"`
	Gap      *Minutes   `json:"gap,omitempty"`      // mean less that of all others; nil if there are none
	Interval *GapBounds `json:"interval,omitempty"` // nil where one of both has fewer than two waits, or no wait varies
}

// GapBounds are the interval of a gap.
type GapBounds struct {
	SE      Minutes `json:"se"`
	Degrees float64 `json:"degrees"` // of freedom
	Low     Minutes `json:"low"`
	High    Minutes `json:"high"`
}

// MeasureInequality compares waits, of which groups[i] is the group of waits[i], with
// intervals of the given level. It fails with a [relmark.FieldError] if a wait is not 0
// to 1e9 minutes, if there is not a group for each wait, or for a level outside 0.5 to
// 0.9999, and with [relmark.ErrTooFew] without waits. It takes O(n·log n) time.
func MeasureInequality[G cmp.Ordered](waits []Minutes, groups []G, level float64) (Inequality[G], error) {
	var l fault.List
	l.Between("level", level, 0.5, 0.9999)
	l.Check(len(groups) == len(waits), "groups", len(groups), "must have a group for each wait")
	for i, w := range waits {
		if l.Full() {
			break
		}
		l.Between(fmt.Sprintf("waits[%d]", i), float64(w), 0, 1e9)
	}
	if err := l.Err(room); err != nil {
		return Inequality[G]{}, err
	}
	if len(waits) == 0 {
		return Inequality[G]{}, fault.Room(room, relmark.ErrTooFew)
	}
	out := Inequality[G]{N: len(waits), Mean: meanOf(waits), Gini: gini(waits)}
	of, all := map[G]centred{}, centred{}
	for i, w := range waits {
		x := float64(w - out.Mean)
		of[groups[i]], all = of[groups[i]].with(x), all.with(x)
	}
	for _, g := range slices.Sorted(maps.Keys(of)) {
		out.Groups = append(out.Groups, gapOf(g, of[g], all.without(of[g]), out.Mean, level))
	}
	return out, nil
}

// Centred are sums of waits less the mean of all, and of their squares.
type centred struct{ n, sum, square float64 }

func (c centred) with(x float64) centred {
	return centred{c.n + 1, c.sum + x, c.square + float64(x*x)}
}

func (c centred) without(o centred) centred {
	return centred{c.n - o.n, c.sum - o.sum, c.square - o.square}
}

func (c centred) mean() float64 { return c.sum / c.n }

// sample describes two waits or more.
func (c centred) sample() stat.Sample {
	variance := max(0, c.square-float64(c.sum*c.mean())) / (c.n - 1)
	return stat.Sample{N: int64(c.n), Mean: c.mean(), SE: math.Sqrt(variance / c.n)}
}

func meanOf(waits []Minutes) Minutes {
	sum := Minutes(0)
	for _, w := range waits {
		sum += w
	}
	return sum / Minutes(len(waits))
}

// gini returns Σ|xᵢ − xⱼ|/(2n²·mean), from the order of the waits: Σ (2i − n − 1)·x₍ᵢ₎ over
// n·Σx.
func gini(waits []Minutes) *float64 {
	sorted := slices.Sorted(slices.Values(waits))
	n, above, sum := float64(len(sorted)), 0.0, 0.0
	for i, w := range sorted {
		above += (2*float64(i+1) - n - 1) * float64(w)
		sum += float64(w)
	}
	if sum == 0 {
		return nil
	}
	return new(above / (n * sum))
}

func gapOf[G cmp.Ordered](group G, own, others centred, mean Minutes, level float64) GroupGap[G] {
	g := GroupGap[G]{Group: group, N: int(own.n), Mean: mean + Minutes(own.mean())}
	if others.n == 0 {
		return g
	}
	g.Gap = new(Minutes(own.mean() - others.mean()))
	if own.n < 2 || others.n < 2 {
		return g
	}
	d := stat.Welch(others.sample(), own.sample())
	if d.SE == 0 {
		return g
	}
	reach := d.SE * stat.StudentT(level, d.Degrees)
	g.Interval = &GapBounds{Minutes(d.SE), d.Degrees, Minutes(d.Value - reach), Minutes(d.Value + reach)}
	return g
}
