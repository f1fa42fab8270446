package evaluation

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

const (
	// MaxK is how long a list may be that is judged.
	MaxK = 10_000

	maxRows = math.MaxInt32
)

// A Ranking adds up what lists of recommendations were worth: at which places they name
// what the customer then bought, and how often each item was shown. All of it is whole, so
// that parts collected apart merge to the last bit. Obtain one from [NewRanking] or
// [Split.Evaluate]. It is not safe for concurrent mutation.
type Ranking[U, I relmark.ID] struct {
	opaque

	catalogue *Catalogue[I]
	k         int
	rows      []row[U]
	hits      []uint16 // places of hits from 1, ascending, one row after another
	shown     []int64  // by item: how often it was in a list

	// Of the last user: mark says of each item in which of three ways it was met.
	marks []uint32
	mark  uint32
	codes []uint32
}

// A row is a user, how many items are relevant to them, and where their hits end.
type row[U relmark.ID] struct {
	user     U
	relevant int32
	end      int
}

// NewRanking returns a ranking of no users, which judges the first k places of lists:
// 1 to [MaxK]. It fails with a [relmark.FieldError] for another k, and without catalogue.
func NewRanking[U, I relmark.ID](c *Catalogue[I], k int) (*Ranking[U, I], error) {
	if c == nil || len(c.items) == 0 {
		return nil, errZero("Catalogue")
	}
	if k < 1 || k > MaxK {
		return nil, invalid("K", k, "must be 1 to 10000")
	}
	return &Ranking[U, I]{
		catalogue: c, k: k, shown: make([]int64, len(c.items)),
		marks: make([]uint32, len(c.items)), codes: make([]uint32, 0, min(k, len(c.items))),
	}, nil
}

// K returns how many places are judged; 0 of the zero Ranking.
func (r *Ranking[U, I]) K() int { return r.k }

// Catalogue returns what lists choose from; nil of the zero Ranking.
func (r *Ranking[U, I]) Catalogue() *Catalogue[I] { return r.catalogue }

// Users returns how many users were added.
func (r *Ranking[U, I]) Users() int64 { return int64(len(r.rows)) }

// Grow makes room for so many more users with hits at every place, so that [Ranking.Add]
// allocates nothing for them; for 16,777,216 users and hits at most. It does nothing unless
// users is above 0.
func (r *Ranking[U, I]) Grow(users int) {
	const most = 1 << 24
	if users > 0 {
		users = min(users, most)
		r.rows = slices.Grow(r.rows, users)
		r.hits = slices.Grow(r.hits, int(min(int64(users)*int64(min(r.k, len(r.shown))), most)))
	}
}

// Add adds what was recommended to a user, best first, and what the user then bought, in
// any order. What follows place k is not looked at. A list that is shorter than k is judged
// as if the places that it leaves empty had missed: precision divides by k all the same.
//
// It fails with a [relmark.FieldError], and leaves r unchanged, where nothing is relevant,
// as such a user is not in a test; for an item that is not in the catalogue; and for one
// that comes twice. It takes time by the lengths of both, and allocates nothing within
// the room of [Ranking.Grow].
func (r *Ranking[U, I]) Add(user U, ranked, relevant []I) error {
	if r.catalogue == nil {
		return errZero("Ranking")
	}
	if len(r.rows) >= maxRows {
		return overLimit("more than 2147483647 users")
	}
	start := len(r.hits)
	err := r.markRelevant(relevant)
	if err == nil {
		err = r.place(ranked[:min(len(ranked), r.k)])
	}
	r.rows = append(r.rows, row[U]{user, int32(len(relevant)), len(r.hits)})
	if last := len(r.rows) - 1; err != nil || !codec.IsUTF8(&r.rows[last].user) {
		r.rows, r.hits = r.rows[:last], r.hits[:start]
		return cmp.Or(err, invalid("User", nil, utf8Rule))
	}
	for _, code := range r.codes {
		r.shown[code]++
	}
	return nil
}

// markRelevant marks the relevant items, with the first of three new marks.
func (r *Ranking[U, I]) markRelevant(relevant []I) error {
	if len(relevant) == 0 {
		return invalid("Relevant", 0, "must have an item or more: without one the user is not in the test")
	}
	if r.mark > math.MaxUint32-3 {
		clear(r.marks)
		r.mark = 0
	}
	r.mark += 3
	for i, item := range relevant {
		code, known := r.catalogue.codes[item]
		if !known || r.marks[code] == r.mark-2 {
			return itemError("Relevant", i, known)
		}
		r.marks[code] = r.mark - 2
	}
	return nil
}

