package codec_test

import (
	"fmt"

	"github.com/relmark/relmark/internal/codec"
)

const (
	kindDays    = 250
	daysVersion = 1
)

// How are the purchase days of a customer stored? Ascending and distinct, they
// are written as differences, mostly one byte each; the differences of 1 or more
// make the encoding of each set the only one.
func Example() {
	data := appendDays(nil, []uint32{738_000, 738_007, 738_100})
	fmt.Println(len(data), "bytes")
	fmt.Println(decodeDays(data))
	fmt.Println(decodeDays(data[:5]))
	// Output:
	// 12 bytes
	// [738000 738007 738100] <nil>
	// [] corrupt encoding
}

func appendDays(b []byte, days []uint32) []byte {
	w := codec.NewWriter(b, kindDays, daysVersion)
	w.Count(len(days))
	last := uint32(0)
	for _, day := range days {
		w.Uvarint(uint64(day - last))
		last = day
	}
	return w.Data()
}

func decodeDays(data []byte) ([]uint32, error) {
	const most = 3_652_059 // 9999-12-31
	r := codec.NewReader(data, kindDays, daysVersion)
	days := make([]uint32, r.Count(1))
	last := uint64(0)
	for i := range days {
		step := r.Uvarint()
		r.Check(step >= 1 && step <= most-last) // in range before it is added: no overflow
		if r.Err() != nil {
			break
		}
		last += step
		days[i] = uint32(last)
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	return days, nil
}
