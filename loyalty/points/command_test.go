package points_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// Bad input: a named error that says whether a retry can succeed, and no trace.
func TestRefusals(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{TransferFee: decimal.New(1, 0)})
	var a points.Account
	do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 50}))
	do(t, e, &a, with(head("earn", 1), points.Earn{Order: "O1", Amount: euros(10)}))
	do(t, e, &a, with(head("hold", 1), points.Reserve{Reservation: "R1", Points: 5, TTL: time.Hour}))
	h := head("new", 2)
	long, huge := strings.Repeat("x", 201), decimal.New(1, 40)
	cases := map[string]struct {
		c    points.Command
		want error
	}{
		"nil":                       {points.Command{}, relmark.ErrInvalid},
		"no key":                    {with(points.Command{At: at(2)}, points.Redeem{Points: 1}), relmark.ErrInvalid},
		"long key":                  {with(points.Command{Key: long, At: at(2)}, points.Redeem{Points: 1}), relmark.ErrInvalid},
		"key not UTF-8":             {with(points.Command{Key: "\xff", At: at(2)}, points.Redeem{Points: 1}), relmark.ErrInvalid},
		"no time":                   {with(points.Command{Key: "k"}, points.Redeem{Points: 1}), relmark.ErrInvalid},
		"far future":                {with(points.Command{Key: "k", At: time.Date(2151, 1, 1, 0, 0, 0, 0, time.UTC)}, points.Redeem{Points: 1}), relmark.ErrInvalid},
		"time runs back":            {with(head("new", 0), points.Redeem{Points: 1}), relmark.ErrRefused},
		"other version":             {with(points.Command{Key: "k", At: at(2), Version: new(uint64(1))}, points.Redeem{Points: 1}), relmark.ErrConflict},
		"key of another command":    {with(head("earn", 2), points.Redeem{Points: 1}), relmark.ErrInvalid},
		"other currency":            {with(h, points.Earn{Order: "O2", Amount: euros(1), Currency: "USD"}), relmark.ErrInvalid},
		"fraction of a cent":        {with(h, points.Earn{Order: "O2", Amount: decimal.New(1, -3)}), relmark.ErrInvalid},
		"negative order":            {with(h, points.Earn{Order: "O2", Amount: euros(-1)}), relmark.ErrInvalid},
		"past int64":                {with(h, points.Earn{Order: "O2", Amount: huge}), relmark.ErrLimit},
		"past 2^53":                 {with(h, points.Earn{Order: "O2", Amount: decimal.New(1<<53, -2)}), relmark.ErrLimit},
		"endless text":              {with(h, points.Earn{Order: "O2", Amount: decimal.New(1, 2000)}), relmark.ErrLimit},
		"no order":                  {with(h, points.Earn{Amount: euros(1)}), relmark.ErrInvalid},
		"order twice":               {with(h, points.Earn{Order: "O1", Amount: euros(1)}), relmark.ErrRefused},
		"negative line":             {with(h, points.Earn{Order: "O2", Amount: euros(1), Lines: []earning.OrderLine{{Amount: euros(-1)}}}), relmark.ErrInvalid},
		"long category":             {with(h, points.Earn{Order: "O2", Amount: euros(1), Lines: []earning.OrderLine{{Amount: euros(1), Category: long}}}), relmark.ErrInvalid},
		"tag without name":          {with(h, points.Earn{Order: "O2", Amount: euros(1), Tags: []earning.Tag{{}}}), relmark.ErrInvalid},
		"long tier":                 {with(h, points.Earn{Order: "O2", Amount: euros(1), Tier: long}), relmark.ErrInvalid},
		"negative payment":          {with(h, points.Earn{Order: "O2", Amount: euros(1), PayPoints: -1}), relmark.ErrInvalid},
		"payment above the order":   {with(h, points.Earn{Order: "O2", Amount: decimalOf(10), PayPoints: 11}), relmark.ErrRefused},
		"payment above the balance": {with(h, points.Earn{Order: "O2", Amount: euros(1), PayPoints: 61}), relmark.ErrRefused},
		"expiry far away":           {with(h, points.Earn{Order: "O2", Amount: euros(1), Expires: new(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))}), relmark.ErrInvalid},
		"refund of nothing":         {with(h, points.Refund{Order: "O1"}), relmark.ErrInvalid},
		"refund beyond the order":   {with(h, points.Refund{Order: "O1", Amount: euros(11)}), relmark.ErrRefused},
		"refund without order":      {with(h, points.Refund{Amount: euros(1)}), relmark.ErrInvalid},
		"refund in dollars":         {with(h, points.Refund{Order: "O1", Amount: euros(1), Currency: "USD"}), relmark.ErrInvalid},
		"redeem nothing":            {with(h, points.Redeem{}), relmark.ErrInvalid},
		"redeem too much":           {with(h, points.Redeem{Points: 61}), relmark.ErrRefused},
		"adjust by nothing":         {with(h, points.Adjust{}), relmark.ErrInvalid},
		"adjust beyond 2^53":        {with(h, points.Adjust{Points: math.MaxInt64}), relmark.ErrInvalid},
		"adjust below -2^53":        {with(h, points.Adjust{Points: math.MinInt64}), relmark.ErrInvalid},
		"too many in all":           {with(h, points.Adjust{Points: 1<<53 - 1}), relmark.ErrLimit},
		"take too much":             {with(h, points.Adjust{Points: -61}), relmark.ErrRefused},
		"long reason":               {with(h, points.Adjust{Points: 1, Reason: long}), relmark.ErrInvalid},
		"available far away":        {with(h, points.Adjust{Points: 1, AvailableAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}), relmark.ErrInvalid},
		"reserve nothing":           {with(h, points.Reserve{Reservation: "R2", TTL: 1}), relmark.ErrInvalid},
		"reserve unnamed":           {with(h, points.Reserve{Points: 1, TTL: 1}), relmark.ErrInvalid},
		"reserve for no time":       {with(h, points.Reserve{Reservation: "R2", Points: 1}), relmark.ErrInvalid},
		"reserve in the past":       {with(points.Command{Key: "k", At: at(1), Recorded: at(2)}, points.Reserve{Reservation: "R2", Points: 1, TTL: time.Hour}), relmark.ErrRefused},
		"reserve twice":             {with(h, points.Reserve{Reservation: "R1", Points: 1, TTL: 1}), relmark.ErrRefused},
		"commit too late":           {with(h, points.Commit{Reservation: "R1", All: true}), relmark.ErrRefused},
		"commit unknown":            {with(h, points.Commit{Reservation: "R2", All: true}), relmark.ErrRefused},
		"commit unnamed":            {with(h, points.Commit{All: true}), relmark.ErrInvalid},
		"commit less than nothing":  {with(head("new", 1), points.Commit{Reservation: "R1", Points: -1}), relmark.ErrInvalid},
		"void unknown":              {with(h, points.Void{Reservation: "R2"}), relmark.ErrRefused},
		"send to oneself":           {with(h, points.Send{From: "a", To: "a", Points: 1}), relmark.ErrInvalid},
		"send to nobody":            {with(h, points.Send{From: "a", Points: 1}), relmark.ErrInvalid},
		"send nothing":              {with(h, points.Send{From: "a", To: "b"}), relmark.ErrInvalid},
		"send too much":             {with(h, points.Send{From: "a", To: "b", Points: 61, Pool: true}), relmark.ErrRefused},
		"receive nothing":           {with(h, points.Receive{}), relmark.ErrInvalid},
		"receive less than nothing": {with(h, points.Receive{Parcel: []points.Moved{{Points: -1, AvailableAt: at(0)}}}), relmark.ErrInvalid},
		"receive without a time":    {with(h, points.Receive{Parcel: []points.Moved{{Points: 1}}}), relmark.ErrInvalid},
		"receive without an end":    {with(h, points.Receive{Parcel: []points.Moved{{Points: 1, AvailableAt: at(0), ExpiresAt: time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)}}}), relmark.ErrInvalid},
		"receive too much":          {with(h, points.Receive{Parcel: []points.Moved{{Points: 1<<53 - 1, AvailableAt: at(0)}}}), relmark.ErrLimit},
		"receive from a long name":  {with(h, points.Receive{Contributor: long}), relmark.ErrInvalid},
		"leave what one is not in":  {with(h, points.Leave{Member: "m"}), relmark.ErrRefused},
		"open too late":             {with(h, points.Open{}), relmark.ErrRefused},
		"close the future":          {with(h, points.Close{Before: day(3)}), relmark.ErrInvalid},
	}
	before, err := a.MarshalBinary()
	require.NoError(t, err)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, err := e.Decide(&a, c.c)
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, points.Decision{}, d)
			assert.True(t, strings.HasPrefix(err.Error(), "points: "), err)
			assert.NotContains(t, err.Error(), "O1")
			after, err := a.MarshalBinary()
			require.NoError(t, err)
			assert.Equal(t, before, after)
		})
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	for name, c := range map[string]points.Open{
		"negative debt": {Debt: -1},
		"empty lot":     {Lots: []points.Opening{{}}},
		"no such time":  {Lots: []points.Opening{{Points: 1, AvailableAt: time.Unix(-1<<40, 0)}}},
		"no such end":   {Lots: []points.Opening{{Points: 1, ExpiresAt: time.Unix(1<<40, 0)}}},
	} {
		_, err := e.Decide(new(points.Account), with(head("open", 0), c))
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := e.Decide(new(points.Account), with(head("open", 0), points.Open{Lots: []points.Opening{{Points: 1<<53 - 1}, {Points: 1}}}))
	assert.ErrorIs(t, err, relmark.ErrLimit)
}

func TestInsufficientSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{MaturityDays: 5})
	var a points.Account
	do(t, e, &a, with(head("earn", 0), points.Earn{Order: "O", Amount: euros(30)}))
	do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 2}))
	_, err := e.Decide(&a, with(head("spend", 1), points.Redeem{Points: 3}))
	var refusal *points.CommandError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, points.CommandError{Reason: points.Insufficient, Available: 2, Pending: 30}, *refusal)
	assert.EqualError(t, err, "points: insufficient: 2 available, 30 pending")
}

func TestDecideWithoutRulesOnADate(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{From: day(5)}}}})
	_, err := e.Decide(new(points.Account), with(head("k", 4), points.Earn{Order: "O", Amount: euros(1)}))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	var none *points.Engine
	_, err = none.Decide(new(points.Account), with(head("k", 0), points.Sweep{}))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestBudgetIsALimitBesideCaps(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	b := do(t, e, &a, with(head("1", 0), points.Earn{Order: "O1", Amount: euros(30), Budget: new(int64(12))})).Body.(*points.Earned)
	assert.Equal(t, int64(12), b.Award.Granted)
	assert.Equal(t, int64(18), b.Award.Cut)
	d, err := e.Decide(&a, with(head("1", 0), points.Earn{Order: "O1", Amount: euros(30), Budget: new(int64(0))}))
	require.NoError(t, err)
	assert.True(t, d.Replayed, "what is left of a budget is not payload")
}

