package canon_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
)

// A record has a member of every sort.
type record struct {
	Kind   string
	Key    string
	Rule   string
	Big    int64
	Small  int
	Seq    uint64
	Print  uint64
	Done   bool
	Digits int
	Amount int64
	Day    relmark.Date
	At     time.Time
	Mode   mode
	Level  level
	Head   line
	Lines  []line
}

type line struct {
	Amount int64
	Tags   []string
}

type (
	mode  string // has a default
	level string // has none
)

func kinds() enum.Set[string] { return enum.Of("sale", "visit") }
func modes() enum.Set[mode]   { return enum.Of[mode]("", "full", "part") }
func levels() enum.Set[level] { return enum.Of[level]("base", "gold") }

const newest = 2

func (r *record) code(f *canon.Form) {
	canon.Head(f, newest, kinds(), &r.Kind)
	f.Text("key", &r.Key)
	f.Name("rule", &r.Rule)
	f.Int("big", &r.Big)
	f.Num("small", &r.Small)
	f.ID("seq", &r.Seq)
	f.Hash("print", &r.Print)
	f.Flag("done", &r.Done)
	f.Num("digits", &r.Digits)
	f.Digits = r.Digits
	f.Amount("amount", &r.Amount, r.Digits)
	f.Date("day", &r.Day)
	f.Time("at", &r.At)
	canon.Word(f, "mode", &r.Mode, modes())
	switch {
	case f.Version() > 1:
		canon.Word(f, "level", &r.Level, levels())
	case f.Reading():
		r.Level = "base" // all that version 1 knew
	default:
		f.Check(r.Level == "base")
	}
	canon.Object(f, "head", &r.Head, (*line).code)
	canon.List(f, "lines", &r.Lines, (*line).code)
}

func (l *line) code(f *canon.Form) {
	f.Amount("amount", &l.Amount, f.Digits)
	canon.List(f, "tags", &l.Tags, func(s *string, f *canon.Form) { f.Name("tag", s) })
}

func (r record) text(version int) ([]byte, error) {
	f := canon.Writer(nil, version)
	r.code(&f)
	return f.Data()
}

func (r record) packed(version int) ([]byte, error) {
	f := canon.PackedWriter(nil, version)
	r.code(&f)
	return f.Data()
}

func read(f *canon.Form, data []byte) (r record, err error) {
	f.Read(data)
	r.code(f)
	return r, f.Done()
}

func readPacked(f *canon.Form, data []byte) (r record, err error) {
	f.ReadPacked(data)
	r.code(f)
	return r, f.Done()
}

// full has something in every member.
func full(t *testing.T) record {
	t.Helper()
	day, err := relmark.NewDate(2025, time.February, 28)
	require.NoError(t, err)
	return record{
		Kind: "sale", Key: "k\"1\\\n\x7fé\u2028<", Rule: "base", Big: -canon.MaxInt, Small: 7, Seq: canon.MaxInt, Print: 0xfedcba9876543210,
		Done: true, Digits: 2, Amount: -5, Day: day, At: time.Date(2261, 12, 31, 23, 59, 59, 999_999_990, time.UTC),
		Mode: "part", Level: "gold", Head: line{Amount: canon.MaxExact}, Lines: []line{{1, []string{"a", "b"}}, {}, {Amount: 1200}},
	}
}

func TestCanonicalText(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]record{
		`{"v":2,"type":"sale","key":"k\"1\\\u000a` + "\x7fé" + `\u2028\u003c","rule":"base","big":-999999999999999999,"small":7,` +
			`"seq":999999999999999999,"print":"fedcba9876543210","done":true,"digits":2,"amount":"-0.05","day":"2025-02-28",` +
			`"at":"2261-12-31T23:59:59.99999999Z","mode":"part","level":"gold","head":{"amount":"90071992547409.91"},` +
			`"lines":[{"amount":"0.01","tags":[{"tag":"a"},{"tag":"b"}]},{},{"amount":"12.00"}]}`: full(t),
		`{"v":2,"type":"visit","level":"base","head":{}}`: {Kind: "visit", Level: "base"},
	} {
		text, err := r.text(2)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	packed, err := record{Kind: "visit", Level: "base"}.packed(1)
	require.NoError(t, err)
	assert.Equal(t, "0101"+strings.Repeat("00", 5)+strings.Repeat("00", 8)+strings.Repeat("00", 9), hex.EncodeToString(packed[:len(packed)-4]))
	rest, sound := codec.CutSum(packed)
	assert.True(t, sound, rest)
}

