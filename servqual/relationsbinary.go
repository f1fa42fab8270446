package servqual

import (
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// relationsVersion is the newest version, and the only one so far:
//
//	whether there is an instrument; if not, nothing follows
//	the instrument as in a survey; the rule, the measures and the outcomes
//	the parts, see table.write, all of sign 0
const relationsVersion = 1

const whatRelations = "relations" // as errors name them

// AppendBinary appends the encoding of r, version 1. Equal relations have equal
// encodings, in whatever order they were collected and merged. It never fails.
func (r *Relations) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRelations, relationsVersion)
	w.Bool(r.plan != nil)
	if r.plan == nil {
		return w.Data(), nil
	}
	writeParams(&w, r.plan.params)
	w.String(string(r.params.Missing))
	w.Count(len(r.params.Measures))
	for _, m := range r.params.Measures {
		w.String(string(m))
	}
	writeColumns(&w, r.params.Outcomes)
	r.table.write(&w)
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Relations.AppendBinary] appends.
func (r *Relations) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. Zero Relations take any
// instrument and params, and others only their own. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on others and
// on what no Relations encode to; r is unchanged then.
func (r *Relations) UnmarshalBinary(data []byte) error {
	var decoded Relations
	from := codec.NewReader(data, codec.KindRelations, relationsVersion)
	err := decode(&from, whatRelations, r.plan, func(in Instrument) error {
		p, err := readRelationParams(&from, in.plan)
		if err != nil {
			return err
		}
		if r.plan != nil && !r.params.equal(p) {
			return broken("Params", nil, "must be those of the relations decoded into")
		}
		decoded = *in.relations(p)
		decoded.table.read(&from, func(at part, _ *stat.Cross) bool { return at.sign == 0 })
		from.Check(len(decoded.table.parts) <= maxRelParts)
		return nil
	})
	if err == nil {
		*r = decoded
	}
	return err
}

func readRelationParams(r *codec.Reader, l *plan) (p RelationParams, err error) {
	p.Missing = Missing(r.String())
	for range r.Count(1) {
		p.Measures = append(p.Measures, Measure(r.String()))
	}
	if columns := readColumns(r); len(columns) > 0 {
		p.Outcomes = columns
	}
	if err := fault.Decode(room, whatRelations, r.Err()); err != nil {
		return RelationParams{}, err
	}
	if p.validate(l) != nil {
		return RelationParams{}, fault.Decode(room, whatRelations, codec.ErrCorrupt)
	}
	p.Measures = slices.Clip(p.Measures)
	return p, nil
}
