package recovery_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/recovery"
)

func itil() recovery.Triage {
	t := recovery.Triage{RepeatFrom: 2}
	for i, hours := range []time.Duration{1, 2, 4, 8, 16} {
		t.Targets[i] = recovery.Targets{Reply: hours * time.Hour, Resolution: 4 * hours * time.Hour}
	}
	return t
}

func TestTriageRefuses(t *testing.T) {
	t.Parallel()
	for _, f := range []recovery.Facts{{Impact: 0, Urgency: 1}, {Impact: 1, Urgency: 4}, {Impact: 1, Urgency: 1, Earlier: -1}} {
		_, err := itil().Decide(f)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := recovery.Triage{}.Decide(recovery.Facts{Impact: 1, Urgency: 1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// More of anything never makes a complaint less urgent, and each reason is a step.
func TestTriageProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := recovery.Facts{
			Impact: rapid.IntRange(1, 3).Draw(t, "impact"), Urgency: rapid.IntRange(1, 3).Draw(t, "urgency"),
			Safety: rapid.Bool().Draw(t, "safety"), Earlier: rapid.IntRange(0, 4).Draw(t, "earlier"), Public: rapid.Bool().Draw(t, "public"),
		}
		d, err := itil().Decide(f)
		require.NoError(t, err)
		require.Equal(t, itil().Targets[d.Priority-1], d.Targets)
		if !f.Safety {
			require.Equal(t, f.Impact+f.Urgency-1, d.Priority+len(d.Reasons)-1)
		}
		matrix := d.Reasons[0]
		f.Safety = true
		safe, err := itil().Decide(f)
		require.NoError(t, err)
		require.Equal(t, 1, safe.Priority)
		require.Equal(t, []recovery.TriageReason{matrix, recovery.BecauseSafety}, safe.Reasons)
	})
}

func TestCompensationByHand(t *testing.T) {
	t.Parallel()
	tests := []struct{ exponent, most, severity, price, given, due, pay string }{
		{"0.5", "1", "0.25", "0.03", "0", "0.02", "0.02"}, // 1.5 cents, a tie
		{"0.5", "1", "0.25", "0.01", "0", "0.01", "0.01"}, // half a cent
		{"0.5", "0", "1", "100", "0", "0", "0"},
		{"0.333333", "1", "0.125", "0.03", "0", "0.02", "0.02"}, // 1.500001 cents
		{"0.333334", "1", "0.125", "0.03", "0", "0.01", "0.01"}, // 1.499998
		{"1", "1.5", "1", "0.03", "0", "0.04", "0.04"},          // 4.5 cents, ⌊4.5⌋ at most
		{"1", "1", "0.5", "10", "7", "5", "0"},
	}
	for _, test := range tests {
		c := recovery.Compensation{Exponent: dec(test.exponent), Cap: dec(test.most), FullFrequency: 1, Digits: 2}
		got, err := c.Due(recovery.Failure{
			Severity: dec(test.severity), Responsibility: dec("1"), Failures: 1, Price: dec(test.price), AlreadyGiven: dec(test.given),
		})
		require.NoError(t, err)
		assert.True(t, dec(test.due).Equal(got.Due), "%v: %s", test, got.Due)
		assert.True(t, dec(test.pay).Equal(got.Pay), "%v: %s", test, got.Pay)
	}
}

// Whatever the exponent, the amount is the nearest one: between the halves on both sides,
// compared as whole powers.
func TestCompensationIsRoundedExactly(t *testing.T) {
	t.Parallel()
	exponents := map[string][2]int64{"1": {1, 1}, "0.5": {1, 2}, "0.25": {1, 4}, "0.7": {7, 10}, "0.35": {7, 20}, "0.01": {1, 100}}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"1", "0.5", "0.25", "0.7", "0.35", "0.01"}).Draw(t, "exponent")
		cent := func(name string, most int64) int64 { return rapid.Int64Range(0, most).Draw(t, name) }
		severity, responsibility := cent("severity", 100), cent("responsibility", 100)
		price, most := cent("price", 100_000), cent("cap", 150)
		c := recovery.Compensation{Exponent: dec(text), Cap: decimal.New(most, -2), FullFrequency: rapid.IntRange(1, 5).Draw(t, "full"), Digits: 2}
		failures := rapid.IntRange(1, 7).Draw(t, "failures")
		got, err := c.Due(recovery.Failure{
			Severity: decimal.New(severity, -2), Responsibility: decimal.New(responsibility, -2), Failures: failures, Price: decimal.New(price, -2),
		})
		require.NoError(t, err)
		due := got.Due.Shift(2).IntPart()
		x := new(big.Rat).Mul(big.NewRat(severity*responsibility, 10_000), big.NewRat(int64(min(failures, c.FullFrequency)), int64(c.FullFrequency)))
		want, _ := x.Float64()
		near.Equal(t, want, got.X, 1e-14, 0)
		limit := price * most / 100
		require.LessOrEqual(t, due, limit)
		pow := func(r *big.Rat, n int64) *big.Rat {
			e := big.NewInt(n)
			return new(big.Rat).SetFrac(new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil))
		}
		p, q := exponents[text][0], exponents[text][1]
		amount := new(big.Rat).Mul(pow(big.NewRat(2*price*most, 100), q), pow(x, p)) // (2·amount)^q
		if due > 0 {
			require.GreaterOrEqual(t, amount.Cmp(pow(big.NewRat(2*due-1, 1), q)), 0)
		}
		if due < limit {
			require.Negative(t, amount.Cmp(pow(big.NewRat(2*due+1, 1), q)))
		}
	})
}

