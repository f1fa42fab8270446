package evaluation_test

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

type event = evaluation.Event[string, string]

// day returns an instant so many days after the cutoff of these tests.
func day(n int) time.Time { return time.Date(2024, 6, 1+n, 0, 0, 0, 0, time.UTC) }

func splitParams() evaluation.SplitParams {
	return evaluation.SplitParams{Cutoff: day(0), MinBuyers: 1}
}

// stream yields events without errors.
func stream[T any](list ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func TestSplitTakesFirstPurchasesOfKnownUsersAndItems(t *testing.T) {
	t.Parallel()
	s, err := evaluation.SplitEvents(evaluation.SplitParams{Cutoff: day(0), MinBuyers: 2}, stream(
		event{"ann", "tea", day(-1)}, event{"ann", "tea", day(-9)}, // the first counts
		event{"bob", "tea", day(-2)},
		event{"bob", "mug", day(-3)}, event{"cid", "mug", day(-3)},
		event{"cid", "pot", day(-4)}, // one buyer
		event{"ann", "tea", day(5)},  // bought before
		event{"ann", "mug", day(0)},  // the cutoff is after
		event{"bob", "pot", day(1)},  // not known
		event{"dan", "tea", day(1)},  // no history
		event{"dan", "new", day(1)},  // counted once
	))
	require.NoError(t, err)
	require.Equal(t, []event{
		{"ann", "tea", day(-9)}, {"bob", "mug", day(-3)}, {"bob", "tea", day(-2)}, {"cid", "mug", day(-3)},
	}, slices.Collect(s.Train()))
	require.Equal(t, []event{{"ann", "mug", day(0)}}, slices.Collect(s.Test()))
	require.Equal(t, []string{"ann"}, slices.Collect(s.Users()))
	require.Equal(t, evaluation.LeftOut{RareItems: 1, NewUsers: 2, NewItems: 1}, s.LeftOut())
	require.Equal(t, []string{"mug", "tea"}, s.Catalogue().Items())
	require.Equal(t, int64(2), s.Catalogue().Buyers("tea"))
	require.Equal(t, int64(0), s.Catalogue().Buyers("pot"))
	require.Equal(t, int64(3), s.Catalogue().Users())

	owned, err := s.Owned("bob")
	require.NoError(t, err)
	require.Equal(t, []string{"mug", "tea"}, owned)
	_, err = s.Owned("dan")
	require.ErrorIs(t, err, relmark.ErrTooFew)
	relevant, err := s.Relevant("ann")
	require.NoError(t, err)
	require.Equal(t, []string{"mug"}, relevant)
	_, err = s.Relevant("bob")
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	_, err := evaluation.NewSplitter[string, string](evaluation.SplitParams{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.Equal(t, []string{"Cutoff", "MinBuyers"}, fields(err))

	s, err := evaluation.NewSplitter[string, string](splitParams())
	require.NoError(t, err)
	err = s.Add(event{"\xff", "\xff", time.Time{}})
	require.Equal(t, []string{"User", "Item", "At"}, fields(err))
	_, err = s.Split()
	require.ErrorIs(t, err, relmark.ErrTooFew)

	_, err = evaluation.SplitEvents(splitParams(), stream(event{"ann", "tea", day(-1)}, event{"ann", "mug", time.Time{}}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "event 1")
	_, err = evaluation.SplitEvents(splitParams(), stream(event{"ann", "tea", day(-1)}))
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = evaluation.SplitEvents(evaluation.SplitParams{}, stream[event]())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	lost := errors.New("connection lost")
	_, err = evaluation.SplitEvents(splitParams(), func(yield func(event, error) bool) { yield(event{}, lost) })
	require.ErrorIs(t, err, lost)

	other, err := evaluation.NewSplitter[string, string](evaluation.SplitParams{Cutoff: day(1), MinBuyers: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"Other"}, fields(s.Merge(other)))
	require.ErrorIs(t, s.Merge(nil), relmark.ErrInvalid)
	var zero evaluation.Splitter[string, string]
	require.ErrorIs(t, zero.Add(event{"a", "b", day(1)}), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(s), relmark.ErrInvalid)
	_, err = zero.Split()
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// events draws a log of few users, items and days.
func events() *rapid.Generator[[]event] {
	one := rapid.Custom(func(t *rapid.T) event {
		return event{
			rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "user"),
			rapid.SampledFrom([]string{"p", "q", "r", "s", "t"}).Draw(t, "item"),
			day(rapid.IntRange(-5, 5).Draw(t, "day")),
		}
	})
	return rapid.SliceOfN(one, 0, 40)
}

func splitter(t require.TestingT, list []event, least int64) *evaluation.Splitter[string, string] {
	s, err := evaluation.NewSplitter[string, string](evaluation.SplitParams{Cutoff: day(0), MinBuyers: least})
	require.NoError(t, err)
	for _, e := range list {
		require.NoError(t, s.Add(e))
	}
	return s
}

// What follows the cutoff may be dealt out anew: the past stays what it is.
func TestSplitDoesNotLeak(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		least := rapid.Int64Range(1, 3).Draw(t, "least")
		before, err := splitter(t, list, least).Split()
		changed := slices.Clone(list)
		future := rapid.Permutation([]string{"p", "q", "r", "s", "t"}).Draw(t, "items")
		for i, e := range changed {
			if !e.At.Before(day(0)) {
				changed[i] = event{string('a' + 'd' - e.User[0]), future[e.Item[0]-'p'], day(int(e.Item[0] - 'p'))}
			}
		}
		after, errAfter := splitter(t, changed, least).Split()
		if err != nil || errAfter != nil {
			return
		}
		require.Equal(t, slices.Collect(before.Train()), slices.Collect(after.Train()))
		require.Equal(t, before.Catalogue(), after.Catalogue())
	})
}

func TestSplitByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		least := rapid.Int64Range(1, 3).Draw(t, "least")
		bought := func(user, item string, from, to int) bool {
			return slices.ContainsFunc(list, func(e event) bool {
				return e.User == user && e.Item == item && !e.At.Before(day(from)) && e.At.Before(day(to))
			})
		}
		users, items := []string{"a", "b", "c", "d"}, []string{"p", "q", "r", "s", "t"}
		var train, test [][2]string
		known := map[string]bool{}
		for _, item := range items {
			buyers := int64(0)
			for _, user := range users {
				if bought(user, item, -9, 0) {
					buyers++
				}
			}
			known[item] = buyers >= least
		}
		for _, user := range users {
			for _, item := range items {
				if known[item] && bought(user, item, -9, 0) {
					train = append(train, [2]string{user, item})
					known[user] = true
				}
			}
		}
		for _, user := range users {
			for _, item := range items {
				if known[user] && known[item] && !bought(user, item, -9, 0) && bought(user, item, 0, 9) {
					test = append(test, [2]string{user, item})
				}
			}
		}
		s, err := splitter(t, list, least).Split()
		if len(train) == 0 || len(test) == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		require.Equal(t, train, sortedPairs(s.Train()))
		require.Equal(t, test, sortedPairs(s.Test()))
		left := s.LeftOut()
		all := splitter(t, list, 1)
		parts := int64(len(train)+len(test)) + left.RareItems + left.NewUsers + left.NewItems
		require.Equal(t, int64(firstPurchases(list)), parts)
		// Merging any two parts is one pass.
		cut := rapid.IntRange(0, len(list)).Draw(t, "cut")
		one, two := splitter(t, list[:cut], least), splitter(t, list[cut:], least)
		require.NoError(t, two.Merge(one))
		var decoded evaluation.Splitter[string, string]
		require.NoError(t, decoded.UnmarshalBinary(encoded(t, two)))
		merged, err := decoded.Split()
		require.NoError(t, err)
		require.Equal(t, s, merged)
		require.NoError(t, all.Merge(all))
	})
}

