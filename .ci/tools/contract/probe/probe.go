// Package probe encodes and decodes values of types that a program hands to it, and
// writes what is wrong to standard output, a line of JSON each.
package probe

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
)

// tries is how many values of a type are encoded, beside the zero one.
const tries = 400

// A Finding is what is wrong with a type, or that encoding/json refused all its values.
type Finding struct {
	Name, Text string
	Refused    bool
}

// A Probe knows what values are made of and keeps count.
type Probe struct {
	Unsupported error // what an unknown version has to match

	out     *json.Encoder
	rand    *rand.Rand
	words   map[reflect.Type][]reflect.Value // of closed sets, and of interfaces
	seen    map[Finding]bool
	Types   int // tried
	Encoded int // of which a value was encoded
	Values  int // that came back
}

// New returns a probe that writes to out.
func New(unsupported error, out io.Writer) *Probe {
	return &Probe{Unsupported: unsupported, out: json.NewEncoder(out), words: map[reflect.Type][]reflect.Value{}, seen: map[Finding]bool{}}
}

// Words says which values a type has.
func Words[T any](p *Probe, values ...T) {
	for _, v := range values {
		t := reflect.TypeFor[T]()
		p.words[t] = append(p.words[t], reflect.ValueOf(v))
	}
}

// report writes a finding, once.
func (p *Probe) report(name, format string, args ...any) {
	f := Finding{Name: name, Text: fmt.Sprintf(format, args...)}
	if !p.seen[f] {
		p.seen[f] = true
		_ = p.out.Encode(f)
	}
}

// Try encodes the zero value of a type and values filled at random, always the same
// ones, by every method that it has, and reads them back. It stops at the first value
// with which something is wrong.
func Try[T any](p *Probe, name string) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	p.rand = rand.New(rand.NewPCG(1, h.Sum64()))
	p.Types++
	accepted, written, found := false, false, len(p.seen)
	for i := 0; i <= tries && len(p.seen) == found; i++ {
		v := new(T)
		if i > 0 {
			p.fill(reflect.ValueOf(v).Elem(), 0)
		}
		ok := p.attempt(name, func() bool { return tryJSON(p, name, v) })
		written = written || ok
		ok = p.attempt(name, func() bool { return tryBinary(p, name, v) }) || ok
		ok = p.attempt(name, func() bool { return tryText(p, name, v) }) || ok
		accepted = accepted || ok
	}
	if accepted {
		p.Encoded++
	}
	if !written {
		_ = p.out.Encode(Finding{Name: name, Refused: true})
	}
}

// Read reads text that documentation shows as JSON of a type, which must be written as
// it stands there. A type that is not read by encoding/json says what reads it.
func Read[T any](p *Probe, name, text string) {
	p.attempt(name, func() bool {
		v := new(T)
		if err := json.Unmarshal([]byte(text), v); err != nil {
			if !strings.Contains(err.Error(), "Decode") {
				p.report(name, "does not read what its comment shows: %v", err)
			}
			return true
		}
		data, err := json.Marshal(v)
		if err != nil {
			p.report(name, "reads what its comment shows and does not write it: %v", err)
			return true
		}
		var shown bytes.Buffer
		_ = json.Compact(&shown, []byte(text))
		if !bytes.Equal(shown.Bytes(), data) {
			p.report(name, "writes %s and not, as its comment shows, %s", data, shown.Bytes())
		}
		checkVersions[T](p, name, data)
		return true
	})
}

// attempt runs f, for which a panic is a finding.
func (p *Probe) attempt(name string, f func() bool) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			p.report(name, "panics: %v", r)
		}
	}()
	return f()
}

// tryJSON writes and reads a value as JSON; false if it is refused.
func tryJSON[T any](p *Probe, name string, v *T) bool {
	data, err := json.Marshal(*v)
	if err != nil {
		return false
	}
	_, own := any(*v).(json.Marshaler)
	if pointed, err := json.Marshal(v); err != nil || !bytes.Equal(pointed, data) {
		p.report(name, "encodes by value as %s, by pointer as %s", brief(data), brief(pointed))
	}
	back := new(T)
	if err := json.Unmarshal(data, back); err != nil {
		if !(own && strings.Contains(err.Error(), "Decode")) { // it says what reads it
			p.report(name, "writes JSON that it does not read: %s: %v", brief(data), err)
		}
		return true
	}
	if where := differ(reflect.ValueOf(v).Elem(), reflect.ValueOf(back).Elem(), ""); where != "" {
		p.report(name, "does not come back equal from JSON: %s of %s", where, brief(data))
	}
	if own {
		checkKeys(p, name, data)
		checkVersions[T](p, name, data)
	}
	p.Values++
	return true
}

