package waiting_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting"
)

// minutesOf reads an exact number of minutes as a duration.
func minutesOf(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := decimal.NewFromString(text)
	require.NoError(t, err)
	n := d.Mul(decimal.NewFromInt(int64(time.Minute)))
	require.True(t, n.IsInteger(), text)
	return time.Duration(n.IntPart())
}

func floatOf(t *testing.T, text string) float64 {
	t.Helper()
	d, err := decimal.NewFromString(text)
	require.NoError(t, err)
	return d.InexactFloat64()
}

type object = map[string]any

// walk compares what is wanted with what there is: numbers within 1e-12 of them, or of 1
// if they are smaller, and null with what is nil.
func walk(t *testing.T, f *reference.File, where string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case object:
		there, ok := got.(object)
		require.True(t, ok, where)
		for key, v := range want {
			x, ok := there[key]
			require.True(t, ok, "%s.%s", where, key)
			walk(t, f, where+"."+key, v, x)
		}
	case []any:
		list, ok := got.([]any)
		require.True(t, ok && len(want) == len(list), where)
		for i := range want {
			walk(t, f, fmt.Sprintf("%s[%d]", where, i), want[i], list[i])
		}
	case json.Number:
		number, err := want.Float64()
		require.NoError(t, err)
		x := reflect.ValueOf(got)
		for x.Kind() == reflect.Pointer && !x.IsNil() {
			x = x.Elem()
		}
		require.True(t, x.CanConvert(reflect.TypeFor[float64]()), where)
		f.Near(number, x.Convert(reflect.TypeFor[float64]()).Float(), 1e-12, 1, "%s", where)
	case nil:
		f.Exact(true, got == nil || reflect.ValueOf(got).IsNil(), "%s", where)
	default:
		f.Exact(want, got, "%s", where)
	}
}

func TestReferenceData(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting", "waiting_data_golden.json")
	runs := map[string]func(*testing.T, json.RawMessage) (object, error){"patience": runPatience, "log": runLog, "inequality": runInequality}
	for _, c := range f.Cases() {
		run := runs[c.Kind]
		require.NotNil(t, run, c.Kind)
		got, err := run(t, c.In)
		if kind, fails := c.Fails(); fails {
			want := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}[kind]
			f.Exact(true, want != nil && errors.Is(err, want), "%s: %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		walk(t, f, c.ID, c.Expect, got)
	}
}

func runPatience(t *testing.T, raw json.RawMessage) (object, error) {
	t.Helper()
	var in struct {
		Waits     []string
		Abandoned []int
		Level     string
		At        []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	var g waiting.PatienceLog
	for i, wait := range in.Waits {
		if err := g.Add(minutesOf(t, wait), in.Abandoned[i] == 1); err != nil {
			return nil, err
		}
	}
	p, err := g.Patience(floatOf(t, in.Level))
	if err != nil {
		return nil, err
	}
	steps, at := []any{}, []any{}
	for _, s := range p.Steps {
		steps = append(steps, object{"t": s.At, "at_risk": s.AtRisk, "abandoned": s.Left, "survival": s.Survival, "se": s.SE})
	}
	for _, x := range in.At {
		at = append(at, p.Survival(floatOf(t, x)))
	}
	got := object{"n": p.N, "abandoned": p.Left, "total_wait": p.TotalWait, "steps": steps, "at": at, "rate": nil, "rate_low": nil, "rate_high": nil, "log_likelihood": nil}
	if r := p.Rate; r != nil {
		got["rate"], got["rate_low"], got["rate_high"], got["log_likelihood"] = r.PerMinute, r.Low, r.High, r.LogLikelihood
	}
	return got, nil
}

// instant returns one so many minutes after the start; the zero time for no text.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(minutesOf(t, text))
}

func runLog(t *testing.T, raw json.RawMessage) (object, error) {
	t.Helper()
	var in struct {
		From, To  string
		Servers   int
		Customers []struct{ Arrive, Start, End, Left string }
	}
	require.NoError(t, reference.Strict(raw, &in))
	g, err := waiting.NewLineLog(instant(t, in.From), instant(t, in.To), in.Servers)
	if err != nil {
		return nil, err
	}
	for _, c := range in.Customers {
		if err := g.Add(waiting.Visit{Arrived: instant(t, c.Arrive), Started: instant(t, c.Start), Ended: instant(t, c.End), Left: instant(t, c.Left)}); err != nil {
			return nil, err
		}
	}
	x, err := g.Facts()
	return object{
		"arrivals": x.Arrivals, "rate": x.PerMinute, "ca2": x.GapCV2, "started": x.Started, "served": x.Served, "abandoned": x.Abandoned, "open": x.Open,
		"mean_wait_served": x.MeanServed, "mean_wait": x.MeanWait, "mean_service": x.MeanService, "cs2": x.ServiceCV2,
		"L": x.System, "Lq": x.Line, "utilization": x.Utilization, "mean_sojourn": x.MeanSojourn, "little": x.Little,
	}, err
}

func runInequality(t *testing.T, raw json.RawMessage) (object, error) {
	t.Helper()
	var in struct {
		Waits, Groups []string
		Level         string
	}
	require.NoError(t, reference.Strict(raw, &in))
	var waits []waiting.Minutes
	for _, w := range in.Waits {
		waits = append(waits, waiting.Minutes(floatOf(t, w)))
	}
	x, err := waiting.MeasureInequality(waits, in.Groups, floatOf(t, in.Level))
	if err != nil {
		return nil, err
	}
	groups := []any{}
	for _, g := range x.Groups {
		o := object{"group": g.Group, "n": g.N, "mean": g.Mean, "gap": g.Gap, "se": nil, "df": nil, "low": nil, "high": nil}
		if b := g.Interval; b != nil {
			o["se"], o["df"], o["low"], o["high"] = b.SE, b.Degrees, b.Low, b.High
		}
		groups = append(groups, o)
	}
	return object{"n": x.N, "mean": x.Mean, "gini": x.Gini, "groups": groups}, nil
}