func TestCompensationRefuses(t *testing.T) {
	t.Parallel()
	good := recovery.Failure{Severity: dec("1"), Responsibility: dec("1"), Failures: 1, Price: dec("1")}
	for name, change := range map[string]func(c *recovery.Compensation, f *recovery.Failure){
		"exponent":  func(c *recovery.Compensation, _ *recovery.Failure) { c.Exponent = dec("0") },
		"convex":    func(c *recovery.Compensation, _ *recovery.Failure) { c.Exponent = dec("1.1") },
		"cap":       func(c *recovery.Compensation, _ *recovery.Failure) { c.Cap = dec("-0.1") },
		"full":      func(c *recovery.Compensation, _ *recovery.Failure) { c.FullFrequency = 0 },
		"digits":    func(c *recovery.Compensation, _ *recovery.Failure) { c.Digits = 10 },
		"severity":  func(_ *recovery.Compensation, f *recovery.Failure) { f.Severity = dec("1.1") },
		"blame":     func(_ *recovery.Compensation, f *recovery.Failure) { f.Responsibility = dec("-1") },
		"failures":  func(_ *recovery.Compensation, f *recovery.Failure) { f.Failures = 0 },
		"price":     func(_ *recovery.Compensation, f *recovery.Failure) { f.Price = dec("0.001") },
		"dear":      func(_ *recovery.Compensation, f *recovery.Failure) { f.Price = dec("1e12") },
		"given":     func(_ *recovery.Compensation, f *recovery.Failure) { f.AlreadyGiven = dec("-1") },
		"expansive": func(_ *recovery.Compensation, f *recovery.Failure) { f.Price = decimal.New(1, 1_000_000_000) },
	} {
		c, f := root(), good
		change(&c, &f)
		_, err := c.Due(f)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

func TestIcebergRefuses(t *testing.T) {
	t.Parallel()
	good := recovery.IcebergParams{Complaints: 1, ComplaintRate: recovery.TARPComplaintRate, Tellers: recovery.TARPTellers}
	require.NoError(t, good.Validate())
	for name, change := range map[string]func(p *recovery.IcebergParams){
		"complaints": func(p *recovery.IcebergParams) { p.Complaints = -1 },
		"rate":       func(p *recovery.IcebergParams) { p.ComplaintRate = 1.1 },
		"share":      func(p *recovery.IcebergParams) { p.ResolvedShare = 2 },
		"tellers":    func(p *recovery.IcebergParams) { p.Tellers = -1 },
		"conversion": func(p *recovery.IcebergParams) { p.Conversion = -1 },
		"too much":   func(p *recovery.IcebergParams) { p.Complaints, p.ComplaintRate = 1e308, 1e-10 },
	} {
		p := good
		change(&p)
		_, err := recovery.NewIceberg(p)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

// What one complaint more and one resolution more are worth is what the loss falls by.
func TestIcebergMargins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		share := func(name string) float64 { return rapid.Float64Range(0, 1).Draw(t, name) }
		p := recovery.IcebergParams{
			Complaints: 100, ComplaintRate: 0.1, ResolvedShare: rapid.Float64Range(0, 0.9).Draw(t, "resolved"), DefectSilent: share("silent"),
			DefectResolved: share("good"), DefectUnresolved: share("bad"), Tellers: 9, Conversion: share("conversion"), CustomerValue: 100,
		}
		i, err := recovery.NewIceberg(p)
		require.NoError(t, err)
		more := p
		more.ResolvedShare += 0.01 // one of a hundred
		j, err := recovery.NewIceberg(more)
		require.NoError(t, err)
		near.Equal(t, i.OneResolved, i.Loss-j.Loss, 1e-9, 1e-7)
		more = p
		more.Complaints, more.ComplaintRate = 101, 0.101 // of the same 1000
		j, err = recovery.NewIceberg(more)
		require.NoError(t, err)
		near.Equal(t, i.OneComplaint, i.Loss-j.Loss, 1e-9, 1e-6)
	})
}

func causes(t tb) *recovery.Causes {
	t.Helper()
	c, err := recovery.NewCauses(2)
	require.NoError(t, err)
	return c
}

func TestCausesRefuse(t *testing.T) {
	t.Parallel()
	_, err := recovery.NewCauses(10)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	c := causes(t)
	require.ErrorIs(t, c.Add("a", dec("-1")), relmark.ErrInvalid)
	require.ErrorIs(t, c.Add("a", dec("0.001")), relmark.ErrInvalid)
	require.ErrorIs(t, c.Add("\xff", dec("1")), relmark.ErrInvalid)
	require.ErrorIs(t, new(recovery.Causes).Add("a", dec("1")), relmark.ErrInvalid)
	require.NoError(t, c.Add("a", dec("90000000000000")))
	require.ErrorIs(t, c.Add("a", dec("90000000000000")), relmark.ErrLimit)
	require.NoError(t, c.Add("", dec("90000000000000")))
	require.ErrorIs(t, c.Add("", dec("90000000000000")), relmark.ErrLimit)
	again := causes(t)
	require.NoError(t, again.Merge(c))
	before := encoded(t, again)
	require.ErrorIs(t, again.Merge(c), relmark.ErrLimit)
	assert.Equal(t, before, encoded(t, again), "unchanged")
	other, err := recovery.NewCauses(0)
	require.NoError(t, err)
	require.ErrorIs(t, other.Merge(c), relmark.ErrInvalid)
	require.NoError(t, c.Merge(nil))
	for _, cut := range []string{"0", "1.1", "0.0000000001"} {
		_, err = c.Report(dec(cut))
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = new(recovery.Causes).Report(dec("0.8"))
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func TestCausesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		one, parts := causes(t), []*recovery.Causes{causes(t), causes(t), {}}
		for range rapid.IntRange(0, 20).Draw(t, "complaints") {
			cause := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "cause")
			cost := decimal.New(rapid.Int64Range(0, 10_000).Draw(t, "cost"), -2)
			require.NoError(t, one.Add(cause, cost))
			require.NoError(t, parts[rapid.IntRange(0, 1).Draw(t, "part")].Add(cause, cost))
		}
		var merged recovery.Causes
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			require.NoError(t, merged.Merge(parts[i]))
		}
		require.Equal(t, encoded(t, one), encoded(t, &merged))
		report, err := one.Report(dec("0.8"))
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		sum := report.Unassigned
		for i, row := range report.ByCount {
			sum += row.Amount.IntPart()
			require.True(t, i == 0 || !row.Vital || report.ByCount[i-1].Vital, "the few come first")
		}
		require.True(t, report.ByCount[0].Vital)
		near.Equal(t, 1, *report.ByCount[len(report.ByCount)-1].Cumulative, 0, 0)
		n := int64(0)
		for _, row := range report.ByCost {
			n += row.Amount.Shift(2).IntPart()
			require.Equal(t, n > 0 || row.Share != nil, row.Share != nil)
		}
	})
}

