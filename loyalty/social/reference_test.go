package social_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/social"
)

// A kind runs one case and returns what is to be compared with what is expected.
var kinds = map[string]func(t *testing.T, in json.RawMessage) (map[string]any, error){
	"contact_health":   runHealth,
	"cadence":          runCadence,
	"recognition":      runRecognition,
	"selection":        runSelection,
	"assignment_hash":  runAssignment,
	"community_credit": runCredit,
	"referral":         runReferral,
	"referral_value":   runReferralValue,
}

func TestReferenceSocialBonds(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/social", "bonds_golden.json")
	for _, c := range f.Cases() {
		run, known := kinds[c.Kind]
		require.True(t, known, c.Kind)
		got, err := run(t, c.In)
		if kind, fails := c.Fails(); fails {
			want := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}[kind]
			f.Exact(true, want != nil && errors.Is(err, want), "%s: error %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		compare(t, f, c.ID, c.Expect, got)
	}
}

// compare compares every leaf: numbers that are integers in the file exactly, others within
// 1e-12 of max(1, |want|), texts that are decimals as decimals.
func compare(t *testing.T, f *reference.File, where string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		m := plain(t, got)
		for key, v := range want {
			compare(t, f, where+"."+key, v, m[key])
		}
	case []any:
		data, err := json.Marshal(got)
		require.NoError(t, err)
		var list []json.RawMessage
		require.NoError(t, json.Unmarshal(data, &list), where)
		f.Exact(len(want), len(list), "%s: length", where)
		for i := range min(len(want), len(list)) {
			compare(t, f, fmt.Sprintf("%s[%d]", where, i), want[i], list[i])
		}
	case json.Number:
		w, err := want.Float64()
		require.NoError(t, err)
		var g json.Number
		if data, err := json.Marshal(got); err != nil || json.Unmarshal(data, &g) != nil {
			f.Exact(want.String(), fmt.Sprint(got), "%s", where)
			return
		}
		if _, err := strconv.ParseInt(want.String(), 10, 64); err == nil {
			f.Exact(want.String(), g.String(), "%s", where)
			return
		}
		x, err := g.Float64()
		require.NoError(t, err, where)
		f.Near(w, x, 1e-12, 1, "%s", where)
	default:
		f.Compare(where, want, got)
	}
}

func plain(t *testing.T, v any) map[string]json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	var m map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &m), string(data))
	return m
}

// exact is a number given as exact text; what is no number is NaN, which is invalid.
type exact string

