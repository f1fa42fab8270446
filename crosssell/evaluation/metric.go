package evaluation

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Metric is what a list was worth to one customer, 0 to 1.
type Metric string

// The metrics, with places p₁ < p₂ < … of the h hits among the first k, and T relevant items.
const (
	Precision Metric = "precision"  // h/k
	Recall    Metric = "recall"     // h/T
	RecallMin Metric = "recall_min" // h/min(k, T): 1 is always within reach
	NDCG      Metric = "ndcg"       // Σ 1/log₂(pᵢ + 1), over the sum of the first min(k, T) places
	MAP       Metric = "map"        // Σ i/pᵢ, over min(k, T); of one customer this is average precision
	MRR       Metric = "mrr"        // 1/p₁; 0 without a hit
	Hit       Metric = "hit"        // 1 with a hit, else 0
)

func metrics() enum.Set[Metric] {
	return enum.Of(Precision, Recall, RecallMin, NDCG, MAP, MRR, Hit)
}

// Metrics are means over customers, and what the lists show as a whole. It is plain data.
type Metrics struct {
	Users     int64   `json:"users"`
	K         int     `json:"k"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	RecallMin float64 `json:"recall_min"`
	NDCG      float64 `json:"ndcg"`
	MAP       float64 `json:"map"`
	MRR       float64 `json:"mrr"`
	Hit       float64 `json:"hit"`
	// Exposure is nil where every list was empty.
	Exposure *Exposure `json:"exposure,omitempty"`
}

// An Exposure is which items the lists show, whatever came of them. It is plain data.
type Exposure struct {
	Coverage   float64 `json:"coverage"`   // share of the catalogue that is in some list
	Gini       float64 `json:"gini"`       // inequality of how often items of the catalogue were shown: 1 − 1/items where only one was
	Popularity float64 `json:"popularity"` // mean, over all places filled, of buyers/users
	Novelty    float64 `json:"novelty"`    // mean self-information −log₂(buyers/users) of them, in bits
}

// A Value is a metric of one customer. It is plain data.
type Value[U relmark.ID] struct {
	User  U       `json:"user"`
	Value float64 `json:"value"`
}

// Metrics returns all metrics. It fails with [relmark.ErrTooFew] without users, and with a
// [relmark.FieldError] where a user was added twice. It takes O(n log n) time for n users.
func (r *Ranking[U, I]) Metrics() (Metrics, error) {
	m := Metrics{Users: r.Users(), K: r.k}
	order, err := r.order()
	if err != nil {
		return Metrics{}, err
	}
	d := newDiscounts(r.k)
	means := [...]*float64{&m.Precision, &m.Recall, &m.RecallMin, &m.NDCG, &m.MAP, &m.MRR, &m.Hit}
	for i, metric := range metrics().All() {
		var sum total
		for _, row := range order {
			sum.add(d.value(metric, r.hitsOf(row), int(r.rows[row].relevant)))
		}
		*means[i] = sum.value() / float64(len(order))
	}
	m.Exposure = r.exposure()
	return m, nil
}

// Values returns a metric of each customer, in order of users. It fails as
// [Ranking.Metrics] does, and with a [relmark.FieldError] for an unknown metric.
func (r *Ranking[U, I]) Values(metric Metric) ([]Value[U], error) {
	order, values, err := r.values(metric)
	if err != nil {
		return nil, err
	}
	out := make([]Value[U], len(values))
	for i, v := range values {
		out[i] = Value[U]{r.rows[order[i]].user, v}
	}
	return out, nil
}

func (r *Ranking[U, I]) values(metric Metric) (order []int, values []float64, err error) {
	if err := metrics().Check("Metric", metric); err != nil {
		return nil, nil, fault.Room(room, err)
	}
	if order, err = r.order(); err != nil {
		return nil, nil, err
	}
	d := newDiscounts(r.k)
	values = make([]float64, len(order))
	for i, row := range order {
		values[i] = d.value(metric, r.hitsOf(row), int(r.rows[row].relevant))
	}
	return order, values, nil
}

// Bootstrap returns the interval of the mean of a metric, by resampling customers: two
// numbers are drawn from rng. It fails as [Ranking.Values] and [Resampling.Validate] do,
// for a nil rng, with [relmark.ErrTooFew] below two customers, and with the error of ctx, at
// which it looks once a replicate.
func (r *Ranking[U, I]) Bootstrap(ctx context.Context, metric Metric, re Resampling, rng *rand.Rand) (Interval, error) {
	if err := re.Validate(); err != nil {
		return Interval{}, err
	}
	_, values, err := r.values(metric)
	if err != nil {
		return Interval{}, err
	}
	if len(values) < 2 {
		return Interval{}, tooFew("a bootstrap of one customer")
	}
	return re.bootstrap(ctx, meanOf(values), rng)
}

// Compare returns the interval of how much better this ranking is than another one of the
// same customers, by resampling customers with both of their values: what is hard to
// predict is so for both models, so that the difference is far surer than either mean. It
// fails as [Ranking.Bootstrap] does, and with a [relmark.FieldError] unless both have the
// same K, the same users and as many relevant items of each.
func (r *Ranking[U, I]) Compare(ctx context.Context, o *Ranking[U, I], metric Metric, re Resampling, rng *rand.Rand) (Interval, error) {
	if err := re.Validate(); err != nil {
		return Interval{}, err
	}
	if o == nil || r.k != o.k || len(r.rows) != len(o.rows) {
		return Interval{}, invalid("Other", nil, sameRule)
	}
	mine, values, err := r.values(metric)
	if err != nil {
		return Interval{}, err
	}
	others, less, err := o.values(metric)
	if err != nil {
		return Interval{}, err
	}
	for i, at := range mine {
		a, b := r.rows[at], o.rows[others[i]]
		if a.user != b.user || a.relevant != b.relevant {
			return Interval{}, invalid("Other", nil, sameRule)
		}
		values[i] -= less[i]
	}
	if len(values) < 2 {
		return Interval{}, tooFew("a bootstrap of one customer")
	}
	return re.bootstrap(ctx, meanOf(values), rng)
}

const sameRule = "must have the same K, the same users and as many relevant items of each"

// exposure returns what the lists show; nil if that is nothing.
func (r *Ranking[U, I]) exposure() *Exposure {
	var e Exposure
	var popularity, novelty total
	all, covered := 0.0, 0
	for code, n := range r.shown {
		if n == 0 {
			continue
		}
		share := float64(r.catalogue.buyers[code]) / float64(r.catalogue.users)
		covered++
		all += float64(n)
		popularity.add(float64(float64(n) * share))
		novelty.add(float64(float64(n) * -math.Log2(share)))
	}
	if covered == 0 {
		return nil
	}
	e.Coverage = float64(covered) / float64(len(r.shown))
	e.Popularity = popularity.value() / all
	e.Novelty = max(novelty.value()/all, 0) // not −0
	e.Gini = gini(slices.Sorted(slices.Values(r.shown)), all)
	return &e
}

// gini returns Σ (2i − n − 1)·xᵢ / (n·Σx) of ascending counts.
func gini(sorted []int64, all float64) float64 {
	n, sum := len(sorted), total{}
	for i, x := range sorted {
		sum.add(float64(float64(2*(i+1)-n-1) * float64(x)))
	}
	return sum.value() / (float64(n) * all)
}

// discounts are of places from 1: what a hit counts in NDCG, and the sum as far as each.
type discounts struct{ at, sum []float64 }

func newDiscounts(k int) discounts {
	d := discounts{make([]float64, k+1), make([]float64, k+1)}
	for p := 1; p <= k; p++ {
		d.at[p] = 1 / math.Log2(float64(p+1))
		d.sum[p] = d.sum[p-1] + d.at[p]
	}
	return d
}

// value returns a metric of hits at some places, of so many relevant items.
func (d discounts) value(metric Metric, places []uint16, relevant int) float64 {
	if len(places) == 0 {
		return 0
	}
	k, h := len(d.at)-1, float64(len(places))
	reach := min(k, relevant)
	switch metric {
	case Precision:
		return h / float64(k)
	case Recall:
		return h / float64(relevant)
	case RecallMin:
		return h / float64(reach)
	case NDCG:
		return d.gain(places) / d.sum[reach]
	case MAP:
		return averaged(places) / float64(reach)
	case MRR:
		return 1 / float64(places[0])
	default:
		return 1
	}
}

func (d discounts) gain(places []uint16) (sum float64) {
	for _, p := range places {
		sum += d.at[p]
	}
	return sum
}

// averaged returns the sum of precisions at the hits.
func averaged(places []uint16) (sum float64) {
	for i, p := range places {
		sum += float64(i+1) / float64(p)
	}
	return sum
}
