package basket_test

import (
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/reference"
)

// rulesFile takes a name such as crosssell_rules_NAME_sS_cC.csv apart.
var rulesFile = regexp.MustCompile(`^crosssell_rules_(?:multiconsequent_)?(.+)_s(\d+)_c(\d+)\.csv`)

// A dialect is how one of the two peers names its columns.
type dialect struct {
	left, right   string
	maxConsequent int
	figures       map[string]figure
	// loses tells whether the peer's own arithmetic may find the confidence of a rule,
	// of threshold or above, to be below.
	loses func(t basket.Table, threshold float64) bool
}

// An answer is all that the room says about one rule of a file.
type answer struct {
	basket.Table
	basket.Standing
	minSupport, minConfidence float64
	adjusted                  map[basket.Method]float64
}

// A figure is compared to within a tolerance of max(floor, |value|).
type figure struct {
	of               func(a answer) float64
	tolerance, floor float64
}

// of and by are figures of a table and of a standing, p one of a probability.
func of(f func(basket.Table) float64) figure {
	return figure{func(a answer) float64 { return f(a.Table) }, 1e-12, 1}
}

func by(f func(basket.Standing) float64) figure {
	return figure{func(a answer) float64 { return f(a.Standing) }, 1e-12, 1}
}

func p(f func(a answer) float64) figure { return figure{f, 1e-10, 0} }

func adjusted(m basket.Method) figure {
	return p(func(a answer) float64 { return math.Exp(a.adjusted[m]) })
}

func truth(f func(a answer) bool) figure {
	return figure{func(a answer) float64 {
		if f(a) {
			return 1
		}
		return 0
	}, 0, 0}
}

func whole(f func(basket.Table) int64) figure {
	return figure{func(a answer) float64 { return float64(f(a.Table)) }, 0, 0}
}

func arules() dialect {
	exact := func(basket.Table, float64) bool { return false }
	none := func(t basket.Table) int64 { return t.N - t.Left - t.Right + t.Both }
	return dialect{"lhs", "rhs", 1, map[string]figure{
		"support":             of(basket.Table.Support),
		"confidence":          of(basket.Table.Confidence),
		"lift":                of(basket.Table.Lift),
		"coverage":            of(basket.Table.Coverage),
		"rhsSupport":          of(basket.Table.Prevalence),
		"addedValue":          of(basket.Table.AddedValue),
		"centeredConfidence":  of(basket.Table.AddedValue),
		"casualConfidence":    of(basket.Table.CausalConfidence),
		"casualSupport":       of(basket.Table.CausalSupport),
		"certainty":           of(basket.Table.Certainty),
		"chiSquared":          of(basket.Table.ChiSquared),
		"confirmedConfidence": of(basket.Table.ConfirmedConfidence),
		"conviction":          of(basket.Table.Conviction),
		"cosine":              of(basket.Table.Cosine),
		"counterexample":      of(basket.Table.CounterexampleRate),
		"doc":                 of(basket.Table.DifferenceOfConfidence),
		"gini":                of(basket.Table.Gini),
		"hyperConfidence":     of(basket.Table.HyperConfidence),
		"hyperLift":           of(func(t basket.Table) float64 { return t.HyperLift(0.99) }),
		"imbalance":           of(basket.Table.ImbalanceRatio),
		"implicationIndex":    of(basket.Table.ImplicationIndex),
		"importance":          of(basket.Table.Importance),
		"jaccard":             of(basket.Table.Jaccard),
		"jMeasure":            of(basket.Table.JMeasure),
		"kappa":               of(basket.Table.Kappa),
		"kulczynski":          of(basket.Table.Kulczynski),
		"lambda":              of(basket.Table.Lambda),
		"laplace":             of(basket.Table.Laplace),
		"leastContradiction":  of(basket.Table.ReverseConfidence),
		"lerman":              of(basket.Table.Lerman),
		"leverage":            of(basket.Table.Leverage),
		"maxconfidence":       of(basket.Table.MaxConfidence),
		"mutualInformation":   of(basket.Table.MutualInformation),
		"oddsRatio":           of(basket.Table.OddsRatio),
		"phi":                 of(basket.Table.Phi),
		"ralambondrainy":      of(basket.Table.Ralambondrainy),
		"relativeRisk":        of(basket.Table.RelativeRisk),
		"RLD":                 of(basket.Table.RelativeLinkageDisequilibrium),
		"rulePowerFactor":     of(basket.Table.RulePowerFactor),
		"sebag":               of(basket.Table.Sebag),
		"varyingLiaison":      of(basket.Table.VaryingLiaison),
		"yuleQ":               of(basket.Table.YuleQ),
		"yuleY":               of(basket.Table.YuleY),
		"collectiveStrength":  of(otherStrength),
		"stdLift": {func(a answer) float64 {
			return a.StandardizedLift(a.minSupport, a.minConfidence)
		}, 1e-10, 1},
		"improvement":      by(basket.Standing.Improvement),
		"boost":            by(basket.Standing.Boost),
		"LIC":              by(basket.Standing.LIC),
		"fishersExactTest": p(func(a answer) float64 { return a.P() }),
		"p_bonf":           adjusted(basket.Bonferroni),
		"p_holm":           adjusted(basket.Holm),
		"p_bh":             adjusted(basket.BenjaminiHochberg),
		"p_by":             adjusted(basket.BenjaminiYekutieli),
		"redundant":        truth(func(a answer) bool { return a.Redundant() }),
		"maximal":          truth(func(a answer) bool { return a.Maximal }),
		"significant01_bonf": truth(func(a answer) bool {
			return a.adjusted[basket.Bonferroni] <= math.Log(0.01)
		}),
		"count": whole(func(t basket.Table) int64 { return t.Both }),
		"n11":   whole(func(t basket.Table) int64 { return t.Both }),
		"n10":   whole(func(t basket.Table) int64 { return t.Left - t.Both }),
		"n01":   whole(func(t basket.Table) int64 { return t.Right - t.Both }),
		"n00":   whole(none),
	}, exact}
}

