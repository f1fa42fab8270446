package social_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/social"
)

// A naive programme steps through time: before every event and at the end it looks at all
// referrals, again and again, for the earliest deadline that has come.
type naive struct {
	p        social.ReferralPolicy
	list     []*naiveReferral
	friends  map[string]*naiveReferral
	postings []social.Posting
}

type naiveReferral struct {
	code, referrer, friend string
	state                  social.ReferralState
	reason                 social.Guard
	since, joined, got     time.Time
	paid                   map[string]decimal.Decimal
	capped                 bool
}

func (r *naiveReferral) net() (sum decimal.Decimal) {
	for _, d := range r.paid {
		sum = sum.Add(d)
	}
	return sum
}

func (n *naive) deadline(r *naiveReferral) (time.Time, bool) {
	switch r.state {
	case social.StateInvited:
		return r.since.Add(n.p.Join), true
	case social.StateJoined:
		return r.joined.Add(n.p.Qualify), true
	case social.StateQualified:
		return r.since.Add(n.p.Maturity), true
	default:
		return time.Time{}, false
	}
}

func (n *naive) advance(to time.Time) {
	for {
		var next *naiveReferral
		var at time.Time
		for _, r := range n.list {
			d, ok := n.deadline(r)
			if ok && !d.After(to) && (next == nil || cmp.Or(d.Compare(at), cmp.Compare(r.code, next.code)) < 0) {
				next, at = r, d
			}
		}
		if next == nil {
			return
		}
		if next.state != social.StateQualified {
			next.state, next.since = social.StateExpired, at
			continue
		}
		had := 0
		for _, r := range n.list {
			if r.state == social.StateRewarded && !r.capped && r.referrer == next.referrer && at.Sub(r.got) < n.p.Cap.Within {
				had++
			}
		}
		next.state, next.since, next.got = social.StateRewarded, at, at
		if had >= n.p.Cap.Max {
			next.capped, next.reason = true, social.GuardCap
		}
		n.post(next, at, 1)
	}
}

func (n *naive) post(r *naiveReferral, at time.Time, sign int64) {
	if !r.capped {
		n.postings = append(n.postings, social.Posting{At: at, Code: r.code, Member: r.referrer, Points: sign * n.p.Referrer})
	}
	n.postings = append(n.postings, social.Posting{At: at, Code: r.code, Member: r.friend, Points: sign * n.p.Friend})
}

func (n *naive) apply(e social.ReferralEvent) {
	n.advance(e.At)
	r := n.friends[e.Member]
	switch e.Type {
	case social.Invited:
		n.list = append(n.list, &naiveReferral{code: e.Code, referrer: e.Referrer, state: social.StateInvited, since: e.At, paid: map[string]decimal.Decimal{}})
	case social.Joined:
		i := slices.IndexFunc(n.list, func(r *naiveReferral) bool { return r.code == e.Code })
		n.join(n.list[i], e)
	case social.Paid:
		if r != nil && r.state != social.StateRejected {
			r.paid[e.Order] = r.paid[e.Order].Add(e.Amount)
			if r.state == social.StateJoined && r.net().GreaterThanOrEqual(n.p.MinNet) {
				r.state, r.since = social.StateQualified, e.At
			}
		}
	case social.Refunded:
		if r == nil || r.state == social.StateRejected {
			return
		}
		if _, paid := r.paid[e.Order]; !paid {
			return
		}
		r.paid[e.Order] = r.paid[e.Order].Sub(e.Amount)
		if r.net().GreaterThanOrEqual(n.p.MinNet) {
			return
		}
		if r.state == social.StateQualified {
			if r.state, r.since = social.StateJoined, e.At; !e.At.Before(r.joined.Add(n.p.Qualify)) {
				r.state, r.since = social.StateExpired, r.joined.Add(n.p.Qualify)
			}
		} else if r.state == social.StateRewarded && e.At.Sub(r.got) < n.p.Clawback {
			r.state, r.since = social.StateReversed, e.At
			n.post(r, e.At, -1)
		}
	}
}

