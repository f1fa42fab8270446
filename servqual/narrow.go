package servqual

import "encoding/binary"

// narrow counts the answers of a respondent eight at a time where the square of a scale
// has 256 cells at most and the items of each dimension follow one another.
type narrow struct {
	scale
	side     uint64
	reversed []uint64 // by word of eight positions, all bits of the lanes worded negatively
	says     [256]word
	runs     []run
	places   []narrowPlaces // by dimension
}

// narrowPlaces are where a dimension counts respondents, and what they add to totals.
type narrowPlaces struct {
	first         [measures]int
	answers, gaps []uint64
}

// A run is the items of a dimension, and where each counts its pairs.
type run struct {
	first, end int
	dimension  int
	pairs      []int
}

const mostNarrow = 15 // squared below 256

// newNarrow returns nil where answers must be read one by one.
func newNarrow(l *plan, made totals) *narrow {
	if l.side > mostNarrow || l.items < 8 {
		return nil
	}
	n := &narrow{scale: newScale(l), side: uint64(l.side)}
	for d, dimension := range l.params.Dimensions {
		r := run{first: dimension.Items[0], end: dimension.Items[0] + len(dimension.Items), dimension: d}
		for i, item := range dimension.Items {
			if item != r.first+i {
				return nil
			}
			r.pairs = append(r.pairs, l.place[item]*len(l.says))
		}
		n.runs = append(n.runs, r)
	}
	n.place(l, made)
	copy(n.says[:], l.says)
	for at := range l.words() {
		mask := uint64(0)
		for lane := range 8 {
			if l.codes[l.start(at)+lane].reversed {
				mask |= 0xff << (8 * lane)
			}
		}
		n.reversed = append(n.reversed, mask)
	}
	return n
}

// place lays out the dimensions.
func (n *narrow) place(l *plan, made totals) {
	for _, h := range l.histograms {
		n.places = append(n.places, narrowPlaces{
			first:   [measures]int{h[expected].first, h[perceived].first, h[gap].first},
			answers: made.of(h[expected].column), gaps: made.of(h[gap].column),
		})
	}
}

// words returns how many words hold the answers; the last one may overlap the one before.
func (l *plan) words() int { return (l.items + 7) / 8 }

func (l *plan) start(word int) int { return min(8*word, l.items-8) }

// count counts a respondent at each item and leaves in s.words what the answers say of
// each dimension; false, with s as it was, at an answer off the scale.
func (n *narrow) count(s *Survey, expected, perceived []int8) bool {
	cells, items := &s.cells, s.plan.items
	bad := uint64(0)
	for at, reversed := range n.reversed {
		from := min(8*at, items-8)
		e, badE := n.code(load(expected, from), reversed)
		p, badP := n.code(load(perceived, from), reversed)
		bad |= badE | badP
		binary.LittleEndian.PutUint64(cells[from:], e*n.side+p)
	}
	if bad != 0 {
		return false
	}
	pairs := s.pairs
	for i := range n.runs {
		r := &n.runs[i]
		w := word(0)
		places := r.pairs
		for j, cell := range cells[r.first:r.end] {
			w += n.says[cell]
			pairs[places[j]+int(cell)]++
		}
		s.words[r.dimension] = w
	}
	return true
}

// code returns the rows of eight answers in the square: 0 for Blank, else 1 + raw, turned
// round where worded negatively.
func (n *narrow) code(answers, reversed uint64) (row, bad uint64) {
	raw, outside, bad := n.raw(answers)
	raw &^= outside
	raw = raw&^reversed | (n.span-raw)&reversed
	return (raw + everyLane) &^ outside, bad
}

// score is [Survey.score].
func (n *narrow) score(s *Survey, points []int8) {
	var e, p, g uint64
	var all word
	sums, words := s.sums, s.words[:len(n.places)]
	for i := range n.places {
		h, w := &n.places[i], words[i]
		all += w
		atE, atP, atG := w.field(expected), w.field(perceived), w.field(gap)
		sums[h.first[expected]+atE]++
		sums[h.first[perceived]+atP]++
		sums[h.first[gap]+atG]++
		e += h.answers[atE]
		p += h.answers[atP]
		g += h.gaps[atG]
	}
	k := [measures]int{s.countTotal(expected, e), s.countTotal(perceived, p), s.countTotal(gap, g)}
	if k[gap] == rules-1 {
		s.total(all)
	}
	if len(points) > 0 {
		s.scoreWeighted(points, [measures]marks{1<<(k[0]+1) - 1, 1<<(k[1]+1) - 1, 1<<(k[2]+1) - 1})
	}
}

// countTotal counts a total overall and returns the strictest rule it satisfies, −1 for none.
func (s *Survey) countTotal(m measure, total uint64) (rule int) {
	if rule = strictestOf(total); rule >= 0 {
		s.overall[m][rule].unweighted.Add(total >> scoreBits)
	}
	return rule
}
