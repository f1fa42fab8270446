package csi

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// bootVersion is the version that is written. Every version that was ever written can be
// read.
const bootVersion = 2

// reasons are in the order of their stored numbers; none is that of an estimate.
func reasons() enum.Set[Reason] {
	return enum.Of("", TooFewRows, ConstantItem, CollinearItem, CancelledConstruct, UnrelatedConstruct, CollinearConstruct, ImpossibleCorrelations, NotConverged, NoIndex)
}

// AppendBinary appends the encoding of b, version 2: the model and the options as JSON, or
// nothing for the zero Boot, what resamples are taken of, which parameters there are, and what
// they come to in all rows, in each replicate and without each row, NaN for what these lack.
// Version 1 has no parameters of quality. Equal ones have equal encodings. It does not fail.
func (b *Boot) AppendBinary(to []byte) ([]byte, error) {
	w := codec.NewWriter(to, codec.KindPathBoot, bootVersion)
	w.Bool(b.plan != nil)
	if b.plan == nil {
		return w.Data(), nil
	}
	for _, v := range []any{b.plan.params, b.options} {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		w.Bytes(data)
	}
	for _, v := range []int{b.rows, b.left, b.count} {
		w.Count(v)
	}
	w.Bool(b.given)
	w.Uvarint(b.seed[0])
	w.Uvarint(b.seed[1])
	w.Bool(b.quality)
	w.Count(len(b.lack))
	for _, at := range b.lack {
		w.Count(at)
	}
	writeFloats(&w, b.value)
	w.Count(len(b.list))
	for _, r := range b.list {
		at, _ := reasons().Index(r.why)
		w.Count(r.number)
		w.Byte(byte(at))
		writeFloats(&w, r.values)
	}
	w.Count(len(b.without))
	for _, values := range b.without {
		writeFloats(&w, values)
	}
	return w.Data(), nil
}

func writeFloats(w *codec.Writer, list []float64) {
	for _, v := range list {
		w.Float64(v)
	}
}

// MarshalBinary returns what [Boot.AppendBinary] appends.
func (b *Boot) MarshalBinary() ([]byte, error) { return b.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no Boot writes; b stays as it is then.
func (b *Boot) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPathBoot, bootVersion)
	out := Boot{}
	var err error
	if r.Bool() {
		out, err = readBoot(&r)
	}
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "bootstrap", err)
	}
	*b = out
	return nil
}

func readBoot(r *codec.Reader) (Boot, error) {
	var m Model
	var b Boot
	if err := readJSON(r, &m); err != nil {
		return b, err
	}
	if err := readJSON(r, &b.options); err != nil {
		return b, err
	}
	if err := b.options.Validate(); err != nil {
		return b, err
	}
	b.plan = m.plan
	r.Check(b.options == b.options.filled())
	b.rows, b.left, b.count = int(r.UpTo(maxRows)), int(r.UpTo(maxRows)), int(r.UpTo(maxReplicates))
	b.given = r.Bool()
	b.seed = [2]uint64{r.Uvarint(), r.Uvarint()}
	b.readNames(r)
	if r.Err() != nil {
		return b, r.Err()
	}
	b.value = readFloats(r, len(b.names), len(b.names))
	b.readReplicates(r)
	n := r.Count(8 * len(b.names))
	r.Check(n == 0 || n == b.rows)
	for range n {
		b.without = append(b.without, readFloats(r, len(b.names), b.sure))
	}
	return b, r.Err()
}

// maxRows bounds what is read of a number of rows, so that it is an int.
const maxRows = 1<<31 - 1

// readJSON reads a part in JSON, which must be what would be written.
func readJSON(r *codec.Reader, v any) error {
	data := r.Bytes()
	if err := r.Err(); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	again, err := json.Marshal(v)
	r.Check(err == nil && string(again) == string(data))
	return r.Err()
}

// readNames reads which parameters there are: all but those at some positions, in ascending
// order. Version 1 says instead which constructs have an index.
func (b *Boot) readNames(r *codec.Reader) {
	quality := r.Version() > 1 && r.Bool()
	all, sure := b.plan.parameters(quality)
	first, last := sure, len(all)
	if r.Version() == 1 {
		first, last = 0, b.plan.constructs()
	}
	var list []int
	for range r.Count(1) {
		at := int(r.UpTo(int64(last)))
		r.Check(at >= first && at < last)
		first, list = at+1, append(list, at)
	}
	if r.Version() == 1 {
		indexed := list
		list = nil
		for j := range last {
			if !slices.Contains(indexed, j) {
				list = append(list, sure+j)
			}
		}
	}
	if r.Err() == nil {
		b.name(quality, list)
	}
}

func (b *Boot) readReplicates(r *codec.Reader) {
	before := -1
	for range r.Count(2) {
		one := replicate{number: int(r.UpTo(maxReplicates))}
		reason, ok := reasons().At(int(r.Byte()))
		r.Check(ok && one.number > before && one.number < b.count)
		one.why, before = reason, one.number
		if reason == "" {
			one.values = readFloats(r, len(b.names), b.sure)
		}
		if r.Err() != nil {
			return
		}
		b.list = append(b.list, one)
	}
}

// readFloats reads n numbers, of which those from sure on may be NaN.
func readFloats(r *codec.Reader, n, sure int) []float64 {
	list := make([]float64, 0, n)
	for i := range n {
		v := r.Float64()
		none := i >= sure && math.Float64bits(v) == math.Float64bits(math.NaN())
		r.Check(none || math.Abs(v) <= math.MaxFloat64)
		list = append(list, v)
	}
	return list
}
