package social_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/social"
)

// A snapshotter has a binary encoding.
type snapshotter interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(data []byte) error
}

// states are one of each kind of state, by the name of its golden file.
func states(t testing.TB) map[string]snapshotter {
	t.Helper()
	m := calls(t)
	var h social.Health
	for i, x := range []social.Interaction{
		{Channel: "call", Direction: social.Inbound, Quality: 0.5},
		{Channel: "email", Direction: social.Outbound},
		{Channel: "visit", Direction: social.Outbound, Answered: true, Quality: 1},
	} {
		x.At = begin.Add(time.Duration(i) * 45 * day) // halves, so that the bits are those of any machine
		require.NoError(t, m.Add(&h, x))
	}
	var a social.Activities
	for i, id := range []string{"r1", "r2", "ü"} {
		x := review(id, i)
		x.Accepted, x.Quality = i != 1, dec("0.25")
		require.NoError(t, a.Add(x))
	}
	require.NoError(t, a.Remove("r1", begin.Add(9*day)))
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	var s social.Referrals
	for i, e := range append(closedStory(), story()...) {
		_, err := g.Apply(&s, e)
		require.NoError(t, err, i)
	}
	return map[string]snapshotter{"health_v1.bin": &h, "activities_v1.bin": &a, "referrals_v2.bin": &s}
}

// closedStory leaves nothing but who has joined: fay, whom ada brought, and gil, who was
// known.
func closedStory() []social.ReferralEvent {
	at := begin.Add(-200 * day)
	return []social.ReferralEvent{
		{Key: "1", At: at, Type: social.Invited, Code: "old", Referrer: "ada"},
		{Key: "2", At: at, Type: social.Invited, Code: "older", Referrer: "ada"},
		{Key: "3", At: at, Type: social.Joined, Code: "old", Member: "fay"},
		{Key: "4", At: at, Type: social.Joined, Code: "older", Member: "gil", Known: true},
		{Key: "5", At: begin.Add(-day), Type: social.Closed, Before: begin.Add(-2 * day)},
	}
}

// story leaves a referral in each state.
func story() []social.ReferralEvent {
	at := func(days int) time.Time { return begin.Add(time.Duration(days) * day) }
	events := []social.ReferralEvent{{At: at(0), Type: social.Invited, Code: "expired", Referrer: "ada"}}
	for i, name := range []string{"rewarded", "reversed", "capped", "qualified", "joined", "rejected"} {
		days := 40 + 2*i
		if name == "qualified" || name == "joined" {
			days = 100
		}
		events = append(events, social.ReferralEvent{At: at(days), Type: social.Invited, Code: name, Referrer: "ada"})
		friend := social.ReferralEvent{At: at(days), Type: social.Joined, Code: name, Member: "f-" + name, Known: name == "rejected"}
		if events = append(events, friend); name == "rejected" || name == "joined" {
			continue
		}
		events = append(events, social.ReferralEvent{At: at(days), Type: social.Paid, Member: friend.Member, Order: "o", Amount: dec("70.50")})
	}
	events = append(events,
		social.ReferralEvent{At: at(90), Type: social.Refunded, Member: "f-reversed", Order: "o", Amount: dec("70.5")},
		social.ReferralEvent{At: at(101), Type: social.Invited, Code: "invited", Referrer: "eva"})
	slicesByTime(events)
	for i := range events {
		events[i].Key = string(rune('a' + i))
	}
	return events
}

func TestSnapshotsStayReadable(t *testing.T) {
	t.Parallel()
	for name, state := range states(t) {
		data, err := state.MarshalBinary()
		require.NoError(t, err)
		reference.Pin(t, name, data)
		want := data
		again, ok := reflect.TypeAssert[snapshotter](reflect.New(reflect.TypeOf(state).Elem()))
		require.True(t, ok)
		require.NoError(t, again.UnmarshalBinary(want), name)
		data, err = again.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, want, data, name)

		// Whatever is changed or cut is found, and leaves the state as it was.
		for i := range want {
			broken := append([]byte(nil), want...)
			broken[i] ^= 0x10
			require.Error(t, again.UnmarshalBinary(broken))
			_ = again.UnmarshalBinary(codec.Seal(broken)) // with a checksum that fits
			require.NoError(t, again.UnmarshalBinary(want))
			require.ErrorIs(t, again.UnmarshalBinary(want[:i]), relmark.ErrInvalid)
		}
		broken := append([]byte(nil), want...)
		broken[1] = 9
		require.ErrorIs(t, again.UnmarshalBinary(codec.Seal(broken)), relmark.ErrUnsupported)
		data, err = again.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, want, data, name)
		_, err = json.Marshal(state)
		require.ErrorIs(t, err, relmark.ErrUnsupported, name)
		require.ErrorIs(t, json.Unmarshal([]byte("{}"), again), relmark.ErrUnsupported, name)
	}
	var zero social.Health
	data, err := zero.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, zero.UnmarshalBinary(data))
	assert.Equal(t, social.Health{}, zero)
}

