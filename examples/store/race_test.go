package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/points"
)

// Many goroutines, on two connection pools as two servers would have, earn and spend
// on one account. Each command is sent twice at the same time. There are too few
// points for all.
func TestRace(t *testing.T) {
	t.Parallel()
	const workers, commands = 16, 40
	path := filepath.Join(t.TempDir(), "shop.db")
	var ticks atomic.Int64 // of the clock of both servers
	now := func() time.Time { return noon.Add(time.Duration(ticks.Add(1))) }
	stores := [2]store.Store{
		{DB: open(t, path), Engine: engine(), Every: 16, Now: now},
		{DB: open(t, path), Engine: engine(), Every: 7, Now: now},
	}
	var carriedOut [workers / 2 * commands]atomic.Int64
	var wg sync.WaitGroup
	var lost, refused atomic.Int64
	for w := range workers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w/2), 7)) // the same for two of them
			for i := range commands {
				id := w/2*commands + i
				var c points.Command = earn(fmt.Sprint(id), 1+rng.Int64N(9))
				if rng.IntN(2) == 0 {
					c = redeem(fmt.Sprint(id), 1+rng.Int64N(15))
				}
				d, races, err := insist(t, &stores[w%2], "anna", c)
				lost.Add(races)
				switch {
				case errors.Is(err, relmark.ErrRefused):
					refused.Add(1)
				case !assert.NoError(t, err):
					return
				case !d.Replayed:
					carriedOut[id].Add(1)
				}
			}
		})
	}
	wg.Wait()

	s := &stores[0]
	var once int64
	for id := range carriedOut {
		n := carriedOut[id].Load()
		require.LessOrEqual(t, n, int64(1), "carried out twice")
		require.Equal(t, n, one(t, s, `SELECT count(*) FROM orders WHERE id = $1`, fmt.Sprint(id)))
		once += n
	}
	b := balance(t, s, "anna")
	require.Equal(t, one(t, s, `SELECT sum(points) FROM orders`), b.Available, "what the orders say")
	require.GreaterOrEqual(t, b.Available, int64(0))
	require.Equal(t, one(t, s, `SELECT sum(points) FROM orders WHERE points > 0`), b.Issued)
	require.Equal(t, -one(t, s, `SELECT sum(points) FROM orders WHERE points < 0`), b.Redeemed)
	require.Equal(t, once, one(t, s, `SELECT count(*) FROM loyalty_event`))
	require.Equal(t, once, one(t, s, `SELECT max(seq) FROM loyalty_event`), "no gaps")
	require.Positive(t, refused.Load(), "there were enough points for all")
	t.Logf("%d commands carried out, %d refused, %d races lost for good", once, refused.Load(), lost.Load())
}

// insist repeats a command until no more races are lost.
func insist(t *testing.T, s *store.Store, stream string, c points.Command) (d points.Decision, races int64, err error) {
	t.Helper()
	for {
		d, err = s.Do(t.Context(), stream, c, order)
		if !errors.Is(err, relmark.ErrConflict) {
			return d, races, err
		}
		races++
	}
}

// Of a hundred points, ten goroutines want sixty each: one gets them.
func TestLastPointsAreSpentOnce(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	do(t, &s, earn("a", 100))
	var wg sync.WaitGroup
	var got atomic.Int64
	for w := range 10 {
		wg.Go(func() {
			_, _, err := insist(t, &s, "anna", redeem(fmt.Sprint("spend", w), 60))
			var refusal *points.CommandError
			if err == nil {
				got.Add(1)
			} else if assert.ErrorAs(t, err, &refusal) {
				assert.Equal(t, points.CommandError{Reason: points.Insufficient, Available: 40}, *refusal)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, got.Load())
	require.EqualValues(t, 40, balance(t, &s, "anna").Available)
}

// Members send each other points, each transfer as two commands. Every second one
// forgets what it was answered and asks again.
func TestTransfersRace(t *testing.T) {
	t.Parallel()
	const members, transfers = 4, 15
	s := fresh(t)
	name := func(i int) string { return fmt.Sprint("member", i%members) }
	for i := range members {
		_, err := s.Do(t.Context(), name(i), earn("start", 50), nil)
		require.NoError(t, err)
	}
	transfer := func(id string, from, to, n int) error {
		send := points.Command{Key: id, At: noon, Do: points.Send{From: name(from), To: name(to), Points: int64(n)}}
		d, _, err := insist(t, &s, name(from), send)
		if err == nil && n%2 == 0 {
			d, _, err = insist(t, &s, name(from), send)
		}
		if err != nil {
			return err
		}
		receive := points.Command{Key: id, At: noon, Do: points.Receive{Parcel: d.Event.Body.(*points.Sent).Parcel}}
		_, err = s.Do(t.Context(), name(to), receive, nil)
		for errors.Is(err, relmark.ErrConflict) {
			_, err = s.Do(t.Context(), name(to), receive, nil)
		}
		return err
	}
	var wg sync.WaitGroup
	for m := range members {
		wg.Go(func() {
			for i := range transfers {
				err := transfer(fmt.Sprint(m, "-", i), m, m+1+i%(members-1), 1+i*3%20)
				assert.True(t, err == nil || errors.Is(err, relmark.ErrRefused), "%v", err)
			}
		})
	}
	wg.Wait()
	var sum, sent, received int64
	for i := range members {
		b := balance(t, &s, name(i))
		sum, sent, received = sum+b.Available, sent+b.Sent, received+b.Received
	}
	require.EqualValues(t, 50*members, sum)
	require.Equal(t, sent, received)
	require.Positive(t, sent)
}
