package recovery_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/recovery"
)

const room = "servqual/recovery"

func TestReferenceRecovery(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "recovery_golden.json")
	kinds := map[string]func(*testing.T, reference.Case) (any, error){
		"business_time": businessTime, "lifecycle": lifecycle, "triage": triage, "compensation": compensation, "iceberg": iceberg, "pareto": pareto,
	}
	roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
	f.Golden(roots, func(c reference.Case) (any, error) {
		run := kinds[c.Kind]
		require.NotNil(t, run, "%s: kind %q has no test", c.ID, c.Kind)
		return run(t, c)
	})
}

// A calendarIn is a calendar as the file has it.
type calendarIn struct {
	Zone     string
	Hours    map[string][][2]string
	Holidays []string
}

// hours brings a calendar to the form that a host would store.
func (in calendarIn) hours() (recovery.Hours, error) {
	week := make([][][2]string, 7)
	for day, openings := range in.Hours {
		i, err := strconv.Atoi(day)
		if err != nil || i < 1 || i > 7 {
			return recovery.Hours{}, relmark.ErrInvalid
		}
		week[i-1] = openings
	}
	for i := range week {
		if week[i] == nil {
			week[i] = [][2]string{}
		}
	}
	data, err := json.Marshal(map[string]any{"v": 1, "zone": in.Zone, "week": week, "holidays": in.Holidays})
	if err != nil {
		return recovery.Hours{}, err
	}
	return recovery.DecodeHours(data, time.LoadLocation)
}

func (in calendarIn) calendar() (recovery.Calendar, error) {
	h, err := in.hours()
	if err != nil {
		return recovery.Calendar{}, err
	}
	return recovery.NewCalendar(h)
}

func businessTime(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Calendar calendarIn
		Due      []struct {
			From    time.Time
			Minutes int64
		}
		Between []struct{ From, To time.Time }
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	calendar, err := in.Calendar.calendar()
	if err != nil {
		return nil, err
	}
	due, between := []time.Time{}, []json.Number{}
	for _, q := range in.Due {
		at, err := calendar.Due(q.From, time.Duration(q.Minutes)*time.Minute)
		if err != nil {
			return nil, err
		}
		due = append(due, at)
	}
	for _, q := range in.Between {
		d, err := calendar.Between(q.From, q.To)
		if err != nil {
			return nil, err
		}
		between = append(between, seconds(d))
	}
	return map[string]any{"due": due, "between": between}, nil
}

// seconds returns a duration as a number of seconds, exactly.
func seconds(d time.Duration) json.Number {
	return json.Number(decimal.New(int64(d), -9).String())
}

type policyIn struct {
	ReplyMinutes      int64 `json:"reply_minutes"`
	ResolutionMinutes int64 `json:"resolution_minutes"`
	ReopenMinutes     int64 `json:"reopen_minutes"`
	ReopenDays        int   `json:"reopen_days"`
	Escalation        []recovery.Escalation
}

func (in policyIn) policy() recovery.Policy {
	return recovery.Policy{
		Targets:  recovery.Targets{Reply: time.Duration(in.ReplyMinutes) * time.Minute, Resolution: time.Duration(in.ResolutionMinutes) * time.Minute},
		Reopened: time.Duration(in.ReopenMinutes) * time.Minute, ReopenDays: in.ReopenDays, Escalation: in.Escalation,
	}
}

func lifecycle(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Calendar calendarIn
		Policy   policyIn
		Events   []struct {
			Type recovery.EventType
			At   time.Time
		}
		At time.Time
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	calendar, err := in.Calendar.calendar()
	if err != nil {
		return nil, err
	}
	desk, err := recovery.NewDesk(in.Policy.policy(), calendar)
	if err != nil {
		return nil, err
	}
	var events []recovery.Event
	for _, e := range in.Events {
		events = append(events, recovery.Event{Type: e.Type, At: e.At})
	}
	s, refused, err := desk.Follow(events, in.At)
	if err != nil {
		return nil, err
	}
	clocks := []map[string]any{}
	for _, r := range s.Clocks {
		clocks = append(clocks, map[string]any{
			"start": r.Start, "due": r.Due, "used_seconds": seconds(r.Used), "paused_seconds": seconds(r.Paused),
			"breached": r.Breached, "escalations": r.Escalations,
		})
	}
	if refused == nil {
		refused = []recovery.Refused{}
	}
	return map[string]any{
		"state": s.State, "waiting": s.Waiting, "reply_due": s.Reply.Due, "reply_seconds": seconds(s.Reply.Used),
		"reply_breached": s.Reply.Breached, "clocks": clocks, "rejected": refused,
	}, nil
}