// A snapshot of the time before periods could be closed goes on as a fold of its events.
func TestFirstSnapshotOfReferralsIsRead(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/referrals_v1.bin")
	require.NoError(t, err)
	var old, folded social.Referrals
	require.NoError(t, old.UnmarshalBinary(data))
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	for _, e := range story() {
		_, err := g.Apply(&folded, e)
		require.NoError(t, err)
		out, err := g.Apply(&old, e)
		require.NoError(t, err)
		assert.Equal(t, social.Outcome{Replayed: true}, out)
	}
	later := begin.Add(1000 * day)
	for _, s := range []*social.Referrals{&old, &folded} {
		_, err := g.Apply(s, social.ReferralEvent{Key: "close", At: later, Type: social.Closed, Before: later})
		require.NoError(t, err)
		assert.Zero(t, s.Len())
	}
	want, err := folded.MarshalBinary()
	require.NoError(t, err)
	got, err := old.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestStoryHasEveryState(t *testing.T) {
	t.Parallel()
	s, ok := states(t)["referrals_v2.bin"].(*social.Referrals)
	require.True(t, ok)
	for r := range s.All() {
		want := social.ReferralState(r.Code)
		if want == "capped" {
			want = social.StateRewarded
			assert.Equal(t, social.GuardCap, r.Reason)
		}
		assert.Equal(t, want, r.State, r.Code)
	}
	assert.Equal(t, 8, s.Len())
}

// documents are one of each kind of JSON, with its canonical text.
func documents() map[string]any {
	day := 24 * time.Hour
	return map[string]any{
		`{"v":1,"half_life":45,"fatigue":0.2,"channels":{"Call":1},"target":{"weight":1,"quality":1,"every":30}}`: social.HealthParams{
			HalfLife: 45, Fatigue: 0.2, Channels: map[relmark.Channel]float64{"Call": 1}, Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
		},
		`{"v":1,"shrinkage":4,"due_level":0.8}`: social.CadenceParams{Shrinkage: 4, DueLevel: 0.8},
		`{"v":1,"salt":"s","name":"spring","arms":[{"name":"control","share":"0.1"},{"name":"treated","share":"0.9"}]}`: social.Experiment{
			Salt: "s", Name: "spring", Arms: []social.Arm{{"control", dec("0.1")}, {"treated", dec("0.9")}},
		},
		`{"v":1,"base":"100","ratio":"0.5","window":"720h0m0s"}`: social.CreditPolicy{Base: dec("100"), Ratio: dec("0.5"), Window: 30 * day},
		`{"v":1,"rules":[{"name":"critic","kind":"review","count":10,"within_days":365,"valid_days":180}]}`: social.BadgePolicy{
			Rules: []social.BadgeRule{{"critic", "review", 10, new(365), new(180)}},
		},
		`{"v":1,"name":"may","steps":[{"kind":"review","count":3}],"from":"2025-01-01T00:00:00Z","until":"2025-01-02T00:00:00Z"}`: social.Challenge{
			Name: "may", Steps: []social.Step{{"review", 3}}, From: begin, Until: begin.Add(day),
		},
		`{"v":1,"rules":[{"class":"A","every":30,"channel":"call","purpose":"care"}],"weekdays":[1,2],"closed":["2025-01-01"],"per_day":20}`: social.FollowUpPolicy{
			Rules: []social.FollowUpRule{{"A", 30, "call", "care"}}, Weekdays: []time.Weekday{1, 2}, Closed: []relmark.Date{date("2025-01-01")}, PerDay: new(20),
		},
		`{"v":1,"classes":{"A":[{"field":"phone","weight":2,"half_life":365}]}}`: social.RecordPolicy{
			Classes: map[string][]social.FieldRule{"A": {{"phone", 2, 365}}},
		},
		`{"v":1,"join":"720h0m0s","qualify":"1440h0m0s","min_net":"50","maturity":"336h0m0s","clawback":"2160h0m0s","referrer":500,"friend":250,` +
			`"cap":{"max":2,"within":"8760h0m0s"},"velocity":{"max":3,"within":"24h0m0s"}}`: friends(),
		`{"v":1,"key":"k","at":"2025-01-01T00:00:00Z","type":"payment","member":"ben","order":"o","amount":"30"}`: social.ReferralEvent{
			Key: "k", At: begin, Type: social.Paid, Member: "ben", Order: "o", Amount: dec("30"),
		},
	}
}

func TestDocumentsComeBackEqual(t *testing.T) {
	t.Parallel()
	for text, v := range documents() {
		data, err := json.Marshal(v)
		require.NoError(t, err)
		assert.JSONEq(t, text, string(data))
		assert.Equal(t, text, string(data))
		in := reflect.New(reflect.TypeOf(v))
		require.NoError(t, json.Unmarshal(data, in.Interface()))
		again, err := json.Marshal(in.Elem().Interface())
		require.NoError(t, err)
		assert.Equal(t, text, string(again))

		before := again
		for _, broken := range []string{`{}`, `{"v":2}`, `{"v":1}`, `{"v":1,"x":1}`, `[]`, `{"v":1,"v":1}`} {
			err := json.Unmarshal([]byte(broken), in.Interface())
			require.Error(t, err, "%T %s", v, broken)
			want := relmark.ErrInvalid
			if broken == `{}` || broken == `{"v":2}` {
				want = relmark.ErrUnsupported
			}
			require.ErrorIs(t, err, want, "%T %s", v, broken)
		}
		again, err = json.Marshal(in.Elem().Interface())
		require.NoError(t, err)
		assert.Equal(t, before, again, "unchanged on error")
	}
}

func TestPartsComeBackEqual(t *testing.T) {
	t.Parallel()
	treatment := social.Treatment{ID: "t", Kind: "k", Channel: "sms", Purpose: "offers", Value: dec("1.5"), Cost: dec("0.25")}
	for _, v := range []any{
		treatment,
		social.Limits[string]{PerCustomer: new(int64(1)), Customers: map[string]int64{"Ada": 2}, Quotas: map[string]int64{"K": 0}, Budget: new(dec("9.5"))},
		social.Selection[string]{Lambda: dec("0.5"), Candidates: []social.Candidate[string]{{Customer: "ada", Treatment: treatment, Contact: yes()}}, Control: []string{"ben"}},
		social.Selected{Chosen: []string{"a"}, Net: dec("1"), Cost: dec("2.5"), Rejected: []social.Rejection{}, Optimal: true},
		social.Arm{Name: "a", Share: dec("0.5")},
		social.Activity{ID: "r", Kind: "review", At: begin, Accepted: true, Quality: dec("0.5")},
		social.Rate{Max: 1, Within: time.Hour},
		social.Referral{Code: "c", Referrer: "ada", State: social.StateInvited, Since: begin, NetPaid: dec("0.5")},
		social.Assignment{Hash: 1<<64 - 1, Share: 0.5, Arm: "a"},
		social.Person{Birthday: social.BirthdayOf(date("1992-02-29"))},
	} {
		data, err := json.Marshal(v)
		require.NoError(t, err)
		in := reflect.New(reflect.TypeOf(v))
		require.NoError(t, json.Unmarshal(data, in.Interface()), string(data))
		again, err := json.Marshal(in.Elem().Interface())
		require.NoError(t, err)
		assert.JSONEq(t, string(data), string(again))
		if _, own := reflect.TypeAssert[json.Unmarshaler](in); own {
			require.ErrorIs(t, json.Unmarshal([]byte(`{"x":1}`), in.Interface()), relmark.ErrInvalid, "%T", v)
		}
	}
	for _, bad := range []struct {
		v    any
		text string
	}{
		{new(social.Rate), `{"max":1,"within":"soon"}`},
		{new(social.CreditPolicy), `{"v":1,"base":"1","ratio":"0","window":"soon"}`},
		{new(social.ReferralPolicy), `{"v":1,"join":"soon","qualify":"1h","min_net":"1","maturity":"1h","clawback":"1h","referrer":1,"friend":1}`},
	} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad.text), bad.v), relmark.ErrInvalid)
	}
	_, err := json.Marshal(social.Treatment{ID: "\xff"})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, v := range []any{new(social.Desk), new(social.Case), new(social.DeskParams), calls(t), new(social.Choice), new(social.ReferralProgram)} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
		require.ErrorIs(t, json.Unmarshal([]byte(`{}`), v), relmark.ErrUnsupported, "%T", v)
	}
}

func TestRecognitionRulesTakeALoader(t *testing.T) {
	t.Parallel()
	text := `{"v":1,"zone":"Europe/Berlin","feb29":"feb28","birthdays":true,"anniversary_every":1,"purchases":[1,3],"return_after_days":30,"upgrades":true,"downgrades":true}`
	data, err := json.Marshal(everything(social.Feb28))
	require.NoError(t, err)
	assert.Equal(t, text, string(data))
	r, err := social.DecodeRecognitionRules(data, time.LoadLocation)
	require.NoError(t, err)
	assert.Equal(t, everything(social.Feb28), r)
	require.ErrorIs(t, json.Unmarshal(data, &r), relmark.ErrUnsupported)
	for _, broken := range []string{`{"v":1}`, `{"v":1,"zone":"Nowhere/Else","feb29":"feb28"}`, `{"v":1,"zone":"UTC","feb29":"feb30"}`, `[]`} {
		_, err := social.DecodeRecognitionRules([]byte(broken), time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrInvalid, broken)
	}
	_, err = social.DecodeRecognitionRules([]byte(`{"v":9}`), time.LoadLocation)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	local := everything(social.Feb28)
	local.Zone = time.Local
	_, err = json.Marshal(local)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
