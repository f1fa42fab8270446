package basket_test

import (
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
	figures       map[string]func(basket.Table) float64 // compared at 1e-12 of max(1, |value|)
	// loses tells whether the peer's own arithmetic may find the confidence of a rule,
	// of threshold or above, to be below.
	loses func(t basket.Table, threshold float64) bool
}

func arules() dialect {
	exact := func(basket.Table, float64) bool { return false }
	return dialect{"lhs", "rhs", 1, map[string]func(basket.Table) float64{
		"support":    basket.Table.Support,
		"confidence": basket.Table.Confidence,
		"lift":       basket.Table.Lift,
		"coverage":   func(t basket.Table) float64 { return float64(t.Left) / float64(t.N) },
		"rhsSupport": func(t basket.Table) float64 { return float64(t.Right) / float64(t.N) },
		"count":      func(t basket.Table) float64 { return float64(t.Both) },
		"n11":        func(t basket.Table) float64 { return float64(t.Both) },
		"n10":        func(t basket.Table) float64 { return float64(t.Left - t.Both) },
		"n01":        func(t basket.Table) float64 { return float64(t.Right - t.Both) },
		"n00":        func(t basket.Table) float64 { return float64(t.N - t.Left - t.Right + t.Both) },
	}, exact}
}

// mlxtend divides shares that are rounded already, and so loses rules at the very
// threshold: (26/9835)/(65/9835) is less than 0.4.
func mlxtend() dialect {
	rounded := func(t basket.Table, threshold float64) bool {
		return t.Support()/(float64(t.Left)/float64(t.N)) < threshold
	}
	return dialect{"antecedents", "consequents", 0, map[string]func(basket.Table) float64{
		"support":            basket.Table.Support,
		"confidence":         basket.Table.Confidence,
		"lift":               basket.Table.Lift,
		"antecedent support": func(t basket.Table) float64 { return float64(t.Left) / float64(t.N) },
		"consequent support": func(t basket.Table) float64 { return float64(t.Right) / float64(t.N) },
	}, rounded}
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
			rows := f.Rows()
			rules, threshold := mineRules(t, part[1], part[2], part[3], d)
			compareRules(t, f, d, rows, rules, threshold)
		})
	}
}

// mineRules returns the rules of a data set at a count and a confidence in percent,
// and that confidence.
func mineRules(t *testing.T, name, count, percent string, d dialect) ([]basket.Rule[string], float64) {
	t.Helper()
	minCount, err := strconv.ParseInt(count, 10, 64)
	require.NoError(t, err)
	hundredths, err := strconv.Atoi(percent)
	require.NoError(t, err)
	threshold := float64(hundredths) / 100
	c := load(t, name)
	sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: minCount, MaxSets: 10_000_000})
	require.NoError(t, err)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(),
		basket.RuleParams{MinConfidence: threshold, MaxConsequent: bound(d.maxConsequent), MaxRules: 10_000_000})
	require.NoError(t, err)
	return rules, threshold
}

// compareRules compares every column that the room owns. The rules themselves
// must be the same, none missing, none too many but those that the peer may lose.
func compareRules(t *testing.T, f *reference.File, d dialect, rows []map[string]string, rules []basket.Rule[string], threshold float64) {
	t.Helper()
	listed := make(map[string]bool, len(rows))
	for _, row := range rows {
		listed[d.name(row)] = true
	}
	byName := make(map[string]basket.Table, len(rules))
	for _, r := range rules {
		name := strings.Join(r.Antecedent, ",") + "\t" + strings.Join(r.Consequent, ",")
		if listed[name] || !d.loses(r.Table, threshold) {
			byName[name] = r.Table
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
		figure := d.figures[column]
		for _, row := range rows {
			name := d.name(row)
			table, found := byName[name]
			switch {
			case column == d.left || column == d.right:
				f.Exact(true, found, "rule %s", name)
			case figure == nil:
				t.Fatalf("%s: nothing computes column %q", f.Name, column)
			default:
				want, err := strconv.ParseFloat(strings.TrimSpace(row[column]), 64)
				require.NoError(t, err)
				f.Near(want, figure(table), 1e-12, 1, "%s of %s", column, name)
			}
		}
	}
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
