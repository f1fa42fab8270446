package main

// twins are the methods that come in pairs.
var twins = [][2]string{
	{"MarshalJSON", "UnmarshalJSON"},
	{"MarshalText", "UnmarshalText"},
	{"MarshalBinary", "UnmarshalBinary"},
	{"AppendJSON", "UnmarshalJSON"},
	{"AppendText", "UnmarshalText"},
	{"AppendBinary", "UnmarshalBinary"},
}

// checkTwins reports types that are written and not read, or read and not written, and
// those of which encoding/json writes pointers only by their method, and values by their
// fields.
func (m *module) checkTwins() {
	for _, p := range m.rooms {
		for _, t := range named(p) {
			name := t.Obj().Name()
			for i, pair := range twins {
				writes, reads := method(t, pair[0], true), method(t, pair[1], true)
				switch {
				case writes != nil && reads == nil:
					m.report(p, t.Obj().Pos(), "twin", name, "has %s and no %s", pair[0], pair[1])
				case reads != nil && writes == nil && i < 3:
					m.report(p, t.Obj().Pos(), "twin", name, "has %s and no %s", pair[1], pair[0])
				}
			}
			for _, codec := range []string{"MarshalJSON", "MarshalText"} {
				if method(t, codec, true) != nil && method(t, codec, false) == nil {
					m.report(p, t.Obj().Pos(), "twin", name, "has %s for pointers only: a value encodes by its fields", codec)
				}
			}
		}
	}
}
