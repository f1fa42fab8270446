package social

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Direction says who began a contact.
type Direction string

// The directions.
const (
	Inbound  Direction = "in"  // the customer
	Outbound Direction = "out" // the firm
)

func directions() enum.Set[Direction] { return enum.Of(Inbound, Outbound) }

// An Interaction is one contact with a customer and how it went. It is plain data.
type Interaction struct {
	At        time.Time       `json:"at"`
	Channel   relmark.Channel `json:"channel"`
	Direction Direction       `json:"direction"`
	// Answered says that the customer answered an outbound contact. One without an answer
	// counts as fatigue, whatever its quality. It means nothing for an inbound contact.
	Answered bool    `json:"answered"`
	Quality  float64 `json:"quality"` // how it went, -1 to 1
}

// HealthParams say what a contact is worth and how fast that fades. They are plain data.
type HealthParams struct {
	HalfLife float64                     `json:"half_life"` // days of 24 hours after which a contact counts half; 1e-9 to 1e6
	Fatigue  float64                     `json:"fatigue"`   // what an unanswered outbound contact takes away, 0 to 1e6, times the weight of its channel
	Channels map[relmark.Channel]float64 `json:"channels"`  // the weight of a contact on each channel, > 0, at most 1e6; 1 to 100 of them
	Target   HealthTarget                `json:"target"`
}

// A HealthTarget is the contact that a healthy relationship has: one of a weight and a
// quality every so many days.
type HealthTarget struct {
	Weight  float64 `json:"weight"`  // 1e-9 to 1e6
	Quality float64 `json:"quality"` // 1e-9 to 1
	Every   float64 `json:"every"`   // days of 24 hours; 1e-9 to 1e6, and not below a billionth of the half-life
}

// bound is what parameters and weights are at most, and its like the least that parameters
// are: sums of millions stay finite, and so do their ratios to the target.
const (
	bound = 1e6
	least = 1e-9
)

// Validate reports every rule that p breaks, in one error.
func (p HealthParams) Validate() error {
	var f fault.List
	positive := func(field string, x, most float64) {
		f.Check(x >= least && x <= most, field, x, fmt.Sprintf("must be %v to %v", least, most))
	}
	positive("HalfLife", p.HalfLife, bound)
	f.Between("Fatigue", p.Fatigue, 0, bound)
	f.Check(len(p.Channels) >= 1 && len(p.Channels) <= 100, "Channels", len(p.Channels), "must be 1 to 100")
	for _, c := range slices.Sorted(maps.Keys(p.Channels)) {
		if w := p.Channels[c]; !(w > 0 && w <= bound) { // positions in a map tell nothing, and names stay out
			f.Add("Channels", w, "must have weights above 0, at most 1e+06")
		}
		checkChannel(&f, "Channels", c)
		if f.Full() {
			break
		}
	}
	positive("Target.Weight", p.Target.Weight, bound)
	positive("Target.Quality", p.Target.Quality, 1)
	positive("Target.Every", p.Target.Every, bound)
	if p.HalfLife > 0 && p.Target.Every > 0 {
		f.Check(p.Target.Every/p.HalfLife >= 1e-9, "Target.Every", p.Target.Every, "must not be below a billionth of the half-life")
	}
	return f.Err(room)
}

// MarshalJSON encodes valid parameters:
//
//	{"v":1,"half_life":45,"fatigue":0.2,"channels":{"call":1},"target":{"weight":1,"quality":1,"every":30}}
func (p HealthParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(healthJSON{version, plainHealth(p)})
}

// UnmarshalJSON decodes and validates parameters of any version so far. It leaves p
// unchanged on error.
func (p *HealthParams) UnmarshalJSON(data []byte) error {
	var in healthJSON
	if err := decode("health parameters", data, &in, "channels"); err != nil {
		return err
	}
	if err := HealthParams(in.plainHealth).Validate(); err != nil {
		return err
	}
	*p = HealthParams(in.plainHealth)
	return nil
}

type plainHealth HealthParams

type healthJSON struct {
	V int `json:"v"`
	plainHealth
}

