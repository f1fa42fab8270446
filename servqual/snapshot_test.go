package servqual_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/servqual"
)

// A snapshot is the encoding of a survey of two dimensions of one item each, on a scale
// of 1 to 2, in parts that a test can spoil.
type snapshot struct {
	low, high          int64
	names              []string
	items, reversed    [][]uint64 // reversed holds one list
	respondents        uint64
	pairs, sums, given map[uint64]uint64   // counts by place
	overall            [3][3][2][5]uint64  // by measure and rule: unweighted, weighted
	totals             [3][5]uint64        // by measure
	raw                func(*codec.Writer) // written in place of all counts, if there is one
}

// one is the snapshot of one respondent, who expected 2 twice, perceived 1 twice and
// gave 40 and 60 points: E of 1 above the lowest answer, P of 0, gaps of −1, which is 0
// above the least.
func one() snapshot {
	s := snapshot{
		low: 1, high: 2, names: []string{"a", "b"}, items: [][]uint64{{0}, {1}}, reversed: [][]uint64{{}}, respondents: 1,
		pairs: map[uint64]uint64{7: 1, 9 + 7: 1},
		sums:  map[uint64]uint64{3: 1, 4 + 2: 1, 8 + 3: 1, 14 + 3: 1, 14 + 4 + 2: 1, 14 + 8 + 3: 1},
		given: map[uint64]uint64{40: 1, 101 + 60: 1},
	}
	for m := range 3 {
		s.overall[m][2] = [2][5]uint64{{1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}}
		s.totals[m] = [5]uint64{1, 0, 0, 0, 0}
	}
	s.overall[0][2] = [2][5]uint64{{1, 0, 2, 0, 4}, {1, 0, 100, 0, 10_000}}
	s.totals[0] = [5]uint64{1, 0, 2, 0, 4}
	return s
}

func (s snapshot) encoded() []byte {
	w := codec.NewWriter(nil, codec.KindSurvey, 1)
	w.Bool(true)
	w.Varint(s.low)
	w.Varint(s.high)
	w.Count(len(s.names))
	for d, name := range s.names {
		w.String(name)
		writeList(&w, s.items[d])
	}
	writeList(&w, s.reversed[0])
	w.Uvarint(s.respondents)
	if s.raw != nil {
		s.raw(&w)
		return w.Data()
	}
	writeCounts(&w, s.pairs, 18)
	writeCounts(&w, s.sums, 28)
	writeCounts(&w, s.given, 202)
	for m := range 3 {
		for _, o := range s.overall[m] {
			for _, moments := range o {
				writeWords(&w, moments)
			}
		}
		writeWords(&w, s.totals[m])
	}
	return w.Data()
}

func writeList(w *codec.Writer, list []uint64) {
	w.Count(len(list))
	writeWords(w, [5]uint64{}, list...)
}

// writeWords writes five numbers, or those given instead.
func writeWords(w *codec.Writer, five [5]uint64, instead ...uint64) {
	list := five[:]
	if instead != nil {
		list = instead
	}
	for _, v := range list {
		w.Uvarint(v)
	}
}

func writeCounts(w *codec.Writer, counts map[uint64]uint64, size uint64) {
	w.Count(len(counts))
	zeros := uint64(0)
	for at := range size {
		n, ok := counts[at]
		if !ok {
			zeros++
			continue
		}
		w.Uvarint(zeros)
		w.Uvarint(n)
		zeros = 0
	}
}

