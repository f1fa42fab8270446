package evaluation_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

type purchase = evaluation.Purchase[int, string]

// months returns the params of so many months from the first of 2024.
func months(n int) evaluation.ServiceParams {
	p := evaluation.ServiceParams{Digits: 2}
	for i := range n + 1 {
		p.Edges = append(p.Edges, time.Date(2024, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC))
	}
	return p
}

// in returns an instant of a month, from 0.
func in(month int) time.Time { return time.Date(2024, time.Month(1+month), 15, 0, 0, 0, 0, time.UTC) }

func services(t require.TestingT, n int, list ...purchase) *evaluation.Services[int, string] {
	s, err := evaluation.NewServices[int, string](months(n))
	require.NoError(t, err)
	for _, p := range list {
		require.NoError(t, s.Add(p))
	}
	return s
}

// bought has customers from one to another buy a service in a month, for 10 each.
func bought(service string, month, from, to int) (list []purchase) {
	for c := from; c < to; c++ {
		list = append(list, purchase{c, service, in(month), decimal.New(10, 0)})
	}
	return list
}

func lifeOf(t *testing.T, s *evaluation.Services[int, string], rule evaluation.StageRule, service string) evaluation.Service[string] {
	t.Helper()
	list, err := s.Life(rule)
	require.NoError(t, err)
	i := slices.IndexFunc(list, func(l evaluation.Service[string]) bool { return l.Service == service })
	require.GreaterOrEqual(t, i, 0)
	return list[i]
}

func TestStages(t *testing.T) {
	t.Parallel()
	base := slices.Concat(bought("base", 0, 0, 1000), bought("base", 1, 0, 1000), bought("base", 2, 0, 1000), bought("base", 3, 0, 1000))
	for _, c := range []struct {
		name  string
		log   []purchase
		stage evaluation.Stage
		from  int
	}{
		{"the same customers each month", bought("x", 0, 0, 0), evaluation.Undetermined, 2},
		{"new and rising", slices.Concat(bought("x", 2, 0, 20), bought("x", 3, 0, 60)), evaluation.Introduction, 2},
		{"sold in the last month only", bought("x", 3, 0, 6), evaluation.Introduction, 2},
		{"sold in the last month only, to few", bought("x", 3, 0, 5), evaluation.Undetermined, 2},
		{"rising and widely held", slices.Concat(bought("x", 2, 0, 200), bought("x", 3, 0, 300)), evaluation.Growth, 2},
		{"rising and as old as the log", slices.Concat(bought("x", 0, 0, 5), bought("x", 2, 0, 20), bought("x", 3, 0, 60)), evaluation.Growth, 2},
		{"falling", slices.Concat(bought("x", 2, 0, 60), bought("x", 3, 40, 70)), evaluation.Decline, 2},
		{"level", slices.Concat(bought("x", 2, 0, 300), bought("x", 3, 5, 305)), evaluation.Maturity, 2},
		{"level, by other customers", slices.Concat(bought("x", 2, 0, 60), bought("x", 3, 100, 160)), evaluation.Undetermined, 2},
		{"gone for long", bought("x", 0, 0, 30), evaluation.Decline, 0},
		{"gone for long, few knew it", bought("x", 1, 0, 4), evaluation.Undetermined, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := services(t, 4, slices.Concat(base, c.log)...)
			if len(c.log) == 0 {
				l := lifeOf(t, s, evaluation.StandardStageRule(1), "base")
				require.Equal(t, evaluation.Maturity, l.Stage)
				require.Equal(t, []float64{0, 0, 0}, []float64{*l.Trend.Growth, l.Trend.Low, *l.Trend.High})
				require.Equal(t, []int64{1000, 1000, 1000, 1000}, l.Buyers)
				require.Equal(t, "40000.00", l.Revenue.StringFixed(2))
				require.Equal(t, int64(1000), l.Alone)
				return
			}
			l := lifeOf(t, s, evaluation.StandardStageRule(1), "x")
			require.Equal(t, c.stage, l.Stage, "%+v", l.Trend)
			require.Equal(t, c.from, l.Trend.From)
		})
	}
	// Bought in neither window: the windows do not reach the first of three months.
	s := services(t, 3, slices.Concat(bought("x", 0, 0, 40), bought("y", 2, 0, 40))...)
	l := lifeOf(t, s, evaluation.StandardStageRule(1), "x")
	require.Equal(t, evaluation.Decline, l.Stage)
	s = services(t, 5, slices.Concat(bought("x", 0, 0, 40), bought("y", 2, 0, 40))...)
	l = lifeOf(t, s, evaluation.StandardStageRule(2), "x")
	require.Nil(t, l.Trend)
	require.Equal(t, evaluation.Undetermined, l.Stage)
	require.Equal(t, [2]int{0, 0}, [2]int{l.First, l.Last})
}

