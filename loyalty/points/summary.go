package points

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Summary adds up accounts. The zero Summary is ready. Merging is exact,
// associative and commutative, and zero is its identity, so members can be summed
// on any number of machines. It is not safe for concurrent mutation.
type Summary struct {
	Accounts    int64 `json:"accounts"`
	Pending     int64 `json:"pending"`
	Available   int64 `json:"available"`
	Held        int64 `json:"held"`
	Debt        int64 `json:"debt"`
	Issued      int64 `json:"issued"`
	Redeemed    int64 `json:"redeemed"`
	Expired     int64 `json:"expired"`
	Reversed    int64 `json:"reversed"`
	Received    int64 `json:"received"`
	Sent        int64 `json:"sent"`
	Unrecovered int64 `json:"unrecovered"`
	// Unmet is what could not be spent in a [WhatIf] that was spent in fact.
	Unmet int64 `json:"unmet"`
}

// fields returns the counters in the order of the encoding, which is that of the
// struct; a later version appends.
func (s *Summary) fields() [13]*int64 {
	return [...]*int64{
		&s.Accounts, &s.Pending, &s.Available, &s.Held, &s.Debt, &s.Issued, &s.Redeemed,
		&s.Expired, &s.Reversed, &s.Received, &s.Sent, &s.Unrecovered, &s.Unmet,
	}
}

// Outstanding returns the points that members can still spend, now or later, less
// what they owe.
func (s *Summary) Outstanding() int64 { return s.Pending + s.Available + s.Held - s.Debt }

// Add adds an account as of an instant. It fails with [relmark.ErrLimit], leaving s
// unchanged, if a sum would not fit in int64.
func (s *Summary) Add(a *Account, asOf time.Time) error { return s.Merge(a.summary(asOf)) }

// summary returns the summary of one account.
func (a *Account) summary(asOf time.Time) Summary {
	now := a.instantOf(asOf)
	d := a.draft(now)
	b := a.sums(&d, now)
	return Summary{
		Accounts: 1, Pending: b.Pending, Available: b.Available, Held: b.Held, Debt: b.Debt,
		Issued: b.Issued, Redeemed: b.Redeemed, Expired: b.Expired, Reversed: b.Reversed,
		Received: b.Received, Sent: b.Sent, Unrecovered: b.Unrecovered,
	}
}

// Merge adds another summary. It fails with [relmark.ErrLimit], leaving s
// unchanged, if a sum would not fit in int64.
func (s *Summary) Merge(o Summary) error {
	sum := *s
	theirs := o.fields()
	for i, v := range sum.fields() {
		var ok bool
		if *v, ok = money.Add(*v, *theirs[i]); !ok {
			return fmt.Errorf("points: summary: %w", relmark.ErrLimit)
		}
	}
	*s = sum
	return nil
}

// whole reports whether accounts can have added up to the counters: none is negative,
// all that came in is somewhere, and without accounts nothing has.
func (s *Summary) whole() bool {
	in, out, low := sum128(s.Issued, s.Received, s.Debt), sum128(s.Pending, s.Available, s.Held, s.Redeemed, s.Expired, s.Reversed, s.Sent), int64(0)
	for _, v := range s.fields() {
		low = min(low, *v)
	}
	return low == 0 && in == out && (s.Accounts > 0 || *s == Summary{})
}

// sum128 adds up counters in 128 bits.
func sum128(counts ...int64) (sum [2]uint64) {
	for _, n := range counts {
		var carry uint64
		sum[1], carry = bits.Add64(sum[1], uint64(n), 0)
		sum[0] += carry
	}
	return sum
}

// AppendBinary appends the encoding of the summary. It fails with [relmark.ErrInvalid]
// on one that no accounts add up to, which could not be read.
func (s *Summary) AppendBinary(b []byte) ([]byte, error) {
	if !s.whole() {
		return b, invalid("Summary", nil, "must add up: what came in is somewhere")
	}
	w := codec.NewWriter(b, codec.KindPointsTotals, 1)
	for _, v := range s.fields() {
		w.Varint(*v)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Summary.AppendBinary] appends.
func (s *Summary) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes a summary of any version ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on
// anything else, such as counters that no accounts add up to, and leaves s unchanged
// then.
func (s *Summary) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPointsTotals, 1)
	var in Summary
	for _, v := range in.fields() {
		*v = r.Varint()
	}
	r.Check(in.whole())
	if err := fault.Decode("points", "summary", r.Done()); err != nil {
		return err
	}
	*s = in
	return nil
}
