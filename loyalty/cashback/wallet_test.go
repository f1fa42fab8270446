package cashback_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/cashback"
)

func engine(t testing.TB, terms cashback.Terms) *cashback.Engine {
	t.Helper()
	terms.Zone, terms.Digits = berlin, 2
	c, err := cashback.New(terms)
	require.NoError(t, err)
	return c
}

// do applies what was decided, through its encoding.
func do(t require.TestingT, w *cashback.Wallet, d cashback.Decision, err error) cashback.Event {
	require.NoError(t, err)
	if d.Replayed {
		return d.Event
	}
	text, err := json.Marshal(d.Event)
	require.NoError(t, err)
	var ev cashback.Event
	require.NoError(t, json.Unmarshal(text, &ev))
	require.Equal(t, d.Event, ev)
	require.NoError(t, w.Apply(ev))
	return ev
}

func TestTermsValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]cashback.Terms{
		"zone":     {Rate: dec("0.1")},
		"rate":     {Zone: berlin, Rate: dec("1.01")},
		"negative": {Zone: berlin, Rate: dec("-0.01")},
		"cap":      {Zone: berlin, OrderCap: decp("-1")},
		"month":    {Zone: berlin, MonthCap: decp("0.5")},
		"maturity": {Zone: berlin, MaturityDays: -1},
		"months":   {Zone: berlin, Months: new(1201)},
		"digits":   {Zone: berlin, Digits: -1},
	} {
		assert.ErrorIs(t, c.Validate(), relmark.ErrInvalid, name)
	}
}

// 5 months after 31 October is 31 March, through which the credit lives in Berlin.
func TestCreditMaturesAndExpiresByTheLocalDate(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), MaturityDays: 14, Months: new(5)})
	var w cashback.Wallet
	d, err := c.Purchase(&w, cashback.Purchase{Key: "1", Order: "a", Net: dec("10"), At: when("2025-10-31T10:00:00Z")})
	ev := do(t, &w, d, err)
	assert.Equal(t, when("2025-11-13T23:00:00Z"), ev.From)
	assert.Equal(t, when("2026-03-31T22:00:00Z"), ev.Until)
	for at, want := range map[time.Time][3]string{
		ev.From.Add(-1): {"1", "0", "0"}, ev.From: {"0", "1", "0"}, ev.Until.Add(-1): {"0", "1", "0"}, ev.Until: {"0", "0", "1"},
	} {
		b := w.Balance(at)
		assert.Equal(t, want, [3]string{b.Pending.String(), b.Available.String(), b.Expired.String()}, at)
	}
	_, err = c.Spend(&w, cashback.Spending{Key: "2", Amount: dec("0.01"), At: ev.Until})
	assert.ErrorIs(t, err, relmark.ErrRefused)
	// A refund now takes the expired units, not others.
	d, err = c.Credit(&w, cashback.Credit{Key: "3", Amount: dec("5"), At: ev.Until})
	do(t, &w, d, err)
	d, err = c.Refund(&w, cashback.Refund{Key: "4", Order: "a", Amount: dec("10"), At: ev.Until})
	do(t, &w, d, err)
	b := w.Balance(ev.Until)
	assert.Equal(t, "5", b.Available.String())
	assert.Equal(t, "1", b.Reversed.String())
	assert.True(t, b.Expired.IsZero())
}

func TestSpentCashbackComesBackAsDebt(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("100"), at})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "2", Amount: dec("8"), At: at})
	do(t, &w, d, err)
	d, err = c.Refund(&w, cashback.Refund{"3", "a", dec("100"), at})
	ev := do(t, &w, d, err)
	assert.Equal(t, "8", ev.Money(ev.Debt).String())
	d, err = c.Credit(&w, cashback.Credit{Key: "4", Amount: dec("1"), At: at})
	do(t, &w, d, err)
	assert.Equal(t, "8", w.Balance(at).Debt.String(), "store credit settles none")
	d, err = c.Purchase(&w, cashback.Purchase{"5", "b", dec("100"), at})
	ev = do(t, &w, d, err)
	assert.Equal(t, int64(800), ev.Settled)
	assert.Equal(t, "3", w.Balance(at).Available.String())
}

