package csi

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Permutation says how two groups are compared. It is plain data.
type Permutation struct {
	Replicates int     `json:"replicates"`        // how often rows are dealt out to groups of the same sizes, 20 to 100,000
	Level      float64 `json:"level"`             // of confidence, 0.5 to 0.9999, such as 0.95
	Workers    int     `json:"workers,omitempty"` // how many compute at a time, 1 to 64; one where it is not given: all give the same bits
}

func (p Permutation) check(l *fault.List) {
	l.Check(p.Replicates >= 20 && p.Replicates <= maxReplicates, "Replicates", p.Replicates, "must be 20 to 100000")
	l.Level("Level", p.Level)
	l.Check(p.Workers >= 0 && p.Workers <= 64, "Workers", p.Workers, "must be 0 to 64")
}

// An Invariance says whether a construct is measured alike in two groups: the second and
// the third step of MICOM. The first, that both are asked the same questions and estimated
// in the same way, holds as they share a model and options. It is plain data.
type Invariance struct {
	Construct   string  `json:"construct"`
	Correlation float64 `json:"correlation"` // of the construct with the weights of one group and of the other, over all rows
	Least       float64 `json:"least"`       // what groups of rows dealt out have or exceed with the confidence
	P           float64 `json:"p"`           // how likely so low a correlation is where weights are the same
	Same        bool    `json:"same"`        // P is above 1 − Level: the composite is the same, and paths may be compared

	// Mean is that of the second group less that of the first, in standard deviations of
	// all; Variance the logarithm of that of the second over that of the first; each with
	// the weights of all rows. Where neither differs, rows may be pooled.
	Mean      float64 `json:"mean"`
	MeanP     float64 `json:"mean_p"`
	Variance  float64 `json:"variance"`
	VarianceP float64 `json:"variance_p"`
	Full      bool    `json:"full"` // Same, and both p-values are above 1 − Level
}

// A Difference is how a parameter differs between two groups. It is plain data.
type Difference struct {
	Parameter Parameter `json:"parameter"`
	First     float64   `json:"first"`
	Second    float64   `json:"second"`
	Value     float64   `json:"value"` // Second − First
	P         float64   `json:"p"`     // two-sided: how likely so much is where groups do not differ; not adjusted for how many are compared
	// Comparable says that all constructs of the parameter have the same composite in both
	// groups. Where it is false the difference may be one of measurement.
	Comparable bool `json:"comparable"`
}

// A Comparison is that of two groups, or of two waves. It is plain data.
type Comparison struct {
	First       int          `json:"first"`  // rows that count
	Second      int          `json:"second"` // rows that count
	LeftOut     int          `json:"left_out"`
	Replicates  int          `json:"replicates"`
	Failed      int          `json:"failed"` // of them, because a group of rows dealt out has no estimate, or lacks an index
	Level       float64      `json:"level"`
	Invariance  []Invariance `json:"invariance"`  // by construct
	Differences []Difference `json:"differences"` // of weights, loadings, paths, R², total effects and indices, in the order of [Boot.Parameters]
}

// Compare tests first whether constructs are measured alike in two groups, and then by how
// much the parameters differ, both by permutation: what comes of the difference if rows are
// dealt out to the groups at random. The p-value of so much or more is (1 + hits)/(1 +
// replicates), with the groups as they are counted in. Two numbers are drawn from rng.
//
// It fails with a [relmark.FieldError] for rows that [Moments.Add] would refuse, options
// and a permutation that are none, and a nil rng, and as [Model.Fit] does for either group
// and for both together; with [relmark.ErrTooFew] where fewer than 20 replicates have an
// estimate; and with the error of ctx, at which it looks once a replicate. It takes twice the time of as many replicates of a bootstrap of all rows.
func (m Model) Compare(ctx context.Context, first, second [][]float64, o Options, p Permutation, rng *rand.Rand) (Comparison, error) {
	if m.plan == nil {
		return Comparison{}, errZero()
	}
	var l fault.List
	o.check(&l)
	p.check(&l)
	l.Check(rng != nil, "Rand", nil, "must not be nil")
	if err := l.Err(room); err != nil {
		return Comparison{}, err
	}
	a, err := newTable(m.plan, first, o.Use)
	l.Join("First", err)
	b, err := newTable(m.plan, second, o.Use)
	l.Join("Second", err)
	if err := l.Err(room); err != nil {
		return Comparison{}, err
	}
	c := comparer{table: a.join(b), options: o, first: a.rows}
	return c.compare(ctx, p, [2]uint64{rng.Uint64(), rng.Uint64()})
}

// A comparer compares two groups of rows of a table, of which the first has so many.
type comparer struct {
	*table
	options Options
	first   int
	lack    []int     // positions of parameters that a group lacks, or all rows do
	pooled  sample    // of all rows
	weight  []float64 // of all rows
}

