package basket_test

import (
	"bytes"
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

	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/reference"
)

const room = "crosssell/basket"

// digest returns the SHA-256 of the canonical list of itemsets: labels in order
// of bytes, joined by commas, a tab, the count; lines in order of bytes.
func digest(sets []basket.Set[string]) string {
	lines := make([]string, 0, len(sets))
	for _, s := range sets {
		lines = append(lines, strings.Join(s.Items, ",")+"\t"+strconv.FormatInt(s.Count, 10)+"\n")
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		hash.Write([]byte(line))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// spectrum lists how many sets there are of each size, such as "1:28 2:3".
func spectrum(sets []basket.Set[string]) string {
	bySize := map[int]int{}
	for _, s := range sets {
		bySize[len(s.Items)]++
	}
	var b bytes.Buffer
	for _, size := range slices.SortedFunc(maps.Keys(bySize), cmp.Compare[int]) {
		fmt.Fprintf(&b, " %d:%d", size, bySize[size])
	}
	return strings.TrimSpace(b.String())
}

func TestReferenceItemsetCounts(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "crosssell_itemset_counts.csv")
	counters := map[string]*basket.Counter[string]{}
	for i, row := range f.Rows() {
		name := row["dataset"]
		if !f.Owns(name + ":" + row["family"]) {
			continue
		}
		if counters[name] == nil {
			counters[name] = load(t, name)
		}
		c := counters[name]
		what := name + " at " + row["minsup_abs"]
		minCount, err := strconv.ParseInt(row["minsup_abs"], 10, 64)
		require.NoError(t, err)
		sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: minCount, MaxSets: 10_000_000, Family: basket.Family(row["family"]), Workers: 1 + i%2})
		require.NoError(t, err, what)
		f.Exact(row["transactions"], strconv.FormatInt(c.Baskets(), 10), "%s: baskets", what)
		f.Exact(row["count"], strconv.Itoa(len(sets)), "%s: sets", what)
		f.Exact(row["size_spectrum"], spectrum(sets), "%s: sizes", what)
		f.Exact(row["sha256_canonical"], digest(sets), "%s: digest", what)
	}
}
