package cashback_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/cashback"
)

// A gift card of 50.00, of which 20.00 were spent, is cancelled: 30.00 go, and what comes
// back of the 20.00 goes, too.
func TestCancelledCreditDoesNotComeBack(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{GraceDays: new(30)})
	var w cashback.Wallet
	d, err := c.Credit(&w, cashback.Credit{Key: "card", Amount: dec("50"), At: began, ExpiresAt: began.AddDate(0, 0, 5)})
	do(t, &w, d, err)
	d, err = c.Credit(&w, cashback.Credit{Key: "other", Amount: dec("7"), At: began})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("20"), At: began, Credit: "card"})
	do(t, &w, d, err)
	cancellation := cashback.Cancellation{"x", "card", began}
	d, err = c.Cancel(&w, cancellation)
	ev := do(t, &w, d, err)
	assert.Equal(t, int64(3000), ev.Cancelled)
	assert.Equal(t, []cashback.Part{{1, 3000}}, ev.Parts)
	d, err = c.Cancel(&w, cancellation)
	require.NoError(t, err)
	assert.Equal(t, cashback.Decision{Seq: 4, Replayed: true}, d)
	back, _ := reloaded(t, &w, new(cashback.Wallet))
	late := began.AddDate(0, 0, 9)
	d, err = c.GiveBack(back, cashback.GiveBack{"g", "s", dec("20"), late})
	ev = do(t, back, d, err)
	assert.Equal(t, []int64{2000, 0}, []int64{ev.Cancelled, ev.Graced}, "grace is not for what was cancelled")
	b := back.Balance(late)
	assert.Equal(t, []string{"7", "50", "0", "0"}, []string{b.Available.String(), b.Cancelled.String(), b.Spent.String(), b.Expired.String()})
	for _, again := range []func() (cashback.Decision, error){
		func() (cashback.Decision, error) { return c.Cancel(back, cashback.Cancellation{"y", "card", late}) },
		func() (cashback.Decision, error) {
			return c.Spend(back, cashback.Spending{Key: "y", Amount: dec("0"), At: late, Credit: "card"})
		},
	} {
		_, err = again()
		assert.Equal(t, cashback.CreditCancelled, reason(err))
		assert.ErrorIs(t, err, relmark.ErrRefused)
	}
	for _, name := range []string{"s", "unknown"} {
		_, err = c.Cancel(back, cashback.Cancellation{"y", name, late})
		assert.Equal(t, cashback.UnknownCredit, reason(err))
		_, err = c.Spend(back, cashback.Spending{Key: "y", Amount: dec("1"), At: late, Credit: name})
		assert.Equal(t, cashback.UnknownCredit, reason(err))
	}
}

// Expired credit can be cancelled: it is gone once, not twice.
func TestExpiredCreditIsCancelled(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	late := began.AddDate(0, 0, 9)
	d, err := c.Credit(&w, cashback.Credit{Key: "card", Amount: dec("50"), At: began, ExpiresAt: began.AddDate(0, 0, 5)})
	do(t, &w, d, err)
	assert.Equal(t, "50", w.Balance(late).Expired.String())
	d, err = c.Cancel(&w, cashback.Cancellation{"x", "card", late})
	do(t, &w, d, err)
	b := w.Balance(late)
	assert.Equal(t, []string{"0", "50"}, []string{b.Expired.String(), b.Cancelled.String()})
}

