package evaluation

import "math"

// A total adds numbers up and keeps what each addition rounds away (Neumaier 1974): a
// million equal values do not drift, as they do in a plain sum. FMA changes nothing, as
// nothing is multiplied.
type total struct{ sum, lost float64 }

func (t *total) add(x float64) {
	sum := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.lost += (t.sum - sum) + x
	} else {
		t.lost += (x - sum) + t.sum
	}
	t.sum = sum
}

func (t total) value() float64 { return t.sum + t.lost }

// merge adds what another total adds up to.
func (t *total) merge(o total) {
	t.add(o.sum)
	t.lost += o.lost
}

// settled returns the same total in one number, as it is encoded.
func (t total) settled() total { return total{sum: t.value()} }
