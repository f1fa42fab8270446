package sim

import (
	"math"
	"strconv"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const room = "sim" // as errors name it

func itoa(i int) string { return strconv.Itoa(i) }

// A Discipline says who is served next.
type Discipline string

// The disciplines. Whoever is being served is served to the end.
const (
	FirstCome Discipline = ""         // who came first
	LastCome  Discipline = "lifo"     // who came last
	Priority  Discipline = "priority" // the class that stands first in the list; within it who came first
)

func disciplines() enum.Set[Discipline] { return enum.Of(FirstCome, LastCome, Priority) }

// A Station is a line in front of servers that are all alike. It is plain data.
type Station struct {
	Servers    int        `json:"servers"`              // 1 to [MaxServers]; 0 with Shifts
	Shifts     *Schedule  `json:"shifts,omitempty"`     // servers on duty by time, whole numbers; whose duty ends finishes with the customer
	Discipline Discipline `json:"discipline,omitempty"` // who is served next
	Capacity   *int       `json:"capacity,omitempty"`   // most customers here, those served included, Servers or more; nil: no limit
	Join       []float64  `json:"join,omitempty"`       // probability of joining by how many are waiting already; the last holds for more; nil: all join
	Route      []float64  `json:"route,omitempty"`      // probability of going on to each station; who does not leaves
}

// A Class is a kind of customer. It holds laws, which are behaviour, and has no
// encoding.
type Class struct {
	opaque

	// Gap is the time between arrivals, of batches if there are Sizes. With Sources it
	// is how long each of them stays away after a visit.
	Gap      Law
	Sizes    Sizes     // how many come at once; nil: one
	Sources  int       // so many customers who come again and again, 1,048,576 at most in all classes; 0: new ones come for ever
	Pace     *Schedule // factor of the rate of arrival by time; nil: 1
	Start    int       // the station they come to
	Service  []Law     // time of service at each station; nil where the class never comes
	Patience Law       // how long one waits at a station before leaving for good; nil: for ever
}

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A Config describes what [Run] simulates.
type Config struct {
	opaque

	Unit      time.Duration // of all times, such as time.Hour; > 0
	Stations  []Station     // 1 to 1,000
	Classes   []Class       // 1 to 1,000
	Customers int           // to record, counted as they leave; 1 to 1e12
	WarmUp    int           // who leave before that; 0 to 1e12
	Batches   int           // for intervals: 2 to 1,000, at most Customers; 0 is 30, or 0 batches for fewer customers than that
	Limits    []float64     // times of which to count who wait longer; at most 16, ascending
}

const (
	maxParts     = 1000
	maxCustomers = 1_000_000_000_000
	maxWaiting   = 1 << 20
	maxSources   = 1 << 20
	maxLimits    = 16
	usualBatches = 30
)

// Validate reports every rule that c breaks, in one error.
func (c Config) Validate() error {
	var l fault.List
	l.Check(c.Unit > 0, "Unit", c.Unit, "must be > 0: the unit of all times")
	l.Check(len(c.Stations) > 0 && len(c.Stations) <= maxParts, "Stations", len(c.Stations), "must be 1 to 1000")
	l.Check(len(c.Classes) > 0 && len(c.Classes) <= maxParts, "Classes", len(c.Classes), "must be 1 to 1000")
	l.Check(c.Customers >= 1 && int64(c.Customers) <= maxCustomers, "Customers", c.Customers, "must be 1 to 1000000000000")
	l.Check(c.WarmUp >= 0 && int64(c.WarmUp) <= maxCustomers, "WarmUp", c.WarmUp, "must be 0 to 1000000000000")
	l.Check(c.Batches == 0 || c.Batches >= 2 && c.Batches <= min(maxParts, c.Customers), "Batches", c.Batches, "must be 2 to 1000 and at most Customers, or 0")
	checkLimits(&l, c.Limits)
	if l.Len() > 0 {
		return l.Err(room)
	}
	for i, s := range c.Stations {
		s.check(&l, "Stations["+itoa(i)+"].", len(c.Stations))
	}
	for i, k := range c.Classes {
		k.check(&l, "Classes["+itoa(i)+"]", len(c.Stations))
	}
	sources := 0
	for _, k := range c.Classes {
		sources += max(0, min(k.Sources, MaxServers))
	}
	l.Check(sources <= maxSources, "Classes", sources, "must have 1048576 sources at most, all together")
	if l.Len() == 0 {
		c.checkRoutes(&l)
	}
	return l.Err(room)
}

func checkLimits(l *fault.List, limits []float64) {
	l.Check(len(limits) <= maxLimits, "Limits", len(limits), "must be 16 at most")
	last := math.Inf(-1)
	for i, x := range limits {
		l.Check(x >= 0 && x <= most && x > last, "Limits["+itoa(i)+"]", x, "must be 0 to 1e+100, and ascend")
		last = x
	}
}

func (s Station) check(l *fault.List, path string, stations int) {
	servers := s.Servers
	if s.Shifts != nil {
		l.Join(path+"Shifts", s.Shifts.Validate())
		l.Check(s.Servers == 0, path+"Servers", s.Servers, "must be 0 where Shifts say it")
		for i, step := range s.Shifts.Steps {
			l.Check(step.Value == math.Trunc(step.Value) && step.Value <= MaxServers, path+"Shifts.Steps["+itoa(i)+"].Value", step.Value, "must be a whole number, at most 1000000")
			servers = max(servers, int(min(step.Value, MaxServers)))
		}
	} else {
		l.Join("", checkServers(path+"Servers", s.Servers))
	}
	l.Join("", disciplines().Check(path+"Discipline", s.Discipline))
	if s.Capacity != nil {
		l.Check(*s.Capacity >= servers, path+"Capacity", *s.Capacity, "must be at least the number of servers")
	}
	for i, p := range s.Join {
		l.Between(path+"Join["+itoa(i)+"]", p, 0, 1)
	}
	l.Check(s.Route == nil || len(s.Route) == stations, path+"Route", len(s.Route), "must have a probability for each station, or none")
	sum := 0.0
	for i, p := range s.Route {
		l.Between(path+"Route["+itoa(i)+"]", p, 0, 1)
		sum += p
	}
	l.Check(!(sum > 1+1e-9), path+"Route", sum, "must add up to 1 at most")
}

func (k Class) check(l *fault.List, path string, stations int) {
	checkLaw(l, path+".Gap", k.Gap)
	l.Check(k.Gap != nil, path+".Gap", nil, "must not be nil")
	if k.Patience != nil {
		checkLaw(l, path+".Patience", k.Patience)
	}
	if v, ok := k.Sizes.(validator); ok {
		l.Join(path+".Sizes", v.Validate())
	}
	l.Check(k.Sources >= 0 && k.Sources <= MaxServers, path+".Sources", k.Sources, "must be 0 to 1000000")
	l.Check(k.Sources == 0 || k.Sizes == nil && k.Pace == nil, path+".Sources", k.Sources, "must be 0 with Sizes or Pace")
	if k.Pace != nil {
		l.Join(path+".Pace", k.Pace.Validate())
	}
	l.Check(k.Start >= 0 && k.Start < stations, path+".Start", k.Start, "must be a station")
	l.Check(len(k.Service) == stations, path+".Service", len(k.Service), "must have a law for each station, nil where the class never comes")
	for i, law := range k.Service {
		checkLaw(l, path+".Service["+itoa(i)+"]", law)
	}
}

func checkLaw(l *fault.List, path string, law Law) {
	if v, ok := law.(validator); ok {
		l.Join(path, v.Validate())
	}
}

// checkRoutes finds stations that a class comes to without a time of service there,
// and classes that never leave.
func (c Config) checkRoutes(l *fault.List) {
	for i, k := range c.Classes {
		path := "Classes[" + itoa(i) + "]"
		reached := c.reached(k.Start)
		leaves := false
		for s, comes := range reached {
			l.Check(!comes || k.Service[s] != nil, path+".Service["+itoa(s)+"]", nil, "must not be nil: the class comes here")
			leaves = leaves || comes && total(c.Stations[s].Route) < 1-1e-9
		}
		l.Check(leaves, path+".Start", k.Start, "must lead to a station where customers leave")
	}
}

// reached says which stations a customer can come to.
func (c Config) reached(start int) []bool {
	reached := make([]bool, len(c.Stations))
	reached[start] = true
	for todo := []int{start}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for next, p := range c.Stations[s].Route {
			if p > 0 && !reached[next] {
				reached[next] = true
				todo = append(todo, next)
			}
		}
	}
	return reached
}

func total(xs []float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}
