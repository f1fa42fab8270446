package points

// Preview answers what a command would do: the decision, and the account as it
// would be. It is [Engine.Decide] and [Account.Apply] on a copy, so what it says is
// what happens, unless something else happens before.
func (e *Engine) Preview(a *Account, c Command) (Decision, *Account, error) {
	d, err := e.Decide(a, c)
	if err != nil {
		return Decision{}, nil, err
	}
	after := a.Clone()
	if !d.Replayed {
		err = after.Apply(d.Event)
	}
	return d, after, err
}
