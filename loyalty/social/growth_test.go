package social_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/social"
)

// What an event costs does not grow with the referrals that there were, whatever a
// programme lives through.
func TestGrowthOfReferrals(t *testing.T) {
	t.Parallel()
	sizes := []int{1e2, 1e3, 1e4, 1e5}
	if testing.Short() {
		sizes = sizes[:3]
	}
	for name, life := range map[string]func(i int) []social.ReferralEvent{
		"one referrer for all": func(i int) []social.ReferralEvent {
			return []social.ReferralEvent{
				{Type: social.Invited, Code: fmt.Sprint(i), Referrer: "ada"},
				{Type: social.Joined, Code: fmt.Sprint(i), Member: fmt.Sprint("m", i)},
				{Type: social.Paid, Member: fmt.Sprint("m", i), Order: "o", Amount: dec("60")},
			}
		},
		"one friend who pays and is refunded for ever": func(i int) []social.ReferralEvent {
			if i == 0 {
				return []social.ReferralEvent{{Type: social.Invited, Code: "c", Referrer: "ada"}, {Type: social.Joined, Code: "c", Member: "ben"}}
			}
			return []social.ReferralEvent{
				{Type: social.Paid, Member: "ben", Order: fmt.Sprint(i % 100), Amount: dec("60")},
				{Type: social.Refunded, Member: "ben", Order: fmt.Sprint(i % 100), Amount: dec("60")},
			}
		},
		"one referrer whose friends are all refunded": func(i int) []social.ReferralEvent {
			const later = 900 // 25 days, when the reward is there
			events := []social.ReferralEvent{
				{Type: social.Invited, Code: fmt.Sprint(i), Referrer: "ada"},
				{Type: social.Joined, Code: fmt.Sprint(i), Member: fmt.Sprint("m", i)},
				{Type: social.Paid, Member: fmt.Sprint("m", i), Order: "o", Amount: dec("60")},
			}
			if i >= later {
				events = append(events, social.ReferralEvent{Type: social.Refunded, Member: fmt.Sprint("m", i-later), Order: "o", Amount: dec("60")})
			}
			return events
		},
		"everybody brings somebody": func(i int) []social.ReferralEvent {
			return []social.ReferralEvent{
				{Type: social.Invited, Code: fmt.Sprint(i), Referrer: fmt.Sprint("m", i/10)},
				{Type: social.Joined, Code: fmt.Sprint(i), Member: fmt.Sprint("m", i+1)},
			}
		},
		"codes that nobody uses": func(i int) []social.ReferralEvent {
			return []social.ReferralEvent{{Type: social.Invited, Code: fmt.Sprint(i), Referrer: "ada"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := social.NewReferralProgram(friends())
			require.NoError(t, err)
			for _, n := range sizes {
				var s social.Referrals
				at, events := begin, 0
				start := time.Now()
				for i := 0; events < n; i++ {
					at = at.Add(40 * time.Minute)
					for _, e := range life(i) {
						e.Key, e.At = fmt.Sprint(events), at
						_, err := g.Apply(&s, e)
						require.NoError(t, err)
						events++
					}
				}
				perEvent := float64(social.Steps(&s)) / float64(events)
				t.Logf("%7d events: %5.2f steps, %6d ns an event", events, perEvent, time.Since(start).Nanoseconds()/int64(events))
				assert.Less(t, perEvent, 12.0)
			}
		})
	}
}

// What is kept is what the last months need, and of older friends who brought them: some
// twenty bytes of each, however often they paid.
func TestGrowthOfClosedReferrals(t *testing.T) {
	t.Parallel()
	sizes := []int{1e3, 1e4, 1e5}
	if testing.Short() {
		sizes = sizes[:2]
	}
	g, err := social.NewReferralProgram(friends())
	require.NoError(t, err)
	for _, n := range sizes {
		var s social.Referrals
		at, members := begin, 0
		for i := range n {
			at = at.Add(6 * time.Hour)
			e := social.ReferralEvent{Key: fmt.Sprint(i), At: at}
			switch i % 100 {
			case 0:
				members++
				e.Type, e.Code, e.Referrer = social.Invited, fmt.Sprint(members), fmt.Sprint("m", members-1)
			case 1:
				e.Type, e.Code, e.Member = social.Joined, fmt.Sprint(members), fmt.Sprint("m", members)
			case 99:
				e.Type, e.Before = social.Closed, at.Add(-100*day)
			default:
				e.Type, e.Member, e.Order, e.Amount = social.Paid, fmt.Sprint("m", members), fmt.Sprint("o", i), dec("1")
			}
			_, err := g.Apply(&s, e)
			require.NoError(t, err)
		}
		data, err := s.MarshalBinary()
		require.NoError(t, err)
		perEvent := float64(social.Steps(&s)) / float64(n)
		t.Logf("%7d events, %5d members: %2d codes, %6d bytes, %.2f steps an event", n, members, s.Len(), len(data), perEvent)
		assert.LessOrEqual(t, s.Len(), 20)
		assert.Less(t, len(data), 20_000+20*members)
		assert.Less(t, perEvent, 20.0)
	}
}
