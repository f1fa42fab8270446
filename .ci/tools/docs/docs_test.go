package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/relmark/relmark/.ci/tools/golist"
)

const source = `// Package rfm links to [Summary], [*Summary.Add], [time.Time.Equal], [maps.Keys],
// [Summary.N], [Gone], [Summary.Gone], [time.Gone], [tier/abc.Class] and [cmp.Gone],
// not to x[I] or the interval [0, T].
//
// # Model
//
// Text.
//
// # Units
//
// # Limits
//
//	code
package rfm

import "time"

// Days and hours.
const (
	Days  = 1
	Hours = 2
	Weeks = 3
	Years = 4 // long
)

var Zero time.Time

type Bare struct{}

// Summary has a field N.
type Summary struct {
	N     int
	First time.Time // of all
	Loose float64
	Inner hidden // of no use
}

type hidden struct{}

// Add is documented.
func (s *Summary) Add() {}

func (s *Summary) Merge() {}

// Source gives items.
type Source interface {
	// Next returns one.
	Next() int
	Close()
}

func New() {}
`

func open(t *testing.T, rel, source string) *page {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	pg, err := read(golist.Package{Dir: dir, ImportPath: golist.Module + "/" + rel, Name: "rfm", GoFiles: []string{"a.go"}})
	if err != nil {
		t.Fatal(err)
	}
	return pg
}

func equal(t *testing.T, want, got []string) {
	t.Helper()
	if !slices.Equal(want, got) {
		t.Errorf("want %q\n got %q", want, got)
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	pg := open(t, "tier/rfm", source)
	checkComments(pg)
	equal(t, []string{
		"tier/rfm/a.go:26: Zero has no comment",
		"tier/rfm/a.go:52: New has no comment",
		"tier/rfm/a.go:28: Bare has no comment",
		"tier/rfm/a.go:49: Source.Close has no comment",
		"tier/rfm/a.go:35: Summary.Inner is of type hidden, which has no documentation",
		"tier/rfm/a.go:43: Summary.Merge has no comment",
	}, pg.wrong)
}

func TestLinks(t *testing.T) {
	t.Parallel()
	pg := open(t, "tier/rfm", source)
	checkLinks(pg, newLibrary("."))
	where := golist.Module + "/tier/rfm: "
	equal(t, []string{
		where + "[Gone] leads nowhere",
		where + "[Summary.Gone] leads nowhere",
		where + "[time.Gone] leads nowhere",
		where + "[tier/abc.Class] leads nowhere",
		where + "[cmp.Gone] leads nowhere",
	}, pg.wrong)
}

func TestSections(t *testing.T) {
	t.Parallel()
	for rel, want := range map[string]int{"tier/rfm": 2, "tier": 2, "internal/lot": 0} {
		pg := open(t, rel, source)
		if checkSections(pg); len(pg.wrong) != want {
			t.Errorf("%s: %q", rel, pg.wrong)
		}
	}
	pg := open(t, "tier", "// Package rfm has no code.\npackage rfm\n")
	pg.GoFiles = []string{"doc.go"}
	if checkSections(pg); pg.wrong != nil {
		t.Errorf("an area without code: %q", pg.wrong)
	}
}