// R 4.2.2: poisson.test(c(12, 30), c(4000, 5200)), poisson.test(c(0, 7), c(100, 90)).
func TestMend(t *testing.T) {
	t.Parallel()
	m, err := recovery.Mend(recovery.Period{Complaints: 30, Exposure: 5200}, recovery.Period{Complaints: 12, Exposure: 4000}, 0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{0.52, 0.242461838884433, 1.04588781704696, 0.0611274176802982}, []float64{*m.Ratio, *m.Low, *m.High, *m.P}, 1e-12, 0)
	near.Equal(t, 30.0/5200*4000-12, m.Prevented, 1e-12, 0)
	near.Equal(t, 30.0/5200*4000*(1-*m.High), *m.PreventedLow, 1e-12, 0)
	near.Equal(t, 30.0/5200*4000*(1-*m.Low), *m.PreventedHigh, 1e-12, 0)
	assert.False(t, m.Mended)
	m, err = recovery.Mend(recovery.Period{Complaints: 7, Exposure: 90}, recovery.Period{Exposure: 100}, 0.95)
	require.NoError(t, err)
	assert.True(t, m.Mended)
	m, err = recovery.Mend(recovery.Period{Exposure: 90}, recovery.Period{Complaints: 7, Exposure: 100}, 0.95)
	require.NoError(t, err)
	assert.Nil(t, m.Ratio)
	assert.Nil(t, m.High)
	assert.Equal(t, -7.0, m.Prevented) //nolint:testifylint // exact
	m, err = recovery.Mend(recovery.Period{Exposure: 90}, recovery.Period{Exposure: 100}, 0.95)
	require.NoError(t, err)
	assert.Nil(t, m.P)
	for _, p := range []recovery.Period{{Complaints: -1, Exposure: 1}, {Complaints: 1}} {
		_, err = recovery.Mend(p, p, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	one := recovery.Period{Complaints: 1, Exposure: 1}
	_, err = recovery.Mend(one, one, 1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = recovery.Mend(recovery.Period{Complaints: 1, Exposure: 1e-300}, recovery.Period{Complaints: 1, Exposure: 1e300}, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
