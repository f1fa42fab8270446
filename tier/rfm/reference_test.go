package rfm_test

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

const room = "tier/rfm"

// The published CDNOW sample: calibration up to 30 September 1997, in weeks.
func TestReferenceCDNOW(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "cdnow_summary.csv")
	if !f.Owns("summary") {
		t.Fatal("the table gives cdnow_summary.csv to another room")
	}
	base, err := rfm.Collect(cdnow(t, "cdnow_transactions.csv"))
	require.NoError(t, err)
	customers, idle, err := base.Summaries(relmark.MustParseDate("1997-09-30"), rfm.Options{Unit: rfm.Week})
	require.NoError(t, err)
	f.Exact(0, len(idle), "customers without purchase day")

	byID := map[string]rfm.Summary{}
	for _, c := range customers {
		byID[c.ID] = c.Summary
	}
	rows := f.Rows()
	f.Exact(len(rows), len(byID), "customers")
	for _, row := range rows {
		id := row["id"]
		s := byID[id]
		f.Exact(row["frequency"], strconv.Itoa(s.X), "%s frequency", id)
		f.Near(number(t, row["recency"]), round2(s.TX), 1e-12, 0, "%s recency", id)
		f.Near(number(t, row["T"]), round2(s.T), 1e-12, 0, "%s T", id)
		x := decimal.NewFromInt(int64(max(1, s.X)))
		off := s.RepeatTotal().Sub(amount(t, row["monetary"]).Mul(x)).Abs() // rounded to 0.01, halves either way
		f.Exact(true, off.LessThanOrEqual(decimal.New(5, -3).Mul(x)), "%s monetary", id)
	}
}

func TestReferenceGolden(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "rfm_golden.json")
	var golden struct{ Cases []goldenCase }
	f.JSON(&golden)
	for _, c := range golden.Cases {
		if !f.Owns(c.Kind) {
			continue
		}
		switch c.Kind {
		case "summary":
			c.checkSummary(t, f)
		case "score":
			c.checkScore(t, f)
		default:
			t.Errorf("%s: kind %q has no test", c.ID, c.Kind)
		}
	}
}

type goldenCase struct {
	ID, Kind          string
	Bins              int
	AsOf              string      `json:"as_of"`
	LaterAsOf         string      `json:"later_as_of"`
	ReturnsMode       string      `json:"returns_mode"`
	Transactions      [][3]string `json:"transactions"`
	LaterTransactions [][3]string `json:"later_transactions"`
	Expect            json.RawMessage
}

func (c goldenCase) options(t *testing.T) rfm.Options {
	t.Helper()
	switch c.ReturnsMode {
	case "net_day":
		return rfm.Options{Returns: rfm.NetDay}
	case "gross":
		return rfm.Options{Returns: rfm.Gross}
	}
	t.Fatalf("%s: returns_mode %q", c.ID, c.ReturnsMode)
	return rfm.Options{}
}