// A named credit pays alone, and before its turn; what is not there, is not taken from
// the others.
func TestNamedCreditPaysAlone(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	for _, key := range []string{"first", "second"} {
		d, err := c.Credit(&w, cashback.Credit{Key: key, Amount: dec("10"), At: began})
		do(t, &w, d, err)
	}
	spending := cashback.Spending{Key: "s", Amount: dec("8"), At: began, Credit: "second"}
	d, err := c.Spend(&w, spending)
	ev := do(t, &w, d, err)
	assert.Equal(t, []cashback.Part{{2, 800}}, ev.Parts)
	assert.Equal(t, "second", ev.Credit)
	_, err = c.Spend(&w, cashback.Spending{Key: "t", Amount: dec("2.01"), At: began, Credit: "second"})
	assert.Equal(t, cashback.Insufficient, reason(err), "though there are 12.00 in all")
	d, err = c.Spend(&w, spending)
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	spending.Credit = ""
	_, err = c.Spend(&w, spending)
	assert.Equal(t, cashback.KeyConflict, reason(err), "another credit is another command")
	for _, bad := range []string{"\xff", strings.Repeat("x", 201)} {
		_, err = c.Spend(&w, cashback.Spending{Key: "t", Amount: dec("1"), At: began, Credit: bad})
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	other := ev
	other.Seq, other.Key, other.Credit, other.Amount, other.Parts = 4, "t", "first", 200, []cashback.Part{{2, 200}}
	assert.ErrorIs(t, w.Apply(other), relmark.ErrInvalid, "a part of another credit")
}

// Credit that expired on 10 January is given back on the 20th: it can be spent through
// 19 February in Berlin, by its name, and no other unit of it.
func TestGraceOnReturn(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{GraceDays: new(30)})
	var w cashback.Wallet
	d, err := c.Credit(&w, cashback.Credit{Key: "card", Amount: dec("50"), At: began, ExpiresAt: when("2025-01-10T00:00:00Z")})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("20"), At: began})
	do(t, &w, d, err)
	at := when("2025-01-20T10:00:00Z")
	d, err = c.GiveBack(&w, cashback.GiveBack{"g", "s", dec("15"), at})
	ev := do(t, &w, d, err)
	end := when("2025-02-19T23:00:00Z")
	assert.Equal(t, []int64{1500, 0}, []int64{ev.Graced, ev.Cancelled})
	assert.Equal(t, []time.Time{at, end}, []time.Time{ev.From, ev.Until})
	for when, want := range map[time.Time][2]string{at: {"15", "30"}, end.Add(-1): {"15", "30"}, end: {"0", "45"}} {
		b := w.Balance(when)
		assert.Equal(t, want, [2]string{b.Available.String(), b.Expired.String()}, when)
	}
	d, err = c.GiveBack(&w, cashback.GiveBack{"h", "s", dec("2"), at.Add(time.Hour)})
	do(t, &w, d, err)
	back, _ := reloaded(t, &w, new(cashback.Wallet))
	d, err = c.Spend(back, cashback.Spending{Key: "t", Amount: dec("16"), At: at.Add(time.Hour), Credit: "card"})
	assert.Equal(t, []cashback.Part{{2, 1600}}, do(t, back, d, err).Parts, "slices of a day make one lot")
	_, err = c.Spend(back, cashback.Spending{Key: "u", Amount: dec("1.01"), At: at.Add(time.Hour), Credit: "card"})
	assert.Equal(t, cashback.Insufficient, reason(err))

	none := engine(t, cashback.Terms{})
	d, err = none.GiveBack(back, cashback.GiveBack{"i", "s", dec("3"), at.Add(time.Hour)})
	ev = do(t, back, d, err)
	assert.Equal(t, []any{int64(0), true}, []any{ev.Graced, ev.Until.IsZero()}, "without grace it expires at once")
	assert.Equal(t, "33", back.Balance(at.Add(time.Hour)).Expired.String())

	today := engine(t, cashback.Terms{GraceDays: new(0)})
	d, err = today.GiveBack(back, cashback.GiveBack{"j", "t", dec("1"), when("2025-03-01T10:00:00Z")})
	assert.Equal(t, when("2025-03-01T23:00:00Z"), do(t, back, d, err).Until, "0 days is through the day")
	for _, days := range []int{-1, 36_501} {
		assert.ErrorIs(t, cashback.Terms{Zone: berlin, GraceDays: new(days)}.Validate(), relmark.ErrInvalid)
	}
}

// A heir that was used up, and comes back after the wallet was loaded, is there once.
func TestGraceOutlivesASnapshot(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{GraceDays: new(30)})
	w := new(cashback.Wallet)
	late := began.AddDate(0, 0, 9)
	d, err := c.Credit(w, cashback.Credit{Key: "card", Amount: dec("5"), At: began, ExpiresAt: began.AddDate(0, 0, 5)})
	do(t, w, d, err)
	d, err = c.Spend(w, cashback.Spending{Key: "s", Amount: dec("5"), At: began})
	do(t, w, d, err)
	d, err = c.GiveBack(w, cashback.GiveBack{"g", "s", dec("5"), late})
	do(t, w, d, err)
	d, err = c.Spend(w, cashback.Spending{Key: "t", Amount: dec("5"), At: late, Credit: "card"})
	do(t, w, d, err)
	w, _ = reloaded(t, w, new(cashback.Wallet))
	d, err = c.GiveBack(w, cashback.GiveBack{"h", "t", dec("3"), late})
	do(t, w, d, err)
	_, err = c.Spend(w, cashback.Spending{Key: "u", Amount: dec("3.01"), At: late, Credit: "card"})
	assert.Equal(t, cashback.Insufficient, reason(err))
	d, err = c.Cancel(w, cashback.Cancellation{"x", "card", late})
	assert.Equal(t, int64(300), do(t, w, d, err).Cancelled)
}

