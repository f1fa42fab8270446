package csi

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// Index returns the index of a construct, by its name: 0 where all answer the lowest to all
// of its items, 100 where all answer the highest,
//
//	100·Σ w·(mean − Low)/(High − Low), w the weight over the standard deviation of an item, Σ w = 1
//
// which is the definition of the American index. It lies outside 0 to 100 only where an
// item has a weight below 0. It fails with a [relmark.FieldError] for an unknown name and
// where weights add to nothing or less.
func (f Fit) Index(construct string) (float64, error) {
	if f.model.plan == nil {
		return 0, errNoFit()
	}
	j, err := f.model.plan.find("Construct", construct)
	if err != nil {
		return 0, fault.Room(room, err)
	}
	v := f.model.plan.index(j, f.share, f.sample.mean)
	if math.IsNaN(v) {
		return 0, trouble{NoIndex, j}.err(f.model.plan)
	}
	return v, nil
}

// A Score is what one respondent scores on a construct. It is plain data.
type Score struct {
	Construct string   `json:"construct"`
	Standard  float64  `json:"standard"`        // in standard deviations of divisor n from the mean of the respondents of the fit
	Index     *float64 `json:"index,omitempty"` // 0 to 100; nil where the construct has no index
}

// Scores returns what a respondent scores, in the order of constructs. A missing answer is
// replaced by the mean of its item where the fit did so; otherwise there are no scores, and
// false. It fails with a [relmark.FieldError] for the zero Fit, a row that lacks a position
// and an answer off its scale.
func (f Fit) Scores(row []float64) (list []Score, ok bool, err error) {
	if f.model.plan == nil {
		return nil, false, errNoFit()
	}
	m, x := f.model.plan, make([]float64, f.model.plan.items())
	complete, err := read(m.columns, row, x)
	if err != nil {
		return nil, false, fault.Room(room, fault.At("Row", err))
	}
	if !complete && f.options.Use != MeanReplacement {
		return nil, false, nil
	}
	wide := math.Sqrt(f.sample.n / (f.sample.n - 1)) // deviations of divisor n − 1 to those of n
	for j, c := range m.params.Constructs {
		first, last := m.block(j)
		s := Score{Construct: c.Name}
		for h := first; h < last; h++ {
			if math.IsNaN(x[h]) {
				x[h] = f.sample.mean[h]
			}
			s.Standard += float64(f.weight[h] * (x[h] - f.sample.mean[h]) / f.sample.sd[h])
		}
		s.Standard *= wide
		s.Index = number(m.index(j, f.share, x))
		list = append(list, s)
	}
	return list, true, nil
}

// An Importance is a place on the importance-performance map of a target: what a construct
// does to it, and how well it does. It is plain data.
type Importance struct {
	Construct   string  `json:"construct"`
	Importance  float64 `json:"importance"`  // points of the target's index for one point of the construct's
	Performance float64 `json:"performance"` // its index, 0 to 100
}

// Map returns the importance-performance map of a target, by its name: of each construct
// with a way to it the unstandardised total effect, and the index. What is of high
// importance and low performance is mended first. It fails with a [relmark.FieldError] for
// an unknown name, a target on which nothing acts, and a construct without an index.
func (f Fit) Map(target string) ([]Importance, error) {
	if f.model.plan == nil {
		return nil, errNoFit()
	}
	m := f.model.plan
	to, err := m.find("Target", target)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	if len(m.from[to]) == 0 {
		return nil, fault.Room(room, fault.New("Target", nil, "must be a construct on which another acts"))
	}
	var list []Importance
	for _, a := range m.effects {
		if a.to != to {
			continue
		}
		performance, err := f.Index(m.params.Constructs[a.from].Name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Index(target); err != nil {
			return nil, err
		}
		list = append(list, Importance{m.params.Constructs[a.from].Name, f.estimate().importance(a), performance})
	}
	return list, nil
}
