package loyalty_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty"
)

func TestEveryTacticHasItsLevel(t *testing.T) {
	t.Parallel()
	perLevel := map[loyalty.Level]int{}
	for _, tactic := range loyalty.Tactics() {
		perLevel[tactic.Level()]++
	}
	require.Len(t, perLevel, 4)
	for _, level := range loyalty.Levels() {
		assert.Equal(t, 3, perLevel[level], level)
		assert.NotEmpty(t, level.Lead())
	}
	assert.Equal(t, loyalty.Social, loyalty.CustomerBonds.Level())
	assert.Equal(t, loyalty.Structural, loyalty.SharedSystems.Level())
	assert.Empty(t, loyalty.Tactic("bribes").Level())
	assert.Empty(t, loyalty.Level("").Lead())
	assert.Equal(t, []loyalty.Lead{"low", "medium", "medium", "high"}, []loyalty.Lead{
		loyalty.Financial.Lead(), loyalty.Social.Lead(), loyalty.Customisation.Lead(), loyalty.Structural.Lead(),
	})
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	p := loyalty.Programme{Elements: []loyalty.Element{
		{Name: "points", Tactic: loyalty.VolumeRewards, Cost: 60},
		{Name: "club evenings", Tactic: loyalty.CustomerBonds, Cost: 30},
		{Name: "miles", Tactic: loyalty.VolumeRewards, Cost: 10},
	}}
	c, err := p.Coverage()
	require.NoError(t, err)
	assert.Equal(t, []loyalty.Level{loyalty.Customisation, loyalty.Structural}, c.Gaps)
	assert.EqualValues(t, 100, c.Cost)
	assert.Equal(t, loyalty.LevelCoverage{
		Level: loyalty.Financial, Lead: loyalty.ShortLead, Elements: []string{"points", "miles"},
		Missing: []loyalty.Tactic{loyalty.Bundling, loyalty.StablePricing}, Cost: 70, Share: new(0.7),
	}, c.Levels[0])
	assert.Equal(t, []loyalty.Tactic{loyalty.Intimacy, loyalty.MassCustom, loyalty.Anticipation}, c.Levels[2].Missing)

	empty, err := loyalty.Programme{}.Coverage()
	require.NoError(t, err)
	assert.Len(t, empty.Gaps, 4)
	assert.Nil(t, empty.Levels[0].Share)
}

func TestCoverageAccountsForEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,6}"), 0, 20, rapid.ID[string]).Draw(t, "names")
		p := loyalty.Programme{}
		for _, name := range chosen {
			p.Elements = append(p.Elements, loyalty.Element{
				Name: name, Tactic: rapid.SampledFrom(loyalty.Tactics()).Draw(t, "tactic"), Cost: rapid.Int64Range(0, 1e15).Draw(t, "cost"),
			})
		}
		c, err := p.Coverage()
		require.NoError(t, err)
		var cost int64
		elements, missing, gaps := 0, 0, 0
		for _, l := range c.Levels {
			cost += l.Cost
			elements += len(l.Elements)
			missing += len(l.Missing)
			if len(l.Elements) == 0 {
				gaps++
				require.Len(t, l.Missing, 3)
			}
		}
		used := map[loyalty.Tactic]bool{}
		for _, e := range p.Elements {
			used[e.Tactic] = true
		}
		require.Equal(t, []any{c.Cost, len(chosen), 12 - len(used), gaps}, []any{cost, elements, missing, len(c.Gaps)})
	})
}

func TestProgrammeRefuses(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]loyalty.Programme{
		"no name":     {Elements: []loyalty.Element{{Tactic: loyalty.Bundling}}},
		"twice":       {Elements: []loyalty.Element{{Name: "a", Tactic: loyalty.Bundling}, {Name: "a", Tactic: loyalty.Bundling}}},
		"no tactic":   {Elements: []loyalty.Element{{Name: "a"}}},
		"debt":        {Elements: []loyalty.Element{{Name: "a", Tactic: loyalty.Bundling, Cost: -1}}},
		"beyond 1e15": {Elements: []loyalty.Element{{Name: "a", Tactic: loyalty.Bundling, Cost: 1e15 + 1}}},
		"too many":    {Elements: make([]loyalty.Element, 1001)},
	} {
		_, err := p.Coverage()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}