func (x exact) float() float64 {
	v, err := strconv.ParseFloat(string(x), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (x exact) decimal() decimal.Decimal {
	d, err := decimal.NewFromString(string(x))
	if err != nil {
		return dec("-1e9")
	}
	return d
}

// nanos returns days as the nearest duration.
func (x exact) nanos() time.Duration {
	r, ok := new(big.Rat).SetString(string(x))
	if !ok {
		return -1
	}
	r.Mul(r, big.NewRat(int64(day), 1))
	return time.Duration(new(big.Int).Quo(r.Num(), r.Denom()).Int64())
}

func runHealth(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		HalfLife exact `json:"half_life_days"`
		Fatigue  exact
		Channels map[relmark.Channel]exact
		Target   struct {
			Weight, Quality exact
			Every           exact `json:"every_days"`
		}
		At       time.Time
		Contacts []struct {
			At        time.Time
			Channel   relmark.Channel
			Direction social.Direction
			Answered  bool
			Quality   exact
		}
		Shards [][]int
	}
	require.NoError(t, reference.Strict(raw, &in))
	p := social.HealthParams{
		HalfLife: in.HalfLife.float(), Fatigue: in.Fatigue.float(), Channels: map[relmark.Channel]float64{},
		Target: social.HealthTarget{Weight: in.Target.Weight.float(), Quality: in.Target.Quality.float(), Every: in.Target.Every.float()},
	}
	for c, w := range in.Channels {
		p.Channels[c] = w.float()
	}
	m, err := social.NewHealthModel(p)
	if err != nil {
		return nil, err
	}
	sum := func(positions []int) (h social.Health, r social.HealthReport, err error) {
		for _, i := range positions {
			c := in.Contacts[i]
			err = errors.Join(err, m.Add(&h, social.Interaction{At: c.At, Channel: c.Channel, Direction: c.Direction, Answered: c.Answered, Quality: c.Quality.float()}))
		}
		r, e := m.Report(h, in.At)
		return h, r, errors.Join(err, e)
	}
	all := make([]int, len(in.Contacts))
	for i := range all {
		all[i] = i
	}
	_, r, err := sum(all)
	if err != nil {
		return nil, err
	}
	shards := []float64{}
	var forth, back social.Health
	parts := make([]social.Health, len(in.Shards))
	for i, positions := range in.Shards {
		h, part, err := sum(positions)
		require.NoError(t, err)
		shards, parts[i] = append(shards, part.Value), h
		require.NoError(t, forth.Merge(h))
	}
	for _, h := range slices.Backward(parts) {
		require.NoError(t, back.Merge(h))
	}
	for _, merged := range []social.Health{forth, back} {
		if len(parts) > 0 {
			whole, err := m.Report(merged, in.At)
			require.NoError(t, err)
			near.Equal(t, r.Value, whole.Value, 0, 1e-12)
		}
	}
	return map[string]any{
		"h": r.Value, "steady_factor": r.SteadyFactor, "steady": r.Steady, "ratio": r.Ratio, "health": r.Health,
		"reciprocity": r.Reciprocity, "shards_h": shards,
	}, nil
}

func runCadence(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Contacts    []time.Time
		At          time.Time
		SegmentGaps []exact `json:"segment_gaps_days"`
		K           exact
		DueLevel    exact `json:"due_level"`
	}
	require.NoError(t, reference.Strict(raw, &in))
	segment := make([]time.Duration, len(in.SegmentGaps))
	for i, gap := range in.SegmentGaps {
		segment[i] = gap.nanos()
	}
	c, err := social.NewCadence(social.CadenceParams{Shrinkage: in.K.float(), DueLevel: in.DueLevel.float()}, segment)
	if err != nil {
		return nil, err
	}
	r, err := c.Report(in.Contacts, in.At)
	return map[string]any{
		"n": r.Gaps, "gap_days": r.GapDays, "median_days": r.MedianDays, "mad_days": r.MADDays, "weight": r.Weight,
		"overdue": r.Overdue, "next_due": r.NextDue,
	}, err
}

func runRecognition(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Zone      string
		Customer  struct{ Birthday, Joined string }
		Feb29     social.LeapDay
		Purchases []struct {
			At    time.Time
			Order string
		}
		Rules struct {
			Birthday         bool
			AnniversaryEvery *int `json:"anniversary_every"`
			Purchase         []int
			ReturnAfterDays  *int `json:"return_after_days"`
		}
		From, To string
		Issued   []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	g, err := social.NewRecognition(social.RecognitionRules{
		Zone: zoneOf(in.Zone), Feb29: in.Feb29, Birthdays: in.Rules.Birthday, AnniversaryEvery: in.Rules.AnniversaryEvery,
		Purchases: in.Rules.Purchase, ReturnAfterDays: in.Rules.ReturnAfterDays,
	})
	if err != nil {
		return nil, err
	}
	var p social.Person
	var errs [4]error
	errs[0] = p.Birthday.UnmarshalText([]byte(in.Customer.Birthday))
	errs[1] = p.Joined.UnmarshalText([]byte(in.Customer.Joined))
	from, errFrom := relmark.ParseDate(in.From)
	through, errThrough := relmark.ParseDate(in.To)
	if err := errors.Join(errs[0], errs[1], errFrom, errThrough); err != nil {
		return nil, err
	}
	for _, o := range in.Purchases {
		p.Orders = append(p.Orders, social.Order{ID: o.Order, At: o.At})
	}
	events, err := g.Occasions(p, from, through, in.Issued)
	if events == nil {
		events = []social.Occasion{}
	}
	return map[string]any{"events": events}, err
}

