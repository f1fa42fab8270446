package cashback_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/cashback"
)

// 10.00 that was spent comes back once, however it is asked for: by a command, or by an
// event that somebody else made.
func TestWhatWasSpentComesBackOnce(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	d, err := c.Credit(&w, cashback.Credit{Key: "1", Amount: dec("10"), At: at})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{"2", dec("10"), at})
	do(t, &w, d, err)
	d, err = c.GiveBack(&w, cashback.GiveBack{"3", "2", dec("10"), at})
	first := do(t, &w, d, err)
	_, err = c.GiveBack(&w, cashback.GiveBack{"4", "2", dec("10"), at})
	assert.Equal(t, cashback.ExceedsSpend, reason(err))
	again := first
	again.Seq, again.Key = 4, "4"
	assert.ErrorIs(t, w.Apply(again), relmark.ErrInvalid)
	back, _ := reloaded(t, &w, &cashback.Wallet{})
	assert.ErrorIs(t, back.Apply(again), relmark.ErrInvalid)
	_, err = c.GiveBack(back, cashback.GiveBack{"4", "2", dec("0.01"), at})
	assert.Equal(t, cashback.ExceedsSpend, reason(err))
	b := back.Balance(at)
	assert.Equal(t, []string{"10", "0", "10"}, []string{b.Available.String(), b.Spent.String(), b.Credited.String()})
}

// An order is refunded once, up to what it came to, and no other order for it.
func TestOrdersAreRefundedOnce(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	for _, order := range []string{"a", "b"} {
		d, err := c.Purchase(&w, cashback.Purchase{"buy " + order, order, dec("50"), at})
		do(t, &w, d, err)
	}
	_, err := c.Purchase(&w, cashback.Purchase{"again", "a", dec("50"), at})
	assert.Equal(t, cashback.DuplicateOrder, reason(err))
	assert.ErrorIs(t, err, relmark.ErrRefused)
	_, err = c.Refund(&w, cashback.Refund{"r", "a", dec("50.01"), at})
	assert.Equal(t, cashback.RefundExceedsOrder, reason(err))
	assert.ErrorIs(t, err, relmark.ErrRefused)
	d, err := c.Refund(&w, cashback.Refund{"r", "a", dec("50"), at})
	first := do(t, &w, d, err)
	assert.Equal(t, int64(500), first.Reversed)
	_, err = c.Refund(&w, cashback.Refund{"s", "a", dec("0.01"), at})
	assert.Equal(t, cashback.RefundExceedsOrder, reason(err))
	first.Seq, first.Key = 4, "s"
	assert.ErrorIs(t, w.Apply(first), relmark.ErrInvalid)
	assert.Equal(t, "5", w.Balance(at).Available.String())
	d, err = c.Refund(&w, cashback.Refund{"t", "b", dec("0"), at})
	nothing := do(t, &w, d, err)
	assert.Equal(t, []int64{0, 0}, []int64{nothing.Reversed, nothing.Debt})
	_, err = c.Spend(&w, cashback.Spending{"u", dec("5.01"), at})
	assert.Equal(t, cashback.Insufficient, reason(err))
	_, err = c.Refund(&w, cashback.Refund{"u", "c", dec("1"), at})
	assert.Equal(t, cashback.UnknownOrder, reason(err))
	_, err = c.GiveBack(&w, cashback.GiveBack{"u", "v", dec("1"), at})
	assert.Equal(t, cashback.UnknownSpend, reason(err))
}

// A key belongs to one command: the same kind, order, amount and time, and for credit the
// same end. The first instant of 1970 is an end, too.
func TestKeysBelongToOneCommand(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	at, epoch := when("1969-12-31T10:00:00Z"), time.Unix(0, 0)
	credit := cashback.Credit{Key: "k", Amount: dec("5"), At: at, ExpiresAt: epoch}
	var w cashback.Wallet
	d, err := c.Credit(&w, credit)
	do(t, &w, d, err)
	assert.Equal(t, "5", w.Balance(epoch).Expired.String())
	d, err = c.Credit(&w, credit)
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	for _, other := range []cashback.Credit{
		{Key: "k", Amount: dec("5"), At: at},
		{Key: "k", Amount: dec("5"), At: at, ExpiresAt: epoch.Add(1)},
		{Key: "k", Amount: dec("5"), At: at.Add(1), ExpiresAt: epoch},
		{Key: "k", Amount: dec("5.01"), At: at, ExpiresAt: epoch},
	} {
		_, err = c.Credit(&w, other)
		assert.Equal(t, cashback.KeyConflict, reason(err))
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = c.Spend(&w, cashback.Spending{"k", dec("5"), at})
	assert.Equal(t, cashback.KeyConflict, reason(err))
}

// Times that are not in UTC are the same instants: events come out in UTC, and the month
// is that of the terms.
func TestInstantsComeInAnyZone(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), Months: new(1), MaturityDays: 1})
	apia := time.FixedZone("", 13*3600)
	at := when("2025-03-31T22:30:00Z") // April in Berlin
	var w, o cashback.Wallet
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("100"), at.In(apia)})
	require.NoError(t, err)
	assert.Equal(t, time.UTC, d.Event.At.Location())
	assert.Equal(t, relmark.MustParseDate("2025-04-01"), d.Event.Month)
	ev := d.Event
	ev.At, ev.From, ev.Until = ev.At.In(apia), ev.From.In(apia), ev.Until.In(apia)
	require.NoError(t, w.Apply(ev))
	require.NoError(t, o.Apply(d.Event))
	text, err := ev.MarshalJSON()
	require.NoError(t, err)
	utc, err := d.Event.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, string(utc), string(text))
	d, err = c.Close(&w, cashback.Closing{"2", relmark.MustParseDate("2025-04-01"), at.In(apia)})
	require.NoError(t, err)
	ev = d.Event
	ev.At, ev.From = ev.At.In(apia), ev.From.In(apia)
	require.NoError(t, w.Apply(ev))
	require.NoError(t, o.Apply(d.Event))
	assert.Equal(t, o, w)
}

