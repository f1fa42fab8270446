package codec_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
)

const (
	kind   = 7
	newest = 3
)

// body returns an encoding of the newest version with these bytes between its
// header and its checksum.
func body(bytes ...byte) []byte { return sealed(append([]byte{kind, newest}, bytes...)...) }

// sealed returns these bytes with their checksum.
func sealed(bytes ...byte) []byte { return codec.AppendSum(bytes, 0) }

func read(bytes ...byte) codec.Reader { return codec.NewReader(body(bytes...), kind, newest) }

func TestBytesOnTheWire(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter([]byte("before"), kind, 2)
	w.Byte(0xfe)
	w.Bool(true)
	w.Bool(false)
	w.Uvarint(300)
	w.Varint(-1)
	w.Varint(64)
	w.Float64(1)
	w.Count(2)
	w.Bytes([]byte{9, 8})
	w.String("é")
	want := append([]byte("before"), kind, 2, 0xfe, 1, 0, 0xac, 0x02, 0x01, 0x80, 0x01,
		0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 2, 2, 9, 8, 2, 0xc3, 0xa9)
	assert.Equal(t, codec.AppendSum(want, len("before")), w.Data())
	first := w.Data()
	assert.Equal(t, first, w.Data(), "the checksum is appended once")
}

func TestHeader(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		data []byte
		err  error
	}{
		{"empty", nil, codec.ErrCorrupt},
		{"kind only", []byte{kind}, codec.ErrCorrupt},
		{"another kind only", []byte{kind + 1}, codec.ErrCorrupt},
		{"first version", sealed(kind, 1), nil},
		{"newest version", sealed(kind, newest), nil},
		{"version to come", []byte{kind, newest + 1}, codec.ErrVersion},
		{"version 0", []byte{kind, 0}, codec.ErrVersion},
		{"another kind", []byte{kind + 1, 1}, codec.ErrVersion},
		{"body left unread", sealed(kind, 1, 0), codec.ErrCorrupt},
		{"no checksum", []byte{kind, 1}, codec.ErrCorrupt},
		{"half a checksum", sealed(kind, 1)[:4], codec.ErrCorrupt},
		{"checksum for a header", append([]byte{kind, 1}, sealed()...)[:5], codec.ErrCorrupt},
		{"checksum of something else", append([]byte{kind, 1}, sealed(kind, 2)[2:]...), codec.ErrCorrupt},
	}
	for _, c := range cases {
		r := codec.NewReader(c.data, kind, newest)
		require.ErrorIs(t, r.Done(), c.err, c.name)
		if c.err == nil {
			assert.Equal(t, c.data[1], r.Version(), c.name)
		}
	}
	var zero codec.Reader
	assert.Zero(t, zero.Version())
	require.NoError(t, zero.Done())
	assert.Zero(t, zero.Uvarint())
	require.ErrorIs(t, zero.Err(), codec.ErrCorrupt)
}

// RFC 3720, B.4, and the check value of CRC-32C.
func TestChecksum(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []byte{0x83, 0x92, 0x06, 0xe3}, codec.AppendSum([]byte("123456789"), 0)[9:])
	assert.Equal(t, []byte{0xaa, 0x36, 0x91, 0x8a}, codec.AppendSum(make([]byte, 32), 0)[32:])
	rest, ok := codec.CutSum(codec.AppendSum([]byte("ab"), 1))
	assert.Equal(t, "ab", string(rest))
	assert.False(t, ok, "the checksum is that of b alone")
	_, ok = codec.CutSum([]byte{0, 0, 0})
	assert.False(t, ok)
	assert.Equal(t, body(1, 2), codec.Seal(append([]byte{kind, newest, 1, 2}, "sum?"...)))
	assert.Equal(t, "abcde", string(codec.Seal([]byte("abcde"))))
}

// No single bit of an encoding can flip unnoticed, nor can any three.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := body(rapid.SliceOf(rapid.Byte()).Draw(t, "body")...)
		bits := rapid.SliceOfNDistinct(rapid.IntRange(0, 8*len(data)-1), 1, 3, rapid.ID[int]).Draw(t, "bits")
		for _, bit := range bits {
			data[bit/8] ^= 1 << (bit % 8)
		}
		r := codec.NewReader(data, kind, newest)
		require.Error(t, r.Err())
	})
}

