package social_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

func everything(leap social.LeapDay) social.RecognitionRules {
	return social.RecognitionRules{Zone: berlin, Feb29: leap, Birthdays: true, AnniversaryEvery: new(1), Purchases: []int{1, 3}, ReturnAfterDays: new(30), Upgrades: true, Downgrades: true}
}

// Asked day by day, week by week or once, and with keys that were issued or without, a
// customer is congratulated on each occasion just once.
func TestOccasionsComeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leap := rapid.SampledFrom([]social.LeapDay{social.Feb28, social.Mar1, social.LeapOnly}).Draw(t, "leap")
		g, err := social.NewRecognition(everything(leap))
		require.NoError(t, err)
		born := date("1992-02-27").AddDays(rapid.IntRange(0, 4).Draw(t, "born"))
		p := social.Person{Birthday: social.BirthdayOf(born), Joined: date("2019-02-27").AddDays(rapid.IntRange(0, 400).Draw(t, "joined"))}
		for range rapid.IntRange(0, 8).Draw(t, "orders") {
			at := when("2021-01-01T12:00:00Z").Add(time.Duration(rapid.IntRange(0, 24*1200).Draw(t, "at")) * time.Hour)
			p.Orders = append(p.Orders, social.Order{ID: fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "id")), At: at})
		}
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			at := when("2021-01-01T12:00:00Z").Add(time.Duration(rapid.IntRange(0, 12*1200).Draw(t, "changed")) * 2 * time.Hour)
			p.Tiers = append(p.Tiers, social.TierChange{At: at, Tier: rapid.SampledFrom([]string{"gold", "silver"}).Draw(t, "tier"), Up: rapid.Bool().Draw(t, "up")})
		}
		from, through := date("2021-01-01"), date("2024-12-31")
		all, err := g.Occasions(p, from, through, nil)
		require.NoError(t, err)
		var steps []social.Occasion
		var issued []string
		for day := from; !day.After(through); {
			last := day.AddDays(rapid.IntRange(0, 300).Draw(t, "step"))
			if last.After(through) {
				last = through
			}
			some, err := g.Occasions(p, day, last, issued)
			require.NoError(t, err)
			steps = append(steps, some...)
			for _, o := range some {
				issued = append(issued, o.Key)
			}
			next := last.AddDays(1)
			if last.After(day) { // some days are asked twice
				next = next.AddDays(-rapid.IntRange(0, 1).Draw(t, "overlap"))
			}
			if day = next; last == through {
				break
			}
		}
		require.ElementsMatch(t, all, steps)
		keys := map[string]bool{}
		birthdays := 0
		for i, o := range all {
			require.False(t, keys[o.Key], o.Key)
			keys[o.Key] = true
			if i > 0 {
				require.False(t, o.Date.Before(all[i-1].Date))
			}
			if o.Type == social.OnBirthday {
				birthdays++
			}
		}
		if want := 4; leap == social.LeapOnly && born == date("1992-02-29") {
			require.Equal(t, 1, birthdays)
		} else {
			require.Equal(t, want, birthdays)
		}
	})
}

// A change of tier counts on its local date, in the order of the types, and once a date.
func TestChangesOfTierAreOccasions(t *testing.T) {
	t.Parallel()
	rules := everything(social.Feb28)
	p := social.Person{
		Birthday: social.BirthdayOf(date("1990-03-01")),
		Orders:   []social.Order{{ID: "o", At: when("2025-02-28T23:30:00Z")}}, // 1 March in Berlin
		Tiers: []social.TierChange{
			{At: when("2025-03-01T22:59:59Z"), Tier: "gold", Up: true},
			{At: when("2025-03-01T12:00:00Z"), Tier: "silver"},
			{At: when("2025-03-01T10:00:00Z"), Tier: "gold", Up: true},
			{At: when("2025-03-01T09:00:00Z"), Tier: "silver", Up: true},
			{At: when("2025-03-01T23:00:00Z"), Tier: "iron"},
			{At: when("2024-01-01T00:00:00Z"), Tier: "iron", Up: true},
		},
	}
	keys := func(rules social.RecognitionRules, issued ...string) (list []string) {
		g, err := social.NewRecognition(rules)
		require.NoError(t, err)
		occasions, err := g.Occasions(p, date("2025-03-01"), date("2025-03-02"), issued)
		require.NoError(t, err)
		for _, o := range occasions {
			list = append(list, o.Key)
			if o.Type == social.OnUpgrade || o.Type == social.OnDowngrade {
				assert.Equal(t, string(o.Type)+":"+o.Date.String()+":"+o.Tier, o.Key)
				assert.Nil(t, o.N)
			} else {
				assert.Empty(t, o.Tier)
			}
		}
		return list
	}
	assert.Equal(t, []string{
		"birthday:2025", "purchase:1", "upgrade:2025-03-01:gold", "upgrade:2025-03-01:silver", "downgrade:2025-03-01:silver", "downgrade:2025-03-02:iron",
	}, keys(rules))
	assert.Equal(t, []string{"upgrade:2025-03-01:silver", "downgrade:2025-03-01:silver", "downgrade:2025-03-02:iron"}, keys(rules, "birthday:2025", "purchase:1", "upgrade:2025-03-01:gold"))
	rules.Upgrades = false
	assert.Equal(t, []string{"birthday:2025", "purchase:1", "downgrade:2025-03-01:silver", "downgrade:2025-03-02:iron"}, keys(rules))
	rules.Upgrades, rules.Downgrades = true, false
	assert.Equal(t, []string{"birthday:2025", "purchase:1", "upgrade:2025-03-01:gold", "upgrade:2025-03-01:silver"}, keys(rules))
}

