package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// A Case is one entry of a file of the form {"cases":[{"id","kind","in","expect"}]}.
type Case struct {
	ID, Kind string
	In       json.RawMessage
	Expect   map[string]any // the result by key, or {"error":"invalid"}
}

// Fails reports whether the case is to end in an error, and in which.
func (c Case) Fails() (kind string, fails bool) {
	kind, fails = c.Expect["error"].(string)
	return kind, fails
}

// Cases returns the cases of the file whose kinds the room owns, in their order.
func (f *File) Cases() []Case {
	f.t.Helper()
	var file struct{ Cases []Case }
	f.JSON(&file)
	var own []Case
	for _, c := range file.Cases {
		if f.Owns(c.Kind) {
			own = append(own, c)
		}
	}
	return own
}

// Golden runs the cases of the file whose kinds the room owns and compares what they come
// to: where a case wants {"error":"invalid"} with the root error of that word, or else as
// [File.Compare].
func (f *File) Golden(roots map[string]error, run func(c Case) (any, error)) {
	f.t.Helper()
	for _, c := range f.Cases() {
		got, err := run(c)
		switch kind, fails := c.Fails(); {
		case fails:
			f.Exact(true, roots[kind] != nil && errors.Is(err, roots[kind]), "%s: error %v", c.ID, err)
		case err != nil:
			f.t.Errorf("reference: %s: %s: %v", f.Name, c.ID, err)
		default:
			f.Compare(c.ID, c.Expect, got)
		}
	}
}

// Compare compares every leaf of want with what got, brought to JSON, has in its place;
// lists by their lengths, too, and texts that both are decimals as numbers, exactly.
// Numbers with a point or an exponent are rounded ones, compared within 1e-12 of 1 or
// of themselves. What got has besides is not looked at.
func (f *File) Compare(where string, want, got any) {
	f.t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		f.t.Fatalf("reference: %s: %s: %v", f.Name, where, err)
	}
	var plain any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		f.t.Fatalf("reference: %s: %s: %v", f.Name, where, err)
	}
	f.compare(where, want, plain)
}

func (f *File) compare(where string, want, got any) {
	f.t.Helper()
	switch want := want.(type) {
	case map[string]any:
		m, _ := got.(map[string]any)
		for key, v := range want {
			f.compare(where+"."+key, v, m[key])
		}
	case []any:
		list, _ := got.([]any)
		f.Exact(len(want), len(list), "%s: length", where)
		for i := range min(len(want), len(list)) {
			f.compare(fmt.Sprintf("%s[%d]", where, i), want[i], list[i])
		}
	case string:
		text, _ := got.(string)
		w, wantNumber := number(want)
		g, gotNumber := number(text)
		if wantNumber && gotNumber && w.Cmp(g) == 0 {
			got = want
		}
		f.Exact(want, got, "%s", where)
	case json.Number:
		f.compareNumber(where, want, got)
	default:
		f.Exact(want, got, "%s", where)
	}
}

// compareNumber compares a number of the file with what stands in its place.
func (f *File) compareNumber(where string, want json.Number, got any) {
	f.t.Helper()
	g, isNumber := got.(json.Number)
	if !isNumber || !strings.ContainsAny(string(want), ".eE") {
		f.Exact(any(want), got, "%s", where)
		return
	}
	w, errWant := want.Float64()
	x, errGot := g.Float64()
	f.Exact(true, errWant == nil && errGot == nil, "%s: a float64", where)
	f.Near(w, x, 1e-12, 1, "%s", where)
}

// number reads a plain decimal.
func number(text string) (*big.Rat, bool) {
	if strings.Trim(text, "-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