// snake is what keys look like.
var snake = regexp.MustCompile(`"([^"\\]*)":`)

// checkKeys reports keys that are not in snake case, unless they are names of a map.
func checkKeys(p *Probe, name string, data []byte) {
	for _, key := range snake.FindAllSubmatch(data, -1) {
		if string(key[1]) != currency && strings.ContainsFunc(string(key[1]), func(r rune) bool { return r >= 'A' && r <= 'Z' || r == '-' }) {
			p.report(name, "writes the key %q, which is not in snake case", key[1])
		}
	}
}

// version is how encodings begin that have one.
var version = regexp.MustCompile(`^\{"v":\d+,?`)

// checkVersions reports JSON that is read without its version or with one to come.
func checkVersions[T any](p *Probe, name string, data []byte) {
	if !version.Match(data) {
		return
	}
	comma := ","
	if bytes.HasSuffix(version.Find(data), []byte("1}")) || len(data) < 8 {
		comma = ""
	}
	for what, head := range map[string]string{"without a version": "{", "of version 99": `{"v":99` + comma} {
		changed := version.ReplaceAll(data, []byte(head))
		if err := json.Unmarshal(changed, new(T)); !errors.Is(err, p.Unsupported) && (err == nil || !strings.Contains(err.Error(), "Decode")) {
			p.report(name, "answers JSON %s with %v and not with ErrUnsupported", what, err)
		}
	}
}

// tryBinary writes and reads a value in binary; false if it is refused. No bit of an
// encoding may be another one.
func tryBinary[T any](p *Probe, name string, v *T) bool {
	m, ok := any(v).(encoding.BinaryMarshaler)
	if !ok {
		return false
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return false
	}
	if a, ok := any(v).(encoding.BinaryAppender); ok {
		longer, err := a.AppendBinary([]byte("before"))
		if err != nil || !bytes.Equal(longer, append([]byte("before"), data...)) {
			p.report(name, "appends another binary encoding than it returns")
		}
	}
	back, ok := any(new(T)).(encoding.BinaryUnmarshaler)
	if !ok {
		return true
	}
	if err := back.UnmarshalBinary(data); err != nil {
		if !strings.Contains(err.Error(), "Decode") { // it says what reads it
			p.report(name, "writes a binary encoding that it does not read: %v", err)
		}
		return true
	}
	again, err := any(back).(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil || !bytes.Equal(data, again) {
		p.report(name, "has two binary encodings of one value: %x and %x", data, again)
	}
	if where := differ(reflect.ValueOf(v).Elem(), reflect.ValueOf(back).Elem(), ""); where != "" {
		p.report(name, "does not come back equal from its binary encoding: %s", where)
	}
	for bit := range min(8*len(data), 800) {
		changed := bytes.Clone(data)
		changed[bit/8] ^= 1 << (bit % 8)
		if any(new(T)).(encoding.BinaryUnmarshaler).UnmarshalBinary(changed) == nil {
			p.report(name, "reads a binary encoding of which a bit is wrong")
			break
		}
	}
	p.Values++
	return true
}

// tryText writes and reads a value as text; false if it is refused.
func tryText[T any](p *Probe, name string, v *T) bool {
	m, ok := any(v).(encoding.TextMarshaler)
	if !ok {
		return false
	}
	data, err := m.MarshalText()
	if err != nil {
		return false
	}
	back, ok := any(new(T)).(encoding.TextUnmarshaler)
	if !ok {
		return true
	}
	if err := back.UnmarshalText(data); err != nil {
		p.report(name, "writes text that it does not read: %s: %v", brief(data), err)
		return true
	}
	if where := differ(reflect.ValueOf(v).Elem(), reflect.ValueOf(back).Elem(), ""); where != "" {
		p.report(name, "does not come back equal from text: %s of %s", where, brief(data))
	}
	p.Values++
	return true
}

// brief shortens what is shown.
func brief(data []byte) string {
	if len(data) > 200 {
		return string(data[:200]) + "…"
	}
	return string(data)
}
