package main

import (
	"go/doc/comment"
	"slices"
	"strings"
)

// sections every room has.
var sections = []string{"Model", "Units", "Limits", "Sources"}

var areas = []string{"tier", "loyalty", "servqual", "waiting", "crosssell"}

// checkSections reports a room that lacks a section, or has one with nothing in
// it. An area is held to it once it has code beside its doc.go.
func checkSections(pg *page) {
	area, room, _ := strings.Cut(pg.Rel(), "/")
	code := slices.ContainsFunc(pg.GoFiles, func(f string) bool { return f != "doc.go" })
	if !slices.Contains(areas, area) || room == "" && !code {
		return
	}
	filled := filledSections(pg.doc.Parser().Parse(pg.doc.Doc).Content)
	for _, name := range sections {
		if !filled[name] {
			pg.report(0, "the package comment has no section %q, or nothing in it", "# "+name)
		}
	}
}

// filledSections returns the headings that something other than a heading follows.
func filledSections(blocks []comment.Block) map[string]bool {
	filled := map[string]bool{}
	var last string
	for _, b := range blocks {
		if h, ok := b.(*comment.Heading); ok {
			last = plainText(h.Text)
			continue
		}
		filled[last] = true
	}
	return filled
}
