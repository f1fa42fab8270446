package sim

import (
	"math"
	"math/bits"

	"github.com/relmark/relmark/internal/fault"
)

// MaxServers is the greatest number of servers of one station.
const MaxServers = 1_000_000

// A FIFO is the state of one line in front of servers that are all alike, where
// whoever came first is served first and nobody leaves before: G/G/c. It takes
// customers one by one, in the order of arrival, without allocating: O(servers) up to
// sixteen, O(log servers) beyond. Obtain one from [NewFIFO]; the zero FIFO takes
// nobody. It is not safe for concurrent use.
type FIFO struct {
	opaque

	free []float64 // when each server will be, ascending; nil if there are many
	heap []uint64  // the same for many servers, from 1; see sink
	last float64   // arrival
}

// few is up to how many servers moving all of them is faster than a heap.
const few = 16

// NewFIFO returns an empty line. It fails with a [relmark.FieldError] unless servers
// is 1 to [MaxServers].
func NewFIFO(servers int) (*FIFO, error) {
	if err := checkServers("servers", servers); err != nil {
		return nil, fault.Room(room, err)
	}
	f := &FIFO{last: -most}
	if servers > few {
		f.heap = newHeap(servers)
		return f, nil
	}
	f.free = make([]float64, servers)
	for i := range f.free {
		f.free[i] = math.Inf(-1)
	}
	return f, nil
}

func checkServers(field string, servers int) error {
	var l fault.List
	l.Check(servers >= 1 && servers <= MaxServers, field, servers, "must be 1 to 1000000")
	return l.Err("")
}

// Serve returns how long a customer waits who comes at an instant and needs a server
// for a time of 0 to 1e100. It fails with a [relmark.FieldError] for another time, or
// if the instant is before that of the customer before or beyond ±1e100; the line
// stays as it is then.
func (f *FIFO) Serve(arrival, service float64) (wait float64, err error) {
	if !(arrival >= f.last && arrival <= most && service >= 0 && service <= most) || f.free == nil && f.heap == nil {
		return 0, fault.Room(room, f.fault(arrival, service))
	}
	f.last = arrival
	if f.free != nil {
		return f.serve(arrival, service), nil
	}
	start := arrival
	if at := unordered(f.heap[1]); at > start {
		start = at
	}
	sink(f.heap, ordered(start+service))
	return start - arrival, nil
}

// serve moves the servers that will be free before the one that serves now.
func (f *FIFO) serve(arrival, service float64) (wait float64) {
	free, start := f.free, arrival
	if free[0] > start {
		start = free[0]
	}
	end, i := start+service, 1
	for ; i < len(free) && free[i] < end; i++ {
		free[i-1] = free[i]
	}
	free[i-1] = end
	return start - arrival
}

// fault says what is wrong with a customer.
func (f *FIFO) fault(arrival, service float64) error {
	var l fault.List
	l.Check(f.free != nil || f.heap != nil, "FIFO", nil, "must come from NewFIFO")
	l.Check(arrival >= f.last && arrival <= most, "arrival", arrival, "must be -1e+100 to 1e+100, and not before the last one")
	l.Between("service", service, 0, most)
	return l.Err("")
}

// ordered returns a number whose order among integers is that of x among floats.
func ordered(x float64) uint64 {
	b := math.Float64bits(x)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

func unordered(u uint64) float64 {
	return math.Float64frombits(u ^ (^uint64(int64(u)>>63) | 1<<63))
}

// newHeap returns a heap of so many servers that are free, from place 1, filled up to
// a power of two by some that never are: so every node has two children, and which is
// the less is found without a branch that the processor would guess wrong.
func newHeap(servers int) []uint64 {
	size := 1 << bits.Len(uint(servers))
	heap := make([]uint64, 2*size)
	for i := range heap {
		heap[i] = math.MaxUint64
		if i <= servers {
			heap[i] = ordered(math.Inf(-1))
		}
	}
	return heap
}

// sink puts another time in place of the least one.
func sink(heap []uint64, at uint64) {
	i := 1
	for i < len(heap)/2 {
		child := 2 * i
		left, right := heap[child], heap[child+1]
		if right < left {
			child++
		}
		least := min(left, right)
		if least >= at {
			break
		}
		heap[i] = least
		i = child
	}
	heap[i] = at
}

// Waits appends to dst how long each customer waits who comes at arrival[i], in
// ascending order, and needs one of so many servers for service[i]: the exact path of
// a G/G/c line that serves in the order of arrival. Up to the rounding of each sum and
// difference, and exactly where times are binary fractions, it is what happened. It
// fails with a [relmark.FieldError] that names the position if the slices differ in
// length or [FIFO.Serve] fails; dst comes back as it was.
func Waits(dst, arrival, service []float64, servers int) ([]float64, error) {
	if len(arrival) != len(service) {
		return dst, fault.Room(room, fault.New("service", len(service), "must have as many times as arrival"))
	}
	line, err := NewFIFO(servers)
	if err != nil {
		return dst, err
	}
	before := len(dst)
	for i, at := range arrival {
		wait, err := line.Serve(at, service[i])
		if err != nil {
			return dst[:before], fault.Room(room, fault.At("["+itoa(i)+"]", line.fault(at, service[i])))
		}
		dst = append(dst, wait)
	}
	return dst, nil
}