// place keeps the places of hits, and the codes of all items of the list. Hits get the
// second mark, others the third.
func (r *Ranking[U, I]) place(ranked []I) error {
	r.codes = r.codes[:0]
	for i, item := range ranked {
		code, known := r.catalogue.codes[item]
		if !known || r.marks[code] >= r.mark-1 {
			return itemError("Ranked", i, known)
		}
		if r.marks[code] == r.mark-2 {
			r.hits = append(r.hits, uint16(i+1))
			r.marks[code] = r.mark - 1
		} else {
			r.marks[code] = r.mark
		}
		r.codes = append(r.codes, code)
	}
	return nil
}

func itemError(list string, i int, known bool) error {
	rule := "must be of the catalogue"
	if known {
		rule = "must come once"
	}
	return invalid(fmt.Sprintf("%s[%d]", list, i), nil, rule)
}

// Merge adds the users of o, which stays as it is: exact, associative and commutative. It
// fails with a [relmark.FieldError] where o has another k or another catalogue; r is
// unchanged then. A user in both is found by [Ranking.Metrics].
func (r *Ranking[U, I]) Merge(o *Ranking[U, I]) error {
	if r.catalogue == nil || o == nil || o.catalogue == nil {
		return errZero("Ranking")
	}
	if r.k != o.k || !r.catalogue.equal(o.catalogue) {
		return invalid("Other", nil, "must have the same K and the same catalogue")
	}
	if len(o.rows) > maxRows-len(r.rows) {
		return overLimit("more than 2147483647 users")
	}
	before := len(r.hits)
	r.hits = append(r.hits, o.hits...)
	for _, row := range o.rows {
		row.end += before
		r.rows = append(r.rows, row)
	}
	for i, n := range o.shown {
		r.shown[i] += n
	}
	return nil
}

// hitsOf returns the places of the hits of row i.
func (r *Ranking[U, I]) hitsOf(i int) []uint16 {
	start := 0
	if i > 0 {
		start = r.rows[i-1].end
	}
	return r.hits[start:r.rows[i].end]
}

// order returns the rows in order of users. A user who was added twice is an error.
func (r *Ranking[U, I]) order() ([]int, error) {
	if len(r.rows) == 0 {
		return nil, tooFew("no user was added")
	}
	return r.sorted()
}

// sorted is order of any number of users.
func (r *Ranking[U, I]) sorted() ([]int, error) {
	order := make([]int, len(r.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.rows[a].user, r.rows[b].user) })
	for i := 1; i < len(order); i++ {
		if r.rows[order[i-1]].user == r.rows[order[i]].user {
			return nil, invalid("User", nil, "must be added once")
		}
	}
	return order, nil
}

// Evaluate asks a model for a list of k items for each user of test, ascending, and adds
// up what the lists were worth. The model gets what the user has, in order of time and
// item, in a slice of its own. Evaluate fails with the error of the model, and with a
// [relmark.FieldError] without a model and for an item that the user has, beside what
// [NewRanking] and [Ranking.Add] refuse: a list in which owned items take up places is no
// answer.
func (s *Split[U, I]) Evaluate(k int, model func(user U, owned []I, k int) ([]I, error)) (*Ranking[U, I], error) {
	r, err := NewRanking[U](s.catalogue, k)
	if err != nil {
		return nil, err
	}
	if model == nil {
		return nil, invalid("Model", nil, "must not be nil")
	}
	for _, user := range s.test.users {
		ranked, err := model(user, s.train.of(user), k)
		if err != nil {
			return nil, fmt.Errorf("%s: model: %w", room, err)
		}
		ranked = ranked[:min(len(ranked), k)]
		if i := s.owns(user, ranked); i >= 0 {
			return nil, invalid(fmt.Sprintf("Ranked[%d]", i), nil, "must not be an item that the user has")
		}
		at := s.test.spans[user]
		if err := r.Add(user, ranked, s.test.items[at.from:at.to]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// owns returns the place of the first item that the user has; -1 if there is none.
func (s *Split[U, I]) owns(user U, ranked []I) int {
	at := s.train.spans[user]
	owned := s.train.items[at.from:at.to]
	return slices.IndexFunc(ranked, func(item I) bool { return slices.Contains(owned, item) })
}
