package stat

// Comoments are the number of rows, the means of their columns and the sums of products
// about the means, of any finite numbers. A row that lacks a number is not added. Parts
// merge to the whole within some units in the last place; whole numbers merge exactly in
// a [Cross]. They are not safe for concurrent mutation.
type Comoments struct {
	n        int64
	mean     []float64
	products []float64 // by column i and column j ≥ i
	off      []float64 // of the row being added
}

// NewComoments returns the comoments of no rows.
func NewComoments(columns int) *Comoments {
	return &Comoments{
		mean: make([]float64, columns), products: make([]float64, columns*(columns+1)/2),
		off: make([]float64, columns),
	}
}

// Add adds a row, one number for each column.
func (c *Comoments) Add(row []float64) {
	c.n++
	n := float64(c.n)
	for i, x := range row {
		c.off[i] = x - c.mean[i]
		c.mean[i] += c.off[i] / n
	}
	at, less := 0, (n-1)/n
	for i, x := range c.off {
		x *= less
		for _, y := range c.off[i:] {
			c.products[at] += float64(x * y)
			at++
		}
	}
}

// Merge adds the rows of o, which has as many columns and stays as it is.
func (c *Comoments) Merge(o *Comoments) {
	if o.n == 0 {
		return
	}
	all := float64(c.n + o.n)
	share, both := float64(o.n)/all, float64(c.n)*(float64(o.n)/all)
	for i := range c.off {
		c.off[i] = o.mean[i] - c.mean[i]
		c.mean[i] += float64(c.off[i] * share)
	}
	at := 0
	for i, x := range c.off {
		x *= both
		for _, y := range c.off[i:] {
			c.products[at] += o.products[at] + float64(x*y)
			at++
		}
	}
	c.n += o.n
}

// N returns the number of rows.
func (c *Comoments) N() int64 { return c.n }

// Covariance returns what two rows or more come to; false below.
func (c *Comoments) Covariance() (v Covariance, ok bool) {
	if c.n < 2 {
		return Covariance{}, false
	}
	k := len(c.mean)
	v = Covariance{N: c.n, Mean: append([]float64(nil), c.mean...), Cov: make([]float64, k*k)}
	for i := range k {
		for j := i; j < k; j++ {
			v.Cov[i*k+j] = c.products[place(k, i, j)] / float64(c.n-1)
			v.Cov[j*k+i] = v.Cov[i*k+j]
		}
	}
	return v, true
}
