package abc

// Steps returns how many counts v has changed and measured anew so far.
func (v Values) Steps() int { return v.steps }
