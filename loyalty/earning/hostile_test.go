package earning_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/loyalty/earning"
)

// beyond are decimals that no text says, only decimal.New.
func beyond() []decimal.Decimal {
	return []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MaxInt32),
		decimal.New(0, math.MaxInt32), decimal.New(0, math.MinInt32),
	}
}

// Not parallel: it counts what is allocated.
//
//nolint:paralleltest // see above
func TestHostileDecimalsEndAtOnce(t *testing.T) {
	fields := map[string]func(r *earning.Rules, d decimal.Decimal){
		"PointValue": func(r *earning.Rules, d decimal.Decimal) { r.PointValue = d },
		"Per":        func(r *earning.Rules, d decimal.Decimal) { r.Versions[1].Rates[0].Per = d },
		"Factor":     func(r *earning.Rules, d decimal.Decimal) { r.Versions[1].Multipliers[0].Factor = d },
		"MinTotal":   func(r *earning.Rules, d decimal.Decimal) { r.Versions[1].Bonuses[0].When.MinTotal = &d },
		"MaxShare":   func(r *earning.Rules, d decimal.Decimal) { r.Spending.MaxShare = &d },
		"MaxTotal":   func(r *earning.Rules, d decimal.Decimal) { r.Versions[1].Bonuses[0].When.MaxTotal = &d },
	}
	e := compiled(t)
	for _, d := range beyond() {
		for name, set := range fields {
			hostile.Within(t, 4, name, func() {
				r := full(t)
				set(&r, d)
				_, err := earning.Compile(r)
				assert.ErrorIs(t, err, relmark.ErrInvalid, name)
				assert.ErrorContains(t, err, name)
				_, err = json.Marshal(r)
				assert.ErrorIs(t, err, relmark.ErrInvalid, name)
			})
		}
		for name, o := range map[string]earning.Order{
			"amount":  {At: at(1), Amount: d},
			"line":    {At: at(1), Lines: []earning.OrderLine{{Amount: d}}},
			"measure": {At: at(1), Lines: []earning.OrderLine{{Measures: []earning.Measure{{Name: "m", Value: d}}}}},
		} {
			hostile.Within(t, 4, name, func() {
				_, err := e.Quote(&o)
				assert.Equal(t, d.Sign() == 0, err == nil, "%s: zero is zero", name)
				_, _ = json.Marshal(o)
			})
		}
	}
}

// What a decoder reads is bounded by what it is given, list by list.
//
//nolint:paralleltest // it counts what is allocated
func TestHostileListsAreBounded(t *testing.T) {
	many := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	program := func(version string) string {
		return `{"v":1,"currency":"EUR","versions":[` + version + `]}`
	}
	deep := strings.Repeat(`{"any":[`, 5000) + `{}` + strings.Repeat(`]}`, 5000)
	for name, text := range map[string]string{
		"versions":    `{"v":1,"currency":"EUR","versions":` + many(100_000, `{}`) + `}`,
		"1000":        `{"v":1,"currency":"EUR","versions":` + many(1000, `{}`) + `}`,
		"rates":       program(`{"rates":` + many(20_000, `{"rule":"","points":0,"per":"0"}`) + `}`),
		"multipliers": program(`{"multipliers":` + many(20_000, `{"rule":"","factor":"-1"}`) + `}`),
		"bonuses":     program(`{"bonuses":` + many(20_000, `{"rule":"","points":0}`) + `}`),
		"goals":       program(`{"goals":` + many(20_000, `{"rule":"","target":0,"points":0}`) + `}`),
		"exclusions":  program(`{"exclusions":` + many(20_000, `{"rule":""}`) + `}`),
		"activities":  program(`{"activities":` + many(20_000, `{"rule":"","kind":""}`) + `}`),
		"selector":    program(`{"bonuses":[{"rule":"r","points":1,"lines":{"tags":` + many(20_000, `"a"`) + `}}]}`),
		"caps":        program(`{"caps":` + many(20_000, `{"per":"","points":-1}`) + `}`),
		"budgets":     program(`{"budgets":` + many(20_000, `{"per":"order","points":-1}`) + `}`),
		"weekdays":    program(`{"bonuses":[{"rule":"r","points":1,"when":{"weekdays":` + many(20_000, `1`) + `}}]}`),
		"tiers":       program(`{"bonuses":[{"rule":"r","points":1,"when":{"tiers":` + many(20_000, `"a"`) + `}}]}`),
		"categories":  program(`{"bonuses":[{"rule":"r","points":1,"when":{"categories":` + many(20_000, `"a"`) + `}}]}`),
		"values":      program(`{"bonuses":[{"rule":"r","points":1,"when":{"tag":"t","values":` + many(20_000, `"a"`) + `}}]}`),
		"any":         program(`{"bonuses":[{"rule":"r","points":1,"when":{"any":` + many(20_000, `{}`) + `}}]}`),
		"not":         program(`{"bonuses":[{"rule":"r","points":1,"when":{"not":` + many(20_000, `{}`) + `}}]}`),
		"nested":      program(`{"bonuses":[{"rule":"r","points":1,"when":` + deep + `}]}`),
		"long name":   program(`{"name":"` + strings.Repeat("x", 100_000) + `","rates":[{"rule":"` + strings.Repeat("y", 100_000) + `","points":1,"per":"1"}]}`),
		"long tier":   program(`{"bonuses":[{"rule":"r","points":1,"when":{"tiers":["` + strings.Repeat("x", 201) + `"]}}]}`),
		"long zone":   `{"v":1,"currency":"EUR","zone":"` + strings.Repeat("x", 100_000) + `"}`,
		"long number": program(`{"rates":[{"rule":"r","points":1,"per":"` + strings.Repeat("9", 100_000) + `"}]}`),
		"long policy": `{"v":1,"currency":"EUR","payout":"` + strings.Repeat("x", 100_000) + `","versions":[{}]}`,
		"long key":    `{"v":1,"` + strings.Repeat("x", 100_000) + `":1}`,
	} {
		hostile.Within(t, 300, name, func() {
			_, err := earning.DecodeRules([]byte(text), time.LoadLocation)
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			assert.Less(t, len(err.Error()), 5000, "the text of an error is bounded: %s", name)
		})
	}
}

// Names that would be written as others, U+FFFD, are neither written nor read.
func TestRulesRefuseBrokenText(t *testing.T) {
	t.Parallel()
	const broken = "\xff"
	for name, set := range map[string]func(r *earning.Rules){
		"Currency":   func(r *earning.Rules) { r.Currency = broken },
		"Name":       func(r *earning.Rules) { r.Versions[0].Name = broken },
		"Rule":       func(r *earning.Rules) { r.Versions[0].Rates[0].Rule = broken },
		"Tiers":      func(r *earning.Rules) { r.Versions[0].Rates[0].When.Tiers = []string{broken} },
		"Categories": func(r *earning.Rules) { r.Versions[0].Rates[0].When.Categories = []string{broken} },
		"Tag":        func(r *earning.Rules) { r.Versions[0].Rates[0].When.Tag = broken },
		"Values": func(r *earning.Rules) {
			r.Versions[0].Rates[0].When = earning.Condition{Tag: "t", Values: []string{broken}}
		},
	} {
		r := full(t)
		set(&r)
		err := r.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.ErrorContains(t, err, name)
	}
	for _, text := range []string{broken, `\ud800`} {
		_, err := earning.DecodeRules([]byte(`{"v":1,"currency":"`+text+`","versions":[{}]}`), nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}
