// Package voucher says who may use which voucher code or coupon, how often, for how much
// money and until when: campaigns with usage limits and budgets by day, week and month,
// redemptions that are idempotent and can be undone in whole or in part, several codes of
// one order all or none, and codes that notice typing errors. What a voucher takes off an
// order, package promotion says.
//
// # Start here
//
//	campaign, err := voucher.NewCampaign(terms)      // codes, dates, audience, limits
//	var register voucher.Register                    // a fold of the campaign's events
//	left, err := campaign.Remaining(&register, code, member, now) // what promotion has to know
//	d, err := campaign.Redeem(&register, redemption) // allowed? all reasons if not
//	if err == nil && d.Accepted && !d.Replayed {     // else nothing is to be stored: see d.Err
//		err = register.Apply(d.Event)            // store it with the order, then apply it
//	}
//	all, err := voucher.RedeemAll(claims)            // several codes of one order, all or none
//	d, err = register.Void(voiding)                  // the order was cancelled: frees them
//	d, err = campaign.Release(&register, release)    // a part came back: frees so much
//
// # Model
//
// A [Campaign] says whether a code may be redeemed: whole local days from From
// through Through, an audience, limits on the live redemptions of a code, a
// member and the campaign, and caps on uses and on money by day, week, month or life:
//
//	Σ uses + 1 ≤ cap        Σ amount + amount ≤ cap        (of the period of the redemption)
//
// A [Register] counts them as a fold of events. A voiding frees the use of a redemption and
// what is left of its money, a release a part of it, in the period of the redemption: what
// is freed in all is what was taken. Nothing is counted twice: a command has a key, and one
// that comes again is answered as before.
//
// A [Checker] guards codes with a check letter and draws them in bulk.
//
// # Units
//
// Instants are exact and come out in UTC; days begin in the zone of the campaign, weeks on
// Monday. Amounts are decimals of whole minor units, with the fraction digits that the
// terms name; events hold minor units.
//
// # Limits
//
// Names, keys and codes have at most 200 bytes of UTF-8. Registers know the years 1700
// to 2150.
//
// A register grows with its codes, its members and the commands since the last
// [Campaign.Close], and so with the days since then on which a code or a member was active.
// What a command costs does not grow with it: some look-ups, 31 for each cap of a month. Snapshots save a host from folding what came before. A host that
// counts redemptions in its own database needs no register: [Campaign.Check]. A person
// is erased by [Event.Redact].
//
// # Choices
//
//   - A decision lists every reason against a redemption, not the first only.
//   - A refusal is a part of the decision, as a shop shows it beside the order and sells
//     on; who wants an error asks [Decision.Err]. Packages points and cashback, where a
//     command is to be carried out, return an error.
//   - What a code takes off is no part of the request: an order that is sent again, and
//     priced again when less is left of a budget, is the same order.
//   - A redemption that takes nothing off needs a use, and no money.
//   - Each campaign has its own register, as it is what checkouts compete for. An order
//     with codes of several has one event in each, stored in one transaction.
//   - Codes match byte by byte; a host that ignores case folds it before it asks.
//   - A refused command leaves its key free; an accepted one keeps it, also when it is
//     voided later.
//   - A closed period is forgotten but for its totals: what cannot be told from
//     something forgotten is refused, so nothing is redeemed twice.
//
// # Sources
//
//   - H. M. Damm (2004), Total anti-symmetrische Quasigruppen, doctoral thesis,
//     Marburg, for the quasigroup of order 10.
//   - ISO/IEC 7812-1:2017, annex B, for the Luhn formula; other even alphabets as
//     in its generalisation to mod N.
//   - ISO 8601-1:2019 for dates and weeks.
package voucher