// otherStrength is what arules has under the name of collective strength.
func otherStrength(t basket.Table) float64 {
	n, n1, m1 := float64(t.N), float64(t.Left), float64(t.Right)
	n0, m0 := n-n1, n-m1
	n11, n00 := float64(t.Both), n-n1-m1+float64(t.Both)
	return n11 * n00 / (n1*m1 + n0 + m0) * (n*n - n1*m1 - n0*m0) / (n - n11 - n00)
}

// mlxtend divides shares that are rounded already, and so loses rules at the very
// threshold: (26/9835)/(65/9835) is less than 0.4.
func mlxtend() dialect {
	rounded := func(t basket.Table, threshold float64) bool {
		return t.Support()/(float64(t.Left)/float64(t.N)) < threshold
	}
	return dialect{"antecedents", "consequents", 0, map[string]figure{
		"support":            of(basket.Table.Support),
		"confidence":         of(basket.Table.Confidence),
		"lift":               of(basket.Table.Lift),
		"antecedent support": of(basket.Table.Coverage),
		"consequent support": of(basket.Table.Prevalence),
		"leverage":           of(basket.Table.Leverage),
		"conviction":         of(byPeer(basket.Table.Conviction, math.Inf(1))),
		"zhangs_metric":      of(basket.Table.Zhang),
		"jaccard":            of(basket.Table.Jaccard),
		"certainty":          of(byPeer(basket.Table.Certainty, 0)),
		"kulczynski":         of(basket.Table.Kulczynski),
		"representativity":   of(func(basket.Table) float64 { return 1 }), // no value is missing in a basket
	}, rounded}
}

// byPeer is a measure with the value that a peer gives it where it has none, which is where
// the consequent is in every basket.
func byPeer(f func(basket.Table) float64, none float64) func(basket.Table) float64 {
	return func(t basket.Table) float64 {
		if t.Right == t.N {
			return none
		}
		return f(t)
	}
}

func TestReferenceRules(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, room, "crosssell_rules_*") {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			part := rulesFile.FindStringSubmatch(f.Name)
			require.NotNil(t, part)
			d := arules()
			if header, _, _ := strings.Cut(string(f.Bytes()), "\n"); strings.Contains(header, "antecedents") {
				d = mlxtend()
			}
			count, err := strconv.ParseInt(part[2], 10, 64)
			require.NoError(t, err)
			percent, err := strconv.Atoi(part[3])
			require.NoError(t, err)
			rows := f.Rows()
			rules := mineRules(t, part[1], count, float64(percent)/100, d.maxConsequent)
			answers := answersTo(t, rules, count, float64(percent)/100)
			compareRules(t, f, d, rows, rules, answers)
		})
	}
}

