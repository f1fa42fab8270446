package main

import (
	"go/doc"
	"go/doc/comment"
	"regexp"
	"strings"

	"github.com/relmark/relmark/.ci/tools/golist"
)

// A library finds the packages that links lead to.
type library struct {
	dir   string
	pages map[string]*doc.Package // by import path; nil if there is none
	asked int                     // links looked up
}

func newLibrary(dir string) *library { return &library{dir: dir, pages: map[string]*doc.Package{}} }

// open returns the documentation of a package, nil if there is none.
func (l *library) open(path string) *doc.Package {
	found, ok := l.pages[path]
	if ok {
		return found
	}
	if list, err := golist.Load(l.dir, "-find", path); err == nil && len(list) == 1 {
		if pg, err := read(list[0]); err == nil {
			found = pg.doc
		}
	}
	l.pages[path] = found
	return found
}

// has reports whether a link leads to a name that its package exports.
func (l *library) has(link *comment.DocLink) bool {
	l.asked++
	if link.ImportPath == "" {
		return true // the parser has looked it up
	}
	page := l.open(link.ImportPath)
	return page != nil && (link.Name == "" || page.Parser().LookupSym(link.Recv, link.Name))
}

// loose finds what is written as a link and was not taken for one: [Name],
// [Type.Method], [pkg.Name], [pkg.Type.Method], each after a space or a bracket.
var loose = regexp.MustCompile(`(?:^|[\s(“"'])\[(\*?(?:[\w/.-]+\.)?[A-Z]\w*(?:\.[A-Z]\w*)?)\](?:\W|$)`)

// checkLinks reports links that lead nowhere.
func checkLinks(pg *page, l *library) {
	for _, t := range pg.texts() {
		for _, plain := range checkText(pg.doc.Parser().Parse(t.text), l) {
			pg.report(t.pos, "[%s] leads nowhere", plain)
		}
	}
}

// checkText returns the links of a comment that lead nowhere.
func checkText(d *comment.Doc, l *library) (broken []string) {
	walk(d.Content, func(t comment.Text) {
		switch t := t.(type) {
		case comment.Plain:
			for _, m := range loose.FindAllStringSubmatch(string(t), -1) {
				broken = append(broken, m[1])
			}
		case *comment.DocLink:
			if !l.has(t) {
				broken = append(broken, plainText(t.Text))
			}
		}
	})
	return broken
}

// walk calls visit for every piece of text outside code blocks and URLs.
func walk(blocks []comment.Block, visit func(comment.Text)) {
	texts := func(list []comment.Text) {
		for _, t := range list {
			visit(t)
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *comment.Heading:
			texts(b.Text)
		case *comment.Paragraph:
			texts(b.Text)
		case *comment.List:
			for _, item := range b.Items {
				walk(item.Content, visit)
			}
		}
	}
}

func plainText(list []comment.Text) string {
	var b strings.Builder
	for _, t := range list {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		}
	}
	return b.String()
}