func (c *comparer) compare(ctx context.Context, p Permutation, seed [2]uint64) (Comparison, error) {
	if err := c.pool(); err != nil {
		return Comparison{}, err
	}
	s := c.splitter()
	truth, why := s.split(everyone(c.rows))
	if why.reason != "" {
		return Comparison{}, why.err(c.m)
	}
	replicates, err := stat.Shuffled(c.rows, p.Replicates, seed).Replicates(ctx, p.Workers, c.statistic)
	if err != nil {
		return Comparison{}, fmt.Errorf("%s: permutation: %w", room, err)
	}
	var dealt [][]float64
	for _, r := range replicates {
		if r.Err == nil {
			dealt = append(dealt, r.Values)
		}
	}
	if len(dealt) < 20 {
		return Comparison{}, fmt.Errorf("%s: %d of %d permutations failed: %w", room, p.Replicates-len(dealt), p.Replicates, relmark.ErrTooFew)
	}
	out := Comparison{
		First: c.first, Second: c.rows - c.first, LeftOut: c.left,
		Replicates: p.Replicates, Failed: p.Replicates - len(dealt), Level: p.Level,
	}
	out.Invariance = c.invariance(truth, dealt, p.Level)
	out.Differences = c.differences(s, truth, dealt, out.Invariance)
	return out, nil
}

// pool estimates the model from each group and, last, from all rows, and finds what one of
// these lacks.
func (c *comparer) pool() error {
	s := c.sampler()
	all, lack := everyone(c.rows), map[int]bool{}
	for _, rows := range [][]int{all[:c.first], all[c.first:], all} {
		e := newEstimator(c.m, c.options, false, nil)
		why := s.take(rows)
		var values []float64
		if why.reason == "" {
			values, why = e.values(&s.sample, nil)
		}
		if why.reason != "" {
			return why.err(c.m)
		}
		for _, at := range lacking(values) {
			lack[at] = true
		}
		c.weight = e.weight
	}
	c.lack, c.pooled = slices.Sorted(maps.Keys(lack)), s.sample
	return nil
}

// A splitter compares two groups, with memory of its own.
type splitter struct {
	of      *comparer
	sampler *sampler
	*estimator
	composite      []float64 // weights of the first group
	mean, variance []float64 // of constructs in the first group
	values         [2][]float64
}

func (c *comparer) splitter() *splitter {
	k, e := c.m.constructs(), newEstimator(c.m, c.options, false, c.lack)
	return &splitter{
		of: c, sampler: c.sampler(), estimator: e, composite: make([]float64, c.m.items()),
		mean: make([]float64, k), variance: make([]float64, k),
		values: [2][]float64{make([]float64, 0, e.width), make([]float64, 0, e.width)},
	}
}

// statistic returns what compares two groups of rows in an order, with memory of its own.
func (c *comparer) statistic() func(rows []int) ([]float64, error) {
	s := c.splitter()
	return func(rows []int) ([]float64, error) {
		values, why := s.split(rows)
		if why.reason != "" {
			return nil, why
		}
		return values, nil
	}
}

// split compares the first rows with the others. It returns by construct the correlation
// of composites, the difference of means and the logarithm of the ratio of variances, and
// then the differences of parameters.
func (s *splitter) split(rows []int) ([]float64, trouble) {
	k := s.m.constructs()
	out := make([]float64, 3*k+s.width-len(s.without))
	for g, part := range [2][]int{rows[:s.of.first], rows[s.of.first:]} {
		if why := s.sampler.take(part); why.reason != "" {
			return nil, why
		}
		list, why := s.estimator.values(&s.sampler.sample, s.values[g][:0])
		if why.reason == "" && slices.ContainsFunc(list, math.IsNaN) {
			why.reason = NoIndex
		}
		if why.reason != "" {
			return nil, why
		}
		s.values[g] = list
		for j := range k {
			mean, variance := s.moments(j)
			if g == 0 {
				s.mean[j], s.variance[j] = mean, variance
				continue
			}
			out[j] = s.correlation(j)
			out[k+j], out[2*k+j] = mean-s.mean[j], math.Log(variance/s.variance[j])
		}
		if g == 0 {
			copy(s.composite, s.weight)
		}
	}
	for i, v := range s.values[1] {
		out[3*k+i] = v - s.values[0][i]
	}
	return out, trouble{}
}

// moments returns the mean and the variance of a construct in the sample of a group, with
// the weights of all rows, in standard deviations of these.
func (s *splitter) moments(j int) (mean, variance float64) {
	first, last := s.m.block(j)
	of, all, p := &s.sampler.sample, &s.of.pooled, s.m.items()
	for h := first; h < last; h++ {
		w := s.of.weight[h] / all.sd[h]
		mean += float64(w * (of.mean[h] - all.mean[h]))
		for g := first; g < last; g++ {
			variance += float64(w * of.sd[h] * of.r[h*p+g] * of.sd[g] * s.of.weight[g] / all.sd[g])
		}
	}
	return mean, variance
}

// correlation returns that of a construct with the weights of the first group and with
// those of the second, over all rows.
func (s *splitter) correlation(j int) float64 {
	first, last := s.m.block(j)
	p, both, one, other := s.m.items(), 0.0, 0.0, 0.0
	for h := first; h < last; h++ {
		for g := first; g < last; g++ {
			r := s.of.pooled.r[h*p+g]
			both += float64(s.composite[h] * r * s.weight[g])
			one += float64(s.composite[h] * r * s.composite[g])
			other += float64(s.weight[h] * r * s.weight[g])
		}
	}
	return min(both/math.Sqrt(one*other), 1)
}

