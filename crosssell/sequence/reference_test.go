package sequence_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/reference"
)

const room = "crosssell/sequence"

// lines reads a data set of sequences: a customer a line, elements separated by
// semicolons, items by blanks.
func lines(tb testing.TB, name string) [][][]string {
	tb.Helper()
	_, text := reference.Data(tb, "crosssell/"+name+".txt*")
	var customers [][][]string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var visits [][]string
		for visit := range strings.SplitSeq(line, ";") {
			visits = append(visits, strings.Fields(visit))
		}
		customers = append(customers, visits)
	}
	return customers
}

// digits says whether all items are numbers, which are then in order as such.
func digits(customers [][][]string) bool {
	for _, visits := range customers {
		for _, items := range visits {
			for _, item := range items {
				if strings.Trim(item, "0123456789") != "" {
					return false
				}
			}
		}
	}
	return true
}

// ranked turns items into their ranks: numbers in numeric order, others bytewise. It returns
// the labels, by rank.
func ranked(customers [][][]string) (ranks [][][]int, labels []string) {
	for _, visits := range customers {
		labels = append(labels, slices.Concat(visits...)...)
	}
	numeric := digits(customers)
	slices.SortFunc(labels, func(a, b string) int {
		if numeric {
			x, y := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
			return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(a, b))
		}
		return cmp.Compare(a, b)
	})
	labels = slices.Compact(labels)
	rank := map[string]int{}
	for i, label := range labels {
		rank[label] = i
	}
	ranks = make([][][]int, len(customers))
	for c, visits := range customers {
		for _, items := range visits {
			var visit []int
			for _, item := range items {
				visit = append(visit, rank[item])
			}
			ranks[c] = append(ranks[c], visit)
		}
	}
	return ranks, labels
}

// digest returns the SHA-256 of the canonical list of patterns.
func digest(patterns []sequence.Pattern[int], labels []string) string {
	lines := make([]string, 0, len(patterns))
	for _, p := range patterns {
		var elements []string
		for _, e := range p.Elements {
			var items []string
			for _, item := range e {
				items = append(items, labels[item])
			}
			elements = append(elements, strings.Join(items, ","))
		}
		lines = append(lines, strings.Join(elements, ";")+"\t"+strconv.FormatInt(p.Count, 10)+"\n")
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// spectrum lists how many patterns there are of each number of items.
func spectrum(patterns []sequence.Pattern[int]) string {
	byLen := map[int]int{}
	for _, p := range patterns {
		byLen[p.Len()]++
	}
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(byLen)) {
		parts = append(parts, fmt.Sprintf("%d:%d", n, byLen[n]))
	}
	return strings.Join(parts, " ")
}

func TestReferenceSequenceCounts(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "crosssell_sequence_counts.csv")
	byName := map[string][]map[string]string{}
	for _, row := range f.Rows() {
		if f.Owns(row["dataset"] + ":" + row["family"]) {
			byName[row["dataset"]] = append(byName[row["dataset"]], row)
		}
	}
	for name, rows := range byName {
		ranks, labels := ranked(lines(t, name))
		compareCounts(t, f, historiesOf(t, ranks), labels, rows)
	}
}

func compareCounts(t *testing.T, f *reference.File, h *sequence.Histories[int, int], labels []string, rows []map[string]string) {
	t.Helper()
	families := map[string]sequence.Family{"frequent": sequence.All, "closed": sequence.Closed}
	for _, row := range rows {
		what := row["dataset"] + " at " + row["minsup_abs"] + ", " + row["family"]
		family, known := families[row["family"]]
		require.True(t, known, what)
		minCount, err := strconv.ParseInt(row["minsup_abs"], 10, 64)
		require.NoError(t, err)
		found, err := h.Frequent(t.Context(), sequence.PatternParams{MinCount: minCount, Family: family, MaxPatterns: 10_000_000})
		require.NoError(t, err, what)
		f.Exact(row["count"], strconv.Itoa(len(found)), "%s: patterns", what)
		f.Exact(row["length_spectrum"], spectrum(found), "%s: lengths", what)
		f.Exact(row["sha256_canonical"], digest(found, labels), "%s: digest", what)
	}
}