// What a writer cannot write so that it is read again, it refuses.
func TestRefusedValues(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *record){
		"text that is not UTF-8":         func(r *record) { r.Key = "a\xff" },
		"name that is not UTF-8":         func(r *record) { r.Rule = "\xc3" },
		"text cut off in a separator":    func(r *record) { r.Key = "\xe2\x80" },
		"integer of 19 digits":           func(r *record) { r.Big = canon.MaxInt + 1 },
		"negative integer of 19 digits":  func(r *record) { r.Big = -canon.MaxInt - 1 },
		"identifier of 19 digits":        func(r *record) { r.Seq = canon.MaxInt + 1 },
		"identifier of 64 bits":          func(r *record) { r.Seq = 1 << 63 },
		"amount above 2^53-1":            func(r *record) { r.Amount = canon.MaxExact + 1 },
		"amount below -(2^53-1)":         func(r *record) { r.Head.Amount = -canon.MaxExact - 1 },
		"digits of a currency below 0":   func(r *record) { r.Digits = -1 },
		"digits of a currency beyond 18": func(r *record) { r.Digits = 1 << 30 },
		"word of another set":            func(r *record) { r.Mode = "fill" },
		"no word without a default":      func(r *record) { r.Level = "" },
		"kind of another set":            func(r *record) { r.Kind = "sales" },
		"no kind":                        func(r *record) { r.Kind = "" },
		"instant before 1700":            func(r *record) { r.At = time.Date(1699, 12, 31, 23, 59, 59, 0, time.UTC) },
		"instant after 2261":             func(r *record) { r.At = time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC) },
		"instant that wraps around":      func(r *record) { r.At = time.Unix(1<<62, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := full(t)
			change(&r)
			_, err := r.text(newest)
			require.ErrorIs(t, err, codec.ErrCorrupt)
			_, err = r.packed(newest)
			require.ErrorIs(t, err, codec.ErrCorrupt)
		})
	}
	_, err := full(t).text(0)
	require.Error(t, err)
	_, err = full(t).packed(newest + 1)
	require.Error(t, err)
}

func TestOnlyCanonicalTextIsRead(t *testing.T) {
	t.Parallel()
	const good = `{"v":2,"type":"sale","key":"k","big":10,"digits":2,"amount":"1.50","at":"2025-01-10T12:00:00Z","level":"gold","head":{}}`
	_, err := read(new(canon.Form), []byte(good))
	require.NoError(t, err)
	for text, list := range map[string][]string{
		`{"v"`:       {` {"v"`, `["v"`},
		`"head":{}}`: {`"head":{}} `, `"head":{}`},
		`,"head":{}`: {``, `,"head":{},"lines":[]`, `,"head":{},"lines":[{},]`, `,"head":{},"lines":[{}{}]`},
		`"k"`: {
			`""`, `"\u006b"`, `"\n"`, "\"\xff\"", `"\u0000`, `"\ud800"`, "\"\n\"", `"\u000A"`, `"\u0020"`, `"\/"`,
			`"<"`, `">"`, `"&"`, `"\u003C"`, "\"\u2028\"", "\"xé\u2029\"", `"\u202a"`, `"\u00"`, `"\u003g"`,
			`"\\u003c<"`, `null`,
		},
		`"key"`:      {`"Key"`},
		`"key":"k",`: {`"key":"k","key":"k",`},
		`10`:         {`010`, `0`, `-0`, `1e1`, `10.0`, `+1`, `1000000000000000000`, `-`, `"10"`},
		`1.50`:       {`1.5`, `1.500`, `01.50`, `.50`, `0.00`, `--1.50`, `90071992547409.92`, `1,50`, `1.5x`},
		`"1.50"`:     {`1.50`},
		`"digits":2`: {`"digits":19`, `"digits":-2`},
		`12:00:00Z`: {
			`12:00:00+00:00`, `12:00:00.0Z`, `12:00:00.50Z`, `24:00:00Z`, `12:00:60Z`, `12:60:00Z`, `12:00:00z`,
			`12:00:00.1234567891Z`, `12:00:00.Z`,
		},
		`T12`:             {` 12`},
		`2025-01`:         {`2025-13`, `2025/01`},
		`01-10`:           {`02-30`},
		`2025`:            {`1699`, `2262`},
		`gold`:            {`silver`},
		`,"level":"gold"`: {``, `,"level":""`},
		`,"level"`:        {`,"mode":"","level"`, `,"mode":"Full","level"`},
		`,"head"`:         {`,"done":true,"head"`},
		`,"digits"`: {
			`,"done":false,"digits"`, `,"print":"0000000000000000","digits"`, `,"print":"FEDCBA9876543210","digits"`,
			`,"print":"fedcba987654321","digits"`, `,"seq":-1,"digits"`,
		},
	} {
		for _, other := range list {
			bad := strings.Replace(good, text, other, 1)
			require.NotEqual(t, good, bad, other)
			r, err := read(new(canon.Form), []byte(bad))
			require.ErrorIs(t, err, codec.ErrCorrupt, "%s reads as %+v", bad, r)
		}
	}
}

