package loyalty

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A State says why a customer stays (Dick and Basu 1994).
type State string

// The states of loyalty.
const (
	TrueLoyalty     State = "true"     // thinks well of us and buys
	LatentLoyalty   State = "latent"   // thinks well of us, and does not buy: something is in the way
	SpuriousLoyalty State = "spurious" // buys without thinking well of us: leaves when the way is free
	NoLoyalty       State = "none"
)

// A Measurement is what is known of one side of loyalty: a value, how sure it is, and
// from where on it is high. All three have one unit. It is plain data.
type Measurement struct {
	Value float64 `json:"value"` // finite
	SE    float64 `json:"se"`    // standard error, 0 or more; 0 where it is known exactly
	Cut   float64 `json:"cut"`   // high at or above; the analyst's choice
}

func (m Measurement) check(l *fault.List, field string) {
	l.Check(fault.Finite(m.Value), field+".Value", m.Value, "must be finite")
	l.Check(m.SE >= 0 && fault.Finite(m.SE), field+".SE", m.SE, "must be finite and 0 or more")
	l.Check(fault.Finite(m.Cut), field+".Cut", m.Cut, "must be finite")
}

// high reports whether the measured value is at the cut or above.
func (m Measurement) high() bool { return m.Value >= m.Cut }

// probs returns the probabilities that the true value is high and low, each with its own
// digits, with a normal error and no opinion before.
func (m Measurement) probs() (high, low float64) {
	if m.SE == 0 {
		if m.high() {
			return 1, 0
		}
		return 0, 1
	}
	below := (m.Cut - m.Value) / m.SE
	if !fault.Finite(m.Cut - m.Value) {
		below = 2 * ((m.Cut/2 - m.Value/2) / m.SE)
	}
	return 0.5 * math.Erfc(below/math.Sqrt2), 0.5 * math.Erfc(-below/math.Sqrt2)
}

// A StateReport is the state of a customer by what was measured, and how sure that is.
// It is plain data.
type StateReport struct {
	State State `json:"state"` // of the measured values
	// The probabilities of the four states, which add up to 1.
	True     float64 `json:"true"`
	Latent   float64 `json:"latent"`
	Spurious float64 `json:"spurious"`
	None     float64 `json:"none"`
}

// StateOf returns whether a customer's loyalty is true, latent, spurious or absent, from
// the relative attitude and the repeat patronage. Measurement errors are normal and
// independent: a customer at both cuts is in each state with probability 1/4, though the
// measured state is true. It fails with a [relmark.FieldError] where a value, a standard
// error or a cut is not as [Measurement] says.
func StateOf(attitude, patronage Measurement) (StateReport, error) {
	var l fault.List
	attitude.check(&l, "Attitude")
	patronage.check(&l, "Patronage")
	if err := l.Err(room); err != nil {
		return StateReport{}, err
	}
	likes, doubts := attitude.probs()
	buys, misses := patronage.probs()
	return StateReport{
		State: state(attitude.high(), patronage.high()),
		True:  likes * buys, Latent: likes * misses, Spurious: doubts * buys, None: doubts * misses,
	}, nil
}

func state(likes, buys bool) State {
	switch {
	case likes && buys:
		return TrueLoyalty
	case likes:
		return LatentLoyalty
	case buys:
		return SpuriousLoyalty
	}
	return NoLoyalty
}
