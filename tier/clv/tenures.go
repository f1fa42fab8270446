package clv

import (
	"fmt"
	"math"
)

// Tenures counts customers under contract by how long they stayed: the sufficient
// statistic of [SBG], of one cohort or of many of different ages. It is plain data;
// the zero Tenures is empty and ready to use. It is not safe for concurrent
// mutation.
type Tenures struct {
	Lost []int64 `json:"lost"` // Lost[i] renewed i times and churned at renewal i+1
	Kept []int64 `json:"kept"` // Kept[i] renewed i times and are still here
}

// AddCohort counts a cohort by its survivors: how many there were at the start,
// after the first renewal, and so on. It fails with a [relmark.FieldError] unless
// they are 0 or more and never rise, and with [relmark.ErrLimit] where a sum would
// pass an int64; t is unchanged then.
func (t *Tenures) AddCohort(survivors ...int64) error {
	if len(survivors) == 0 {
		return nil
	}
	last := len(survivors) - 1
	cohort := Tenures{Lost: make([]int64, last), Kept: make([]int64, last+1)}
	for i, n := range survivors {
		if n < 0 || i > 0 && n > survivors[i-1] {
			return invalid(fmt.Sprintf("Survivors[%d]", i), n, "must be 0 or more and at most the number before")
		}
		if i > 0 {
			cohort.Lost[i-1] = survivors[i-1] - n
		}
	}
	cohort.Kept[last] = survivors[last]
	return t.Merge(cohort)
}

// Merge adds the counts of o. It is associative and commutative, with the empty
// Tenures as identity. It fails if o is invalid and with [relmark.ErrLimit] where
// the number of customers would pass an int64; t is unchanged then.
func (t *Tenures) Merge(o Tenures) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if t.N() > math.MaxInt64-o.N() {
		return errCustomers
	}
	t.Lost, t.Kept = plus(t.Lost, o.Lost), plus(t.Kept, o.Kept)
	return nil
}

// plus returns the sum of two lists of counts, the shorter one extended by zeros, and
// without zeros at its end.
func plus(a, b []int64) []int64 {
	sum := make([]int64, max(len(a), len(b)))
	copy(sum, a)
	for i, n := range b {
		sum[i] += n
	}
	last := len(sum)
	for last > 0 && sum[last-1] == 0 {
		last--
	}
	if last == 0 {
		return nil
	}
	return sum[:last:last]
}

// Validate reports the first count below 0 as a [relmark.FieldError], and a number
// of customers past an int64 as [relmark.ErrLimit].
func (t Tenures) Validate() error {
	var total int64
	for list, counts := range [2][]int64{t.Lost, t.Kept} {
		for i, n := range counts {
			if n < 0 {
				return invalid(fmt.Sprintf("%s[%d]", [2]string{"Lost", "Kept"}[list], i), n, "must be 0 or more")
			}
			if total > math.MaxInt64-n {
				return errCustomers
			}
			total += n
		}
	}
	return nil
}

// N returns the number of customers.
func (t Tenures) N() int64 {
	n := t.churned()
	for _, k := range t.Kept {
		n += k
	}
	return n
}

func (t Tenures) churned() int64 {
	var n int64
	for _, k := range t.Lost {
		n += k
	}
	return n
}
