package canon

import "unicode/utf8"

// Text writes or reads a string of valid UTF-8; an empty one is left out. Its length
// is not looked at here: a key that is too long is none for an account.
func (f *Form) Text(name string, v *string) {
	if f.packed {
		f.packText(v, false)
		return
	}
	if !f.key(name, *v != "") {
		return
	}
	f.token('"')
	if !f.writing {
		*v = f.string(f.readText())
		f.Check(*v != "")
		return
	}
	f.b = appendEscaped(f.b, *v)
	f.Check(utf8.ValidString(*v))
	f.token('"')
}

// Name is [Form.Text] for strings that repeat from event to event.
func (f *Form) Name(name string, v *string) {
	if f.packed {
		f.packText(v, true)
		return
	}
	if f.writing {
		f.Text(name, v)
		return
	}
	if f.next(name) {
		f.token('"')
		*v = f.intern(f.readText())
		f.Check(*v != "")
	}
}

// intern returns b as a string, the same one as long as no other takes its slot. A
// slot holds one string, so that input made up of ever new names costs no more memory
// than any other. What is in a slot is valid UTF-8 and need not be looked at again.
func (f *Form) intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if f.names == nil {
		f.Check(utf8.Valid(b))
		return string(b)
	}
	slot := &f.names[(int(b[0])*7+int(b[len(b)-1])+len(b))%len(f.names)]
	if *slot != string(b) {
		if !utf8.Valid(b) {
			f.fail()
			return ""
		}
		*slot = string(b)
	}
	return *slot
}

// string returns b as a string of its own. With texts, it is cut from a piece of
// memory that fills up and is then left to the strings in it.
func (f *Form) string(b []byte) string {
	const piece, most = 512, 64
	if f.texts == nil || len(b) > most {
		return string(b)
	}
	if f.texts.Len()+len(b) > f.texts.Cap() {
		f.texts.Reset()
		f.texts.Grow(piece)
	}
	start := f.texts.Len()
	f.texts.Write(b)
	return f.texts.String()[start:]
}

// appendEscaped appends a string as JSON wants it, and escapes only what it must:
// quotes, backslashes and what is below a space, all of the latter in the long form.
// So there is one way to write a string.
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
// the input, and is to be copied. Bytes from 0x80 on are looked at as UTF-8, and only
// if there are any: most names are ASCII.
func (f *Form) readText() []byte {
	b, high := f.in[f.i:], byte(0)
	for i, c := range b {
		if c == '"' {
			f.i += i + 1
			f.Check(high < utf8.RuneSelf || utf8.Valid(b[:i]))
			return b[:i]
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
func (f *Form) readEscaped() []byte {
	var s []byte
	for {
		b := f.in[f.i:]
		switch {
		case len(b) == 0 || b[0] < ' ':
			f.fail()
			return nil
		case b[0] == '"':
			f.i++
			f.Check(utf8.Valid(s))
			return s
		case b[0] != '\\':
			s, f.i = append(s, b[0]), f.i+1
		case len(b) > 1 && (b[1] == '"' || b[1] == '\\'):
			s, f.i = append(s, b[1]), f.i+2
		case len(b) < 6 || string(b[:4]) != `\u00` || nibble(b[4]) > 1 || nibble(b[5]) > 15:
			f.fail()
			return nil
		default:
			s, f.i = append(s, nibble(b[4])<<4|nibble(b[5])), f.i+6
		}
	}
}