func TestCorruptBodies(t *testing.T) {
	t.Parallel()
	ones := func(n int) []byte { // n groups, each of which says that another follows
		b := make([]byte, n)
		for i := range b {
			b[i] = 0xff
		}
		return b
	}
	cases := []struct {
		name string
		body []byte
		read func(r *codec.Reader) any
	}{
		{"no byte", nil, func(r *codec.Reader) any { return r.Byte() }},
		{"no bool", nil, func(r *codec.Reader) any { return r.Bool() }},
		{"bool of 2", []byte{2}, func(r *codec.Reader) any { return r.Bool() }},
		{"no uvarint", nil, func(r *codec.Reader) any { return r.Uvarint() }},
		{"uvarint cut short", []byte{0x80}, func(r *codec.Reader) any { return r.Uvarint() }},
		{"uvarint past 64 bits", append(ones(9), 2), func(r *codec.Reader) any { return r.Uvarint() }},
		{"uvarint without end", ones(20), func(r *codec.Reader) any { return r.Uvarint() }},
		{"zero in two bytes", []byte{0x80, 0}, func(r *codec.Reader) any { return r.Uvarint() }},
		{"one in three bytes", []byte{0x81, 0x80, 0}, func(r *codec.Reader) any { return r.Varint() }},
		{"float of 7 bytes", make([]byte, 7), func(r *codec.Reader) any { return r.Float64() }},
		{"infinity", []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f}, func(r *codec.Reader) any { return r.Finite() }},
		{"negative infinity", []byte{0, 0, 0, 0, 0, 0, 0xf0, 0xff}, func(r *codec.Reader) any { return r.Finite() }},
		{"NaN", []byte{1, 0, 0, 0, 0, 0, 0xf8, 0x7f}, func(r *codec.Reader) any { return r.Finite() }},
		{"count past the end", []byte{3, 0, 0}, func(r *codec.Reader) any { return r.Count(1) }},
		{"count of wide elements", []byte{2, 0, 0, 0}, func(r *codec.Reader) any { return r.Count(2) }},
		{"count past int", append(ones(9), 1), func(r *codec.Reader) any { return r.Count(0) }},
		{"bytes past the end", []byte{2, 0}, func(r *codec.Reader) any { return len(r.Bytes()) }},
		{"string past the end", []byte{1}, func(r *codec.Reader) any { return r.String() }},
		{"rule of the caller", []byte{1}, func(r *codec.Reader) any { r.Check(r.Byte() == 2); return 0 }},
	}
	for _, c := range cases {
		r := read(c.body...)
		assert.Zero(t, c.read(&r), c.name)
		require.ErrorIs(t, r.Err(), codec.ErrCorrupt, c.name)
		assert.Zero(t, r.Byte(), "%s: nothing is read after an error", c.name)
		require.ErrorIs(t, r.Done(), codec.ErrCorrupt, c.name)
	}
}

func TestFirstErrorStays(t *testing.T) {
	t.Parallel()
	r := codec.NewReader([]byte{kind, newest + 1, 1, 2, 3}, kind, newest)
	assert.Zero(t, r.Uvarint())
	assert.Empty(t, r.String())
	r.Check(false)
	require.ErrorIs(t, r.Done(), codec.ErrVersion)
}

func TestCountAllowsWhatFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, least, left int }{{0, 8, 0}, {3, 1, 3}, {3, 2, 6}, {3, 2, 7}, {2, 0, 2}, {2, -5, 2}} {
		r := read(append([]byte{byte(c.n)}, make([]byte, c.left)...)...)
		assert.Equal(t, c.n, r.Count(c.least))
		require.NoError(t, r.Err())
	}
}

func TestBytesAreAPartThatCannotGrow(t *testing.T) {
	t.Parallel()
	data := body(1, 5, 6)
	r := codec.NewReader(data, kind, newest)
	part := r.Bytes()
	assert.Same(t, &data[3], &part[0])
	_ = append(part, 9)
	assert.EqualValues(t, 6, r.Byte())
	require.NoError(t, r.Done())
	r = read(0)
	assert.Nil(t, r.Bytes(), "empty bytes read as nil")
	require.NoError(t, r.Done())
}

