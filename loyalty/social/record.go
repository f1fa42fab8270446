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
	"github.com/relmark/relmark/internal/fault"
)

// A FieldRule says that the record of a customer must have a field, and how fast it grows
// stale. It is plain data.
type FieldRule struct {
	Field    string  `json:"field"`     // such as "phone", in the host's own words
	Weight   float64 `json:"weight"`    // how much it matters beside others, 1e-9 to 10^6
	HalfLife float64 `json:"half_life"` // days of 24 hours after which it is half as likely to hold, 1e-9 to 10^6
}

// A RecordPolicy says which fields the records of each class of customers need. It is
// plain data.
type RecordPolicy struct {
	Classes map[string][]FieldRule `json:"classes"` // 1 to 100, with 1 to 200 fields each, which differ
}

// Validate reports every rule that p breaks, in one error.
func (p RecordPolicy) Validate() error {
	var f fault.List
	f.Check(len(p.Classes) >= 1 && len(p.Classes) <= 100, "Classes", len(p.Classes), "must be 1 to 100")
	for _, class := range slices.Sorted(maps.Keys(p.Classes)) {
		rules := p.Classes[class]
		f.Name("Classes", class)
		f.Check(len(rules) >= 1 && len(rules) <= 200, "Classes", len(rules), "must have 1 to 200 fields each")
		seen := map[string]bool{}
		for i, r := range rules[:min(len(rules), 200)] {
			path := fmt.Sprintf("Classes[%d]", i)
			f.Check(fault.ValidName(r.Field) && !seen[r.Field], path+".Field", nil, fault.NameRule+", once in a class")
			f.Check(r.Weight >= least && r.Weight <= bound, path+".Weight", r.Weight, "must be 1e-9 to 10^6")
			f.Check(r.HalfLife >= least && r.HalfLife <= bound, path+".HalfLife", r.HalfLife, "must be 1e-9 to 10^6")
			seen[r.Field] = true
		}
		if f.Full() {
			break
		}
	}
	return f.Err(room)
}

type plainRecords RecordPolicy

type recordsJSON struct {
	V int `json:"v"`
	plainRecords
}

// MarshalJSON encodes a valid policy:
//
//	{"v":1,"classes":{"A":[{"field":"phone","weight":2,"half_life":365}]}}
func (p RecordPolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(recordsJSON{version, plainRecords(p)})
}

// UnmarshalJSON decodes and validates a policy of any version so far. It leaves p
// unchanged on error.
func (p *RecordPolicy) UnmarshalJSON(data []byte) error {
	var in recordsJSON
	if err := decode("record policy", data, &in, "classes"); err != nil {
		return err
	}
	if err := RecordPolicy(in.plainRecords).Validate(); err != nil {
		return err
	}
	*p = RecordPolicy(in.plainRecords)
	return nil
}

// A Record says when each field of a customer was entered or last confirmed. It is plain
// data and holds none of the fields themselves.
type Record[C relmark.ID] struct {
	Customer C                    `json:"customer"`
	Class    string               `json:"class"`
	Value    float64              `json:"value"`  // what the customer is worth, 0 to 10^15, in the host's own unit
	Fields   map[string]time.Time `json:"fields"` // of fields that are filled; what no rule names is not looked at
}

// A FieldState says what is wrong with a field.
type FieldState string

// The states.
const (
	FieldMissing FieldState = "missing" // it was never entered
	FieldAged    FieldState = "aged"    // it was entered, and ages
)

// FieldHealth is the state of one field of a record. It is plain data.
type FieldHealth struct {
	Field     string     `json:"field"`
	State     FieldState `json:"state"`
	AgeDays   *float64   `json:"age_days"`  // days of 24 hours since it was confirmed; nil if missing
	Staleness float64    `json:"staleness"` // 1 - 2^(-age/half-life): 0 when just confirmed, 1 if missing
	Lost      float64    `json:"lost"`      // its share of the record's staleness: weight x staleness / all weights
}

// RecordHealth is the state of the record of a customer. It is plain data.
type RecordHealth[C relmark.ID] struct {
	Customer     C             `json:"customer"`
	Class        string        `json:"class"`
	Completeness float64       `json:"completeness"` // weights of filled fields / all weights, 0 to 1
	Staleness    float64       `json:"staleness"`    // of all fields by weight, 0 to 1
	Priority     float64       `json:"priority"`     // value x staleness: what it is worth to put it right
	Fields       []FieldHealth `json:"fields"`       // what is to be asked first comes first: by Lost, then in the order of the rules
}

// Assess says in which state a record is at asOf. It fails if p is not valid, if no rules
// are for the class, if the value is out of range, if a date of a field is not set or comes
// after asOf, or if asOf is not set.
func Assess[C relmark.ID](p RecordPolicy, r Record[C], asOf time.Time) (RecordHealth[C], error) {
	if err := p.Validate(); err != nil {
		return RecordHealth[C]{}, err
	}
	h, err := assess(&p, &r, asOf)
	return h, fault.Room(room, err)
}

