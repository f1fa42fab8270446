package queue

const modelMMC = "mmc"

// MarshalJSON encodes valid parameters, with the name of their model and the unit as
// [time.ParseDuration] reads it:
//
//	{"v":1,"model":"mmc","arrival":40,"service":15,"servers":3,"unit":"1h0m0s"}
//
// It fails as [MMCParams.Validate] does.
func (p MMCParams) MarshalJSON() ([]byte, error) { return marshal(modelMMC, p) }

// UnmarshalJSON decodes parameters of any version so far and validates them. Another
// version is [relmark.ErrUnsupported]; another model, a missing, unknown or repeated
// key and parameters that are not valid are [relmark.ErrInvalid]. It leaves p
// unchanged on error.
func (p *MMCParams) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[MMCParams](modelMMC, data))
}

// MarshalJSON encodes the parameters of m, as [MMCParams.MarshalJSON] does. It fails
// for the zero MMC.
func (m MMC) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does and solves the
// queue. It leaves m unchanged on error.
func (m *MMC) UnmarshalJSON(data []byte) error {
	return into(m)(solved(data, modelMMC, NewMMC))
}

// solved decodes the parameters of a model and solves it.
func solved[P parameters, M any](data []byte, model string, solve func(P) (M, error)) (M, error) {
	p, err := unmarshal[P](model, data)
	if err != nil {
		return *new(M), err
	}
	return solve(p)
}

// into returns what puts a value in place, unless it comes with an error.
func into[T any](place *T) func(T, error) error {
	return func(v T, err error) error {
		if err == nil {
			*place = v
		}
		return err
	}
}
