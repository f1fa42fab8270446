package points_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// The scenario file, format version 1. Fields that another room reads are kept
// raw, so that an unknown field is still an error.
type (
	scenarioFile struct {
		Version   int
		Scenarios []scenario
	}
	scenario struct {
		ID, Kind, Title, Note, Currency string
		Program                         program
		Steps                           []step
		Cases                           []splitCase
		Sale, Periods                   json.RawMessage
	}
	program struct {
		Zone, Currency, PointValue string
		Versions                   []version
		Expiry                     policy
		MaturityDays               int
		Shortfall                  string
		RestoreGraceDays           *int
		TransferFee                string
		PoolPolicy, YearEnd        string
		Spending                   struct {
			MinPoints, Step int64
			MaxShare        *decimal.Decimal
			Lines           earning.Selector
		}
	}
	policy struct {
		Type string
		N    int
	}
	version struct {
		Version  string
		From, To relmark.Date
		Rates    []struct {
			when
			Rule, Per, Measure, Steps string
			Points                    int64
			Lines                     earning.Selector
		}
		Multipliers []multiplier
		Bonuses     []bonus
		Exclusions  []struct {
			when
			Rule, Scope string
			Lines       earning.Selector
		}
		Goals []struct {
			when
			Rule, Count, Reversal string
			Target                json.RawMessage // an amount, or a number
			Points                int64
			Repeat                bool
			Lines                 earning.Selector
		}
		Activities []struct {
			when
			Rule, Kind string
			Points     *int64
			Once       earning.Period
		}
		OrderCap  *int64
		PeriodCap *struct {
			Period string
			Points int64
		}
	}
	when struct {
		From, To       relmark.Date
		Tier, Category string
		MinTotal       *decimal.Decimal
	}
	multiplier struct {
		when
		Rule, Factor string
		Exclusive    bool
		Priority     int
		Lines        earning.Selector
	}
	bonus struct {
		when
		Rule   string
		Points int64
		Lines  earning.Selector
	}
	step struct {
		At, ProcessedAt time.Time
		Member          string
		Command         *command
		Expect          expectation
		Balance         map[string]json.RawMessage
	}
	command struct {
		Type, Key, Order, Amount, Lot, Tier, Reservation, To, Pool string
		ExpectVersion                                              *uint64
		PayPoints, TTLSeconds                                      int64
		Points                                                     *int64 // nil is all, of a reservation
		Kind, Source                                               string
		Budget                                                     *int64
		Lines                                                      []orderLine
		ExpiresAt                                                  json.RawMessage
		AvailableAt                                                time.Time
	}
	orderLine struct {
		ID, Category, Item string
		Amount, Quantity   *decimal.Decimal
		Tags               []string
		Measures           map[string]decimal.Decimal
	}
	expectation struct {
		Error    *string
		Replayed bool
		Result   map[string]json.RawMessage
		Postings []posting
		Explain  []struct {
			Rule       string
			Points     int64
			Suppressed []string
		}
	}
	posting struct {
		From, To, Lot string
		Points        int64
	}
	splitCase struct {
		Total, Currency string
		Weights         []string
		Zone, YearEnd   string
		Policy          policy
		At              time.Time
		Expect          json.RawMessage
	}
)

func TestReferenceScenarios(t *testing.T) {
	t.Parallel()
	scenarios(t, reference.Open(t, "loyalty/points", "loyalty_scenarios.json"))
}

// The conventions of lines, goals and activities.
func TestReferenceLines(t *testing.T) {
	t.Parallel()
	scenarios(t, reference.Open(t, "loyalty/points", "loyalty_lines.json"))
}

// Scenarios of our own in the same format, worked by hand: what the reference has not,
// such as a day that a zone skipped, seven slices of an order, a fee that is everything,
// and a pool left with nothing.
func TestOwnScenarios(t *testing.T) {
	t.Parallel()
	scenarios(t, reference.Open(t, "loyalty/points", "scenarios.json"))
}

