package stat_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// A table of answers for tests, with its largest possible one.
type answers struct {
	columns, largest int
	rows             [][]uint8
}

func drawAnswers(t *rapid.T, least int) answers {
	a := answers{columns: rapid.IntRange(1, 8).Draw(t, "columns"), largest: rapid.SampledFrom([]int{1, 4, 6, 100, stat.MaxAnswer}).Draw(t, "largest")}
	answer := rapid.Uint8Range(0, uint8(a.largest))
	if rapid.Bool().Draw(t, "missing") {
		answer = rapid.OneOf(answer, answer, answer, rapid.Just(uint8(stat.Absent)))
	}
	a.rows = rapid.SliceOfN(rapid.SliceOfN(answer, a.columns, a.columns), least, 40).Draw(t, "rows")
	return a
}

func (a answers) add(rows [][]uint8) *stat.Answers {
	s := stat.NewAnswers(a.columns, a.largest)
	for _, row := range rows {
		s.Add(row)
	}
	return s
}

// exactCovariance returns the mean of column i and its covariance with j over some rows, in
// exact arithmetic.
func exactCovariance(rows [][]uint8, i, j int) (n int64, mean, cov float64) {
	sx, sy, xy := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, row := range rows {
		x, y := big.NewRat(int64(row[i]), 1), big.NewRat(int64(row[j]), 1)
		sx.Add(sx, x)
		sy.Add(sy, y)
		xy.Add(xy, x.Mul(x, y))
		n++
	}
	if n < 2 {
		return n, 0, 0
	}
	all := big.NewRat(n, 1)
	mean, _ = new(big.Rat).Quo(sx, all).Float64()
	xy.Sub(xy, sx.Mul(sx, sy).Quo(sx, all)).Quo(xy, big.NewRat(n-1, 1))
	cov, _ = xy.Float64()
	return n, mean, cov
}

func having(rows [][]uint8, columns ...int) (with [][]uint8) {
	for _, row := range rows {
		all := true
		for _, c := range columns {
			all = all && row[c] != stat.Absent
		}
		if all {
			with = append(with, row)
		}
	}
	return with
}

// Both rules for what is missing give what exact arithmetic gives of the rows they take.
func TestAnswersAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAnswers(t, 0)
		s := a.add(a.rows)
		every := make([]int, a.columns)
		for i := range every {
			every[i] = i
		}
		complete := having(a.rows, every...)
		require.EqualValues(t, len(a.rows), s.Rows())
		require.EqualValues(t, len(complete), s.Complete())
		list, ok := s.Listwise()
		require.Equal(t, len(complete) >= 2, ok)
		pairs, n, all := s.Pairwise()
		enough := true
		for i := range a.columns {
			for j := range a.columns {
				if ok {
					_, mean, cov := exactCovariance(complete, i, j)
					near.Equal(t, mean, list.Mean[i], 1e-15, 0)
					near.Equal(t, cov, list.At(i, j), 1e-15, 0)
				}
				both, _, cov := exactCovariance(having(a.rows, i, j), i, j)
				require.Equal(t, both, n[i*a.columns+j])
				near.Equal(t, cov, pairs.At(i, j), 1e-15, 0)
				enough = enough && both >= 2
			}
		}
		require.Equal(t, enough, all)
	})
}

// Parts merge in any order to the last bit, at any fill of the lanes, and a state reads
// back.
func TestAnswersMergeExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAnswers(t, 0)
		at := rapid.IntRange(0, len(a.rows)).Draw(t, "split")
		whole, first, second := a.add(a.rows), a.add(a.rows[:at]), a.add(a.rows[at:])
		kept := second.Words()
		other := second.Clone()
		other.Merge(first)
		first.Merge(second)
		require.Equal(t, whole.Words(), first.Words())
		require.Equal(t, whole.Words(), other.Words())
		require.Equal(t, kept, second.Words(), "what is merged stays as it is")
		read := stat.AnswersOf(a.columns, a.largest, whole.Words())
		require.NotNil(t, read, "a state is possible")
		require.Equal(t, whole.Words(), read.Words())
		require.Nil(t, stat.AnswersOf(a.columns+1, a.largest, whole.Words()))
	})
}

// Lanes hold as many rows as they have room for: of the largest answers, at the rows
// where they flush.
func TestLanesDoNotOverflow(t *testing.T) {
	t.Parallel()
	for _, largest := range []uint8{1, 2, 6, 16, 45, 100, 181, 250} {
		room := (1<<21 - 1) / (int(largest) * int(largest))
		for _, rows := range []int{min(room, 1<<16) - 1, min(room, 1<<16), min(room, 1<<16) + 1, 3*min(room, 9999) + 1} {
			s := stat.NewAnswers(4, int(largest))
			row := []uint8{largest, largest, largest, largest}
			lacking := []uint8{largest, stat.Absent, largest, largest}
			for range rows {
				s.Add(row)
				s.Add(lacking)
			}
			words, n, l := s.Words(), uint64(rows), uint64(largest)
			assert.Equal(t, n, words[1])
			assert.Equal(t, l*n, words[2])
			assert.Equal(t, l*l*n, words[6])
			pairs := words[1+1+4+10:]
			assert.Equal(t, []uint64{n, 0, n, n, 0, 0, 0, n, n, n}, pairs[:10])
			assert.Equal(t, []uint64{l * n, 0, l * n, l * n}, pairs[10:14])
			assert.Equal(t, l*l*n, pairs[26])
		}
	}
}

// Impossible states are told from possible ones: every word of a state is moved by one.
func TestImpossibleAnswers(t *testing.T) {
	t.Parallel()
	s := stat.NewAnswers(2, 4)
	for _, row := range [][]uint8{{4, 4}, {4, 3}, {0, stat.Absent}} {
		s.Add(row)
	}
	words := s.Words()
	passed := 0
	for i := range words {
		for _, by := range []uint64{1, math.MaxUint64} {
			words[i] += by
			if stat.AnswersOf(2, 4, words) != nil {
				passed++
			}
			words[i] -= by
		}
	}
	// What can be is one row more that lacks both, and a product 16 + 12 less 1.
	assert.LessOrEqual(t, passed, 3)
	assert.Nil(t, stat.AnswersOf(2, 4, words[1:]))
	assert.Nil(t, stat.AnswersOf(2, 4, append([]uint64{1 << 40}, words[1:]...)))
}

func randomAnswers(n, columns, missing int) [][]uint8 {
	r := rand.New(rand.NewPCG(3, 4))
	rows := make([][]uint8, n)
	for i := range rows {
		for range columns {
			v := uint8(r.IntN(7))
			if r.IntN(100) < missing {
				v = stat.Absent
			}
			rows[i] = append(rows[i], v)
		}
	}
	return rows
}

func benchmarkAnswers(b *testing.B, missing int) {
	b.Helper()
	rows := randomAnswers(1000, 22, missing)
	s := stat.NewAnswers(22, 6)
	b.ReportAllocs()
	for b.Loop() {
		for _, row := range rows {
			s.Add(row)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
}

func BenchmarkAnswers22(b *testing.B)                  { benchmarkAnswers(b, 0) }
func BenchmarkAnswers22TwoPercentMissing(b *testing.B) { benchmarkAnswers(b, 2) }
