package stat

// Three numbers travel in one word, each in a lane of 21 bits, so that one multiplication
// makes three products and one addition adds them. A lane is full after as many rows as
// 2^21 has room for squares of the largest answer; then the tables take what it holds.
const (
	perWord  = 3
	laneBits = 21
	laneMask = 1<<laneBits - 1
)

// lanes are the sums of the last rows.
type lanes struct {
	columns, words int
	most, room     int // rows until a lane may be full, and those left of them
	complete       uint32

	answers, there []uint64          // of the row being added, in words; those that are absent are 0
	full           [][perWord]uint64 // products of complete rows, by word of i, word of j from there on, and i in its word
	sums           []uint64          // of complete rows, by word

	pairs  []triple // of the other rows, by word of i, word of j from there on, and i in its word
	across [][perWord]uint64
}

// A triple is what a word of columns j comes to with each column i of another: how often
// both are there, and the products.
type triple struct{ n, products [perWord]uint64 }

func newLanes(columns, largest int) lanes {
	w := (columns + perWord - 1) / perWord
	most := laneMask / (largest * largest)
	return lanes{
		columns: columns, words: w, most: most, room: most,
		answers: make([]uint64, w), there: make([]uint64, w), sums: make([]uint64, w),
		full: make([][perWord]uint64, w*(w+1)/2), pairs: make([]triple, w*(w+1)/2), across: make([][perWord]uint64, w*w),
	}
}

func (l *lanes) copy(o *lanes) {
	l.room, l.complete = o.room, o.complete
	copy(l.full, o.full)
	copy(l.sums, o.sums)
	copy(l.pairs, o.pairs)
	copy(l.across, o.across)
}

// add adds a row, and reports whether the lanes have no room for another.
func (l *lanes) add(row []uint8) (done bool) {
	if l.pack(row) {
		l.complete++
		l.addComplete()
	} else {
		l.addPartial()
	}
	l.room--
	return l.room == 0
}

// pack fills the words of the row, and reports whether it lacks nothing.
func (l *lanes) pack(row []uint8) (complete bool) {
	absent := uint64(0)
	at := 0
	for ; len(row) >= perWord; row = row[perWord:] {
		a, b, c := uint64(row[0]), uint64(row[1]), uint64(row[2])
		l.answers[at] = a | b<<laneBits | c<<(2*laneBits)
		absent |= (a + 5) | (b + 5) | (c + 5) // above 250 it sets the bit of 256
		at++
	}
	for j, v := range row {
		if j == 0 {
			l.answers[at] = 0
		}
		l.answers[at] |= uint64(v) << (j * laneBits)
		absent |= uint64(v) + 5
	}
	return absent < Absent+1
}

// addComplete adds the words to the products of complete rows.
func (l *lanes) addComplete() {
	full := l.full
	for g, word := range l.answers {
		l.sums[g] += word
		x, y, z := word&laneMask, word>>laneBits&laneMask, word>>(2*laneBits)
		others := l.answers[g:]
		part := full[:len(others)]
		for i, w := range others {
			p := &part[i]
			p[0] += x * w
			p[1] += y * w
			p[2] += z * w
		}
		full = full[len(others):]
	}
}

// addPartial adds the words to what is kept by pair.
func (l *lanes) addPartial() {
	l.mark()
	pairs := l.pairs
	for g, word := range l.answers {
		here := l.there[g]
		across := l.across[g*l.words:][:l.words]
		for s := range perWord {
			x, is := word>>(s*laneBits)&laneMask, here>>(s*laneBits)&1
			if is == 0 {
				continue
			}
			for i, t := range l.there {
				across[i][s] += x * t
			}
			for i, w := range l.answers[g:] {
				p := &pairs[i]
				p.n[s] += l.there[g+i]
				p.products[s] += x * w
			}
		}
		pairs = pairs[l.words-g:]
	}
}

// mark puts a 1 in the lane of each answer that is there, and a 0 in place of the others.
func (l *lanes) mark() {
	for g, word := range l.answers {
		there := uint64(0)
		for s := range perWord {
			if column := g*perWord + s; column >= l.columns {
				break
			}
			if word>>(s*laneBits)&laneMask == Absent {
				word &^= laneMask << (s * laneBits)
				continue
			}
			there |= 1 << (s * laneBits)
		}
		l.answers[g], l.there[g] = word, there
	}
}

// flush adds all to the tables, and leaves nothing.
func (l *lanes) flush(complete, partial *table) {
	complete.n[0] += uint64(l.complete)
	k := l.columns
	for i := range k {
		complete.sums[i] += lane(l.sums[i/perWord], i)
	}
	at := 0
	for g := range l.words {
		for h := range l.words {
			l.each(g, h, func(i, j, s int) { partial.sums[i*k+j] += lane(l.across[g*l.words+h][s], j) })
			if h < g {
				continue
			}
			l.each(g, h, func(i, j, s int) {
				if i > j {
					return
				}
				p := place(k, i, j)
				complete.products[p] += lane(l.full[at][s], j)
				partial.n[p] += lane(l.pairs[at].n[s], j)
				partial.products[p] += lane(l.pairs[at].products[s], j)
			})
			at++
		}
	}
	l.room, l.complete = l.most, 0
	clear(l.full)
	clear(l.sums)
	clear(l.pairs)
	clear(l.across)
}

// each visits the pairs of columns of two words; s is the place of i in its word.
func (l *lanes) each(g, h int, visit func(i, j, s int)) {
	for s := range min(perWord, l.columns-g*perWord) {
		for t := range min(perWord, l.columns-h*perWord) {
			visit(g*perWord+s, h*perWord+t, s)
		}
	}
}

// lane returns the number of a column in its word.
func lane(word uint64, column int) uint64 { return word >> (column % perWord * laneBits) & laneMask }
