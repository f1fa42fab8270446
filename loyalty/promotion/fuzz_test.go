package promotion_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/promotion"
)

// FuzzDocuments: what is read is valid, and is written as it is read again.
func FuzzDocuments(f *testing.F) {
	for name := range documents {
		f.Add(reference.StoredText(f, name+"_v1.json"))
	}
	f.Add([]byte(`{"v":1,"digits":2,"offers":[{"id":"a","reward":{"kind":"percent","value":"1e9"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) { readAgain(t, documents, data) })
}

// FuzzParts: the same of what a host stores alone.
func FuzzParts(f *testing.F) {
	for _, text := range []string{
		`{"id":"a","limited":true,"reward":{"kind":"free"},"sets":{"buy":2,"get":1}}`, `{"item":"a","price":"1","quantity":2}`,
		`{"limits":{"day":1},"budget":"2"}`, `{"kind":"bundle","value":"5","slots":[{"units":1}]}`, `{"units":2,"left":"1.5"}`,
		`{"refund":"1","paid":"2","released":[{"id":"a","amount":"1"}]}`, `{"id":"a","near":"set","missing_units":1}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAgain(t, partDecoders, data) })
}

func readAgain(t *testing.T, decoders map[string]func(data []byte) (any, error), data []byte) {
	t.Helper()
	for name, decode := range decoders {
		v, err := decode(data)
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
				t.Fatalf("%s: %v", name, err)
			}
			continue
		}
		text, err := json.Marshal(v)
		require.NoError(t, err, name)
		again, err := decode(text)
		require.NoError(t, err, name)
		back, err := json.Marshal(again)
		require.NoError(t, err, name)
		require.Equal(t, string(text), string(back), name)
	}
}

// FuzzPrice: any stack that is read prices any order, or says why not; its receipt adds up,
// as reading it checks, and all of it can come back.
func FuzzPrice(f *testing.F) {
	f.Add(reference.StoredText(f, "stack_v1.json"), reference.StoredText(f, "order_v1.json"))
	f.Add([]byte(`{"v":1,"digits":0,"rounding":{"mode":"up","level":"unit"},"offers":[{"id":"a","reward":{"kind":"percent","value":"33.3333333"},"sets":{"buy":2,"get":3,"spread":true}}]}`),
		[]byte(`{"v":1,"lines":[{"item":"a","price":"900000001","quantity":1000000}]}`))
	f.Fuzz(func(t *testing.T, stack, order []byte) {
		var s promotion.Stack
		var o promotion.Order
		if s.UnmarshalJSON(stack) != nil || o.UnmarshalJSON(order) != nil {
			return
		}
		p, err := promotion.NewPricer(s)
		require.NoError(t, err, "what is read is valid")
		r, err := p.Price(o)
		if err != nil {
			require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrLimit))
			return
		}
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var back promotion.Receipt
		require.NoError(t, back.UnmarshalJSON(text))
		_, err = p.Preview(o)
		require.NoError(t, err)
		var all []promotion.Return
		for i, l := range o.Lines {
			all = append(all, promotion.Return{i, l.Quantity})
		}
		for _, policy := range []promotion.Policy{promotion.Proportional, promotion.Reprice} {
			returns, err := p.Returns(o, policy)
			require.NoError(t, err)
			refund, err := returns.Add(all)
			require.NoError(t, err)
			require.True(t, refund.Refund.Equal(r.Total()))
		}
	})
}
