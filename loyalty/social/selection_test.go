package social_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

func yes() relmark.ContactDecision { return relmark.ContactDecision{Allowed: true} }

// candidate is an sms of a kind to a customer.
func candidate(id, customer, kind string, value, cost int64) social.Candidate[string] {
	return social.Candidate[string]{Customer: customer, Contact: yes(), Treatment: social.Treatment{
		ID: id, Kind: kind, Channel: "sms", Purpose: "offers", Value: decimal.NewFromInt(value), Cost: decimal.NewFromInt(cost),
	}}
}

// A choice of brute force, compared as the documentation says.
type bruteChoice struct {
	net, cost decimal.Decimal
	ids       []string
}

func (a *bruteChoice) better(b *bruteChoice) bool {
	return cmp.Or(a.net.Cmp(b.net), b.cost.Cmp(a.cost), slices.Compare(b.ids, a.ids)) > 0
}

// feasible counts a set from scratch.
func feasible(s *social.Selection[string], set []social.Candidate[string]) bool {
	var cost decimal.Decimal
	customers, channels, kinds := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, c := range set {
		cost = cost.Add(c.Treatment.Cost)
		customers[c.Customer]++
		channels[c.Customer+"/"+string(c.Treatment.Channel)]++
		kinds[c.Treatment.Kind]++
	}
	for _, c := range set {
		most, limited := s.Limits.Customers[c.Customer]
		if !limited && s.Limits.PerCustomer != nil {
			most, limited = *s.Limits.PerCustomer, true
		}
		if limited && customers[c.Customer] > most {
			return false
		}
		if most, limited := s.Limits.Channels[c.Treatment.Channel]; limited && channels[c.Customer+"/"+string(c.Treatment.Channel)] > most {
			return false
		}
		if most, limited := s.Limits.Quotas[c.Treatment.Kind]; limited && kinds[c.Treatment.Kind] > most {
			return false
		}
	}
	return s.Limits.Budget == nil || cost.LessThanOrEqual(*s.Limits.Budget)
}

func bruteForce(s *social.Selection[string]) bruteChoice {
	var open []social.Candidate[string]
	for _, c := range s.Candidates {
		net := c.Treatment.Value.Sub(s.Lambda.Mul(c.Treatment.Cost))
		if c.Contact.Allowed && net.Sign() > 0 && !slices.Contains(s.Control, c.Customer) {
			open = append(open, c)
		}
	}
	best := bruteChoice{ids: []string{}}
	for mask := range 1 << len(open) {
		x := bruteChoice{ids: []string{}}
		var set []social.Candidate[string]
		for i, c := range open {
			if mask>>i&1 == 1 {
				set = append(set, c)
				x.net = x.net.Add(c.Treatment.Value).Sub(s.Lambda.Mul(c.Treatment.Cost))
				x.cost = x.cost.Add(c.Treatment.Cost)
				x.ids = append(x.ids, c.Treatment.ID)
			}
		}
		if slices.Sort(x.ids); feasible(s, set) && x.better(&best) {
			best = x
		}
	}
	return best
}

// drawSelection draws a small selection with many ties and scarce limits.
func drawSelection(t *rapid.T, most int) social.Selection[string] {
	num := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
	ids := rapid.Permutation(strings.Split("abcdefghijklmnopqrst", "")).Draw(t, "ids")
	return selectionOf(num, ids[:num("n", 0, most)])
}

