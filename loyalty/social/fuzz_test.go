package social_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/social"
)

// FuzzSnapshots decodes anything as each state, with a checksum that fits: what is accepted
// is encoded again as it was, and goes on working.
func FuzzSnapshots(f *testing.F) {
	for _, state := range states(f) {
		data, err := state.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
	}
	m := calls(f)
	g, err := social.NewReferralProgram(friends())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var h social.Health
		var a social.Activities
		var s social.Referrals
		for _, state := range []snapshotter{&h, &a, &s} {
			if err := state.UnmarshalBinary(data); err != nil {
				require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrUnsupported))
				continue
			}
			again, err := state.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, again)
		}
		last := when("2150-06-01T00:00:00Z")
		_, _ = m.Report(h, last)
		_, _ = social.CreditPolicy{Base: dec("100"), Ratio: dec("0.5"), Window: day}.Statement(&a, last)
		_, err := g.Advance(&s, last)
		require.NoError(t, err)
		_, err = g.Apply(&s, social.ReferralEvent{Key: "a key of nobody's", At: last, Type: social.Invited, Code: "a code of nobody's", Referrer: "ada"})
		require.NoError(t, err)
	})
}

// FuzzDocuments decodes anything as each document: what is accepted is valid and comes back
// equal.
func FuzzDocuments(f *testing.F) {
	all := documents()
	for text := range all {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range all {
			in := reflect.New(reflect.TypeOf(v))
			if json.Unmarshal(data, in.Interface()) != nil {
				continue
			}
			text, err := json.Marshal(in.Interface())
			require.NoError(t, err)
			again := reflect.New(reflect.TypeOf(v))
			require.NoError(t, json.Unmarshal(text, again.Interface()))
			same, err := json.Marshal(again.Interface())
			require.NoError(t, err)
			require.Equal(t, string(text), string(same))
			if p, ok := reflect.TypeAssert[*social.HealthParams](in); ok {
				_, err := social.NewHealthModel(*p)
				require.NoError(t, err)
			}
		}
	})
}

// FuzzBirthday reads anything as a birthday.
func FuzzBirthday(f *testing.F) {
	f.Add("1992-02-29")
	f.Add("--02-29")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := social.ParseBirthday(text)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		require.Equal(t, text, b.String())
	})
}

// FuzzAssign assigns anything.
func FuzzAssign(f *testing.F) {
	f.Add("s", "e", "m")
	f.Fuzz(func(t *testing.T, salt, name, member string) {
		e := social.Experiment{Salt: salt, Name: name, Arms: []social.Arm{{Name: "a", Share: dec("0.3")}, {Name: "b", Share: dec("0.7")}}}
		a, err := social.NewAssigner(e)
		require.Equal(t, err == nil, e.Validate() == nil)
		if err != nil {
			return
		}
		x, err := a.Assign(member)
		if err == nil && (x.Arm == "a") != (x.Share < 0.3) && x.Share != 0.3 {
			t.Errorf("%v in %s", x.Share, x.Arm)
		}
	})
}

// FuzzCadence judges any two contacts.
func FuzzCadence(f *testing.F) {
	f.Add(int64(1), int64(2), 1.0, 0.5, int64(3))
	f.Fuzz(func(t *testing.T, first, second int64, k, level float64, gap int64) {
		p := social.CadenceParams{Shrinkage: k, DueLevel: level}
		c, err := social.NewCadence(p, []time.Duration{time.Duration(gap)})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		r, err := c.Report([]time.Time{time.Unix(0, first), time.Unix(0, second)}, time.Unix(1e9, 0))
		if err == nil && !(r.Overdue >= 0 && r.Overdue <= 1+1e-12 && r.Weight >= 0 && r.Weight <= 1) {
			t.Errorf("%+v", r)
		}
	})
}
