package cashback_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
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
	d, err = c.Spend(&w, cashback.Spending{Key: "2", Amount: dec("10"), At: at})
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
	_, err = c.Spend(&w, cashback.Spending{Key: "u", Amount: dec("5.01"), At: at})
	assert.Equal(t, cashback.Insufficient, reason(err))
	_, err = c.Refund(&w, cashback.Refund{"u", "c", dec("1"), at})
	assert.Equal(t, cashback.UnknownOrder, reason(err))
	_, err = c.GiveBack(&w, cashback.GiveBack{"u", "v", dec("1"), at})
	assert.Equal(t, cashback.UnknownSpend, reason(err))
}

// A lot of a century is there in its last year, and asking for any year is no mistake.
func TestBalancesAreOfAnyInstant(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), Months: new(1200), MaturityDays: 10})
	var w cashback.Wallet
	for i, at := range []string{"1700-01-02T10:00:00Z", "2150-06-05T10:00:00Z"} {
		d, err := c.Purchase(&w, cashback.Purchase{fmt.Sprint(i), fmt.Sprint(i), dec("10"), when(at)})
		do(t, &w, d, err)
	}
	for at, want := range map[string][3]string{ // pending, available, expired
		"0001-01-01T00:00:00Z": {"2", "0", "0"},
		"1600-01-01T00:00:00Z": {"2", "0", "0"},
		"1677-09-21T00:00:00Z": {"2", "0", "0"},
		"1700-01-11T00:00:00Z": {"2", "0", "0"},
		"1700-01-12T00:00:00Z": {"1", "1", "0"},
		"2149-01-01T00:00:00Z": {"1", "0", "1"},
		"2201-01-01T00:00:00Z": {"0", "1", "1"},
		"2250-06-05T10:00:00Z": {"0", "1", "1"},
		"2250-06-06T00:00:00Z": {"0", "0", "2"},
		"2262-04-12T00:00:00Z": {"0", "0", "2"},
		"9999-01-01T00:00:00Z": {"0", "0", "2"},
	} {
		b := w.Balance(when(at))
		assert.Equal(t, want, [3]string{b.Pending.String(), b.Available.String(), b.Expired.String()}, at)
	}
	d, err := c.Credit(&w, cashback.Credit{Key: "never", Amount: dec("5"), At: when("2150-07-01T00:00:00Z")})
	do(t, &w, d, err)
	assert.Equal(t, "5", w.Balance(when("9999-01-01T00:00:00Z")).Available.String())
}

// Lots begin and end in years that a wallet knows, in events as in snapshots.
func TestLotsHaveEnds(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	first, last := when("1700-01-01T00:00:00Z"), when("2255-12-31T23:59:59.999999999Z")
	for _, c := range []struct {
		from, until time.Time
		ok          bool
	}{
		{first, last, true},
		{first, time.Time{}, true},
		{first.Add(-1), last, false},
		{first, last.Add(1), false},
		{last.Add(1), time.Time{}, false},
		{time.Time{}, last, false},
		{first, first.Add(-1), false},
	} {
		var w cashback.Wallet
		err := w.Apply(cashback.Event{Seq: 1, Type: cashback.Credited, Key: "k", Digits: 2, Amount: 1, From: c.from, Until: c.until, At: at})
		assert.Equal(t, c.ok, err == nil, "%v to %v", c.from, c.until)
		s := opened()
		if s.lots[0][2], s.lots[0][3] = c.from.UnixNano(), c.until.UnixNano(); c.until.IsZero() {
			s.lots[0][3] = never
		}
		assert.True(t, c.from.IsZero() || c.ok == (read(s) == nil), "%v to %v", c.from, c.until)
	}
}

// The first instant that stays open is kept: what happened then is answered as before.
func TestClosingsKeepTheirFirstInstant(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	first := when("2025-02-28T23:00:00Z") // 1 March in Berlin
	for i, at := range []time.Time{first.Add(-1), first} {
		d, err := c.Purchase(&w, cashback.Purchase{fmt.Sprint(i), fmt.Sprint(i), dec("10"), at})
		do(t, &w, d, err)
		d, err = c.Spend(&w, cashback.Spending{Key: fmt.Sprint("s", i), Amount: dec("0.5"), At: at})
		do(t, &w, d, err)
	}
	d, err := c.Close(&w, cashback.Closing{"close", relmark.MustParseDate("2025-03-01"), first})
	do(t, &w, d, err)
	d, err = c.Purchase(&w, cashback.Purchase{"1", "1", dec("10"), first})
	require.NoError(t, err)
	assert.Equal(t, cashback.Decision{Seq: 3, Replayed: true}, d)
	d, err = c.GiveBack(&w, cashback.GiveBack{"g", "s1", dec("0.5"), first})
	do(t, &w, d, err)
	for name, refused := range map[string]func() error{
		"purchase": func() error {
			_, err := c.Purchase(&w, cashback.Purchase{"0", "0", dec("10"), first.Add(-1)})
			return err
		},
		"refund": func() error { _, err := c.Refund(&w, cashback.Refund{"r", "0", dec("1"), first}); return err },
		"return": func() error { _, err := c.GiveBack(&w, cashback.GiveBack{"h", "s0", dec("0.5"), first}); return err },
		"closing": func() error {
			_, err := c.Close(&w, cashback.Closing{"c", relmark.MustParseDate("2025-02-28"), first})
			return err
		},
	} {
		assert.Equal(t, cashback.PeriodClosed, reason(refused()), name)
	}
	d, err = c.Close(&w, cashback.Closing{"again", relmark.MustParseDate("2025-03-01"), first})
	do(t, &w, d, err)
	_, _ = reloaded(t, &w, &cashback.Wallet{})
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
	_, err = c.Spend(&w, cashback.Spending{Key: "k", Amount: dec("5"), At: at})
	assert.Equal(t, cashback.KeyConflict, reason(err))
}

// Cashback that matures in a day can be spent from the next midnight of the terms on.
func TestMaturityOfOneDay(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), MaturityDays: 1})
	var w cashback.Wallet
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("100"), when("2025-03-31T10:00:00Z")})
	do(t, &w, d, err)
	assert.True(t, w.Balance(when("2025-03-31T21:59:59Z")).Available.IsZero())
	assert.Equal(t, "10", w.Balance(when("2025-03-31T22:00:00Z")).Available.String())
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