func assess[C relmark.ID](p *RecordPolicy, r *Record[C], asOf time.Time) (RecordHealth[C], error) {
	var f fault.List
	rules, known := p.Classes[r.Class]
	f.Check(known, "Class", nil, "must be one of the policy")
	f.Between("Value", r.Value, 0, 1e15)
	instant(&f, "AsOf", asOf)
	h := RecordHealth[C]{Customer: r.Customer, Class: r.Class, Fields: make([]FieldHealth, 0, len(rules))}
	all := 0.0
	for _, rule := range rules {
		at, filled := r.Fields[rule.Field]
		if filled && (!canon.IsActivity(at) || at.After(asOf)) {
			f.Add("Fields", at, "must be set, in years 1700 to 2150, and not come after AsOf")
			continue
		}
		field := rule.health(at, filled, asOf)
		field.Lost = rule.Weight * field.Staleness
		if filled {
			h.Completeness += rule.Weight
		}
		all += rule.Weight
		h.Fields = append(h.Fields, field)
	}
	if err := f.Err(""); err != nil {
		return RecordHealth[C]{}, err
	}
	h.Completeness /= all
	for i := range h.Fields {
		h.Fields[i].Lost /= all
		h.Staleness += h.Fields[i].Lost
	}
	h.Staleness = min(h.Staleness, 1)
	h.Priority = r.Value * h.Staleness
	slices.SortStableFunc(h.Fields, func(a, b FieldHealth) int { return cmp.Compare(b.Lost, a.Lost) })
	return h, nil
}

// health returns the state of a field.
func (r *FieldRule) health(at time.Time, filled bool, asOf time.Time) FieldHealth {
	if !filled {
		return FieldHealth{Field: r.Field, State: FieldMissing, Staleness: 1}
	}
	age := (float64(asOf.Unix()-at.Unix()) + float64(asOf.Nanosecond()-at.Nanosecond())/1e9) / day.Seconds()
	return FieldHealth{Field: r.Field, State: FieldAged, AgeDays: &age, Staleness: -math.Expm1(-math.Ln2 * age / r.HalfLife)}
}

// ClassHealth is the state of the records of one class. It is plain data.
type ClassHealth struct {
	Class        string  `json:"class"`
	Records      int     `json:"records"`
	Complete     int     `json:"complete"`     // records with all fields filled
	Completeness float64 `json:"completeness"` // mean over records
	Staleness    float64 `json:"staleness"`    // likewise
}

// RecordReport says in which state the records are, and which comes first. It is plain
// data.
type RecordReport[C relmark.ID] struct {
	Classes []ClassHealth     `json:"classes"` // that have records, by name
	Ranked  []RecordHealth[C] `json:"ranked"`  // by priority, the largest first; ties by customer
}

// RankRecords assesses records at asOf and ranks them by what it is worth to put them
// right; each says which field is to be asked first. It fails as [Assess] does, naming the
// position, and if a customer comes twice. It takes time n log n.
func RankRecords[C relmark.ID](p RecordPolicy, records []Record[C], asOf time.Time) (RecordReport[C], error) {
	if err := p.Validate(); err != nil {
		return RecordReport[C]{}, err
	}
	var f fault.List
	seen := make(map[C]bool, len(records))
	out := RecordReport[C]{Classes: []ClassHealth{}, Ranked: make([]RecordHealth[C], 0, len(records))}
	sums := map[string]ClassHealth{}
	for i := range records {
		r := &records[i]
		path := fmt.Sprintf("Records[%d]", i)
		h, err := assess(&p, r, asOf)
		f.Join(path, err)
		f.Check(!seen[r.Customer], path+".Customer", nil, "must not come twice")
		if seen[r.Customer] = true; f.Full() {
			break
		}
		out.Ranked = append(out.Ranked, h)
		sums[r.Class] = sums[r.Class].with(h.Completeness, h.Staleness, !slices.ContainsFunc(h.Fields, FieldHealth.missing))
	}
	if err := f.Err(room); err != nil {
		return RecordReport[C]{}, err
	}
	for _, class := range slices.Sorted(maps.Keys(sums)) {
		c := sums[class]
		c.Class = class
		c.Completeness /= float64(c.Records)
		c.Staleness /= float64(c.Records)
		out.Classes = append(out.Classes, c)
	}
	sortBy(out.Ranked, func(a, b *RecordHealth[C]) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Customer, b.Customer))
	})
	return out, nil
}

func (f FieldHealth) missing() bool { return f.State == FieldMissing }

// with returns the sums with one more record.
func (c ClassHealth) with(completeness, staleness float64, complete bool) ClassHealth {
	c.Records++
	c.Completeness += completeness
	c.Staleness += staleness
	if complete {
		c.Complete++
	}
	return c
}