// scenarios runs those of a file that are ours, which their kind says: identifiers are
// whatever the file calls them.
func scenarios(t *testing.T, f *reference.File) {
	t.Helper()
	var file scenarioFile
	require.NoError(t, reference.Strict(f.Bytes(), &file))
	require.Equal(t, 1, file.Version)
	for _, s := range file.Scenarios {
		t.Run(s.ID, func(t *testing.T) {
			switch s.Kind {
			case "", "ledger":
				newRun(t, f, s).all(s.Steps)
			case "expiry":
				checkExpiry(t, f, s)
			case "split":
				checkSplit(t, f, s)
			case "accrual": // another room's
			default:
				t.Errorf("kind %q", s.Kind)
			}
		})
	}
}

// exact compares on the books of the file, and fails the scenario as well.
func exact(t *testing.T, f *reference.File, want, got any, format string, args ...any) bool {
	t.Helper()
	ok := f.Exact(want, got, format, args...)
	if !ok {
		t.Fail()
	}
	return ok
}

func checkExpiry(t *testing.T, f *reference.File, s scenario) {
	t.Helper()
	for i, c := range s.Cases {
		zone, err := time.LoadLocation(orElse(c.Zone, "UTC"))
		require.NoError(t, err)
		date, err := relmark.DateOf(c.At, zone)
		require.NoError(t, err)
		x := c.Policy.expiry(t)
		var end earning.YearEnd
		if c.YearEnd != "" {
			require.NoError(t, end.UnmarshalText([]byte(c.YearEnd)))
		}
		var want struct {
			LocalDate, ValidThrough relmark.Date
			ExpiresAt               time.Time
		}
		require.NoError(t, reference.Strict(c.Expect, &want))
		if !want.LocalDate.IsZero() {
			exact(t, f, want.LocalDate, date, "%s case %d localDate", s.ID, i)
		}
		exact(t, f, want.ValidThrough, x.Through(date, end), "%s case %d validThrough", s.ID, i)
		exact(t, f, want.ExpiresAt.UTC(), x.ExpiresAt(date, end, zone), "%s case %d expiresAt", s.ID, i)
	}
}

func checkSplit(t *testing.T, f *reference.File, s scenario) {
	t.Helper()
	for i, c := range s.Cases {
		digits := 0
		if c.Currency != "" {
			digits = reference.MinorUnits(c.Currency)
		}
		weights, scale := make([]int64, len(c.Weights)), 0
		for _, w := range c.Weights {
			_, fraction, _ := strings.Cut(w, ".")
			scale = max(scale, len(fraction))
		}
		for j, w := range c.Weights {
			var err error
			weights[j], err = money.Minor(dec(t, w), scale)
			require.NoError(t, err)
		}
		total, err := money.Minor(dec(t, c.Total), digits)
		require.NoError(t, err)
		shares, err := money.Allocate(total, weights)
		require.NoError(t, err)
		var want []string
		require.NoError(t, reference.Strict(c.Expect, &want))
		require.Len(t, shares, len(want))
		for j, share := range shares {
			exact(t, f, want[j], string(money.AppendText(nil, share, digits)), "%s case %d share %d", s.ID, i, j)
		}
	}
}

