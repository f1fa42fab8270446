package basket

import "slices"

// A Family says which of the frequent itemsets are wanted. It is a closed set of
// words; the zero value is [FamilyAll].
type Family string

// The families. An itemset is frequent if its count reaches the minimum; the empty
// set, which every basket holds, is in no result.
const (
	// FamilyAll is every frequent set. It has every non-empty subset of each of its
	// members, which is what [Rules] needs.
	FamilyAll Family = "all"
	// FamilyClosed is the frequent sets without a proper superset of equal count.
	// They determine all the others: the count of a set is the largest count of a
	// closed set that includes it.
	FamilyClosed Family = "closed"
	// FamilyMaximal is the frequent sets without a frequent proper superset: the
	// frontier. They determine which sets are frequent, but not their counts.
	FamilyMaximal Family = "maximal"
	// FamilyGenerators is the frequent sets without a proper subset of equal count,
	// also called free or key sets: the shortest descriptions of the baskets that
	// hold them. The empty set counts as a subset, and every basket holds it, so an
	// item of every basket is no generator.
	FamilyGenerators Family = "generators"
)

// Families returns the words of the closed set in the order above.
func Families() []Family {
	return []Family{FamilyAll, FamilyClosed, FamilyMaximal, FamilyGenerators}
}

// A kind is a family inside the search.
type kind uint8

const (
	all kind = iota
	closed
	maximal
	generators
)

// kind returns what f is inside the search, if it is one of the families or zero.
func (f Family) kind() (k kind, known bool) {
	if f == "" {
		return all, true
	}
	i := slices.Index(Families(), f)
	return kind(max(i, 0)), i >= 0
}