// A version or kind that is not known is told from an encoding that is corrupt.
func TestUnknownHeads(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"v":1,"type":"sale","head":{}}`:  nil,
		`{"type":"sale","head":{}}`:        codec.ErrVersion,
		`{}`:                               codec.ErrVersion,
		`{"v":0,"type":"sale","head":{}}`:  codec.ErrVersion,
		`{"v":3,"what":"is new"}`:          codec.ErrVersion,
		`{"v":-1,"type":"sale","head":{}}`: codec.ErrVersion,
		`{"v":1,"type":"sales","head":{}}`: codec.ErrVersion,
		`{"v":1,"head":{}}`:                codec.ErrCorrupt,
		`{"v":1,"type":7}`:                 codec.ErrCorrupt,
		`{"v":"1","type":"sale"}`:          codec.ErrCorrupt,
		`[]`:                               codec.ErrCorrupt,
		``:                                 codec.ErrCorrupt,
	} {
		_, err := read(new(canon.Form), []byte(text))
		require.ErrorIs(t, err, want, text)
	}
	data, err := full(t).packed(2)
	require.NoError(t, err)
	for _, c := range []struct {
		at   int
		to   byte
		want error
	}{{0, 0, codec.ErrVersion}, {0, 3, codec.ErrVersion}, {1, 2, codec.ErrVersion}, {0, 1, codec.ErrCorrupt}, {1, 1, codec.ErrCorrupt}, {5, 9, codec.ErrCorrupt}} {
		changed := append([]byte{}, data...)
		changed[c.at] = c.to
		_, err = readPacked(new(canon.Form), changed)
		require.ErrorIs(t, err, c.want, c)
	}
	for n := range data {
		_, err = readPacked(new(canon.Form), data[:n])
		require.ErrorIs(t, err, codec.ErrCorrupt)
		_, err = readPacked(new(canon.Form), codec.Seal(append([]byte{}, data[:n]...)))
		require.Error(t, err)
	}
}

// What is cut off anywhere, within an escape too, is corrupt.
func TestTextCutOff(t *testing.T) {
	t.Parallel()
	r := full(t)
	r.Key = "\\\"\n<\u2028"
	text, err := r.text(newest)
	require.NoError(t, err)
	for n := range text {
		_, err := read(new(canon.Form), text[:n:n])
		require.Error(t, err, "%s", text[:n])
	}
}

// A length is a claim: a list of 2^60 elements takes no memory.
func TestClaimedLengths(t *testing.T) {
	t.Parallel()
	data, err := record{Kind: "visit", Level: "base"}.packed(1)
	require.NoError(t, err)
	data = append(data[:len(data)-5], 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)
	_, err = readPacked(new(canon.Form), codec.AppendSum(data, 0))
	require.ErrorIs(t, err, codec.ErrCorrupt)
}

// A digest takes what no encoding does, and tells values apart.
func TestDigest(t *testing.T) {
	t.Parallel()
	f := canon.Digester([]byte("x"))
	big, text, at, amount := int64(-1<<63), "\xff", time.Date(12025, 1, 1, 0, 0, 0, 0, time.UTC), int64(-5)
	f.Text("text", &text)
	f.Int("big", &big)
	f.Time("at", &at)
	f.Amount("amount", &amount, 99)
	f.Raw("raw", []byte("1.5"))
	f.Raw("none", nil)
	data, err := f.Data()
	require.NoError(t, err)
	assert.Equal(t, "x\"text\":\"\xff\",\"big\":-9223372036854775808,\"at\":\"12025-01-01T00:00:00Z\",\"amount\":\"-5\",\"raw\":1.5;", string(data))
}
