package social

import (
	"cmp"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// An Attribution says what a referral has to do with it that a friend became a customer.
type Attribution string

// The classes.
const (
	Caused   Attribution = "caused"      // the friend came because of the referral
	Anyway   Attribution = "anyway"      // and would have come without: only what winning them would have cost counts
	Probable Attribution = "probability" // and would have come without with probability PAnyway
)

func attributions() enum.Set[Attribution] { return enum.Of(Caused, Anyway, Probable) }

// A ReferralEdge is a friend who came by a referral, and what that is worth. It is plain
// data.
type ReferralEdge[C relmark.ID] struct {
	Referrer C           `json:"referrer"`
	Friend   C           `json:"friend"` // who has one referrer only
	Class    Attribution `json:"class"`
	// PAnyway is the probability that the friend would have come without, 0 to 1; 0
	// unless the class is [Probable].
	PAnyway          float64 `json:"p_anyway,omitempty"`
	Value            float64 `json:"value"`             // of the friend as a customer, lifetime value; may be negative
	AcquisitionSaved float64 `json:"acquisition_saved"` // what winning the friend would have cost otherwise, 0 or more
	RewardCost       float64 `json:"reward_cost"`       // of both rewards, 0 or more
	Years            float64 `json:"years"`             // until it comes in, 0 to 1000
}

// worth returns ((1-p)·value + saved - cost) / (1+discount)^years.
func (e *ReferralEdge[C]) worth(discount float64) float64 {
	p := e.PAnyway
	if e.Class == Anyway {
		p = 1
	}
	return (float64((1-p)*e.Value) + e.AcquisitionSaved - e.RewardCost) / math.Pow(1+discount, e.Years)
}

// ReferralValueParams say how later and farther friends count. They are plain data.
type ReferralValueParams struct {
	Discount float64 `json:"discount"` // a year, 0 to 1
	// Indirect is the share of what friends of friends bring that counts for a referrer, 0
	// to 1; of generation j it is Indirect^(j-1).
	Indirect float64 `json:"indirect"`
}

// A ReferralValue is what the referrals of a member are worth, in the money of the edges.
// It is plain data.
type ReferralValue struct {
	Direct   float64 `json:"direct"`   // own friends
	Indirect float64 `json:"indirect"` // their friends, and so on
	Total    float64 `json:"total"`
}

// A ReferralTree holds who brought whom, and what each member's referrals are worth. It
// is an immutable value, safe for concurrent use. Obtain one from [NewReferralTree].
type ReferralTree[C relmark.ID] struct {
	opaque
	values map[C]ReferralValue
}

// NewReferralTree values referrals. It fails if a parameter or a field of an edge is out
// of range, if a friend has two referrers or if friends refer in a circle. It takes time
// and memory linear in the edges.
func NewReferralTree[C relmark.ID](p ReferralValueParams, edges []ReferralEdge[C]) (*ReferralTree[C], error) {
	var f fault.List
	f.Between("Discount", p.Discount, 0, 1)
	f.Between("Indirect", p.Indirect, 0, 1)
	by := make(map[C]int, len(edges)) // the edge by which a friend came
	open := make(map[C]int, len(edges))
	for i := range edges {
		e := &edges[i]
		path := fmt.Sprintf("Edges[%d]", i)
		if !f.Full() {
			f.Join(path, e.check())
		}
		_, twice := by[e.Friend]
		f.Check(!twice, path+".Friend", nil, "must have one referrer")
		by[e.Friend] = i
		open[e.Referrer]++
	}
	if err := f.Err(room); err != nil {
		return nil, err
	}
	t := &ReferralTree[C]{values: make(map[C]ReferralValue, len(open))}
	if !t.climb(p, edges, by, open) {
		return nil, invalid("Edges", "must not form a circle")
	}
	return t, nil
}

// check reports what is wrong with an edge.
func (e *ReferralEdge[C]) check() error {
	var f fault.List
	word(&f, "Class", e.Class, attributions())
	f.Between("PAnyway", e.PAnyway, 0, 1)
	f.Check(e.Class == Probable || e.PAnyway == 0, "PAnyway", e.PAnyway, "must be 0 unless the class is probability")
	f.Between("Value", e.Value, -1e15, 1e15)
	f.Between("AcquisitionSaved", e.AcquisitionSaved, 0, 1e15)
	f.Between("RewardCost", e.RewardCost, 0, 1e15)
	f.Between("Years", e.Years, 0, 1000)
	return f.Err("")
}

// climb adds up from the friends without friends of their own to those whom nobody
// referred; false if some are never reached, as they form a circle. Sums follow the order
// of the edges, so that they do not depend on that of maps.
func (t *ReferralTree[C]) climb(p ReferralValueParams, edges []ReferralEdge[C], by, open map[C]int) bool {
	ready := make([]int, 0, len(edges)) // edges whose friends are complete
	for i := range edges {
		if open[edges[i].Friend] == 0 {
			ready = append(ready, i)
		}
	}
	for k := 0; k < len(ready); k++ {
		e := &edges[ready[k]]
		v := t.values[e.Referrer]
		v.Direct += e.worth(p.Discount)
		v.Indirect += float64(p.Indirect * t.values[e.Friend].Total)
		v.Total = v.Direct + v.Indirect
		t.values[e.Referrer] = v
		if open[e.Referrer]--; open[e.Referrer] > 0 {
			continue
		}
		if i, referred := by[e.Referrer]; referred {
			ready = append(ready, i)
		}
	}
	return len(ready) == len(edges)
}

// Value returns what the referrals of a member are worth; all 0 for who referred nobody.
func (t *ReferralTree[C]) Value(member C) ReferralValue {
	if t == nil {
		return ReferralValue{}
	}
	return t.values[member]
}

// Ranked is a member with the value of their referrals.
type Ranked[C relmark.ID] struct {
	Member C             `json:"member"`
	Value  ReferralValue `json:"value"`
}

// Best returns the n members whose referrals are worth most in total, or all if there are
// fewer; ties by identifier. It takes time m log m in the m referrers.
func (t *ReferralTree[C]) Best(n int) []Ranked[C] {
	if t == nil || n <= 0 {
		return nil
	}
	all := make([]Ranked[C], 0, len(t.values))
	for c, v := range t.values {
		all = append(all, Ranked[C]{c, v})
	}
	sortBy(all, func(a, b *Ranked[C]) int {
		return cmp.Or(cmp.Compare(b.Value.Total, a.Value.Total), cmp.Compare(a.Member, b.Member))
	})
	return all[:min(n, len(all))]
}