// Events that an account cannot have had leave it as it was.
func TestApplyRefusesForeignEvents(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 50}))
	first := do(t, e, &a, with(head("earn", 1), points.Earn{Order: "O1", Amount: euros(10), PayPoints: 10}))
	before, err := a.MarshalBinary()
	require.NoError(t, err)
	bodies := []points.Body{
		first.Body,
		&points.Earned{Order: "O2", Award: earning.Award{Granted: 5}},
		&points.Earned{Order: "O2", Award: earning.Award{Granted: 5}, Lot: 9, AvailableAt: at(1)},
		&points.Earned{Order: "O2", Award: earning.Award{Granted: 5}, Lot: 3},
		&points.Earned{Order: "O2", Award: earning.Award{Granted: 1 << 53}, Lot: 3, AvailableAt: at(1)},
		&points.Earned{Order: "O2", Settled: 1},
		&points.Earned{Order: "O2", Steps: []earning.Step{{Rule: "card", Counts: -1}}},
		&points.Earned{Order: "O2", Paid: []points.Part{{Lot: 1, Points: 41}}},
		&points.Earned{Order: "O2", Refunds: []points.Refunded{{Order: "O2", Amount: 1}}},
		&points.Redeemed{Parts: []points.Part{{Lot: 1, Points: 20}, {Lot: 1, Points: 21}}},
		&points.Redeemed{Parts: []points.Part{{Lot: 1, Points: -1}}},
		&points.Redeemed{Parts: []points.Part{{Lot: 1, Points: 1, State: points.Pending}}},
		&points.Refunded{Order: "O9", Amount: 1},
		&points.Refunded{Order: "O1", Amount: 0},
		&points.Refunded{Order: "O1", Amount: 1001},
		&points.Refunded{Order: "O1", Amount: 10, Restored: []points.Restored{{Part: points.Part{Lot: 9, Points: 1}}}},
		&points.Refunded{Order: "O1", Amount: 10, Restored: []points.Restored{{Part: points.Part{Lot: 1, Points: 1}}}, Reversed: []points.Part{{Lot: 2, Points: 50}}},
		&points.Refunded{Order: "O1", Amount: 10, Restored: []points.Restored{{Part: points.Part{Lot: 1, Points: 1}}}, Reversed: []points.Part{{Lot: 2, Points: 5}, {Lot: 2, Points: 5}}},
		&points.Adjusted{},
		&points.Adjusted{Points: 1, Lot: 1, AvailableAt: at(0)},
		&points.Adjusted{Points: -1},
		&points.Reserved{Reservation: "R"},
		&points.Reserved{Reservation: "R", Deadline: at(9), Parts: []points.Part{{Lot: 7, Points: 1}}},
		&points.Resolved{Reservation: "R"},
		&points.Sent{Fee: []points.Part{{Lot: 1, Points: 41}}},
		&points.Sent{Parcel: []points.Moved{{Lot: 1, Points: 41}}},
		&points.Sent{Leaver: "nobody"},
		&points.Received{First: 1},
		&points.Received{First: 3, Parcel: []points.Moved{{Points: 1}}},
		&points.Closed{},
		&points.Opened{},
	}
	for _, body := range bodies {
		ev := points.Event{Seq: 3, Key: "k", At: at(2), Recorded: at(2), Body: body}
		err := a.Apply(ev)
		require.Error(t, err, "%+v", body)
		after, encodeErr := a.MarshalBinary()
		require.NoError(t, encodeErr)
		assert.Equal(t, before, after, "%+v", body)
	}
	for seq, want := range map[uint64]error{2: relmark.ErrConflict, 4: relmark.ErrConflict, 3: relmark.ErrInvalid} {
		assert.ErrorIs(t, a.Apply(points.Event{Seq: seq, Key: "k", At: at(2), Recorded: at(2)}), want)
	}
	assert.ErrorIs(t, a.Apply(points.Event{Seq: 3, Key: "k", At: at(2), Body: &points.Swept{}}), relmark.ErrInvalid)
	assert.ErrorIs(t, a.Apply(points.Event{Seq: 3, Key: "k", At: at(0), Recorded: at(0), Body: &points.Swept{}}), relmark.ErrRefused)
}

func TestFoldStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	host := errors.New("connection lost")
	var a points.Account
	err := points.Fold(&a, func(yield func(points.Event, error) bool) { yield(points.Event{}, host) })
	assert.ErrorIs(t, err, host)
	assert.EqualError(t, err, "points: event 1: connection lost")
	err = points.Fold(&a, func(yield func(points.Event, error) bool) { yield(points.Event{Seq: 7, Body: &points.Swept{}}, nil) })
	assert.ErrorIs(t, err, relmark.ErrConflict)
}

// A store as a host has one: the primary key is the sequence number.
type store struct {
	mu     sync.Mutex
	events [][]byte
}

func (s *store) load() (a points.Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := points.Fold(&a, decoded(s.events)); err != nil {
		panic(err)
	}
	return a
}

func (s *store) insert(ev points.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if uint64(len(s.events)) != ev.Seq-1 {
		return relmark.ErrConflict
	}
	b, err := ev.AppendJSON(nil)
	s.events = append(s.events, b)
	return err
}

// Many hosts on one account: nothing is lost, nothing is spent twice.
func TestRacingHosts(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var s store
	var spent sync.Map
	var wait sync.WaitGroup
	for host := range 8 {
		wait.Go(func() {
			for i := range 30 {
				c := with(head(fmt.Sprint("earn", i), 0), points.Earn{Order: fmt.Sprint(i), Amount: euros(10)})
				if i%2 == 1 {
					c = with(head(fmt.Sprint("spend", host, i), 0), points.Redeem{Points: 7})
				}
				for {
					a := s.load()
					d, err := e.Decide(&a, c)
					if errors.Is(err, relmark.ErrRefused) || err == nil && d.Replayed {
						break
					}
					if err != nil {
						t.Error(err)
						return
					}
					if s.insert(d.Event) == nil {
						spent.Store(d.Event.Seq, d.Event)
						break
					}
				}
			}
		})
	}
	wait.Wait()
	a := s.load()
	b := a.Balance(at(0))
	identity(t, b)
	assert.Equal(t, int64(150), b.Issued, "fifteen orders, each delivered by every host")
	assert.Equal(t, int64(147), b.Redeemed, "21 of the redemptions fit")
	count := 0
	spent.Range(func(any, any) bool { count++; return true })
	assert.Equal(t, uint64(count), a.Version())
}