func sortedPairs(events iter.Seq[event]) [][2]string {
	var list [][2]string
	for e := range events {
		list = append(list, [2]string{e.User, e.Item})
	}
	slices.SortFunc(list, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return list
}

func firstPurchases(list []event) int {
	set := map[[2]string]bool{}
	for _, e := range list {
		set[[2]string{e.User, e.Item}] = true
	}
	return len(set)
}

func TestEvaluateAsksForEachUserOfTest(t *testing.T) {
	t.Parallel()
	s, err := evaluation.SplitEvents(splitParams(), stream(
		event{"ann", "tea", day(-2)}, event{"ann", "mug", day(-1)}, event{"bob", "tea", day(-2)}, event{"cid", "pot", day(-2)},
		event{"ann", "pot", day(1)}, event{"bob", "mug", day(2)},
	))
	require.NoError(t, err)
	var asked []string
	r, err := s.Evaluate(1, func(user string, owned []string, k int) ([]string, error) {
		asked = append(asked, user)
		require.Equal(t, 1, k)
		if user == "ann" {
			require.Equal(t, []string{"tea", "mug"}, owned)
		}
		return []string{"pot", "mug", "tea"}, nil // more than asked for: the rest is not looked at
	})
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "bob"}, asked)
	m, err := r.Metrics()
	require.NoError(t, err)
	near.Equal(t, 0.5, m.Hit, 0, 0)

	_, err = s.Evaluate(2, func(string, []string, int) ([]string, error) { return []string{"pot", "tea"}, nil })
	require.Equal(t, []string{"Ranked[1]"}, fields(err))
	lost := errors.New("no answer")
	_, err = s.Evaluate(2, func(string, []string, int) ([]string, error) { return nil, lost })
	require.ErrorIs(t, err, lost)
	_, err = s.Evaluate(0, nil)
	require.Equal(t, []string{"K"}, fields(err))
	_, err = s.Evaluate(2, func(string, []string, int) ([]string, error) { return []string{"new"}, nil })
	require.Equal(t, []string{"Ranked[0]"}, fields(err))
	var zero evaluation.Split[string, string]
	_, err = zero.Evaluate(1, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = s.Evaluate(1, nil)
	require.Equal(t, []string{"Model"}, fields(err))
}
