package abc

import (
	"math"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Member is what one customer of a segment did over some periods. It is plain
// data.
type Member struct {
	Values    []decimal.Decimal `json:"values"`    // contribution in each period, oldest first; 1 to 120
	Reachable bool              `json:"reachable"` // some channel leads to him: address, consent
	Contacts  int               `json:"contacts"`  // messages that were sent to him, 0 or more
	Responses int               `json:"responses"` // messages that he answered, 0 to Contacts
	Joined    bool              `json:"joined"`    // he was not in the segment a period ago
}

// SegmentTotals accumulate the members of one segment. The zero SegmentTotals is empty and
// ready to use. It is not safe for concurrent mutation; concurrent reads are safe
// while nobody changes it. Copies share their memory: change only one of them.
// Customers must be partitioned: each is added to one part only.
type SegmentTotals struct {
	opaque

	members   int64
	joined    int64
	left      int64
	reachable int64
	contacts  int64
	responses int64
	periods   []wide  // sums of the values in units of 10^-9
	squares   big.Int // sum of the squared totals of the members, in 10^-18
}

const (
	maxPeriods  = 120
	maxMessages = 1 << 20 // of one member: keeps counts of messages in range
)

var errPeriods = fault.New("Periods", nil, "must be as many for every member and segment")

// Add adds a member. It fails with a [relmark.FieldError] on values with more than
// nine fraction digits, counts out of range or another number of periods than the
// members before, and with [relmark.ErrLimit] beyond 2^31 − 1 members; s is
// unchanged then. It takes O(periods) time.
func (s *SegmentTotals) Add(m Member) error { return wrap(s.add(m)) }

func (s *SegmentTotals) add(m Member) error {
	if err := m.validate(); err != nil {
		return err
	}
	switch {
	case s.periods != nil && len(m.Values) != len(s.periods):
		return errPeriods
	case s.members == maxCustomers:
		return errTooMany
	}
	var units [maxPeriods]wide
	var total wide
	for i, v := range m.Values {
		a, err := exact("Values", v)
		if err != nil {
			return err
		}
		units[i] = a.wide()
		total = total.add(units[i])
	}
	if s.periods == nil {
		s.periods = make([]wide, len(m.Values))
	}
	for i := range s.periods {
		s.periods[i] = s.periods[i].add(units[i])
	}
	square := total.big()
	s.squares.Add(&s.squares, square.Mul(square, square))
	s.count(m)
	return nil
}

func (m Member) validate() error {
	switch n := len(m.Values); {
	case n < 1 || n > maxPeriods:
		return fault.New("Values", n, "must be 1 to 120 periods")
	case m.Contacts < 0 || m.Contacts > maxMessages:
		return fault.New("Contacts", m.Contacts, "must be 0 to 2^20")
	case m.Responses < 0 || m.Responses > m.Contacts:
		return fault.New("Responses", m.Responses, "must be 0 to Contacts")
	}
	return nil
}

func (s *SegmentTotals) count(m Member) {
	s.members++
	s.contacts += int64(m.Contacts)
	s.responses += int64(m.Responses)
	if m.Reachable {
		s.reachable++
	}
	if m.Joined {
		s.joined++
	}
}

// Leave counts n customers who were in the segment a period ago and are not now.
// It fails with a [relmark.FieldError] if n is negative and with
// [relmark.ErrLimit] beyond 2^31 − 1 of them; s is unchanged then.
func (s *SegmentTotals) Leave(n int) error {
	switch {
	case n < 0:
		return wrap(fault.New("N", n, "must be 0 or more"))
	case n > maxCustomers || s.left+int64(n) > maxCustomers:
		return wrap(errTooMany)
	}
	s.left += int64(n)
	return nil
}

// Merge adds everything that o holds. It is exact, associative and commutative,
// and the empty SegmentTotals is its identity. It fails as [SegmentTotals.Add] does, and s is
// unchanged then.
func (s *SegmentTotals) Merge(o *SegmentTotals) error { return wrap(s.merge(o)) }

func (s *SegmentTotals) merge(o *SegmentTotals) error {
	switch {
	case s.periods != nil && o.periods != nil && len(s.periods) != len(o.periods):
		return errPeriods
	case s.members+o.members > maxCustomers || s.left+o.left > maxCustomers:
		return errTooMany
	}
	periods := slices.Clone(s.periods)
	if periods == nil {
		periods = slices.Clone(o.periods)
	} else {
		for i := range o.periods {
			periods[i] = periods[i].add(o.periods[i])
		}
	}
	s.periods = periods
	s.squares.Add(&s.squares, &o.squares)
	s.members += o.members
	s.joined += o.joined
	s.left += o.left
	s.reachable += o.reachable
	s.contacts += o.contacts
	s.responses += o.responses
	return nil
}

// total returns the sum of all values in units of 10^-9. Unlike those of single
// periods it may need more than 128 bits.
func (s *SegmentTotals) total() *big.Int {
	sum := new(big.Int)
	for _, v := range s.periods {
		sum.Add(sum, v.big())
	}
	return sum
}

// AppendBinary appends the encoding of s, version 1: its counts, the sums of the
// periods, high and low half each, and the sum of squares. It never fails.
func (s *SegmentTotals) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindSegment, binaryVersion)
	s.write(&w)
	return w.Data(), nil
}

