package earning_test

import (
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
)

// exported returns a value of each exported type that is no interface and no set of
// words.
func exported() []any {
	return []any{
		earning.Activity{}, earning.ActivityOutcome{}, earning.ActivityRule{}, earning.Award{}, earning.Bonus{}, earning.Cap{}, earning.Condition{}, earning.Cost{}, earning.Engine{}, earning.Exclusion{}, earning.Facts{}, earning.Features{}, earning.Goal{}, earning.Grant{}, earning.Line{}, earning.LineAward{}, earning.Measure{}, earning.Measured{}, earning.Multiplier{}, earning.Order{}, earning.OrderLine{}, earning.Outcome{}, earning.Overlap{}, earning.Progress{}, earning.Rate{}, earning.Reached{}, earning.RefusedError{}, earning.Report{}, earning.Rules{}, earning.Selector{}, earning.Spending{}, earning.Step{}, earning.Tag{}, earning.Tally{}, earning.Usage{}, earning.Version{}, earning.Warning{}, earning.Worth{}, earning.YearEnd{},
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
			if typ == reflect.TypeFor[earning.Rules]() {
				require.ErrorIs(t, err, relmark.ErrUnsupported)
				require.ErrorContains(t, err, "DecodeRules")
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
	for _, f := range pkgs["earning"].Files {
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

// Rules and orders alone are read strictly, and change nothing where they cannot be.
func TestPartsRefuseOtherJSON(t *testing.T) {
	t.Parallel()
	for _, v := range []json.Unmarshaler{new(earning.Rate), new(earning.Multiplier), new(earning.Condition), new(earning.Order), new(earning.OrderLine)} {
		texts := []string{`{"colour":1}`, `[]`, `null`, ``, `{"per":1,"factor":1,"min_total":1,"amount":1}`, `{`, `{} {}`, "{\"rule\":\"\xff\"}"}
		for _, key := range []string{`"rule"`, `"tag"`, `"tier"`, `"category"`} { // of whichever has it
			texts = append(texts, `{`+key+`:"a",`+key+`:"a"}`, `{`+strings.ToUpper(key)+`:"a"}`)
		}
		for _, text := range texts {
			before := reflect.ValueOf(v).Elem().Interface()
			require.ErrorIs(t, v.UnmarshalJSON([]byte(text)), relmark.ErrInvalid, "%T %s", v, text)
			assert.Equal(t, before, reflect.ValueOf(v).Elem().Interface())
		}
	}
	deep := earning.Condition{}
	for range 9 {
		deep = earning.Condition{Any: []earning.Condition{deep}}
	}
	for _, v := range []any{
		deep,
		earning.Rate{Per: decimal.New(1, math.MaxInt32)},
		earning.Multiplier{Factor: decimal.New(1, math.MinInt32)},
		earning.Condition{MinTotal: new(decimal.New(1, math.MaxInt32))},
		earning.Order{Amount: decimal.New(1, math.MaxInt32)},
		earning.Order{Lines: []earning.OrderLine{{Amount: decimal.New(1, math.MaxInt32)}}},
		earning.Order{Tier: "\xff"},
		earning.OrderLine{Category: "\xff"},
		earning.Rate{Rule: "\xff"},
		earning.Condition{Tag: "\xff"},
	} {
		_, err := json.Marshal(v)
		require.Error(t, err, "%T", v)
		assert.Less(t, len(err.Error()), 500)
	}
}

// sentinel returns the one error of the root package that err matches.
func sentinel(t require.TestingT, err error) (which error) {
	for _, s := range []error{relmark.ErrInvalid, relmark.ErrRefused, relmark.ErrConflict, relmark.ErrLimit, relmark.ErrUnsupported} {
		if errors.Is(err, s) {
			require.NoError(t, which, "%v matches two", err)
			which = s
		}
	}
	return which
}

// Words of closed sets are in snake case.
func TestClosedSetsAreSnakeCase(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^$|^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // constants are enough
	require.NoError(t, err)
	words := 0
	for _, f := range pkgs["earning"].Files {
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
	assert.Greater(t, words, 15)
}
