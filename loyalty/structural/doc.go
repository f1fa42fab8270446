// Package structural keeps and measures the structural bond, the third level of a customer
// relationship: entitlements and exclusive services with quota, rollover, reservation and
// expiry (lounge visits, upgrades, free nights, service hours); a contract register with
// renewal, notice period and obligations; integration depth; a switching cost statement in
// money; and service level (SLA) credits.
//
// # Start here
//
//	e, err := structural.NewEntitlement(terms)       // four visits a month, two roll over
//	var ledger structural.Ledger                     // a fold of the customer's events
//	d, err := e.Consume(&ledger, consumption)        // or Grant, Give, Reserve, Commit, Release, Reverse, Revoke
//	if err == nil && !d.Replayed {                   // done before: nothing to store
//		err = ledger.Apply(d.Event)              // store it, then apply it
//	}
//	left, err := ledger.Expiries(now)                // how many are left, and until when?
//
// [Contract.At] says when to renegotiate, [Register.AtRisk] which contracts may be lost,
// [Register.Due] what is owed. [Integrate], [Switching.Statement], [PerceivedCosts] and
// [SLA.Availability] are calculations on plain data; [SLA.Settle] caps credits of a year.
//
// # Model
//
// Entitlements. A grant has periods p = 0, 1, …, each of which begins with a quota of units,
// at the start of the local date
//
//	start + p · months, clamped to the end of the month, or start + p · days
//
// At the end of a period min(unused, rollover) units live on through the next one, and no
// further; the rest expires. Units are used in the order in which they end, ties by age, so
// that what rolled over goes first. A reservation holds units until a deadline, excluded:
// they neither roll over nor expire as long; what comes back to a period that has ended
// expires at once. At every instant
//
//	granted = available + held + used + expired
//
// Contracts. Terms follow each other from the start. Notice ends a term that it comes early
// enough for: its last day is the day before
//
//	end of the term, the day after its last - notice months - notice days
//
// Integration depth, of links of weight w, used as much as u = min(1, active/expected):
//
//	depth = 1 - Π (1 - w·u)
//
// Switching costs. Positive barriers are what staying gives on, negative ones what leaving
// costs or destroys:
//
//	positive = Σ benefits/(1 + discount)^t + relational
//	negative = points·value·(1 - breakage) + prepaid + exit fee + hours·rate
//	net      = positive + negative - competitor's offer
//
// Loyalty is spurious where negative barriers have at least a stated share of all and the
// relative attitude is low.
//
// Service levels, of what is measured without what is excluded, where down is the union of
// outages:
//
//	level = 100 · (measured - down)/measured
//	credit = fee · min(cap, highest credit of the bands above level)/100
//
// and of periods that follow each other at most a share of their fees.
//
// # Units
//
// Entitlements are whole units of one service: visits, nights, or minutes for hours of
// service. Instants are exact and come out in UTC, except in contracts, which have civil
// dates alone. Money is decimal, with the fraction digits of its currency; weights, uses,
// depths and shares are 0 to 1, indices and percentages 0 to 100.
//
// # Limits
//
// A ledger is one customer's and one service's; it stays within 2^53-1 units, keys within
// 200 bytes of UTF-8. Commands come in years 1700 to 2150 and contracts are asked about days
// to 2255. A ledger grows with the commands since the last [Entitlement.Close]; what a command
// costs does not grow with what was used: it is a logarithm of the grants and reservations
// that go on, and linear in the lots that it takes from and in what time has done since the
// last event. Grants have at most 1200 periods, in at most a century.
//
// # Choices
//
//   - Events come in the order of their times: what a period leaves unused depends on all
//     that came before its end. A grant may begin in the past; its periods then have been
//     there unused, and roll over as the terms say.
//   - Where one instant ends a period and a reservation, the period ends first: units that
//     come back with the end of their period are lost.
//   - A reversal gives units back to the period that they were used in, as in packages
//     points and cashback: after its end they expire at once, and do not roll over late. A
//     [Gift] makes up for it where a host wants that.
//   - What the state forbids is a [CommandError] that matches [relmark.ErrRefused].
//   - Where the day of the month is missing, notice is counted back from the end of the
//     term, which is never later than counting forward.
//   - Barriers are given apart, positive and negative, never as one number of lock-in:
//     the latter raise repurchase and lower satisfaction.
//   - Bands of a service level do not add up, and neither do outages that overlap.
//   - Thresholds are compared exactly, but for attitudes, which are equal within 1e-12.
//
// # Sources
//
//   - L.L. Berry, A. Parasuraman (1991), Marketing Services, ch. 8: structural bonds.
//   - S. Nahmias (2011), Perishable Inventory Systems, ch. 1: first-expired-first-out.
//   - T.A. Burnham, J.K. Frels, V. Mahajan (2003), Consumer Switching Costs, Journal of the
//     Academy of Marketing Science 31(2), 109-126: the types, facets and index.
//   - C.R. Julander, M. Söderlund (2003), Effects of Switching Barriers on Satisfaction,
//     Repurchase Intentions and Attitudinal Loyalty: positive and negative barriers.
//   - A.S. Dick, K. Basu (1994), Customer Loyalty, JAMS 22(2), 99-113: spurious loyalty.
//   - J.A. Buzacott, J.G. Shanthikumar (1993), Stochastic Models of Manufacturing Systems,
//     ch. 3: availability.
package structural
