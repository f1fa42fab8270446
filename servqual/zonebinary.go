package servqual

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// zoneVersion is the newest version, and the only one so far:
//
//	whether there is an instrument; if not, nothing follows
//	the instrument and the number of respondents as in a survey
//	zones of items, of dimensions by rule, any, half and all, and overall by rule: below,
//	within, above and inverted, then moments of A, D, P, P − A, P − D and D − A
//
// Numbers are uvarints unless said.
const zoneVersion = 1

const whatZone = "zone survey" // as errors name it

// AppendBinary appends the encoding of s, version 1. Equal surveys have equal encodings,
// in whatever order they were collected and merged. It never fails.
func (s *ZoneSurvey) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindZones, zoneVersion)
	w.Bool(s.plan != nil)
	if s.plan == nil {
		return w.Data(), nil
	}
	writeParams(&w, s.plan.params)
	w.Uvarint(s.respondents)
	s.zones(func(z *zone, _ uint64) {
		for _, n := range []int64{z.Below, z.Within, z.Above, z.Inverted} {
			w.Uvarint(uint64(n))
		}
		for _, m := range z.sums {
			writeMoments(&w, m)
		}
	})
	return w.Data(), nil
}

// zones visits each zone with the unit of its scores, in the order of the encoding.
func (s *ZoneSurvey) zones(visit func(z *zone, unit uint64)) {
	for i := range s.items {
		visit(&s.items[i], 1)
	}
	for d := range s.dimensions {
		for k := range rules {
			visit(&s.dimensions[d][k], s.plan.lcm)
		}
	}
	for k := range rules {
		visit(&s.overall[k], s.plan.lcm*uint64(len(s.dimensions)))
	}
}

// MarshalBinary returns the encoding that [ZoneSurvey.AppendBinary] appends.
func (s *ZoneSurvey) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. The zero ZoneSurvey takes any
// instrument, and another only its own. It fails with [relmark.ErrUnsupported] on
// another version and with [relmark.ErrInvalid] on another instrument and on what no
// ZoneSurvey encodes to; s is unchanged then.
func (s *ZoneSurvey) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindZones, zoneVersion)
	var decoded ZoneSurvey
	if r.Bool() {
		in, err := readInstrument(&r, s.plan, whatZone)
		if err != nil {
			return err
		}
		decoded = *in.NewZoneSurvey()
		decoded.read(&r)
	} else if s.plan != nil && r.Err() == nil {
		return errOtherInstrument()
	}
	if err := fault.Decode(room, whatZone, r.Done()); err != nil {
		return err
	}
	*s = decoded
	return nil
}

// read fills an empty survey. Counts and sums must be ones that scores can have.
func (s *ZoneSurvey) read(r *codec.Reader) {
	s.respondents = r.Uvarint()
	r.Check(s.respondents <= maxRespondents)
	s.zones(func(z *zone, unit uint64) {
		for _, n := range []*int64{&z.Below, &z.Within, &z.Above, &z.Inverted} {
			v := r.Uvarint()
			r.Check(v <= maxRespondents)
			*n = int64(min(v, maxRespondents))
		}
		for m := range z.sums {
			z.sums[m] = readMoments(r)
		}
		r.Check(r.Err() != nil || z.possible(s.respondents, uint64(s.plan.span)*unit))
	})
	if r.Err() == nil {
		r.Check(s.agrees())
	}
}

// possible reports whether scores of 0 to largest can have these counts and sums, and
// whether the means of the differences are the differences of the means.
func (z *zone) possible(respondents, largest uint64) bool {
	n := uint64(z.total())
	if n > respondents {
		return false
	}
	for m, sums := range z.sums {
		most := largest
		if zoneMeasure(m) >= adequacy {
			most *= 2
		}
		if sums.N() != n || !sums.Possible(most) {
			return false
		}
	}
	a, d, p := z.sums[adequate], z.sums[desired], z.sums[observed]
	return z.sums[adequacy].IsDifference(p, a, largest) && z.sums[superiority].IsDifference(p, d, largest) &&
		z.sums[width].IsDifference(d, a, largest)
}

// agrees reports whether nobody counts on a dimension without an item, or overall
// without a dimension.
func (s *ZoneSurvey) agrees() bool {
	least := s.respondents
	for d, dimension := range s.plan.params.Dimensions {
		var scored, answers uint64
		for k := range rules {
			scored += uint64(s.dimensions[d][k].total())
		}
		for _, item := range dimension.Items {
			answers += uint64(s.items[item].total())
		}
		if scored > min(answers, s.respondents) {
			return false
		}
		least = min(least, scored)
	}
	var all uint64
	for k := range rules {
		all += uint64(s.overall[k].total())
	}
	return all <= least
}