func triage(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Targets    map[string][2]int64
		RepeatFrom int `json:"repeat_from"`
		Complaints []struct {
			Impact, Urgency   int
			Safety, Public    bool
			EarlierComplaints int `json:"earlier_complaints"`
		}
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	policy := recovery.Triage{RepeatFrom: in.RepeatFrom}
	for p, target := range in.Targets {
		i, err := strconv.Atoi(p)
		if err != nil || i < 1 || i > 5 {
			return nil, relmark.ErrInvalid
		}
		policy.Targets[i-1] = recovery.Targets{Reply: time.Duration(target[0]) * time.Minute, Resolution: time.Duration(target[1]) * time.Minute}
	}
	out := []map[string]any{}
	for _, q := range in.Complaints {
		d, err := policy.Decide(recovery.Facts{Impact: q.Impact, Urgency: q.Urgency, Safety: q.Safety, Earlier: q.EarlierComplaints, Public: q.Public})
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{
			"priority": d.Priority, "reasons": d.Reasons,
			"reply_minutes": int64(d.Targets.Reply / time.Minute), "resolution_minutes": int64(d.Targets.Resolution / time.Minute),
		})
	}
	return map[string]any{"complaints": out}, policy.Validate()
}

func compensation(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Exponent, Cap decimal.Decimal
		FullFrequency int `json:"full_frequency"`
		Cases         []recovery.Failure
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	policy := recovery.Compensation{Exponent: in.Exponent, Cap: in.Cap, FullFrequency: in.FullFrequency, Digits: 2}
	out := []recovery.Award{}
	for _, q := range in.Cases {
		a, err := policy.Due(q)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return map[string]any{"cases": out}, policy.Validate()
}

// A number is an exact decimal as text, or a JSON number.
type number = reference.Number

func iceberg(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in map[string]number
	require.NoError(t, json.Unmarshal(c.In, &in), c.ID)
	at := func(key string) float64 {
		require.Contains(t, in, key, c.ID)
		return float64(in[key])
	}
	got, err := recovery.NewIceberg(recovery.IcebergParams{
		Complaints: at("complaints"), ComplaintRate: at("complaint_rate"), ResolvedShare: at("resolved_share"), DefectSilent: at("defect_silent"),
		DefectResolved: at("defect_resolved"), DefectUnresolved: at("defect_unresolved"), Tellers: at("tellers"),
		Conversion: at("conversion"), CustomerValue: at("customer_value"),
	})
	return map[string]any{
		"dissatisfied": got.Dissatisfied, "silent": got.Silent, "lost": got.Lost, "told": got.Told, "lost_by_word": got.LostByWord, "loss": got.Loss,
		"worth_of_one_more_resolved": got.OneResolved, "worth_of_one_more_complaint": got.OneComplaint,
	}, err
}

func pareto(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Cut     decimal.Decimal
		Records []struct {
			Cause *string
			Cost  decimal.Decimal
		}
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	causes, err := recovery.NewCauses(2)
	require.NoError(t, err)
	for _, r := range in.Records {
		cause := ""
		if r.Cause != nil {
			cause = *r.Cause
		}
		if err := causes.Add(cause, r.Cost); err != nil {
			return nil, err
		}
	}
	report, err := causes.Report(in.Cut)
	vital := func(rows []recovery.CauseRow) []string {
		out := []string{}
		for _, r := range rows {
			if r.Vital {
				out = append(out, r.Cause)
			}
		}
		return out
	}
	return map[string]any{
		"unassigned": report.Unassigned, "unassigned_cost": report.UnassignedCost, "by_count": report.ByCount, "by_cost": report.ByCost,
		"vital_by_count": vital(report.ByCount), "vital_by_cost": vital(report.ByCost),
	}, err
}

func TestReferenceArith(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_arith_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	for key, value := range file {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "complaint_iceberg", key)
		var rows []map[string]any
		require.NoError(t, json.Unmarshal(value, &rows))
		for i, want := range rows {
			in := func(key string) float64 { x, _ := want[key].(float64); return x }
			got, err := recovery.NewIceberg(recovery.IcebergParams{
				Complaints: in("complaints_received"), ComplaintRate: in("complaint_rate"),
				Tellers: in("told_per_dissatisfied"), Conversion: in("word_of_mouth_conversion"),
			})
			require.NoError(t, err)
			for key, x := range map[string]float64{
				"dissatisfied_total": got.Dissatisfied, "silent": got.Silent, "people_told": got.Told, "prospects_lost": got.LostByWord,
			} {
				f.Near(in(key), x, 1e-12, 1, "iceberg %d: %s", i, key)
			}
		}
	}
}

