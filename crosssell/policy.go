package crosssell

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/relmark/relmark"
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
func (p Policy) Validate() error { return joined(p.check(nil)) }

func (p Policy) check(errs []error) []error {
	if isAmount(p.Floor) {
		return errs
	}
	return append(errs, fault("", "Floor", p.Floor, amountRule))
}

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

// UnmarshalJSON decodes a policy of any version so far and validates it. Another
// version is [relmark.ErrUnsupported], an unknown key is invalid. It leaves p
// unchanged on error.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var head struct {
		V int `json:"v"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return errPolicyJSON()
	}
	if head.V != policyVersion {
		return fmt.Errorf("crosssell: policy of version %d: %w", head.V, relmark.ErrUnsupported)
	}
	var in policyJSON
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&in); err != nil {
		return errPolicyJSON()
	}
	decoded := Policy{in.Floor}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded
	return nil
}

// errPolicyJSON stands for errors of encoding/json, which may quote their input.
func errPolicyJSON() error {
	return joined([]error{fault("", "JSON", nil, "must have the keys and types of a policy of version 1")})
}