func (n *naive) join(r *naiveReferral, e social.ReferralEvent) {
	if r.state != social.StateInvited {
		return
	}
	r.friend, r.since, r.state = e.Member, e.At, social.StateRejected
	cycle := false
	for up := n.friends[r.referrer]; up != nil && up.state != social.StateRejected; up = n.friends[up.referrer] {
		cycle = cycle || up.referrer == r.friend
	}
	joins := 0
	for _, x := range n.list {
		if x != r && x.referrer == r.referrer && x.friend != "" && x.state != social.StateRejected && e.At.Sub(x.joined) < n.p.Velocity.Within {
			joins++
		}
	}
	switch {
	case r.friend == r.referrer:
		r.reason = social.GuardSelf
	case e.Shared:
		r.reason = social.GuardSharedToken
	case cycle:
		r.reason = social.GuardCycle
	case e.Known || n.friends[r.friend] != nil:
		r.reason = social.GuardExisting
	case joins >= n.p.Velocity.Max:
		r.reason = social.GuardVelocity
	default:
		r.state, r.joined = social.StateJoined, e.At
	}
	if n.friends[r.friend] == nil {
		n.friends[r.friend] = r
	}
}

// quick is a policy whose deadlines come often.
func quick() social.ReferralPolicy {
	return social.ReferralPolicy{
		Join: 5 * time.Hour, Qualify: 8 * time.Hour, MinNet: dec("5"), Maturity: 3 * time.Hour, Clawback: 6 * time.Hour, Referrer: 500, Friend: 250,
		Cap: &social.Rate{Max: 1, Within: 10 * time.Hour}, Velocity: &social.Rate{Max: 2, Within: 4 * time.Hour},
	}
}

func TestReferralsAreThoseOfANaiveProgramme(t *testing.T) {
	t.Parallel()
	g, err := social.NewReferralProgram(quick())
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
		n := naive{p: quick(), friends: map[string]*naiveReferral{}}
		var s social.Referrals
		var postings []social.Posting
		at := when("2025-01-01T00:00:00Z")
		members := []string{"ada", "ben", "cleo", "dan", "eva"}
		var events []social.ReferralEvent
		codes := 0
		for i := range num("events", 0, 40) {
			at = at.Add(time.Duration(num("hours", 0, 2)) * time.Hour)
			e := social.ReferralEvent{Key: strconv.Itoa(i), At: at, Member: rapid.SampledFrom(members).Draw(t, "member")}
			switch num("type", 0, 4) {
			case 0:
				e.Type, e.Code, e.Referrer, e.Member = social.Invited, fmt.Sprint(9-codes%10, "-", codes), e.Member, ""
				codes++
			case 1:
				if codes == 0 {
					continue
				}
				k := num("code", 0, codes-1)
				e.Type, e.Code = social.Joined, fmt.Sprint(9-k%10, "-", k)
				e.Known, e.Shared = num("known", 0, 9) == 0, num("shared", 0, 9) == 0
			case 2, 3:
				e.Type, e.Order, e.Amount = social.Paid, fmt.Sprint("o", num("order", 0, 3)), decimal.NewFromInt(int64(num("amount", 0, 6)))
			default:
				e.Type, e.Order, e.Amount = social.Refunded, fmt.Sprint("o", num("order", 0, 3)), decimal.NewFromInt(int64(num("amount", 0, 6)))
			}
			before, _ := s.MarshalBinary()
			out, err := g.Apply(&s, e)
			if err != nil {
				checkRefused(t, social.ExceedsOrder, err)
				after, _ := s.MarshalBinary()
				require.Equal(t, before, after)
				continue
			}
			n.apply(e)
			events = append(events, e)
			postings = append(postings, out.Postings...)
			if num("snapshot", 0, 3) == 0 { // a snapshot and what follows give the same
				data, err := s.MarshalBinary()
				require.NoError(t, err)
				s = social.Referrals{}
				require.NoError(t, s.UnmarshalBinary(data))
				again, _ := s.MarshalBinary()
				require.Equal(t, data, again)
			}
			// Whatever is delivered again, also late, changes nothing.
			same, err := g.Apply(&s, events[num("again", 0, len(events)-1)])
			require.NoError(t, err)
			require.Equal(t, social.Outcome{Replayed: true}, same)
		}
		at = at.Add(time.Duration(num("end", 0, 20)) * time.Hour)
		n.advance(at)
		last, err := g.Advance(&s, at)
		require.NoError(t, err)
		require.Equal(t, n.postings, append(postings, last...))
		slices.SortFunc(n.list, func(a, b *naiveReferral) int { return cmp.Compare(a.code, b.code) })
		got := slices.Collect(s.All())
		require.Len(t, got, len(n.list))
		for i, r := range got {
			want := n.list[i]
			require.Equal(t, []any{want.code, want.referrer, want.friend, want.state, want.reason, want.since}, []any{r.Code, r.Referrer, r.Friend, r.State, r.Reason, r.Since})
			require.True(t, want.net().Equal(r.NetPaid))
		}
		// Nobody is rewarded twice, and what was taken back was given.
		sums := map[string]int64{}
		for _, p := range n.postings {
			sums[p.Code+"/"+p.Member] += p.Points
		}
		for _, sum := range slices.Collect(maps.Values(sums)) {
			require.Contains(t, []int64{0, 250, 500}, sum)
		}
	})
}

