package points_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// full is a programme that uses every field.
func full(t require.TestingT) points.Program {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekend := earning.Condition{
		From: day(0), To: day(90), Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Tiers: []string{"gold"},
		Categories: []string{"coffee"}, MinTotal: new(decimalOf(1050)), MaxTotal: new(euros(500)),
		Tag: "channel", Values: []string{"shop"},
		Any: []earning.Condition{{Tiers: []string{"silver"}}, {Not: []earning.Condition{{Tag: "staff"}}}},
	}
	return points.Program{
		Rules: earning.Rules{
			Zone:       berlin,
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimalOf(1),
			Versions: []earning.Version{
				{Name: "old", To: day(-1), Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(2)}}},
				{
					Name: "new", From: day(0), Stacking: earning.Compounding, Rounding: earning.HalfEven,
					Rates:       []earning.Rate{{Rule: "base", Points: 3, Per: decimalOf(150), When: earning.Condition{}}},
					Multipliers: []earning.Multiplier{{Rule: "weekend", Factor: decimal.New(15, -1), Exclusive: true, Priority: 7, When: weekend}},
					Bonuses:     []earning.Bonus{{Rule: "big", Points: 50, When: earning.Condition{MinTotal: new(euros(100))}}},
					Goals: []earning.Goal{
						{Rule: "card", Target: 2, Points: 5, Repeat: true},
						{Rule: "spender", Count: earning.CountSpend, Target: 90_000, Points: 20},
						{Rule: "streak", Count: earning.CountMonths, Target: 3, Points: 30, When: earning.Condition{Tiers: []string{"gold"}}},
					},
					Caps: []earning.Cap{{Per: earning.PerOrder, Points: 400}, {Per: earning.PerYear, Points: 9000}},
				},
			},
		},
		Expiry:       points.Expiry{Kind: points.Months, N: 24},
		MaturityDays: 14,
		Shortfall:    points.Clamp,
		GraceDays:    new(0),
		TransferFee:  decimal.New(5, -2),
		Payout:       points.ByLot,
	}
}

func TestProgramSurvivesJSON(t *testing.T) {
	t.Parallel()
	for _, p := range []points.Program{full(t), compiled(t, points.Program{}).Program()} {
		data, err := json.Marshal(p)
		require.NoError(t, err)
		back, err := points.DecodeProgram(data, time.LoadLocation)
		require.NoError(t, err, string(data))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(again))
		assert.Equal(t, p.Versions[0].Rates[0].Rule, back.Versions[0].Rates[0].Rule)
		_, err = points.Compile(back)
		require.NoError(t, err)
	}
}

func TestProgramRefusesOtherJSON(t *testing.T) {
	t.Parallel()
	const good = `{"v":1,"rules":{"v":1,"currency":"EUR","versions":[{"rates":[{"rule":"base","points":1,"per":"1"}]}]},"expiry":{"kind":"months","n":1}}`
	_, err := points.DecodeProgram([]byte(good), nil)
	require.NoError(t, err)
	for _, c := range []struct{ old, new string }{
		{`"currency":"EUR"`, `"currency":""`},
		{`"currency":"EUR"`, `"currency":"EUR","colour":1`},
		{`"rules":{`, `"Rules":{`},
		{`"rules":{`, `"colour":1,"rules":{`},
		{`"expiry":{`, `"rules":{},"expiry":{`},
		{`"kind":"months"`, `"type":"months"`},
		{`"kind":"months"`, `"kind":"months_EOM"`},
		{`"per":"1"`, `"per":1`},
		{`"n":1}}`, `"n":1},"transfer_fee":"2"}`},
		{`"n":1}}`, `"n":1},"transfer_fee":0.5}`},
		{`"n":1}}`, `"n":1},"payout":"byLot"}`},
		{`"n":1}}`, `"n":1},"grace_days":-1}`},
		{`"n":1}}`, `"n":1}}}`},
	} {
		_, err := points.DecodeProgram([]byte(strings.Replace(good, c.old, c.new, 1)), nil)
		assert.ErrorIs(t, err, relmark.ErrInvalid, c.new)
	}
	_, err = points.DecodeProgram([]byte(`{"v":1}`), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = points.DecodeProgram([]byte(strings.Replace(good, `{"v":1,"currency"`, `{"v":2,"currency"`, 1)), nil)
	require.ErrorIs(t, err, relmark.ErrUnsupported, "rules of a later version")
	for _, v := range []string{`"v":2,`, ``} {
		_, err = points.DecodeProgram([]byte(strings.Replace(good, `"v":1,`, v, 1)), nil)
		assert.ErrorIs(t, err, relmark.ErrUnsupported)
	}
	zoned := []byte(strings.Replace(good, `"v":1,"currency"`, `"v":1,"zone":"Mars","currency"`, 1))
	host := errors.New("no such planet")
	_, err = points.DecodeProgram(zoned, func(string) (*time.Location, error) { return nil, host })
	assert.ErrorIs(t, err, host)
	_, err = points.DecodeProgram(zoned, func(string) (*time.Location, error) { return nil, nil })
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	machine := []byte(strings.Replace(good, `"v":1,"currency"`, `"v":1,"zone":"Local","currency"`, 1))
	_, err = points.DecodeProgram(machine, time.LoadLocation)
	assert.ErrorIs(t, err, relmark.ErrInvalid, "it is another zone on every machine")
	_, err = json.Marshal(points.Program{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	local := compiled(t, points.Program{Rules: earning.Rules{Zone: time.Local}}).Program()
	_, err = json.Marshal(local)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestProgramValidation(t *testing.T) {
	t.Parallel()
	broken := map[string]func(p *points.Program){
		"Rules.Currency":                 func(p *points.Program) { p.Currency = "" },
		"Rules.Versions[1]":              func(p *points.Program) { p.Versions[1].From = day(-1) },
		"Rules.Versions[0].Rates[0].Per": func(p *points.Program) { p.Versions[0].Rates[0].Per = decimal.New(1, -10) },
		"MaturityDays":                   func(p *points.Program) { p.MaturityDays = -1 },
		"MaturityDays = 36501":           func(p *points.Program) { p.MaturityDays = 36_501 },
		"Shortfall":                      func(p *points.Program) { p.Shortfall = "gift" },
		"Payout":                         func(p *points.Program) { p.Payout = "all" },
		"GraceDays = -1":                 func(p *points.Program) { p.GraceDays = new(-1) },
		"GraceDays = 36501":              func(p *points.Program) { p.GraceDays = new(36_501) },
		"TransferFee":                    func(p *points.Program) { p.TransferFee = decimalOf(101) },
		"TransferFee: must be 0 to 1":    func(p *points.Program) { p.TransferFee = decimalOf(-1) },
		"Expiry.Kind":                    func(p *points.Program) { p.Expiry.Kind = "soon" },
		"Expiry.N":                       func(p *points.Program) { p.Expiry.N = -1 },
		"Expiry.N = 1201":                func(p *points.Program) { p.Expiry.N = 1201 },
	}
	require.NoError(t, full(t).Validate())
	for field, breakIt := range broken {
		p := full(t)
		breakIt(&p)
		err := p.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		assert.ErrorContains(t, err, field)
		_, compileErr := points.Compile(p)
		assert.Equal(t, err, compileErr)
	}
}

// granted decides one order and returns how it was priced.
func granted(t require.TestingT, e *points.Engine, c points.Earn) earning.Award {
	c.Order = "O"
	var a points.Account
	return do(t, e, &a, with(head("k", 1), c)).Body.(*points.Earned).Award
}
