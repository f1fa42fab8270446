package profitchain

import (
	"cmp"
	"maps"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Kind of employee is told by contact with customers and by part in conventional marketing
// (Judd 1987).
type Kind string

// The four kinds.
const (
	Contactors  Kind = "contactors"  // frequent contact, part in marketing: sales, service
	Modifiers   Kind = "modifiers"   // frequent contact, no part in it: receptionists, cashiers, drivers
	Influencers Kind = "influencers" // part in it, little contact: product development, research
	Isolateds   Kind = "isolateds"   // neither: purchasing, personnel, data processing
)

func kinds() enum.Set[Kind] { return enum.Of(Contactors, Modifiers, Influencers, Isolateds) }

// KindOf returns the kind of an employee who has frequent contact with customers, or not, and who
// takes part in conventional marketing, or not.
func KindOf(contact, marketing bool) Kind {
	switch {
	case contact && marketing:
		return Contactors
	case contact:
		return Modifiers
	case marketing:
		return Influencers
	}
	return Isolateds
}

// A ServiceRating is what one employee, an internal customer, expects of an internal supplier,
// such as a department, and what is perceived. It is plain data.
type ServiceRating[U relmark.ID] struct {
	Supplier  U    `json:"supplier"`
	Customer  Kind `json:"customer"`  // the kind of the employee
	Expected  *int `json:"expected"`  // on the scale; nil where it was not answered
	Perceived *int `json:"perceived"` // the same; not both are nil
}

// A Service adds up how internal customers are served, exactly. Obtain one from [NewService]; the
// zero Service takes no ratings, but merges and decodes. It is not safe for concurrent mutation.
type Service[U relmark.ID] struct {
	opaque

	scale Scale
	parts map[served[U]]serviceSums
}

// served is a supplier and the kind it serves.
type served[U relmark.ID] struct {
	supplier U
	customer int // position of the kind
}

// serviceSums are those of ratings; gap is perceived less expected of those who gave both.
type serviceSums struct{ expected, perceived, gap Sums }

func (s *serviceSums) merge(o serviceSums) {
	for _, p := range [...]struct {
		to   *Sums
		from Sums
	}{{&s.expected, o.expected}, {&s.perceived, o.perceived}, {&s.gap, o.gap}} {
		*p.to = Sums{p.to.N + p.from.N, p.to.Sum + p.from.Sum, p.to.Squares + p.from.Squares}
	}
}

// most returns how many ratings there are of what has most.
func (s *serviceSums) most() int64 { return max(s.expected.N, s.perceived.N) }

// NewService returns a Service without ratings. It fails with a [relmark.FieldError] unless the
// scale is as [Scale] says and spans 1000 points at most.
func NewService[U relmark.ID](scale Scale) (*Service[U], error) {
	var l fault.List
	checkGapScale(&l, scale)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return &Service[U]{scale: scale, parts: map[served[U]]serviceSums{}}, nil
}

// checkGapScale adds a scale whose differences are no ratings, as [Sums] take them.
func checkGapScale(l *fault.List, scale Scale) {
	before := l.Len()
	scale.check(l)
	if l.Len() == before {
		l.Check(scale.High-scale.Low <= maxScore, "Scale.High", scale.High, "must be Low + 1000 at most")
	}
}

// Scale returns the scale of ratings; the zero Scale for the zero Service.
func (s *Service[U]) Scale() Scale { return s.scale }

// Add adds one rating. It fails with a [relmark.FieldError] unless the rating is as
// [ServiceRating] says, and with [relmark.ErrLimit] past 2³² ratings of one supplier and kind.
func (s *Service[U]) Add(r ServiceRating[U]) error {
	var l fault.List
	l.Check(s.parts != nil, "Service", nil, "must come from NewService")
	l.Check(validUnit(r.Supplier), "Supplier", nil, "must be UTF-8")
	l.Join("", kinds().Check("Customer", r.Customer))
	l.Check(r.Expected != nil || r.Perceived != nil, "Perceived", nil, "must be given, or Expected")
	if r.Expected != nil {
		s.scale.holds(&l, "Expected", *r.Expected)
	}
	if r.Perceived != nil {
		s.scale.holds(&l, "Perceived", *r.Perceived)
	}
	if err := l.Err(room); err != nil {
		return err
	}
	kind, _ := kinds().Index(r.Customer)
	key := served[U]{r.Supplier, kind}
	sums := s.parts[key]
	if sums.most() >= maxCount {
		return fault.Room(room, relmark.ErrLimit)
	}
	if r.Expected != nil {
		sums.expected.add(*r.Expected)
	}
	if r.Perceived != nil {
		sums.perceived.add(*r.Perceived)
	}
	if r.Expected != nil && r.Perceived != nil {
		sums.gap.add(*r.Perceived - *r.Expected)
	}
	s.parts[key] = sums
	return nil
}

// Merge adds the ratings of o, which stays as it is. The zero Service changes nothing, and becomes
// a copy of o. It fails, and changes nothing, with a [relmark.FieldError] if o is nil or has
// another scale, and with [relmark.ErrLimit]. It is associative and commutative.
func (s *Service[U]) Merge(o *Service[U]) error {
	switch {
	case o == nil:
		return broken("Service", nil, "must not be nil")
	case o.parts == nil:
		return nil
	case s.parts != nil && s.scale != o.scale:
		return broken("Scale", nil, "must be the same in both")
	}
	for key, sums := range o.parts {
		have := s.parts[key]
		if have.most()+sums.most() > maxCount {
			return fault.Room(room, relmark.ErrLimit)
		}
	}
	if s.parts == nil {
		s.scale, s.parts = o.scale, map[served[U]]serviceSums{}
	}
	for key, sums := range o.parts {
		have := s.parts[key]
		have.merge(sums)
		s.parts[key] = have
	}
	return nil
}

// A Gap is what internal customers expect and what they perceive. It is plain data.
type Gap struct {
	Expected  Mean `json:"expected"`
	Perceived Mean `json:"perceived"`
	// Gap is the mean of perceived less expected, over the N that gave both: negative where service
	// falls short. Nil where nobody gave both.
	Gap *Difference `json:"gap"`
	N   int64       `json:"n"`
}

// A KindGap is how employees of one kind are served. It is plain data.
type KindGap struct {
	Kind Kind `json:"kind"`
	Gap
}

// A SupplierGap is how one supplier serves, all kinds together and each. It is plain data.
type SupplierGap[U relmark.ID] struct {
	Supplier U `json:"supplier"`
	Gap
	Kinds []KindGap `json:"kinds"` // the four, in order
}

// A Contrast is the gap of one kind less that of another, by Welch's test. It is plain data.
type Contrast struct {
	First  Kind `json:"first"`
	Second Kind `json:"second"`
	Difference
	PHolm *float64 `json:"p_holm"` // for all contrasts; nil where the state is too_few
}

// A ServiceReport says who is served how inside the firm. It is plain data.
type ServiceReport[U relmark.ID] struct {
	Kinds     []KindGap        `json:"kinds"`     // the four, in order
	Suppliers []SupplierGap[U] `json:"suppliers"` // by gap, the worst first; those without one last
	Contrasts []Contrast       `json:"contrasts"` // of kinds that have gaps
	// Worst is the kind with the least mean gap, the first of equals; empty where no kind has one.
	// It is surely the worst where its contrasts with all other kinds that have a gap are
	// significant, as adjusted.
	Worst  Kind `json:"worst"`
	Surely bool `json:"surely"`
}

// Report returns how internal customers are served. It fails with a [relmark.FieldError] unless the
// level is 0.5 to 0.9999, and with [relmark.ErrTooFew] of no ratings.
func (s *Service[U]) Report(level float64) (ServiceReport[U], error) {
	var l fault.List
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return ServiceReport[U]{}, err
	}
	if len(s.parts) == 0 {
		return ServiceReport[U]{}, few("gaps of no ratings")
	}
	var out ServiceReport[U]
	byKind, bySupplier := make([]serviceSums, kinds().Len()), map[U][]serviceSums{}
	for key, sums := range s.parts {
		byKind[key.customer].merge(sums)
		if bySupplier[key.supplier] == nil {
			bySupplier[key.supplier] = make([]serviceSums, kinds().Len())
		}
		bySupplier[key.supplier][key.customer].merge(sums)
	}
	out.Kinds = s.kindGaps(byKind, level)
	for _, unit := range slices.SortedFunc(maps.Keys(bySupplier), cmp.Compare[U]) {
		var all serviceSums
		for _, sums := range bySupplier[unit] {
			all.merge(sums)
		}
		out.Suppliers = append(out.Suppliers, SupplierGap[U]{unit, s.gap(all, level), s.kindGaps(bySupplier[unit], level)})
	}
	slices.SortStableFunc(out.Suppliers, func(a, b SupplierGap[U]) int { return compareGaps(a.Gap, b.Gap) })
	out.contrast(byKind, level)
	return out, nil
}