// Events are facts: where one took back more than its share, the next refunds take
// less, and never give.
func TestRefundsSettleWithWhatWasTaken(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("100"), at})
	do(t, &w, d, err)
	require.NoError(t, w.Apply(cashback.Event{
		Seq: 2, Type: cashback.Reversed, Key: "2", Order: "a", Digits: 2, Amount: 1000, Reversed: 250, Parts: []cashback.Part{{1, 250}}, At: at,
	}))
	d, err = c.Refund(&w, cashback.Refund{"3", "a", dec("10"), at})
	assert.Zero(t, do(t, &w, d, err).Reversed)
	d, err = c.Refund(&w, cashback.Refund{"4", "a", dec("10"), at})
	assert.Equal(t, int64(50), do(t, &w, d, err).Reversed)
}

func TestGivingBackGoesInReverse(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	for i, until := range []string{"2025-07-01T00:00:00Z", "2025-06-01T00:00:00Z"} {
		d, err := c.Credit(&w, cashback.Credit{Key: fmt.Sprint(i), Amount: dec("5"), At: at, ExpiresAt: when(until)})
		do(t, &w, d, err)
	}
	d, err := c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("7"), At: at})
	assert.Equal(t, []cashback.Part{{2, 500}, {1, 200}}, do(t, &w, d, err).Parts)
	d, err = c.GiveBack(&w, cashback.GiveBack{"g", "s", dec("3"), at})
	assert.Equal(t, []cashback.Part{{1, 200}, {2, 100}}, do(t, &w, d, err).Parts)
	d, err = c.GiveBack(&w, cashback.GiveBack{"h", "s", dec("4"), at})
	assert.Equal(t, []cashback.Part{{2, 400}}, do(t, &w, d, err).Parts)
	_, err = c.GiveBack(&w, cashback.GiveBack{"i", "s", dec("0.01"), at})
	assert.ErrorIs(t, err, relmark.ErrRefused)
	assert.EqualError(t, err, "cashback: exceeds_spend")
	_, err = c.GiveBack(&w, cashback.GiveBack{"i", "t", dec("0.01"), at})
	assert.EqualError(t, err, "cashback: unknown_spend")
}

// Credit that expires on 5 January stays expired once March has begun: what draws
// on lots cannot come late, what adds to them can.
func TestTimeOfAWalletDoesNotRunBack(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	jan, march := when("2025-01-04T10:00:00Z"), when("2025-03-01T10:00:00Z")
	d, err := c.Credit(&w, cashback.Credit{Key: "1", Amount: dec("5"), At: when("2025-01-01T10:00:00Z"), ExpiresAt: when("2025-01-05T00:00:00Z")})
	do(t, &w, d, err)
	spending := cashback.Spending{Key: "2", Amount: dec("1"), At: when("2025-01-02T10:00:00Z")}
	d, err = c.Spend(&w, spending)
	do(t, &w, d, err)
	d, err = c.Purchase(&w, cashback.Purchase{"3", "a", dec("10"), march})
	do(t, &w, d, err)
	before, err := w.MarshalBinary()
	require.NoError(t, err)
	var back cashback.Wallet
	require.NoError(t, back.UnmarshalBinary(before))
	for name, wallet := range map[string]*cashback.Wallet{"folded": &w, "from a snapshot": &back} {
		_, errSpend := c.Spend(wallet, cashback.Spending{Key: "4", Amount: dec("4"), At: jan})
		_, errRefund := c.Refund(wallet, cashback.Refund{"4", "a", dec("10"), march.Add(-1)})
		_, errGiveBack := c.GiveBack(wallet, cashback.GiveBack{"4", "2", dec("1"), jan})
		for _, err := range []error{errSpend, errRefund, errGiveBack} {
			require.ErrorIs(t, err, relmark.ErrRefused, name)
			assert.Equal(t, cashback.TimeRunsBack, reason(err))
		}
		for _, late := range []cashback.Event{
			{Seq: 4, Type: cashback.Spent, Key: "4", Digits: 2, Amount: 400, Parts: []cashback.Part{{1, 400}}, At: jan},
			{Seq: 4, Type: cashback.Spent, Key: "4", Digits: 2, Amount: 400, Parts: []cashback.Part{{1, 400}}, At: march}, // expired
			{Seq: 4, Type: cashback.Returned, Key: "4", Spending: "2", Digits: 2, Amount: 100, Parts: []cashback.Part{{1, 100}}, At: jan},
			{Seq: 4, Type: cashback.Reversed, Key: "4", Order: "a", Digits: 2, Amount: 1000, Reversed: 100, Parts: []cashback.Part{{2, 100}}, At: jan},
			{Seq: 4, Type: cashback.Reversed, Key: "4", Order: "a", Digits: 2, Amount: 1000, Reversed: 100, Parts: []cashback.Part{{1, 100}}, At: march},
		} {
			require.ErrorIs(t, wallet.Apply(late), relmark.ErrInvalid, name)
		}
		after, err := wallet.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, before, after, "%s: unchanged", name)
		assert.Equal(t, "4", wallet.Balance(march).Expired.String())
	}
	d, err = c.Spend(&w, spending)
	require.NoError(t, err)
	assert.True(t, d.Replayed, "what has been done is answered as before")
	d, err = c.Purchase(&w, cashback.Purchase{"4", "b", dec("20"), jan})
	do(t, &w, d, err)
	d, err = c.Credit(&w, cashback.Credit{Key: "5", Amount: dec("7"), At: jan, ExpiresAt: when("2025-01-05T00:00:00Z")})
	do(t, &w, d, err)
	_, err = c.Spend(&w, cashback.Spending{Key: "6", Amount: dec("1"), At: jan})
	assert.EqualError(t, err, "cashback: time_runs_back", "earning late does not turn time back")
	_, err = c.Spend(&w, cashback.Spending{Key: "6", Amount: dec("3.01"), At: march})
	assert.EqualError(t, err, "cashback: insufficient")
	d, err = c.Spend(&w, cashback.Spending{Key: "6", Amount: dec("3"), At: march})
	do(t, &w, d, err)
	assert.Equal(t, "11", w.Balance(march).Expired.String())
}

