package points

import (
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/loyalty/earning"
)

// The rules of an input, and the bounds of instants, in short.
const (
	nameRule      = canon.NameRule
	instantRule   = canon.ActivityRule
	firstSecond   = canon.FirstSecond
	endOfActivity = canon.EndOfActivity
	endOfTime     = canon.EndOfTime
)

// instant checks a time and returns it in UTC, without a monotonic reading.
func instant(field string, t time.Time) (time.Time, error) {
	if !canon.IsActivity(t) {
		return time.Time{}, invalid(field, nil, instantRule)
	}
	return at(t.UnixNano()), nil
}

// at returns an instant as a time in UTC.
func at(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// The encodings of what an order was and earned, as events keep it.

// codeFacts describes facts; amounts are read with the digits that come before them.
func codeFacts(x *earning.Facts, f *canon.Form) {
	f.Date("date", &x.Date)
	f.Name("currency", &x.Currency)
	f.Num("digits", &x.Digits)
	f.Check(x.Digits >= 0 && x.Digits <= maxDigits)
	f.Amount("total", &x.Total, x.Digits)
	f.Amount("cash", &x.Cash, x.Digits)
	f.Name("tier", &x.Tier)
	f.Digits = x.Digits
	canon.List(f, "lines", &x.Lines, codeLine)
	canon.List(f, "tags", &x.Tags, codeTag)
}

func codeLine(l *earning.Line, f *canon.Form) {
	f.Text("id", &l.ID)
	f.Amount("amount", &l.Amount, f.Digits)
	f.Amount("paid", &l.Paid, f.Digits)
	f.Name("category", &l.Category)
	f.Name("item", &l.Item)
	canon.List(f, "tags", &l.Tags, codeMark)
	codeQuantity(&l.Quantity, f)
	canon.List(f, "measures", &l.Measures, codeMeasured)
}

func codeMark(tag *string, f *canon.Form) { f.Name("tag", tag) }

// codeQuantity leaves a quantity of 1 out.
func codeQuantity(q *int64, f *canon.Form) {
	n := *q
	if n == earning.One {
		n = 0
	}
	f.Int("quantity", &n)
	f.Check(n >= 0 && n != earning.One)
	if n == 0 {
		n = earning.One
	}
	*q = n
}

func codeMeasured(m *earning.Measured, f *canon.Form) {
	f.Name("name", &m.Name)
	f.Int("value", &m.Value)
}

func codeTag(t *earning.Tag, f *canon.Form) {
	f.Name("name", &t.Name)
	f.Text("value", &t.Value)
}

func codeAward(a *earning.Award, f *canon.Form) {
	f.Name("version", &a.Version)
	f.Int("base", &a.BaseNum)
	f.Int("base_den", &a.BaseDen)
	f.Int("factor", &a.FactorNum)
	f.Int("factor_den", &a.FactorDen)
	f.Int("product", &a.Product)
	f.Int("bonus", &a.Bonus)
	f.Int("goal_bonus", &a.GoalBonus)
	f.Int("cut", &a.Cut)
	f.Int("granted", &a.Granted)
	f.Int("qualifying", &a.Qualifying)
	canon.List(f, "by_line", &a.ByLine, codePoints)
	canon.List(f, "grants", &a.Grants, codeGrant)
}

func codePoints(n *int64, f *canon.Form) { f.Int("points", n) }

func codeGrant(g *earning.Grant, f *canon.Form) {
	f.Name("rule", &g.Rule)
	f.Int("points", &g.Points)
	canon.List(f, "suppressed", &g.Suppressed, codeRule)
}

func codeRule(rule *string, f *canon.Form) { f.Name("rule", rule) }

func codeSteps(f *canon.Form, list *[]earning.Step) { canon.List(f, "steps", list, codeStep) }

func codeStep(s *earning.Step, f *canon.Form) {
	f.Name("rule", &s.Rule)
	codeKind(&s.Kind, f)
	f.Int("month", &s.Month)
	f.Int("min_total", &s.MinTotal)
	canon.List(f, "lines", &s.Lines, func(n *int, f *canon.Form) { f.Num("line", n) })
	f.Int("counts", &s.Counts)
	codeWon(&s.Reached, f)
}

func codeKind(kind *earning.Counting, f *canon.Form) {
	text := string(*kind)
	f.Name("kind", &text)
	*kind = earning.Counting(text)
}

// codeWon leaves bonuses out where there are none.
func codeWon(r *earning.Reached, f *canon.Form) {
	var one [1]earning.Reached
	list := one[:0]
	if r.Times != 0 {
		list = append(list, *r)
	}
	canon.List(f, "reached", &list, codeReached)
	if f.Check(len(list) <= 1); f.Reading() && len(list) == 1 {
		f.Check(list[0].Times != 0)
		*r = list[0]
	}
}

func codeReached(r *earning.Reached, f *canon.Form) {
	f.Int("mark", &r.Mark)
	f.Int("every", &r.Every)
	f.Int("times", &r.Times)
	f.Int("each", &r.Each)
	f.Int("points", &r.Points)
	f.Flag("final", &r.Final)
	f.Flag("keep", &r.Keep)
}
