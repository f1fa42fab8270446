package pulse

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Groups divide a scale: detractors answer up to Detractors, promoters Promoters or
// more, passives between. It is plain data.
type Groups struct {
	Detractors int `json:"detractors"` // highest answer of a detractor
	Promoters  int `json:"promoters"`  // lowest answer of a promoter, above Detractors
}

// A Net holds the groups of a net score: promoters less detractors. It is plain data,
// and two of them add up field by field; the zero Net is nobody's.
type Net struct {
	Detractors int64 `json:"detractors"` // 0 or more, as all three
	Passives   int64 `json:"passives"`
	Promoters  int64 `json:"promoters"`
}

// NPS returns the groups of the Net Promoter Score: 0 to 6, 7 and 8, 9 and 10. It
// fails with a [relmark.FieldError] unless the scale is that of [Recommend]: a
// rating on another scale is no NPS.
func (t *Tally) NPS() (Net, error) {
	if t.scale != Recommend() {
		return Net{}, fault.Room("pulse", fault.New("Scale", nil, "must be 0 to 10 for a net promoter score"))
	}
	return t.Net(Groups{Detractors: 6, Promoters: 9})
}

// Net returns the groups of a net score on any scale. It fails with a
// [relmark.FieldError] unless both groups have an answer of the scale and none is in
// both.
func (t *Tally) Net(g Groups) (Net, error) {
	var l fault.List
	l.Check(t.scale.has(g.Detractors) && len(t.counts) > 0, "Detractors", g.Detractors, "must be an answer of the scale")
	l.Check(g.Promoters <= t.scale.High && g.Promoters > g.Detractors, "Promoters", g.Promoters, "must be an answer of the scale above Detractors")
	if err := l.Err("pulse"); err != nil {
		return Net{}, err
	}
	low, high := t.Count(t.scale.Low, g.Detractors), t.Count(g.Promoters, t.scale.High)
	return Net{Detractors: low, Passives: t.N() - low - high, Promoters: high}, nil
}

// N returns how many answers there are.
func (n Net) N() int64 { return n.Detractors + n.Passives + n.Promoters }

// Validate reports every rule that n breaks, in one error: no group is negative, and
// all together are 4,294,967,295 at most.
func (n Net) Validate() error {
	var l fault.List
	for _, g := range []struct {
		field string
		count int64
	}{{"Detractors", n.Detractors}, {"Passives", n.Passives}, {"Promoters", n.Promoters}} {
		l.Check(g.count >= 0 && g.count <= limit, g.field, g.count, "must be 0 to 4294967295")
	}
	if l.Len() == 0 {
		l.Check(n.N() <= limit, "", n.N(), "must be 4294967295 people at most")
	}
	return l.Err("pulse")
}

// Score returns 100·(promoters − detractors)/n, from −100 to 100; false without
// answers.
func (n Net) Score() (score float64, ok bool) {
	if n.N() <= 0 {
		return 0, false
	}
	return 100 * float64(n.Promoters-n.Detractors) / float64(n.N()), true
}

// SE returns the standard error of the score in its points, 100·√(var/n), where the
// variance has the divisor n; false without answers. It is 0 where all answers are
// of one group, which says little about whom was not asked.
func (n Net) SE() (se float64, ok bool) {
	if n.N() <= 0 {
		return 0, false
	}
	return n.sample(0).se, true
}

// SD returns the standard deviation of one answer, which counts 100, 0 or −100, as
// servqual.PlanMean takes it to say how many answers a precision needs; false without
// answers. It is 100·√var, of the divisor n.
func (n Net) SD() (sd float64, ok bool) {
	if n.N() <= 0 {
		return 0, false
	}
	return n.sample(0).se * math.Sqrt(float64(n.N())), true
}

// A Method is how the interval of a net score is made. The zero Method is
// [AdjustedWald].
type Method string

// The methods of intervals.
const (
	AdjustedWald Method = ""     // of three answers more, which shrinks towards 0 and never degenerates
	Wald         Method = "wald" // score ± z·SE; a point where all answers are of one group
)

func methods() enum.Set[Method] { return enum.Of(AdjustedWald, Wald) }

// Interval returns the confidence interval of the score, within −100 and 100. It
// fails with a [relmark.FieldError] for an unknown method or a level outside 0.5 to
// 0.9999 and with [relmark.ErrTooFew] without answers.
func (n Net) Interval(level float64, m Method) (low, high float64, err error) {
	if err := n.check(level); err != nil {
		return 0, 0, err
	}
	if err := methods().Check("Method", m); err != nil {
		return 0, 0, fault.Room("pulse", err)
	}
	s := n.sample(0)
	if m == AdjustedWald {
		s = n.sample(extra)
	}
	half := stat.Normal(level) * s.se
	return max(s.score-half, -100), min(s.score+half, 100), nil
}

func (n Net) check(level float64) error {
	if err := checkLevel(level); err != nil {
		return err
	}
	return n.checkSome()
}

// checkSome fails where there are no answers, or such as there cannot be.
func (n Net) checkSome() error {
	if err := n.Validate(); err != nil {
		return err
	}
	if n.N() == 0 {
		return errNobody()
	}
	return nil
}

// extra is how many answers the adjusted interval adds to each outer group; the
// passives get twice that, so that three are added in all.
const extra = 0.75

// A sample is a net score with its standard error, in points.
type sample struct{ score, se float64 }

// sample computes both with so much more in each outer group.
func (n Net) sample(more float64) sample {
	all := float64(n.N()) + 4*more
	p, d := (float64(n.Promoters)+more)/all, (float64(n.Detractors)+more)/all
	net := p - d
	// Rounded here: fused into a difference of two scores, equal ones would differ.
	return sample{float64(100 * net), 100 * math.Sqrt(max(p+d-net*net, 0)/all)}
}

func checkLevel(level float64) error {
	var l fault.List
	l.Level("Level", level)
	return l.Err("pulse")
}

// errNobody returns the error of a score of no answers.
func errNobody() error { return fmt.Errorf("pulse: no answers: %w", relmark.ErrTooFew) }
