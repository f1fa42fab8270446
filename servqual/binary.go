package servqual

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// binaryVersion is the newest version, and the only one so far:
//
//	whether there is an instrument; if not, nothing follows
//	Low and High as varints; the dimensions, each a name and a list of items; the
//	list of reversed items in ascending order
//	respondents
//	counts of pairs, of sums and of points, see writeCounts
//	by measure, E, P and gap: by rule, any, half and all: moments of unweighted and
//	of weighted scores; then moments of totals, see writeMoments
//
// Numbers are uvarints unless said.
const binaryVersion = 1

const whatSurvey = "survey" // as errors name it

// AppendBinary appends the encoding of s, version 1: the instrument, then what was
// counted, leaving out what is 0. Equal surveys have equal encodings, in whatever
// order they were collected and merged. It never fails. The standard items on a
// scale of 1 to 7 take 8 kB with 30,000 respondents, and never more than 22 kB.
func (s *Survey) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindSurvey, binaryVersion)
	w.Bool(s.plan != nil)
	if s.plan == nil {
		return w.Data(), nil
	}
	writeParams(&w, s.plan.params)
	w.Uvarint(s.respondents)
	writeCounts(&w, s.pairs)
	writeCounts(&w, s.sums)
	writeCounts(&w, s.points)
	for m := range measures {
		for _, o := range s.overall[m] {
			writeMoments(&w, o.unweighted)
			writeMoments(&w, o.weighted)
		}
		writeMoments(&w, s.totals[m])
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Survey.AppendBinary] appends.
func (s *Survey) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. The zero Survey takes
// any instrument, and up to 13 MB of memory for it; a survey
// of an instrument takes only its own, which is what to ask of data that others
// can write. It fails with [relmark.ErrUnsupported] on another version and with
// [relmark.ErrInvalid] on another instrument and on anything that no Survey
// encodes to; s is unchanged then.
func (s *Survey) UnmarshalBinary(data []byte) error {
	var decoded Survey
	from := codec.NewReader(data, codec.KindSurvey, binaryVersion)
	err := decode(&from, whatSurvey, s.plan, func(in Instrument) error {
		decoded = *in.NewSurvey()
		decoded.read(&from)
		return nil
	})
	if err == nil {
		*s = decoded
	}
	return err
}

// decode reads what is of an instrument, which must be the one of a plan unless that is
// nil, or of none, where the plan must be nil. What follows the instrument is for fill.
func decode(r *codec.Reader, what string, own *plan, fill func(in Instrument) error) error {
	if r.Bool() {
		in, err := readInstrument(r, own, what)
		if err != nil {
			return err
		}
		if err := fill(in); err != nil {
			return err
		}
	} else if own != nil && r.Err() == nil {
		return errOtherInstrument()
	}
	return fault.Decode(room, what, r.Done())
}

// readInstrument reads an instrument, which must be the one of a plan unless that is nil.
func readInstrument(r *codec.Reader, own *plan, what string) (Instrument, error) {
	params := readParams(r)
	if err := fault.Decode(room, what, r.Err()); err != nil {
		return Instrument{}, err
	}
	if own == nil {
		in, err := NewInstrument(params)
		if err != nil {
			return Instrument{}, fault.Decode(room, what, codec.ErrCorrupt)
		}
		return in, nil
	}
	if !own.params.equal(params) {
		return Instrument{}, errOtherInstrument()
	}
	return Instrument{own}, nil
}

func errOtherInstrument() error {
	return broken("Instrument", nil, "must be the one of the survey decoded into")
}

// read fills an empty survey. That the counts fit together is worth checking:
// reports take roots of sums of squares and divide by counts.
func (s *Survey) read(r *codec.Reader) {
	s.respondents = r.Uvarint()
	r.Check(s.respondents <= maxRespondents)
	readCounts(r, s.pairs)
	readCounts(r, s.sums)
	readCounts(r, s.points)
	for m := range measures {
		for k := range s.overall[m] {
			s.overall[m][k] = overallSums{readMoments(r), readMoments(r)}
		}
		s.totals[m] = readMoments(r)
	}
	if r.Err() == nil {
		r.Check(s.countsAgree() && s.overallAgrees())
	}
}

func writeParams(w *codec.Writer, p InstrumentParams) {
	w.Varint(int64(p.Low))
	w.Varint(int64(p.High))
	w.Count(len(p.Dimensions))
	for _, d := range p.Dimensions {
		w.String(d.Name)
		writeItems(w, d.Items)
	}
	writeItems(w, p.Reversed)
}

// readParams reads canonical params that may still be invalid.
func readParams(r *codec.Reader) InstrumentParams {
	low, high := r.Varint(), r.Varint()
	r.Check(minLow <= low && low < high && high <= maxHigh)
	p := InstrumentParams{Low: int(low), High: int(high)}
	p.Dimensions = make([]Dimension, r.Count(3))
	for d := range p.Dimensions {
		p.Dimensions[d] = Dimension{r.String(), readItems(r)}
	}
	p.Reversed = readItems(r)
	for i := range p.Reversed {
		r.Check(i == 0 || p.Reversed[i-1] < p.Reversed[i])
	}
	return p
}

func writeItems(w *codec.Writer, items []int) {
	w.Count(len(items))
	for _, item := range items {
		w.Uvarint(uint64(item))
	}
}

func readItems(r *codec.Reader) []int {
	var items []int
	for range r.Count(1) {
		items = append(items, int(min(r.Uvarint(), maxItems)))
	}
	return items
}