// selectionOf makes a selection of candidates with some IDs, of the numbers that num gives.
func selectionOf(num func(name string, from, to int) int, ids []string) social.Selection[string] {
	s := social.Selection[string]{Lambda: decimal.New(int64(num("lambda", 0, 4)), -1)}
	for i := range ids {
		c := candidate(ids[i], fmt.Sprint("u", num("customer", 0, 3)), fmt.Sprint("k", num("kind", 0, 2)), int64(num("value", -1, 6)), int64(num("cost", 0, 4)))
		c.Treatment.Channel = []relmark.Channel{"sms", "call"}[num("channel", 0, 1)]
		c.Contact.Allowed = num("allowed", 0, 9) > 0
		s.Candidates = append(s.Candidates, c)
	}
	if num("control", 0, 4) == 0 {
		s.Control = []string{"u1"}
	}
	if num("capped", 0, 1) == 1 {
		s.Limits.PerCustomer = new(int64(num("cap", 0, 3)))
		s.Limits.Customers = map[string]int64{"u2": int64(num("own", 0, 3))}
	}
	if num("by channel", 0, 1) == 1 {
		s.Limits.Channels = map[relmark.Channel]int64{"sms": int64(num("sms", 0, 2))}
	}
	if num("quotas", 0, 1) == 1 {
		s.Limits.Quotas = map[string]int64{"k0": int64(num("k0", 0, 3)), "k1": int64(num("k1", 0, 3))}
	}
	if num("limited", 0, 1) == 1 {
		s.Limits.Budget = new(decimal.NewFromInt(int64(num("budget", 0, 12))))
	}
	return s
}

func TestSelectIsTheOptimumOfBruteForce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSelection(t, 11)
		want := bruteForce(&s)
		got, err := social.Select(s)
		require.NoError(t, err)
		require.True(t, got.Optimal)
		require.Equal(t, want.ids, got.Chosen)
		require.True(t, want.net.Equal(got.Net), "net %v, %v", want.net, got.Net)
		require.True(t, want.cost.Equal(got.Cost), "cost %v, %v", want.cost, got.Cost)
		// Each candidate is chosen or rejected, and every limit that is named is broken by
		// adding the candidate.
		require.Len(t, got.Rejected, len(s.Candidates)-len(got.Chosen))
		for _, r := range got.Rejected {
			require.NotEmpty(t, r.Reasons)
			set := []social.Candidate[string]{}
			for _, c := range s.Candidates {
				if c.Treatment.ID == r.ID || slices.Contains(got.Chosen, c.Treatment.ID) {
					set = append(set, c)
				}
			}
			switch r.Reasons[0] {
			case social.AtCap, social.AtChannelCap, social.AtQuota, social.AtBudget:
				require.False(t, feasible(&s, set), r.ID)
			}
		}
		// The order of the candidates does not matter.
		slices.Reverse(s.Candidates)
		again, err := social.Select(s)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// The same of many candidates: those that rapid draws are few most often.
func TestSelectIsTheOptimumOfMoreBruteForce(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	num := func(_ string, from, to int) int { return from + rng.IntN(to-from+1) }
	for seed := range 150 {
		ids := strings.Split("abcdefghijkl", "")
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		s := selectionOf(num, ids)
		want := bruteForce(&s)
		got, err := social.Select(s)
		require.NoError(t, err)
		require.Equal(t, want.ids, got.Chosen, seed)
		require.True(t, want.net.Equal(got.Net) && want.cost.Equal(got.Cost), seed)
	}
}

// campaignOf draws a campaign of thousands.
func campaignOf(n int, budget, quota int64) social.Selection[string] {
	rng := rand.New(rand.NewPCG(1, 2))
	s := social.Selection[string]{Lambda: dec("0.5"), Limits: social.Limits[string]{PerCustomer: new(int64(1))}}
	for i := range n {
		c := candidate(fmt.Sprintf("c%06d", i), fmt.Sprint("u", i/3), fmt.Sprint("k", rng.IntN(5)), 0, 0)
		c.Treatment.Value, c.Treatment.Cost = decimal.New(rng.Int64N(5000), -2), decimal.New(50+rng.Int64N(300), -2)
		s.Candidates = append(s.Candidates, c)
	}
	if budget > 0 {
		s.Limits.Budget = new(decimal.NewFromInt(budget))
	}
	if quota > 0 {
		s.Limits.Quotas = map[string]int64{"k0": quota, "k1": quota, "k2": quota}
	}
	return s
}