// What lives needs no grace.
func TestGraceIsForWhatHasExpired(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{GraceDays: new(30)})
	var w cashback.Wallet
	d, err := c.Credit(&w, cashback.Credit{Key: "card", Amount: dec("5"), At: began, ExpiresAt: began.AddDate(0, 0, 5)})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("5"), At: began})
	do(t, &w, d, err)
	d, err = c.GiveBack(&w, cashback.GiveBack{"g", "s", dec("5"), began.AddDate(0, 0, 5).Add(-1)})
	assert.Zero(t, do(t, &w, d, err).Graced)
	assert.Equal(t, "5", w.Balance(began.AddDate(0, 0, 5)).Expired.String())
}

// Credit keeps its name when the key of its command is forgotten, as long as something is
// left of it; the key cannot be used again.
func TestNamesOutliveClosings(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	var w cashback.Wallet
	for _, key := range []string{"kept", "used", "expired"} {
		credit := cashback.Credit{Key: key, Amount: dec("10"), At: began}
		if key == "expired" {
			credit.ExpiresAt = began.AddDate(0, 0, 1)
		}
		d, err := c.Credit(&w, credit)
		do(t, &w, d, err)
	}
	d, err := c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("10"), At: began, Credit: "used"})
	do(t, &w, d, err)
	later := began.AddDate(1, 0, 0)
	d, err = c.Close(&w, cashback.Closing{"close", relmark.MustParseDate("2026-01-01"), later})
	do(t, &w, d, err)
	back, _ := reloaded(t, &w, new(cashback.Wallet))
	for _, w := range []*cashback.Wallet{&w, back} {
		for _, name := range []string{"used", "expired"} {
			_, err = c.Cancel(w, cashback.Cancellation{"x", name, later})
			assert.Equal(t, cashback.PeriodClosed, reason(err), name)
		}
		_, err = c.Credit(w, cashback.Credit{Key: "kept", Amount: dec("10"), At: later})
		assert.Equal(t, cashback.KeyConflict, reason(err))
		_, err = c.Spend(w, cashback.Spending{Key: "kept", Amount: dec("1"), At: later})
		assert.Equal(t, cashback.KeyConflict, reason(err))
		d, err = c.Spend(w, cashback.Spending{Key: "t", Amount: dec("4"), At: later, Credit: "kept"})
		do(t, w, d, err)
		d, err = c.Cancel(w, cashback.Cancellation{"x", "kept", later})
		assert.Equal(t, int64(600), do(t, w, d, err).Cancelled)
		_, _ = reloaded(t, w, new(cashback.Wallet))
	}
}

// Events are facts, but for those that cannot be.
func TestCreditEventsThatCannotBe(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{GraceDays: new(3)})
	wallet := func() *cashback.Wallet {
		var w cashback.Wallet
		d, err := c.Credit(&w, cashback.Credit{Key: "card", Amount: dec("5"), At: began, ExpiresAt: began.AddDate(0, 0, 5)})
		do(t, &w, d, err)
		d, err = c.Spend(&w, cashback.Spending{Key: "s", Amount: dec("3"), At: began})
		do(t, &w, d, err)
		return &w
	}
	late := began.AddDate(0, 0, 9)
	graced := cashback.Event{Seq: 3, Type: cashback.Returned, Key: "g", Spending: "s", Digits: 2, Amount: 300, Graced: 300, Parts: []cashback.Part{{1, 300}}, From: late, Until: late.AddDate(0, 0, 1), At: late}
	cancelled := cashback.Event{Seq: 3, Type: cashback.Cancelled, Key: "x", Credit: "card", Digits: 2, Cancelled: 200, Parts: []cashback.Part{{1, 200}}, At: late}
	for name, change := range map[string]func(g, x *cashback.Event){
		"as it is":        func(_, _ *cashback.Event) {},
		"less":            func(g, x *cashback.Event) { g.Graced, x.Cancelled, x.Parts = 299, 199, []cashback.Part{{1, 199}} },
		"more":            func(g, x *cashback.Event) { g.Graced, x.Cancelled, x.Parts = 301, 201, []cashback.Part{{1, 201}} },
		"both":            func(g, x *cashback.Event) { g.Cancelled, x.Graced = 300, 1 },
		"an amount":       func(g, x *cashback.Event) { g.Amount, x.Amount = 299, 200 },
		"no end":          func(g, x *cashback.Event) { g.Until, x.Credit = time.Time{}, "" },
		"ended":           func(g, x *cashback.Event) { g.Until, x.Credit = late, "s" },
		"begun elsewhere": func(g, x *cashback.Event) { g.From, x.From = late.Add(1), late },
		"before its time": func(g, x *cashback.Event) { g.At, g.From, x.At = began, began, began.Add(-1) },
		"named":           func(g, x *cashback.Event) { g.Credit, x.Order = "card", "card" },
		"nothing":         func(g, x *cashback.Event) { g.Graced, x.Cancelled, x.Parts = 0, 0, nil },
	} {
		g, x := graced, cancelled
		change(&g, &x)
		for _, ev := range []cashback.Event{g, x} {
			w := wallet()
			before, err := w.MarshalBinary()
			require.NoError(t, err)
			err = w.Apply(ev)
			if name == "as it is" {
				assert.NoError(t, err)
				continue
			}
			assert.ErrorIs(t, err, relmark.ErrInvalid, "%s: %s", name, ev.Type)
			after, err := w.MarshalBinary()
			require.NoError(t, err)
			assert.Equal(t, before, after, name)
		}
	}
	for _, ev := range []cashback.Event{graced, cancelled} {
		text, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, ev, decoded[cashback.Event](t, text))
		red, err := ev.Redact(shifted)
		require.NoError(t, err)
		assert.Equal(t, ev.Credit != "", red.Credit == "~card")
	}
}

