package affinity

// What external tests look at.
var (
	Apply      = apply
	ApplyPlain = applyPlain
)
