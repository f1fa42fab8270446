package points_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"reflect"
	"regexp"
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

// exported returns a value of each exported type that is no interface and no set of
// words.
func exported() []any {
	return []any{
		points.Account{},
		points.Act{},
		points.Acted{},
		points.Adjust{},
		points.Adjusted{},
		points.Balance{},
		points.Close{},
		points.Closed{},
		points.Command{},
		points.CommandError{},
		points.Commit{},
		points.Decision{},
		points.Decoder{},
		points.Earn{},
		points.Earned{},
		points.Engine{},
		points.Entry{},
		points.Event{},
		points.Expiry{},
		points.Fallen{},
		points.LateRefund{},
		points.LateRefunded{},
		points.Leave{},
		points.Lot{},
		points.Moved{},
		points.Named{},
		points.Open{},
		points.Opened{},
		points.Opening{},
		points.Part{},
		points.Posting{},
		points.Program{},
		points.Recalled{},
		points.Receive{},
		points.Received{},
		points.Redeem{},
		points.Redeemed{},
		points.Refund{},
		points.RefundLine{},
		points.Refunded{},
		points.Reopened{},
		points.Reserve{},
		points.Reserved{},
		points.Resolved{},
		points.Restored{},
		points.Send{},
		points.Sent{},
		points.Statement{},
		points.Summary{},
		points.Sweep{},
		points.Swept{},
		points.Void{},
		points.WhatIf{},
	}
}

// Whatever encoding/json accepts comes back as it was, under keys in snake case, and
// what has no JSON says so; nothing is written as {} that holds anything.
func TestJSONOfEveryExportedType(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, v := range exported() {
		typ := reflect.TypeOf(v)
		seen[typ.Name()] = true
		for depth := range 3 { // zero, and filled more or less deep
			x := reflect.New(typ)
			fill(x.Elem(), depth)
			data, err := json.Marshal(x.Elem().Interface())
			if err != nil {
				require.Error(t, sentinel(t, errors.Unwrap(err)), "%s: %v", typ, err)
				continue
			}
			if depth > 0 && typ.NumField() > 0 {
				require.NotEqual(t, "{}", string(data), typ.Name())
			}
			back := reflect.New(typ)
			err = json.Unmarshal(data, back.Interface())
			if typ == reflect.TypeFor[points.Program]() {
				require.ErrorIs(t, err, relmark.ErrUnsupported)
				require.ErrorContains(t, err, "DecodeProgram")
				continue
			}
			require.NoError(t, err, "%s: %s", typ, data)
			again, err := json.Marshal(back.Elem().Interface())
			require.NoError(t, err)
			assert.Equal(t, string(data), string(again), typ.Name())
			if depth > 0 { // a decimal has two zeros
				assert.Equal(t, x.Interface(), back.Interface(), "%s: %s", typ, data)
			}
			for _, key := range regexp.MustCompile(`"([^"]*)":`).FindAllSubmatch(data, -1) {
				assert.Regexp(t, snake, string(key[1]), typ.Name())
			}
		}
	}
	for _, name := range declared(t) {
		assert.True(t, seen[name], "%s is not in the list", name)
	}
}

// declared returns the exported struct types of the package.
func declared(t *testing.T) (names []string) {
	t.Helper()
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // names are enough
	require.NoError(t, err)
	for _, f := range pkgs["points"].Files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, ok := spec.Type.(*ast.StructType); ok {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	require.NotEmpty(t, names)
	return names
}

// fill sets every exported field to something, as deep as asked for.
func fill(v reflect.Value, depth int) {
	if depth == 0 {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2025, 1, 10, 12, 0, 0, 5, time.UTC)))
		return
	case relmark.Date:
		v.Set(reflect.ValueOf(relmark.MustParseDate("2025-01-10")))
		return
	case decimal.Decimal:
		v.Set(reflect.ValueOf(decimal.New(1275, -2)))
		return
	case points.Body:
		v.Set(reflect.ValueOf(&points.Swept{Expired: 3}))
		return
	case time.Weekday:
		v.Set(reflect.ValueOf(time.Saturday))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("word")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[points.Body]() {
			v.Set(reflect.ValueOf(points.Body(&points.Swept{Expired: 3})))
		}
	case reflect.Slice:
		if depth > 1 || v.Type().Elem().Kind() != reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range v.Len() {
				fill(v.Index(i), depth-1)
			}
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				fill(f, depth)
			}
		}
	}
}

