package points

import "unicode/utf8"

// text writes or reads a string.
func (f *form) text(name string, v *string) {
	if f.compact {
		f.packText(v, false)
		return
	}
	if !f.key(name, *v != "") {
		return
	}
	f.token('"')
	if f.reading {
		*v = string(f.readText())
		f.check(*v != "")
		return
	}
	f.b = appendEscaped(f.b, *v)
	f.check(utf8.ValidString(*v))
	f.token('"')
}

// name is text for strings that repeat from event to event.
func (f *form) name(name string, v *string) {
	if f.compact {
		f.packText(v, true)
		return
	}
	if !f.reading {
		f.text(name, v)
		return
	}
	if f.next(name) {
		f.token('"')
		b := f.readText()
		f.check(len(b) > 0)
		if !f.bad {
			*v = f.intern(b)
		}
	}
}

// intern returns b as a string, the same one as long as no other takes its slot.
func (f *form) intern(b []byte) string {
	if f.names == nil {
		return string(b)
	}
	slot := &f.names[(int(b[0])*7+int(b[len(b)-1])+len(b))%len(f.names)]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// appendEscaped appends a string as JSON wants it, and escapes only what it must.
func appendEscaped(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// readText reads a string and the quote that ends it. The result may be a part of
// the input.
func (f *form) readText() []byte {
	high := byte(0)
	for i, c := range f.b {
		if c == '"' {
			s := f.b[:i]
			f.b = f.b[i+1:]
			f.check(high < utf8.RuneSelf || utf8.Valid(s))
			return s
		}
		if c == '\\' || c < ' ' {
			return f.readEscaped()
		}
		high |= c
	}
	f.fail()
	return nil
}

// readEscaped is readText for strings with escapes, in their canonical form.
func (f *form) readEscaped() []byte {
	var s []byte
	for !f.bad {
		switch {
		case len(f.b) == 0 || f.b[0] < ' ':
			f.fail()
		case f.b[0] == '"':
			f.b = f.b[1:]
			f.check(utf8.Valid(s))
			return s
		case f.b[0] != '\\':
			s, f.b = append(s, f.b[0]), f.b[1:]
		case len(f.b) > 1 && (f.b[1] == '"' || f.b[1] == '\\'):
			s, f.b = append(s, f.b[1]), f.b[2:]
		default:
			if len(f.b) < 6 || string(f.b[:4]) != `\u00` || nibble(f.b[4]) > 1 || nibble(f.b[5]) > 15 {
				f.fail()
				break
			}
			s, f.b = append(s, nibble(f.b[4])<<4|nibble(f.b[5])), f.b[6:]
		}
	}
	return nil
}