func TestWalletCommandsAreIdempotent(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1")})
	var w cashback.Wallet
	p := cashback.Purchase{"1", "a", dec("100"), when("2025-03-05T10:00:00Z")}
	d, err := c.Purchase(&w, p)
	do(t, &w, d, err)
	d, err = c.Purchase(&w, p)
	require.NoError(t, err)
	assert.Equal(t, cashback.Decision{Seq: 1, Replayed: true}, d)
	p.Net = dec("99")
	_, err = c.Purchase(&w, p)
	assert.EqualError(t, err, "cashback: key_conflict")
	p.Key = "2"
	_, err = c.Purchase(&w, p)
	assert.EqualError(t, err, "cashback: duplicate_order")
	_, err = c.Refund(&w, cashback.Refund{"2", "b", dec("1"), p.At})
	assert.EqualError(t, err, "cashback: unknown_order")
	assert.ErrorIs(t, err, relmark.ErrRefused)
	yen, err := cashback.New(cashback.Terms{Zone: berlin})
	require.NoError(t, err)
	_, err = yen.Credit(&w, cashback.Credit{Key: "2", Amount: dec("1"), At: p.At})
	assert.ErrorIs(t, err, relmark.ErrInvalid, "another currency")
	_, err = c.Credit(nil, cashback.Credit{Key: "2", Amount: dec("1"), At: p.At})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Credit(&w, cashback.Credit{Key: "2", Amount: cents(1<<53 - 1), At: p.At})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	assert.Equal(t, uint64(1), w.Version())
}

func TestWalletRefusesEventsOfOthers(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	good := cashback.Event{Seq: 1, Type: cashback.Credited, Key: "1", Digits: 2, Amount: 500, From: at, At: at}
	for name, c := range map[string]struct {
		event cashback.Event
		want  error
	}{
		"sequence":  {cashback.Event{Seq: 3, Type: cashback.Credited, Key: "2", Digits: 2, From: at, At: at}, relmark.ErrConflict},
		"digits":    {cashback.Event{Seq: 2, Type: cashback.Credited, Key: "2", Digits: 3, From: at, At: at}, relmark.ErrInvalid},
		"key":       {cashback.Event{Seq: 2, Type: cashback.Credited, Key: "1", Digits: 2, From: at, At: at}, relmark.ErrInvalid},
		"too much":  {cashback.Event{Seq: 2, Type: cashback.Spent, Key: "2", Digits: 2, Amount: 501, Parts: []cashback.Part{{1, 501}}, At: at}, relmark.ErrInvalid},
		"lot twice": {cashback.Event{Seq: 2, Type: cashback.Spent, Key: "2", Digits: 2, Amount: 500, Parts: []cashback.Part{{1, 250}, {1, 250}}, At: at}, relmark.ErrInvalid},
		"no lot":    {cashback.Event{Seq: 2, Type: cashback.Credited, Key: "2", Digits: 2, At: at}, relmark.ErrInvalid},
		"settled":   {cashback.Event{Seq: 2, Type: cashback.Granted, Key: "2", Order: "a", Digits: 2, Amount: 5, Granted: 1, Settled: 1, Month: relmark.MustParseDate("2025-03-01"), From: at, At: at}, relmark.ErrInvalid},
		"range":     {cashback.Event{Seq: 2, Type: cashback.Credited, Key: "2", Digits: 2, Amount: 1<<53 - 1, From: at, At: at}, relmark.ErrLimit},
	} {
		var w cashback.Wallet
		require.NoError(t, w.Apply(good))
		assert.ErrorIs(t, w.Apply(c.event), c.want, name)
		assert.Equal(t, uint64(1), w.Version(), name)
		assert.Equal(t, "5", w.Balance(at).Available.String(), name)
	}
}