func TestSelectOfThousands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n             int
		budget, quota int64
	}{{3000, 0, 0}, {300, 60, 0}, {1000, 200, 0}, {300, 0, 10}, {3000, 0, 50}, {3000, 600, 50}, {3000, 600, 0}} {
		got, err := social.Select(campaignOf(c.n, c.budget, c.quota))
		t.Logf("%+v: %d chosen, net %v, cost %v, optimal %v", c, len(got.Chosen), got.Net, got.Cost, got.Optimal)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrNoConverge)
		}
		assert.NotEmpty(t, got.Chosen)
	}
}

func TestSelectRefusesBadInput(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(s *social.Selection[string]){
		"Lambda":                func(s *social.Selection[string]) { s.Lambda = dec("-1") },
		"Candidates":            func(s *social.Selection[string]) { s.Candidates[1].Treatment.ID = "a" },
		"Candidates[0].ID":      func(s *social.Selection[string]) { s.Candidates[0].Treatment.ID = "" },
		"Candidates[0].Kind":    func(s *social.Selection[string]) { s.Candidates[0].Treatment.Kind = "" },
		"Candidates[1].Channel": func(s *social.Selection[string]) { s.Candidates[1].Treatment.Channel = "*" },
		"Candidates[1].Purpose": func(s *social.Selection[string]) { s.Candidates[1].Treatment.Purpose = "" },
		"Candidates[1].Cost":    func(s *social.Selection[string]) { s.Candidates[1].Treatment.Cost = dec("-0.1") },
		"Limits.PerCustomer":    func(s *social.Selection[string]) { s.Limits.PerCustomer = new(int64(-1)) },
		"Limits.Customers":      func(s *social.Selection[string]) { s.Limits.Customers = map[string]int64{"u": -1} },
		"Limits.Channels":       func(s *social.Selection[string]) { s.Limits.Channels = map[relmark.Channel]int64{"*": 1} },
		"Limits.Quotas":         func(s *social.Selection[string]) { s.Limits.Quotas = map[string]int64{"k": -1} },
		"Limits.Budget":         func(s *social.Selection[string]) { s.Limits.Budget = new(dec("-1")) },
		"Candidates[0].Cost":    func(s *social.Selection[string]) { s.Candidates[0].Treatment.Value = dec("0.0000000001") },
	} {
		s := social.Selection[string]{Candidates: []social.Candidate[string]{candidate("a", "u", "k", 1, 1), candidate("b", "u", "k", 1, 1)}}
		change(&s)
		_, err := social.Select(s)
		checkField(t, err, field)
	}
	_, err := social.Select(social.Selection[string]{Candidates: make([]social.Candidate[string], 100)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Amounts that have no exact sums are refused, or the best that was found is returned and
// said not to be proved.
func TestSelectSaysWhereItGivesUp(t *testing.T) {
	t.Parallel()
	s := social.Selection[string]{Candidates: []social.Candidate[string]{candidate("a", "u", "k", 1, 1), candidate("b", "v", "k", 1, 1)}}
	s.Candidates[0].Treatment.Value, s.Candidates[1].Treatment.Value = dec("9000000000000000000"), dec("900000000000000000")
	_, err := social.Select(s)
	require.ErrorIs(t, err, relmark.ErrLimit)

	s.Candidates[0].Treatment.Value, s.Candidates[1].Treatment.Value = dec("3000000000000000001"), dec("900000000000000000")
	s.Limits.Quotas = map[string]int64{"k": 1}
	got, err := social.Select(s)
	require.ErrorIs(t, err, relmark.ErrNoConverge, "net value and cost do not fit into one weight")
	assert.False(t, got.Optimal)
	assert.Equal(t, []string{"a"}, got.Chosen)
	s.Limits.Budget = new(dec("1000000000000000000000"))
	_, err = social.Select(s)
	checkField(t, err, "Limits.Budget")
	s.Candidates[0].Treatment.Value, s.Candidates[1].Treatment.Value, s.Candidates[0].Treatment.Cost = dec("3"), dec("2"), dec("0.01")
	s.Limits.Budget = new(dec("9000000000000000000")) // more than any cost
	got, err = social.Select(s)
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, got.Chosen)

	// A knapsack of odd sums: no choice meets the budget, and none can be told from others.
	hard := social.Selection[string]{Limits: social.Limits[string]{Budget: new(dec("100001"))}}
	for i := range 60 {
		hard.Candidates = append(hard.Candidates, candidate(fmt.Sprintf("c%02d", i), fmt.Sprint(i), "k", int64(2*(1000+i*i*7%997)), int64(2*(1000+i*i*7%997))))
	}
	hard.Limits.Budget = new(decimal.NewFromInt(50_001))
	got, err = social.Select(hard)
	t.Logf("%d chosen, cost %v, optimal %v", len(got.Chosen), got.Cost, got.Optimal)
	if err != nil {
		require.ErrorIs(t, err, relmark.ErrNoConverge)
		assert.False(t, got.Optimal)
	}
	set := []social.Candidate[string]{}
	for _, c := range hard.Candidates {
		if slices.Contains(got.Chosen, c.Treatment.ID) {
			set = append(set, c)
		}
	}
	assert.True(t, feasible(&hard, set))
	assert.NotEmpty(t, set)
}

// A hard knapsack among many candidates that cost more than the budget: the search does not
// go by what is settled at every turn, so that its limit bounds its time. And quotas of
// thousands of kinds are no list to be searched.
func TestSelectAmongWhatIsSettled(t *testing.T) {
	t.Parallel()
	hard := social.Selection[string]{Limits: social.Limits[string]{Budget: new(decimal.NewFromInt(50_001)), Quotas: map[string]int64{}}}
	for i := range 60 {
		cost := int64(2*(1000+i*i*7%997)) + int64(i%3)*200_000
		hard.Candidates = append(hard.Candidates, candidate(fmt.Sprintf("c%02d", i), fmt.Sprint(i), "k", 3*cost, cost))
	}
	want, wantErr := social.Select(hard)
	for i := range 5_000 {
		kind := fmt.Sprint("z", i)
		hard.Candidates = append(hard.Candidates, candidate(fmt.Sprintf("z%04d", i), fmt.Sprint("z", i), kind, 2_000_000, 1_000_000))
		hard.Limits.Quotas[kind] = 1
	}
	got, err := social.Select(hard)
	assert.Equal(t, wantErr == nil, err == nil)
	if err == nil {
		assert.Equal(t, want.Chosen, got.Chosen)
	}
	t.Logf("%d chosen, cost %v, optimal %v", len(got.Chosen), got.Cost, got.Optimal)
}

// Errors of limits are the same however maps are walked.
func TestSelectNamesFaultsInOneOrder(t *testing.T) {
	t.Parallel()
	s := social.Selection[string]{Limits: social.Limits[string]{
		Customers: map[string]int64{"a": -1, "b": -2, "c": -3}, Quotas: map[string]int64{"a": -4, "b": -5, "c": -6},
		Channels: map[relmark.Channel]int64{"sms": -7, "call": -8},
	}}
	_, first := social.Select(s)
	p := social.HealthParams{HalfLife: 1, Channels: map[relmark.Channel]float64{"a": -1, "b": -2, "c": -3}}
	desk, err := social.NewDesk(social.DeskParams{Policy: relmark.ContactPolicy{Zone: time.UTC}})
	require.NoError(t, err)
	c := social.Case{Quotas: s.Limits.Quotas}
	firstOfDesk := desk.Choose(new(social.Choice), &c, begin)
	for range 50 {
		require.EqualError(t, desk.Choose(new(social.Choice), &c, begin), firstOfDesk.Error())
		_, err := social.Select(s)
		require.EqualError(t, err, first.Error())
		require.EqualError(t, p.Validate(), p.Validate().Error())
	}
}