// same is by how much figures may differ that are the same but for rounding.
const same = 1e-12

// share returns (1 + hits)/(1 + replicates).
func share(dealt [][]float64, at int, hit func(v float64) bool) float64 {
	hits := 1
	for _, values := range dealt {
		if hit(values[at]) {
			hits++
		}
	}
	return float64(hits) / float64(1+len(dealt))
}

// beyond returns the share of replicates as far from 0 as a value, or further.
func beyond(dealt [][]float64, at int, value float64) float64 {
	return share(dealt, at, func(v float64) bool { return math.Abs(v) >= math.Abs(value)-same })
}

func (c *comparer) invariance(truth []float64, dealt [][]float64, level float64) (list []Invariance) {
	k := c.m.constructs()
	for j := range k {
		correlations := make([]float64, len(dealt))
		for i, values := range dealt {
			correlations[i] = values[j]
		}
		slices.Sort(correlations)
		v := Invariance{
			Construct: c.m.params.Constructs[j].Name, Correlation: truth[j],
			Least: correlations[int((1-level)*float64(len(dealt)))],
			P:     share(dealt, j, func(r float64) bool { return r <= truth[j]+same }),
			Mean:  truth[k+j], MeanP: beyond(dealt, k+j, truth[k+j]),
			Variance: truth[2*k+j], VarianceP: beyond(dealt, 2*k+j, truth[2*k+j]),
		}
		v.Same = v.P > 1-level
		v.Full = v.Same && v.MeanP > 1-level && v.VarianceP > 1-level
		list = append(list, v)
	}
	return list
}

func (c *comparer) differences(s *splitter, truth []float64, dealt [][]float64, measured []Invariance) (list []Difference) {
	k := c.m.constructs()
	names, _ := c.m.parameters(false)
	for i, p := range leaveOut(names, c.lack) {
		alike := measured[c.m.names[p.Construct]].Same
		if to, ok := c.m.names[p.To]; ok {
			alike = alike && measured[to].Same
		}
		list = append(list, Difference{
			Parameter: p, First: s.values[0][i], Second: s.values[1][i], Value: truth[3*k+i],
			P: beyond(dealt, 3*k+i, truth[3*k+i]), Comparable: alike,
		})
	}
	return list
}

// Change returns how the change of a parameter from one group or wave to another is
// distributed: replicate i of the one less replicate i of the other, of those that both
// have. Whether the composites are the same is for [Model.Compare] to say. It fails with a
// [relmark.FieldError] where the models, options or parameters differ, or resamples were
// drawn from one seed, which ties the two together; and with [relmark.ErrTooFew] where no
// replicate is in both.
func Change(earlier, later *Boot, p Parameter) (Distribution, error) {
	if err := changes(earlier, later); err != nil {
		return Distribution{}, fault.Room(room, err)
	}
	a, err := earlier.Of(p)
	if err != nil {
		return Distribution{}, err
	}
	b, err := later.Of(p)
	if err != nil {
		return Distribution{}, err
	}
	d := Distribution{of: stat.Bootstrap{Value: b.of.Value - a.of.Value}}
	at := earlier.at[p]
	before := map[int]float64{}
	for _, r := range earlier.list {
		if r.has(at) {
			before[r.number] = r.values[at]
		}
	}
	for _, r := range later.list {
		if x, ok := before[r.number]; ok && r.has(later.at[p]) {
			d.of.Replicates = append(d.of.Replicates, r.values[later.at[p]]-x)
		}
	}
	d.failed = min(earlier.Len(), later.Len()) - len(d.of.Replicates)
	if len(d.of.Replicates) == 0 {
		return Distribution{}, fmt.Errorf("%s: no replicate is in both: %w", room, relmark.ErrTooFew)
	}
	if a.of.Without != nil && b.of.Without != nil {
		for _, x := range a.of.Without {
			d.of.Without = append(d.of.Without, b.of.Value-x)
		}
		for _, x := range b.of.Without {
			d.of.Without = append(d.of.Without, x-a.of.Value)
		}
	}
	return d, nil
}

// changes checks that two bootstraps are of one model, and apart from each other.
func changes(earlier, later *Boot) error {
	var l fault.List
	l.Check(earlier != nil && earlier.plan != nil, "Earlier", nil, "must come from Model.Bootstrap")
	l.Check(later != nil && later.plan != nil, "Later", nil, "must come from Model.Bootstrap")
	if l.Len() > 0 {
		return l.Err("")
	}
	l.Check(earlier.plan.params.equal(later.plan.params), "Later", nil, "must be of the same model")
	l.Check(earlier.options == later.options, "Later", nil, "must have the same options")
	l.Check(earlier.given || later.given || earlier.seed != later.seed, "Later", nil, "must have another seed: with one and the same, rows at the same places are drawn together")
	return l.Err("")
}
