package priority_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/priority"
)

func rowsOf(list []customer) (rows []priority.DriverRow) {
	for _, c := range list {
		rows = append(rows, priority.DriverRow{Ratings: c.ratings, Overall: c.overall})
	}
	return rows
}

func resampling() servqual.Resampling { return servqual.Resampling{Replicates: 200, Level: 0.9} }

func source() *rand.Rand { return rand.New(rand.NewPCG(8, 9)) }

// Intervals are quantiles of what the drivers of each resample say, for any number of workers.
func TestResampleDriversByHand(t *testing.T) {
	t.Parallel()
	p := twoAttributes()
	list := customers(5, 70, 2)
	got, err := priority.ResampleDrivers(t.Context(), p, rowsOf(list), resampling(), source())
	require.NoError(t, err)
	complete := slices.DeleteFunc(slices.Clone(list), func(c customer) bool { return c.overall == nil || slices.Contains(c.ratings, blank) })
	assert.Equal(t, len(complete), got.N)
	require.Less(t, got.N, len(list))
	r := source()
	draws := stat.Seeded(len(complete), 200, [2]uint64{r.Uint64(), r.Uint64()})
	var share, asymmetry, span [2][]float64
	var first [2]float64
	for i := range 200 {
		d := drivers(t, p)
		for _, row := range draws.Draw(i, nil) {
			require.NoError(t, d.Add(complete[row].ratings, complete[row].overall))
		}
		all, _, err := d.Shapley(0.95)
		require.NoError(t, err)
		impacts, _, err := d.PenaltyReward(0.95)
		require.NoError(t, err)
		for a := range 2 {
			share[a], asymmetry[a], span[a] = append(share[a], all[a].Share), append(asymmetry[a], impacts[a].Asymmetry), append(span[a], impacts[a].Range)
			if all[a].Share > all[1-a].Share {
				first[a] += 1.0 / 200
			}
		}
	}
	for a, d := range got.Drivers {
		assert.Equal(t, p.Attributes[a], d.Attribute)
		near.Equal(t, first[a], d.First, 1e-12, 1e-12)
		for i, pair := range []struct {
			list []float64
			got  servqual.Interval
		}{{share[a], d.Share}, {asymmetry[a], *d.Asymmetry}, {span[a], *d.Range}} {
			want := stat.Bootstrap{Replicates: pair.list}.Plain(0.9)
			near.Equal(t, want.Low, pair.got.Low, 1e-12, 1e-12, "%d", i)
			near.Equal(t, want.High, pair.got.High, 1e-12, 1e-12, "%d", i)
		}
	}
	for _, workers := range []int{2, 8, 64} {
		o := resampling()
		o.Workers = workers
		again, err := priority.ResampleDrivers(t.Context(), p, rowsOf(list), o, source())
		require.NoError(t, err)
		assert.Equal(t, got, again)
	}
}

// Where good ratings are rare, most resamples have no contrast, and all have shares.
func TestResampleDriversWithoutContrasts(t *testing.T) {
	t.Parallel()
	var rows []priority.DriverRow
	for i := range 40 {
		a, b, overall := int8(1+i%3), int8(1+i/3%5), 30+i%3*10+i*7%11
		rows = append(rows, priority.DriverRow{Ratings: []int8{a, b}, Overall: &overall})
	}
	got, err := priority.ResampleDrivers(t.Context(), twoAttributes(), rows, resampling(), source())
	require.NoError(t, err)
	assert.Zero(t, got.Failed)
	assert.Equal(t, 200, got.Contrasts, "nobody rated the first as good")
	assert.Nil(t, got.Drivers[0].Asymmetry)
	assert.Nil(t, got.Drivers[1].Range)
	assert.Less(t, got.Drivers[0].Share.Low, got.Drivers[0].Share.High)
	near.Equal(t, 1, got.Drivers[0].First+got.Drivers[1].First, 1e-12, 0)
}

func TestResampleDriversRefuses(t *testing.T) {
	t.Parallel()
	p, rows := twoAttributes(), rowsOf(customers(5, 70, 2))
	_, err := priority.ResampleDrivers(t.Context(), p, rows, servqual.Resampling{Replicates: 99, Level: math.NaN(), Workers: -1}, source())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.EqualError(t, err, "priority: Replicates = 99: must be 100 to 100000; Level = NaN: must be 0.5 to 0.9999; Workers = -1: must be 0 to 64")
	_, err = priority.ResampleDrivers(t.Context(), p, rows, resampling(), nil)
	require.EqualError(t, err, "priority: Rand: must not be nil")
	_, err = priority.ResampleDrivers(t.Context(), priority.DriverParams{}, rows, resampling(), source())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	bad := slices.Clone(rows)
	bad[3] = priority.DriverRow{Ratings: []int8{1, 99}}
	_, err = priority.ResampleDrivers(t.Context(), p, bad, resampling(), source())
	require.ErrorContains(t, err, "priority: Rows[3].Ratings[1] = 99")
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = priority.ResampleDrivers(gone, p, rows, resampling(), source())
	require.ErrorIs(t, err, context.Canceled)
	for _, n := range []int{0, 1, 3} {
		_, err = priority.ResampleDrivers(t.Context(), p, rows[:n], resampling(), source())
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	// One customer alone makes the first attribute vary: a third of the resamples miss him,
	// and of two such, more than half do.
	var few []priority.DriverRow
	for i := range 12 {
		overall := 40 + i*5%7
		few = append(few, priority.DriverRow{Ratings: []int8{3, int8(1 + i%5)}, Overall: &overall})
	}
	few[0].Ratings = []int8{5, 1}
	some, err := priority.ResampleDrivers(t.Context(), p, few, resampling(), source())
	require.NoError(t, err)
	near.Equal(t, 200*math.Pow(11.0/12, 12), float64(some.Failed), 0, 25)
	require.Less(t, some.Failed, 100)
	p.Attributes = append(p.Attributes, "third")
	for i := range few {
		few[i].Ratings = append(few[i].Ratings, 2)
	}
	few[5].Ratings[2] = 4
	_, err = priority.ResampleDrivers(t.Context(), p, few, resampling(), source())
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// How sure is it that cleanliness drives the overall rating most?
func ExampleResampleDrivers() {
	var rows []priority.DriverRow
	for i := range 120 {
		clean, staff := 1+i%5, 1+i/5%5
		overall := 40 + 8*clean + 5*staff + i*37%29
		rows = append(rows, priority.DriverRow{Ratings: []int8{int8(clean), int8(staff)}, Overall: &overall})
	}
	p := priority.DriverParams{Attributes: []string{"clean", "staff"}, Low: 1, High: 5, Penalty: 2, Reward: 5, Unit: 10}
	sure, err := priority.ResampleDrivers(context.Background(), p, rows, servqual.Resampling{Replicates: 500, Level: 0.95}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range sure.Drivers {
		fmt.Printf("%s explains %.0f to %.0f %% of the overall rating, and most in %.0f %% of the resamples\n", d.Attribute, 100*d.Share.Low, 100*d.Share.High, 100*d.First)
	}
	// Output:
	// clean explains 42 to 61 % of the overall rating, and most in 100 % of the resamples
	// staff explains 11 to 28 % of the overall rating, and most in 0 % of the resamples
}