// A value is one primitive: its number and what it holds.
type value struct {
	op    byte
	bits  uint64
	bytes string
}

const ops = 8

func write(w *codec.Writer, v value) {
	switch v.op {
	case 0:
		w.Byte(byte(v.bits))
	case 1:
		w.Bool(v.bits == 1)
	case 2:
		w.Uvarint(v.bits)
	case 3:
		w.Varint(int64(v.bits))
	case 4, 5:
		w.Float64(math.Float64frombits(v.bits))
	case 6:
		w.Bytes([]byte(v.bytes))
	case 7:
		w.String(v.bytes)
	}
}

func readOp(r *codec.Reader, op byte) value {
	v := value{op: op}
	switch op {
	case 0:
		v.bits = uint64(r.Byte())
	case 1:
		if r.Bool() {
			v.bits = 1
		}
	case 2:
		v.bits = r.Uvarint()
	case 3:
		v.bits = uint64(r.Varint())
	case 4:
		v.bits = math.Float64bits(r.Float64())
	case 5:
		v.bits = math.Float64bits(r.Finite())
	case 6:
		v.bytes = string(r.Bytes())
	case 7:
		v.bytes = r.String()
	}
	return v
}

func values() *rapid.Generator[value] {
	return rapid.Custom(func(t *rapid.T) value {
		v := value{op: byte(rapid.IntRange(0, ops-1).Draw(t, "op"))}
		switch v.op {
		case 0:
			v.bits = rapid.Uint64Range(0, 255).Draw(t, "byte")
		case 1:
			v.bits = rapid.Uint64Range(0, 1).Draw(t, "bool")
		case 5:
			v.bits = math.Float64bits(rapid.Float64().Draw(t, "finite"))
		case 6, 7:
			v.bytes = string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		default:
			v.bits = rapid.OneOf(rapid.Uint64(), rapid.Map(rapid.Uint64Range(0, 64), func(shift uint64) uint64 {
				return 1<<shift - 1
			})).Draw(t, "bits")
		}
		return v
	})
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		vs := rapid.SliceOf(values()).Draw(t, "values")
		w := codec.NewWriter(nil, kind, 1)
		for _, v := range vs {
			write(&w, v)
		}
		r := codec.NewReader(w.Data(), kind, newest)
		for _, v := range vs {
			require.Equal(t, v, readOp(&r, v.op))
		}
		require.NoError(t, r.Done())

		cut := codec.NewReader(w.Data()[:rapid.IntRange(0, len(w.Data())-1).Draw(t, "cut")], kind, newest)
		for _, v := range vs {
			readOp(&cut, v.op)
		}
		require.ErrorIs(t, cut.Done(), codec.ErrCorrupt, "every proper prefix is corrupt")
	})
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestNothingAllocates(t *testing.T) {
	buffer := make([]byte, 0, 64)
	var data []byte
	writing := testing.AllocsPerRun(100, func() {
		w := codec.NewWriter(buffer, kind, 1)
		for op := range byte(ops) {
			write(&w, value{op: op, bits: 1})
		}
		data = w.Data()
	})
	reading := testing.AllocsPerRun(100, func() {
		r := codec.NewReader(data, kind, newest)
		for op := range byte(ops) {
			readOp(&r, op)
		}
		if r.Done() != nil {
			panic("test: own encoding does not read back")
		}
	})
	assert.Zero(t, writing)
	assert.Zero(t, reading)
}

func TestInstantLiesInRange(t *testing.T) {
	t.Parallel()
	for at, ok := range map[int64]bool{0: true, -8_520_336_000e9: true, -8_520_336_000e9 - 1: false, 5_711_817_600e9 - 1: true, 5_711_817_600e9: false, math.MinInt64: false} {
		w := codec.NewWriter(nil, 9, 1)
		w.Varint(at)
		r := codec.NewReader(w.Data(), 9, 1)
		require.Equal(t, at, r.Instant())
		require.Equal(t, ok, r.Done() == nil, at)
	}
}