// A peer is what servqual_recovery_expected.json has of one model, as R names it.
type peerModel struct {
	N     int64
	Coef  map[string]float64
	SE    []float64
	T, P  []float64
	Lower []float64 `json:"ci95_lower"`
	Upper []float64 `json:"ci95_upper"`
	R2    float64
	AdjR2 float64 `json:"adj_r2"`
	Sigma float64
	F     [3]float64
}

type peerTest struct {
	MeanX  float64 `json:"mean_x"`
	MeanY  float64 `json:"mean_y"`
	T, Df  float64
	P      float64
	CI     [2]float64 `json:"ci95"`
	CohenD float64    `json:"cohen_d_pooled"`
}

// A study is the data that servqual_recovery_expected.json is made of.
type study struct {
	justice *recovery.Justice
	groups  *recovery.Groups
	hours   *recovery.Handling
}

func readStudy(t *testing.T) study {
	t.Helper()
	const unit = 1000 // scores may have three decimals
	justice, err := recovery.NewJustice(unit)
	require.NoError(t, err)
	groups, err := recovery.NewGroups(unit)
	require.NoError(t, err)
	out := study{justice, groups, &recovery.Handling{}}
	for _, row := range reference.InputRows(t, "servqual_recovery.csv") {
		score := func(name string) int32 {
			if row[name] == "" {
				return recovery.Blank
			}
			x, err := decimal.NewFromString(row[name])
			require.NoError(t, err)
			x = x.Mul(decimal.NewFromInt(unit))
			require.True(t, x.IsInteger(), name)
			return int32(x.IntPart())
		}
		require.NoError(t, out.justice.Add(recovery.Experience{
			Distributive: score("distributive"), Procedural: score("procedural"), Interpersonal: score("interpersonal"),
			Informational: score("informational"), Severity: score("severity"), Satisfaction: score("satisfaction"), Loyalty: score("loyalty"),
		}))
		require.NoError(t, out.groups.Add(row["group"], score("satisfaction"), score("loyalty")))
		if row["hours_to_resolve"] != "" {
			hours, err := decimal.NewFromString(row["hours_to_resolve"])
			require.NoError(t, err)
			took := hours.Mul(decimal.NewFromInt(int64(time.Hour))).IntPart()
			require.NoError(t, out.hours.Add("", time.Duration(took), false))
		}
	}
	return out
}

func TestReferenceRecoveryStudy(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_recovery_expected.json")
	s := readStudy(t)
	var file map[string]json.RawMessage
	f.JSON(&file)
	for key, value := range file {
		if !f.Owns(key) {
			continue
		}
		switch key {
		case "justice_model":
			compareModel(t, f, value, s.justice.Model)
		case "with_interaction":
			compareModel(t, f, value, s.justice.Interaction)
		case "loyalty_model":
			compareModel(t, f, value, s.justice.LoyaltyModel)
		case "sobel_distributive_via_satisfaction":
			compareSobel(t, f, value, s.justice)
		case "paradox_excellent_vs_no_failure":
			compareGroups(t, f, value, s.groups, "recovered_excellent")
		case "adequate_vs_no_failure":
			compareGroups(t, f, value, s.groups, "recovered_adequate")
		case "anova_satisfaction":
			compareAnova(t, f, value, s.groups)
		case "hours":
			compareHours(t, f, value, s.hours)
		default:
			t.Errorf("%s has no test", key)
		}
	}
}

// Figures are compared to a share of 1e-10, or to 1e-12 where they are next to 0.
const (
	tolerance = 1e-10
	floor     = 1e-12 / tolerance
)

