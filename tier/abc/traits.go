package abc

// A Trait is a finding about a customer that decides the layer.
type Trait string

// The traits. Of the first four, one always holds.
const (
	TopMargin      Trait = "top_margin"      // among the margins of class [A]
	UpperMargin    Trait = "upper_margin"    // among those of class [B]
	SmallMargin    Trait = "small_margin"    // below both, but no loss
	Loss           Trait = "loss"            // cost above the limit
	PriceSensitive Trait = "price_sensitive" // buys on discount
	Divided        Trait = "divided"         // buys from others too
	PriceUnknown   Trait = "price_unknown"   // price sensitivity was not measured
	WalletUnknown  Trait = "wallet_unknown"  // share of wallet was not measured
)

// A traits is a set of them, one bit each, in the order of the constants.
type traits uint8

const (
	topMargin traits = 1 << iota
	upperMargin
	smallMargin
	loss
	priceSensitive
	divided
	priceUnknown
	walletUnknown
)

// has reports whether t holds all of u.
func (t traits) has(u traits) bool { return t&u == u }

// words lists the traits in the order of the constants.
func (t traits) words() []Trait {
	var words []Trait
	for i, word := range [...]Trait{
		TopMargin, UpperMargin, SmallMargin, Loss, PriceSensitive, Divided, PriceUnknown, WalletUnknown,
	} {
		if t.has(1 << i) {
			words = append(words, word)
		}
	}
	return words
}