// By hand: 20 bought in both, 10 before only, 30 last only; θ is 30 in 40.
func TestTrendByHand(t *testing.T) {
	t.Parallel()
	s := services(t, 2, slices.Concat(bought("x", 0, 0, 30), bought("x", 1, 10, 60))...)
	l := lifeOf(t, s, evaluation.StandardStageRule(1), "x")
	require.Equal(t, []int64{30, 50, 20}, []int64{l.Trend.Before, l.Trend.Last, l.Trend.Both})
	near.Equal(t, 50./30-1, *l.Trend.Growth, 1e-15, 0)
	low, high := stat.ClopperPearson(30, 40, 0.95)
	near.Equal(t, (20+40*low)/(20+40*(1-low))-1, l.Trend.Low, 1e-14, 0)
	near.Equal(t, (20+40*high)/(20+40*(1-high))-1, *l.Trend.High, 1e-14, 0)
	require.Equal(t, evaluation.Growth, l.Stage)

	one := services(t, 2, bought("x", 1, 0, 3)...)
	l = lifeOf(t, one, evaluation.StandardStageRule(1), "x")
	require.Nil(t, l.Trend.Growth)
	require.Nil(t, l.Trend.High)
}

func TestAttachAndCut(t *testing.T) {
	t.Parallel()
	s := services(t, 2, slices.Concat(
		bought("card", 0, 0, 10), bought("card", 1, 0, 10), bought("loan", 0, 0, 4), bought("fund", 1, 3, 5), bought("safe", 1, 20, 22),
	)...)
	rates, err := s.Attach("card", 0.95)
	require.NoError(t, err)
	require.Equal(t, []string{"loan", "fund", "safe"}, []string{rates[0].Service, rates[1].Service, rates[2].Service})
	require.Equal(t, [2]int64{4, 10}, [2]int64{rates[0].Rate.Count, rates[0].Rate.N})
	near.Equal(t, 0.4/(4./12), rates[0].Lift, 1e-15, 0)
	require.Zero(t, rates[2].Lift)
	require.True(t, rates[0].Rate.Low > 0.1 && rates[0].Rate.High < 0.8)

	cut, err := s.Cut("loan", evaluation.CutAssumption{Leave: 0.25, Replace: 0.5})
	require.NoError(t, err)
	require.Equal(t, [2]int64{4, 0}, [2]int64{cut.Holders, cut.Alone})
	// 4 loans of 10; 4 cards of 20 and a fund of 10; in all 200 + 40 + 20 + 20.
	texts := []string{cut.Own.String(), cut.Others.String(), cut.AtRisk.String(), cut.Total.String()}
	require.Equal(t, []string{"40", "90", "130", "280"}, texts)
	near.Equal(t, 0.25*130+0.75*0.5*40, cut.Lost, 1e-15, 0)
	near.Equal(t, 280-47.5, cut.Remains, 1e-15, 0)
	cut, err = s.Cut("safe", evaluation.CutAssumption{})
	require.NoError(t, err)
	require.Equal(t, [2]int64{2, 2}, [2]int64{cut.Holders, cut.Alone})
	near.Equal(t, 20, cut.Lost, 1e-15, 0)

	require.Equal(t, []string{"card", "fund", "loan", "safe"}, s.Services())
	require.Equal(t, int64(12), s.Customers())
	require.Equal(t, 2, s.Periods())
}

