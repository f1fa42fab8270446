package waiting

import (
	"math/big"
	"math/bits"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/codec"
)

// Spells are the sums of lengths of time, in nanoseconds, and of their squares: whole
// numbers, so that what was added up apart merges to the last bit. A length is below
// 2⁶³, so that the sums of 2⁶³ of them fit: stat.Moments would hold the squares of 34
// lengths of a century.
type spells struct {
	n      uint64
	sum    [2]uint64 // the lowest word first
	square [3]uint64
}

// add counts a length of 0 or more.
func (s *spells) add(d time.Duration) {
	x := uint64(d)
	high, low := bits.Mul64(x, x)
	s.merge(spells{1, [2]uint64{x}, [3]uint64{low, high}})
}

func (s *spells) merge(o spells) {
	s.n += o.n
	plus(s.sum[:], o.sum[:])
	plus(s.square[:], o.square[:])
}

// plus adds whole numbers of several words.
func plus(a, b []uint64) {
	carry := uint64(0)
	for i := range a {
		a[i], carry = bits.Add64(a[i], b[i], carry)
	}
}

// total returns the sum in minutes.
func (s spells) total() Minutes { return Minutes(s.ratio(s.whole(), big.NewInt(int64(time.Minute)))) }

// mean returns the mean in minutes; false of none.
func (s spells) mean() (Minutes, bool) {
	if s.n == 0 {
		return 0, false
	}
	below := new(big.Int).Mul(new(big.Int).SetUint64(s.n), big.NewInt(int64(time.Minute)))
	return Minutes(s.ratio(s.whole(), below)), true
}

// cv2 returns the squared coefficient of variation, of the variance with n − 1; false of
// fewer than two, or where the sum is 0.
func (s spells) cv2() (float64, bool) {
	sum, n := s.whole(), new(big.Int).SetUint64(s.n)
	if s.n < 2 || sum.Sign() == 0 {
		return 0, false
	}
	// (n·Σx² − (Σx)²)/(n·(n−1)) over (Σx/n)² is n·(n·Σx² − (Σx)²)/((n−1)·(Σx)²)
	above := new(big.Int).Mul(n, number(s.square[:]))
	squared := new(big.Int).Mul(sum, sum)
	above.Sub(above, squared).Mul(above, n)
	return s.ratio(above, squared.Mul(squared, n.Sub(n, big.NewInt(1)))), true
}

func (s spells) whole() *big.Int { return number(s.sum[:]) }

func (spells) ratio(a, b *big.Int) float64 {
	x, _ := new(big.Rat).SetFrac(a, b).Float64()
	return x
}

// number returns the whole number of some words, the lowest first.
func number(words []uint64) *big.Int {
	x := new(big.Int)
	for _, word := range slices.Backward(words) {
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(word))
	}
	return x
}

func (s spells) write(w *codec.Writer) {
	w.Uvarint(s.n)
	for _, word := range [...]uint64{s.sum[0], s.sum[1], s.square[0], s.square[1], s.square[2]} {
		w.Uvarint(word)
	}
}

// readSpells reads sums that so many lengths can have: by Cauchy and Schwarz
// (Σx)² ≤ n·Σx², and Σx² ≤ (Σx)².
func readSpells(r *codec.Reader) (s spells) {
	s.n = uint64(r.UpTo(maxVisits))
	s.sum = [2]uint64{r.Uvarint(), r.Uvarint()}
	s.square = [3]uint64{r.Uvarint(), r.Uvarint(), r.Uvarint()}
	sum, square := s.whole(), number(s.square[:])
	squared := new(big.Int).Mul(sum, sum)
	r.Check(square.Cmp(squared) <= 0)
	r.Check(squared.Cmp(square.Mul(square, new(big.Int).SetUint64(s.n))) <= 0)
	return s
}

// maxVisits is how many customers a log holds.
const maxVisits = 1 << 40