func runSelection(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Lambda     exact
		Candidates []struct {
			ID, Customer, Treatment string
			Value, Cost             exact
			Channel                 relmark.Channel
			Purpose                 relmark.Purpose
		}
		Consents [][3]string
		Control  []string
		Caps     struct {
			Customer map[string]int64
			Channel  map[relmark.Channel]int64
		}
		Quota  map[string]int64
		Budget *exact
	}
	require.NoError(t, reference.Strict(raw, &in))
	s := social.Selection[string]{Lambda: in.Lambda.decimal(), Control: in.Control}
	s.Limits = social.Limits[string]{Customers: in.Caps.Customer, Channels: in.Caps.Channel, Quotas: in.Quota}
	if most, all := in.Caps.Customer["*"]; all {
		s.Limits.PerCustomer = &most
		delete(s.Limits.Customers, "*")
	}
	if in.Budget != nil {
		s.Limits.Budget = new(in.Budget.decimal())
	}
	asOf := when("2025-01-01T12:00:00Z")
	for _, c := range in.Candidates {
		facts := relmark.ContactFacts{Zone: time.UTC}
		for _, consent := range in.Consents {
			if consent[0] == c.Customer {
				facts.Consents = append(facts.Consents, relmark.Consent{Channel: relmark.Channel(consent[1]), Purpose: relmark.Purpose(consent[2])})
			}
		}
		d, err := relmark.ContactPolicy{}.Decide(c.Channel, c.Purpose, facts, asOf)
		if err != nil {
			return nil, err
		}
		s.Candidates = append(s.Candidates, social.Candidate[string]{Customer: c.Customer, Contact: d, Treatment: social.Treatment{
			ID: c.ID, Kind: c.Treatment, Channel: c.Channel, Purpose: c.Purpose, Value: c.Value.decimal(), Cost: c.Cost.decimal(),
		}})
	}
	got, err := social.Select(s)
	if err != nil {
		return nil, err
	}
	return map[string]any{"chosen": got.Chosen, "net": got.Net.String(), "cost": got.Cost.String(), "rejected": got.Rejected}, nil
}

