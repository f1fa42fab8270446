package servqual

import "slices"

// A measure is one of the three things that are averaged.
type measure int

const (
	expected  measure = iota // E
	perceived                // P
	gap                      // P − E of an item where both are answered
	measures
)

// A plan is an instrument in the form that [Survey.Add] reads.
//
// The two answers to one item are a cell of a square: row·side + column, where
// Blank is row or column 0 and Low is 1. Values of answers are raw, so that none
// is negative: E and P count from Low, gaps from Low − High.
type plan struct {
	params     InstrumentParams
	span       int                   // High − Low
	side       int                   // of the square: span + 2
	items      int                   // of the instrument
	lcm        uint64                // of 1 to the number of items of the longest dimension
	width      [measures]int         // more than any sum of answers to a dimension
	says       []word                // by cell
	groups     []group               // items in the order of their histograms
	place      []int                 // of an item in that order, by position in the answers
	codes      []*coding             // of an item, by position in the answers
	narrow     *narrow               // nil where the scale is too wide, or items are scattered
	lanes      *lanes                // nil where the scale is too wide
	histograms [][measures]histogram // by dimension
	sums       int                   // size of all columns
	blank      []int8                // the answers of who was not asked
}

// A word says what a respondent answered to some items of a dimension. It holds a
// field for each measure, n·width + (sum of the n raw answers), where width
// exceeds every sum. Adding words adds all answers at once, and the field is the
// place to count the respondent in the histogram of the dimension.
type word uint64

// fieldBits suffices for all 100 items together: 100·4801 + 100·200 takes 19 bits.
const fieldBits = 21

func (w word) field(m measure) int { return int(w >> (m * fieldBits) & (1<<fieldBits - 1)) }

// A group is the items of a dimension that are worded alike.
type group struct {
	dimension int
	first     int // place in the pairs of a survey
	code      *coding
	at        []uint16 // positions in the answers
}

// A coding turns an answer into its row and column, off the square if the answer
// is off the scale.
type coding struct {
	row, column [256]uint16
	reversed    bool
}

const off = 1 << 14 // more than 102², the largest square

// A column is what the histogram of a dimension and measure means: by place, the
// score of the respondents counted there, and which rules they satisfy.
//
// A score is a sum divided by the number of items answered, which differs between
// dimensions and respondents. Times the least common multiple of all such numbers
// it is an integer, so overall sums stay exact, and merging is addition.
type column []uint64

const markBits = rules

func (c column) marks(at int) marks  { return marks(c[at]) & allMarks } // none at 0 and where nobody can be
func (c column) score(at int) uint64 { return c[at] >> markBits }       // mean raw answer · lcm

// newPlan works out a plan for valid, canonical params. It takes time and memory
// in proportion to (items of the longest dimension)² · (High − Low).
func newPlan(p InstrumentParams) *plan {
	span, longest := p.High-p.Low, 0
	l := &plan{params: p, span: span, side: span + 2, lcm: 1}
	for _, d := range p.Dimensions {
		l.items += len(d.Items)
		longest = max(longest, len(d.Items))
	}
	for n := 2; n <= longest; n++ {
		l.lcm = leastCommonMultiple(l.lcm, uint64(n))
	}
	l.width = [measures]int{span*longest + 1, span*longest + 1, 2*span*longest + 1}
	l.says = l.square()
	l.group()
	l.lay()
	l.blank = slices.Repeat([]int8{Blank}, l.items)
	if made := newTotals(l); made != nil {
		l.narrow, l.lanes = newNarrow(l, made), newLanes(l, made)
	}
	return l
}

// square returns what each cell says.
func (l *plan) square() []word {
	answer := func(m measure, raw int) word { return word(l.width[m]+raw) << (m * fieldBits) }
	says := make([]word, l.side*l.side)
	for row := range l.side {
		for column := range l.side {
			w := &says[row*l.side+column]
			if row > 0 {
				*w += answer(expected, row-1)
			}
			if column > 0 {
				*w += answer(perceived, column-1)
			}
			if row > 0 && column > 0 {
				*w += answer(gap, column-row+l.span)
			}
		}
	}
	return says
}

// coding returns where answers lie in the square if raw gives their values.
func (l *plan) coding(raw func(answer int) int) *coding {
	var c coding
	for i := range c.row {
		c.row[i], c.column[i] = off, off
	}
	blank := int8(Blank)
	c.row[uint8(blank)], c.column[uint8(blank)] = 0, 0
	for a := l.params.Low; a <= l.params.High; a++ {
		at := raw(a) + 1
		c.row[uint8(int8(a))], c.column[uint8(int8(a))] = uint16(at*l.side), uint16(at)
	}
	return &c
}

// group sorts the items of each dimension by wording, so that the inner loop of
// [Survey.Add] looks up one coding.
func (l *plan) group() {
	codes := [2]*coding{ // plain and reversed
		l.coding(func(answer int) int { return answer - l.params.Low }),
		l.coding(func(answer int) int { return l.params.High - answer }),
	}
	codes[1].reversed = true
	l.place, l.codes = make([]int, l.items), make([]*coding, l.items)
	placed := 0
	for d, dimension := range l.params.Dimensions {
		for wording, code := range codes {
			g := group{dimension: d, first: placed * len(l.says), code: code}
			for _, item := range dimension.Items {
				if slices.Contains(l.params.Reversed, item) == (wording == 1) {
					g.at = append(g.at, uint16(item))
					l.place[item], l.codes[item] = placed, code
					placed++
				}
			}
			if len(g.at) > 0 {
				l.groups = append(l.groups, g)
			}
		}
	}
}

// A histogram is where a survey counts respondents by their score on a dimension.
type histogram struct {
	first  int // place in the sums of a survey
	column column
}

// lay makes the columns; those of equal shape are one, which spares the cache: the
// five dimensions of the standard instrument have two shapes.
func (l *plan) lay() {
	made := map[[2]int]column{}
	for _, d := range l.params.Dimensions {
		var histograms [measures]histogram
		for m := range measures {
			shape := [2]int{len(d.Items), l.width[m]}
			if made[shape] == nil {
				made[shape] = l.column(len(d.Items), m)
			}
			histograms[m] = histogram{l.sums, made[shape]}
			l.sums += len(made[shape])
		}
		l.histograms = append(l.histograms, histograms)
	}
}

// column returns the column of a measure of a dimension with total items: place
// n·width + sum holds the score sum·lcm/n above the marks of n. Places that n
// answers cannot come to stay 0.
func (l *plan) column(total int, m measure) column {
	largest := l.span
	if m == gap {
		largest = 2 * l.span
	}
	c := make(column, (total+1)*l.width[m])
	for n := 1; n <= total; n++ {
		for sum := range n*largest + 1 {
			c[n*l.width[m]+sum] = uint64(sum)*(l.lcm/uint64(n))<<markBits | uint64(marksOf(n, total))
		}
	}
	return c
}

func leastCommonMultiple(a, b uint64) uint64 {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}
