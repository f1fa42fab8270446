package canon

import (
	"bytes"
	"unicode/utf8"
)

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
// quotes, backslashes, what is below a space, all of the latter in the long form, and
// what encoding/json escapes in whatever a method returns to it: <, >, & and the two
// separators of lines that JavaScript knows. So there is one way to write a string, and
// it stays the same inside a host's own JSON.
func appendEscaped(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == '<' || c == '>' || c == '&':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c == lineSeparator[0] && isSeparator(s[i:]):
			b = append(b, '\\', 'u', '2', '0', '2', digits[s[i+2]&15])
			i += 2
		default:
			b = append(b, c)
		}
	}
	return b
}

// lineSeparator is U+2028; U+2029 differs from it in the last bit.
const lineSeparator = "\u2028"

func isSeparator(s string) bool {
	return len(s) > 2 && s[1] == lineSeparator[1] && s[2]&^1 == lineSeparator[2]
}

// readText reads a string and the quote that ends it. The result may be a part of
// the input, and is to be copied. Bytes from 0x80 on are looked at as UTF-8, and only
// if there are any: most names are ASCII.
func (f *Form) readText() []byte {
	b, high := f.in[f.i:], byte(0)
	for i, c := range b {
		switch {
		case c > '>' && c != '\\': // letters, as most are
			high |= c
		case c == '"':
			f.i += i + 1
			f.Check(high < utf8.RuneSelf || utf8.Valid(b[:i]) && !separated(b[:i]))
			return b[:i]
		case c == '\\' || c < ' ' || c == '<' || c == '>' || c == '&':
			return f.readEscaped()
		}
	}
	f.fail()
	return nil
}

// separated reports whether text has a separator of lines that is not escaped.
func separated(b []byte) bool {
	return bytes.Contains(b, []byte(lineSeparator)) || bytes.Contains(b, []byte("\u2029"))
}

// readEscaped is readText for strings with escapes, of which the one form is read that
// appendEscaped gives them.
func (f *Form) readEscaped() []byte {
	var s []byte
	for start := f.i; f.i < len(f.in); f.i++ {
		switch f.in[f.i] {
		case '"':
			f.Check(utf8.Valid(s) && string(appendEscaped(nil, string(s))) == string(f.in[start:f.i]))
			f.i = min(f.i+1, len(f.in))
			return s
		case '\\':
			s = f.unescape(s)
		default:
			s = append(s, f.in[f.i])
		}
	}
	f.fail()
	return nil
}

// unescape appends what an escape stands for and moves to its last byte.
func (f *Form) unescape(s []byte) []byte {
	b := f.in[f.i:]
	switch {
	case len(b) > 1 && (b[1] == '"' || b[1] == '\\'):
		f.i++
		return append(s, b[1])
	case len(b) > 5 && b[1] == 'u':
		f.i += 5
		digits := [4]byte{nibble(b[2]), nibble(b[3]), nibble(b[4]), nibble(b[5])}
		return utf8.AppendRune(s, rune(digits[0])<<12|rune(digits[1])<<8|rune(digits[2])<<4|rune(digits[3]))
	}
	f.fail()
	return nil
}