// At any time what came in is what is there and what went out; an order never
// gives more than it may nor keeps anything once it is refunded; and any way of
// slicing refunds takes the same in all.
func TestWalletsBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := cashback.New(cashback.Terms{
			Zone: berlin, Digits: 2, Rate: cents(rapid.Int64Range(0, 100).Draw(t, "rate")), MonthCap: decp("15"), OrderCap: decp("9"), Months: new(2),
		})
		require.NoError(t, err)
		var w cashback.Wallet
		type order struct{ net, refunded, granted, reversed int64 }
		orders := map[string]*order{}
		months := map[relmark.Date]int64{}
		at := when("2025-01-05T10:00:00Z")
		var latest time.Time // of an event
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "days")) * 24 * time.Hour)
			key := fmt.Sprint(i)
			amount := rapid.Int64Range(0, 3000).Draw(t, "amount")
			target := fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target"))
			var d cashback.Decision
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				d, err = c.Purchase(&w, cashback.Purchase{key, key, cents(amount), at})
				require.NoError(t, err)
				orders[key] = &order{net: amount, granted: d.Event.Granted}
				months[d.Event.Month] += d.Event.Granted
				require.LessOrEqual(t, months[d.Event.Month], int64(1500))
				require.LessOrEqual(t, d.Event.Granted, int64(900))
			case 1:
				d, err = c.Refund(&w, cashback.Refund{key, target, cents(amount), at})
				o := orders[target]
				require.Equal(t, o != nil && amount <= o.net-o.refunded, err == nil)
				if err == nil {
					o.refunded += amount
					o.reversed += d.Event.Reversed
					require.Equal(t, o.granted*o.refunded/max(1, o.net), o.reversed)
				}
			case 2:
				d, err = c.Credit(&w, cashback.Credit{Key: key, Amount: cents(amount), At: at, ExpiresAt: at.AddDate(0, 1, 0)})
				require.NoError(t, err)
			case 3:
				at := at.AddDate(0, 0, -rapid.SampledFrom([]int{0, 0, 1, 40}).Draw(t, "late"))
				has := w.Balance(at).Available
				d, err = c.Spend(&w, cashback.Spending{Key: key, Amount: cents(amount), At: at})
				require.Equal(t, !at.Before(latest) && !cents(amount).GreaterThan(has), err == nil)
			default:
				d, err = c.GiveBack(&w, cashback.GiveBack{key, target, cents(amount), at})
			}
			if err == nil {
				expired := w.Balance(latest).Expired
				ev := do(t, &w, d, err)
				require.True(t, ev.Type != cashback.Spent || expired.Equal(w.Balance(latest).Expired), "what has expired is not spent")
				latest = ev.At
			}
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 { // the present continues from it
				data, err := w.MarshalBinary()
				require.NoError(t, err)
				var back cashback.Wallet
				require.NoError(t, back.UnmarshalBinary(data))
				require.Equal(t, w.Version(), back.Version())
				again, err := back.MarshalBinary()
				require.NoError(t, err)
				require.Equal(t, data, again)
				w = back
			}
			b := w.Balance(at)
			in := b.Granted.Add(b.Credited)
			out := decimal.Sum(b.Pending, b.Available, b.Expired, b.Debt.Neg(), b.Spent, b.Reversed, b.Cancelled)
			require.True(t, in.Equal(out))
			for _, v := range []decimal.Decimal{b.Pending, b.Available, b.Expired, b.Debt, b.Granted, b.Credited, b.Spent, b.Reversed, b.Cancelled} {
				require.False(t, v.IsNegative())
			}
		}
	})
}
