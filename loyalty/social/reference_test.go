package social_test

import (
	"cmp"
	"encoding/json"
	"errors"
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

// A kind runs one case and returns what our code says, under the keys of the file.
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
	roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
	f.Golden(roots, func(c reference.Case) (any, error) {
		require.NotNil(t, kinds[c.Kind], c.Kind)
		got, err := kinds[c.Kind](t, c.In)
		if _, refused := errors.AsType[*social.RefusedError](err); refused {
			err = errors.Join(err, relmark.ErrInvalid) // of a whole history that the file gives at once
		}
		return got, err
	})
}

type number = reference.Number

// nanos returns days as a duration.
func nanos(days decimal.Decimal) time.Duration {
	return time.Duration(days.Mul(decimal.NewFromInt(int64(day))).IntPart())
}

func runHealth(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		HalfLife number `json:"half_life_days"`
		Fatigue  number
		Channels map[relmark.Channel]number
		Target   struct {
			Weight, Quality number
			Every           number `json:"every_days"`
		}
		At       time.Time
		Contacts []struct {
			At        time.Time
			Channel   relmark.Channel
			Direction social.Direction
			Answered  bool
			Quality   number
		}
		Shards [][]int
	}
	require.NoError(t, reference.Strict(raw, &in))
	p := social.HealthParams{
		HalfLife: float64(in.HalfLife), Fatigue: float64(in.Fatigue), Channels: map[relmark.Channel]float64{},
		Target: social.HealthTarget{Weight: float64(in.Target.Weight), Quality: float64(in.Target.Quality), Every: float64(in.Target.Every)},
	}
	for c, w := range in.Channels {
		p.Channels[c] = float64(w)
	}
	m, err := social.NewHealthModel(p)
	if err != nil {
		return nil, err
	}
	sum := func(positions []int) (h social.Health, r social.HealthReport, err error) {
		for _, i := range positions {
			c := in.Contacts[i]
			err = errors.Join(err, m.Add(&h, social.Interaction{At: c.At, Channel: c.Channel, Direction: c.Direction, Answered: c.Answered, Quality: float64(c.Quality)}))
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
			near.Equal(t, r.Value, whole.Value, 1e-12, 1e-12)
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
		SegmentGaps []decimal.Decimal `json:"segment_gaps_days"`
		K           number
		DueLevel    number `json:"due_level"`
	}
	require.NoError(t, reference.Strict(raw, &in))
	segment := make([]time.Duration, len(in.SegmentGaps))
	for i, gap := range in.SegmentGaps {
		segment[i] = nanos(gap)
	}
	c, err := social.NewCadence(social.CadenceParams{Shrinkage: float64(in.K), DueLevel: float64(in.DueLevel)}, segment)
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
		Lambda     decimal.Decimal
		Candidates []struct {
			ID, Customer, Treatment string
			Value, Cost             decimal.Decimal
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
		Budget *decimal.Decimal
	}
	require.NoError(t, reference.Strict(raw, &in))
	s := social.Selection[string]{Lambda: in.Lambda, Control: in.Control}
	s.Limits = social.Limits[string]{Customers: in.Caps.Customer, Channels: in.Caps.Channel, Quotas: in.Quota}
	if most, all := in.Caps.Customer["*"]; all {
		s.Limits.PerCustomer = &most
		delete(s.Limits.Customers, "*")
	}
	if in.Budget != nil {
		s.Limits.Budget = in.Budget
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
			ID: c.ID, Kind: c.Treatment, Channel: c.Channel, Purpose: c.Purpose, Value: c.Value, Cost: c.Cost,
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
			Share decimal.Decimal
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
		e.Arms = append(e.Arms, social.Arm{Name: a.Name, Share: a.Share})
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
	for _, arm := range in.Arms {
		arms[arm.Name] = 0 // also where nobody is
	}
	for i := range in.Bulk.N {
		x, err := a.Assign(in.Bulk.Prefix + strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
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
		Quality  decimal.Decimal
		Accepted bool
	}
	var in struct {
		Base, Ratio decimal.Decimal
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
		err := log.Add(social.Activity{ID: x.ID, Kind: "item", At: x.At, Accepted: x.Accepted, Quality: x.Quality})
		if _, refused := errors.AsType[*social.RefusedError](err); err != nil && !refused {
			return nil, err
		}
	}
	for _, x := range in.Removed {
		if err := log.Remove(x.ID, x.At); err != nil {
			return nil, err
		}
	}
	p := social.CreditPolicy{Base: in.Base, Ratio: in.Ratio, Window: time.Duration(in.Window) * day}
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
			JoinDays       int             `json:"join_days"`
			QualifyMinNet  decimal.Decimal `json:"qualify_min_net"`
			QualifyDays    int             `json:"qualify_days"`
			MaturityDays   int             `json:"maturity_days"`
			ClawbackDays   int             `json:"clawback_days"`
			ReferrerReward int64           `json:"referrer_reward"`
			FriendReward   int64           `json:"friend_reward"`
			Cap            *int
			CapDays        int  `json:"cap_days"`
			VelocityMax    *int `json:"velocity_max"`
			VelocityHours  int  `json:"velocity_hours"`
		}
		Members []string
		Tokens  map[string][]string
		Events  []struct {
			At                            time.Time
			Type                          social.ReferralEventType
			Code, Referrer, Member, Order string
			Amount                        decimal.Decimal
		}
		At time.Time
	}
	require.NoError(t, reference.Strict(raw, &in))
	span := func(n int) time.Duration { return time.Duration(n) * day }
	p := in.Policy
	program, err := social.NewReferralProgram(social.ReferralPolicy{
		Join: span(p.JoinDays), Qualify: span(p.QualifyDays), MinNet: p.QualifyMinNet, Maturity: span(p.MaturityDays),
		Clawback: span(p.ClawbackDays), Referrer: p.ReferrerReward, Friend: p.FriendReward,
		Cap: rate(p.Cap, span(p.CapDays)), Velocity: rate(p.VelocityMax, time.Duration(p.VelocityHours)*time.Hour),
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
			e.Amount = x.Amount
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

// rate is a limit of the file; null is none.
func rate(most *int, within time.Duration) *social.Rate {
	if most == nil {
		return nil
	}
	return &social.Rate{Max: *most, Within: within}
}

func runReferralValue(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Discount, Indirect number
		Edges              []struct {
			Referrer, Friend string
			Class            social.Attribution
			Value            number
			AcquisitionSaved number `json:"acquisition_saved"`
			RewardCost       number `json:"reward_cost"`
			Years            number
			PAnyway          *number `json:"p_anyway"`
		}
		Of []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	var edges []social.ReferralEdge[string]
	for _, e := range in.Edges {
		edge := social.ReferralEdge[string]{
			Referrer: e.Referrer, Friend: e.Friend, Class: e.Class, Value: float64(e.Value), AcquisitionSaved: float64(e.AcquisitionSaved),
			RewardCost: float64(e.RewardCost), Years: float64(e.Years),
		}
		if e.PAnyway != nil {
			edge.PAnyway = float64(*e.PAnyway)
		}
		edges = append(edges, edge)
	}
	tree, err := social.NewReferralTree(social.ReferralValueParams{Discount: float64(in.Discount), Indirect: float64(in.Indirect)}, edges)
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
