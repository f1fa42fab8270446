package crosssell_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// Decide accepts exactly what Validate accepts of each part, unless a candidate is
// there twice, and never chooses what a gate stops.
func FuzzDecide(f *testing.F) {
	f.Add(0.0, "email", "offers", 0.5, 2.0, 0.25, 8.0, true, false, uint8(1), uint8(2))
	f.Add(math.NaN(), "*", "", math.Inf(1), -1.0, math.NaN(), 0.0, false, true, uint8(3), uint8(3))
	f.Add(1.0, "call", "\xff", 1e300, 1e300, 1.0, 1.0, false, false, uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, floor float64, channel, purpose string, score1, value1, score2, value2 float64, repeatable, complaint bool, item1, item2 uint8) {
		p := crosssell.Policy{Floor: floor}
		customer := crosssell.Customer[uint8]{
			Contact:       []crosssell.ContactAnswer{allowed(relmark.Channel(channel), relmark.Purpose(purpose))},
			OpenComplaint: complaint,
			Owned:         []uint8{1, 2, 1},
		}
		candidates := []crosssell.Candidate[uint8]{
			{Item: item1, Channel: relmark.Channel(channel), Purpose: relmark.Purpose(purpose), Score: score1, Value: value1},
			{Item: item2, Channel: "email", Purpose: "offers", Score: score2, Value: value2, Repeatable: repeatable},
		}
		d, err := crosssell.Decide(p, customer, candidates)
		twice := identity(candidates[0]) == identity(candidates[1])
		if errors.Join(p.Validate(), customer.Validate(), candidates[0].Validate(), candidates[1].Validate()) != nil || twice {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Zero(t, d)
			return
		}
		require.NoError(t, err)
		if i, ok := d.Chosen(); ok {
			require.Empty(t, d.Verdicts[i].Reasons)
			require.Greater(t, candidates[i].Worth(), floor)
			require.False(t, complaint)
		}
	})
}

// Whatever policy is decoded is valid and survives encoding.
func FuzzPolicyUnmarshalJSON(f *testing.F) {
	f.Add([]byte(read(f, "policy_v1.json")))
	f.Add([]byte(`{"v":1,"floor":-0}`))
	f.Add([]byte(`{"V":1,"floor":1,"floor":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p crosssell.Policy
		if err := p.UnmarshalJSON(data); err != nil {
			require.NotEqual(t, errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrUnsupported), err)
			require.Zero(t, p)
			return
		}
		require.NoError(t, p.Validate())
		text, err := json.Marshal(p)
		require.NoError(t, err)
		var again crosssell.Policy
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, p, again)
	})
}
