package scale

import (
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// answersVersion is the version that is written. Every version that was ever written can
// be read.
const answersVersion = 1

// AppendBinary appends the encoding of a, version 1: the battery, or no items for zero
// Answers, then the counts, sums and products, and the moments of sums by number of
// answers. Equal answers have equal encodings. It does
// not fail.
func (a *Answers) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindScale, answersVersion)
	p := a.battery.Params()
	writePositions(&w, p.Items)
	if len(p.Items) == 0 {
		return w.Data(), nil
	}
	w.Varint(int64(p.Low))
	w.Varint(int64(p.High))
	writePositions(&w, p.Reversed)
	for _, word := range a.of.Words() {
		w.Uvarint(word)
	}
	for _, s := range a.scores {
		for _, word := range s.Words() {
			w.Uvarint(word)
		}
	}
	return w.Data(), nil
}

func writePositions(w *codec.Writer, list []int) {
	w.Count(len(list))
	for _, v := range list {
		w.Uvarint(uint64(v))
	}
}

// MarshalBinary returns what [Answers.AppendBinary] appends.
func (a *Answers) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no answers write, sums that no answers can have among it; a stay as
// they are then.
func (a *Answers) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindScale, answersVersion)
	out, err := readAnswers(&r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "answers", err)
	}
	*a = out
	return nil
}

func readAnswers(r *codec.Reader) (Answers, error) {
	p := Params{Items: readPositions(r)}
	if len(p.Items) == 0 {
		return Answers{}, r.Err()
	}
	p.Low, p.High = readEnd(r), readEnd(r)
	p.Reversed = readPositions(r)
	if err := r.Err(); err != nil {
		return Answers{}, err
	}
	b, err := New(p)
	if err != nil || !b.plan.params.equal(p) { // Reversed ascends
		return Answers{}, codec.ErrCorrupt
	}
	words := make([]uint64, 0, stat.WordsOf(len(p.Items)))
	for range cap(words) {
		words = append(words, r.Uvarint())
	}
	a := Answers{battery: b, of: stat.AnswersOf(len(p.Items), p.High-p.Low, words), row: make([]uint8, len(p.Items))}
	r.Check(a.of != nil && words[0] <= maxRespondents)
	a.readScores(r, uint64(p.High-p.Low))
	return a, r.Err()
}

// readScores reads the sums of rows, which are those of the items: as many rows at most,
// those that lack nothing exactly, and the same total.
func (a *Answers) readScores(r *codec.Reader, span uint64) {
	rows, k := uint64(0), len(a.row)
	a.scores = make([]stat.Moments, k)
	for i := range a.scores {
		var words [5]uint64
		for j := range words {
			words[j] = r.Uvarint()
		}
		a.scores[i] = stat.FromWords(words)
		r.Check(words[0] <= maxRespondents && a.scores[i].Possible(span*uint64(i+1)))
		rows += words[0]
	}
	if r.Err() == nil {
		r.Check(rows <= uint64(a.of.Rows()) && a.scores[k-1].N() == uint64(a.of.Complete()) && a.sums() == a.of.Total())
	}
}

// sums returns the sum of all steps by rows.
func (a *Answers) sums() (total uint64) {
	for _, s := range a.scores {
		total += s.Words()[2] // of 2^32 rows at most, so that nothing is above 64 bits
	}
	return total
}

func readPositions(r *codec.Reader) (list []int) {
	for range r.Count(1) {
		v := r.Uvarint()
		r.Check(v <= maxPosition)
		list = append(list, int(min(v, maxPosition)))
	}
	return list
}

func readEnd(r *codec.Reader) int {
	v := r.Varint()
	r.Check(v >= minLow && v <= maxHigh)
	return int(min(max(v, minLow), maxHigh))
}
