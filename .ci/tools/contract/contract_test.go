package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// planted is a module that breaks every rule.
const planted = "testdata/module"

var want = regexp.MustCompile(`// want (\w+) "([^"]+)"`)

// A wish is a finding that a comment in the module asks for.
type wish struct{ where, rule, text string }

func (w wish) matches(f string) bool {
	return strings.HasPrefix(f, w.where+": "+w.rule+": ") && strings.Contains(f, w.text)
}

func wishes(t *testing.T) (list []wish) {
	t.Helper()
	err := filepath.WalkDir(planted, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(planted, path)
		for i, line := range strings.Split(string(data), "\n") {
			for _, m := range want.FindAllStringSubmatch(line, -1) {
				list = append(list, wish{fmt.Sprintf("%s:%d", rel, i+1), m[1], m[2]})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryPlantedViolationIsReported(t *testing.T) {
	t.Parallel()
	found, _, err := run(planted, nil)
	if err != nil {
		t.Fatal(err)
	}
	wanted := wishes(t)
	if len(wanted) < 50 {
		t.Errorf("only %d violations are planted", len(wanted))
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(found, w.matches) {
			t.Errorf("not reported: %v", w)
		}
	}
	for _, f := range found {
		if !slices.ContainsFunc(wanted, func(w wish) bool { return w.matches(f) }) {
			t.Errorf("reported, though nothing is wrong: %s", f)
		}
	}
}

// An exemption covers a finding by its rule and name, needs a reason, and goes when the
// finding does.
func TestExemptions(t *testing.T) {
	t.Parallel()
	m := module{found: []finding{
		{"a.go:1", "set", "room.Depth", "is a set"},
		{"a.go:2", "word", "room.Depth", "is a word"},
		{"a.go:3", "word", "room.Mode", "is a word"},
	}}
	wrong, used := m.without([]exemption{
		{"set", "room.Depth", "flags"},
		{"word", "room.Mode", " "},
		{"key", "room.Depth", "is mended"},
	})
	if used != 1 || !slices.Equal(wrong, []string{
		"a.go:2: word: room.Depth is a word",
		"exemption of room.Mode from word: has no reason",
		"exemption of room.Depth from key: covers nothing",
	}) {
		t.Errorf("%d %q", used, wrong)
	}
}

func TestTextsOfComments(t *testing.T) {
	t.Parallel()
	for block, want := range map[string][]string{
		"{\"a\":1,\n \"b\":2}\n":      {`{"a":1,"b":2}`},
		"{\"a\":1}\n{\"a\":2}\n":      {`{"a":1}`, `{"a":2}`},
		"{\"a\":…}\n":                 nil,
		"x := 1\n":                    nil,
		"GET /a\n{\"a\":1}\nnot \"\n": {`{"a":1}`},
	} {
		if got := texts(block); !slices.Equal(got, want) {
			t.Errorf("%q: %q", block, got)
		}
	}
}
