package servqual

import (
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Share is how many of N respondents something is true of. It is plain data.
type Share struct {
	Count int64   `json:"count"`
	N     int64   `json:"n"`
	Value float64 `json:"value"` // Count/N
	Low   float64 `json:"low"`   // Wilson's interval, which stays within 0 and 1
	High  float64 `json:"high"`
}

// WorseShare returns the share of respondents whose gap is negative, with Wilson's interval.
// It takes counts of respondents, as those of an item, of a dimension or of an overall
// gap: [Report.Pairs] counts each respondent once for each item, and answers of one are
// not independent. It fails with a [relmark.FieldError] unless counts are not negative
// and the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] without gaps.
func (d Disconfirmation) WorseShare(level float64) (Share, error) {
	return share(d.Worse, []int64{d.Worse, d.Equal, d.Better}, level)
}

// Share returns the share of respondents of a status, with Wilson's interval. It fails
// with a [relmark.FieldError] for an unknown status, negative counts, and a level that is
// not 0.5 to 0.9999, and with [relmark.ErrTooFew] without respondents.
func (c ZoneCounts) Share(of ZoneStatus, level float64) (Share, error) {
	counts := []int64{c.Below, c.Within, c.Above, c.Inverted}
	if err := zoneStatuses().Check("Status", of); err != nil {
		return Share{}, fault.Room(room, err)
	}
	i, _ := zoneStatuses().Index(of)
	return share(counts[i], counts, level)
}

func share(count int64, counts []int64, level float64) (Share, error) {
	if err := checkLevel(level); err != nil {
		return Share{}, err
	}
	n := int64(0)
	for _, c := range counts {
		if c < 0 || c > maxRespondents*maxItems {
			return Share{}, broken("Counts", c, "must be counts of respondents")
		}
		n += c
	}
	if n == 0 {
		return Share{}, few("share of nobody")
	}
	s := Share{Count: count, N: n, Value: float64(count) / float64(n)}
	s.Low, s.High = stat.Wilson(count, n, level)
	return s, nil
}