// writeCounts writes the counts that are not 0, each after the number of zeros
// before it.
func writeCounts(w *codec.Writer, counts []uint32) {
	filled := 0
	for _, n := range counts {
		if n > 0 {
			filled++
		}
	}
	w.Count(filled)
	zeros := uint64(0)
	for _, n := range counts {
		if n == 0 {
			zeros++
			continue
		}
		w.Uvarint(zeros)
		w.Uvarint(uint64(n))
		zeros = 0
	}
}

// readCounts fills counts, which are all 0. A count of 0 and a place past the end
// are errors, so that there is one encoding only.
func readCounts(r *codec.Reader, counts []uint32) {
	for range r.Count(2) {
		zeros, n := r.Uvarint(), r.Uvarint()
		r.Check(zeros < uint64(len(counts)) && 0 < n && n <= maxRespondents)
		if r.Err() != nil {
			return
		}
		counts[zeros] = uint32(n)
		counts = counts[zeros+1:]
	}
}

// writeMoments writes n, the sum and the sum of squares, both in two halves.
func writeMoments(w *codec.Writer, m stat.Moments) {
	for _, v := range m.Words() {
		w.Uvarint(v)
	}
}

func readMoments(r *codec.Reader) stat.Moments {
	return stat.FromWords([5]uint64{r.Uvarint(), r.Uvarint(), r.Uvarint(), r.Uvarint(), r.Uvarint()})
}

// countsAgree reports whether the histograms could be of the same respondents:
// each holds all of them, those of a dimension hold the answers of its items, and
// nobody has given fewer answers than their sum takes. Fields add up, as words do,
// so the fields of all answers to the items of a dimension must come to the fields
// of all respondents on the dimension. The sums stay below 2^54.
func (s *Survey) countsAgree() bool {
	l := s.plan
	for d, dimension := range l.params.Dimensions {
		var answers [measures]uint64
		for _, item := range dimension.Items {
			pairs := s.pairs[l.place[item]*len(l.says):][:len(l.says)]
			if total(pairs) != s.respondents {
				return false
			}
			for cell, n := range pairs {
				for m := range measures {
					answers[m] += uint64(n) * uint64(l.says[cell].field(m))
				}
			}
		}
		for m, h := range l.histograms[d] {
			counts := s.sums[h.first:][:len(h.column)]
			fields, ok := h.column.answers(counts)
			if !ok || fields != answers[m] || total(counts) != s.respondents {
				return false
			}
		}
	}
	return true
}

// answers adds up the fields of the respondents counted in a column; false if one
// is counted where nobody can be.
func (c column) answers(counts []uint32) (fields uint64, ok bool) {
	for at, n := range counts {
		if n > 0 && at > 0 && c.marks(at) == 0 {
			return 0, false
		}
		fields += uint64(at) * uint64(n)
	}
	return fields, true
}

func total(counts []uint32) (n uint64) {
	for _, c := range counts {
		n += uint64(c)
	}
	return n
}

// overallAgrees reports whether the points and the overall sums could be of respondents
// that the histograms count. It does not prove that they are: overall scores of
// respondents cannot be told from histograms of their parts. But whatever passes has
// means on the scale and variances that are not negative.
func (s *Survey) overallAgrees() bool {
	gave, ok := s.pointsAgree()
	if !ok {
		return false
	}
	l := s.plan
	scored := s.scored()
	for m := range measures {
		largest := uint64(l.span) * l.lcm
		if m == gap {
			largest *= 2
		}
		var unweighted, weighted uint64
		for k := rules - 1; k >= 0; k-- { // strictest first: whoever satisfies it satisfies the others
			o := s.overall[m][k]
			unweighted += o.unweighted.N()
			weighted += o.weighted.N()
			if !o.unweighted.Possible(largest*uint64(len(l.histograms))) || !o.weighted.Possible(largest*allPoints) ||
				o.weighted.N() > o.unweighted.N() || unweighted > scored[m][k] || weighted > gave {
				return false
			}
		}
		all := s.totals[m]
		if all.N() != s.overall[gap][rules-1].unweighted.N() || !all.Possible(largest/l.lcm*uint64(l.items)) {
			return false
		}
	}
	return true
}

// pointsAgree reports whether the points could be of respondents who gave 100 each, and
// how many they are.
func (s *Survey) pointsAgree() (gave uint64, ok bool) {
	gave, given := total(s.points[:allPoints+1]), uint64(0)
	for d := range s.plan.histograms {
		points := s.points[d*(allPoints+1):][:allPoints+1]
		if total(points) != gave {
			return 0, false
		}
		for p, n := range points {
			given += uint64(p) * uint64(n)
		}
	}
	return gave, gave <= s.respondents && given == allPoints*gave
}

// scored returns, by measure and rule, the least number of respondents who have a score
// on a dimension: as many at most have one on all.
func (s *Survey) scored() (least [measures][rules]uint64) {
	for m := range measures {
		for k := range rules {
			least[m][k] = s.respondents
			for _, histograms := range s.plan.histograms {
				h := histograms[m]
				least[m][k] = min(least[m][k], h.column.scored(s.sums[h.first:][:len(h.column)], k))
			}
		}
	}
	return least
}

// scored returns how many of the respondents counted in a column satisfy a rule.
func (c column) scored(counts []uint32, rule int) (n uint64) {
	for at, count := range counts {
		if c.marks(at)>>rule&1 == 1 {
			n += uint64(count)
		}
	}
	return n
}
