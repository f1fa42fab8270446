package tier

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

type (
	conditionJSON struct {
		Metric string           `json:"metric,omitempty"`
		Min    *exact           `json:"min,omitempty"`
		All    []*conditionJSON `json:"all,omitempty"`
		Any    []*conditionJSON `json:"any,omitempty"`
	}
	rolloverJSON struct {
		Metric  string `json:"metric"`
		Cap     *exact `json:"cap,omitempty"`
		Periods int    `json:"periods,omitempty"`
	}
)

// MarshalJSON encodes a condition, with its threshold as an exact string:
//
//	{"any":[{"metric":"nights","min":"40"},{"metric":"spend","min":"4000.5"}]}
//
// It fails for a condition that no policy can have: of another shape, nested too deep
// or with too many parts.
func (c Condition) MarshalJSON() ([]byte, error) {
	left := maxNodes
	out, err := c.json(maxDepth, &left)
	if err != nil {
		return nil, room(err)
	}
	return marshal(out)
}

// json copies c, which may be a part of itself, into its encoding.
func (c *Condition) json(depth int, left *int) (*conditionJSON, error) {
	*left--
	switch {
	case depth == 0 || *left < 0:
		return nil, errDeep()
	case !c.shaped():
		return nil, errParts()
	case c.Metric != "":
		return &conditionJSON{Metric: c.Metric, Min: &exact{c.Min}}, nil
	}
	parts := func(list []*Condition) ([]*conditionJSON, error) {
		var out []*conditionJSON
		for _, part := range list {
			kid, err := part.json(depth-1, left)
			if err != nil {
				return nil, err
			}
			out = append(out, kid)
		}
		return out, nil
	}
	all, err := parts(c.All)
	if err != nil {
		return nil, err
	}
	some, err := parts(c.Any)
	return &conditionJSON{All: all, Any: some}, err
}

// UnmarshalJSON decodes a condition; what it asks for is for [New] to judge. Anything
// that is not one is an error that matches [relmark.ErrInvalid], and so is a metric
// without a threshold, which would ask for nothing; c is unchanged then.
func (c *Condition) UnmarshalJSON(data []byte) error {
	var in conditionJSON
	if codec.Object(data, &in) != nil {
		return room(errParts())
	}
	out, err := in.condition()
	if err != nil {
		return room(err)
	}
	*c = *out
	return nil
}

func (c *conditionJSON) condition() (*Condition, error) {
	if c == nil || (c.Metric != "") != (c.Min != nil) {
		return nil, errParts()
	}
	out := &Condition{Metric: c.Metric}
	if c.Min != nil {
		out.Min = c.Min.Decimal
	}
	for _, list := range []struct {
		to   *[]*Condition
		from []*conditionJSON
	}{{&out.All, c.All}, {&out.Any, c.Any}} {
		for _, part := range list.from {
			kid, err := part.condition()
			if err != nil {
				return nil, err
			}
			*list.to = append(*list.to, kid)
		}
	}
	if !out.shaped() {
		return nil, errParts()
	}
	return out, nil
}

// MarshalJSON encodes a rollover, with its cap as an exact string.
func (o Rollover) MarshalJSON() ([]byte, error) {
	return marshal(rolloverJSON{o.Metric, exactly(o.Cap), o.Periods})
}

// UnmarshalJSON decodes a rollover. Anything that is not one is an error that matches
// [relmark.ErrInvalid]; o is unchanged then.
func (o *Rollover) UnmarshalJSON(data []byte) error {
	var in rolloverJSON
	if err := unmarshal(data, &in, "Rollover"); err != nil {
		return err
	}
	*o = Rollover{Metric: in.Metric, Periods: in.Periods}
	if in.Cap != nil {
		o.Cap = &in.Cap.Decimal
	}
	return nil
}

func errParts() error {
	return fault.New("", nil, "must have a metric with its threshold, or parts that all or any must hold")
}

func errDeep() error {
	return fault.New("", nil, "must be nested 16 levels deep at most, with 4096 parts in all")
}
