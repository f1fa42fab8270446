package voucher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

func campaign(t testing.TB, terms voucher.Terms) *voucher.Campaign {
	t.Helper()
	terms.Zone = berlin
	c, err := voucher.NewCampaign(terms)
	require.NoError(t, err)
	return c
}

func TestCheckAnswersFromTheHostsCounts(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{Audience: []string{"gold"}, Codes: []string{"X"}, Limits: voucher.Limits{Code: new(int64(2))}})
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", Labels: []string{"gold"}, At: when("2025-03-05T10:00:00Z")}
	reasons, err := c.Check(r, voucher.Uses{Code: 1, Member: 99, Campaign: 99})
	require.NoError(t, err)
	assert.Empty(t, reasons)
	r.Labels = []string{"silver"}
	reasons, err = c.Check(r, voucher.Uses{Code: 2})
	require.NoError(t, err)
	assert.Equal(t, []voucher.Reason{voucher.NotEligible, voucher.CodeLimit}, reasons)
	_, err = c.Check(r, voucher.Uses{Code: -1})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Check(voucher.Redemption{}, voucher.Uses{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestOpenCampaignsHaveNoEnds(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{Codes: []string{}})
	assert.True(t, c.ValidFrom().IsZero())
	assert.True(t, c.ValidUntil().IsZero())
	d, err := c.Redeem(&voucher.Register{}, voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")})
	require.NoError(t, err)
	assert.Equal(t, []voucher.Reason{voucher.UnknownCode}, d.Reasons, "an empty list has no codes")
	assert.ErrorIs(t, d.Err(), relmark.ErrRefused)
}

func TestDecisionSaysWhenToAskAgain(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, From: relmark.MustParseDate("2025-03-01")})
	d, err := c.Redeem(&voucher.Register{}, voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-02-01T10:00:00Z")})
	require.NoError(t, err)
	assert.Equal(t, when("2025-02-28T23:00:00Z"), d.Next)
	assert.EqualError(t, d.Err(), "voucher: not_started")
}

// What is wrong with one of several is said with its position.
func TestErrorsNameThePosition(t *testing.T) {
	t.Parallel()
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", Labels: []string{"gold", ""}, At: when("2025-02-01T10:00:00Z")}
	_, err := campaign(t, voucher.Terms{AnyCode: true}).Check(r, voucher.Uses{})
	require.ErrorContains(t, err, "Labels[1]")
	assert.NotContains(t, err.Error(), "Labels[0]")
}

func TestReplayAfterVoidChangesNothing(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true})
	var g voucher.Register
	r := voucher.Redemption{Key: "1", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	v := voucher.Voiding{Key: "2", Redemption: "1", At: r.At}
	d, err := c.Redeem(&g, r)
	require.NoError(t, err)
	require.NoError(t, g.Apply(d.Event))
	d, err = g.Void(v)
	require.NoError(t, err)
	require.NoError(t, g.Apply(d.Event))
	d, err = c.Redeem(&g, r)
	require.NoError(t, err)
	assert.Equal(t, voucher.Decision{Accepted: true, Replayed: true}, d)
	assert.NoError(t, d.Err())
	d, err = g.Void(v)
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	d, err = g.Void(voucher.Voiding{Key: "3", Redemption: "1", At: r.At})
	require.NoError(t, err)
	assert.Equal(t, []voucher.Reason{voucher.UnknownRedemption}, d.Reasons)
	assert.ErrorIs(t, d.Err(), relmark.ErrRefused)
	d, err = g.Void(voucher.Voiding{Key: "1", Redemption: "1", At: r.At})
	require.NoError(t, err)
	assert.ErrorIs(t, d.Err(), relmark.ErrInvalid, "a key stands for one command")
	assert.Equal(t, uint64(2), g.Version())
	assert.Empty(t, g.Live())
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	first := voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "1", Code: "X", Member: "m", At: at}
	for name, c := range map[string]struct {
		event voucher.Event
		want  error
	}{
		"gap":             {voucher.Event{Seq: 3, Type: voucher.Redeemed, Key: "2", Code: "X", Member: "m", At: at}, relmark.ErrConflict},
		"key again":       {voucher.Event{Seq: 2, Type: voucher.Redeemed, Key: "1", Code: "X", Member: "m", At: at}, relmark.ErrInvalid},
		"nothing to void": {voucher.Event{Seq: 2, Type: voucher.Voided, Key: "2", Redemption: "7", At: at}, relmark.ErrInvalid},
		"no type":         {voucher.Event{Seq: 2, Key: "2", At: at}, relmark.ErrInvalid},
		"no time":         {voucher.Event{Seq: 2, Type: voucher.Redeemed, Key: "2", Code: "X", Member: "m"}, relmark.ErrInvalid},
	} {
		var g voucher.Register
		require.NoError(t, g.Apply(first))
		assert.ErrorIs(t, g.Apply(c.event), c.want, name)
		assert.Equal(t, uint64(1), g.Version(), name)
		assert.Equal(t, voucher.Uses{Code: 1, Member: 1, Campaign: 1}, g.Uses("X", "m"), name)
	}
}

