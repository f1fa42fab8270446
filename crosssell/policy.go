package crosssell

import (
	"encoding/json"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Policy says when a candidate is worth making, and how many are. The zero Policy
// makes the one offer that is worth most, if any is worth something. It is plain data,
// safe for concurrent use while nobody changes it. The gates of consent, of complaints, of
// ownership, of requirements and of stock are no matter of policy; they are always there.
type Policy struct {
	// Floor is what a candidate must be worth more than; finite, at least 0. What is
	// worth nothing is never made.
	Floor float64
	// MinMargin is the least margin of a sale; finite. Nil: the floor is enough.
	MinMargin *float64
	// MinSatisfaction is what a customer's satisfaction must not be below if anything is
	// to be sold; finite. A customer without an estimate is sold nothing then. Nil:
	// satisfaction is not asked for.
	MinSatisfaction *float64
	// MaxFatigue is the most fatigue of a customer to whom anything is sold; finite, at
	// least 0. Nil: there is no such limit. FatigueWeight is what a unit of fatigue
	// takes off the worth of a sale; finite, at least 0. Where either is given, nothing is sold
	// to a customer whose fatigue is not known.
	MaxFatigue    *float64
	FatigueWeight float64

	// Slots is how many candidates are chosen at most: 1 to 100, and 0 is 1.
	Slots int
	// MaxPerCategory is how many of one category are chosen at most, 1 or more. Nil: any number.
	MaxPerCategory *int
	// Variety is what each further candidate of a category is discounted by, over those
	// already chosen: the k-th counts for Final·(1 − Variety)^(k−1) in the choice; 0 to 1.
	Variety float64
	// Explore says how the first slot may be drawn, by [Explore]. Nil: it may not.
	Explore *Exploration
}

// MaxSlots is how many candidates one decision chooses at most.
const MaxSlots = 100

// Validate reports every rule that p breaks, joined into one error.
func (p Policy) Validate() error {
	var l fault.List
	p.check(&l)
	return l.Err(room)
}

// faults returns what is wrong with p, without the name of the room.
func (p *Policy) faults() error {
	var l fault.List
	p.check(&l)
	return l.Err("")
}

func (p *Policy) check(l *fault.List) {
	checkAmount(l, "Floor", p.Floor)
	if p.MinMargin != nil {
		checkFinite(l, "MinMargin", *p.MinMargin)
	}
	if p.MinSatisfaction != nil {
		checkFinite(l, "MinSatisfaction", *p.MinSatisfaction)
	}
	if p.MaxFatigue != nil {
		checkAmount(l, "MaxFatigue", *p.MaxFatigue)
	}
	checkAmount(l, "FatigueWeight", p.FatigueWeight)
	l.Check(0 <= p.Slots && p.Slots <= MaxSlots, "Slots", p.Slots, "must be 0 to 100")
	if p.MaxPerCategory != nil {
		l.Check(*p.MaxPerCategory >= 1, "MaxPerCategory", *p.MaxPerCategory, "must be 1 or more")
	}
	l.Between("Variety", p.Variety, 0, 1)
	if p.Explore != nil {
		p.Explore.check(l)
	}
}

const policyVersion = 2

// policyV1 is what version 1 stored.
type policyV1 struct {
	V     int     `json:"v"`
	Floor float64 `json:"floor"`
}

// policyJSON is what version 2 stores.
type policyJSON struct {
	V               int          `json:"v"`
	Floor           float64      `json:"floor"`
	MinMargin       *float64     `json:"min_margin,omitempty"`
	MinSatisfaction *float64     `json:"min_satisfaction,omitempty"`
	MaxFatigue      *float64     `json:"max_fatigue,omitempty"`
	FatigueWeight   float64      `json:"fatigue_weight,omitzero"`
	Slots           int          `json:"slots,omitzero"`
	MaxPerCategory  *int         `json:"max_per_category,omitempty"`
	Variety         float64      `json:"variety,omitzero"`
	Explore         *Exploration `json:"explore,omitempty"`
}

// MarshalJSON encodes a valid policy with version 2: {"v":2,"floor":0.5,"slots":3}.
func (p Policy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(policyJSON{
		policyVersion, p.Floor, p.MinMargin, p.MinSatisfaction, p.MaxFatigue, p.FatigueWeight,
		p.Slots, p.MaxPerCategory, p.Variety, p.Explore,
	})
}

// UnmarshalJSON decodes a policy of any version so far and validates it. Version 1 has
// a floor and nothing else. A missing or unknown version is [relmark.ErrUnsupported];
// keys that are unknown, repeated or begin with a capital are invalid. It leaves p
// unchanged on error.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var in policyJSON
	err := codec.JSON(data, policyVersion, &in)
	if err == nil && in.V == 1 {
		err = codec.JSON(data, 1, new(policyV1))
	}
	if err := fault.Decode(room, "policy", err); err != nil {
		return err
	}
	decoded := Policy{
		in.Floor, in.MinMargin, in.MinSatisfaction, in.MaxFatigue, in.FatigueWeight,
		in.Slots, in.MaxPerCategory, in.Variety, in.Explore,
	}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}
