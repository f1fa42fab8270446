package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
)

// ofTheHouse are questions that no log of purchases answers.
var ofTheHouse = []string{
	"Whom to contact, and whom not?", "Who brings others, and what is that worth?", "Which bonds tie our guests, and what does each earn?",
	"What has a gold member left, and what would leaving cost?", "How content are they, and what does that come from?",
	"What happens at the counter?", "What becomes of complaints?", "What do content employees bring?", "Against whom do we lose, and at which price?",
}

// ofTheLog are those that a log with items answers, in the order of the story.
var ofTheLog = []string{
	"What sells together?", "What suits this customer, and why?", "What do they buy next?", "Would these suggestions have been right?",
	"Which services grow, and which fall?", "What to offer next, and to whom?", "What if there are only a few of each?",
}

// A log says nothing of bonds, contacts and complaints: on a user's own they are left out.
func TestWhatNeedsMoreThanALogIsLeftOut(t *testing.T) {
	t.Parallel()
	var own bytes.Buffer
	require.NoError(t, run(&own, ""))
	_, text := tellOf(t, simulatedPurchases)
	for _, question := range ofTheHouse {
		assert.Contains(t, own.String(), question+"  (")
		assert.NotContains(t, text, question)
	}
	at := 0
	for _, question := range ofTheLog {
		i := strings.Index(text[at:], question+"  (")
		require.GreaterOrEqual(t, i, 0, question)
		at += i
	}
	assert.NotContains(t, text, "Cannot be told")
	assert.NotContains(t, text, "Needs a longer log")
}

// Logs with items of any size get sentences, never a failure.
func TestTourOnLogsWithItems(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(7, 8))
	for customers := 1; customers <= 60; customers += customers {
		for _, items := range []int{1, 2, 30} {
			var log bytes.Buffer
			for c := range customers {
				for on := source.IntN(100); on < 400; on += 1 + source.IntN(90) {
					fmt.Fprintf(&log, "c%d,%s,1,%d.00,i%d\n", c, relmark.MustParseDate("2025-01-01").AddDays(on), 1+source.IntN(9), source.IntN(items))
				}
			}
			_, text := tellOf(t, log.Bytes())
			assert.Contains(t, text, "What sells together?", "%d customers, %d items", customers, items)
			assert.NotContains(t, text, "Cannot be told", "%d customers, %d items", customers, items)
		}
	}
}

// What is planted in the simulated purchases is found: what goes together, what comes
// next, what is new and what falls.
func TestTheTourFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	s, text := tellOf(t, simulatedPurchases)
	found := map[string]bool{}
	for _, rule := range s.rules {
		found[rule.Antecedent[0]+" "+rule.Consequent[0]] = true
	}
	for _, planted := range []string{"spa dinner menu", "wine dinner menu", "station transfer packed breakfast"} {
		assert.True(t, found[planted], planted)
	}
	assert.Len(t, s.rules, 8, "and nothing else, both ways")
	for _, line := range []string{"spa                   massage", "pay TV               36 %", "decline\n", "bicycle              20 %"} {
		assert.Contains(t, text, line)
	}
}

// An offer goes to nobody with a complaint, and no more are given than there are.
func TestOffersKeepTheirLimits(t *testing.T) {
	t.Parallel()
	s, _ := tellOf(t, simulatedPurchases)
	complained := s.refundedLately()
	for _, o := range s.offers {
		if complained[o.customer] {
			assert.Empty(t, o.decision.Chosen)
			assert.Equal(t, "none: open complaint", o.name())
		}
	}
	p, items := s.scarcity()
	best, err := crosssell.Allocate(context.Background(), p, crosssell.AllocateOptions{})
	require.NoError(t, err)
	given := make([]int64, len(items))
	for _, i := range best.Chosen {
		given[p.Pairs[i].Offer]++
	}
	for i := range items {
		assert.LessOrEqual(t, given[i], *p.Offers[i].Stock, items[i])
	}
	inTurn := firstCome(p)
	assert.Positive(t, inTurn)
	assert.LessOrEqual(t, inTurn, best.Value*(1+1e-12))
	assert.LessOrEqual(t, best.Value, best.Bound)
}

// Suggestions that are judged know nothing of what came after: other purchases from the
// cutoff on change no list.
func TestGuessesKnowThePastOnly(t *testing.T) {
	t.Parallel()
	s, _ := tellOf(t, simulatedPurchases)
	cutoff := s.sales.first.AddDays(s.sales.last.Sub(s.sales.first) * 3 / 4)
	var past []visit
	for _, v := range s.shelf.visits {
		if v.on.Before(cutoff) {
			past = append(past, v)
		}
	}
	whole, part := learnBefore(t, s.shelf.visits, cutoff), learnBefore(t, past, cutoff)
	for _, owned := range [][]string{{"spa"}, {"wine", "room"}, {"station transfer"}} {
		a, err := suggest(whole, nil)("", owned, 3)
		require.NoError(t, err)
		b, err := suggest(part, nil)("", owned, 3)
		require.NoError(t, err)
		assert.Equal(t, a, b)
	}
}

func learnBefore(t *testing.T, visits []visit, cutoff relmark.Date) *affinity.Model[string] {
	t.Helper()
	known, err := knownBefore(visits, cutoff)
	require.NoError(t, err)
	model, err := neighbours(known)
	require.NoError(t, err)
	return model
}

func TestChangesReadWell(t *testing.T) {
	t.Parallel()
	for growth, want := range map[float64]string{-1: "-100 %", 0: "+0 %", 0.5: "+50 %", 9: "+900 %", 11: "12-fold", 1234: "1,235-fold"} {
		assert.Equal(t, want, change(growth))
	}
	assert.Equal(t, "0.7 %", fine(0.00749))
}
