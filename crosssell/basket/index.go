package basket

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// An index finds the count of an itemset. Sets are looked up by the codes of their
// items, which are cheaper to hash and compare than the items of a host.
type index[I relmark.ID] struct {
	sets    []Set[I]
	baskets int64
	code    map[I]uint32
	cells   []uint32         // codes of the items of all sets, set after set
	ends    []int            // number of a set → where its codes end
	counts  map[string]int64 // key of a set, its codes as bytes → its count
	key     []byte           // of the set looked up last
}

// newIndex indexes sets after checking each by itself.
func newIndex[I relmark.ID](sets []Set[I], baskets int64) (*index[I], error) {
	if baskets < 0 {
		return nil, invalid("Baskets", baskets, "must be 0 or more")
	}
	x := &index[I]{sets: sets, baskets: baskets}
	if err := x.encode(); err != nil {
		return nil, err
	}
	return x, x.count()
}

// encode checks the sets and gives codes to their items. Each item must be there
// as a set of its own.
func (x *index[I]) encode() error {
	x.code = map[I]uint32{}
	for i := range x.sets {
		if err := x.check(i); err != nil {
			return err
		}
		if items := x.sets[i].Items; len(items) == 1 {
			x.code[items[0]] = uint32(i)
		}
	}
	for i := range x.sets {
		for _, item := range x.sets[i].Items {
			c, listed := x.code[item]
			if !listed {
				return incomplete(i)
			}
			x.cells = append(x.cells, c)
		}
		x.ends = append(x.ends, len(x.cells))
	}
	return nil
}

// count notes the counts by key. The keys are parts of one string.
func (x *index[I]) count() error {
	const width = 4 // bytes of a code
	keys := string(appendKey(make([]byte, 0, width*len(x.cells)), x.cells))
	x.counts = make(map[string]int64, len(x.sets))
	start := 0
	for i, end := range x.ends {
		key := keys[width*start : width*end]
		if _, twice := x.counts[key]; twice {
			return invalid(fmt.Sprintf("Sets[%d]", i), nil, "must be listed once")
		}
		x.counts[key] = x.sets[i].Count
		start = end
	}
	return nil
}

// check reports what is wrong with set i by itself. A set of k items needs 2ᵏ − 2
// others in the list; so in a list that can be held, k is below 64.
func (x *index[I]) check(i int) error {
	s := &x.sets[i]
	if s.Count < 1 || s.Count > x.baskets {
		return invalid(fmt.Sprintf("Sets[%d].Count", i), s.Count, "must be 1 or more, and at most the number of baskets")
	}
	if err := checkItems("Items", s.Items); err != nil {
		return fault.Room(room, fault.At(fmt.Sprintf("Sets[%d]", i), err))
	}
	if len(s.Items) >= bits.Len(uint(len(x.sets))+1) {
		return incomplete(i)
	}
	return nil
}

// checkItems reports the first thing that is wrong with the items of a set.
func checkItems[I relmark.ID](field string, items []I) error {
	if len(items) == 0 {
		return fault.New(field, nil, "must not be empty")
	}
	for j := range items {
		if !codec.IsUTF8(&items[j]) {
			return fault.New(fmt.Sprintf("%s[%d]", field, j), nil, "must be UTF-8")
		}
	}
	for j, item := range items[1:] {
		if cmp.Compare(items[j], item) >= 0 {
			return fault.New(fmt.Sprintf("%s[%d]", field, j+1), nil, "must be above the item before it")
		}
	}
	return nil
}

func incomplete(i int) error {
	return invalid(fmt.Sprintf("Sets[%d]", i), nil, "must have all its subsets listed")
}

// codes returns the codes of set i.
func (x *index[I]) codes(i int) []uint32 {
	if i == 0 {
		return x.cells[:x.ends[0]]
	}
	return x.cells[x.ends[i-1]:x.ends[i]]
}

func appendKey(key []byte, codes []uint32) []byte {
	for _, code := range codes {
		key = binary.BigEndian.AppendUint32(key, code)
	}
	return key
}

// part returns the count of the set of those codes whose positions are in the
// mask. Codes keep the order of the items, so that equal parts have equal keys
// whichever set they are taken from. It does not allocate.
func (x *index[I]) part(codes []uint32, mask uint64) (n int64, listed bool) {
	x.key = x.key[:0]
	for j := range codes {
		if mask>>j&1 == 1 {
			x.key = appendKey(x.key, codes[j:j+1])
		}
	}
	n, listed = x.counts[string(x.key)]
	return n, listed
}

// table returns the evidence for the rule that set i makes with the consequent at
// the positions in right. Both sides are in at least as many baskets as the set,
// and in no more together than there are: counts that contradict this are of
// different baskets.
func (x *index[I]) table(i int, codes []uint32, right uint64) (Table, error) {
	t := Table{Both: x.sets[i].Count, N: x.baskets}
	var okLeft, okRight bool
	t.Left, okLeft = x.part(codes, ^right)
	t.Right, okRight = x.part(codes, right)
	if !okLeft || !okRight {
		return Table{}, incomplete(i)
	}
	if t.Validate() != nil {
		return Table{}, invalid(fmt.Sprintf("Sets[%d].Count", i), t.Both, "must agree with the counts of its subsets")
	}
	return t, nil
}
