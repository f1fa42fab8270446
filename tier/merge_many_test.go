package tier_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// A merge of thousands of events, of all hostile kinds, gives the state that adding
// them one by one does, in whatever order.
func TestMergeOfManyIsAdding(t *testing.T) {
	t.Parallel()
	for name, member := range worstMembers() {
		p, list := member(t, 4000)
		rng := rand.New(rand.NewPCG(3, 9))
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		on := relmark.MustParseDate("2020-01-01")
		whole, left, right := state(t, p, on, list...), state(t, p, on, list[:100]...), state(t, p, on, list[50:]...)
		few := left.Clone()
		require.NoError(t, left.Merge(right), name)
		require.NoError(t, right.Merge(few), name)
		want := encodedState(t, whole)
		for _, merged := range []*tier.Membership{left, right} {
			require.Equal(t, want, encodedState(t, merged), name)
			require.Equal(t, whole.Waiting(), merged.Waiting(), name)
			last, _ := whole.Last()
			if name == "refunds_of_carried_periods" {
				last = last.AddDate(-150, 0, 0) // enough of it
			}
			expected, err := p.Explain(whole, last)
			require.NoError(t, err, name)
			got, err := p.Explain(merged, last)
			require.NoError(t, err, name)
			require.Equal(t, expected, got, name)
		}
	}
}

func encodedState(t testing.TB, s *tier.Membership) []byte {
	t.Helper()
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	return data
}
