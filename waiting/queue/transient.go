package queue

import "math"

// A TransientState is a queue at the end of an interval.
type TransientState struct {
	MeanSystem float64 `json:"mean_system"` // customers waiting or in service
	MeanQueue  float64 `json:"mean_queue"`  // customers waiting
	ProbBlock  float64 `json:"prob_block"`  // there is no room
	ProbWait   float64 `json:"prob_wait"`   // all servers are busy
	ProbEmpty  float64 `json:"prob_empty"`  // nobody is there
}

const maxRoom = 100_000

// Transient follows the law of the number of customers through a day, exactly: an M/M/c
// line with room for so many customers, whose rates and servers change at the beginning
// of each interval, those in service staying there, from so many customers at the
// beginning. It uses uniformisation: in each interval the chain makes a Poisson number of
// steps. All terms are positive; those left out are below 1e-18 of what they are added to.
// It fails with a [relmark.FieldError] if p breaks a rule, the room is not 1 to 100,000,
// start not within it, or if there is not a number of servers for each interval, 1 to room;
// and for more than 1e9 steps in one interval. It takes steps·room operations an interval, some λ + cμ
// steps a unit of time.
func Transient(p DayParams, servers []int, place, start int) ([]TransientState, error) {
	var l faults
	p.check(&l)
	l.Check(place >= 1 && place <= maxRoom, "place", place, "must be 1 to 100000")
	l.Check(start >= 0 && start <= place, "start", start, "must be 0 to place")
	checkDuty(&l, servers, len(p.Arrivals))
	if l.Len() == 0 {
		for i, c := range servers {
			if c > place {
				l.Add("servers["+itoa(i)+"]", c, "must be place at most")
			}
			if !((p.Arrivals[i]+float64(c)*p.Service)*p.Interval <= 1e9) {
				l.Add("Arrivals["+itoa(i)+"]", p.Arrivals[i], "must make 1e9 steps an interval at most")
			}
		}
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	u := newUniform(place)
	u.now[start] = 1
	out := make([]TransientState, len(servers))
	for i, c := range servers {
		u.run(p.Arrivals[i], p.Service, c, p.Interval)
		out[i] = u.moment(c)
	}
	return out, nil
}

// A uniform is the law of the number of customers, and room to make the next of it.
type uniform struct {
	now, step, next, sum []float64
	up                   float64   // probability that a step goes up
	serving, stay        []float64 // that it goes down, or nowhere, by number
}

func newUniform(most int) *uniform {
	n := most + 1
	return &uniform{now: make([]float64, n), step: make([]float64, n), next: make([]float64, n), sum: make([]float64, n), serving: make([]float64, n), stay: make([]float64, n)}
}

// run lets an interval pass: with N steps, Poisson of mean (λ + cμ)·t, the law is the sum
// over n of P(N = n) times that after n steps.
func (u *uniform) run(arrival, service float64, servers int, t float64) {
	total := arrival + float64(float64(servers)*service)
	u.up = arrival / total
	for n := range u.serving {
		u.serving[n] = float64(min(n, servers)) * service / total
		u.stay[n] = float64(max(0, servers-n)) * service / total
	}
	copy(u.step, u.now)
	clear(u.sum)
	mean := total * t
	first := max(0, math.Floor(mean-9*math.Sqrt(mean)-30))
	for n := 0.0; ; n++ {
		if n >= first {
			p := poisson(n, mean)
			for i, x := range u.step {
				u.sum[i] += float64(p * x)
			}
			if n > mean+9*math.Sqrt(mean)+30 {
				break
			}
		}
		u.advance()
	}
	u.now, u.sum = u.sum, u.now
}

// advance makes one step of the chain.
func (u *uniform) advance() {
	last := len(u.step) - 1
	from, to, stay, serving := u.step, u.next[:last+1], u.stay[:last+1], u.serving[:last+1]
	to[0] = float64(from[0]*stay[0]) + float64(from[1]*serving[1])
	for n := 1; n < last; n++ {
		to[n] = float64(from[n]*stay[n]) + float64(from[n-1]*u.up) + float64(from[n+1]*serving[n+1])
	}
	to[last] = float64(from[last]*(stay[last]+u.up)) + float64(from[last-1]*u.up)
	u.step, u.next = u.next, u.step
}

func (u *uniform) moment(servers int) (m TransientState) {
	for n, p := range u.now {
		m.MeanSystem += float64(float64(n) * p)
		m.MeanQueue += float64(float64(max(0, n-servers)) * p)
		if n >= servers {
			m.ProbWait += p
		}
	}
	m.ProbBlock, m.ProbEmpty = u.now[len(u.now)-1], u.now[0]
	return m
}
