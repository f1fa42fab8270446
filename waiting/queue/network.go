package queue

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark/internal/canon"
)

// A Station is one line of a network. It is plain data.
type Station struct {
	External float64   `json:"external"` // customers per Unit who come here from outside; 0 to 1e100
	Service  float64   `json:"service"`  // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers  int       `json:"servers"`  // c, 1 to MaxServers
	Route    []float64 `json:"route"`    // probability of going on to each station, in order; who does not leaves; nil: all leave
}

// NetworkParams describes stations that customers walk through, open and by chance:
// Jackson's network. It is plain data.
type NetworkParams struct {
	Stations []Station     `json:"stations"` // 1 to 500
	Unit     time.Duration `json:"unit"`     // of all rates, such as time.Hour; > 0
}

const maxStations = 500

// Validate reports every rule that p breaks, stability aside, joined into one error.
func (p NetworkParams) Validate() error {
	var l faults
	l.unit(p.Unit)
	l.Check(len(p.Stations) >= 1 && len(p.Stations) <= maxStations, "Stations", len(p.Stations), "must be 1 to 500")
	for i, s := range p.Stations {
		path := "Stations[" + itoa(i) + "]."
		l.Between(path+"External", s.External, 0, maxRate)
		l.Between(path+"Service", s.Service, minRate, maxRate)
		l.Check(s.Servers >= 1 && s.Servers <= MaxServers, path+"Servers", s.Servers, "must be 1 to 1000000000")
		l.Check(s.Route == nil || len(s.Route) == len(p.Stations), path+"Route", len(s.Route), "must have a probability for each station, or none")
		sum := 0.0
		for j, share := range s.Route {
			l.Between(path+"Route["+itoa(j)+"]", share, 0, 1)
			sum += share
		}
		l.Check(!(sum > 1+slight), path+"Route", sum, "must add up to 1 at most")
	}
	return l.Err(room)
}

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A Network is a solved open network in its steady state. It is an immutable value, safe
// for concurrent use. Obtain one from [NewNetwork]; the zero Network has no stations.
type Network struct {
	opaque

	params NetworkParams
	lines  []MMC
}

// NewNetwork solves the network described by p: the traffic λ = γ + P'λ by LU
// decomposition, then each station as M/M/c. Besides the rules of
// [NetworkParams.Validate] it fails with a [relmark.FieldError] if customers cannot leave,
// and names each station that has more work than its servers can do. It takes O(n³) time.
func NewNetwork(p NetworkParams) (Network, error) {
	if err := p.Validate(); err != nil {
		return Network{}, err
	}
	var l faults
	rates, ok := p.traffic()
	l.Check(ok, "Stations", nil, "must let customers leave")
	if l.Len() > 0 {
		return Network{}, l.Err(room)
	}
	m := Network{params: p.clone()}
	for i, s := range p.Stations {
		station := MMCParams{Arrival: rates[i], Service: s.Service, Servers: s.Servers, Unit: p.Unit}
		l.Check(station.stable(), "Stations["+itoa(i)+"].Servers", s.Servers, "must exceed the load that comes here from outside and within")
		line, err := NewMMC(station)
		if err != nil && l.Len() == 0 {
			return Network{}, err
		}
		m.lines = append(m.lines, line)
	}
	if l.Len() > 0 {
		return Network{}, l.Err(room)
	}
	return m, nil
}

// traffic returns how many customers come to each station, from outside and within.
func (p NetworkParams) traffic() ([]float64, bool) {
	n := len(p.Stations)
	a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i, s := range p.Stations {
		b.SetVec(i, s.External)
		a.Set(i, i, 1+a.At(i, i))
		for j, share := range s.Route {
			a.Set(j, i, a.At(j, i)-share)
		}
	}
	var rates mat.VecDense
	if rates.SolveVec(a, b) != nil { // singular, or so nearly that no digit is left
		return nil, false
	}
	most := mat.Max(&rates)
	out := make([]float64, n)
	for i := range out {
		x := rates.AtVec(i)
		if !(x >= -slight*most && x <= maxRate*maxRate) {
			return nil, false
		}
		out[i] = max(0, x)
	}
	return out, true
}

// Params returns what the network was made of.
func (m Network) Params() NetworkParams { return m.params.clone() }

// clone returns a copy that shares no memory.
func (p NetworkParams) clone() NetworkParams {
	p.Stations = slices.Clone(p.Stations)
	for i := range p.Stations {
		p.Stations[i].Route = slices.Clone(p.Stations[i].Route)
	}
	return p
}

// Station returns the line of a station as it is in its steady state, the zero MMC if
// there is no such station.
func (m Network) Station(i int) MMC {
	if i < 0 || i >= len(m.lines) {
		return MMC{}
	}
	return m.lines[i]
}

// MeanSystem returns the mean number of customers in the network.
func (m Network) MeanSystem() (sum float64) {
	for _, line := range m.lines {
		sum += line.MeanSystem()
	}
	return sum
}

func (m Network) external() (sum float64) {
	for _, s := range m.params.Stations {
		sum += s.External
	}
	return sum
}

// MeanVisit returns the mean time from arrival in the network until leaving it. It is NaN
// where nobody comes.
func (m Network) MeanVisit() float64 { return m.MeanSystem() / m.external() }

// Bottleneck returns the station whose servers are busy for the greatest share of their
// time, the first of equals, and by what factor all arrivals may grow before that station
// is overrun, +Inf where nobody comes; −1 and NaN for the zero Network.
func (m Network) Bottleneck() (station int, growth float64) {
	station, most := -1, math.NaN()
	for i, line := range m.lines {
		if rho := line.Utilization(); station < 0 || rho > most {
			station, most = i, rho
		}
	}
	return station, 1 / most
}

// ServerValue returns by how much one more server at a station shortens the mean visit; 0
// if there is no such station, and NaN where nobody comes.
func (m Network) ServerValue(station int) float64 {
	if station < 0 || station >= len(m.lines) {
		return 0
	}
	line := m.lines[station]
	p := line.Params()
	p.Servers++
	wider, err := NewMMC(p)
	if err != nil { // it has as many as there can be
		return 0
	}
	return (line.MeanQueue() - wider.MeanQueue()) / m.external()
}

// BestServer returns the station where one more server shortens the mean visit most, the
// first of equals; −1 for the zero Network.
func (m Network) BestServer() int {
	best, most := -1, 0.0
	for i := range m.lines {
		if v := m.ServerValue(i); best < 0 || v > most {
			best, most = i, v
		}
	}
	return best
}