// A store keeps events under (sequence number), as a table would.
type store struct {
	mu     sync.Mutex
	events []voucher.Event
}

func (s *store) load(g *voucher.Register) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return g.Fold(func(yield func(voucher.Event, error) bool) {
		for _, ev := range s.events[g.Version():] {
			if !yield(ev, nil) {
				return
			}
		}
	})
}

func (s *store) insert(ev voucher.Event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ev.Seq != uint64(len(s.events))+1 {
		return false
	}
	s.events = append(s.events, ev)
	return true
}

func TestRacingHostsNeverExceedLimits(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Limits: voucher.Limits{Code: new(int64(5)), Member: new(int64(2)), Campaign: new(int64(12))}})
	var s store
	var hosts sync.WaitGroup
	for host := range 8 {
		hosts.Go(func() {
			var g voucher.Register
			for i := range 30 {
				r := voucher.Redemption{
					Key: fmt.Sprintf("%d/%d", host, i), Code: fmt.Sprint(i % 4), Member: fmt.Sprint(host * i % 9), At: when("2025-03-05T10:00:00Z"),
				}
				for stored := false; !stored; {
					if !assert.NoError(t, s.load(&g)) {
						return
					}
					d, err := c.Redeem(&g, r)
					if !assert.NoError(t, err) || !d.Accepted {
						break
					}
					stored = s.insert(d.Event)
				}
			}
		})
	}
	hosts.Wait()
	var g voucher.Register
	require.NoError(t, s.load(&g))
	assert.Len(t, g.Live(), 12, "the campaign is used up")
	for i := range 9 {
		u := g.Uses(fmt.Sprint(i%4), fmt.Sprint(i))
		assert.LessOrEqual(t, u.Code, int64(5))
		assert.LessOrEqual(t, u.Member, int64(2))
	}
}