func compareModel(t *testing.T, f *reference.File, data []byte, fit func(level float64) (servqual.Regression, error)) {
	t.Helper()
	var want peerModel
	require.NoError(t, reference.Strict(data, &want))
	got, err := fit(0.95)
	require.NoError(t, err)
	f.Exact(want.N, got.N, "n")
	near := func(want, got float64, what string) { f.Near(want, got, tolerance, floor, "%s", what) }
	near(want.R2, got.R2, "R2")
	near(want.AdjR2, got.Adjusted, "adjusted R2")
	near(want.Sigma, got.Sigma, "sigma")
	near(want.F[0], got.Test.F, "F")
	near(want.F[1], got.Test.Above, "df1")
	near(want.F[2], got.Test.Below, "df2")
	require.Len(t, got.Coefficients, len(want.Coef))
	for i, c := range got.Coefficients {
		name := c.Name
		if i == 0 {
			name = "(Intercept)"
		}
		require.Contains(t, want.Coef, name)
		near(want.Coef[name], c.B, name)
		near(want.SE[i], c.SE, "se of "+name)
		near(want.T[i], c.T, "t of "+name)
		near(want.P[i], c.P, "p of "+name)
		near(want.Lower[i], c.Low, "lower limit of "+name)
		near(want.Upper[i], c.High, "upper limit of "+name)
	}
}

func compareSobel(t *testing.T, f *reference.File, data []byte, j *recovery.Justice) {
	t.Helper()
	var want struct{ Indirect, SE, Z float64 }
	require.NoError(t, reference.Strict(data, &want))
	got, err := j.Mediations(0.95)
	require.NoError(t, err)
	require.Equal(t, "distributive", got[0].Kind)
	f.Near(want.Indirect, got[0].Indirect, tolerance, floor, "indirect effect")
	f.Near(want.SE, got[0].SE, tolerance, floor, "its standard error")
	f.Near(want.Z, got[0].Z, tolerance, floor, "z")
}

func compareGroups(t *testing.T, f *reference.File, data []byte, g *recovery.Groups, group string) {
	t.Helper()
	var all map[recovery.Outcome]peerTest
	require.NoError(t, reference.Strict(data, &all))
	for of, want := range all {
		got, err := g.Test(of, group, "no_failure", 0.95)
		require.NoError(t, err)
		for what, pair := range map[string][2]float64{
			"mean": {want.MeanX, got.Mean}, "mean of the baseline": {want.MeanY, got.Baseline}, "t": {want.T, got.T}, "df": {want.Df, got.Degrees},
			"p": {want.P, got.P}, "low": {want.CI[0], got.Low}, "high": {want.CI[1], got.High}, "d": {want.CohenD, got.CohenD},
		} {
			f.Near(pair[0], pair[1], tolerance, floor, "%s of %s of %s", what, of, group)
		}
	}
}

func compareAnova(t *testing.T, f *reference.File, data []byte, g *recovery.Groups) {
	t.Helper()
	var want struct {
		Df   [2]float64
		F, P float64
	}
	require.NoError(t, reference.Strict(data, &want))
	got, err := g.Compare(recovery.Satisfaction)
	require.NoError(t, err)
	for i, pair := range [][2]float64{{want.Df[0], got.Classic.Above}, {want.Df[1], got.Classic.Below}, {want.F, got.Classic.F}, {want.P, got.Classic.P}} {
		f.Near(pair[0], pair[1], tolerance, floor, "%s", fmt.Sprintf("analysis of variance, figure %d", i))
	}
}

func compareHours(t *testing.T, f *reference.File, data []byte, h *recovery.Handling) {
	t.Helper()
	var want map[string]float64
	require.NoError(t, reference.Strict(data, &want))
	for name, hours := range want {
		var percent int
		if name != "mean" && name != "median" {
			_, err := fmt.Sscanf(name, "p%d_type7", &percent)
			require.NoError(t, err, name)
		}
		s, err := h.Summary("", float64(percent)/100)
		require.NoError(t, err)
		got := s.Quantiles[0]
		switch name {
		case "mean":
			got = s.Mean
		case "median":
			got = s.Median
		}
		f.Near(hours, got.Hours(), tolerance, floor, "%s", name)
	}
}