// A part of a programme is written alone as it is in the programme.
func TestPartsOfAProgrammeAreWrittenAlike(t *testing.T) {
	t.Parallel()
	p := full(t)
	whole, err := json.Marshal(p)
	require.NoError(t, err)
	parts := []any{p.Expiry, p.Versions[0], p.Versions[1]}
	for _, v := range p.Versions {
		for _, x := range v.Rates {
			parts = append(parts, x)
		}
		for _, x := range v.Multipliers {
			parts = append(parts, x, x.When)
		}
		for _, x := range v.Bonuses {
			parts = append(parts, x, x.When)
		}
		for _, x := range v.Goals {
			parts = append(parts, x)
		}
		for _, x := range v.Caps {
			parts = append(parts, x)
		}
	}
	for _, part := range parts {
		data, err := json.Marshal(part)
		require.NoError(t, err)
		assert.Contains(t, string(whole), string(data))
		back := reflect.New(reflect.TypeOf(part))
		require.NoError(t, json.Unmarshal(data, back.Interface()))
		again, err := json.Marshal(back.Interface())
		require.NoError(t, err)
		assert.Equal(t, string(data), string(again))
	}
	assert.Contains(t, string(whole), `"expiry":{"kind":"months","n":24}`)
}

// The copy of a programme by encoding/json granted 60 for 10, as limits, point value and
// conditions were lost: it is refused now, and the decoder keeps them.
func TestAProgrammeIsNotLostInJSON(t *testing.T) {
	t.Parallel()
	p := points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimalOf(1),
			Versions: []earning.Version{{
				Rates:   []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
				Bonuses: []earning.Bonus{{Rule: "big", Points: 50, When: earning.Condition{MinTotal: new(euros(100))}}},
				Caps:    []earning.Cap{{Per: earning.PerOrder, Points: 40}},
			}},
		},
	}
	data, err := json.Marshal(p)
	require.NoError(t, err)
	var lost points.Program
	require.ErrorIs(t, json.Unmarshal(data, &lost), relmark.ErrUnsupported)
	assert.Zero(t, lost)
	var wrapped struct{ Program points.Program }
	require.ErrorIs(t, json.Unmarshal([]byte(`{"Program":`+string(data)+`}`), &wrapped), relmark.ErrUnsupported)
	back, err := points.DecodeProgram(data, nil)
	require.NoError(t, err)
	assert.Equal(t, int64(10), granted(t, compiled(t, back), points.Earn{Amount: euros(10)}).Granted)
}

// actions returns every action that has JSON.
func actions() []json.Unmarshaler {
	return []json.Unmarshaler{
		new(points.Earn), new(points.Redeem), new(points.Refund), new(points.Adjust), new(points.Reserve), new(points.Commit), new(points.Void),
		new(points.Send), new(points.Receive), new(points.Leave), new(points.Open), new(points.Close), new(points.Sweep),
	}
}

// Actions alone are read strictly, and change nothing where they cannot be: each key is
// known, there once, and in small letters.
func TestPartsRefuseOtherJSON(t *testing.T) {
	t.Parallel()
	require.Len(t, actions(), len(nothing())-2, "nil and late refunds have none")
	for _, v := range actions() {
		texts := []string{`{"colour":1}`, `[]`, `null`, ``, `{"per":1,"factor":1,"min_total":1,"amount":1}`, `{`, `{} {}`, "{\"order\":\"\xff\"}"}
		x := reflect.New(reflect.TypeOf(v).Elem())
		fill(x.Elem(), 2)
		good, err := json.Marshal(x.Interface())
		require.NoError(t, err)
		back := reflect.New(x.Type().Elem())
		require.NoError(t, json.Unmarshal(good, back.Interface()))
		require.Equal(t, x.Interface(), back.Interface())
		if first, rest, ok := strings.Cut(strings.TrimPrefix(string(good), "{"), ":"); ok {
			value := strings.TrimSuffix(rest, "}")
			texts = append(texts, `{`+first+`:`+value+`,`+first+`:`+value+`}`, `{`+strings.ToUpper(first)+`:`+value+`}`)
		}
		for _, text := range texts {
			before := reflect.ValueOf(v).Elem().Interface()
			require.ErrorIs(t, v.UnmarshalJSON([]byte(text)), relmark.ErrInvalid, "%T %s", v, text)
			assert.Equal(t, before, reflect.ValueOf(v).Elem().Interface())
		}
	}
	for _, v := range []any{
		points.Earn{Amount: decimal.New(1, math.MaxInt32)},
		points.Earn{Lines: []earning.OrderLine{{Amount: decimal.New(1, math.MaxInt32)}}},
		points.Refund{Amount: decimal.New(1, math.MaxInt32)},
		points.Earn{Tier: "\xff"},
		points.Refund{Order: "\xff"},
		points.Adjust{Reason: "\xff"},
		points.Reserve{Reservation: "\xff"},
		points.Commit{Reservation: "\xff"},
		points.Void{Reservation: "\xff"},
		points.Send{To: "\xff"},
		points.Receive{Contributor: "\xff"},
		points.Leave{Member: "\xff"},
	} {
		_, err := json.Marshal(v)
		require.Error(t, err, "%T", v)
		assert.Less(t, len(err.Error()), 500)
	}
}

