package codec

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// JSON decodes a JSON object with a version field "v" into v, a pointer to a
// struct. It fails with [ErrVersion] unless the version is 1 to newest, which is
// read before anything else: what a later version adds is unknown, not corrupt.
// It fails with [ErrCorrupt] on text that is not one JSON object, on keys that v
// does not know, that begin with a capital, that are not ASCII or that an object
// has twice in any mixture of capitals, on values of another type, and on text that
// is not UTF-8 or has half of a surrogate pair. Package encoding/json alone takes "V"
// for "v", the last of two equal keys and anything after the object, and puts one and
// the same character in the place of all that is not text, so that two identifiers
// fall together; like it, JSON takes null for an absent value.
//
// In an object under one of the named keys the keys are names of the host, such as
// those of metrics: any text, once letter for letter.
//
// Neither error says more: those of encoding/json quote their input, which may be
// anything.
func JSON(data []byte, newest int, v any, named ...string) error {
	var head struct{ V int }
	if json.Unmarshal(data, &head) != nil || !isPlain(data, named) {
		return ErrCorrupt
	}
	if head.V < 1 || head.V > newest {
		return ErrVersion
	}
	return strict(data, v)
}

// Object decodes a JSON object without a version, such as a part of a document that
// has one, into v, a pointer to a struct. It fails with [ErrCorrupt] where [JSON] does
// and takes no "v" that v does not know; a key that is absent leaves its field alone.
func Object(data []byte, v any, named ...string) error {
	if !json.Valid(data) || !isPlain(data, named) {
		return ErrCorrupt
	}
	return strict(data, v)
}

// strict decodes one value and refuses keys that v does not know.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil {
		return ErrCorrupt
	}
	return nil
}

// isPlain reports whether JSON that is well-formed is an object of text with plain keys.
func isPlain(data []byte, named []string) bool {
	object := bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
	return object && IsText(data) && plainKeys(json.NewDecoder(bytes.NewReader(data)), named, false)
}

// plainKeys reports whether the keys of the next value, down to the innermost,
// are ASCII, do not begin with a capital and occur once; those of hosts, in objects
// under one of the named keys, only have to occur once. The value is known to be
// well-formed and, since encoding/json took it, not nested beyond reason.
func plainKeys(d *json.Decoder, named []string, hosts bool) bool {
	token, _ := d.Token()
	open, nested := token.(json.Delim)
	if !nested {
		return true
	}
	seen := map[string]bool{}
	for d.More() {
		names := false
		if open == '{' {
			token, _ = d.Token()
			key, _ := token.(string)
			names = slices.Contains(named, key)
			if !hosts {
				if !plain(key) {
					return false
				}
				key = strings.ToLower(key)
			}
			if seen[key] {
				return false
			}
			seen[key] = true
		}
		if !plainKeys(d, named, names) {
			return false
		}
	}
	_, _ = d.Token() // the closing one
	return true
}

// plain reports whether a key is ASCII and does not begin with a capital. Among
// other letters there are some that encoding/json takes for ASCII ones.
func plain(key string) bool {
	capital := key != "" && key[0] >= 'A' && key[0] <= 'Z'
	return !capital && !strings.ContainsFunc(key, func(r rune) bool { return r >= 0x80 })
}

// IsText reports whether JSON is UTF-8 and every surrogate that it escapes one of a
// pair.
func IsText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 || i+1 == len(data) {
			return true
		}
		data = data[i:]
		switch low := data[min(6, len(data)):]; {
		case !surrogate(data, '8'):
			data = data[2:] // what is escaped may be a backslash
		case surrogate(data, 'c') || !surrogate(low, 'c'):
			return false
		default:
			data = low[6:]
		}
	}
}

// surrogate reports whether data begins with an escape \uD… from that digit on.
func surrogate(data []byte, from byte) bool {
	return len(data) >= 6 && data[1] == 'u' && data[0] == '\\' && data[2]|0x20 == 'd' && data[3]|0x20 >= from
}
