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

// A refund takes the bonus of its order back, and leaves the count as it is.
func TestRefundsDoNotUndoGoals(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Goals: []earning.Goal{{Rule: "card", Target: 3, Points: 50, Repeat: true}}}}}})
	var a points.Account
	for i := range 4 {
		do(t, e, &a, with(head(fmt.Sprint("e", i), i), points.Earn{Order: fmt.Sprint(i), Amount: euros(10)}))
		do(t, e, &a, with(head(fmt.Sprint("r", i), i), points.Refund{Order: fmt.Sprint(i), Amount: euros(10)}))
	}
	assert.Equal(t, int64(4), a.Goals()[0].Count)
	assert.Equal(t, int64(0), a.Balance(at(9)).Available)
	assert.Equal(t, int64(50), a.Balance(at(9)).Reversed)
}