func runAssignment(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Salt, Experiment string
		Arms             []struct {
			Name  string
			Share exact
		}
		Members []string
		Bulk    *struct {
			Prefix  string
			N, Bins int
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	e := social.Experiment{Salt: in.Salt, Name: in.Experiment}
	for _, a := range in.Arms {
		e.Arms = append(e.Arms, social.Arm{Name: a.Name, Share: a.Share.decimal()})
	}
	a, err := social.NewAssigner(e)
	if err != nil {
		return nil, err
	}
	members := []map[string]any{}
	for _, m := range in.Members {
		x, err := a.Assign(m)
		if err != nil {
			return nil, err
		}
		members = append(members, map[string]any{"member": m, "u64": strconv.FormatUint(x.Hash, 10), "share": x.Share, "arm": x.Arm})
	}
	if in.Bulk == nil {
		return map[string]any{"members": members}, nil
	}
	bins, arms := make([]int, in.Bulk.Bins), map[string]int{}
	for i := range in.Bulk.N {
		x, err := a.Assign(in.Bulk.Prefix + strconv.Itoa(i))
		require.NoError(t, err)
		wide := new(big.Int).SetUint64(x.Hash)
		bins[wide.Mul(wide, big.NewInt(int64(in.Bulk.Bins))).Rsh(wide, 64).Int64()]++
		arms[x.Arm]++
	}
	return map[string]any{"members": members, "bins": bins, "arms": arms}, nil
}

func runCredit(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	type item struct {
		ID       string
		At       time.Time
		Quality  exact
		Accepted bool
	}
	var in struct {
		Base, Ratio exact
		Window      int `json:"window_days"`
		Items       []item
		Removed     []struct {
			ID string
			At time.Time
		}
		At time.Time
	}
	require.NoError(t, reference.Strict(raw, &in))
	// What is accepted comes first: an item seen again is ignored.
	slices.SortStableFunc(in.Items, func(a, b item) int {
		first := map[bool]int{true: 0, false: 1}
		return cmp.Or(cmp.Compare(first[a.Accepted], first[b.Accepted]), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	var log social.Activities
	for _, x := range in.Items {
		err := log.Add(social.Activity{ID: x.ID, Kind: "item", At: x.At, Accepted: x.Accepted, Quality: x.Quality.decimal()})
		if refused := (*social.RefusedError)(nil); err != nil && !errors.As(err, &refused) {
			return nil, err
		}
	}
	for _, x := range in.Removed {
		if err := log.Remove(x.ID, x.At); err != nil {
			return nil, err
		}
	}
	p := social.CreditPolicy{Base: in.Base.decimal(), Ratio: in.Ratio.decimal(), Window: time.Duration(in.Window) * day}
	s, err := p.Statement(&log, in.At)
	if err != nil {
		return nil, err
	}
	grants := []map[string]any{}
	for _, c := range s.Credits {
		grants = append(grants, map[string]any{"id": c.ID, "k": c.K, "credit": c.Points, "reversed_at": c.ReversedAt})
	}
	return map[string]any{"grants": grants, "granted": s.Granted, "reversed": s.Reversed, "balance": s.Balance}, nil
}

func runReferral(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Policy struct {
			JoinDays       int   `json:"join_days"`
			QualifyMinNet  exact `json:"qualify_min_net"`
			QualifyDays    int   `json:"qualify_days"`
			MaturityDays   int   `json:"maturity_days"`
			ClawbackDays   int   `json:"clawback_days"`
			ReferrerReward int64 `json:"referrer_reward"`
			FriendReward   int64 `json:"friend_reward"`
			Cap            int
			CapDays        int `json:"cap_days"`
			VelocityMax    int `json:"velocity_max"`
			VelocityHours  int `json:"velocity_hours"`
		}
		Members []string
		Tokens  map[string][]string
		Events  []struct {
			At                            time.Time
			Type                          social.ReferralEventType
			Code, Referrer, Member, Order string
			Amount                        exact
		}
		At time.Time
	}
	require.NoError(t, reference.Strict(raw, &in))
	span := func(n int) time.Duration { return time.Duration(n) * day }
	p := in.Policy
	program, err := social.NewReferralProgram(social.ReferralPolicy{
		Join: span(p.JoinDays), Qualify: span(p.QualifyDays), MinNet: p.QualifyMinNet.decimal(), Maturity: span(p.MaturityDays),
		Clawback: span(p.ClawbackDays), Referrer: p.ReferrerReward, Friend: p.FriendReward,
		Cap: &social.Rate{Max: p.Cap, Within: span(p.CapDays)}, Velocity: &social.Rate{Max: p.VelocityMax, Within: time.Duration(p.VelocityHours) * time.Hour},
	})
	if err != nil {
		return nil, err
	}
	var s social.Referrals
	referrers := map[string]string{}
	postings := []social.Posting{}
	for i, x := range in.Events {
		if x.At.After(in.At) {
			break
		}
		e := social.ReferralEvent{Key: strconv.Itoa(i), At: x.At, Type: x.Type, Code: x.Code, Referrer: x.Referrer, Member: x.Member, Order: x.Order}
		switch x.Type {
		case social.Invited:
			referrers[x.Code] = x.Referrer
		case social.Joined:
			e.Known = slices.Contains(in.Members, x.Member)
			e.Shared = social.SharedToken(in.Tokens[x.Member], in.Tokens[referrers[x.Code]])
		default:
			e.Amount = x.Amount.decimal()
		}
		out, err := program.Apply(&s, e)
		if err != nil {
			return nil, err
		}
		postings = append(postings, out.Postings...)
	}
	last, err := program.Advance(&s, in.At)
	if err != nil {
		return nil, err
	}
	referrals := []map[string]any{}
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	for r := range s.All() {
		referrals = append(referrals, map[string]any{
			"code": r.Code, "referrer": r.Referrer, "friend": null(r.Friend), "state": r.State, "reason": null(string(r.Reason)),
			"since": r.Since, "net_paid": r.NetPaid.String(),
		})
	}
	return map[string]any{"referrals": referrals, "postings": append(postings, last...)}, nil
}

func runReferralValue(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Discount, Indirect exact
		Edges              []struct {
			Referrer, Friend string
			Class            social.Attribution
			Value            exact
			AcquisitionSaved exact `json:"acquisition_saved"`
			RewardCost       exact `json:"reward_cost"`
			Years            json.Number
			PAnyway          *exact `json:"p_anyway"`
		}
		Of []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	var edges []social.ReferralEdge[string]
	for _, e := range in.Edges {
		edge := social.ReferralEdge[string]{
			Referrer: e.Referrer, Friend: e.Friend, Class: e.Class, Value: e.Value.float(), AcquisitionSaved: e.AcquisitionSaved.float(),
			RewardCost: e.RewardCost.float(), Years: exact(e.Years).float(),
		}
		if e.PAnyway != nil {
			edge.PAnyway = e.PAnyway.float()
		}
		edges = append(edges, edge)
	}
	tree, err := social.NewReferralTree(social.ReferralValueParams{Discount: in.Discount.float(), Indirect: in.Indirect.float()}, edges)
	if err != nil {
		return nil, err
	}
	values := []map[string]any{}
	for _, m := range in.Of {
		v := tree.Value(m)
		values = append(values, map[string]any{"member": m, "direct": v.Direct, "indirect": v.Indirect, "total": v.Total})
	}
	return map[string]any{"values": values}, nil
}
