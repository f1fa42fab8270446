package points

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// history folds the golden events, up to the n-th.
func history(t *testing.T, n int) *Account {
	t.Helper()
	data, err := os.ReadFile("testdata/events_v1.jsonl")
	require.NoError(t, err)
	var a Account
	for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n"))[:n] {
		var ev Event
		require.NoError(t, ev.UnmarshalJSON(line))
		require.NoError(t, a.Apply(ev))
	}
	return &a
}

// bent changes a lot of an account, one that points can return to.
func bent(t *testing.T, a *Account, change func(*lot.Lot)) {
	t.Helper()
	lots := a.book.Lots()
	change(&lots[slices.IndexFunc(lots, func(l lot.Lot) bool { return l.ID == a.orders.items[0].paid.parts[0].Lot })])
	slices.SortFunc(lots, lot.Burn)
	book, ok := lot.Restore(lots, a.book.Last())
	require.True(t, ok)
	a.book = book
}

// What is written by an account is reachable, at each of its events; each change is of
// one thing that no events make, and is refused for that alone.
func TestEachCounterIsLookedAt(t *testing.T) {
	t.Parallel()
	for n := range 17 {
		require.True(t, history(t, n).reachable(), "after %d events", n)
	}
	require.True(t, new(Account).reachable())
	const early, late = firstSecond * int64(1e9), endOfActivity * int64(1e9)
	long := strings.Repeat("x", 201)
	for name, c := range map[string]struct {
		after  int
		change func(a *Account)
	}{
		"last too early":      {14, func(a *Account) { a.last = early - 1 }},
		"last too late":       {14, func(a *Account) { a.last = late }},
		"version too large":   {14, func(a *Account) { a.version = 1e18 }},
		"negative issued":     {14, func(a *Account) { a.issued, a.received = -1, a.issued+a.received+1 }},
		"too much issued":     {14, func(a *Account) { a.issued += 1 << 53; a.redeemed += 1 << 53 }},
		"too much in all":     {14, func(a *Account) { a.issued, a.received, a.redeemed = 1<<53-1, 1, a.redeemed+1<<53-a.issued-a.received }},
		"unrecovered":         {14, func(a *Account) { a.unrecovered = -1 }},
		"too unrecovered":     {14, func(a *Account) { a.unrecovered = 1 << 53 }},
		"negative lapsed":     {14, func(a *Account) { a.lapsed--; a.redeemed++ }},
		"too much lapsed":     {14, func(a *Account) { a.lapsed = 1 << 53; a.issued = 1<<53 - 1 }},
		"debt never taken":    {1, func(a *Account) { a.debt++; a.redeemed++ }},
		"points lost":         {14, func(a *Account) { a.redeemed-- }},
		"points found":        {14, func(a *Account) { a.issued++ }},
		"a lot too large":     {14, func(a *Account) { bent(t, a, func(l *lot.Lot) { l.Left += 1 << 53 }) }},
		"a lot too early":     {14, func(a *Account) { bent(t, a, func(l *lot.Lot) { l.From = early - 1 }) }},
		"a lot too late":      {14, func(a *Account) { bent(t, a, func(l *lot.Lot) { l.From = endOfTime * 1e9 }) }},
		"an end too early":    {14, func(a *Account) { bent(t, a, func(l *lot.Lot) { l.Until = early - 1 }) }},
		"an unknown owner":    {14, func(a *Account) { bent(t, a, func(l *lot.Lot) { l.Owner = a.owners + 1 }) }},
		"a hold of nothing":   {10, func(a *Account) { a.holds.items[0].Takes[0].Units = 0 }},
		"a hold of no lot":    {10, func(a *Account) { a.holds.items[0].Takes[0].Lot = 0 }},
		"a hold of a future":  {10, func(a *Account) { a.holds.items[0].Takes[0].Lot = a.book.Last() + 1 }},
		"a hold, lot gone":    {9, func(a *Account) { a.book.Drop(func(l lot.Lot) bool { return l.ID == a.holds.items[0].Takes[0].Lot }) }},
		"a hold opened":       {10, func(a *Account) { a.holds.items[0].Status = lot.Open }},
		"a hold without name": {9, func(a *Account) { a.holds.names[0] = "" }},
		"a key of 201 bytes":  {14, func(a *Account) { a.keys.names[0] = long }},
		"a key without seq":   {14, func(a *Account) { a.keys.items[0].seq = 0 }},
		"a key of a future":   {14, func(a *Account) { a.keys.items[len(a.keys.items)-1].seq = a.version + 1 }},
		"keys out of order":   {14, func(a *Account) { a.keys.items[1].seq = a.keys.items[0].seq }},
		"a key too early":     {14, func(a *Account) { a.keys.items[0].at = early - 1 }},
		"a key too late":      {14, func(a *Account) { a.keys.items[0].at = late }},
		"an order, no name":   {14, func(a *Account) { a.orders.names[0] = "" }},
		"an order, no date":   {14, func(a *Account) { a.orders.items[0].date = relmark.Date{} }},
		"an order, no lot":    {14, func(a *Account) { a.orders.items[0].lot = 0 }},
		"an order's future":   {14, func(a *Account) { a.orders.items[0].lot = a.book.Last() + 1 }},
		"nothing for a lot":   {14, func(a *Account) { o := &a.orders.items[0]; o.granted, o.taken, o.lost = 0, 0, 0 }},
		"granted too much":    {14, func(a *Account) { a.orders.items[0].granted = a.issued + 1 }},
		"refunded too much":   {14, func(a *Account) { o := &a.orders.items[0]; o.refunded = o.total + 1 }},
		"negative refunds":    {14, func(a *Account) { a.orders.items[0].refunded = -1 }},
		"taken too much":      {14, func(a *Account) { o := &a.orders.items[0]; o.taken = o.granted + 1 }},
		"lost more":           {14, func(a *Account) { o := &a.orders.items[0]; o.lost = 1 << 53 }},
		"deducted more":       {14, func(a *Account) { o := &a.orders.items[0]; o.deducted = o.total + 1 }},
		"restored more":       {14, func(a *Account) { o := &a.orders.items[0]; o.restored = o.spent() + 1 }},
		"negative total":      {14, func(a *Account) { o := &a.orders.items[1]; o.total, o.refunded = -1, -1 }},
		"total too large":     {14, func(a *Account) { a.orders.items[0].total = 1 << 53 }},
		"parts do not add":    {14, func(a *Account) { a.orders.items[0].paid.spent++ }},
		"paid more than all":  {14, func(a *Account) { o := &a.orders.items[0]; o.paid.value = o.total + 1 }},
		"paid less than 0":    {14, func(a *Account) { a.orders.items[0].paid.value = -1 }},
		"more orders":         {14, func(a *Account) { a.version = 1; a.keys = index[keyed]{} }},
		"days out of order":   {14, func(a *Account) { a.days[0].on, a.days[1].on = a.days[1].on, a.days[0].on }},
		"a day twice":         {14, func(a *Account) { a.days = append(a.days, a.days[len(a.days)-1]) }},
		"no day":              {14, func(a *Account) { a.days[0].on = relmark.Date{} }},
		"a day's debts":       {14, func(a *Account) { a.days[0].granted = -1 }},
		"a day of nothing":    {14, func(a *Account) { a.days[0].granted = 0 }},
		"a day too rich":      {14, func(a *Account) { a.days[0].granted = a.granted + 1 }},
		"granted over all":    {14, func(a *Account) { a.granted = a.issued + 1 }},
		"granted too little":  {14, func(a *Account) { a.granted = 0 }},
		"a goal, no name":     {14, func(a *Account) { a.goals[0].Rule = "" }},
		"a goal twice":        {14, func(a *Account) { a.goals = append(a.goals, a.goals[0]) }},
		"a goal below 0":      {14, func(a *Account) { a.goals[0].Count = -1 }},
		"a goal's month":      {14, func(a *Account) { a.goals[0].Months = []earning.Tally{{Month: 12*9999 + 13, Orders: 1}} }},
		"parked nothing":      {2, func(a *Account) { a.parked.items[0][0].amount = 0 }},
		"parked too much":     {2, func(a *Account) { a.parked.items[0][0].amount = 1 << 53 }},
		"parked, no name":     {2, func(a *Account) { a.parked.names[0] = strings.Repeat("x", 201) }},
		"parked, no date":     {2, func(a *Account) { a.parked.items[0][0].date = relmark.Date{} }},
		"a member, no name":   {14, func(a *Account) { a.members.names[0] = strings.Repeat("x", 201) }},
		"a mark twice": {14, func(a *Account) {
			m := a.members.items[0]
			a.members.items[0].brought, m.brought = 1, 1
			a.members.add("other", m)
		}},
		"no mark":            {14, func(a *Account) { a.members.items[0].owner = 0 }},
		"an unknown mark":    {14, func(a *Account) { a.members.items[0].owner = a.owners + 1 }},
		"brought nothing":    {14, func(a *Account) { a.members.items[0].brought = 0 }},
		"brought too much":   {14, func(a *Account) { a.members.items[0].brought = a.received + 1 }},
		"nothing, a time":    {0, func(a *Account) { a.last = 1 }},
		"nothing, a debt":    {0, func(a *Account) { a.debt, a.reversed = 1, 1 }},
		"nothing, a closing": {0, func(a *Account) { a.closed = relmark.MustParseDate("2025-01-01") }},
		"nothing, a lot":     {0, func(a *Account) { require.True(t, a.book.Add(lot.Lot{ID: 1, Until: lot.Never})) }},
		"nothing, an owner":  {0, func(a *Account) { a.owners = 1 }},
		"nothing, a key":     {0, func(a *Account) { a.keys.add("k", keyed{}) }},
		"nothing, a goal":    {0, func(a *Account) { a.goals = append(a.goals, earning.Progress{Rule: "g"}) }},
	} {
		a := history(t, c.after)
		c.change(a)
		require.False(t, a.reachable(), name)
		data, err := a.MarshalBinary()
		require.NoError(t, err)
		require.ErrorIs(t, new(Account).UnmarshalBinary(data), relmark.ErrInvalid, name)
	}
}

// The ends of time are within reach.
func TestTheEndsOfTimeAreReachable(t *testing.T) {
	t.Parallel()
	first := time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(2151, 1, 1, 0, 0, 0, -1, time.UTC)
	end := time.Date(2262, 1, 1, 0, 0, 0, -1, time.UTC)
	for i, at := range []time.Time{first, last} {
		var a Account
		l := Adjusted{Points: 1, Lot: 1, AvailableAt: at, ExpiresAt: []time.Time{at, end}[i]}
		require.NoError(t, a.Apply(Event{Seq: 1, Key: "k", At: at, Recorded: at, Body: &l}), i)
		require.True(t, a.reachable(), fmt.Sprint(at))
		data, err := a.MarshalBinary()
		require.NoError(t, err)
		var back Account
		require.NoError(t, back.UnmarshalBinary(data))
		assert.Equal(t, a.Balance(at), back.Balance(at))
	}
}
