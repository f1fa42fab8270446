package codec

import (
	"encoding/binary"
	"hash/crc32"
)

// sumLen is the length of a checksum in bytes.
const sumLen = 4

// AppendSum appends the checksum of b from start on, which [CutSum] cuts off. It is
// CRC-32C: in up to 256 MiB it finds every change of up to three bits, and every
// burst of changes within 32.
func AppendSum(b []byte, start int) []byte {
	return binary.LittleEndian.AppendUint32(b, sum(b[start:]))
}

// CutSum returns data without the checksum at its end, and whether that is the
// checksum of the rest.
func CutSum(data []byte) (rest []byte, ok bool) {
	n := len(data) - sumLen
	if n < 0 {
		return nil, false
	}
	rest = data[:n:n]
	return rest, sum(rest) == binary.LittleEndian.Uint32(data[n:])
}

// Seal returns a copy of data with its last bytes replaced by the checksum of those
// before them; what is too short for a header and a checksum stays as it is. With it
// tests reach what a checksum protects.
func Seal(data []byte) []byte {
	if len(data) < headerLen+sumLen {
		return data
	}
	rest, _ := CutSum(data)
	return AppendSum(rest, 0)
}

func sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
