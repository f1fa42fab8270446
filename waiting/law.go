package waiting

// A Law is the distribution of the wait that customers meet, in minutes. Models of
// the package waiting/queue with rates per minute are laws, and so is a [Position].
// An [ExponentialLaw] that also has WaitWithin(t), P(wait ≤ t), is asked for it at 0: where
// almost everybody waits, 1 − ProbWait has few digits.
type Law interface {
	ProbWait() float64          // P(wait > 0)
	WaitTail(t float64) float64 // P(wait > t) for t ≥ 0; never rises, and falls to 0
}

// An ExponentialLaw is a Law with P(wait > t) = ProbWait·e^(−WaitRate·t), such as
// that of an M/M/c queue. Its expectations have a closed form.
type ExponentialLaw interface {
	Law
	WaitRate() float64 // finite and > 0
}

// A QuantileLaw answers WaitQuantile with the least t for which P(wait ≤ t) ≥ p, in
// minutes, for 0 < p < 1.
type QuantileLaw interface {
	WaitQuantile(p float64) float64
}
