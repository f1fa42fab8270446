package sim_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting/sim"
)

// A sample is a path of queueing_paths.json.
type sample struct {
	Name       string     `json:"name"`
	Servers    int        `json:"servers"`
	Discipline string     `json:"discipline"`
	Capacity   *int       `json:"capacity"`
	Arrival    []float64  `json:"arrival"`
	Service    []float64  `json:"service"`
	Cls        []int      `json:"cls"`
	Patience   []float64  `json:"patience"`
	Wait       []float64  `json:"wait"`
	Status     []string   `json:"status"`
	Departure  []*float64 `json:"departure"`
}

// words maps the names of disciplines of the file.
var words = map[string]sim.Discipline{"fifo": sim.FirstCome, "lifo": sim.LastCome, "prio": sim.Priority}

func (s sample) customers() []sim.Customer {
	customers := make([]sim.Customer, len(s.Arrival))
	for i := range customers {
		c := &customers[i]
		c.Arrival, c.Service = s.Arrival[i], s.Service[i]
		if s.Cls != nil {
			c.Class = s.Cls[i]
		}
		if s.Patience != nil {
			c.Patience = &s.Patience[i]
		}
	}
	return customers
}

// Paths are exact: times are binary fractions, so that nothing is rounded.
func TestReferencePaths(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/sim", "queueing_paths.json")
	var file struct {
		Note  string            `json:"note"`
		Cases []json.RawMessage `json:"cases"`
	}
	f.JSON(&file)
	for _, raw := range file.Cases {
		var s sample
		require.NoError(t, reference.Strict(raw, &s))
		if !f.Owns(s.Name) {
			continue
		}
		discipline, ok := words[s.Discipline]
		require.True(t, ok, s.Name)
		station := sim.Station{Servers: s.Servers, Discipline: discipline, Capacity: s.Capacity}
		passages, err := station.Follow(s.customers())
		require.NoError(t, err, s.Name)
		for i, p := range passages {
			f.Exact(s.Status[i], string(p.Outcome), "%s: outcome of %d", s.Name, i)
			f.Exact(s.Wait[i], p.Wait, "%s: wait of %d", s.Name, i)
			if s.Departure[i] != nil {
				f.Exact(*s.Departure[i], p.Departs, "%s: departure of %d", s.Name, i)
			}
		}
		if s.Discipline == "fifo" && s.Capacity == nil && s.Patience == nil {
			waits, err := sim.Waits(nil, s.Arrival, s.Service, s.Servers)
			require.NoError(t, err, s.Name)
			for i, w := range waits {
				f.Exact(s.Wait[i], w, "%s: alone, wait of %d", s.Name, i)
			}
		}
	}
}