func (s *SegmentTotals) write(w *codec.Writer) {
	for _, n := range s.counts() {
		w.Uvarint(uint64(*n))
	}
	w.Count(len(s.periods))
	for _, v := range s.periods {
		w.Varint(v.hi)
		w.Uvarint(v.lo)
	}
	w.Bytes(s.squares.Bytes())
}

// counts lists the counts in the order of the encoding.
func (s *SegmentTotals) counts() [6]*int64 {
	return [...]*int64{&s.members, &s.joined, &s.left, &s.reachable, &s.contacts, &s.responses}
}

// MarshalBinary returns the encoding that [SegmentTotals.AppendBinary] appends.
func (s *SegmentTotals) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no SegmentTotals encodes to; s is unchanged then.
func (s *SegmentTotals) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindSegment, binaryVersion)
	var decoded SegmentTotals
	decoded.read(&r)
	if err := fault.Decode(room, "segment", r.Done()); err != nil {
		return err
	}
	*s = decoded
	return nil
}

// read reads what write wrote into an empty segment.
func (s *SegmentTotals) read(r *codec.Reader) {
	for _, n := range s.counts() {
		v := r.Uvarint()
		r.Check(v <= maxCustomers*maxMessages)
		*n = int64(v)
	}
	if n := r.Count(2); n > 0 {
		r.Check(n <= maxPeriods)
		s.periods = make([]wide, n)
	}
	for i := range s.periods {
		s.periods[i] = wide{r.Varint(), r.Uvarint()}
		r.Check(s.periods[i].inRange(s.members))
	}
	squares := r.Bytes()
	r.Check(len(squares) == 0 || squares[0] != 0)
	s.squares.SetBytes(squares)
	r.Check(s.consistent())
}

// inRange reports whether n values can have the sum w.
func (w wide) inRange(n int64) bool {
	limit := product(math.MinInt64, 1e9).big() // the greatest magnitude
	sum := w.big()
	return sum.CmpAbs(limit.Mul(limit, big.NewInt(n))) <= 0
}

// consistent reports whether members could have added up to s. Of n numbers with
// the sum S, the sum of squares is S²/n at least, and that exactly if n is 1.
func (s *SegmentTotals) consistent() bool {
	n := s.members
	if n > maxCustomers || s.left > maxCustomers || s.joined > n || s.reachable > n ||
		s.contacts > n*maxMessages || s.responses > s.contacts || (n > 0) != (s.periods != nil) {
		return false
	}
	total := s.total()
	spread := new(big.Int).Mul(big.NewInt(n), &s.squares)
	excess := spread.CmpAbs(total.Mul(total, total))
	return excess >= 0 && (n != 1 || excess == 0) && (n > 0 || s.squares.Sign() == 0) && s.squares.BitLen() <= maxSquares
}

// maxSquares is the bits of 2^31 squares of 120 values of 2^93 each.
const maxSquares = 31 + 2*(93+7)