// Currencies have up to 9 fraction digits.
func TestCurrenciesHaveUpToNineDigits(t *testing.T) {
	t.Parallel()
	c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: 9, Rate: dec("0.5")})
	require.NoError(t, err)
	var w cashback.Wallet
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("0.000000003"), began})
	ev := do(t, &w, d, err)
	assert.Equal(t, "0.000000001", ev.Money(ev.Granted).String())
	back, _ := reloaded(t, &w, &cashback.Wallet{})
	assert.Equal(t, "0.000000001", back.Balance(began).Available.String())
	for _, digits := range []int{-1, 10} {
		assert.ErrorIs(t, cashback.Terms{Zone: berlin, Digits: digits}.Validate(), relmark.ErrInvalid)
		assert.ErrorIs(t, w.Apply(cashback.Event{Seq: 2, Type: cashback.Credited, Key: "2", Digits: digits, From: began, At: began}), relmark.ErrInvalid)
	}
}

// The rate, the days and the months of terms have ends, which count.
func TestTermsHaveEnds(t *testing.T) {
	t.Parallel()
	for _, good := range []cashback.Terms{
		{Rate: dec("1")}, {Rate: dec("0")}, {Rate: dec("0.000000001")}, {MaturityDays: 36_500}, {Months: new(1200)}, {Months: new(0)}, {OrderCap: decp("0"), MonthCap: decp("0")},
	} {
		good.Zone = berlin
		assert.NoError(t, good.Validate())
	}
	for _, bad := range []cashback.Terms{
		{Rate: dec("1.000000001")}, {Rate: dec("-0.000000001")}, {Rate: dec("0.0000000001")}, {MaturityDays: 36_501}, {MaturityDays: -1}, {Months: new(1201)}, {Months: new(-1)},
	} {
		bad.Zone = berlin
		assert.ErrorIs(t, bad.Validate(), relmark.ErrInvalid)
	}
}

// The cap of a month is that of all its orders, refunded or not, in the zone of the terms.
func TestCapsCount(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), OrderCap: decp("6"), MonthCap: decp("10")})
	var w cashback.Wallet
	for i, x := range []struct {
		at           string
		net          string
		granted, cut int64
	}{
		{"2025-03-01T10:00:00Z", "50", 500, 0},
		{"2025-03-02T10:00:00Z", "70", 500, 200},  // 7.00, the cap of an order 6.00, 5.00 are left
		{"2025-03-31T21:59:59Z", "10", 0, 100},    // March in Berlin
		{"2025-03-31T22:00:00Z", "100", 600, 400}, // April
		{"2025-02-01T10:00:00Z", "10.09", 100, 0}, // late, and floor
		{"2025-04-02T10:00:00Z", "1000", 400, 9600},
	} {
		d, err := c.Purchase(&w, cashback.Purchase{fmt.Sprint(i), fmt.Sprint(i), dec(x.net), when(x.at)})
		ev := do(t, &w, d, err)
		assert.Equal(t, []int64{x.granted, x.cut}, []int64{ev.Granted, ev.Cut}, i)
	}
	assert.Equal(t, "21", w.Balance(when("2025-05-01T00:00:00Z")).Granted.String())
}

// A part of a snapshot.
type part struct {
	name, order, spending string
	typ                   cashback.EventType
	amount, at, until     int64
	seq                   int64
}