// A HealthModel scores how well contact with a customer is kept. It is an immutable
// value, safe for concurrent use. Obtain one from [NewHealthModel].
type HealthModel struct {
	opaque
	channels     []weighted // by name
	halfLife     float64
	perNano      float64 // half-lives in a nanosecond, times [steps]
	fatigue      float64
	steadyFactor float64
	steady       float64
	powers       [steps]float64 // 2^(-i/steps)
}

type weighted struct {
	channel relmark.Channel
	weight  float64
}

// NewHealthModel prepares p, of which it keeps nothing. It fails exactly when
// [HealthParams.Validate] does.
func NewHealthModel(p HealthParams) (*HealthModel, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	m := &HealthModel{halfLife: p.HalfLife, perNano: steps / (p.HalfLife * float64(day)), fatigue: p.Fatigue}
	for c, w := range p.Channels {
		m.channels = append(m.channels, weighted{c, w})
	}
	slices.SortFunc(m.channels, func(a, b weighted) int { return cmp.Compare(a.channel, b.channel) })
	for i := range m.powers {
		m.powers[i] = math.Exp2(-float64(i) / steps)
	}
	// 1/(1 - 2^-x), without cancellation where the target is frequent
	m.steadyFactor = -1 / math.Expm1(-math.Ln2*p.Target.Every/p.HalfLife)
	m.steady = p.Target.Weight * p.Target.Quality * m.steadyFactor
	return m, nil
}

// SteadyFactor returns 1/(1 - 2^(-Every/HalfLife)), the contacts of the target that count
// in full once it has long been kept: 2.702 for one every 30 days and 45 days.
func (m *HealthModel) SteadyFactor() float64 { return m.steadyFactor }

// Steady returns what [HealthReport.Value] comes to right after a contact where the
// target has long been kept.
func (m *HealthModel) Steady() float64 { return m.steady }

// Health is what the contacts of one customer come to: four fading sums, three counts and
// one instant, whatever their number. The zero Health has no contact and is ready. It is a
// plain value of 72 bytes that copies; it is not safe for concurrent mutation.
// [Health.AppendBinary] stores it.
//
// It knows the half-life by which it fades and not the weights: a contact counts with the
// weight that its channel had when it was added.
type Health struct {
	opaque
	halfLife                   float64 // 0 without contacts
	at                         int64   // instant of the latest contact, in nanoseconds since 1970
	value                      float64 // Σ w·q at that instant, as all sums
	in, out                    float64 // Σ 1 of inbound and of outbound contacts
	answered                   float64 // Σ 1 of outbound contacts with an answer
	inbound, outbound, replies int64
}

// Add adds a contact to h, in any order of time. It fails, leaving h unchanged, if a
// field of x is missing or out of range, if the model does not know the channel, or if h
// fades by another half-life. It takes constant time but for the search among channels
// and does not allocate.
func (m *HealthModel) Add(h *Health, x Interaction) error {
	i, known := m.find(x.Channel)
	if m == nil || h == nil || !known || !canon.IsActivity(x.At) || !(x.Quality >= -1 && x.Quality <= 1) ||
		x.Direction != Inbound && x.Direction != Outbound || h.halfLife != m.halfLife && h.halfLife != 0 {
		return m.fault(h, &x, known)
	}
	at := x.At.UnixNano()
	now, then := 1.0, 1.0 // what is left of this contact and of the sums
	switch {
	case h.halfLife == 0:
		h.halfLife, h.at = m.halfLife, at
	case at > h.at:
		then = m.left(uint64(at - h.at)) // which holds also where int64 does not
		h.at = at
	default:
		now = m.left(uint64(h.at - at))
	}
	gain := x.Quality
	if x.Direction == Outbound && !x.Answered {
		gain = -m.fatigue
	}
	h.value = h.value*then + m.channels[i].weight*gain*now
	h.in, h.out, h.answered = h.in*then, h.out*then, h.answered*then
	switch {
	case x.Direction == Inbound:
		h.in += now
		h.inbound++
	case x.Answered:
		h.answered += now
		h.replies++
		fallthrough
	default:
		h.out += now
		h.outbound++
	}
	return nil
}

