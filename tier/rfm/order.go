package rfm

import (
	"cmp"
	"encoding/binary"
	"iter"
	"reflect"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

// sorted yields the places by customer, in ascending order.
func (x *index[C]) sorted() iter.Seq[int] {
	var list []keyed
	if !x.ascending() {
		list = x.ranked()
	}
	return func(yield func(int) bool) {
		for place := range x.customers.len() {
			if list != nil {
				place = list[place].place
			}
			if !yield(place) {
				return
			}
		}
	}
}

// ranked lists the places by customer.
func (x *index[C]) ranked() []keyed {
	list := byKey(keys(&x.customers))
	x.untie(list)
	return list
}

// untie sorts the customers that share a key, which only texts do.
func (x *index[C]) untie(list []keyed) {
	for i := 1; i < len(list); i++ {
		if list[i].key != list[i-1].key {
			continue
		}
		first := i - 1
		for i < len(list) && list[i].key == list[first].key {
			i++
		}
		slices.SortFunc(list[first:i], func(a, b keyed) int { return cmp.Compare(*x.customers.at(a.place), *x.customers.at(b.place)) })
	}
}

// A keyed is a place with a number that sorts as the customer does, as far as 64 bits
// can tell.
type keyed struct {
	key   uint64
	place int
}

// keys numbers customers: an integer by its value, a text by the eight bytes behind what
// all the texts begin with.
func keys[C relmark.ID](customers *list[C]) []keyed {
	out := make([]keyed, 0, customers.len())
	skip := common(customers)
	for _, block := range customers.blocks {
		ids := reflect.ValueOf(block)
		for i := range block {
			out = append(out, keyed{key(ids.Index(i), skip), len(out)})
		}
	}
	return out
}

func key(id reflect.Value, skip int) uint64 {
	switch {
	case id.CanInt():
		return uint64(id.Int()) ^ 1<<63
	case id.CanUint():
		return id.Uint()
	}
	return head(id.String()[skip:])
}

// common returns how many bytes all texts begin with alike; 0 for what is no text.
func common[C relmark.ID](customers *list[C]) int {
	if codec.IDKind[C]() != codec.IDText || customers.len() == 0 {
		return 0
	}
	first := reflect.ValueOf(*customers.at(0)).String()
	n := len(first)
	for _, block := range customers.blocks {
		ids := reflect.ValueOf(block)
		for i := range block {
			text := ids.Index(i).String()
			n = min(n, len(text))
			for text[:n] != first[:n] {
				n--
			}
		}
	}
	return n
}

// head returns the first eight bytes of a text as a number; zeros stand for what it
// lacks.
func head(text string) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64([]byte(text[:8]))
	}
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

const (
	digitBits = 11
	digitSpan = 1 << digitBits
)

// byKey sorts a list by key, equal keys in the order of their places: digit by digit
// from the last, digits that all keys share left out. It takes O(n), a tenth of the
// time of comparing customers where they lie.
func byKey(list []keyed) []keyed {
	var differ uint64
	for i := range list {
		differ |= list[i].key ^ list[0].key
	}
	other := make([]keyed, len(list))
	for shift := 0; differ>>shift != 0; shift += digitBits {
		if differ>>shift%digitSpan == 0 {
			continue
		}
		var next [digitSpan]int
		for i := range list {
			next[list[i].key>>shift%digitSpan]++
		}
		at := 0
		for d, n := range next {
			next[d], at = at, at+n
		}
		for _, k := range list {
			d := k.key >> shift % digitSpan
			other[next[d]] = k
			next[d]++
		}
		list, other = other, list
	}
	return list
}
