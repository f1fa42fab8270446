package main

import (
	"testing"

	"github.com/relmark/relmark/.ci/tools/golist"
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	const own, decimal, gonum = golist.Module, "github.com/shopspring/decimal", "gonum.org/v1/gonum/stat"
	cases := []struct {
		pkg, path string
		want      bool
	}{
		{"", own + "/internal/calendar", true},
		{"", own + "/tier", false},
		{"", own + "/internal/near", false},
		{"", own + "/internal/fault", false},
		{"internal/fault", own, true},
		{"internal/enum", own + "/internal/fault", true},
		{"internal/canon", own + "/internal/codec", true},
		{"internal/canon", own + "/internal/money", false},
		{"internal/codec", own + "/internal/money", false},
		{"internal/special", own, false},
		{"internal/special", gonum, true},
		{"internal/maximum", own + "/internal/special", true},
		{"internal/calendar", own, false},
		{"internal/lot", own + "/internal/calendar", true},
		{"internal/lot", decimal, false},
		{"internal/money", decimal, true},
		{"internal/stat", gonum, true},
		{"internal/codec", gonum, false},
		{"internal/reference", own + "/internal/near", true},
		{"internal/reference", "os", true},
		{"internal/near", own, false},
		{"internal/hostile", decimal, true},
		{"loyalty/points", own + "/internal/hostile", false},
		{"tier", own, true},
		{"tier", own + "/tier/rfm", false},
		{"tier", own + "/loyalty", false},
		{"tier/rfm", own, true},
		{"tier/rfm", own + "/internal/codec", true},
		{"tier/rfm", own + "/tier", false},
		{"tier/rfm", own + "/tier/clv", false},
		{"tier/rfm", decimal, true},
		{"tier/rfm", "github.com/stretchr/testify/assert", false},
		{"tier/rfm", own + "/internal/reference", false},
		{"tier/clv", own + "/tier/rfm", true},
		{"tier/clv", gonum, true},
		{"tier/clv", own + "/tier/abc", false},
		{"tier/clv", "golang.org/x/exp/stats", true},
		{"tier/clv", "golang.org/x/exp/slices", false},
		{"loyalty/points", own + "/loyalty", false},
		{"loyalty/points", own + "/loyalty/earning", true},
		{"loyalty/earning", own + "/loyalty/points", false},
		{"loyalty/voucher", own + "/loyalty/promotion", true},
		{"servqual/csi", own + "/servqual", true},
		{"servqual/csi", own + "/servqual/scale", false},
		{"waiting/queue", own + "/waiting", false},
		{"waiting/plan", own + "/waiting/queue", true},
		{"waiting/plan", own + "/waiting/sim", false},
		{"waiting/plan", own + "/tier", false},
		{"crosssell/basket", own + "/crosssell", true},
		{"tier/rfm", "math/rand/v2", true},
		{"", "database/sql/driver", true},
		{"", "database/sql", false},
		{"tier/rfm", "math/rand", false},
		{"tier/rfm", "math", true},
		{"tier/rfm", "os", false},
		{"tier/rfm", "os/signal", false},
		{"tier/rfm", "log/slog", false},
		{"tier/rfm", "flag", false},
		{"tier/rfm", "net/http", false},
		{"tier/rfm", "unsafe", false},
		{"tier/rfm", "testing", false},
	}
	for _, c := range cases {
		if got := allowed(c.pkg, c.path); got != c.want {
			t.Errorf("allowed(%q, %q) = %v", c.pkg, c.path, got)
		}
	}
}

func TestCheckNamesPackagesWithoutAPlace(t *testing.T) {
	t.Parallel()
	if wrong := check(golist.Package{ImportPath: golist.Module + "/util"}); len(wrong) != 1 {
		t.Errorf("got %q", wrong)
	}
	if wrong := check(golist.Package{ImportPath: golist.Module + "/examples/tour", Imports: []string{"os"}}); wrong != nil {
		t.Errorf("got %q", wrong)
	}
}