// fault says what is wrong with a contact.
func (m *HealthModel) fault(h *Health, x *Interaction, known bool) error {
	if m == nil || h == nil {
		return errNil("Health")
	}
	var f fault.List
	instant(&f, "At", x.At)
	f.Check(known, "Channel", nil, "must be one of the parameters")
	word(&f, "Direction", x.Direction, directions())
	f.Between("Quality", x.Quality, -1, 1)
	f.Check(h.halfLife == m.halfLife || h.halfLife == 0, "HalfLife", h.halfLife, "must be that of the model")
	return f.Err(room)
}

// find returns the position of a channel.
func (m *HealthModel) find(channel relmark.Channel) (int, bool) {
	if m == nil {
		return 0, false
	}
	for i := range m.channels {
		if m.channels[i].channel == channel {
			return i, true
		}
	}
	return 0, false
}

// steps is how many powers of two lie in a table for each halving.
const steps = 512

// left returns 2^(-d/half-life) of d nanoseconds, within 4 units of the last digit and in
// a third of the time of [math.Exp2]: a power from the table, and for the rest of a step
// the series of e^r, -0.0014 ≤ r ≤ 0, whose next term is below 4e-17.
func (m *HealthModel) left(d uint64) float64 {
	x := float64(d) * m.perNano
	if !(x < steps*1020) {
		return math.Exp2(-x / steps)
	}
	n := int64(x)
	r := (x - float64(n)) * (-math.Ln2 / steps)
	s := r * r
	e := 1 + (r + s*((1./2+r*(1./6))+s*(1./24)))
	return e * m.powers[n%steps] * math.Float64frombits(uint64(1023-n/steps)<<52)
}

// Merge adds the contacts of o to h, as of another shard; a contact must be in one of
// them only. It is associative and commutative within 1e-12 of the weights that were
// added, with the zero Health as identity. It fails, leaving h unchanged, if both have
// contacts and fade by other half-lives.
func (h *Health) Merge(o Health) error {
	switch {
	case h == nil:
		return errNil("Health")
	case o.halfLife == 0:
		return nil
	case h.halfLife == 0:
		*h = o
		return nil
	case h.halfLife != o.halfLife:
		return fault.Room(room, fault.New("HalfLife", o.halfLife, "must be that of the other"))
	}
	if o.at > h.at {
		*h, o = o, *h
	}
	left := math.Exp2(-float64(uint64(h.at-o.at)) / (h.halfLife * float64(day)))
	h.value += o.value * left
	h.in += o.in * left
	h.out += o.out * left
	h.answered += o.answered * left
	h.inbound += o.inbound
	h.outbound += o.outbound
	h.replies += o.replies
	return nil
}

// A HealthReport says how well contact is kept, and by whom. It is plain data.
type HealthReport struct {
	Value        float64 `json:"value"`         // H, what is left of all contacts; negative where fatigue prevails
	SteadyFactor float64 `json:"steady_factor"` // of the target
	Steady       float64 `json:"steady"`        // H right after a contact where the target has long been kept
	Ratio        float64 `json:"ratio"`         // Value / Steady
	Health       float64 `json:"health"`        // Ratio, but at least 0 and at most 1
	// Reciprocity is the share of contacts that the customer began, 0 to 1, all of them
	// fading alike; nil without contacts.
	Reciprocity *float64 `json:"reciprocity"`
	// Answered is the share of outbound contacts that had an answer, likewise; nil without
	// any, and where nothing is left of them beside later inbound ones.
	Answered *float64  `json:"answered"`
	Inbound  int64     `json:"inbound"`       // contacts ever, by who began them
	Outbound int64     `json:"outbound"`      // likewise
	Replies  int64     `json:"replies"`       // outbound contacts with an answer
	Last     time.Time `json:"last,omitzero"` // of the latest contact, UTC; zero without any
}

