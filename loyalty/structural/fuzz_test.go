package structural_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/structural"
)

func FuzzLedgerUnmarshalBinary(f *testing.F) {
	l, _ := history(f)
	data := snapshot(f, l)
	f.Add(data[:len(data)-4])
	f.Add(snapshot(f, new(structural.Ledger))[:2])
	f.Fuzz(func(t *testing.T, body []byte) { useSnapshot(t, codec.AppendSum(bytes.Clone(body), 0)) })
}

func FuzzEventUnmarshalJSON(f *testing.F) {
	for line := range bytes.SplitSeq(golden(f, "events_v1.jsonl"), []byte("\n")) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ev structural.Event
		if json.Unmarshal(data, &ev) != nil {
			return
		}
		again(t, ev)
		l := new(structural.Ledger)
		if l.Apply(ev) == nil {
			reloaded(t, l)
		}
	})
}

// again reads what it has written.
func again[T any](t *testing.T, v T) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	var back T
	require.NoError(t, json.Unmarshal(text, &back))
	second, err := json.Marshal(back)
	require.NoError(t, err)
	require.Equal(t, string(text), string(second))
}

func FuzzDecodeEntitlementTerms(f *testing.F) {
	f.Add(golden(f, "entitlement_terms_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		terms, err := decodeTerms(data)
		if err != nil {
			return
		}
		e, err := structural.NewEntitlement(terms)
		require.NoError(t, err)
		l := new(structural.Ledger)
		if d, err := e.Grant(l, structural.Grant{"grant", date("2025-01-31"), began}); err == nil {
			require.NoError(t, l.Apply(d.Event))
			reloaded(t, l)
		}
	})
}

func FuzzDecodeSLA(f *testing.F) {
	f.Add(golden(f, "sla_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeSLA(data)
		if err != nil {
			return
		}
		c, err := s.Conformance(1, 3)
		require.NoError(t, err)
		require.False(t, c.Credit.IsNegative() || c.Credit.GreaterThan(s.Fee))
		again(t, c)
	})
}

func FuzzSwitchingUnmarshalJSON(f *testing.F) {
	f.Add(golden(f, "switching_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s structural.Switching
		if json.Unmarshal(data, &s) != nil {
			return
		}
		again(t, s)
		if out, err := s.Statement(); err == nil {
			again(t, out)
			require.True(t, out.Net.Equal(out.Positive.Add(out.Negative).Sub(out.Offer)))
		}
	})
}

func FuzzRegisterUnmarshalJSON(f *testing.F) {
	f.Add(golden(f, "register_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var g structural.Register[string]
		if json.Unmarshal(data, &g) != nil {
			return
		}
		again(t, g)
		for _, day := range []string{"1700-01-01", "2025-02-28", "2255-12-31"} {
			_, err := g.AtRisk(30, date(day))
			require.NoError(t, err)
			_, err = g.Due(date("2255-12-31"), date(day))
			require.NoError(t, err)
		}
	})
}

func FuzzPerceivedCosts(f *testing.F) {
	f.Add(`[{"name":"learning","type":"procedural","items":[{"points":4}]}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var facets []structural.Facet
		if json.Unmarshal([]byte(text), &facets) != nil {
			return
		}
		out, err := structural.PerceivedCosts(facets)
		for _, x := range out.Facets {
			require.True(t, err == nil && x.Index >= 0 && x.Index <= 100)
		}
	})
}

func FuzzIntegrate(f *testing.F) {
	f.Add(0.5, 10.0, 30.0, 0.2)
	f.Fuzz(func(t *testing.T, weight, active, expected, other float64) {
		out, err := structural.Integrate([]structural.Link[int]{{1, weight, active, expected}, {2, other, 1, 1}})
		for _, l := range out.Links {
			require.True(t, err == nil && l.Loss >= 0 && l.Loss <= 1 && l.Gain >= 0 && l.Gain <= 1)
		}
		require.True(t, out.Depth >= 0 && out.Depth <= 1)
	})
}
