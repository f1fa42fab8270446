package servqual

import (
	"math"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/stat"
)

// A ZoneStatus says where a perception lies against the zone of tolerance.
type ZoneStatus string

// Where perceptions lie. The empty status is none.
const (
	ZoneBelow    ZoneStatus = "below"    // P < A: not adequate
	ZoneWithin   ZoneStatus = "within"   // A ≤ P ≤ D: tolerated
	ZoneAbove    ZoneStatus = "above"    // P > D: superior
	ZoneInverted ZoneStatus = "inverted" // A > D: an answer that has no zone
)

func zoneStatuses() enum.Set[ZoneStatus] {
	return enum.Of(ZoneBelow, ZoneWithin, ZoneAbove, ZoneInverted)
}

// ZoneCounts are of respondents by where their perception lies. Who calls more adequate
// than desired is counted apart, whatever was perceived.
type ZoneCounts struct {
	Below    int64 `json:"below"`
	Within   int64 `json:"within"`
	Above    int64 `json:"above"`
	Inverted int64 `json:"inverted"`
}

func (c *ZoneCounts) add(s ZoneStatus) {
	switch s {
	case ZoneBelow:
		c.Below++
	case ZoneAbove:
		c.Above++
	case ZoneInverted:
		c.Inverted++
	default:
		c.Within++
	}
}

func (c *ZoneCounts) merge(o ZoneCounts) {
	c.Below += o.Below
	c.Within += o.Within
	c.Above += o.Above
	c.Inverted += o.Inverted
}

func (c ZoneCounts) total() int64 { return c.Below + c.Within + c.Above + c.Inverted }

// statusOf places a perception p against the adequate and the desired service.
func statusOf(adequate, desired, p uint64) ZoneStatus {
	switch {
	case adequate > desired:
		return ZoneInverted
	case p < adequate:
		return ZoneBelow
	case p > desired:
		return ZoneAbove
	}
	return ZoneWithin
}

// ZoneScores are adequate service A, desired service D and perception P of those
// respondents who have all three, so that n is one and the means differ as the
// differences do. Read them concurrently.
type ZoneScores struct {
	ZoneCounts

	Adequate    Stat // A
	Desired     Stat // D
	Perceived   Stat // P
	Adequacy    Stat // MSA = P − A, the measure of service adequacy
	Superiority Stat // MSS = P − D, the measure of service superiority
	Width       Stat // D − A
}

// Status places the mean perception against the mean zone; false if nobody has scores.
func (z ZoneScores) Status() (status ZoneStatus, ok bool) {
	adequacy, ok := z.Adequacy.Mean()
	superiority, _ := z.Superiority.Mean()
	width, _ := z.Width.Mean()
	switch {
	case !ok:
		return "", false
	case width < 0:
		return ZoneInverted, true
	case adequacy < 0:
		return ZoneBelow, true
	case superiority > 0:
		return ZoneAbove, true
	}
	return ZoneWithin, true
}

// Position returns mean MSA over mean width: 0 at adequate, 1 at desired service,
// below 0 and above 1 outside the zone. It is false unless the mean zone has a width
// above 0.
func (z ZoneScores) Position() (position float64, ok bool) {
	adequacy, _ := z.Adequacy.Mean()
	width, ok := z.Width.Mean()
	if !ok || width <= 0 {
		return 0, false
	}
	return adequacy / width, true
}

// PositionInterval returns Fieller's confidence interval of the position: the ratios r
// for which mean MSA − r·mean width lies within t·SE of 0, where SE follows from the
// variances of MSA, MSS and width. It fails as [Stat.Interval] does, and with
// [relmark.ErrTooFew] where the width is not distinguished from 0 at this level, so that
// no interval has two ends.
func (z ZoneScores) PositionInterval(level float64) (low, high float64, err error) {
	if err := checkLevel(level); err != nil {
		return 0, 0, err
	}
	n := z.Width.N()
	if n < 2 {
		return 0, 0, few("position of %d scores", n)
	}
	m, _ := z.Adequacy.Mean()
	w, _ := z.Width.Mean()
	vm, _ := z.Adequacy.of.Variance()
	vw, _ := z.Width.of.Variance()
	vs, _ := z.Superiority.of.Variance() // of MSA − width
	t := stat.StudentT(level, float64(n-1))
	q := t * t / float64(n)
	// (m − r·w)² ≤ q·(vm − 2·r·c + r²·vw) is a·r² − 2·b·r + c ≤ 0
	a, b, c := w*w-q*vw, m*w-q*(vm+vw-vs)/2, m*m-q*vm
	if !(a > 0) || w < 0 {
		return 0, 0, few("position in a zone of no certain width")
	}
	half := math.Sqrt(max(b*b-a*c, 0))
	return (b - half) / a, (b + half) / a, nil
}
