package main

import (
	"go/constant"
	"go/types"
	"regexp"
)

// snake is what words and keys look like.
var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// checkSets reports closed sets that are integers, words that are not snake case, and
// methods that encode words, which encode themselves. A closed set is a type with two
// constants or more.
func (m *module) checkSets() {
	for _, p := range m.rooms {
		for _, t := range named(p) {
			m.types++
			m.places[p.Name+"."+t.Obj().Name()] = m.place(p, t.Obj().Pos())
			basic, ok := t.Underlying().(*types.Basic)
			list := constants(p, t)
			if !ok || len(list) < 2 {
				continue
			}
			m.sets++
			name := t.Obj().Name()
			switch {
			case basic.Info()&types.IsInteger != 0:
				m.report(p, t.Obj().Pos(), "set", name, "is a closed set of %d integers: a typed string is wanted", len(list))
				continue
			case basic.Info()&types.IsString == 0:
				continue
			}
			for _, c := range list {
				if word := constant.StringVal(c.Val()); word != "" && !snake.MatchString(word) {
					m.report(p, c.Pos(), "word", c.Name(), "= %q is not in snake case", word)
				}
			}
			for _, codec := range []string{"String", "MarshalText", "MarshalJSON", "UnmarshalText", "UnmarshalJSON"} {
				if f := method(t, codec, true); f != nil {
					m.report(p, f.Pos(), "set", name+"."+codec, "is not needed: words encode themselves")
				}
			}
		}
	}
}
