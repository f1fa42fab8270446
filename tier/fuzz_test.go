package tier_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier"
)

func FuzzDecodeMembership(f *testing.F) {
	for _, name := range []string{"testdata/state_v1.bin", "testdata/state_closed_v1.bin"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	p := ladder(f, everything(f)...)
	f.Fuzz(func(t *testing.T, data []byte) { decodeAndUse(t, p, codec.Seal(data)) })
}

// Decoded policies are what New accepts, and encode to what decodes to the same.
func FuzzDecodePolicies(f *testing.F) {
	data, err := os.ReadFile("testdata/policies_v1.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"v":1,"policies":[{"version":"v1","zone":"UTC","metrics":{"n":"integer"},"window":{"kind":"rolling_days","n":7},"levels":[{"code":"b"},{"code":"c","enter":{"all":[{"metric":"n","min":1}]}}],"validity":{"kind":"while_holds"}}]}`))
	zone := func(string) (*time.Location, error) { return time.UTC, nil }
	f.Fuzz(func(t *testing.T, data []byte) {
		policies, err := tier.DecodePolicies(data, zone)
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		p, err := tier.New(policies...)
		if err != nil {
			t.Fatal(err)
		}
		once, err := tier.EncodePolicies(policies...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := tier.DecodePolicies(once, zone)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := tier.EncodePolicies(again...)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s\n%s", once, twice)
		}
		joined := relmark.MustParseDate("2024-02-29")
		s, err := p.Join(joined)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Explain(s, joined.AddDays(700).Start(time.UTC)); err != nil {
			t.Fatal(err)
		}
	})
}

// What Add accepts can be decided about and encoded; what it rejects leaves the
// state as it was.
func FuzzAdd(f *testing.F) {
	for _, e := range events(f) {
		data, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, int64(90))
	}
	p := ladder(f, everything(f)...)
	f.Fuzz(func(t *testing.T, data []byte, days int64) {
		var e tier.Event
		if e.UnmarshalJSON(data) != nil {
			return
		}
		joined := relmark.MustParseDate("2025-01-01")
		s, err := p.Join(joined)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(e); err != nil {
			if s.Len() != 0 || !errors.Is(err, relmark.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		encoded, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		decodeAndUse(t, p, encoded)
		if _, err := p.Decide(s, joined.AddDays(int(days%20000)).Start(time.UTC)); err != nil && !errors.Is(err, relmark.ErrInvalid) {
			t.Fatal(err)
		}
	})
}

// A policy by itself comes back as it was, and its conditions do so alone.
func FuzzDecodePolicy(f *testing.F) {
	for _, p := range everything(f) {
		data, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	zone := func(string) (*time.Location, error) { return time.UTC, nil }
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := tier.DecodePolicy(data, zone)
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		_ = p.Warnings()
		once, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := tier.DecodePolicy(once, zone)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s\n%s", once, twice)
		}
		for _, l := range p.Levels {
			round(t, l)
		}
	})
}

// What a condition reads it writes again, and nothing else.
func FuzzCondition(f *testing.F) {
	f.Add([]byte(`{"any":[{"metric":"nights","min":"40"},{"all":[{"metric":"spend","min":4000.5}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c tier.Condition
		if err := c.UnmarshalJSON(data); err != nil {
			if !errors.Is(err, relmark.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if _, err := c.MarshalJSON(); err == nil {
			round(t, c)
		} else if !errors.Is(err, relmark.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
