package social_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/social"
)

// A programme that closes periods rejects the same friends and posts the same as one that
// never forgets, also through snapshots. Codes are those that a host may use: the new ones.
func TestClosingChangesNothingThatIsPosted(t *testing.T) {
	t.Parallel()
	p := quick()
	p.Velocity = &social.Rate{Max: 2, Within: 9 * time.Hour}
	g, err := social.NewReferralProgram(p)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
		member := func(name string) string { return fmt.Sprint("m", num(name, 0, 7)) }
		var whole, brief social.Referrals
		var wants, gots []social.Posting
		at, codes, kept := begin, 0, 0
		for i := range num("events", 0, 60) {
			at = at.Add(time.Duration(num("hours", 0, 3)) * time.Hour)
			e := social.ReferralEvent{Key: fmt.Sprint(i), At: at}
			switch num("type", 0, 6) {
			case 0, 1:
				e.Type, e.Code, e.Referrer = social.Invited, fmt.Sprint("c", codes), member("referrer")
				codes++
			case 2, 3:
				e.Type, e.Code, e.Member = social.Joined, fmt.Sprint("c", num("code", 0, max(0, codes-1))), member("member")
			case 4:
				e.Type, e.Member, e.Order, e.Amount = social.Paid, member("member"), fmt.Sprint("o", num("order", 0, 2)), decimal.NewFromInt(int64(num("amount", 0, 9)))
			case 5:
				e.Type, e.Member, e.Order, e.Amount = social.Refunded, member("member"), fmt.Sprint("o", num("order", 0, 2)), decimal.NewFromInt(int64(num("amount", 0, 9)))
			default:
				e.Type, e.Before = social.Closed, at.Add(-time.Duration(num("ago", 0, 12))*time.Hour)
				got, err := g.Apply(&brief, e)
				if err != nil {
					checkRefused(t, social.PeriodClosed, err)
					continue
				}
				gots, kept = append(gots, got.Postings...), brief.Len()
				continue
			}
			want, errWhole := g.Apply(&whole, e)
			got, errBrief := g.Apply(&brief, e)
			wants, gots = append(wants, want.Postings...), append(gots, got.Postings...)
			if _, known := brief.Referral(e.Code); e.Code != "" && !known && errBrief != nil { // unknown, or forgotten
				require.Error(t, errBrief)
				require.True(t, errWhole != nil || want.Ignored)
				continue
			}
			if errWhole != nil && errBrief == nil { // too large a refund of who is forgotten
				checkRefused(t, social.ExceedsOrder, errWhole)
				require.True(t, got.Ignored)
				continue
			}
			require.Equal(t, errWhole, errBrief)
			if num("snapshot", 0, 3) == 0 {
				data, err := brief.MarshalBinary()
				require.NoError(t, err)
				brief = social.Referrals{}
				require.NoError(t, brief.UnmarshalBinary(data))
				again, err := brief.MarshalBinary()
				require.NoError(t, err)
				require.Equal(t, data, again)
			}
		}
		at = at.Add(time.Duration(num("end", 0, 20)) * time.Hour)
		want, err := g.Advance(&whole, at)
		require.NoError(t, err)
		got, err := g.Advance(&brief, at)
		require.NoError(t, err)
		require.Equal(t, append(wants, want...), append(gots, got...))
		require.LessOrEqual(t, kept, whole.Len())
		for r := range brief.All() {
			same, found := whole.Referral(r.Code)
			require.True(t, found)
			require.Equal(t, same, r)
		}
	})
}

// What is closed refuses what is older, and remembers what guards ask.
func TestClosedPeriodsRefuse(t *testing.T) {
	t.Parallel()
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	var s social.Referrals
	_, err = g.Fold(&s, func(yield func(social.ReferralEvent, error) bool) {
		for _, e := range closedStory() {
			if !yield(e, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	assert.Zero(t, s.Len())
	before, err := s.MarshalBinary()
	require.NoError(t, err)
	for name, e := range map[string]social.ReferralEvent{
		"an old event":          {Key: "x", At: begin.Add(-3 * day), Type: social.Invited, Code: "c", Referrer: "ada"},
		"a repeated event":      closedStory()[0],
		"an earlier closing":    {Key: "x", At: begin, Type: social.Closed, Before: begin.Add(-3 * day)},
		"a code that is hidden": {Key: "x", At: begin, Type: social.Joined, Code: "old", Member: "hal"},
	} {
		out, err := g.Apply(&s, e)
		checkRefused(t, social.PeriodClosed, err)
		assert.Equal(t, social.Outcome{}, out, name)
	}
	_, err = g.Apply(&s, social.ReferralEvent{Key: "x", At: begin.Add(-36 * time.Hour), Type: social.Closed, Before: begin.Add(-2 * day)})
	checkRefused(t, social.TimeRunsBack, err)
	out, err := g.Apply(&s, closedStory()[4])
	require.NoError(t, err)
	assert.Equal(t, social.Outcome{Replayed: true}, out)
	after, err := s.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, before, after)

	for i, x := range []struct {
		referrer, friend string
		why              social.Guard
	}{{"fay", "ada", social.GuardCycle}, {"eva", "fay", social.GuardExisting}, {"eva", "gil", social.GuardExisting}, {"eva", "hal", ""}} {
		code := fmt.Sprint("new", i)
		_, err := g.Apply(&s, social.ReferralEvent{Key: code, At: begin, Type: social.Invited, Code: code, Referrer: x.referrer})
		require.NoError(t, err)
		_, err = g.Apply(&s, social.ReferralEvent{Key: code + "j", At: begin, Type: social.Joined, Code: code, Member: x.friend})
		require.NoError(t, err)
		r, _ := s.Referral(code)
		assert.Equal(t, x.why, r.Reason, x)
	}
	out, err = g.Apply(&s, social.ReferralEvent{Key: "pays", At: begin, Type: social.Paid, Member: "fay", Order: "o", Amount: dec("60")})
	require.NoError(t, err)
	assert.True(t, out.Ignored)
	assert.Len(t, slices.Collect(s.All()), 4)
}
