package social

import (
	"fmt"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// A Challenge asks members for activities within a time, such as three reviews and a
// check-in in May. It is plain data.
type Challenge struct {
	Name  string    `json:"name"`
	Steps []Step    `json:"steps"` // of kinds that differ, 1 to 100; all are needed
	From  time.Time `json:"from"`
	Until time.Time `json:"until"` // excluded; after From
}

// A Step is how many activities of a kind a challenge takes.
type Step struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"` // 1 to 10^6
}

// Validate reports every rule that c breaks, in one error.
func (c Challenge) Validate() error {
	var f fault.List
	f.Name("Name", c.Name)
	f.Check(len(c.Steps) >= 1 && len(c.Steps) <= 100, "Steps", len(c.Steps), "must be 1 to 100")
	seen := map[string]bool{}
	for i, s := range c.Steps[:min(len(c.Steps), 100)] {
		path := fmt.Sprintf("Steps[%d]", i)
		f.Check(fault.ValidName(s.Kind) && !seen[s.Kind], path+".Kind", nil, fault.NameRule+", once")
		f.Check(s.Count >= 1 && s.Count <= 1e6, path+".Count", s.Count, "must be 1 to 1000000")
		seen[s.Kind] = true
	}
	instant(&f, "From", c.From)
	instant(&f, "Until", c.Until)
	f.Check(c.From.Before(c.Until), "Until", c.Until, "must come after From")
	return f.Err(room)
}

type plainChallenge Challenge

type challengeJSON struct {
	V int `json:"v"`
	plainChallenge
}

// MarshalJSON encodes a valid challenge:
//
//	{"v":1,"name":"may","steps":[{"kind":"review","count":3}],"from":"2025-05-01T00:00:00Z","until":"2025-06-01T00:00:00Z"}
func (c Challenge) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.From, c.Until = c.From.UTC(), c.Until.UTC()
	return encode(challengeJSON{version, plainChallenge(c)})
}

// UnmarshalJSON decodes and validates a challenge of any version so far. It leaves c
// unchanged on error.
func (c *Challenge) UnmarshalJSON(data []byte) error {
	var in challengeJSON
	if err := decode("challenge", data, &in); err != nil {
		return err
	}
	if err := Challenge(in.plainChallenge).Validate(); err != nil {
		return err
	}
	*c = Challenge(in.plainChallenge)
	return nil
}

// A ChallengeState says how a challenge stands.
type ChallengeState string

// The states.
const (
	ChallengeUpcoming  ChallengeState = "upcoming"  // it has not begun
	ChallengeOpen      ChallengeState = "open"      // it goes on
	ChallengeCompleted ChallengeState = "completed" // all steps were taken in time
	ChallengeExpired   ChallengeState = "expired"   // time is over
)

// StepProgress is how far a step has come. It is plain data.
type StepProgress struct {
	Kind string `json:"kind"`
	Have int    `json:"have"` // at most Need
	Need int    `json:"need"`
}

// Progress is how far a member has come in a challenge. It is plain data.
type Progress struct {
	State ChallengeState `json:"state"`
	Steps []StepProgress `json:"steps"` // in the order of the challenge
	Share float64        `json:"share"` // of all activities that it takes, 0 to 1
	// CompletedAt is when the last activity was done that it took; zero unless completed.
	CompletedAt time.Time `json:"completed_at,omitzero"`
	// Key names the reward among all of a member, "challenge:" and the name: under it a
	// ledger of points grants once, however often it is asked. Empty unless completed.
	Key string `json:"key,omitempty"`
}

// Progress says how far a member has come at asOf. It follows from the activities alone:
// accepted ones count from From until Until, unless they have been removed by asOf, also if
// the challenge was completed before. It fails if c is not valid or asOf is not set. It
// takes time n log n in the activities.
func (c Challenge) Progress(a *Activities, asOf time.Time) (Progress, error) {
	if a == nil {
		return Progress{}, errNil("Activities")
	}
	if err := c.Validate(); err != nil {
		return Progress{}, err
	}
	if !canon.IsActivity(asOf) {
		return Progress{}, invalid("AsOf", "must be set, in years 1700 to 2150")
	}
	p := Progress{Steps: make([]StepProgress, len(c.Steps))}
	place := make(map[string]int, len(c.Steps))
	need := 0
	for i, s := range c.Steps {
		p.Steps[i] = StepProgress{Kind: s.Kind, Need: s.Count}
		place[s.Kind] = i
		need += s.Count
	}
	have := 0
	for _, x := range a.counting(asOf) {
		i, asked := place[x.kind]
		at := time.Unix(0, x.at).UTC()
		if !asked || at.Before(c.From) || !at.Before(c.Until) || p.Steps[i].Have == p.Steps[i].Need {
			continue
		}
		p.Steps[i].Have++
		if have++; have == need {
			p.CompletedAt, p.Key = at, "challenge:"+c.Name
		}
	}
	p.Share = float64(have) / float64(need)
	switch {
	case have == need:
		p.State = ChallengeCompleted
	case asOf.Before(c.From):
		p.State = ChallengeUpcoming
	case asOf.Before(c.Until):
		p.State = ChallengeOpen
	default:
		p.State = ChallengeExpired
	}
	return p, nil
}
