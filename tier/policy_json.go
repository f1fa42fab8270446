package tier

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// jsonVersion is the version of the encodings that are written. Every version that
// was ever released can be read.
const jsonVersion = 1

// The encoding of policies, version 1.
type (
	policiesJSON struct {
		V        int          `json:"v"`
		Policies []policyJSON `json:"policies"`
	}
	policyJSON struct {
		V         int                   `json:"v,omitempty"` // of a policy by itself
		Version   string                `json:"version"`
		From      relmark.Date          `json:"from,omitzero"`
		Zone      string                `json:"zone"`
		Metrics   map[string]MetricKind `json:"metrics"`
		Window    Window                `json:"window"`
		Levels    []Level               `json:"levels"`
		Validity  Validity              `json:"validity"`
		Upgrade   Upgrade               `json:"upgrade,omitempty"`
		Depth     Depth                 `json:"depth,omitempty"`
		GraceDays int                   `json:"grace_days,omitempty"`
		DwellDays int                   `json:"dwell_days,omitempty"`
		Reversal  ReversalRule          `json:"reversal,omitempty"`
		Rollover  *Rollover             `json:"rollover,omitempty"`
	}
)

// EncodePolicies encodes the versions of a policy in one canonical form:
//
//	{"v":1,"policies":[{"version":"v1","zone":"Europe/Berlin",
//	 "metrics":{"nights":"integer","spend":"decimal"},
//	 "window":{"kind":"calendar_year"},
//	 "levels":[{"code":"base"},{"code":"gold","enter":{"any":[{"metric":"nights","min":"40"},
//	 {"metric":"spend","min":"4000.5"}]}}],
//	 "validity":{"kind":"end_of_next_period","plus_months":2}}]}
//
// without the line breaks, in this order, with what is at its default left out
// behind "validity". Later versions have "from" behind "version". Amounts are exact
// strings. It fails where [New] does, and for a zone that no loader can find by its
// name, such as [time.Local].
func EncodePolicies(versions ...Policy) ([]byte, error) {
	if _, err := New(versions...); err != nil {
		return nil, err
	}
	out := policiesJSON{V: jsonVersion}
	for i := range versions {
		p, err := versions[i].json()
		if err != nil {
			return nil, room(fault.At(fmt.Sprintf("Policies[%d]", i), err))
		}
		out.Policies = append(out.Policies, p)
	}
	return marshal(out)
}

// DecodePolicies decodes what [EncodePolicies] of any version so far encoded. Zones are
// found through the loader that the host passes, such as [time.LoadLocation]. Keys that
// are unknown, in capitals or given twice are an error, and so is text that is not UTF-8
// and whatever [New] rejects ([relmark.ErrInvalid]); another version or none is
// [relmark.ErrUnsupported], and an error of the loader is wrapped. No text of the input
// is repeated in errors. Amounts may be bare numbers.
func DecodePolicies(data []byte, zone func(name string) (*time.Location, error)) ([]Policy, error) {
	var in policiesJSON
	if err := codec.JSON(data, jsonVersion, &in, "metrics"); err != nil {
		return nil, fault.Decode("tier", "policies", err)
	}
	if len(in.Policies) == 0 || len(in.Policies) > maxVersions {
		return nil, errVersions(len(in.Policies))
	}
	out := make([]Policy, 0, len(in.Policies))
	for i := range in.Policies {
		p, err := in.Policies[i].policy(zone)
		if err == nil && in.Policies[i].V != 0 {
			err = fault.New("V", nil, "must stand once, outside of the list")
		}
		if err != nil {
			return nil, room(fault.At(fmt.Sprintf("Policies[%d]", i), err))
		}
		out = append(out, p)
	}
	if _, err := New(out...); err != nil {
		return nil, err
	}
	return out, nil
}

// MarshalJSON encodes one version of a policy as [EncodePolicies] does, with "v" before
// it and nothing around it. It fails where [Policy.Validate] does, and for a zone that no
// loader can find by its name.
func (p Policy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out, err := p.json()
	if err != nil {
		return nil, room(err)
	}
	out.V = jsonVersion
	return marshal(out)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: a policy has a zone, which only a
// loader finds. [DecodePolicy] takes one.
func (p *Policy) UnmarshalJSON([]byte) error {
	return room(canon.NeedsZone("DecodePolicy"))
}

// DecodePolicy decodes what [Policy.MarshalJSON] of any version so far encoded, as
// [DecodePolicies] does.
func DecodePolicy(data []byte, zone func(name string) (*time.Location, error)) (Policy, error) {
	var in policyJSON
	if err := codec.JSON(data, jsonVersion, &in, "metrics"); err != nil {
		return Policy{}, fault.Decode("tier", "policy", err)
	}
	p, err := in.policy(zone)
	if err != nil {
		return Policy{}, room(err)
	}
	if err := p.Validate(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

func (p *Policy) json() (policyJSON, error) {
	zone, err := canon.ZoneName(p.Zone)
	return policyJSON{
		0, p.Version, p.From, zone, p.Metrics, p.Window, p.Levels, p.Validity,
		p.Upgrade, p.Depth, p.GraceDays, p.DwellDays, p.Reversal, p.Rollover,
	}, err
}

func (in *policyJSON) policy(load func(string) (*time.Location, error)) (Policy, error) {
	zone, err := canon.LoadZone(in.Zone, load)
	return Policy{
		in.Version, in.From, zone, in.Metrics, in.Levels, in.Window, in.Upgrade, in.Validity,
		in.Depth, in.GraceDays, in.DwellDays, in.Reversal, in.Rollover,
	}, err
}

func errVersions(n int) error { return wrong("Policies", n, "must have 1 to 1000 versions") }
