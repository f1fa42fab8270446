package recovery

import (
	"strconv"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const triageVersion = 1

// A Triage says which complaints come first, and what each priority is promised. It is plain
// data. Store it with [Triage.MarshalJSON].
type Triage struct {
	Targets    [5]Targets // of priorities 1 to 5
	RepeatFrom int        // earlier complaints of the customer from which this one goes up; 1 or more
}

// Validate reports every rule that t breaks, joined into one error.
func (t Triage) Validate() error {
	var l fault.List
	for i, target := range t.Targets {
		target.check(&l, fault.Item("Targets", i)+".")
	}
	l.Check(t.RepeatFrom >= 1, "RepeatFrom", t.RepeatFrom, "must be 1 or more")
	return l.Err(room)
}

type triageJSON struct {
	V          int       `json:"v"`
	Targets    []Targets `json:"targets"`
	RepeatFrom int       `json:"repeat_from"`
}

// MarshalJSON encodes a valid triage in one canonical form,
//
//	{"v":1,"targets":[[30,240],[60,480],[240,960],[480,2400],[960,4800]],"repeat_from":2}
func (t Triage) MarshalJSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	data, err := canon.Marshal(triageJSON{triageVersion, t.Targets[:], t.RepeatFrom})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes a triage of any version that [Triage.MarshalJSON] has ever written.
// An unknown version is [relmark.ErrUnsupported]; t stays as it is on error.
func (t *Triage) UnmarshalJSON(data []byte) error {
	var in triageJSON
	if err := codec.JSON(data, triageVersion, &in); err != nil {
		return fault.Decode(room, "triage", err)
	}
	if len(in.Targets) != priorities {
		return broken("Targets", len(in.Targets), "must be five")
	}
	out := Triage{RepeatFrom: in.RepeatFrom}
	copy(out.Targets[:], in.Targets)
	if err := out.Validate(); err != nil {
		return err
	}
	*t = out
	return nil
}

// Facts are what triage asks of a complaint. They are plain data.
type Facts struct {
	Impact  int  `json:"impact"`  // 1 high to 3 low
	Urgency int  `json:"urgency"` // 1 high to 3 low
	Safety  bool `json:"safety"`  // somebody may come to harm
	Earlier int  `json:"earlier"` // complaints of the same customer before, 0 or more
	Public  bool `json:"public"`  // others can read it
}

// A TriageReason says what made a priority.
type TriageReason string

// The reasons besides matrix:1 to matrix:5, the priority by impact and urgency.
const (
	BecauseSafety TriageReason = "safety" // nothing else was asked
	BecauseRepeat TriageReason = "repeat" // the customer has complained before: one step up
	BecausePublic TriageReason = "public" // others can read it: one step up
)

// A TriageDecision is the priority of a complaint, with why. It is plain data.
type TriageDecision struct {
	Priority int            `json:"priority"` // 1 first, 5 last
	Reasons  []TriageReason `json:"reasons"`  // the matrix first, then safety, or each step that changed something
	Targets  Targets        `json:"targets"`  // what the complaint is promised
}

// Decide returns the priority of a complaint: impact + urgency − 1, the matrix of ITIL with
// five priorities; 1 where safety is concerned; or else one step up for a customer who has
// complained often, and one for what others can read, never above 1. It fails as
// [Triage.Validate] does, and with a [relmark.FieldError] for facts that are not as [Facts]
// says.
func (t Triage) Decide(f Facts) (TriageDecision, error) {
	var l fault.List
	l.Join("", t.Validate())
	l.Check(f.Impact >= 1 && f.Impact <= 3, "Impact", f.Impact, "must be 1 to 3")
	l.Check(f.Urgency >= 1 && f.Urgency <= 3, "Urgency", f.Urgency, "must be 1 to 3")
	l.Check(f.Earlier >= 0, "Earlier", f.Earlier, "must be 0 or more")
	if err := l.Err(room); err != nil {
		return TriageDecision{}, err
	}
	p := f.Impact + f.Urgency - 1
	reasons := []TriageReason{TriageReason("matrix:" + strconv.Itoa(p))}
	up := func(applies bool, why TriageReason) {
		if applies && p > 1 {
			p--
			reasons = append(reasons, why)
		}
	}
	if f.Safety {
		p = 1
		reasons = append(reasons, BecauseSafety)
	}
	up(f.Earlier >= t.RepeatFrom, BecauseRepeat)
	up(f.Public, BecausePublic)
	return TriageDecision{p, reasons, t.Targets[p-1]}, nil
}
