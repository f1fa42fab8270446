package servqual

import (
	"github.com/relmark/relmark/internal/codec"
)

// zoneVersion is the newest version, and the only one so far:
//
//	whether there is an instrument; if not, nothing follows
//	the instrument and the number of respondents as in a survey
//	items: below, within, above and inverted, then the sums of A, D and P and of A·A, A·D,
//	A·P, D·D, D·P and P·P
//	zones of dimensions by rule, any, half and all, and overall by rule: the same counts,
//	then moments of A, D, P, P − A, P − D and D − A
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
	for i := range s.items {
		z := &s.items[i]
		writeZoneCounts(&w, z.ZoneCounts)
		for _, x := range append(z.sums[:], z.products[:]...) {
			w.Uvarint(x)
		}
	}
	s.zones(func(z *zone, _ uint64) {
		writeZoneCounts(&w, z.ZoneCounts)
		for _, m := range z.sums {
			writeMoments(&w, m)
		}
	})
	return w.Data(), nil
}

func writeZoneCounts(w *codec.Writer, c ZoneCounts) {
	for _, n := range []int64{c.Below, c.Within, c.Above, c.Inverted} {
		w.Uvarint(uint64(n))
	}
}

func readZoneCounts(r *codec.Reader) (c ZoneCounts) {
	for _, n := range []*int64{&c.Below, &c.Within, &c.Above, &c.Inverted} {
		v := r.Uvarint()
		r.Check(v <= maxRespondents)
		*n = int64(min(v, maxRespondents))
	}
	return c
}

// zones visits each zone of a dimension and overall with the unit of its scores, in the
// order of the encoding.
func (s *ZoneSurvey) zones(visit func(z *zone, unit uint64)) {
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
	var decoded ZoneSurvey
	from := codec.NewReader(data, codec.KindZones, zoneVersion)
	err := decode(&from, whatZone, s.plan, func(in Instrument) error {
		decoded = *in.NewZoneSurvey()
		decoded.read(&from)
		return nil
	})
	if err == nil {
		*s = decoded
	}
	return err
}

// read fills an empty survey. Counts and sums must be ones that scores can have.
func (s *ZoneSurvey) read(r *codec.Reader) {
	s.respondents = r.Uvarint()
	r.Check(s.respondents <= maxRespondents)
	for i := range s.items {
		s.items[i].read(r)
		z := s.items[i].zone(uint64(s.plan.span))
		r.Check(r.Err() != nil || z.possible(s.respondents, uint64(s.plan.span)))
	}
	s.zones(func(z *zone, unit uint64) {
		z.ZoneCounts = readZoneCounts(r)
		for m := range z.sums {
			z.sums[m] = readMoments(r)
		}
		r.Check(r.Err() != nil || z.possible(s.respondents, uint64(s.plan.span)*unit))
	})
	if r.Err() == nil {
		r.Check(s.agrees())
	}
}

// read reads an item. No sum is so large that working out differences would wrap around
// to one that is possible.
func (z *itemZone) read(r *codec.Reader) {
	z.ZoneCounts = readZoneCounts(r)
	for _, list := range [][]uint64{z.sums[:], z.products[:]} {
		for i := range list {
			list[i] = r.Uvarint()
			r.Check(list[i] <= maxRespondents*maxSpan*maxSpan)
		}
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
