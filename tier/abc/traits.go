package abc

import (
	"slices"
	"strings"

	"github.com/relmark/relmark/internal/fault"
)

// Traits is a set of findings about a customer that decide the layer.
type Traits uint8

// The traits. One of the first four always holds.
const (
	TopMargin      Traits = 1 << iota // among the margins of class [A]
	UpperMargin                       // among those of class [B]
	SmallMargin                       // below both, but no loss
	Loss                              // cost above the limit
	PriceSensitive                    // buys on discount
	Divided                           // buys from others too
	PriceUnknown                      // price sensitivity was not measured
	WalletUnknown                     // share of wallet was not measured
)

func traitNames() []string {
	return []string{
		"top_margin", "upper_margin", "small_margin", "loss",
		"price_sensitive", "divided", "price_unknown", "wallet_unknown",
	}
}

// Has reports whether t holds all traits of u.
func (t Traits) Has(u Traits) bool { return t&u == u }

// String returns the traits in the order of the constants, joined with "|".
func (t Traits) String() string {
	var names []string
	for i, name := range traitNames() {
		if t.Has(1 << i) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// MarshalText returns what [Traits.String] returns.
func (t Traits) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the text of a set, each trait once, in any order; t is
// unchanged on error.
func (t *Traits) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = 0
		return nil
	}
	var read Traits
	for name := range strings.SplitSeq(string(text), "|") {
		i := slices.Index(traitNames(), name)
		if i < 0 || read.Has(1<<i) {
			return fault.Room(room, fault.New("Traits", nil, "must be traits, each once, joined with |"))
		}
		read |= 1 << i
	}
	*t = read
	return nil
}
