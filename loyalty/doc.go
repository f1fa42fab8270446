// Package loyalty judges a loyalty programme as a whole: which bonds it ties, how strong
// they are for one customer, what each level costs and earns beside a control group, and
// what a satisfied customer is worth. Its rooms hold what a programme does: points,
// miles and rewards, vouchers, cashback, contact, referral, contracts.
//
// # Start here
//
//   - [Programme.Coverage]: which of twelve tactics we use, what each level costs, where
//     nothing is done.
//   - [ProfilePolicy.Profile]: how strongly one customer is bound on each level.
//   - [StateOf]: is this loyalty true, latent or spurious; [BenefitGaps]: what customers
//     miss in the relationship; [Audit.Score]: how well we practise it.
//   - [Uplifts], [Cells.Effect], [Changes]: what a level caused, beside a control group;
//     [Hope.ControlOf]: how large that group must be.
//   - [Retention.WithProgramme], [PaybackOf]: when it pays; [FitResponse]: what a point
//     of satisfaction brings.
//
// # Model
//
// A [Programme] is a list of elements, each a [Tactic] on one of four levels. A bond
// score is the weighted mean of components from 0 to 100, with what is known of each:
// evidence and reliability. With margin m, retention r and discount d per period, a
// customer who is here is worth from the next period on
//
//	V = m·r/(1 + d − r),
//
// and a programme that costs c per retained customer and period pays from a retention of
//
//	r* = V(1 + d)/(m − c + V)
//
// on. Uplift is the share retained of the treated less that of the control group, with
// the normal interval of two independent shares. Loyalty answers to satisfaction along
// a line or along 1/(1 + exp(−(a + b·s))).
//
// # Units
//
// Shares, probabilities and rates are fractions, not percent; bond scores and audits 0
// to 100. Money is in one unit of the host's choice; here it is estimated, never owed.
//
// # Limits
//
// A difference of members and others is refused as an uplift: those who buy more join.
// Normal intervals want some twenty customers who stay and who leave in each group. An
// effect need not last: most fade within a year, so measure again.
//
// # Choices
//
//   - No score over all levels: money does not make up for not being known.
//   - Customisation is a level of its own, as in Zeithaml and Bitner; Berry has three.
//   - What was not measured is named, and a rule of the host's says what it counts for.
//   - Measurement errors of attitude and patronage are normal and independent, with no
//     opinion before: probabilities of the four states add up to 1.
//   - A logistic curve whose scores part the loyal from the others without error has no
//     precision; it is not called a fit with a small error.
//
// # The three levels of bonds
//
// A programme ties customers on three levels, each harder to copy than the one
// before: by money, by relations between people, and by what customers could not have
// elsewhere without giving something up.
//
// Level one, financial bonds, is what customers get:
//
//   - earning says what an order or an activity earns: rates, multipliers, goals, caps,
//     budgets. It quotes without an account, so a shop can show "you would earn 120
//     points" to a visitor.
//   - points is the ledger: earn, hold, spend, expire, refund with clawback, transfer,
//     replay and what-if, idempotent by key, inside the transaction of the host.
//   - promotion says what an order costs under offers that stack and under prices by
//     tier, line by line, and what returned goods are worth.
//   - voucher guards codes and their limits: who may use which code, how often, until
//     when.
//   - cashback is a wallet of money that expires: cashback, store credit, gift cards.
//   - accrual is for finance: contract liability, breakage, deferred revenue and
//     provisions under IFRS 15 and ASC 606.
//
// Level two, social bonds, is knowing the customer: the room social keeps contact alive,
// chooses treatments one to one, recognises occasions, credits the community and follows
// referrals. Who wants contact and who does not is said by tier/relationship, when it is
// allowed by the contact policy of the root.
//
// Level three, structural bonds, is what is built together: the room structural keeps
// entitlements and contracts, measures how deep processes have grown into one another
// and what leaving would cost.
//
// Which tier a member is in, and what is missing for the next, is not said here but in
// the area tier. Rooms of two areas never import each other: points that count for a
// tier, or rates that depend on one, are passed on by the host as plain values. The
// examples of the root package show how.
//
// # Sources
//
//   - L.L. Berry, A. Parasuraman (1991), Marketing Services: Competing Through
//     Quality: financial, social and structural bonds.
//   - L.L. Berry (1995), Relationship Marketing of Services: Growing Interest, Emerging
//     Perspectives, Journal of the Academy of Marketing Science 23(4).
//   - V.A. Zeithaml, M.J. Bitner (2000), Services Marketing, 2nd ed.: four levels of
//     retention strategies with three tactics each.
//   - K.P. Gwinner, D.D. Gremler, M.J. Bitner (1998), Relational Benefits in Services
//     Industries, Journal of the Academy of Marketing Science 26(2).
//   - A.S. Dick, K. Basu (1994), Customer Loyalty: Toward an Integrated Conceptual
//     Framework, Journal of the Academy of Marketing Science 22(2): the four states.
//   - C.I. Mosier (1943), On the Reliability of a Weighted Composite, Psychometrika 8(3).
//   - B.H. Booms, M.J. Bitner (1981), Marketing Strategies and Organization Structures
//     for Service Firms: the seven Ps.
//   - R.J. LaLonde (1986), Evaluating the Econometric Evaluations of Training Programs,
//     American Economic Review 76(4): why groups that chose themselves mislead.
package loyalty
