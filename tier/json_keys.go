package tier

import (
	"encoding/json"
	"unicode/utf8"
)

// plainKeys reports whether the keys of the next value, down to the innermost, occur
// once in their object and, unless they are names of metrics, are in lower case. The
// value is known to be well-formed. Package encoding/json alone takes "Levels" for
// "levels" and of equal keys the last, so that two readers may see two policies.
func plainKeys(d *json.Decoder, named bool) bool {
	token, _ := d.Token()
	open, nested := token.(json.Delim)
	if !nested {
		return true
	}
	seen := map[string]bool{}
	for d.More() {
		metrics := false
		if open == '{' {
			token, _ = d.Token()
			key, _ := token.(string)
			if seen[key] || !named && !isLower(key) {
				return false
			}
			seen[key], metrics = true, key == "metrics" || key == "amounts"
		}
		if !plainKeys(d, metrics) {
			return false
		}
	}
	_, _ = d.Token() // the closing one
	return true
}

// isLower reports whether a key is one of ours: small ASCII letters and underscores.
func isLower(key string) bool {
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

// isText reports whether JSON can hold texts as they are. It has no other bytes
// than those of UTF-8, and puts one and the same character in the place of all.
func isText(texts ...string) bool {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return false
		}
	}
	return true
}
