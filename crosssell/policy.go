package crosssell

import (
	"encoding/json"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Policy says when an offer is worth making. The zero Policy makes any offer
// that is worth something. It is plain data, safe for concurrent use: store it,
// compare it. The gates of consent, of complaints and of ownership are no matter
// of policy; they are always there.
type Policy struct {
	// Floor is what an offer must be worth more than, in units of
	// [Candidate.Worth]; finite, at least 0. An offer worth nothing is never made.
	Floor float64
}

// Validate reports every rule that p breaks, joined into one error.
func (p Policy) Validate() error {
	var l fault.List
	p.check(&l)
	return l.Err(room)
}

func (p *Policy) check(l *fault.List) { checkAmount(l, "Floor", p.Floor) }

const policyVersion = 1

// policyJSON is what version 1 stores.
type policyJSON struct {
	V     int     `json:"v"`
	Floor float64 `json:"floor"`
}

// MarshalJSON encodes a valid policy with version 1: {"v":1,"floor":0.5}.
func (p Policy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(policyJSON{policyVersion, p.Floor})
}

// UnmarshalJSON decodes a policy of any version so far and validates it. A missing
// or unknown version is [relmark.ErrUnsupported]; keys that are unknown, repeated
// or begin with a capital are invalid. It leaves p unchanged on error.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var in policyJSON
	if err := fault.Decode(room, "policy", codec.JSON(data, policyVersion, &in)); err != nil {
		return err
	}
	decoded := Policy{in.Floor}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}
