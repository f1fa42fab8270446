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
// there twice or fatigue goes beyond all numbers, and never chooses what a gate stops.
func FuzzDecide(f *testing.F) {
	f.Add(0.0, 0.5, "email", "offers", 0.5, 2.0, 0.25, 8.0, 0.0, true, "none", uint8(1), uint8(2))
	f.Add(math.NaN(), 1.0, "*", "", math.Inf(1), -1.0, math.NaN(), 0.0, -1.0, false, "open", uint8(3), uint8(3))
	f.Add(1.0, 1e300, "call", "\xff", 1e300, 1e300, 1.0, 1.0, 1e300, false, "", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, floor, fatigue float64, channel, purpose string, score1, margin1, score2, margin2, lever float64, repeatable bool, complaint string, item1, item2 uint8) {
		p := crosssell.Policy{Floor: floor, FatigueWeight: 2, Slots: 2, Variety: 0.5}
		customer := crosssell.Customer[uint8]{
			Contact:   []crosssell.ContactAnswer{allowed(relmark.Channel(channel), relmark.Purpose(purpose))},
			Complaint: crosssell.ComplaintState(complaint), Owned: []uint8{1, 2, 1}, Fatigue: &fatigue,
		}
		candidates := []crosssell.Candidate[uint8]{
			{Item: item1, Channel: relmark.Channel(channel), Purpose: relmark.Purpose(purpose), Score: score1, Margin: margin1, Lever: lever},
			{Item: item2, Channel: "email", Purpose: "offers", Score: score2, Margin: margin2, Repeatable: repeatable},
		}
		d, err := crosssell.Decide(p, customer, candidates)
		invalid := errors.Join(p.Validate(), customer.Validate(), candidates[0].Validate(), candidates[1].Validate()) != nil
		if invalid || identity(candidates[0]) == identity(candidates[1]) || fatigue > 1e290 {
			if err == nil {
				require.False(t, invalid)
				return
			}
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Zero(t, d)
			return
		}
		require.NoError(t, err)
		for _, i := range d.Chosen {
			require.Empty(t, d.Verdicts[i].Reasons)
			require.Greater(t, d.Verdicts[i].Worth, floor)
			require.Equal(t, "none", complaint)
		}
		_, err = json.Marshal(d)
		require.NoError(t, err, "every number is one")
	})
}

// Whatever policy is decoded is valid and survives encoding.
func FuzzPolicyUnmarshalJSON(f *testing.F) {
	f.Add([]byte(read(f, "policy_v1.json")))
	f.Add([]byte(read(f, "policy_v2.json")))
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
