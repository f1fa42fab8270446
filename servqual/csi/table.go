package csi

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A table holds rows of answers, counted from the middle of their scales, for samples of
// them to be taken again and again. It is an immutable value.
type table struct {
	m        *plan
	use      Use
	rows     int
	by       []float64 // by row and item; NaN where an answer is missing
	columns  []float64 // by item and row
	complete bool
	left     int // rows that were left out because they lack an answer
}

// newTable reads rows. Rows that lack an answer are left out where only complete ones count.
func newTable(m *plan, rows [][]float64, use Use) (*table, error) {
	p := m.items()
	t := &table{m: m, use: use, complete: true}
	x := make([]float64, p)
	for i, row := range rows {
		complete, err := read(m.columns, row, x)
		if err != nil {
			return nil, fault.At(fmt.Sprintf("[%d]", i), err)
		}
		if !complete && use == Listwise {
			t.left++
			continue
		}
		t.complete = t.complete && complete
		t.by = append(t.by, x...)
		t.rows++
	}
	t.arrange()
	return t, nil
}

// arrange copies the rows by item.
func (t *table) arrange() {
	p := t.m.items()
	t.columns = make([]float64, len(t.by))
	for i, v := range t.by {
		t.columns[i%p*t.rows+i/p] = v
	}
}

// join returns the rows of t and then those of o.
func (t *table) join(o *table) *table {
	all := &table{
		m: t.m, use: t.use, rows: t.rows + o.rows, by: slices.Concat(t.by, o.by),
		complete: t.complete && o.complete, left: t.left + o.left,
	}
	all.arrange()
	return all
}

// A sampler takes samples of a table, with memory of its own.
type sampler struct {
	*table
	sample
	times    []int32 // how often each row is taken
	taken    []int32 // the rows taken at all
	x        []float64
	weighted []float64
	full     sums
	moments  *Moments
}

func (t *table) sampler() *sampler {
	p := t.m.items()
	s := &sampler{table: t, sample: newSample(p), times: make([]int32, t.rows), taken: make([]int32, 0, t.rows)}
	if !t.complete {
		s.moments = newMoments(t.m.columns)
		return s
	}
	s.x, s.weighted = make([]float64, len(t.by)), make([]float64, len(t.by))
	s.full = sums{make([]float64, p), make([]float64, p*(p+1)/2)}
	return s
}

// take computes the sample of some rows, by their positions, with repetition. It does not
// allocate.
func (s *sampler) take(rows []int) trouble {
	clear(s.times)
	for _, row := range rows {
		s.times[row]++
	}
	s.taken = s.taken[:0]
	for row, n := range s.times {
		if n > 0 {
			s.taken = append(s.taken, int32(row))
		}
	}
	if !s.complete {
		return s.slowly()
	}
	s.gather()
	s.products()
	return s.listwise(float64(len(rows)), s.full)
}

// slowly adds rows up one by one where some lack an answer.
func (s *sampler) slowly() trouble {
	p := s.m.items()
	s.moments.reset()
	for _, row := range s.taken {
		for range s.times[row] {
			s.moments.take(s.by[int(row)*p : (int(row)+1)*p])
		}
	}
	return s.fill(s.moments, s.use)
}

// gather copies the rows taken, item by item, once as they are and once times their number.
func (s *sampler) gather() {
	n := len(s.taken)
	for i := range s.full.x {
		column := s.columns[i*s.rows : (i+1)*s.rows]
		x, w := s.x[i*n:(i+1)*n], s.weighted[i*n:(i+1)*n]
		sum := 0.0
		for t, row := range s.taken {
			v := column[row]
			x[t] = v
			v = float64(v * float64(s.times[row]))
			w[t] = v
			sum += v
		}
		s.full.x[i] = sum
	}
}

// products computes the cross-products of the rows gathered, eight pairs of items at a
// time: two columns with four, so that each number that is loaded is used two or four
// times. Beyond the last item the last one stands in, and what it gives is dropped; so is
// what lies below the diagonal.
func (s *sampler) products() {
	p, n := len(s.full.x), len(s.taken)
	column := func(from []float64, i int) []float64 { i = min(i, p-1); return from[i*n : (i+1)*n] }
	for i := 0; i < p; i += 2 {
		a0, a1 := column(s.weighted, i), column(s.weighted, i+1)
		for j := i; j < p; j += 4 {
			eight := dots(a0, a1, column(s.x, j), column(s.x, j+1), column(s.x, j+2), column(s.x, j+3))
			for at, v := range eight {
				x, y := i+at/4, j+at%4
				if x <= y && y < p && x < p {
					s.full.xy[x*p-x*(x-1)/2+y-x] = v
				}
			}
		}
	}
}

// dots returns the products of two columns with four, added up: a0·b0 to a0·b3, then a1·b0
// to a1·b3.
func dots(a0, a1, b0, b1, b2, b3 []float64) [8]float64 {
	var s0, s1, s2, s3, t0, t1, t2, t3 float64
	n := len(a0)
	a1, b0, b1, b2, b3 = a1[:n], b0[:n], b1[:n], b2[:n], b3[:n]
	for i, x := range a0 {
		y := a1[i]
		u, v := b0[i], b1[i]
		s0 += float64(x * u)
		t0 += float64(y * u)
		s1 += float64(x * v)
		t1 += float64(y * v)
		u, v = b2[i], b3[i]
		s2 += float64(x * u)
		t2 += float64(y * u)
		s3 += float64(x * v)
		t3 += float64(y * v)
	}
	return [8]float64{s0, s1, s2, s3, t0, t1, t2, t3}
}