// Words of closed sets are in snake case.
func TestClosedSetsAreSnakeCase(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^$|^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // constants are enough
	require.NoError(t, err)
	words := 0
	for _, f := range pkgs["points"].Files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != 1 || !spec.Names[0].IsExported() {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				words++
				assert.Regexp(t, snake, strings.Trim(lit.Value, `"`), spec.Names[0].Name)
			}
			return true
		})
	}
	assert.Greater(t, words, 30)
	events, _ := everyKind(t)
	for _, ev := range events {
		assert.Regexp(t, snake, ev.Kind())
		data, err := ev.AppendJSON(nil)
		require.NoError(t, err)
		assert.True(t, bytes.HasPrefix(data, []byte(`{"v":1,"type":"`+ev.Kind()+`"`)))
	}
	assert.Empty(t, new(points.Event).Kind())
}

// A decision is written whole or says where its event is, and comes back as it was.
func TestDecisionsHaveJSON(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	c := with(head("k", 0), points.Adjust{Points: 5})
	first, err := e.Decide(&a, c)
	require.NoError(t, err)
	require.NoError(t, a.Apply(first.Event))
	again, err := e.Decide(&a, c)
	require.NoError(t, err)
	assert.Equal(t, points.Decision{Seq: 1, Replayed: true}, again)
	for _, d := range []points.Decision{first, again} {
		data, err := json.Marshal(d)
		require.NoError(t, err)
		var back points.Decision
		require.NoError(t, json.Unmarshal(data, &back), "%s", data)
		assert.Equal(t, d, back)
	}
	data, err := json.Marshal(again)
	require.NoError(t, err)
	assert.Equal(t, `{"seq":1,"replayed":true}`, string(data))
}

// What was recalled cannot be written, so neither can the refund; no amount is spelt out
// on the way.
func TestLateRefundHasNoJSON(t *testing.T) {
	t.Parallel()
	_, err := json.Marshal(points.LateRefund{Amount: decimal.New(1, math.MaxInt32)})
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	var c points.LateRefund
	require.ErrorIs(t, json.Unmarshal([]byte(`{"amount":"1"}`), &c), relmark.ErrUnsupported)
	assert.Zero(t, c)
}

// The room of an error is said once and first, wherever in it or in package earning it
// was found.
func TestErrorsSayTheRoomOnce(t *testing.T) {
	t.Parallel()
	rules := earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2), Versions: []earning.Version{{From: relmark.MustParseDate("2025-01-01")}}}
	local := points.Program{Rules: rules}
	local.Zone = time.Local
	_, zone := json.Marshal(local)
	e := compiled(t, points.Program{})
	_, amount := e.Decide(new(points.Account), with(head("k", 0), points.Earn{Order: "o", Amount: decimal.New(1, -5)}))
	_, redeem := e.Decide(new(points.Account), with(head("k", 0), points.Refund{Order: "o", Amount: decimal.New(1, -5)}))
	rules.PointValue = decimal.New(1, -20)
	_, compile := points.Compile(points.Program{Rules: rules})
	_, decode := points.DecodeProgram([]byte(`{"v":1,"rules":{"v":1}}`), nil)
	fold := points.Fold(new(points.Account), stored([]points.Event{{Seq: 1, Key: "k"}}))
	_, recall := points.Recall(stored([]points.Event{{Seq: 2, Key: "k"}}), "o")
	for name, err := range map[string]error{
		"zone": zone, "amount": amount, "refund": redeem, "compile": compile, "decode": decode, "fold": fold, "recall": recall,
		"needs a zone": new(points.Program).UnmarshalJSON(nil),
	} {
		require.Error(t, err, name)
		text := err.Error()
		assert.Equal(t, 1, strings.Count(text, "points: "), "%s: %s", name, text)
		assert.NotContains(t, text, "earning: ", name)
		if name != "zone" { // encoding/json comes first
			assert.True(t, strings.HasPrefix(text, "points: "), "%s: %s", name, text)
		}
	}
	require.EqualError(t, fold, "points: event 1: event without body: invalid input")
	require.ErrorIs(t, recall, relmark.ErrConflict)
}