// Lines of a day in the life of gift cards: that of version 1 is what is written now.
func TestCreditEventsOfVersion1(t *testing.T) {
	t.Parallel()
	var w cashback.Wallet
	for line := range strings.Lines(string(reference.StoredText(t, "credit_events_v1.jsonl"))) {
		var ev cashback.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, w.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	b := w.Balance(when("2025-02-01T00:00:00Z"))
	assert.Equal(t, []string{"15", "30", "7", "5"}, []string{b.Available.String(), b.Expired.String(), b.Cancelled.String(), b.Spent.String()})
}

// Version 1 did not say which lot a credit had brought: where nothing is forgotten it is
// known, and otherwise where only one can be meant.
func TestCreditOfVersion1HasItsName(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{})
	at := began.UnixNano()
	s := opened()
	s.add(cashback.Credited, "", "", 700, never)
	s.credited, s.last, s.lots = 700, 2, append(s.lots, [4]int64{2, 700, at, never})
	w := new(cashback.Wallet)
	require.NoError(t, w.UnmarshalBinary(s.encode()))
	d, err := c.Cancel(w, cashback.Cancellation{"x", "3", began})
	assert.Equal(t, int64(700), do(t, w, d, err).Cancelled)
	closeState(s)
	w = new(cashback.Wallet)
	require.NoError(t, w.UnmarshalBinary(s.encode()))
	d, err = c.Cancel(w, cashback.Cancellation{"x", "3", began})
	assert.Equal(t, int64(700), do(t, w, d, err).Cancelled)
	// One more lot of a life like that, whose command is forgotten: which is which?
	s.credited, s.last, s.lots = 800, 3, append(s.lots, [4]int64{3, 100, at, never})
	s.keys[len(s.keys)-1].seq++
	w = new(cashback.Wallet)
	require.NoError(t, w.UnmarshalBinary(s.encode()))
	_, err = c.Cancel(w, cashback.Cancellation{"x", "3", began})
	assert.Equal(t, cashback.PeriodClosed, reason(err))
}

// closeState closes a period of a state that is open.
func closeState(s *state) {
	s.closed, s.since = began.Add(-time.Hour), [2]int64{2025, 1}
	s.add(cashback.Closed, "", "", 0, s.closed.UnixNano())
}

// An engine is what its terms were when it was made.
func TestEngineKeepsNoPointer(t *testing.T) {
	t.Parallel()
	months, grace, most := 2, 3, dec("5")
	terms := cashback.Terms{Rate: dec("0.1"), Months: &months, GraceDays: &grace, OrderCap: &most, MonthCap: &most}
	c, purchase := engine(t, terms), cashback.Purchase{"k", "o", dec("100"), began}
	want, err := c.Purchase(new(cashback.Wallet), purchase)
	require.NoError(t, err)
	months, grace, most = 9, 99, dec("1")
	got, err := c.Purchase(new(cashback.Wallet), purchase)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, int64(500), got.Event.Granted)
}
