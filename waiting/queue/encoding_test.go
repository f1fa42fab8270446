package queue_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting/queue"
)

const bankText = `{"v":1,"model":"mmc","arrival":40.00000000000001,"service":15,"servers":3,"unit":"1h0m0s"}`

func bank(t *testing.T) queue.MMC {
	t.Helper()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 40.00000000000001, Service: 15, Servers: 3, Unit: time.Hour})
	require.NoError(t, err)
	return m
}

// A solved queue encodes as its parameters, and comes back solved.
func TestQueuesComeBackEqual(t *testing.T) {
	t.Parallel()
	m := bank(t)
	for _, value := range []any{m, &m, m.Params()} {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		assert.JSONEq(t, bankText, string(text))
	}
	var back queue.MMC
	require.NoError(t, json.Unmarshal([]byte(bankText), &back))
	assert.Equal(t, m, back)
	var params queue.MMCParams
	require.NoError(t, json.Unmarshal([]byte(bankText), &params))
	assert.Equal(t, m.Params(), params)

	closed, err := queue.NewMMC(queue.MMCParams{Service: 1, Unit: 30 * time.Minute})
	require.NoError(t, err)
	text, err := json.Marshal(closed)
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"model":"mmc","arrival":0,"service":1,"servers":0,"unit":"30m0s"}`, string(text))
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, closed, back)
}

func TestWhatIsNotAQueueDoesNotEncode(t *testing.T) {
	t.Parallel()
	for _, value := range []any{queue.MMC{}, queue.MMCParams{}, queue.MMCParams{Arrival: math.Inf(1), Service: 1, Servers: 1, Unit: 1}} {
		_, err := json.Marshal(value)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

func TestQueuesAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, new string
		want           error
	}{
		{"no version", `"v":1,`, ``, relmark.ErrUnsupported},
		{"version 0", `"v":1`, `"v":0`, relmark.ErrUnsupported},
		{"version 2", `"v":1`, `"v":2`, relmark.ErrUnsupported},
		{"no JSON", `}`, ``, relmark.ErrInvalid},
		{"an unknown key", `"v":1`, `"v":1,"x":0`, relmark.ErrInvalid},
		{"another model", `"mmc"`, `"position"`, relmark.ErrInvalid},
		{"no model", `"model":"mmc",`, ``, relmark.ErrInvalid},
		{"no arrivals", `"arrival":40.00000000000001,`, ``, relmark.ErrInvalid},
		{"no service", `"service":15,`, ``, relmark.ErrInvalid},
		{"no servers", `"servers":3,`, ``, relmark.ErrInvalid},
		{"no unit", `,"unit":"1h0m0s"`, ``, relmark.ErrInvalid},
		{"a null", `"servers":3`, `"servers":null`, relmark.ErrInvalid},
		{"a unit of 0", `"1h0m0s"`, `"0s"`, relmark.ErrInvalid},
		{"a number for a unit", `"1h0m0s"`, `3600`, relmark.ErrInvalid},
		{"no duration", `"1h0m0s"`, `"an hour"`, relmark.ErrInvalid},
		{"unstable", `"servers":3`, `"servers":2`, relmark.ErrInvalid},
	} {
		text := strings.Replace(bankText, c.old, c.new, 1)
		require.NotEqual(t, bankText, text, c.name)
		m := bank(t)
		p := m.Params()
		require.ErrorIs(t, m.UnmarshalJSON([]byte(text)), c.want, c.name)
		require.ErrorIs(t, p.UnmarshalJSON([]byte(text)), c.want, c.name)
		assert.Equal(t, bank(t), m, "%s: unchanged", c.name)
		assert.Equal(t, bank(t).Params(), p, "%s: unchanged", c.name)
	}
}

// Targets and costs are plain data.
func TestTargetsComeBackEqual(t *testing.T) {
	t.Parallel()
	for text, target := range map[string]queue.Target{
		`{}`:                                 {},
		`{"level":0.8,"within":20000000000}`: {Level: new(0.8), Within: new(20 * time.Second)},
		`{"level":0.8,"within":0}`:           {Level: new(0.8), Within: new(time.Duration(0))},
		`{"mean_wait":60000000000,"occupancy":0.9}`: {MeanWait: new(time.Minute), Occupancy: new(0.9)},
	} {
		got, err := json.Marshal(target)
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		var back queue.Target
		require.NoError(t, json.Unmarshal(got, &back))
		assert.Equal(t, target, back)
		require.NoError(t, back.Validate())
	}
	got, err := json.Marshal(queue.Costs{Server: 1, Waiting: 2})
	require.NoError(t, err)
	assert.Equal(t, `{"server":1,"waiting":2}`, string(got))
}

func FuzzUnmarshalMMC(f *testing.F) {
	f.Add([]byte(bankText))
	f.Add([]byte(`{"v":1,"model":"mmc","arrival":0,"service":1,"servers":0,"unit":"1ns"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, back queue.MMC
		if m.UnmarshalJSON(data) != nil {
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%s is read and not written: %v", data, err)
		}
		if err := json.Unmarshal(text, &back); err != nil || back != m {
			t.Fatalf("%s comes back as %+v: %v", text, back, err)
		}
	})
}
