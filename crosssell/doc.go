// Package crosssell decides on the next best offer for a customer, in cross-selling
// and upselling: what may be offered, what should be, what is chosen, and why, and
// why not. The rooms below it find candidates: basket knows what sells together.
//
// # Model
//
// A [Candidate] is an item offered by a contact, on a channel for a purpose. The
// host scores it and says what it is worth; a [Customer] is what the gates have
// to know. Candidates pass the gates in this order:
//
//	contact         the contact policy allows this channel for this purpose now:
//	                else no_consent, quiet_hours, cap or min_gap, as it says, and
//	                not_asked where nobody asked it
//	open_complaint  no complaint is open, no recovery under way
//	owned           the customer has not got the item, or may buy it again
//	below_floor     worth = score · value exceeds the floor of the [Policy]
//
// [Decide] chooses, of those that pass, the one of greatest worth. Each candidate
// gets a [Verdict]: chosen, of lower value, or rejected with every gate that stops
// it, and says when to ask the contact policy again. Decisions are pure: they read
// values and return values.
//
// # Units
//
// A score is a probability of acceptance, or any figure ≥ 0 on one scale. Values,
// worths and the floor are in one unit of the host's choice, such as euros of
// margin. They rank offers and are never owed to anybody, so they are float64.
//
// # Limits
//
// One offer, for one customer, at one time: nothing is shared between customers
// yet, neither stock nor budget. The facts are the host's and are as of now; in
// particular a [ContactAnswer] is what a [relmark.ContactPolicy] says at this instant.
// Score · value rounds to the nearest float64 and may round to 0.
//
// # Choices
//
//   - Complaints come before offers whatever an offer is worth: satisfaction with
//     the firm moves cross-buying, and selling into a dispute spends it. Nothing
//     in the policy turns this gate off.
//   - Consent is specific: an answer about e-mail for service is none about e-mail
//     for offers. What was not asked is not allowed, and says so: a record that
//     calls quiet hours a missing consent would be false.
//   - Every gate is asked and every reason kept, for those who answer "why did
//     this customer get no offer?"; the first is the one to act on.
//   - Equal worth is decided by item, channel, purpose, in ascending order, never
//     by the order of the candidates.
//
// # Sources
//
//   - A. Knott, A. Hayes, S. A. Neslin (2002), Next-Product-to-Buy Models for
//     Cross-Selling Applications, Journal of Interactive Marketing 16(3): the
//     propensity to buy a product next as the score of an offer.
//   - S. Li, B. Sun, R. T. Wilcox (2005), Cross-Selling Sequentially Ordered
//     Products: An Application to Consumer Banking Services, Journal of Marketing
//     Research 42(2): satisfaction with the firm and cross-buying.
//   - Regulation (EU) 2016/679, article 6(1)(a), article 7 and recital 32: consent
//     is given for specific purposes.
package crosssell