func TestServicesRefuse(t *testing.T) {
	t.Parallel()
	p := months(2)
	p.Edges[1], p.Digits = p.Edges[2], 10
	_, err := evaluation.NewServices[int, string](p)
	require.Equal(t, []string{"Edges[2]", "Digits"}, fields(err))
	p = months(2)
	p.Edges[0] = time.Time{}
	_, err = evaluation.NewServices[int, string](p)
	require.Equal(t, []string{"Edges[0]"}, fields(err))
	_, err = evaluation.NewServices[int, string](evaluation.ServiceParams{Digits: -1})
	require.Equal(t, []string{"Edges", "Digits"}, fields(err))

	s, err := evaluation.NewServices[string, string](months(2))
	require.NoError(t, err)
	ten := decimal.New(10, 0)
	for _, bad := range []struct {
		p     evaluation.Purchase[string, string]
		field string
	}{
		{evaluation.Purchase[string, string]{"\xff", "a", in(0), ten}, "Customer"},
		{evaluation.Purchase[string, string]{"a", "\xff", in(0), ten}, "Service"},
		{evaluation.Purchase[string, string]{"a", "a", in(-1), ten}, "At"},
		{evaluation.Purchase[string, string]{"a", "a", months(2).Edges[2], ten}, "At"},
		{evaluation.Purchase[string, string]{"a", "a", in(0), decimal.New(-1, 0)}, "Amount"},
		{evaluation.Purchase[string, string]{"a", "a", in(0), decimal.New(1, -3)}, "Amount"},
		{evaluation.Purchase[string, string]{"a", "a", in(0), decimal.New(1, math.MaxInt32)}, "Amount"},
	} {
		require.Equal(t, []string{bad.field}, fields(s.Add(bad.p)))
	}
	require.NoError(t, s.Add(evaluation.Purchase[string, string]{"a", "a", months(2).Edges[0], ten}))
	rule := evaluation.StandardStageRule(1)
	_, err = services(t, 2).Life(rule)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = s.Life(evaluation.StandardStageRule(2))
	require.Equal(t, []string{"Window"}, fields(err))
	_, err = s.Life(evaluation.StageRule{})
	require.Equal(t, []string{"Window", "Level", "Flat", "Early"}, fields(err))
	for _, err := range []error{second(s.Attach("b", 0.9)), second(s.Cut("b", evaluation.CutAssumption{}))} {
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	require.Equal(t, []string{"Level"}, fields(second(s.Attach("a", 2))))
	require.Equal(t, []string{"Leave", "Replace"}, fields(second(s.Cut("a", evaluation.CutAssumption{Leave: 2, Replace: -1}))))

	var zero evaluation.Services[string, string]
	require.ErrorIs(t, zero.Add(evaluation.Purchase[string, string]{}), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(s), relmark.ErrInvalid)
	require.ErrorIs(t, second(zero.Life(rule)), relmark.ErrInvalid)
	require.Zero(t, zero.Periods())
	other, err := evaluation.NewServices[string, string](months(3))
	require.NoError(t, err)
	require.Equal(t, []string{"Other"}, fields(s.Merge(other)))

	// 1,024 purchases of 2^53 − 1 units are all that fits, less a few units.
	full := services(t, 2)
	most := purchase{1, "a", in(0), decimal.New(1<<53-1, -2)}
	for range 1024 {
		require.NoError(t, full.Add(most))
	}
	require.ErrorIs(t, full.Add(most), relmark.ErrLimit)
	require.ErrorIs(t, full.Merge(full), relmark.ErrLimit)
}

// buyersOf are the customers of a service from one month to before another.
func buyersOf(list []purchase, service string, from, to int) map[int]bool {
	set := map[int]bool{}
	for _, p := range list {
		if p.Service == service && !p.At.Before(months(6).Edges[from]) && p.At.Before(months(6).Edges[to]) {
			set[p.Customer] = true
		}
	}
	return set
}

func TestServicesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) purchase {
			return purchase{
				rapid.IntRange(0, 5).Draw(t, "customer"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "service"),
				in(rapid.IntRange(0, 5).Draw(t, "month")), decimal.New(int64(rapid.IntRange(0, 999).Draw(t, "cents")), -2),
			}
		}), 1, 40).Draw(t, "log")
		cut := rapid.IntRange(0, len(list)).Draw(t, "cut")
		one, left, right := services(t, 6, list...), services(t, 6, list[:cut]...), services(t, 6, list[cut:]...)
		require.NoError(t, right.Merge(left))
		require.Equal(t, one, right)
		var decoded evaluation.Services[int, string]
		require.NoError(t, decoded.UnmarshalBinary(encoded(t, right)))
		require.Equal(t, one, &decoded)
		life, err := one.Life(evaluation.StageRule{Window: 2, Level: 0.5, Flat: 0.2, Early: 0.5})
		require.NoError(t, err)
		total := decimal.Zero
		for _, l := range life {
			total = total.Add(l.Revenue)
			require.LessOrEqual(t, l.First, l.Last)
			require.Positive(t, l.Buyers[l.First])
			require.Positive(t, l.Buyers[l.Last])
			c, err := one.Cut(l.Service, evaluation.CutAssumption{Leave: 1, Replace: 0.3})
			require.NoError(t, err)
			require.True(t, c.Own.Equal(l.Revenue))
			require.True(t, c.AtRisk.Equal(c.Own.Add(c.Others)) && c.AtRisk.LessThanOrEqual(c.Total))
			near.Equal(t, c.AtRisk.InexactFloat64(), c.Lost, 1e-12, 1e-12)
			require.Equal(t, [2]int64{l.Penetration.Count, l.Alone}, [2]int64{c.Holders, c.Alone})
			if l.Trend != nil {
				recent, before := buyersOf(list, l.Service, 4, 6), buyersOf(list, l.Service, l.Trend.From, l.Trend.From+2)
				both := 0
				for customer := range recent {
					if before[customer] {
						both++
					}
				}
				require.Equal(t, []int64{int64(len(before)), int64(len(recent)), int64(both)}, []int64{l.Trend.Before, l.Trend.Last, l.Trend.Both})
				for from := 2; from > l.Trend.From && len(before) > 0; from -= 2 {
					require.Empty(t, buyersOf(list, l.Service, from, from+2))
				}
			}
			if l.Trend != nil && l.Trend.Growth != nil {
				g := *l.Trend.Growth
				require.True(t, l.Trend.Low <= g+1e-12 && (l.Trend.High == nil || g <= *l.Trend.High+1e-12))
			}
		}
		sum := decimal.Zero
		for _, p := range list {
			sum = sum.Add(p.Amount)
		}
		require.True(t, sum.Equal(total))
	})
}

// A log of years is kept in the memory of what customers have: who buys the same again adds
// nothing.
func TestAllocOfKnownPurchases(t *testing.T) {
	s, p := services(t, 2), bought("x", 0, 0, 1)[0]
	require.NoError(t, s.Add(p))
	require.Zero(t, testing.AllocsPerRun(1000, func() { _ = s.Add(p) }))
	split, e := splitter(t, nil, 1), event{"ann", "tea", day(1)}
	require.NoError(t, split.Add(e))
	require.Zero(t, testing.AllocsPerRun(1000, func() { _ = split.Add(e) }))
}

func TestGrowthOfServices(t *testing.T) {
	t.Parallel()
	s := services(t, 12)
	var sizes []int
	for year := range 3 {
		for range 10 * (year + 1) {
			for month := range 12 {
				for _, p := range bought("x", month, 0, 50) {
					require.NoError(t, s.Add(p))
				}
			}
		}
		sizes = append(sizes, len(encoded(t, s)))
	}
	require.LessOrEqual(t, sizes[2], sizes[0]+50) // a byte more of each sum
}
