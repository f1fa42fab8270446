package social_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/social"
)

// naiveScore is the definition, gap by gap.
func naiveScore(x time.Duration, own, segment []time.Duration, k float64) float64 {
	share := func(list []time.Duration) float64 {
		n := 0.0
		for _, g := range list {
			if g <= x {
				n++
			}
		}
		return n / float64(max(len(list), 1))
	}
	n := float64(len(own))
	return n/(n+k)*share(own) + k/(n+k)*share(segment)
}

func TestCadenceIsTheDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hours := func(name string, n int) []time.Duration {
			list := rapid.SliceOfN(rapid.IntRange(0, 12), 0, n).Draw(t, name)
			out := make([]time.Duration, len(list))
			for i, h := range list {
				out[i] = time.Duration(h) * 12 * time.Hour
			}
			return out
		}
		asOf := when("2025-03-01T00:00:00Z")
		segment := hours("segment", 12)
		var contacts []time.Time
		var own []time.Duration
		at := asOf.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "silence")) * time.Hour)
		if rapid.IntRange(0, 9).Draw(t, "any") > 0 {
			contacts = append(contacts, at)
			for _, g := range hours("own", 80) {
				if at = at.Add(-g); g > 0 {
					own = append(own, g)
				}
				contacts = append(contacts, at)
			}
		}
		k := float64(rapid.IntRange(0, 3).Draw(t, "k"))
		level := float64(rapid.IntRange(1, 20).Draw(t, "level")) / 20
		c, err := social.NewCadence(social.CadenceParams{Shrinkage: k, DueLevel: level}, segment)
		require.NoError(t, err)
		contacts = rapid.Permutation(contacts).Draw(t, "order")
		r, err := c.Report(contacts, asOf)
		if len(contacts) == 0 || k > 0 && len(segment) == 0 || k == 0 && len(own) == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			require.Equal(t, social.CadenceReport{}, r)
			return
		}
		require.NoError(t, err)
		last := slices.MaxFunc(contacts, time.Time.Compare)
		gap := asOf.Sub(last)
		require.Equal(t, len(own), r.Gaps)
		near.Equal(t, gap.Hours()/24, r.GapDays, 1e-15, 0)
		near.Equal(t, naiveScore(gap, own, segment, k), r.Overdue, 1e-12, 1e-12)
		if k == 0 {
			segment = nil
		}
		due := slices.Concat(own, segment)
		slices.Sort(due)
		i := slices.IndexFunc(due, func(x time.Duration) bool { return naiveScore(x, own, segment, k) >= level-1e-12 })
		require.GreaterOrEqual(t, i, 0)
		require.Equal(t, last.Add(due[i]), r.NextDue)
		if len(own) == 0 {
			require.Nil(t, r.MedianDays)
			require.Nil(t, r.MADDays)
			return
		}
		middle := func(list []float64) float64 {
			slices.Sort(list)
			return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
		}
		list := make([]float64, len(own))
		for i, g := range own {
			list[i] = g.Hours() / 24
		}
		median := middle(list)
		for i := range list {
			list[i] = max(list[i]-median, median-list[i])
		}
		near.Equal(t, median, *r.MedianDays, 1e-12, 1e-12)
		near.Equal(t, middle(list), *r.MADDays, 1e-12, 1e-12)
	})
}

func TestCadenceRefusesBadInput(t *testing.T) {
	t.Parallel()
	_, err := social.NewCadence(social.CadenceParams{Shrinkage: -1}, nil)
	checkField(t, err, "Shrinkage")
	checkField(t, err, "DueLevel")
	checkField(t, social.CadenceParams{DueLevel: 1.1}.Validate(), "DueLevel")
	p := social.CadenceParams{Shrinkage: 1, DueLevel: 1}
	_, err = social.NewCadence(p, []time.Duration{1, -1})
	checkField(t, err, "Segment[1]")
	c, err := social.NewCadence(p, []time.Duration{day})
	require.NoError(t, err)
	asOf := when("2025-03-01T00:00:00Z")
	_, err = c.Report([]time.Time{asOf.Add(1)}, asOf)
	checkField(t, err, "Contacts[0]")
	_, err = c.Report([]time.Time{asOf, asOf.AddDate(-101, 0, 0)}, asOf)
	checkField(t, err, "Contacts[1]")
	_, err = c.Report(nil, time.Time{})
	checkField(t, err, "AsOf")
	_, err = (*social.Cadence)(nil).Report(nil, asOf)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.NoError(t, p.Validate())
}

// A contact of the 17th century is none, also where a question of the 18th has it within a
// hundred years: nanoseconds would turn it into one of the 23rd.
func TestCadenceOfContactsBeforeItsTime(t *testing.T) {
	t.Parallel()
	c, err := social.NewCadence(social.CadenceParams{DueLevel: 1}, nil)
	require.NoError(t, err)
	asOf := when("1710-01-01T00:00:00Z")
	for _, at := range []string{"1650-01-01T00:00:00Z", "1699-12-31T23:59:59Z"} {
		_, err = c.Report([]time.Time{when(at), when("1705-01-01T00:00:00Z")}, asOf)
		checkField(t, err, "Contacts[0]")
	}
	r, err := c.Report([]time.Time{when("1700-01-01T00:00:00Z"), when("1705-01-01T00:00:00Z")}, asOf)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Gaps)
}

// A shrinkage so small that its products would lose digits is refused; the least that is not
// scores a customer without gaps by the segment alone.
func TestCadenceOfTheLeastShrinkage(t *testing.T) {
	t.Parallel()
	segment := []time.Duration{day, 2 * day, 3 * day}
	for _, k := range []float64{5e-324, 1e-300, 1e-10} {
		_, err := social.NewCadence(social.CadenceParams{Shrinkage: k, DueLevel: 1}, segment)
		checkField(t, err, "Shrinkage")
	}
	c, err := social.NewCadence(social.CadenceParams{Shrinkage: 1e-9, DueLevel: 0.5}, segment)
	require.NoError(t, err)
	r, err := c.Report([]time.Time{begin}, begin.Add(2*day))
	require.NoError(t, err)
	near.Equal(t, 2.0/3, r.Overdue, 1e-15, 0)
	assert.Equal(t, begin.Add(2*day), r.NextDue)
}