// snapshot writes a wallet with one order of 50.00 that granted 5.00, of which 2.00 were
// spent, with the keys that are given.
func snapshot(closed time.Time, keys ...part) []byte {
	w := codec.NewWriter(nil, codec.KindWallet, 1)
	w.Byte(2)
	for _, total := range []uint64{0, 500, 0, 200, 0, 0} {
		w.Uvarint(total)
	}
	w.Bool(!closed.IsZero())
	if !closed.IsZero() {
		w.Varint(closed.UnixNano())
		w.Varint(2025)
		w.Varint(1)
	}
	w.Uvarint(1)
	w.Count(1)
	w.Uvarint(1)
	for _, v := range []int64{300, began.UnixNano(), 1<<63 - 1} {
		w.Varint(v)
	}
	w.Count(1)
	w.String("a")
	for _, v := range []int64{5000, 500, 0, 0, 1} {
		w.Varint(v)
	}
	w.Count(1)
	w.String("2")
	for _, v := range []int64{200, 0} {
		w.Varint(v)
	}
	w.Count(1)
	w.Varint(1)
	w.Varint(200)
	w.Count(1)
	for _, v := range []int64{2025, 1, 500} {
		w.Varint(v)
	}
	w.Count(len(keys))
	for _, k := range keys {
		w.String(k.name)
		w.String(string(k.typ))
		w.String(k.order)
		w.String(k.spending)
		for _, v := range []int64{k.amount, k.at, k.until, k.seq} {
			w.Varint(v)
		}
	}
	return w.Data()
}

// Every order, spending, refund and return is explained by the key that made it, and
// after a closing no key is missing: a snapshot that lacks one has been changed.
func TestSnapshotsHaveTheirKeys(t *testing.T) {
	t.Parallel()
	at, closed := began.UnixNano(), began.Add(-time.Hour)
	bought := part{"1", "a", "", cashback.Granted, 5000, at, 0, 1}
	spent := part{"2", "", "", cashback.Spent, 200, at, 0, 2}
	ended := part{"3", "", "", cashback.Closed, 0, at, closed.UnixNano(), 3}
	later := part{"4", "", "", cashback.Spent, 0, at, 0, 4}
	change := func(p part, do func(*part)) part { do(&p); return p }
	read := func(closed time.Time, keys ...part) error {
		return new(cashback.Wallet).UnmarshalBinary(snapshot(closed, keys...))
	}
	require.NoError(t, read(time.Time{}, bought, spent))
	require.NoError(t, read(closed, bought, spent, ended))
	for name, keys := range map[string][]part{
		"no purchase":           {spent},
		"no spending":           {bought},
		"none":                  nil,
		"another amount":        {change(bought, func(p *part) { p.amount-- }), spent},
		"another order":         {change(bought, func(p *part) { p.order = "b" }), spent},
		"spent less":            {bought, change(spent, func(p *part) { p.amount-- })},
		"number twice":          {bought, change(spent, func(p *part) { p.seq = 1 })},
		"number missing":        {bought, change(spent, func(p *part) { p.seq = 3 })},
		"number 0":              {change(bought, func(p *part) { p.seq = 0 }), spent},
		"refunded":              {bought, spent, {"3", "a", "", cashback.Reversed, 100, at, 0, 3}},
		"refund of nothing":     {bought, spent, {"3", "b", "", cashback.Reversed, 100, at, 0, 3}},
		"returned":              {bought, spent, {"3", "", "2", cashback.Returned, 100, at, 0, 3}},
		"return of nothing":     {bought, spent, {"3", "", "1", cashback.Returned, 0, at, 0, 3}},
		"credit without a lot":  {bought, spent, {"3", "", "", cashback.Credited, 0, at, 1<<63 - 1, 3}},
		"closed, but open":      {bought, spent, ended},
		"order of a spending":   {bought, change(spent, func(p *part) { p.order = "a" })},
		"a spending of a grant": {change(bought, func(p *part) { p.spending = "2" }), spent},
		"an end of a grant":     {change(bought, func(p *part) { p.until = at }), spent},
		"unknown type":          {change(bought, func(p *part) { p.typ = "given" }), spent},
		"negative amount":       {bought, change(spent, func(p *part) { p.amount = -200 })},
		"out of range":          {change(bought, func(p *part) { p.at = 1<<63 - 1 }), spent},
	} {
		assert.ErrorIs(t, read(time.Time{}, keys...), relmark.ErrInvalid, name)
	}
	for name, keys := range map[string][]part{
		"no closing":           {bought, spent},
		"key before missing":   {bought, change(ended, func(p *part) { p.name, p.seq = "3", 3 })},
		"key after missing":    {bought, spent, ended, change(later, func(p *part) { p.seq = 5 })},
		"younger closing":      {bought, spent, change(ended, func(p *part) { p.until = at })},
		"closing of something": {bought, spent, change(ended, func(p *part) { p.amount = 1 })},
		"closed too early":     {change(bought, func(p *part) { p.at = closed.UnixNano() - 1 }), spent, ended},
		"closing ahead":        {bought, spent, change(ended, func(p *part) { p.at = closed.UnixNano() - 1 })},
		"another refund":       {bought, spent, ended, {"4", "a", "", cashback.Reversed, 1, at, 0, 4}},
		"another return":       {bought, spent, ended, {"4", "", "2", cashback.Returned, 1, at, 0, 4}},
	} {
		assert.ErrorIs(t, read(closed, keys...), relmark.ErrInvalid, name)
	}
	gone := part{"4", "", "forgotten", cashback.Returned, 0, at, 0, 4}
	assert.NoError(t, read(closed, bought, spent, ended, gone), "a return of a spending that is forgotten")
}