func TestRecognitionRefusesBadInput(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(r *social.RecognitionRules){
		"Zone": func(r *social.RecognitionRules) { r.Zone = nil }, "Feb29": func(r *social.RecognitionRules) { r.Feb29 = "" },
		"AnniversaryEvery": func(r *social.RecognitionRules) { r.AnniversaryEvery = new(0) }, "Purchases[1]": func(r *social.RecognitionRules) { r.Purchases = []int{1, 1} },
		"ReturnAfterDays": func(r *social.RecognitionRules) { r.ReturnAfterDays = new(0) },
	} {
		r := everything(social.Feb28)
		change(&r)
		_, err := social.NewRecognition(r)
		checkField(t, err, field)
		_, err = r.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	g, err := social.NewRecognition(everything(social.Feb28))
	require.NoError(t, err)
	_, err = g.Occasions(social.Person{}, date("2025-01-02"), date("2025-01-01"), nil)
	checkField(t, err, "Through")
	_, err = g.Occasions(social.Person{Orders: []social.Order{{ID: "o"}, {At: begin}}}, date("2025-01-01"), date("2025-01-01"), nil)
	checkField(t, err, "Orders[0].At")
	checkField(t, err, "Orders[1].ID")
	_, err = g.Occasions(social.Person{Tiers: []social.TierChange{{Tier: "gold"}, {At: begin}}}, date("2025-01-01"), date("2025-01-01"), nil)
	checkField(t, err, "Tiers[0].At")
	checkField(t, err, "Tiers[1].Tier")
	_, err = g.Occasions(social.Person{Tiers: make([]social.TierChange, 100)}, date("2025-01-01"), date("2025-01-01"), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = g.Occasions(social.Person{Orders: make([]social.Order, 100)}, date("2025-01-01"), date("2025-01-01"), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = (*social.Recognition)(nil).Occasions(social.Person{}, date("2025-01-01"), date("2025-01-01"), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	none, err := social.NewRecognition(social.RecognitionRules{Zone: berlin, Feb29: social.Mar1})
	require.NoError(t, err)
	got, err := none.Occasions(social.Person{Birthday: social.BirthdayOf(date("1990-01-01")), Joined: date("2000-01-01"), Orders: []social.Order{{ID: "o", At: begin}}, Tiers: []social.TierChange{{At: begin, Tier: "gold", Up: true}, {At: begin, Tier: "none"}}}, date("2025-01-01"), date("2025-12-31"), nil)
	require.NoError(t, err)
	assert.Empty(t, got, "nothing is kept that was not asked for")
	everywhere, err := g.Occasions(social.Person{Birthday: social.BirthdayOf(date("9998-01-01"))}, date("9999-01-01"), date("9999-12-31"), nil)
	require.NoError(t, err)
	assert.Len(t, everywhere, 1)
}

func TestBirthdays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1992-02-29", "--02-29", "2000-05-01", ""} {
		var b social.Birthday
		require.NoError(t, b.UnmarshalText([]byte(text)))
		assert.Equal(t, text, b.String())
		assert.Equal(t, text == "", b.IsZero())
		again, err := b.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, text, string(again))
	}
	for _, text := range []string{"1991-02-29", "--02-30", "--2-3", "2000", "-02-03", "x"} {
		_, err := social.ParseBirthday(text)
		checkField(t, err, "Birthday")
		b := social.BirthdayOf(date("2000-01-01"))
		require.Error(t, b.UnmarshalText([]byte(text)))
		assert.Equal(t, social.BirthdayOf(date("2000-01-01")), b)
	}
	b, err := social.NewBirthday(time.February, 29)
	require.NoError(t, err)
	assert.Equal(t, "--02-29", b.String())
	_, known := b.Born()
	assert.False(t, known)
	_, err = social.NewBirthday(time.February, 30)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	born, known := social.BirthdayOf(date("2000-02-29")).Born()
	assert.True(t, known)
	assert.Equal(t, date("2000-02-29"), born)
	assert.NotEqual(t, b, social.BirthdayOf(date("2000-02-29")))
	assert.True(t, social.BirthdayOf(relmark.Date{}).IsZero())
}
