package enum

import (
	"iter"
	"slices"
	"strconv"

	"github.com/relmark/relmark/internal/fault"
)

// MaxListed is how many words a rule lists.
const MaxListed = 16

// A Set is a closed set of words in their order. The zero Set has none. It is an
// immutable value, safe for concurrent use; make one with [Of].
type Set[T ~string] struct{ words []T }

// Of returns the set of the words, which it keeps: nobody may write to them. A
// function that returns what Of makes of constants does not allocate.
func Of[T ~string](words ...T) Set[T] { return Set[T]{words} }

// Len returns how many words there are.
func (s Set[T]) Len() int { return len(s.words) }

// All yields the words with their positions, in order.
func (s Set[T]) All() iter.Seq2[int, T] { return slices.All(s.words) }

// Valid reports whether v is one of the words, letter for letter.
func (s Set[T]) Valid(v T) bool { return slices.Contains(s.words, v) }

// Index returns the position of v, the first one of equals; false, with 0, if v is
// not one of the words.
func (s Set[T]) Index(v T) (int, bool) {
	i := slices.Index(s.words, v)
	return max(i, 0), i >= 0
}

// At returns the word at a position; false, with the empty word, if there is none.
func (s Set[T]) At(i int) (T, bool) {
	if i < 0 || i >= len(s.words) {
		return "", false
	}
	return s.words[i], true
}

// Check returns nil if v is one of the words, else what [fault.New] makes of
// [Set.Rule]. It does not repeat v, which may be anything.
func (s Set[T]) Check(field string, v T) error {
	if s.Valid(v) {
		return nil
	}
	return fault.New(field, nil, s.Rule())
}

// Rule returns what a value has to be: "must be one of full, base", "must be empty or
// one of full, base" where the empty word is in the set, and "must not be given" where
// there is no word at all. It names no more than [MaxListed] words, the first ones, and
// counts the others.
func (s Set[T]) Rule() string {
	listed, empty := s.listed()
	text := "must be "
	switch {
	case len(listed) == 0 && empty:
		return text + "empty"
	case len(listed) == 0:
		return "must not be given"
	case empty:
		text += "empty or "
	}
	if len(listed) > 1 {
		text += "one of "
	}
	return text + join(listed)
}

// listed returns the words other than the empty one, and whether that is there.
func (s Set[T]) listed() (words []T, empty bool) {
	for _, w := range s.words {
		if w == "" {
			empty = true
			continue
		}
		words = append(words, w)
	}
	return words, empty
}

// join puts commas between the first words and counts those that do not fit.
func join[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		if i == MaxListed {
			return text + " and " + strconv.Itoa(len(words)-i) + " more"
		}
		if i > 0 {
			text += ", "
		}
		text += string(w)
	}
	return text
}
