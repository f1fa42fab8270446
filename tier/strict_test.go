package tier_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// A misspelt key is no key that is absent, and of two equal ones none wins.
func TestPartsAreReadStrictly(t *testing.T) {
	t.Parallel()
	benefit := tier.Benefit{Name: "lounge", Level: "gold", PerDay: d("0.5")}
	kept := tier.AtLeastInt("kept", 1)
	for name, part := range map[string]struct {
		v    any
		good string // without the closing brace
		key  string
	}{
		"sum":            {new(tier.Sum), `{"metric":"a","counted":"1"`, "metric"},
		"benefit":        {new(tier.Benefit), `{"name":"a","per_day":"1"`, "name"},
		"benefit report": {new(tier.BenefitReport), `{"name":"a","cost":"1"`, "name"},
		"comparison":     {new(tier.Comparison), `{"better":1,"saved":"1"`, "better"},
		"study":          {new(tier.Study), `{"from":"2025-01-01","to":"2026-01-01"`, "from"},
		"condition":      {kept, `{"metric":"a","min":"1"`, "metric"},
		"rollover":       {new(tier.Rollover), `{"metric":"a","cap":"1"`, "metric"},
	} {
		before, err := json.Marshal(part.v)
		require.NoError(t, err, name)
		var keys map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(part.good+"}"), &keys))
		again := `"` + part.key + `":` + string(keys[part.key]) + `}`
		for _, rest := range []string{
			`,"per_dya":"5"}`, `,` + again, `,"` + strings.ToUpper(again[1:2]) + again[2:], ",\"x\":\"\xff\"}", `,"\ud800":1}`,
		} {
			require.ErrorIs(t, json.Unmarshal([]byte(part.good+rest), part.v), relmark.ErrInvalid, "%s: %s", name, rest)
		}
		after, err := json.Marshal(part.v)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after), "%s is unchanged", name)
		require.NoError(t, json.Unmarshal([]byte(part.good+"}"), part.v), name)
	}
	bad := tier.Study{Benefits: []tier.Benefit{benefit}}
	for _, text := range []string{
		`{"benefits":[{"name":"lounge","level":"gold","per_dya":"0.5"}]}`, `{"benefits":[{"name":"a","name":"b"}]}`,
		`{"benefits":[{"Name":"a"}]}`, "{\"benefits\":[{\"name\":\"\xff\"}]}", `null`, `[]`,
	} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), &bad), relmark.ErrInvalid, text)
		assert.Equal(t, tier.Study{Benefits: []tier.Benefit{benefit}}, bad)
	}
	require.ErrorIs(t, json.Unmarshal([]byte("{\"metric\":\"\xff\",\"min\":\"1\"}"), kept), relmark.ErrInvalid)
}

func FuzzStudyUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"from":"2025-01-01","to":"2026-01-01","benefits":[{"name":"a","level":"gold","per_day":"0.50"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var y tier.Study
		if json.Unmarshal(data, &y) != nil {
			return
		}
		text, err := json.Marshal(y)
		require.NoError(t, err)
		var again tier.Study
		require.NoError(t, json.Unmarshal(text, &again), "%s", text)
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(twice))
	})
}