func dec(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := money.Parse(s)
	require.NoError(t, err, s)
	return d
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// word is a word of a file, in camel case, as the SDK has it.
func word(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(rune(s[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (p policy) expiry(t *testing.T) points.Expiry {
	t.Helper()
	x := points.Expiry{Kind: points.ExpiryKind(word(p.Type)), N: p.N}
	if p.Type == "never" || p.Type == "" {
		x = points.Expiry{}
	}
	require.NoError(t, x.Validate())
	return x
}

func (w when) condition() earning.Condition {
	c := earning.Condition{From: w.From, To: w.To, MinTotal: w.MinTotal}
	if w.Tier != "" {
		c.Tiers = []string{w.Tier}
	}
	if w.Category != "" {
		c.Categories = []string{w.Category}
	}
	return c
}

func (p program) compile(t *testing.T) *points.Engine {
	t.Helper()
	zone, err := time.LoadLocation(orElse(p.Zone, "UTC"))
	require.NoError(t, err)
	currency := orElse(p.Currency, "EUR")
	out := points.Program{
		Rules: earning.Rules{
			Zone:       zone,
			Currency:   currency,
			Digits:     reference.MinorUnits(currency),
			PointValue: dec(t, orElse(p.PointValue, "0.01")),
			Spending:   earning.Spending{MinPoints: p.Spending.MinPoints, Step: p.Spending.Step, MaxShare: p.Spending.MaxShare, Lines: p.Spending.Lines},
		},
		TransferFee:  dec(t, orElse(p.TransferFee, "0")),
		Expiry:       p.Expiry.expiry(t),
		MaturityDays: p.MaturityDays,
		GraceDays:    p.RestoreGraceDays,
		Shortfall:    points.Shortfall(word(p.Shortfall)),
		Payout:       points.Payout(word(p.PoolPolicy)),
	}
	if p.Shortfall == "debt" {
		out.Shortfall = points.Debt
	}
	if p.PoolPolicy == "byContribution" {
		out.Payout = points.ByContribution
	}
	if p.YearEnd != "" {
		require.NoError(t, out.YearEnd.UnmarshalText([]byte(p.YearEnd)))
	}
	if p.Versions == nil {
		p.Versions = []version{{}}
	}
	for _, v := range p.Versions {
		out.Versions = append(out.Versions, v.rules(t, out.Digits))
	}
	e, err := points.Compile(out)
	require.NoError(t, err)
	return e
}

func (v version) rules(t *testing.T, digits int) earning.Version {
	t.Helper()
	out := earning.Version{Name: v.Version, From: v.From, To: v.To}
	number := 0
	name := func(rule string) string { // the format wants them neither unique nor at all
		number++
		return fmt.Sprintf("%s#%d", rule, number)
	}
	if v.Rates == nil {
		out.Rates = []earning.Rate{{Rule: name("base"), Points: 1, Per: dec(t, "1")}}
	}
	for _, r := range v.Rates {
		out.Rates = append(out.Rates, earning.Rate{
			Rule: name(r.Rule), Points: r.Points, Per: dec(t, r.Per), Measure: r.Measure, Steps: earning.Steps(r.Steps), Lines: r.Lines, When: r.condition(),
		})
	}
	for _, m := range v.Multipliers {
		out.Multipliers = append(out.Multipliers, earning.Multiplier{
			Rule: name(m.Rule), Factor: dec(t, m.Factor),
			Exclusive: m.Exclusive, Priority: m.Priority, Lines: m.Lines, When: m.condition(),
		})
	}
	for _, b := range v.Bonuses {
		out.Bonuses = append(out.Bonuses, earning.Bonus{Rule: name(b.Rule), Points: b.Points, Lines: b.Lines, When: b.condition()})
	}
	for _, x := range v.Exclusions {
		out.Exclusions = append(out.Exclusions, earning.Exclusion{Rule: name(x.Rule), Scope: earning.Scope(strings.TrimPrefix(x.Scope, "lines")), Lines: x.Lines, When: x.condition()})
	}
	for _, g := range v.Goals { // progress belongs to the name
		x := earning.Goal{Rule: g.Rule, Count: earning.Counting(strings.TrimPrefix(g.Count, "orders")), Points: g.Points, Repeat: g.Repeat, Lines: g.Lines, When: g.condition()}
		x.Reversal = earning.Reversal(strings.TrimPrefix(g.Reversal, "recheck"))
		scale := 0
		if x.Count == earning.CountSpend {
			scale = digits
		}
		var err error
		x.Target, err = money.Minor(dec(t, strings.Trim(string(g.Target), `"`)), scale)
		require.NoError(t, err)
		out.Goals = append(out.Goals, x)
	}
	for _, a := range v.Activities { // so does what was done
		out.Activities = append(out.Activities, earning.ActivityRule{Rule: a.Rule, Kind: a.Kind, Points: a.Points, Once: a.Once, When: a.condition()})
	}
	if v.OrderCap != nil {
		out.Caps = append(out.Caps, earning.Cap{Per: earning.PerOrder, Points: *v.OrderCap})
	}
	if v.PeriodCap != nil {
		out.Caps = append(out.Caps, earning.Cap{Per: earning.Period(v.PeriodCap.Period), Points: v.PeriodCap.Points})
	}
	return out
}
