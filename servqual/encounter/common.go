package encounter

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	room     = "encounter" // whose errors these are
	most     = 1000        // contact points, kinds, steps, standards
	maxCount = 1 << 40
)

func checkNames(l *fault.List, field string, names []string) {
	l.Check(len(names) >= 1 && len(names) <= most, field, len(names), "must be 1 to 1000")
	seen := map[string]bool{}
	for i, name := range names[:min(len(names), most)] {
		if l.Full() {
			return
		}
		l.NameOnce(seen, field, i, "", name)
	}
}

// shareOf returns count of n, one or more, with Wilson's interval.
func shareOf(count, n int64, level float64) servqual.Share {
	s := servqual.Share{Count: count, N: n, Value: float64(count) / float64(n)}
	s.Low, s.High = stat.Wilson(count, n, level)
	return s
}

// sqrtOver returns √(x/n).
func sqrtOver(x float64, n int) float64 { return math.Sqrt(x / float64(n)) }
