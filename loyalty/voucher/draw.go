package voucher

import (
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Batch asks for codes.
type Batch struct {
	Count  int    // how many, 0 to 10 million
	Prefix string // letters of the alphabet that every body starts with; may be empty
	Length int    // random letters of a body, 1 to 64; with Prefix and check letter at most 200 bytes
	// Taken says which codes exist already; nil: none. It must always answer the same.
	Taken func(code string) bool
}

const (
	maxBatch  = 10_000_000
	maxLength = 64
	maxDraws  = 64 // for each code
)

// Draw returns codes with check letters, no two alike, none of them taken, in the
// order in which rng drew them: equal sources give equal codes. Whether codes can
// be guessed depends on the source and on the length: a random code of n letters
// hits one of c out of N^n with probability c/N^n, and [rand.ChaCha8] seeded with
// 32 secret bytes cannot be predicted, which PCG can.
//
// It fails on a nil checker or source, counts or lengths out of range, a prefix
// with foreign letters, and letters of so many bytes that a code might exceed the
// 200 that a [Redemption] takes; and with [relmark.ErrLimit] if the count exceeds half of all
// bodies of this length, or if so many are taken that 64 draws a code do not
// suffice. Memory and expected time are linear in the count.
func (k *Checker) Draw(rng *rand.Rand, b Batch) ([]string, error) {
	if k == nil {
		return nil, errNil("Checker")
	}
	var f fault.List
	f.Check(rng != nil, "Source", nil, "must not be nil")
	f.Check(b.Count >= 0 && b.Count <= maxBatch, "Count", b.Count, "must be 0 to 10000000")
	f.Check(b.Length >= 1 && b.Length <= maxLength, "Length", b.Length, "must be 1 to 64")
	f.Check(k.known(b.Prefix), "Prefix", nil, "must be letters of the alphabet")
	f.Check(len(b.Prefix)+(min(b.Length, maxLength)+1)*k.widest <= fault.MaxName, "Length", b.Length, "must make codes of at most 200 bytes")
	if err := f.Err(room); err != nil {
		return nil, err
	}
	// With half of all bodies free, two draws a code suffice on average; beyond that
	// drawing anew until one is free would take ever longer.
	if int64(b.Count) > k.bodies(b.Length)/2 {
		return nil, fmt.Errorf("%s: more codes than half of all of this length: %w", room, relmark.ErrLimit)
	}
	codes := make([]string, 0, b.Count)
	seen := make(map[string]struct{}, b.Count)
	for draws := maxDraws * b.Count; len(codes) < b.Count; draws-- {
		if draws == 0 {
			return nil, fmt.Errorf("%s: too few codes of this length are left: %w", room, relmark.ErrLimit)
		}
		code := k.draw(rng, b)
		if _, again := seen[code]; again || b.Taken != nil && b.Taken(code) {
			continue
		}
		seen[code] = struct{}{}
		codes = append(codes, code)
	}
	return codes, nil
}

// draw returns one code; it may have come before. Letters are drawn one by one,
// each as likely as the others.
func (k *Checker) draw(rng *rand.Rand, b Batch) string {
	body := make([]rune, 0, maxLength)
	for range b.Length {
		body = append(body, k.letters[rng.IntN(len(k.letters))])
	}
	text := b.Prefix + string(body)
	return text + string(k.letters[k.check(text)])
}

// bodies returns the number of bodies of a length, or 2·[maxBatch] if it is more.
func (k *Checker) bodies(length int) int64 {
	n := int64(1)
	for range length {
		if n *= int64(len(k.letters)); n >= 2*maxBatch {
			return 2 * maxBatch
		}
	}
	return n
}
