package points_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// bonuses earns one order of ten euros on each day and returns the bonus of each.
func bonuses(t *testing.T, g earning.Goal, days ...int) (won []int64, a points.Account) {
	t.Helper()
	g.Rule = "goal"
	e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Goals: []earning.Goal{g}}}}})
	for i, n := range days {
		h := points.Command{Key: fmt.Sprint(i), At: at(n), Recorded: at(1000 + i)}
		b := do(t, e, &a, with(h, points.Earn{Order: fmt.Sprint(i), Amount: euros(10)})).Body.(*points.Earned)
		won = append(won, b.Award.GoalBonus)
	}
	return won, a
}

func TestStampCard(t *testing.T) {
	t.Parallel()
	card := earning.Goal{Target: 3, Points: 50, Repeat: true}
	won, a := bonuses(t, card, 0, 1, 2, 3, 4, 5, 6)
	assert.Equal(t, []int64{0, 0, 50, 0, 0, 50, 0}, won)
	assert.Equal(t, []earning.Progress{{Rule: "goal", Count: 7, Bonuses: []earning.Reached{
		{Mark: 3, Every: 3, Times: 1, Each: 50, Points: 50, Order: "2"},
		{Mark: 6, Every: 3, Times: 1, Each: 50, Points: 50, Order: "5"},
	}}}, a.Goals())
	card.When = earning.Condition{From: day(2)}
	won, _ = bonuses(t, card, 0, 1, 2, 3, 4)
	assert.Equal(t, []int64{0, 0, 0, 0, 50}, won)
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	won, a := bonuses(t, earning.Goal{Count: earning.CountSpend, Target: 2500, Points: 50}, 0, 1, 2, 3, 4, 5)
	assert.Equal(t, []int64{0, 0, 50, 0, 0, 0}, won)
	assert.Equal(t, []earning.Progress{{Rule: "goal", Kind: earning.CountSpend, Count: 6000, Bonuses: []earning.Reached{
		{Mark: 2500, Every: 2500, Times: 1, Each: 50, Points: 50, Final: true, Order: "2"},
	}}}, a.Goals())
	won, _ = bonuses(t, earning.Goal{Count: earning.CountSpend, Target: 400, Points: 50, Repeat: true}, 0, 1)
	assert.Equal(t, []int64{100, 150}, won, "what exceeds the target is kept")
}

func TestStreak(t *testing.T) {
	t.Parallel()
	streak := earning.Goal{Count: earning.CountMonths, Target: 3, Points: 50, Repeat: true}
	// January twice, February, March; April; June, and a late order of May that closes the
	// gap; July, August.
	won, _ := bonuses(t, streak, 0, 5, 30, 60, 90, 150, 120, 180, 215)
	assert.Equal(t, []int64{0, 0, 0, 50, 0, 0, 50, 0, 0}, won)
}

func TestGoalsBeyondAllPoints(t *testing.T) {
	t.Parallel()
	for _, most := range []int64{1<<53 - 1, 1 << 52} {
		goals := []earning.Goal{
			{Rule: "a", Count: earning.CountSpend, Target: 500, Points: most, Repeat: true},
			{Rule: "b", Count: earning.CountSpend, Target: 1000, Points: most, Repeat: true},
		}
		e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Goals: goals}}}})
		_, err := e.Decide(new(points.Account), with(head("k", 0), points.Earn{Order: "O", Amount: euros(10)}))
		require.ErrorIs(t, err, relmark.ErrLimit)
	}
}

// A refund of an order behind a bonus takes the bonus back, with the order that it was
// granted with; under keep it stays, and the next one is earned beyond it.
func TestRefundsUndoGoals(t *testing.T) {
	t.Parallel()
	for reversal, want := range map[earning.Reversal][2]int64{earning.Recheck: {0, 50}, earning.KeepBonus: {50, 50}} {
		goal := earning.Goal{Rule: "card", Target: 3, Points: 50, Repeat: true, Reversal: reversal}
		e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Goals: []earning.Goal{goal}}}}})
		var a points.Account
		earn := func(name string, day int) {
			do(t, e, &a, with(head(name, day), points.Earn{Order: name, Amount: euros(10)}))
		}
		earn("A", 1)
		earn("B", 1)
		earn("C", 1)
		do(t, e, &a, with(head("part", 2), points.Refund{Order: "A", Amount: decimalOf(1)}))
		assert.Equal(t, int64(50), a.Balance(at(2)).Available, "it still counts")
		b := do(t, e, &a, with(head("rest", 2), points.Refund{Order: "A", Amount: decimalOf(999)})).Body.(*points.Refunded)
		if reversal == earning.Recheck {
			assert.Equal(t, []points.Fallen{{Rule: "card", Order: "C", Points: 50, Taken: 50}}, b.Goals)
		}
		assert.Equal(t, want[0], a.Balance(at(2)).Available)
		assert.Equal(t, int64(2), a.Goals()[0].Count)
		earn("D", 3)
		assert.Equal(t, want[1], a.Balance(at(3)).Available, reversal)
	}
}
