package structural_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/structural"
)

var roots = map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}

func TestReferenceBonds(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/structural", "bonds_golden.json")
	runs := map[string]func(testing.TB, json.RawMessage) (any, error){
		"integration_depth": integration, "switching_cost": switching, "entitlement": entitlement, "sla_credit": slaCredit,
	}
	f.Golden(roots, func(c reference.Case) (any, error) {
		require.NotNil(t, runs[c.Kind], c.Kind)
		return runs[c.Kind](t, c.In)
	})
}

func number(t testing.TB, d decimal.Decimal) float64 {
	t.Helper()
	f, _ := d.Float64()
	return f
}

func integration(t testing.TB, raw json.RawMessage) (any, error) {
	t.Helper()
	var in struct {
		Links []struct {
			ID       string
			Weight   decimal.Decimal
			Active   decimal.Decimal `json:"active_days"`
			Expected decimal.Decimal `json:"expected_days"`
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	var links []structural.Link[string]
	for _, l := range in.Links {
		links = append(links, structural.Link[string]{l.ID, number(t, l.Weight), number(t, l.Active), number(t, l.Expected)})
	}
	out, err := structural.Integrate(links)
	return map[string]any{"depth": out.Depth, "marginal": out.Links}, err
}

func switching(t testing.TB, raw json.RawMessage) (any, error) {
	t.Helper()
	var in struct {
		Points      decimal.Decimal
		Value       decimal.Decimal `json:"value_per_point"`
		Breakage    decimal.Decimal
		Tier        decimal.Decimal `json:"tier_benefit_per_year"`
		Years       int             `json:"horizon_years"`
		Discount    decimal.Decimal
		Relational  decimal.Decimal `json:"relational_value"`
		Prepaid     decimal.Decimal `json:"prepaid_units"`
		PrepaidUnit decimal.Decimal `json:"prepaid_unit_value"`
		Exit        decimal.Decimal `json:"exit_fee"`
		Setup       decimal.Decimal `json:"setup_hours"`
		Learning    decimal.Decimal `json:"learning_hours"`
		Rate        decimal.Decimal `json:"hour_rate"`
		Offer       decimal.Decimal `json:"competitor_offer"`
		Attitude    decimal.Decimal `json:"relative_attitude"`
		Cut         decimal.Decimal `json:"attitude_cut"`
		Min         decimal.Decimal `json:"negative_share_min"`
		Survey      map[string][][2]any
	}
	require.NoError(t, reference.Strict(raw, &in))
	s, err := structural.Switching{
		Digits: 2, TierBenefits: in.Tier, Years: in.Years, Discount: in.Discount, Relational: in.Relational,
		Points: in.Points, PointValue: in.Value, Breakage: in.Breakage, PrepaidUnits: in.Prepaid, PrepaidValue: in.PrepaidUnit,
		ExitFee: in.Exit, SetupHours: in.Setup, LearningHours: in.Learning, HourRate: in.Rate, Offer: in.Offer,
		Attitude: number(t, in.Attitude), AttitudeCut: number(t, in.Cut), NegativeMin: in.Min,
	}.Statement()
	if err != nil {
		return nil, err
	}
	facets, err := survey(t, in.Survey)
	return map[string]any{
		"components": s, "positive": s.Positive, "negative": s.Negative, "offer": s.Offer, "net": s.Net,
		"negative_share": s.NegativeShare, "spurious": s.Spurious, "facets": facets,
	}, err
}

// survey scores the facets; the file has no types.
func survey(t testing.TB, in map[string][][2]any) (map[string]float64, error) {
	t.Helper()
	var facets []structural.Facet
	for name, items := range in {
		f := structural.Facet{Name: name, Type: structural.Procedural}
		for _, item := range items {
			text, _ := item[0].(string)
			points := dec(text)
			if !points.IsInteger() {
				points = decimal.Zero // off the scale
			}
			reversed, _ := item[1].(bool)
			f.Items = append(f.Items, structural.Item{Points: int(points.IntPart()), Reversed: reversed})
		}
		facets = append(facets, f)
	}
	out, err := structural.PerceivedCosts(facets)
	scores := map[string]float64{}
	for _, f := range out.Facets {
		scores[f.Name] = f.Index
	}
	return scores, err
}

type slaInput struct {
	Zone          string
	From, Through string
	Fee           decimal.Decimal
	Bands         []struct {
		Below  decimal.Decimal
		Credit decimal.Decimal `json:"credit_pct"`
	}
	Cap            *decimal.Decimal `json:"cap_pct"`
	Down, Excluded [][2]time.Time
}

func slaCredit(t testing.TB, raw json.RawMessage) (any, error) {
	t.Helper()
	var in slaInput
	require.NoError(t, reference.Strict(raw, &in))
	s := structural.SLA{Zone: zoneOf(in.Zone), Digits: 2, Fee: in.Fee, Cap: in.Cap}
	for _, b := range in.Bands {
		s.Bands = append(s.Bands, structural.Band{b.Below, b.Credit})
	}
	from, err := relmark.ParseDate(in.From)
	if err != nil {
		return nil, err
	}
	through, err := relmark.ParseDate(in.Through)
	if err != nil {
		return nil, err
	}
	c, err := s.Availability(from, through, intervals(in.Down), intervals(in.Excluded))
	return map[string]any{
		"measured_seconds": c.Measured.Seconds(), "excluded_seconds": c.Excluded.Seconds(), "down_seconds": c.Down.Seconds(),
		"availability": c.Level, "credit_pct": c.Percent, "credit": c.Credit,
	}, err
}

func intervals(list [][2]time.Time) []structural.Interval {
	out := make([]structural.Interval, len(list))
	for i, x := range list {
		out[i] = structural.Interval{From: x[0], Until: x[1]}
	}
	return out
}

type entitlementInput struct {
	Zone, Start     string
	Months, Periods int
	Quota           int64
	Cap             int64 `json:"rollover_cap"`
	Commands        []struct {
		At   time.Time
		Type string
		N    int64
		Key  string
		TTL  int64 `json:"ttl_minutes"`
	}
	AsOf []time.Time `json:"as_of"`
}

// The grant of a case is recorded before everything else, so that the ledger can be asked
// about any instant.
func entitlement(t testing.TB, raw json.RawMessage) (any, error) {
	t.Helper()
	var in entitlementInput
	require.NoError(t, reference.Strict(raw, &in))
	e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: zoneOf(in.Zone), Units: in.Quota, Months: in.Months, Periods: in.Periods, Rollover: in.Cap})
	if err != nil {
		return nil, err
	}
	start, err := relmark.ParseDate(in.Start)
	if err != nil {
		return nil, err
	}
	l := new(structural.Ledger)
	d, err := e.Grant(l, structural.Grant{Key: "grant", Start: start, At: when("1700-01-01T00:00:00Z")})
	if err != nil {
		return nil, err
	}
	events := []structural.Event{do(t, l, d, err)}
	results := []string{}
	for i, c := range in.Commands {
		key, hold := fmt.Sprint("command ", i), "r "+c.Key
		switch c.Type {
		case "consume":
			d, err = e.Consume(l, structural.Consumption{Key: key, Units: c.N, At: c.At})
		case "reserve":
			d, err = e.Reserve(l, structural.Reservation{Key: hold, Units: c.N, TTL: time.Duration(c.TTL) * time.Minute, At: c.At})
		case "commit":
			d, err = e.Commit(l, structural.Commitment{Key: key, Reservation: hold, Units: c.N, At: c.At})
		case "void":
			d, err = e.Release(l, structural.Release{Key: key, Reservation: hold, At: c.At})
		default:
			t.Fatalf("unknown command %q", c.Type)
		}
		switch r := reason(err); {
		case r == structural.TimeRunsBack: // of a whole list that the file gives at once
			return nil, relmark.ErrInvalid
		case errors.Is(err, relmark.ErrRefused):
			results = append(results, string(r))
			continue
		case err != nil:
			return nil, err
		}
		if d.Replayed { // a repeated identifier, which the file calls invalid
			return nil, relmark.ErrInvalid
		}
		events = append(events, do(t, l, d, err))
		results = append(results, "ok")
	}
	type at struct {
		At time.Time `json:"at"`
		structural.Balance
	}
	states := []at{}
	for _, asOf := range in.AsOf {
		past := new(structural.Ledger)
		require.NoError(t, past.FoldUntil(stream(events), asOf))
		b, err := past.Balance(asOf)
		require.NoError(t, err)
		states = append(states, at{asOf, b})
	}
	return map[string]any{"results": results, "as_of": states}, nil
}

func stream(events []structural.Event) func(func(structural.Event, error) bool) {
	return func(yield func(structural.Event, error) bool) {
		for _, ev := range slices.Clone(events) {
			if !yield(ev, nil) {
				return
			}
		}
	}
}
