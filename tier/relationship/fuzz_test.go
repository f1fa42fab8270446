package relationship_test

import (
	"errors"
	"math"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/relationship"
)

// No evidence panics; what is rejected is invalid, and what is accepted has shares
// that are defined or NaN.
func FuzzClassify(f *testing.F) {
	f.Add(3, 2, 1, int64(5), 2, 3, 0.3, 0.75)
	f.Add(-1, 2, 1, int64(-5), 9, 3, math.NaN(), -1.0)
	f.Fuzz(func(t *testing.T, firm, responses, customer int, gap int64, used, offered int, share, cv float64) {
		p := relationship.Policy{MinPurchaseDays: 1, MinContacts: 1, InitiationMin: share, ResponseMin: share, VariationMax: cv, ServiceMin: share}
		first := relmark.MustParseDate("2020-01-01")
		e := relationship.Evidence{
			FirmContacts: firm, Responses: responses, CustomerContacts: customer, ServicesUsed: used, ServicesOffered: offered,
			Purchases: []relmark.Date{first, first.AddDays(int(gap % 1000)), first.AddDays(int(gap % 77))},
		}
		v, err := p.Classify(e, first.AddDays(2000))
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if v.Initiation < 0 || v.Initiation > 1 || v.Response < 0 || v.Response > 1 || v.Variation < 0 {
			t.Fatalf("%+v", v)
		}
	})
}

func FuzzBond(f *testing.F) {
	f.Add(int64(100), int32(-2), 3, 4, 5.0, 30.0)
	f.Add(int64(-1), int32(1<<30), -3, 4, math.Inf(1), 0.0)
	f.Fuzz(func(t *testing.T, units int64, exp int32, ours, due int, answer, life float64) {
		x := relationship.BondPolicy{HalfLife: life, TieLow: 1, TieHigh: 7}
		b, err := x.Bond([]relationship.Exchange{
			{On: relmark.MustParseDate("2025-01-01"), Given: decimal.New(units, exp), Ours: ours, Due: due, Answers: []float64{answer}},
			{On: relmark.MustParseDate("2025-09-01"), Received: decimal.New(units, -2), Theirs: 3},
		}, relmark.MustParseDate("2026-01-01"))
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, score := range b.Scores {
			if score < 0 || score > 100+1e-9 || math.IsInf(score, 0) {
				t.Fatalf("%+v", b)
			}
		}
	})
}