// Report says how well contact is kept at asOf. Without contacts all sums are 0. It fails
// if asOf is not set or comes before a contact, or if h fades by another half-life.
func (m *HealthModel) Report(h Health, asOf time.Time) (HealthReport, error) {
	left, err := m.fade(&h, asOf)
	if err != nil {
		return HealthReport{}, err
	}
	r := HealthReport{
		Value: h.value * left, SteadyFactor: m.steadyFactor, Steady: m.steady,
		Inbound: h.inbound, Outbound: h.outbound, Replies: h.replies,
		Reciprocity: share(h.in, h.in+h.out), Answered: share(h.answered, h.out),
	}
	r.Ratio = r.Value / r.Steady
	r.Health = min(max(r.Ratio, 0), 1)
	if h.halfLife != 0 {
		r.Last = time.Unix(0, h.at).UTC()
	}
	return r, nil
}

// Score returns [HealthReport.Health] alone, without allocating. It fails as
// [HealthModel.Report] does.
func (m *HealthModel) Score(h Health, asOf time.Time) (float64, error) {
	left, err := m.fade(&h, asOf)
	if err != nil {
		return 0, err
	}
	return min(max(h.value*left/m.steady, 0), 1), nil
}

// fade returns what is left at asOf of the sums of h.
func (m *HealthModel) fade(h *Health, asOf time.Time) (float64, error) {
	switch {
	case m == nil || m.halfLife == 0:
		return 0, unmade("HealthModel")
	case !canon.IsActivity(asOf):
		return 0, invalid("AsOf", "must be set, in years 1700 to 2150")
	case h.halfLife == 0:
		return 1, nil
	case h.halfLife != m.halfLife:
		return 0, fault.Room(room, fault.New("HalfLife", h.halfLife, "must be that of the model"))
	case asOf.UnixNano() < h.at:
		return 0, fault.Room(room, fault.New("AsOf", asOf, "must not come before a contact"))
	}
	return m.left(uint64(asOf.UnixNano() - h.at)), nil
}

// share returns a part of a whole, nil if there is none. Both fade alike, so shares do not.
func share(part, whole float64) *float64 {
	if !(whole > 0) {
		return nil
	}
	return new(min(part/whole, 1))
}

const healthVersion = 1

// The body of the encoding of a Health, version 1: half-life; and unless that is 0, the
// instant in nanoseconds, the sums of w·q, in, out and answered, and the counts of
// inbound, outbound and answered contacts.

// AppendBinary appends the encoding of h, of at most 80 bytes; it never fails.
func (h Health) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindHealth, healthVersion)
	w.Float64(h.halfLife)
	if h.halfLife != 0 {
		w.Varint(h.at)
		for _, x := range [...]float64{h.value, h.in, h.out, h.answered} {
			w.Float64(x)
		}
		for _, n := range [...]int64{h.inbound, h.outbound, h.replies} {
			w.Uvarint(uint64(n))
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Health.AppendBinary] appends.
func (h Health) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. It fails with
// [relmark.ErrUnsupported] on another kind or version and with [relmark.ErrInvalid] on
// anything else that is none, and leaves h unchanged then.
func (h *Health) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindHealth, healthVersion)
	var in Health
	if in.halfLife = r.Finite(); in.halfLife != 0 {
		in.at = r.Varint()
		in.value, in.in, in.out, in.answered = r.Finite(), r.Finite(), r.Finite(), r.Finite()
		in.inbound, in.outbound = r.UpTo(canon.MaxExact), r.UpTo(canon.MaxExact)
		in.replies = r.UpTo(in.outbound)
		r.Check(in.sound())
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "health", err)
	}
	*h = in
	return nil
}

// sound reports whether contacts can have made h: each counts 1 at most, and more only by
// rounding, times a weight and what fatigue takes away.
func (h *Health) sound() bool {
	const slack = 1 + 1e-9
	fits := func(sum float64, n int64) bool { return sum >= 0 && sum <= float64(n)*slack }
	return h.halfLife >= least && h.halfLife <= bound && canon.IsActivity(time.Unix(0, h.at)) && h.inbound+h.outbound > 0 &&
		fits(h.in, h.inbound) && fits(h.out, h.outbound) && fits(h.answered, h.replies) &&
		math.Abs(h.value) <= bound*bound*float64(h.inbound+h.outbound)*slack
}
