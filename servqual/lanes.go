package servqual

// lanes add up gaps of eight respondents at once, one in each byte of a word.
//
// An answer a is turned into a − Low, which is 0 to span where it is on the scale; where
// it is not, it must be [Blank]. A gap counts from −span, so that no lane is below 0 and
// none carries into the next: a dimension sums to k·2·span, 255 at most.
type lanes struct {
	scale
	plan   *plan
	scores [][]uint64
}

// A scale reads eight answers at once, one in each byte of a word.
type scale struct {
	low   uint64 // −Low in each lane, modulo 256
	above uint64 // 127 − span in each lane: a sum with the lane has the top bit if that is above span
	blank uint64 // what Blank turns into, in each lane
	span  uint64 // in each lane
}

func newScale(l *plan) scale {
	return scale{
		low: uint64(uint8(-l.params.Low)) * everyLane, above: uint64(127-l.span) * everyLane,
		blank: uint64(uint8(Blank-l.params.Low)) * everyLane, span: uint64(l.span) * everyLane,
	}
}

const (
	everyLane = 0x0101010101010101
	lowBits   = 0x7f * everyLane
	topBits   = 0x80 * everyLane
	evenLanes = 0x00ff00ff00ff00ff
	block     = 256 // respondents, a multiple of 8
)

// A total adds up what columns say of one respondent in all dimensions: in the lowest
// three bytes by how many dimensions each rule is missed, above them the scores.
const (
	missBits  = 8
	scoreBits = missBits * rules
	mostTotal = 1 << (64 - scoreBits)
)

// newLanes returns nil where a lane could overflow.
func newLanes(l *plan, made totals) *lanes {
	for _, d := range l.params.Dimensions {
		if len(d.Items)*2*l.span > 255 {
			return nil
		}
	}
	p := &lanes{scale: newScale(l), plan: l}
	for _, h := range l.histograms {
		p.scores = append(p.scores, made.of(h[gap].column))
	}
	return p
}

// totals turn columns into parts of totals; those of equal columns are one.
type totals map[*uint64][]uint64

// newTotals returns nil if a total could overflow.
func newTotals(l *plan) totals {
	if uint64(2*l.span)*l.lcm >= mostTotal/uint64(len(l.histograms)) {
		return nil
	}
	return totals{}
}

func (t totals) of(c column) []uint64 {
	if list := t[&c[0]]; list != nil {
		return list
	}
	list := make([]uint64, len(c))
	for at := range c {
		list[at] = c.score(at) << scoreBits
		for k := range rules {
			if c.marks(at)>>k&1 == 0 {
				list[at] += 1 << (missBits * k)
			}
		}
	}
	t[&c[0]] = list
	return list
}

// count adds respondents up to a multiple of eight, and returns how many; false at an
// answer off the scale.
func (p *lanes) count(s *GapSurvey, c Columns, n int) (done int, ok bool) {
	var total [block]uint64
	for done = 0; done+8 <= n; done += len(total) {
		all := total[:min(block, (n-done)&^7)]
		clear(all)
		first := 0
		for d, dimension := range p.plan.params.Dimensions {
			scores := p.scores[d]
			if !p.dimension(dimension.Items, c, done, s.sums[first:first+len(scores)], scores, all) {
				return done, false
			}
			first += len(scores)
		}
		for _, t := range all {
			if rule := strictestOf(t); rule >= 0 {
				s.overall[rule].Add(t >> scoreBits)
			}
		}
	}
	return n &^ 7, true
}

// strictestOf returns the strictest rule that no dimension misses, −1 for none: how many
// rules are not missed, less one, since whoever misses a rule misses the stricter ones.
// There are no branches, which the missing answers of a survey would make hard to predict.
func strictestOf(total uint64) int {
	const one = 1<<missBits - 1
	return 2 - missed(total&one) - missed(total>>missBits&one) - missed(total>>(2*missBits)&one)
}

// missed returns 1 unless n, which is below 2^63, is 0.
func missed(n uint64) int { return int(-n >> 63) }

// dimension counts some respondents at one dimension and adds to their totals.
func (p *lanes) dimension(items []int, c Columns, from int, sums []uint32, scores, all []uint64) bool {
	width := uint64(p.plan.width[gap])
	scores = scores[:len(sums)]
	for r := 0; r+8 <= len(all); r += 8 {
		sum, n, bad := p.add(items, c, from+r)
		if bad != 0 {
			return false
		}
		even := sum&evenLanes + n&evenLanes*width
		odd := sum>>8&evenLanes + n>>8&evenLanes*width
		into := all[r : r+8 : r+8]
		for lane := 0; lane < 8; lane += 2 {
			a, b := int(even&0xffff), int(odd&0xffff)
			even, odd = even>>16, odd>>16
			sums[a]++
			into[lane] += scores[a]
			sums[b]++
			into[lane+1] += scores[b]
		}
	}
	return true
}

// add returns the sums of the gaps of eight respondents on some items and how many they
// are, by lane; bad is not 0 if an answer is off the scale.
func (p *lanes) add(items []int, c Columns, from int) (sum, n, bad uint64) {
	for _, item := range items {
		e, blankE, badE := p.raw(load(c.Expected[item], from))
		q, blankP, badP := p.raw(load(c.Perceived[item], from))
		bad |= badE | badP
		there := ^(blankE | blankP)
		if p.plan.codes[item].reversed {
			e, q = q, e
		}
		sum += (q&there + p.span - e&there) & there
		n += everyLane & there
	}
	return sum, n, bad
}

// raw returns answers less Low, all bits of the lanes that are off the scale, and what
// differs from Blank there.
func (p *scale) raw(answers uint64) (raw, outside, bad uint64) {
	raw = (answers&lowBits + p.low&lowBits) ^ (answers^p.low)&topBits
	over := (raw&lowBits + p.above | raw) & topBits
	outside = over<<1 - over>>7
	return raw, outside, (raw ^ p.blank) & outside
}

// load returns eight answers, the first in the lowest byte.
func load(column []int8, from int) uint64 {
	b := column[from : from+8 : from+8]
	return uint64(uint8(b[0])) | uint64(uint8(b[1]))<<8 | uint64(uint8(b[2]))<<16 | uint64(uint8(b[3]))<<24 |
		uint64(uint8(b[4]))<<32 | uint64(uint8(b[5]))<<40 | uint64(uint8(b[6]))<<48 | uint64(uint8(b[7]))<<56
}