func TestReferralsRefuse(t *testing.T) {
	t.Parallel()
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	var s social.Referrals
	at := when("2025-01-01T00:00:00Z")
	apply := func(e social.ReferralEvent) (social.Outcome, error) { return g.Apply(&s, e) }
	refused := func(why social.Refusal, e social.ReferralEvent) {
		t.Helper()
		before, _ := s.MarshalBinary()
		out, err := apply(e)
		checkRefused(t, why, err)
		assert.Equal(t, social.Outcome{}, out)
		after, _ := s.MarshalBinary()
		assert.Equal(t, before, after)
	}
	invite := social.ReferralEvent{Key: "1", At: at, Type: social.Invited, Code: "c", Referrer: "ada"}
	_, err = apply(invite)
	require.NoError(t, err)
	other := invite
	other.Referrer = "eva"
	refused(social.KeyConflict, other)
	other.Key = "2"
	refused(social.CodeTaken, other)
	refused(social.TimeRunsBack, social.ReferralEvent{Key: "3", At: at.Add(-1), Type: social.Invited, Code: "d", Referrer: "ada"})
	refused(social.UnknownCode, social.ReferralEvent{Key: "4", At: at, Type: social.Joined, Code: "d", Member: "ben"})
	_, err = apply(social.ReferralEvent{Key: "5", At: at, Type: social.Joined, Code: "c", Member: "ben"})
	require.NoError(t, err)
	out, err := apply(social.ReferralEvent{Key: "6", At: at, Type: social.Joined, Code: "c", Member: "cleo"})
	require.NoError(t, err)
	assert.True(t, out.Ignored)
	_, err = apply(social.ReferralEvent{Key: "7", At: at, Type: social.Paid, Member: "ben", Order: "o", Amount: dec("10")})
	require.NoError(t, err)
	refused(social.ExceedsOrder, social.ReferralEvent{Key: "8", At: at, Type: social.Refunded, Member: "ben", Order: "o", Amount: dec("10.01")})
	for _, e := range []social.ReferralEvent{
		{Key: "9", At: at, Type: social.Refunded, Member: "ben", Order: "another", Amount: dec("10")},
		{Key: "10", At: at, Type: social.Paid, Member: "eva", Order: "o", Amount: dec("10")},
	} {
		out, err := apply(e)
		require.NoError(t, err)
		assert.True(t, out.Ignored)
	}
	_, err = apply(social.ReferralEvent{Key: "11", At: at, Type: social.Paid, Member: "ben", Order: "o", Amount: dec("90071992547409.91")})
	checkField(t, err, "Amount")
	_, err = g.Advance(&s, at.Add(-1))
	checkRefused(t, social.TimeRunsBack, err)
	_, err = g.Advance(&s, time.Time{})
	checkField(t, err, "AsOf")
	_, err = g.Advance(nil, at)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = (*social.ReferralProgram)(nil).Apply(&s, invite)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	r, found := s.Referral("c")
	assert.True(t, found)
	assert.Equal(t, social.StateJoined, r.State)
	assert.Equal(t, 1, s.Len())
	_, found = s.Referral("d")
	assert.False(t, found)
	for range s.All() {
		break
	}
}

