package recovery_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/recovery"
)

// A binary has a versioned encoding.
type binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// examples returns one of each accumulator and snapshot, with an empty one to read into.
func examples(t tb) map[string][2]binary {
	t.Helper()
	c, _, err := promised().Follow([]recovery.Event{
		{Type: recovery.Receive, At: monday(0), Topic: "room", Priority: 2},
		{Type: recovery.Assign, At: monday(0), Owner: "ann"},
		event(recovery.Acknowledge, 1), event(recovery.Wait, 2), event(recovery.Resume, 3),
		{Type: recovery.Diagnose, At: monday(4), Cause: "boiler"},
		event(recovery.Resolve, 5), event(recovery.Reopen, 30), event(recovery.Wait, 31), event(recovery.Contact, 32),
	})
	require.NoError(t, err)
	sums, history, answers, groups := causes(t), &recovery.Handling{}, newJustice(t, 12), newGroups(t)
	require.NoError(t, sums.Add("boiler", dec("12.50")))
	require.NoError(t, sums.Add("", dec("3")))
	require.NoError(t, history.Add("room", 90*time.Minute, false))
	require.NoError(t, history.Add("room", 3*time.Hour, true))
	require.NoError(t, history.Add("", 3*time.Hour, true))
	require.NoError(t, answers.Add(recovery.Experience{Distributive: 50, Procedural: -3, Satisfaction: 7}))
	require.NoError(t, answers.Add(recovery.Experience{Distributive: 4, Satisfaction: 9, Loyalty: recovery.Blank}))
	require.NoError(t, answers.Add(recovery.Experience{Distributive: recovery.Blank}))
	require.NoError(t, groups.Add("recovered", 6, recovery.Blank))
	require.NoError(t, groups.Add("none", 5, -4))
	return map[string][2]binary{
		"complaint": {&c, &recovery.Complaint{}}, "register": {small(t), &recovery.Register[string]{}}, "causes": {sums, &recovery.Causes{}},
		"handling": {history, &recovery.Handling{}}, "justice": {answers, &recovery.Justice{}}, "groups": {groups, &recovery.Groups{}},
		"event": {&recovery.Event{Type: recovery.Receive, At: monday(0), Topic: "room", Priority: 3}, &recovery.Event{}},
	}
}

// Every version that was ever written can be read, and is written as it was.
func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, pair := range examples(t) {
		reference.PinEncoding(t, name+".v1.hex", pair[0], pair[1])
	}
}

// Whatever is changed in an encoding is refused, or is the encoding of what is read; what
// fails leaves the receiver alone.
func TestDamage(t *testing.T) {
	t.Parallel()
	for name, pair := range examples(t) {
		data, into := encoded(t, pair[0]), pair[1]
		for i := range data {
			require.ErrorIs(t, into.UnmarshalBinary(data[:i]), relmark.ErrInvalid, "%s cut at %d", name, i)
			for _, flip := range []byte{1, 0x80, 0xff} {
				bad := append([]byte(nil), data...)
				bad[i] ^= flip
				err := into.UnmarshalBinary(bad)
				require.Error(t, err, "%s at %d", name, i)
				bad = codec.Seal(bad)
				checkDamaged(t, name, into, bad)
			}
		}
		other := append([]byte(nil), data...)
		other[0], other[1] = 200, 9
		require.ErrorIs(t, into.UnmarshalBinary(codec.Seal(other)), relmark.ErrUnsupported, name)
	}
}

func encodedOrNot(x binary) []byte {
	data, _ := x.MarshalBinary()
	return data
}

// checkDamaged reads what may be an encoding of something else.
func checkDamaged(t *testing.T, name string, into binary, data []byte) {
	t.Helper()
	before := encodedOrNot(into)
	if err := into.UnmarshalBinary(data); err != nil {
		require.Equal(t, before, encodedOrNot(into), name)
		return
	}
	require.Equal(t, data, encodedOrNot(into), name)
}

func TestEventJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, e := range drawEvents(t) {
			data, err := json.Marshal(e)
			require.NoError(t, err)
			var back recovery.Event
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, e, back)
			packed := encoded(t, e)
			require.NoError(t, back.UnmarshalBinary(packed))
			require.Equal(t, e, back)
			require.Less(t, len(packed), len(data)/2)
		}
	})
	data, err := json.Marshal(recovery.Event{Type: recovery.Diagnose, At: monday(0), Cause: "boiler"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"type":"diagnose","at":"2026-03-02T08:00:00Z","cause":"boiler"}`, string(data))
	for text, want := range map[string]error{
		`{"v":2,"type":"close","at":"2026-03-02T08:00:00Z"}`:             relmark.ErrUnsupported,
		`{"v":1,"type":"lose","at":"2026-03-02T08:00:00Z"}`:              relmark.ErrUnsupported,
		`{"v":1,"type":"close"}`:                                         relmark.ErrInvalid,
		`{"v":1,"type":"assign","at":"2026-03-02T08:00:00Z"}`:            relmark.ErrInvalid,
		`{"v":1,"type":"close","at":"2026-03-02T08:00:00Z","cause":"x"}`: relmark.ErrInvalid,
	} {
		var e recovery.Event
		require.ErrorIs(t, e.UnmarshalJSON([]byte(text)), want, text)
		assert.Equal(t, recovery.Event{}, e)
	}
	late, early := time.Date(2151, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1699, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, e := range []recovery.Event{
		{},
		{Type: recovery.Close},
		{Type: recovery.Close, At: monday(0), Topic: "x"},
		{Type: recovery.Receive, At: monday(0), Priority: 6},
		{Type: recovery.Receive, At: monday(0), Priority: -1},
		{Type: recovery.Close, At: monday(0), Priority: 1},
		{Type: recovery.Assign, At: monday(0)},
		{Type: recovery.Close, At: monday(0), Owner: "x"},
		{Type: recovery.Diagnose, At: monday(0), Cause: "\xff"},
		{Type: recovery.Receive, At: monday(0), Cause: "x"},
		{Type: recovery.Receive, At: late},
		{Type: recovery.Receive, At: early},
	} {
		require.ErrorIs(t, e.Validate(), relmark.ErrInvalid)
		_, err := e.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

const (
	hoursText  = `{"v":1,"zone":"Europe/Berlin","week":[[["08:00","12:00"],["13:30","18:00"]],[["00:00","24:00"]],[],[],[],[],[]],"holidays":["2026-05-01"]}`
	policyText = `{"v":1,"targets":[240,960],"by_priority":[[30,240],[60,480],[240,960],[480,2400],[960,4800]],"reopened":480,"reopen_days":14,` +
		`"escalation":[{"level":1,"percent":"33.3"},{"level":2,"percent":"100"}]}`
	triageText       = `{"v":1,"targets":[[30,240],[60,480],[240,960],[480,2400],[960,4800]],"repeat_from":2}`
	compensationText = `{"v":1,"exponent":"0.5","cap":"1.5","full_frequency":3,"digits":2}`
)

// Configuration is written as it was read, and nothing else is read.
func TestConfigurationJSON(t *testing.T) {
	t.Parallel()
	h, err := recovery.DecodeHours([]byte(hoursText), time.LoadLocation)
	require.NoError(t, err)
	data, err := json.Marshal(h)
	require.NoError(t, err)
	assert.Equal(t, hoursText, string(data)) //nolint:testifylint // to the byte
	require.ErrorIs(t, json.Unmarshal(data, new(recovery.Hours)), relmark.ErrUnsupported)
	h.Zone = time.Local
	_, err = h.MarshalJSON()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for text, into := range map[string]json.Unmarshaler{policyText: &recovery.Policy{}, triageText: &recovery.Triage{}, compensationText: &recovery.Compensation{}} {
		require.NoError(t, json.Unmarshal([]byte(text), into))
		data, err := json.Marshal(into)
		require.NoError(t, err)
		assert.Equal(t, text, string(data))
		for old, replacement := range map[string]string{
			`"v":1`: `"v":2`, `{"v":1,`: `{"v":1,"w":1,`, `480]`: `-1]`, `960]`: `0]`, `2400]`: `99999999999]`, `"33.3"`: `"0"`, `"0.5"`: `"2"`, `"1.5"`: `1.5`,
			`"repeat_from":2`: `"repeat_from":0`, `[[30,240],[60,480],`: `[`, `[30,240]`: `[30]`,
		} {
			if bad := strings.Replace(text, old, replacement, 1); bad != text {
				err := json.Unmarshal([]byte(bad), into)
				require.True(t, isOne(err, relmark.ErrInvalid, relmark.ErrUnsupported), "%s: %v", bad, err)
			}
		}
		data, err = json.Marshal(into)
		require.NoError(t, err)
		assert.Equal(t, text, string(data), "unchanged")
	}
	for _, bad := range []json.Marshaler{recovery.Policy{}, recovery.Triage{}, recovery.Compensation{}, recovery.Targets{}, recovery.Opening{}} {
		_, err := bad.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var opening recovery.Opening
	require.NoError(t, json.Unmarshal([]byte(`["09:00","24:00"]`), &opening))
	assert.Equal(t, recovery.Opening{From: clock(9, 0), To: clock(24, 0)}, opening)
}

func isOne(err error, of ...error) bool {
	for _, want := range of {
		if errors.Is(err, want) {
			return true
		}
	}
	return false
}

func TestDecodeHoursRefuses(t *testing.T) {
	t.Parallel()
	for old, replacement := range map[string]string{
		`"v":1`: `"v":2`, "Europe/Berlin": "Atlantis", `"08:00"`: `"8:00"`, `"12:00"`: `"12:60"`, `"13:30"`: `"11:00"`, `"18:00"`: `"1a:00"`, `,[]]`: `]`,
		`["00:00","24:00"]`: `["00:00"]`, "2026-05-01": "2026-05-32", `"24:00"`: `"24:01"`, `"00:00"`: `"0000:"`,
	} {
		bad := strings.Replace(hoursText, old, replacement, 1)
		require.NotEqual(t, hoursText, bad)
		_, err := recovery.DecodeHours([]byte(bad), time.LoadLocation)
		require.True(t, isOne(err, relmark.ErrInvalid, relmark.ErrUnsupported), "%s: %v", bad, err)
	}
	_, err := recovery.DecodeHours([]byte(hoursText), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = recovery.DecodeHours([]byte(`{"v":1,"zone":"UTC","week":[[],[],[],[],[],[],[]]}`), time.LoadLocation)
	require.ErrorIs(t, err, relmark.ErrInvalid, "never open")
}

func TestPolicyValidate(t *testing.T) {
	t.Parallel()
	escalation := func(levels ...recovery.Escalation) func(*recovery.Policy) {
		return func(p *recovery.Policy) { p.Escalation = levels }
	}
	for name, change := range map[string]func(p *recovery.Policy){
		"reply":      func(p *recovery.Policy) { p.Targets.Reply = 0 },
		"resolution": func(p *recovery.Policy) { p.Targets.Resolution = time.Second },
		"long":       func(p *recovery.Policy) { p.Reopened = 87_841 * time.Hour },
		"days":       func(p *recovery.Policy) { p.ReopenDays = -1 },
		"priorities": func(p *recovery.Policy) { p.ByPriority = make([]recovery.Targets, 4) },
		"level":      escalation(recovery.Escalation{Percent: dec("50")}),
		"twice":      escalation(recovery.Escalation{Level: 1, Percent: dec("50")}, recovery.Escalation{Level: 1, Percent: dec("60")}),
		"descending": escalation(recovery.Escalation{Level: 1, Percent: dec("50")}, recovery.Escalation{Level: 2, Percent: dec("50")}),
		"zero":       escalation(recovery.Escalation{Level: 1, Percent: dec("0")}),
		"much":       escalation(recovery.Escalation{Level: 1, Percent: dec("1000.1")}),
		"fine":       escalation(recovery.Escalation{Level: 1, Percent: dec("0.0000001")}),
		"many":       escalation(make([]recovery.Escalation, 101)...),
	} {
		p := promised()
		change(&p)
		require.ErrorIs(t, p.Validate(), relmark.ErrInvalid, name)
	}
	p := promised()
	require.NoError(t, json.Unmarshal([]byte(policyText), &p))
	d, err := recovery.NewDesk(p, office(t))
	require.NoError(t, err)
	c, _, err := p.Follow([]recovery.Event{{Type: recovery.Receive, At: monday(0), Priority: 1}})
	require.NoError(t, err)
	s, err := d.Standing(&c, monday(2))
	require.NoError(t, err)
	assert.Equal(t, monday(0).Add(30*time.Minute), *s.Reply.Due)
	assert.Equal(t, 4*time.Hour, s.Clocks[0].Budget)
	assert.Equal(t, []recovery.Escalated{{Level: 1, At: monday(0).Add(4 * time.Hour * 333 / 1000)}}, s.Clocks[0].Escalations)
	assert.Equal(t, monday(4), *s.Next)
}

func FuzzComplaint(f *testing.F) {
	fuzz(f, "complaint", func() binary { return &recovery.Complaint{} })
}

func FuzzRegister(f *testing.F) {
	fuzz(f, "register", func() binary { return &recovery.Register[string]{} })
}

func FuzzCauses(f *testing.F) { fuzz(f, "causes", func() binary { return &recovery.Causes{} }) }

func FuzzHandling(f *testing.F) { fuzz(f, "handling", func() binary { return &recovery.Handling{} }) }

func FuzzJustice(f *testing.F) { fuzz(f, "justice", func() binary { return &recovery.Justice{} }) }

func FuzzGroups(f *testing.F) { fuzz(f, "groups", func() binary { return &recovery.Groups{} }) }

func FuzzEvent(f *testing.F) { fuzz(f, "event", func() binary { return &recovery.Event{} }) }

// fuzz decodes anything: what is read is written again as it was.
func fuzz(f *testing.F, name string, empty func() binary) {
	f.Helper()
	f.Add(encoded(f, examples(f)[name][0]))
	d := desk(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, codec.Seal(data)} {
			into := empty()
			if into.UnmarshalBinary(data) == nil {
				require.Equal(t, data, encoded(t, into))
			}
			if c, ok := into.(*recovery.Complaint); ok && c.State() != recovery.NotReceived {
				_, err := d.Standing(c, c.Last())
				require.NoError(t, err)
			}
		}
	})
}

func FuzzHours(f *testing.F) {
	f.Add([]byte(hoursText))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := recovery.DecodeHours(data, time.LoadLocation)
		if err != nil {
			return
		}
		c := compiled(t, h)
		due, err := c.Due(monday(0), time.Hour)
		require.NoError(t, err)
		d, err := c.Between(monday(0), due)
		require.NoError(t, err)
		require.Equal(t, time.Hour, d)
	})
}

func FuzzPolicies(f *testing.F) {
	f.Add([]byte(policyText))
	f.Add([]byte(triageText))
	f.Add([]byte(compensationText))
	f.Add([]byte(`{"v":1,"type":"close","at":"2026-03-02T08:00:00Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []json.Unmarshaler{&recovery.Policy{}, &recovery.Triage{}, &recovery.Compensation{}, &recovery.Event{}} {
			if into.UnmarshalJSON(data) == nil {
				again, err := json.Marshal(into)
				require.NoError(t, err)
				require.NoError(t, json.Unmarshal(again, into))
			}
		}
	})
}
