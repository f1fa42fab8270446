package clv_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

const room = "tier/clv"

// A goldenRow is one row of clv_golden.csv.
type goldenRow struct {
	model, quantity string
	params          map[string]float64
	customer        rfm.Pattern
	t               float64
	want            float64
}

func (r goldenRow) rate() float64 { return r.params["d"] }

func TestReferenceGolden(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "clv_golden.csv")
	for _, row := range f.Rows() {
		if !f.Owns(row["model"]) {
			continue
		}
		r := parseGolden(t, row)
		got, ok := r.compute(t)
		if !ok {
			t.Errorf("%s %s has no test", r.model, r.quantity)
			continue
		}
		tolerance, floor := 1e-10, 0.0
		if r.params["a"] == 1353 {
			tolerance = 1e-9
		}
		switch r.quantity {
		case "loglik":
			floor = 1
		case "pmf":
			// The file has P(N = n) from terms near 1 in 60-digit arithmetic, so to 1e-60
			// at best: at x = 200 two values near 1e-70 have no digit, or six, in common
			// with the same formula at 400 digits. See TestTinyPMF.
			floor = 1e-60 / tolerance
		}
		if math.Abs(r.want) < 1e-308 {
			r.want = 0
			if math.Abs(got) < 1e-307 {
				got = 0
			}
		}
		if r.want < 0 && r.quantity == "cond_mean" {
			r.want = math.NaN() // a mean that does not exist is not returned
		}
		f.Near(r.want, got, tolerance, floor, "%s %s %v %+v t=%v", r.model, r.quantity, row["params"], r.customer, r.t)
	}
}

func parseGolden(t *testing.T, row map[string]string) goldenRow {
	t.Helper()
	return goldenRow{
		model: row["model"], quantity: row["quantity"], params: numbers(t, row["params"]),
		customer: rfm.Pattern{X: int(number(t, row["x"])), TX: number(t, row["t_x"]), T: number(t, row["T"])},
		t:        number(t, row["t"]), want: number(t, row["value"]),
	}
}

// number reads a float, 0 where the column is empty; figures below the range of
// float64 are 0.
func number(t testing.TB, s string) float64 {
	t.Helper()
	if s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	require.False(t, err != nil && math.Abs(v) > 1e-300, s)
	return v
}

// numbers reads "name=value;name=value".
func numbers(t testing.TB, s string) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for pair := range strings.SplitSeq(s, ";") {
		name, value, ok := strings.Cut(pair, "=")
		require.True(t, ok, s)
		values[name] = number(t, value)
	}
	return values
}

// A process is what the models of non-contractual buying have in common.
type process interface {
	clv.PurchaseModel
	LogLik(c rfm.Pattern) float64
	CondExpected(c rfm.Pattern, t float64) float64
	PMF(n int, t float64) float64
	CondPMF(c rfm.Pattern, n int, t float64) float64
	DERT(c rfm.Pattern, rate float64) float64
	PosteriorRate(c rfm.Pattern) float64
	PosteriorDropout(c rfm.Pattern) float64
}

func (r goldenRow) compute(t *testing.T) (float64, bool) {
	t.Helper()
	switch r.model {
	case "bgnbd":
		m, err := clv.NewBGNBD(clv.BGNBDParams{R: r.params["r"], Alpha: r.params["alpha"], A: r.params["a"], B: r.params["b"]})
		require.NoError(t, err)
		return r.ofProcess(m)
	case "mbgnbd":
		m, err := clv.NewMBGNBD(clv.MBGNBDParams{R: r.params["r"], Alpha: r.params["alpha"], A: r.params["a"], B: r.params["b"]})
		require.NoError(t, err)
		return r.ofProcess(m)
	case "pnbd":
		m, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: r.params["r"], Alpha: r.params["alpha"], S: r.params["s"], Beta: r.params["beta"]})
		require.NoError(t, err)
		return r.ofProcess(m)
	case "bgbb":
		m, err := clv.NewBGBB(clv.BGBBParams{Alpha: r.params["alpha"], Beta: r.params["beta"], Gamma: r.params["gamma"], Delta: r.params["delta"]})
		require.NoError(t, err)
		if r.quantity == "palive_next" {
			return m.PAliveAfter(r.customer, 1), true
		}
		return r.ofProcess(m)
	case "sbg":
		m, err := clv.NewSBG(clv.SBGParams{Alpha: r.params["alpha"], Beta: r.params["beta"]})
		require.NoError(t, err)
		switch r.quantity {
		case "survival":
			return m.Survival(int(r.t)), true
		case "retention":
			return m.Retention(int(r.t)), true
		case "churn_pmf":
			return m.ChurnPMF(int(r.t)), true
		case "del":
			return m.DEL(r.rate()), true
		case "derl":
			return m.DERL(int(r.customer.T), r.rate()), true
		}
	case "gg":
		m, err := clv.NewGammaGamma(clv.GammaGammaParams{P: r.params["p"], Q: r.params["q"], V: r.params["v"]})
		require.NoError(t, err)
		switch r.quantity {
		case "cond_mean":
			return m.CondMean(r.customer.X, r.params["zbar"]), true
		case "loglik":
			return m.LogLik(clv.SpendMean{X: r.customer.X, Value: r.params["zbar"]}), true
		}
	}
	return 0, false
}

func (r goldenRow) ofProcess(m process) (float64, bool) {
	switch r.quantity {
	case "palive":
		return m.PAlive(r.customer), true
	case "loglik":
		return m.LogLik(r.customer), true
	case "cond_expected":
		return m.CondExpected(r.customer, r.t), true
	case "expected":
		return m.Expected(r.t), true
	case "pmf":
		return m.PMF(r.customer.X, r.t), true
	case "dert":
		return m.DERT(r.customer, r.rate()), true
	}
	return 0, false
}
