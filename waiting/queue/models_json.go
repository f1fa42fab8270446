package queue

// Parameters encode with the name of their model, as those of [MMC] do, and are read as
// strictly; a solved queue encodes as its parameters and comes back solved.

// MarshalJSON encodes valid parameters with the name of their model, "erlang_a", as
// [MMCParams.MarshalJSON] does.
func (p ErlangAParams) MarshalJSON() ([]byte, error) { return marshal("erlang_a", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *ErlangAParams) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[ErlangAParams]("erlang_a", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero ErlangA.
func (m ErlangA) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *ErlangA) UnmarshalJSON(data []byte) error {
	return into(m)(solved(data, "erlang_a", NewErlangA))
}

// MarshalJSON encodes valid parameters with the name of their model, "mmck", as
// [MMCParams.MarshalJSON] does.
func (p MMCKParams) MarshalJSON() ([]byte, error) { return marshal("mmck", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *MMCKParams) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[MMCKParams]("mmck", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero MMCK.
func (m MMCK) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *MMCK) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "mmck", NewMMCK)) }

// MarshalJSON encodes valid parameters with the name of their model, "finite", as
// [MMCParams.MarshalJSON] does.
func (p FiniteParams) MarshalJSON() ([]byte, error) { return marshal("finite", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *FiniteParams) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[FiniteParams]("finite", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero Finite.
func (m Finite) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *Finite) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "finite", NewFinite)) }

// MarshalJSON encodes valid parameters with the name of their model, "mg1", as
// [MMCParams.MarshalJSON] does.
func (p MG1Params) MarshalJSON() ([]byte, error) { return marshal("mg1", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *MG1Params) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[MG1Params]("mg1", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero MG1.
func (m MG1) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *MG1) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "mg1", NewMG1)) }

// MarshalJSON encodes valid parameters with the name of their model, "md1", as
// [MMCParams.MarshalJSON] does.
func (p MD1Params) MarshalJSON() ([]byte, error) { return marshal("md1", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *MD1Params) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[MD1Params]("md1", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero MD1.
func (m MD1) MarshalJSON() ([]byte, error) { return m.Params().MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *MD1) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "md1", NewMD1)) }

// MarshalJSON encodes valid parameters with the name of their model, "gm1", as
// [MMCParams.MarshalJSON] does.
func (p GM1Params) MarshalJSON() ([]byte, error) { return marshal("gm1", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *GM1Params) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[GM1Params]("gm1", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero GM1.
func (m GM1) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *GM1) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "gm1", NewGM1)) }

// MarshalJSON encodes valid parameters with the name of their model, "ggc", as
// [MMCParams.MarshalJSON] does.
func (p GGCParams) MarshalJSON() ([]byte, error) { return marshal("ggc", p) }

// UnmarshalJSON decodes parameters as [MMCParams.UnmarshalJSON] does.
func (p *GGCParams) UnmarshalJSON(data []byte) error {
	return into(p)(unmarshal[GGCParams]("ggc", data))
}

// MarshalJSON encodes the parameters of m. It fails for the zero GGC.
func (m GGC) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON decodes parameters and solves the queue. It leaves m unchanged on error.
func (m *GGC) UnmarshalJSON(data []byte) error { return into(m)(solved(data, "ggc", NewGGC)) }
