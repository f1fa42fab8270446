package sim

import "math/rand/v2"

// The processes of a simulation that draw numbers.
const (
	gaps uint64 = iota
	sizes
	services
	patiences
	joining
	routing
)

// streams gives each process random numbers of its own, so that a change of one (more
// servers, another patience) leaves the draws of the others as they were: two
// variants that start from sources in the same state meet the same customers.
type streams struct{ high, low uint64 }

// newStreams draws two numbers, whatever is simulated.
func newStreams(r *rand.Rand) streams { return streams{r.Uint64(), r.Uint64()} }

// of returns the stream of a process of a class at a station.
func (s streams) of(process uint64, class, station int) *rand.Rand {
	name := process<<60 | uint64(class)<<30 | uint64(station)
	return rand.New(rand.NewPCG(s.high^mix(name), s.low+mix(^name)))
}

// mix is the finaliser of SplitMix64: it sets apart numbers that differ in a bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
