package relationship_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/relationship"
)

const tolerance = 1e-12

type golden struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	In     json.RawMessage `json:"in"`
	Expect json.RawMessage `json:"expect"`
}

func TestReferenceBonds(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "tier/relationship", "bonds_golden.json")
	var file struct{ Cases []golden }
	f.JSON(&file)
	for _, c := range file.Cases {
		if !f.Owns(c.Kind) {
			continue
		}
		switch c.Kind {
		case "relationship_type":
			typeCase(t, f, c)
		case "relational_orientation":
			orientationCase(t, f, c)
		default:
			t.Errorf("%s: kind %q has no test", c.ID, c.Kind)
		}
	}
}

// wantsError compares the error of a case; true if one was expected.
func wantsError(f *reference.File, c golden, want string, err error) bool {
	sentinel := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}[want]
	if want == "" {
		f.Exact(true, err == nil, "%s error %v", c.ID, err)
		return err != nil
	}
	f.Exact(true, errorIs(err, sentinel), "%s error %v", c.ID, err)
	return true
}

// A number is an exact decimal, as text or as a number.
type number json.RawMessage

func (n *number) UnmarshalJSON(data []byte) error {
	*n = number(bytes.Trim(data, `"`))
	return nil
}

func (n number) float(t *testing.T) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(string(n), 64)
	require.NoError(t, err)
	return v
}

func compareOptional(f *reference.File, want *float64, got float64, what string, args ...any) {
	if want == nil {
		f.Exact(true, math.IsNaN(got), what+" is not defined", args...)
		return
	}
	f.Near(*want, got, tolerance, 1, what, args...)
}

func typeCase(t *testing.T, f *reference.File, c golden) {
	t.Helper()
	var in struct {
		AsOf             relmark.Date   `json:"as_of"`
		FirmContacts     int            `json:"firm_contacts"`
		Responses        int            `json:"responses"`
		CustomerContacts int            `json:"customer_contacts"`
		PurchaseDates    []relmark.Date `json:"purchase_dates"`
		ServicesUsed     int            `json:"services_used"`
		ServicesOffered  int            `json:"services_offered"`
		Policy           struct {
			MinPurchaseDays int    `json:"min_purchase_days"`
			MinContacts     int    `json:"min_contacts"`
			InitiationMin   number `json:"initiation_min"`
			ResponseMin     number `json:"response_min"`
			CvMax           number `json:"cv_max"`
			ServiceMin      number `json:"service_min"`
		} `json:"policy"`
	}
	var want struct {
		Error      string                `json:"error"`
		Type       relationship.Type     `json:"type"`
		Reasons    []relationship.Reason `json:"reasons"`
		Initiation *float64              `json:"initiation"`
		Response   *float64              `json:"response"`
		Cv         *float64              `json:"cv"`
		ServiceUse *float64              `json:"service_use"`
	}
	err := reference.Strict(c.In, &in)
	require.NoError(t, reference.Strict(c.Expect, &want), c.ID)
	if errors.Is(err, relmark.ErrInvalid) { // an impossible date
		wantsError(f, c, want.Error, err)
		return
	}
	require.NoError(t, err, c.ID)
	policy := relationship.Policy{
		MinPurchaseDays: in.Policy.MinPurchaseDays, MinContacts: in.Policy.MinContacts,
		InitiationMin: in.Policy.InitiationMin.float(t), ResponseMin: in.Policy.ResponseMin.float(t),
		VariationMax: in.Policy.CvMax.float(t), ServiceMin: in.Policy.ServiceMin.float(t),
	}
	got, err := policy.Classify(relationship.Evidence{
		FirmContacts: in.FirmContacts, Responses: in.Responses, CustomerContacts: in.CustomerContacts,
		Purchases: in.PurchaseDates, ServicesUsed: in.ServicesUsed, ServicesOffered: in.ServicesOffered,
	}, in.AsOf)
	if wantsError(f, c, want.Error, err) {
		return
	}
	f.Exact(want.Type, got.Type, "%s type", c.ID)
	if f.Exact(len(want.Reasons), len(got.Reasons), "%s reasons", c.ID) {
		for i, reason := range want.Reasons {
			f.Exact(reason, got.Reasons[i], "%s reasons[%d]", c.ID, i)
		}
	}
	compareOptional(f, want.Initiation, got.Initiation, "%s initiation", c.ID)
	compareOptional(f, want.Response, got.Response, "%s response", c.ID)
	compareOptional(f, want.Cv, got.Variation, "%s cv", c.ID)
	compareOptional(f, want.ServiceUse, got.ServiceUse, "%s service_use", c.ID)
}

func orientationCase(t *testing.T, f *reference.File, c golden) {
	t.Helper()
	var in struct {
		Missing          string `json:"missing"`
		MinCoverage      number `json:"min_coverage"`
		TransactionalMax number `json:"transactional_max"`
		RelationalMin    number `json:"relational_min"`
		Indicators       map[string]struct {
			Value          *number
			Lo, Hi, Weight number
		}
	}
	var want struct {
		Error       string                             `json:"error"`
		Index       *float64                           `json:"index"`
		Coverage    float64                            `json:"coverage"`
		Components  map[relationship.Contrast]*float64 `json:"components"`
		Missing     []relationship.Contrast            `json:"missing"`
		Clamped     []relationship.Contrast            `json:"clamped"`
		Orientation relationship.Stance                `json:"orientation"`
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	require.NoError(t, reference.Strict(c.Expect, &want), c.ID)
	scale := relationship.OrientationPolicy{
		MinCoverage: in.MinCoverage.float(t), TransactionalMax: in.TransactionalMax.float(t), RelationalMin: in.RelationalMin.float(t),
	}
	if in.Missing != "renormalise" { // the default has no word
		scale.Missing = relationship.MissingRule(in.Missing)
	}
	indicators := map[relationship.Contrast]relationship.Indicator{}
	for name, x := range in.Indicators {
		i := relationship.Indicator{Missing: x.Value == nil, Low: x.Lo.float(t), High: x.Hi.float(t), Weight: x.Weight.float(t)}
		if x.Value != nil {
			i.Value = x.Value.float(t)
		}
		indicators[relationship.Contrast(name)] = i
	}
	got, err := scale.Orientation(indicators)
	if wantsError(f, c, want.Error, err) {
		return
	}
	compareOptional(f, want.Index, got.Index, "%s index", c.ID)
	f.Near(want.Coverage, got.Coverage, tolerance, 1, "%s coverage", c.ID)
	f.Exact(want.Orientation, got.Stance, "%s orientation", c.ID)
	for contrast, component := range want.Components {
		score, measured := got.Components[contrast]
		if !measured {
			score = math.NaN()
		}
		compareOptional(f, component, score, "%s %v", c.ID, contrast)
	}
	compareContrasts(f, want.Missing, got.Missing, c.ID+" missing")
	compareContrasts(f, want.Clamped, got.Clamped, c.ID+" clamped")
}

func compareContrasts(f *reference.File, want, got []relationship.Contrast, what string) {
	if f.Exact(len(want), len(got), "%s", what) {
		for i := range want {
			f.Exact(want[i], got[i], "%s[%d]", what, i)
		}
	}
}