// A naive register counts by going through the live redemptions.
func TestRegisterAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	limit := rapid.Ptr(rapid.Int64Range(1, 4), true)
	rapid.Check(t, func(t *rapid.T) {
		limits := voucher.Limits{Code: limit.Draw(t, "code"), Member: limit.Draw(t, "member"), Campaign: limit.Draw(t, "campaign")}
		c, err := voucher.NewCampaign(voucher.Terms{AnyCode: true, Zone: berlin, Limits: limits})
		require.NoError(t, err)
		var g voucher.Register
		live := map[string][2]string{}
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			key, at := fmt.Sprint(i), time.Unix(int64(i), 0)
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				target := fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target"))
				d, err := g.Void(voucher.Voiding{Key: key, Redemption: target, At: at})
				require.NoError(t, err)
				_, there := live[target]
				require.Equal(t, there, d.Accepted)
				if there {
					delete(live, target)
					require.NoError(t, g.Apply(d.Event))
				}
				continue
			}
			code, member := rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "code"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "member")
			var u voucher.Uses
			for _, r := range live {
				u.Campaign++
				if r[0] == code {
					u.Code++
				}
				if r[1] == member {
					u.Member++
				}
			}
			require.Equal(t, u, g.Uses(code, member))
			fits := func(l *int64, n int64) bool { return l == nil || n < *l }
			want := fits(limits.Code, u.Code) && fits(limits.Member, u.Member) && fits(limits.Campaign, u.Campaign)
			d, err := c.Redeem(&g, voucher.Redemption{Key: key, Code: code, Member: member, At: at})
			require.NoError(t, err)
			require.Equal(t, want, d.Accepted)
			if want {
				live[key] = [2]string{code, member}
				require.NoError(t, g.Apply(d.Event))
			}
		}
		require.Len(t, g.Live(), len(live))
		data, err := g.MarshalBinary()
		require.NoError(t, err)
		var back voucher.Register
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, g.Version(), back.Version())
		require.Equal(t, g.Live(), back.Live())
		for _, code := range []string{"X", "Y"} {
			for _, member := range []string{"a", "b", "c"} {
				require.Equal(t, g.Uses(code, member), back.Uses(code, member))
			}
		}
		again, err := back.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again)
	})
}

func TestFoldStopsAtTheStreamsError(t *testing.T) {
	t.Parallel()
	var g voucher.Register
	down := errors.New("database is down")
	err := g.Fold(func(yield func(voucher.Event, error) bool) { yield(voucher.Event{}, down) })
	assert.ErrorIs(t, err, down)
	assert.Zero(t, g.Version())
}

func TestEventsAreStrict(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"v":2,"seq":1}`: relmark.ErrUnsupported,
		`{"v":1,"seq":1,"type":"redeemed","key":"k","code":"X","at":"2025-03-05T10:00:00Z"}`:                           relmark.ErrInvalid, // no member
		`{"v":1,"seq":0,"type":"redeemed","key":"k","code":"X","member":"m","at":"2025-03-05T10:00:00Z"}`:              relmark.ErrInvalid,
		`{"v":1,"seq":1,"type":"voided","key":"k","code":"X","redemption":"1","at":"2025-03-05T10:00:00Z"}`:            relmark.ErrInvalid,
		`{"v":1,"seq":1,"type":"redeemed","key":"k","code":"X","member":"m","at":"2025-03-05T10:00:00Z","extra":true}`: relmark.ErrInvalid,
	} {
		before := voucher.Event{Key: "kept"}
		ev := before
		assert.ErrorIs(t, json.Unmarshal([]byte(text), &ev), want, text)
		assert.Equal(t, before, ev)
	}
	_, err := json.Marshal(voucher.Event{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestRedeemAllocNothing(t *testing.T) {
	c := campaign(t, voucher.Terms{Codes: []string{"X"}, Limits: voucher.Limits{Member: new(int64(1))}})
	var g voucher.Register
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = c.Redeem(&g, r) }))
	_, err := c.Redeem(nil, r)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// A campaign is what its terms were when it was made.
func TestCampaignKeepsNoPointer(t *testing.T) {
	t.Parallel()
	uses := int64(1)
	terms := voucher.Terms{
		AnyCode: true, Limits: voucher.Limits{Code: &uses, Member: &uses, Campaign: &uses},
		Caps: []voucher.Cap{{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: &uses}},
	}
	c := campaign(t, terms)
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	used := voucher.Uses{Code: 1, Member: 1, Campaign: 1, Caps: map[string]voucher.Use{"daily": {Uses: 1}}}
	before, err := c.Check(r, used)
	require.NoError(t, err)
	uses, terms.Caps[0].Name = 100, "changed"
	after, err := c.Check(r, used)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.Len(t, after, 4)
}