// mineRules returns the rules of a data set at a count and a confidence.
func mineRules(t *testing.T, name string, count int64, confidence float64, maxConsequent int) []basket.Rule[string] {
	t.Helper()
	c := load(t, name)
	sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: count, MaxSets: 10_000_000})
	require.NoError(t, err)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(),
		basket.RuleParams{MinConfidence: confidence, MaxConsequent: bound(maxConsequent), MaxRules: 10_000_000})
	require.NoError(t, err)
	return rules
}

// answersTo returns what the room says about rules that were mined at a count and a
// confidence, with p-values adjusted for their own number.
func answersTo(t *testing.T, rules []basket.Rule[string], count int64, confidence float64) []answer {
	t.Helper()
	standings, err := basket.Standings(t.Context(), rules)
	require.NoError(t, err)
	answers := make([]answer, len(rules))
	logP := make([]float64, len(rules))
	for i, r := range rules {
		answers[i] = answer{r.Table, standings[i], (float64(count) - 0.5) / float64(r.N), confidence, map[basket.Method]float64{}}
		logP[i] = r.LogP()
	}
	for _, m := range []basket.Method{basket.Bonferroni, basket.Holm, basket.BenjaminiHochberg, basket.BenjaminiYekutieli} {
		adjusted, err := basket.Correction{Method: m, Hypotheses: big.NewInt(int64(max(1, len(rules))))}.Adjust(logP)
		require.NoError(t, err)
		for i := range answers {
			answers[i].adjusted[m] = adjusted[i]
		}
	}
	return answers
}

// compareRules compares every column that the room owns. The rules themselves
// must be the same, none missing, none too many but those that the peer may lose.
func compareRules(t *testing.T, f *reference.File, d dialect, rows []map[string]string, rules []basket.Rule[string], answers []answer) {
	t.Helper()
	listed := make(map[string]bool, len(rows))
	for _, row := range rows {
		listed[d.name(row)] = true
	}
	byName := make(map[string]answer, len(rules))
	for i, r := range rules {
		name := strings.Join(r.Antecedent, ",") + "\t" + strings.Join(r.Consequent, ",")
		if listed[name] || !d.loses(r.Table, answers[i].minConfidence) {
			byName[name] = answers[i]
		}
	}
	f.Exact(len(rows), len(byName), "rules")
	if len(rows) == 0 {
		return
	}
	for column := range rows[0] {
		if !f.Owns(column) {
			continue
		}
		figure, known := d.figures[column]
		for _, row := range rows {
			name := d.name(row)
			a, found := byName[name]
			switch {
			case column == d.left || column == d.right:
				f.Exact(true, found, "rule %s", name)
			case !known:
				t.Fatalf("%s: nothing computes column %q", f.Name, column)
			default:
				figure.compare(t, f, row[column], a, column+" of "+name)
			}
		}
	}
}

// compare compares one cell. Undefined ones are not compared, and of a number below
// 1e-300 only that ours is below too.
func (g figure) compare(t *testing.T, f *reference.File, cell string, a answer, what string) {
	t.Helper()
	cell = strings.TrimSpace(cell)
	switch cell {
	case "NaN", "NA":
		return
	case "TRUE", "FALSE":
		f.Exact(cell == "TRUE", g.of(a) == 1, "%s", what)
		return
	}
	want, err := strconv.ParseFloat(cell, 64)
	require.NoError(t, err)
	got := g.of(a)
	if g.floor == 0 && g.tolerance > 0 && want < 1e-300 {
		f.Exact(true, got >= 0 && got < 1e-300, "%s: below 1e-300", what)
		return
	}
	f.Near(want, got, g.tolerance, g.floor, "%s", what)
}

// name returns both sides of a rule, each in order.
func (d dialect) name(row map[string]string) string {
	return sorted(row[d.left]) + "\t" + sorted(row[d.right])
}

func sorted(labels string) string {
	parts := strings.Split(labels, ",")
	slices.Sort(parts)
	return strings.Join(parts, ",")
}