func (c goldenCase) checkSummary(t *testing.T, f *reference.File) {
	t.Helper()
	var expect struct {
		Summary []struct {
			ID           string
			PurchaseDays int `json:"purchase_days"`
			X            int
			First, Last  string
			TX           int    `json:"t_x_days"`
			T            int    `json:"T_days"`
			Since        int    `json:"since_last_days"`
			Total        string `json:"total"`
			Returns      string `json:"returns"`
			RepeatSum    string `json:"repeat_sum"`
			MeanRepeat   string `json:"mean_repeat"`
			MeanDay      string `json:"mean_day"`
		}
		NoPurchase []string `json:"no_purchase"`
	}
	require.NoError(t, reference.Strict(c.Expect, &expect))
	base, err := rfm.Collect(rows(t, c.Transactions))
	require.NoError(t, err)
	customers, idle, err := base.Summaries(relmark.MustParseDate(c.AsOf), c.options(t))
	require.NoError(t, err)

	require.Len(t, customers, len(expect.Summary), c.ID)
	for i, want := range expect.Summary {
		got, at := customers[i], c.ID+" "+want.ID
		f.Exact(want.ID, got.ID, "%s id", at)
		f.Exact(want.PurchaseDays, got.Purchases, "%s purchase_days", at)
		f.Exact(want.X, got.X, "%s x", at)
		f.Exact(want.First, got.First.String(), "%s first", at)
		f.Exact(want.Last, got.Last.String(), "%s last", at)
		f.Exact(float64(want.TX), got.TX, "%s t_x", at)
		f.Exact(float64(want.T), got.T, "%s T", at)
		f.Exact(float64(want.Since), got.SinceLast, "%s since_last", at)
		f.Exact(true, amount(t, want.Total).Equal(got.Total()), "%s total", at)
		f.Exact(true, amount(t, want.Returns).Equal(got.Returned()), "%s returns", at)
		f.Exact(true, amount(t, want.RepeatSum).Equal(got.RepeatTotal()), "%s repeat_sum", at)
		f.Near(number(t, want.MeanRepeat), got.MeanRepeat(), 1e-12, 0, "%s mean_repeat", at)
		f.Near(number(t, want.MeanDay), got.MeanDay(), 1e-12, 0, "%s mean_day", at)
	}
	require.Equal(t, expect.NoPurchase, append([]string{}, idle...), c.ID)
}

func (c goldenCase) checkScore(t *testing.T, f *reference.File) {
	t.Helper()
	type scores []struct {
		ID      string
		R, F, M int
	}
	var expect struct {
		Cuts   struct{ R, F, M []string }
		Scores scores
		Later  scores `json:"later_scores"`
	}
	require.NoError(t, reference.Strict(c.Expect, &expect))
	base, err := rfm.Collect(rows(t, c.Transactions))
	require.NoError(t, err)
	customers, _, err := base.Summaries(relmark.MustParseDate(c.AsOf), c.options(t))
	require.NoError(t, err)
	cuts, err := rfm.FitCuts(customers, c.Bins)
	require.NoError(t, err)
	for i := range c.Bins - 1 {
		f.Exact(0, rat(t, expect.Cuts.R[i]).Cmp(cuts.Recency[i]), "%s R cut %d", c.ID, i)
		f.Exact(0, rat(t, expect.Cuts.F[i]).Cmp(cuts.Frequency[i]), "%s F cut %d", c.ID, i)
		f.Exact(0, rat(t, expect.Cuts.M[i]).Cmp(cuts.Monetary[i]), "%s M cut %d", c.ID, i)
	}
	scorer, err := rfm.NewScorer(cuts)
	require.NoError(t, err)
	check := func(want scores, customers []rfm.Customer[string]) {
		require.Len(t, customers, len(want), c.ID)
		for i, w := range want {
			f.Exact(w.ID, customers[i].ID, "%s id", c.ID)
			f.Exact(rfm.Score{R: w.R, F: w.F, M: w.M}, scorer.Score(customers[i].Summary), "%s %s score", c.ID, w.ID)
		}
	}
	check(expect.Scores, customers)

	for p, err := range rows(t, c.LaterTransactions) {
		require.NoError(t, err)
		require.NoError(t, base.Add(p))
	}
	later, _, err := base.Summaries(relmark.MustParseDate(c.LaterAsOf), c.options(t))
	require.NoError(t, err)
	check(expect.Later, later)
}

func rows(t *testing.T, list [][3]string) iter.Seq2[rfm.Purchase[string], error] {
	t.Helper()
	return func(yield func(rfm.Purchase[string], error) bool) {
		for _, r := range list {
			if !yield(rfm.Purchase[string]{Customer: r[0], On: relmark.MustParseDate(r[1]), Amount: amount(t, r[2])}, nil) {
				return
			}
		}
	}
}

func amount(t testing.TB, s string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(s)
	require.NoError(t, err)
	return d
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

func round2(v float64) float64 { return math.RoundToEven(v*100) / 100 }
