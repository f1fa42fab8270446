package evaluation

import (
	"cmp"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Encodings, in the terms of internal/codec. A Ranking, version 1:
//
//	byte, byte      what users and items are: 1 text, 2 signed, 3 unsigned integers
//	uvarint         k
//	uvarint         users of the catalogue
//	list of items   ascending: the item, uvarint buyers, uvarint how often it was shown
//	list of rows    ascending by user: the user, uvarint relevant items, list of hits
//
// and a hit is a uvarint, how many places were skipped since the one before. An OffPolicy,
// version 1: whether weights are cut, and where; how many offers there are, of which clipped,
// and whether they have models; the sum of weights, of their squares and the greatest; and
// three spreads, each its weight, mean and sum of squares, all floats.
const (
	rankingVersion   = 1
	offPolicyVersion = 1
)

// AppendBinary appends the encoding of r with its catalogue: equal rankings have equal
// encodings, in whatever order users were added and parts merged. It fails with a
// [relmark.FieldError] for the zero Ranking and where a user was added twice.
func (r *Ranking[U, I]) AppendBinary(b []byte) ([]byte, error) {
	if r.catalogue == nil {
		return nil, errZero("Ranking")
	}
	order, err := r.sorted()
	if err != nil {
		return nil, err
	}
	w := codec.NewWriter(b, codec.KindRanking, rankingVersion)
	w.Byte(codec.IDKind[U]())
	w.Byte(codec.IDKind[I]())
	w.Uvarint(uint64(r.k))
	w.Uvarint(uint64(r.catalogue.users))
	w.Count(len(r.catalogue.items))
	for i, item := range r.catalogue.items {
		codec.WriteID(&w, item)
		w.Uvarint(uint64(r.catalogue.buyers[i]))
		w.Uvarint(uint64(r.shown[i]))
	}
	w.Count(len(order))
	for _, i := range order {
		codec.WriteID(&w, r.rows[i].user)
		w.Uvarint(uint64(r.rows[i].relevant))
		writePlaces(&w, r.hitsOf(i))
	}
	return w.Data(), nil
}

func writePlaces(w *codec.Writer, places []uint16) {
	w.Count(len(places))
	next := uint16(1)
	for _, p := range places {
		w.Uvarint(uint64(p - next))
		next = p + 1
	}
}

// MarshalBinary returns what [Ranking.AppendBinary] appends to nothing.
func (r *Ranking[U, I]) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. Another version, another
// type's encoding and one of other kinds of identifiers are [relmark.ErrUnsupported]; what
// no ranking writes is [relmark.ErrInvalid]. It leaves r unchanged on error.
func (r *Ranking[U, I]) UnmarshalBinary(data []byte) error {
	in := codec.NewReader(data, codec.KindRanking, rankingVersion)
	users, items := in.Byte(), in.Byte()
	if in.Err() == nil && (users != codec.IDKind[U]() || items != codec.IDKind[I]()) {
		return fmt.Errorf("%s: ranking of other kinds of identifiers: %w", room, relmark.ErrUnsupported)
	}
	k := in.Uvarint()
	in.Check(k >= 1 && k <= MaxK)
	catalogue, shown := readCatalogue[I](&in)
	if err := fault.Decode(room, "ranking", in.Err()); err != nil {
		return err
	}
	out, err := NewRanking[U](catalogue, int(k))
	if err != nil {
		return err
	}
	out.shown = shown
	out.readRows(&in)
	in.Check(in.Err() != nil || out.possible())
	if err := fault.Decode(room, "ranking", in.Done()); err != nil {
		return err
	}
	*r = *out
	return nil
}

// readCatalogue reads the items; their number is checked by [NewRanking].
func readCatalogue[I relmark.ID](in *codec.Reader) (c *Catalogue[I], shown []int64) {
	all := count(in)
	n := in.Count(3)
	in.Check(n >= 1 && n <= maxItems)
	items, buyers := make([]I, 0, n), make([]int64, 0, n)
	for i := range n {
		item := codec.ReadID[I](in)
		buyers, shown = append(buyers, count(in)), append(shown, count(in))
		in.Check((i == 0 || cmp.Compare(items[i-1], item) < 0) && codec.IsUTF8(&item))
		in.Check(buyers[i] >= 1 && buyers[i] <= all)
		if in.Err() != nil {
			return nil, nil
		}
		items = append(items, item)
	}
	return catalogueOf(all, items, buyers), shown
}

// count reads a number of at most an int64.
func count(in *codec.Reader) int64 {
	n := in.Uvarint()
	in.Check(n <= math.MaxInt64)
	return int64(min(n, math.MaxInt64))
}

func (r *Ranking[U, I]) readRows(in *codec.Reader) {
	n := in.Count(3)
	in.Check(n <= maxRows)
	for i := range n {
		user, relevant := codec.ReadID[U](in), in.Uvarint()
		in.Check(relevant >= 1 && relevant <= uint64(len(r.shown)))
		in.Check((i == 0 || cmp.Compare(r.rows[i-1].user, user) < 0) && codec.IsUTF8(&user))
		if hits := in.Count(1); uint64(hits) <= relevant {
			r.readPlaces(in, hits)
		} else {
			in.Check(false)
		}
		if in.Err() != nil {
			return
		}
		r.rows = append(r.rows, row[U]{user, int32(relevant), len(r.hits)})
	}
}

func (r *Ranking[U, I]) readPlaces(in *codec.Reader, n int) {
	next := uint64(1)
	for range n {
		skipped := in.Uvarint()
		in.Check(next <= uint64(r.k) && skipped <= uint64(r.k)-next)
		if in.Err() != nil {
			return
		}
		r.hits = append(r.hits, uint16(next+skipped))
		next += skipped + 1
	}
}

// possible reports whether lists can have shown items as often as is said: none more than
// once in a list, no list longer than k, and each as long as the place of its last hit.
func (r *Ranking[U, I]) possible() bool {
	all, rows := int64(0), int64(len(r.rows))
	longest := int64(min(r.k, len(r.shown)))
	for _, n := range r.shown {
		if n > rows || n > rows*longest-all {
			return false
		}
		all += n
	}
	for i := range r.rows {
		if hits := r.hitsOf(i); len(hits) > 0 {
			if int64(hits[len(hits)-1]) > longest {
				return false
			}
			all -= int64(hits[len(hits)-1])
		}
	}
	return all >= 0
}

// AppendBinary appends the encoding of p. It fails with a [relmark.FieldError] for the zero
// OffPolicy.
func (p *OffPolicy) AppendBinary(b []byte) ([]byte, error) {
	if p.clip == 0 {
		return nil, errZero("OffPolicy")
	}
	w := codec.NewWriter(b, codec.KindOffPolicy, offPolicyVersion)
	if cut := !math.IsInf(p.clip, 1); cut {
		w.Bool(true)
		w.Float64(p.clip)
	} else {
		w.Bool(false)
	}
	w.Uvarint(uint64(p.n))
	w.Uvarint(uint64(p.clipped))
	w.Bool(p.models)
	settled := *p
	for _, t := range settled.totals() {
		*t = t.settled()
	}
	for _, f := range settled.floats() {
		w.Float64(*f)
	}
	return w.Data(), nil
}

// floats lists what OffPolicy holds beside the counts, in the order of the encoding.
func (p *OffPolicy) floats() []*float64 {
	list := []*float64{&p.sum.sum, &p.squares.sum, &p.most}
	for _, s := range []*spread{&p.ips, &p.robust, &p.reward} {
		list = append(list, &s.n.sum, &s.mean, &s.squares)
	}
	return list
}

func (p *OffPolicy) totals() []*total {
	return []*total{&p.sum, &p.squares, &p.ips.n, &p.robust.n, &p.reward.n}
}

// MarshalBinary returns what [OffPolicy.AppendBinary] appends to nothing.
func (p *OffPolicy) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. Another version and another
// type's encoding are [relmark.ErrUnsupported]; what no estimate writes is
// [relmark.ErrInvalid]. It leaves p unchanged on error.
func (p *OffPolicy) UnmarshalBinary(data []byte) error {
	in := codec.NewReader(data, codec.KindOffPolicy, offPolicyVersion)
	out := OffPolicy{clip: math.Inf(1)}
	if in.Bool() {
		out.clip = in.Finite()
	}
	in.Check(out.clip >= leastWeight)
	out.n, out.clipped, out.models = count(&in), count(&in), in.Bool()
	for _, f := range out.floats() {
		*f = in.Finite()
	}
	in.Check(out.possible())
	if err := fault.Decode(room, "off-policy estimate", in.Done()); err != nil {
		return err
	}
	*p = out
	return nil
}

// possible reports whether offers can have added up to p, within rounding.
func (p *OffPolicy) possible() bool {
	n := float64(p.n)
	modelled := 0.0
	if p.models {
		modelled = n
	}
	sum, squares := p.sum.value(), p.squares.value()
	weights := sum >= 0 && squares >= 0 && p.most >= 0 && p.most <= min(p.clip, MaxValue) &&
		sum <= n*p.most*(1+1e-9) && squares <= sum*p.most*(1+1e-9)
	return p.n <= maxOffers && p.clipped <= p.n && (p.n > 0 || *p == OffPolicy{clip: p.clip}) && weights &&
		p.ips.possible(n) && p.robust.possible(modelled) &&
		p.reward.possible(p.reward.n.value()) && math.Abs(p.reward.n.value()-squares) <= 1e-9*squares
}

// possible reports whether values can have such a spread of this weight.
func (s spread) possible(weight float64) bool {
	n := s.n.value()
	return n == weight && n >= 0 && s.squares >= 0 && (n > 0 || s == spread{}) && math.Abs(s.mean) <= 4*MaxValue*MaxValue
}
