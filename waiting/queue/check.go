package queue

import (
	"math"
	"strconv"
	"time"

	"github.com/relmark/relmark/internal/fault"
)

const room = "queue" // as errors name it

func itoa(i int) string { return strconv.Itoa(i) }

// faults are what is wrong with an input of this package.
type faults struct{ fault.List }

func (l *faults) positive(field string, x float64) {
	if !(x > 0 && x <= math.MaxFloat64) {
		l.Add(field, x, "must be finite and > 0")
	}
}

func (l *faults) share(field string, x float64) {
	if !(x > 0 && x < 1) {
		l.Add(field, x, "must be above 0 and below 1")
	}
}

func (l *faults) servers(n int) {
	if n < 0 || n > MaxServers {
		l.Add("Servers", n, "must be 0 to 1000000000")
	}
}

func (l *faults) unit(unit time.Duration) {
	if unit <= 0 {
		l.Add("Unit", unit, "must be > 0: the unit of time of the rates")
	}
}