// compareGaps puts the worst first, and who has no gap last.
func compareGaps(a, b Gap) int {
	switch {
	case a.Gap == nil && b.Gap == nil:
		return 0
	case a.Gap == nil:
		return 1
	case b.Gap == nil:
		return -1
	}
	return cmp.Compare(a.Gap.Value, b.Gap.Value)
}

// gap describes sums.
func (s *Service[U]) gap(sums serviceSums, level float64) Gap {
	return Gap{meanOf(sums.expected, s.scale, level), meanOf(sums.perceived, s.scale, level), within(sums.gap, level), sums.gap.N}
}

// kindGaps describes the sums of each kind.
func (s *Service[U]) kindGaps(sums []serviceSums, level float64) []KindGap {
	out := make([]KindGap, len(sums))
	for i, kind := range kinds().All() {
		out[i] = KindGap{kind, s.gap(sums[i], level)}
	}
	return out
}

// contrast compares kinds, and names the worst. The worst is picked by the data, so that it is
// surely so only by p-values that are adjusted for all contrasts, those among the others too.
func (r *ServiceReport[U]) contrast(sums []serviceSums, level float64) {
	var ps []float64
	for i, first := range r.Kinds {
		if first.Gap.Gap == nil {
			continue
		}
		if worst, ok := kinds().Index(r.Worst); !ok || first.Gap.Gap.Value < r.Kinds[worst].Gap.Gap.Value {
			r.Worst = first.Kind
		}
		for j := i + 1; j < len(r.Kinds); j++ {
			d := compare(sums[j].gap, sums[i].gap, level)
			if d == nil {
				continue
			}
			r.Contrasts = append(r.Contrasts, Contrast{First: first.Kind, Second: r.Kinds[j].Kind, Difference: *d})
			if d.P != nil {
				ps = append(ps, *d.P)
			}
		}
	}
	ps = stat.Holm(ps)
	r.Surely = len(r.Contrasts) > 0
	for i := range r.Contrasts {
		c := &r.Contrasts[i]
		if c.P != nil {
			c.PHolm, ps = new(ps[0]), ps[1:]
		}
		if c.First == r.Worst || c.Second == r.Worst {
			r.Surely = r.Surely && c.PHolm != nil && *c.PHolm < 1-level
		}
	}
}