func TestReferralEventsNameTheFault(t *testing.T) {
	t.Parallel()
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	at := when("2025-01-01T00:00:00Z")
	for field, e := range map[string]social.ReferralEvent{
		"Key":      {At: at, Type: social.Invited, Code: "c", Referrer: "ada"},
		"At":       {Key: "k", Type: social.Invited, Code: "c", Referrer: "ada"},
		"Type":     {Key: "k", At: at, Type: "like", Code: "c", Referrer: "ada"},
		"Code":     {Key: "k", At: at, Type: social.Paid, Code: "c", Member: "ada", Order: "o"},
		"Referrer": {Key: "k", At: at, Type: social.Invited, Code: "c"},
		"Member":   {Key: "k", At: at, Type: social.Joined, Code: "c"},
		"Order":    {Key: "k", At: at, Type: social.Paid, Member: "ada"},
		"Amount":   {Key: "k", At: at, Type: social.Paid, Member: "ada", Order: "o", Amount: dec("0.001")},
		"Known":    {Key: "k", At: at, Type: social.Invited, Code: "c", Referrer: "ada", Shared: true},
		"Before":   {Key: "k", At: at, Type: social.Closed},
	} {
		var s social.Referrals
		_, err := g.Apply(&s, e)
		checkField(t, err, field)
		_, err = e.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Zero(t, s.Len())
	}
	for field, change := range map[string]func(p *social.ReferralPolicy){
		"Join": func(p *social.ReferralPolicy) { p.Join = 0 }, "Qualify": func(p *social.ReferralPolicy) { p.Qualify = -1 },
		"MinNet": func(p *social.ReferralPolicy) { p.MinNet = dec("-1") }, "Maturity": func(p *social.ReferralPolicy) { p.Maturity = -1 },
		"Clawback": func(p *social.ReferralPolicy) { p.Clawback = -1 }, "Referrer": func(p *social.ReferralPolicy) { p.Referrer = -1 },
		"Friend": func(p *social.ReferralPolicy) { p.Friend = 1e10 }, "Cap.Max": func(p *social.ReferralPolicy) { p.Cap = &social.Rate{Within: day} },
		"Velocity.Within": func(p *social.ReferralPolicy) { p.Velocity = &social.Rate{Max: 1} },
	} {
		p := friends()
		change(&p)
		_, err := social.NewReferralProgram(p)
		checkField(t, err, field)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.False(t, social.SharedToken([]string{"", "a"}, []string{"", "b"}))
	assert.True(t, social.SharedToken([]string{"a", ""}, []string{"b", "a"}))
}

func TestFoldStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	at := when("2025-01-01T00:00:00Z")
	stream := func(yield func(social.ReferralEvent, error) bool) {
		_ = yield(social.ReferralEvent{Key: "1", At: at, Type: social.Invited, Code: "c", Referrer: "ada"}, nil) &&
			yield(social.ReferralEvent{Key: "2", At: at, Type: social.Joined, Code: "c", Member: "ben"}, nil) &&
			yield(social.ReferralEvent{Key: "3", At: at, Type: social.Paid, Member: "ben", Order: "o", Amount: dec("50")}, nil) &&
			yield(social.ReferralEvent{Key: "4", At: at.Add(15 * day), Type: social.Invited, Code: "d", Referrer: "ben"}, nil) &&
			yield(social.ReferralEvent{}, assert.AnError)
	}
	var s social.Referrals
	postings, err := g.Fold(&s, stream)
	require.ErrorIs(t, err, assert.AnError)
	assert.Contains(t, err.Error(), "event 5")
	assert.Len(t, postings, 2)
	assert.Equal(t, 2, s.Len())
	_, err = g.Fold(&s, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Without a cap and a limit of friends there is none.
func TestReferralsWithoutLimits(t *testing.T) {
	t.Parallel()
	p := friends()
	p.Cap, p.Velocity, p.Referrer = nil, nil, 0
	g, err := social.NewReferralProgram(p)
	require.NoError(t, err)
	var s social.Referrals
	at := when("2025-01-01T00:00:00Z")
	for i := range 30 {
		for k, e := range []social.ReferralEvent{
			{Type: social.Invited, Code: fmt.Sprint(i), Referrer: "ada"},
			{Type: social.Joined, Code: fmt.Sprint(i), Member: fmt.Sprint("m", i)},
			{Type: social.Paid, Member: fmt.Sprint("m", i), Order: "o", Amount: dec("50")},
		} {
			e.Key, e.At = fmt.Sprint(i, k), at
			_, err := g.Apply(&s, e)
			require.NoError(t, err)
		}
	}
	postings, err := g.Advance(&s, at.Add(14*day))
	require.NoError(t, err)
	assert.Len(t, postings, 30, "0 points post nothing")
}

func TestReferralTreeIsTheSumOverGenerations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		edges := make([]social.ReferralEdge[int], n)
		for i := range edges { // friends have higher numbers, so there is no circle
			edges[i] = social.ReferralEdge[int]{
				Referrer: rapid.IntRange(0, i).Draw(t, "referrer"), Friend: i + 1, Class: social.Probable, PAnyway: rapid.Float64Range(0, 1).Draw(t, "p"),
				Value: rapid.Float64Range(-100, 100).Draw(t, "value"), AcquisitionSaved: 20, RewardCost: 10, Years: float64(i % 3),
			}
		}
		p := social.ReferralValueParams{Discount: 0.1, Indirect: rapid.Float64Range(0, 1).Draw(t, "indirect")}
		tree, err := social.NewReferralTree(p, rapid.Permutation(edges).Draw(t, "order"))
		require.NoError(t, err)
		var below func(member int, weight float64) float64
		below = func(member int, weight float64) (sum float64) {
			for _, e := range edges {
				if e.Referrer == member {
					worth := (1-e.PAnyway)*e.Value + 10
					for range int(e.Years) {
						worth /= 1.1
					}
					sum += weight*worth + below(e.Friend, weight*p.Indirect)
				}
			}
			return sum
		}
		for member := range n + 1 {
			v := tree.Value(member)
			near.Equal(t, below(member, 1), v.Total, 0, 1e-9)
			near.Equal(t, v.Direct+v.Indirect, v.Total, 0, 1e-9)
		}
		best := tree.Best(3)
		for i := 1; i < len(best); i++ {
			require.GreaterOrEqual(t, best[i-1].Value.Total, best[i].Value.Total)
		}
	})
}

