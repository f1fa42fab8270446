package evaluation

import (
	"fmt"
	"iter"

	"github.com/relmark/relmark"
)

// A Diversity is how unlike the items within lists are. It is plain data.
type Diversity struct {
	Lists int64 `json:"lists"` // of two items or more
	Short int64 `json:"short"` // with fewer, which have no pair
	// Mean is the mean over lists of the mean of 1 − similarity over the pairs of a list,
	// 0 to 1.
	Mean float64 `json:"mean"`
}

// DiversityOf returns the intra-list diversity of a stream of lists, by a similarity of
// the host's: 0 for items that have nothing in common to 1 for those that are the same. It
// is asked for each pair once, the better placed first. DiversityOf fails with the first
// error of the stream, with a [relmark.FieldError] without similarity or where one is not 0
// to 1, and with [relmark.ErrTooFew] where no list has a pair.
func DiversityOf[I relmark.ID](lists iter.Seq2[[]I, error], similarity func(a, b I) float64) (Diversity, error) {
	if similarity == nil {
		return Diversity{}, invalid("Similarity", nil, "must not be nil")
	}
	var d Diversity
	sum, n := total{}, 0
	for list, err := range lists {
		if err != nil {
			return Diversity{}, fmt.Errorf("%s: list %d: %w", room, n, err)
		}
		n++
		if len(list) < 2 {
			d.Short++
			continue
		}
		unlike, err := unlikeness(list, similarity)
		if err != nil {
			return Diversity{}, err
		}
		d.Lists++
		sum.add(unlike)
	}
	if d.Lists == 0 {
		return Diversity{}, tooFew("no list has two items")
	}
	d.Mean = sum.value() / float64(d.Lists)
	return d, nil
}

// unlikeness returns the mean of 1 − similarity over pairs.
func unlikeness[I relmark.ID](list []I, similarity func(a, b I) float64) (float64, error) {
	sum, n := 0.0, len(list)
	for i, a := range list {
		for _, b := range list[i+1:] {
			s := similarity(a, b)
			if !(s >= 0 && s <= 1) {
				return 0, invalid("Similarity", s, "must be 0 to 1")
			}
			sum += 1 - s
		}
	}
	return sum / (float64(n) * float64(n-1) / 2), nil
}

// TaxonomySimilarity returns the similarity of items by their places in a taxonomy: how
// many levels from the top they share, of the deeper one's, so that coffee and tea of
// "food, drinks" are more alike than coffee and soap. An item that path knows no level of
// is like itself only.
func TaxonomySimilarity[I relmark.ID](path func(item I) []string) func(a, b I) float64 {
	return func(a, b I) float64 {
		if a == b {
			return 1
		}
		left, right := path(a), path(b)
		shared := 0
		for shared < min(len(left), len(right)) && left[shared] == right[shared] {
			shared++
		}
		return float64(shared) / float64(max(len(left), len(right), 1))
	}
}