// What no respondents can come to is refused, one counter at a time.
func TestSnapshotsOutOfReachAreRefused(t *testing.T) {
	t.Parallel()
	good := one().encoded()
	in := instrument(t, servqual.InstrumentParams{Low: 1, High: 2, Dimensions: []servqual.Dimension{{Name: "a", Items: []int{0}}, {Name: "b", Items: []int{1}}}})
	s := collect(t, in, servqual.Response{Expected: []int8{2, 2}, Perceived: []int8{1, 1}, Importance: []int8{40, 60}})
	require.Equal(t, good, encoded(t, s), "the parts are those of a survey")
	require.NoError(t, new(servqual.Survey).UnmarshalBinary(good))

	for name, spoil := range map[string]func(s *snapshot){
		"no respondents":              func(s *snapshot) { s.respondents = 0 },
		"a respondent more":           func(s *snapshot) { s.respondents = 2 },
		"too many respondents":        func(s *snapshot) { s.respondents = 1 << 32 },
		"low of Blank":                func(s *snapshot) { s.low = -128 },
		"an empty scale":              func(s *snapshot) { s.low = 2 },
		"an answer beyond int8":       func(s *snapshot) { s.low, s.high = 127, 128 },
		"two of one name":             func(s *snapshot) { s.names[1] = "a" },
		"no name":                     func(s *snapshot) { s.names[0] = "" },
		"an item twice":               func(s *snapshot) { s.items[1] = []uint64{0} },
		"an item too high":            func(s *snapshot) { s.items[1] = []uint64{100} },
		"an item far too high":        func(s *snapshot) { s.items[1] = []uint64{1 << 63} },
		"reversed in disorder":        func(s *snapshot) { s.reversed[0] = []uint64{1, 0} },
		"reversed twice":              func(s *snapshot) { s.reversed[0] = []uint64{1, 1} },
		"an answer of nobody":         func(s *snapshot) { s.pairs[8] = 1 },
		"an answer less":              func(s *snapshot) { delete(s.pairs, 7) },
		"another answer":              func(s *snapshot) { delete(s.pairs, 7); s.pairs[8] = 1 },
		"a count of 0":                func(s *snapshot) { s.pairs[0] = 0 },
		"a count of 2³²":              func(s *snapshot) { s.pairs[7] = 1 << 32 },
		"a score of nobody":           func(s *snapshot) { s.sums[0] = 1 },
		"a score where nobody can be": func(s *snapshot) { delete(s.sums, 3); s.sums[1] = 1 },
		"another expectation":         func(s *snapshot) { delete(s.sums, 3); s.sums[2] = 1 },
		"another perception":          func(s *snapshot) { delete(s.sums, 14+4+2); s.sums[14+4+3] = 1 },
		"another gap":                 func(s *snapshot) { delete(s.sums, 8+3); s.sums[8+4] = 1 },
		"no expectation":              func(s *snapshot) { delete(s.sums, 3); s.sums[0] = 1 },
		"99 points":                   func(s *snapshot) { delete(s.given, 40); s.given[39] = 1 },
		"101 points":                  func(s *snapshot) { delete(s.given, 40); s.given[41] = 1 },
		"points of one dimension":     func(s *snapshot) { delete(s.given, 40); delete(s.given, 161); s.given[100] = 1 },
		"two gave, one is there":      func(s *snapshot) { s.given[40], s.given[161] = 2, 2 },
		"100 points without the rest": func(s *snapshot) { delete(s.given, 161); s.given = map[uint64]uint64{40: 1, 60: 1} },
		"points of two and of one":    func(s *snapshot) { s.given = map[uint64]uint64{0: 1, 101 + 100: 1, 40: 1} },
		"points of one and of two":    func(s *snapshot) { s.given = map[uint64]uint64{40: 1, 101 + 60: 1, 101: 1} },
		"points of two, and no scores": func(s *snapshot) {
			s.given = map[uint64]uint64{40: 1, 101 + 60: 1, 101: 1}
			for m := range s.overall {
				s.overall[m][2][1] = [5]uint64{}
			}
		},
		"a sum too high":             func(s *snapshot) { s.overall[0][2][0] = [5]uint64{1, 0, 3, 0, 9} },
		"a sum without its square":   func(s *snapshot) { s.overall[0][2][0][4] = 3 },
		"a weighted sum too high":    func(s *snapshot) { s.overall[0][2][1] = [5]uint64{1, 0, 101, 0, 10_201} },
		"a gap too high":             func(s *snapshot) { s.overall[2][2][0] = [5]uint64{1, 0, 5, 0, 25} },
		"scores of two":              func(s *snapshot) { s.overall[1][2][0][0] = 2 },
		"weighted more than scored":  func(s *snapshot) { s.overall[1][2][1][0] = 2 },
		"weighted, and not scored":   func(s *snapshot) { s.overall[1][2][0][0] = 0 },
		"scored by a laxer rule too": func(s *snapshot) { s.overall[1][1][0][0] = 1 },
		"scored by the laxest too":   func(s *snapshot) { s.overall[1][0][0][0] = 1 },
		"a weighted one who gave no": func(s *snapshot) { s.given = nil },
		"totals of nobody":           func(s *snapshot) { s.totals[1] = [5]uint64{} },
		"totals of two":              func(s *snapshot) { s.totals[0][0] = 2 },
		"a total too high":           func(s *snapshot) { s.totals[0] = [5]uint64{1, 0, 3, 0, 9} },
		"a total without its square": func(s *snapshot) { s.totals[0][4] = 6 },
		"upper halves":               func(s *snapshot) { s.totals[1][1] = 1 },
		"upper halves of squares":    func(s *snapshot) { s.overall[1][2][0][3] = 1 },
		"a count past the end":       func(s *snapshot) { s.raw = raw(1, 18, 1) },
		"a count far past the end":   func(s *snapshot) { s.raw = raw(1, 1<<63, 1) },
		"counts past the end":        func(s *snapshot) { s.raw = raw(2, 17, 1, 0, 1) },
		"more counts than bytes":     func(s *snapshot) { s.raw = raw(1 << 40) },
	} {
		spoilt := one()
		spoil(&spoilt)
		back := collect(t, in)
		before := encoded(t, back)
		require.ErrorIs(t, back.UnmarshalBinary(spoilt.encoded()), relmark.ErrInvalid, name)
		assert.Equal(t, before, encoded(t, back), "%s: unchanged", name)
		require.ErrorIs(t, new(servqual.Survey).UnmarshalBinary(spoilt.encoded()), relmark.ErrInvalid, name)
	}
}

// raw writes numbers.
func raw(list ...uint64) func(*codec.Writer) {
	return func(w *codec.Writer) { writeWords(w, [5]uint64{}, list...) }
}

// A list that claims more items than there are bytes costs nothing.
func TestListsOfItemsAreBoundedByTheirBytes(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter(nil, codec.KindSurvey, 1)
	w.Bool(true)
	w.Varint(1)
	w.Varint(2)
	w.Count(1)
	w.String("a")
	w.Uvarint(1 << 40)
	require.ErrorIs(t, new(servqual.Survey).UnmarshalBinary(w.Data()), relmark.ErrInvalid)
}