func TestReferralTreesRefuseBadInput(t *testing.T) {
	t.Parallel()
	edge := social.ReferralEdge[string]{Referrer: "a", Friend: "b", Class: social.Caused}
	for field, change := range map[string]func(e *social.ReferralEdge[string]){
		"Edges[0].Class": func(e *social.ReferralEdge[string]) { e.Class = "" }, "Edges[0].PAnyway": func(e *social.ReferralEdge[string]) { e.PAnyway = 0.5 },
		"Edges[0].Years": func(e *social.ReferralEdge[string]) { e.Years = -1 }, "Edges[0].RewardCost": func(e *social.ReferralEdge[string]) { e.RewardCost = -1 },
		"Edges": func(e *social.ReferralEdge[string]) { e.Friend = "a" },
	} {
		e := edge
		change(&e)
		_, err := social.NewReferralTree(social.ReferralValueParams{}, []social.ReferralEdge[string]{e})
		checkField(t, err, field)
	}
	_, err := social.NewReferralTree(social.ReferralValueParams{Discount: 2, Indirect: -1}, []social.ReferralEdge[string]{edge, edge})
	checkField(t, err, "Discount")
	checkField(t, err, "Indirect")
	checkField(t, err, "Edges[1].Friend")
	var none *social.ReferralTree[string]
	assert.Zero(t, none.Value("a"))
	assert.Nil(t, none.Best(1))
}
