// Package social is the social bond of a loyalty programme, relationship marketing between
// people: how well contact with a customer is kept (customer contact health, recency decay,
// contact cadence, overdue score, follow-up plan by ABC class), the next best treatment of
// each customer under consent and contact frequency caps, control groups by stable hash,
// birthdays and other occasions, badges, challenges and community credit, the health of
// customer records, and referral programmes (member gets member) with fraud guards.
//
// # Start here
//
//	err := model.Add(&health, interaction)              // a contact with a customer
//	report, err := model.Report(health, now)            // how well is it kept, and by whom
//	plan, err := social.PlanFollowUp(policy, customers, from, through) // whom to call when
//	err = desk.Choose(&choice, &customer, now)          // the best treatment now, else why not
//	selected, err := social.Select(campaign)            // the best of many customers in a budget
//	arm, err := assigner.Assign(member)                 // who is left alone, to measure by
//	occasions, err := recognition.Occasions(person, from, through, issued)
//	err = activities.Add(review)                        // no purchase: for credit, badges, challenges
//	outcome, err := program.Apply(&referrals, event)    // a friend was invited, joined, paid
//
// # Model
//
// A contact of weight w and quality q fades by half every h days, and the target of one
// every τ days keeps the sum at its steady state:
//
//	H(t) = Σ w·q·2^(-(t-tᵢ)/h)        H* = w·q / (1 - 2^(-τ/h))        health = H/H*, 0 to 1
//
// For h = 45 and τ = 30 that is 2.702 contacts. An outbound contact without an answer counts
// as fatigue instead. How overdue a silence of G days is, says the share of gaps that were
// no longer, of the customer's n gaps and of the segment's, F being the share:
//
//	S(G) = n/(n+k)·F(G) + k/(n+k)·F_segment(G)
//
// A treatment is worth value - λ·cost. [Desk.Choose] takes the best for one customer, with
// the verdict of the contact policy for each; [Select] the best of many, exactly: the
// largest sum under caps, quotas and a budget is an integer program, solved by branch and
// bound on a Lagrangian relaxation whose inner problem is a matroid.
//
// The k-th contribution to a community within a window earns ⌊b·r^(k-1)·quality⌋ points, so
// none earns more than b/(1-r) there. Badges, challenges and credit all follow from the same
// [Activities], whose order does not matter.
//
// A referral is a state machine, with deadlines that are carried out before the event of
// the same instant:
//
//	invited → joined → qualified → rewarded → reversed
//	    ↓        ↓ ↖______↓
//	rejected  expired
//
// What it is worth is (1-p)·value + acquisition saved - rewards, discounted, p being the
// probability that the friend would have come anyway; friends of friends count in part.
//
// # Units
//
// Instants are exact, in the years 1700 to 2150, and come out in UTC; days are 24 hours,
// except for dates, which are those of a calendar. Money in [Select] and [Desk] is
// whatever the host counts in, exact, with up to 9 fraction digits; of referrals it has 2.
// Points are whole.
//
// # Limits
//
// Sums that fade agree within 1e-12 of the weights that were added, however they are merged.
// IDs, keys and names have at most 200 bytes of UTF-8. [Select] takes up to a million
// candidates, and where quotas or the budget are scarce gives up after four million steps,
// says so and returns the best found. Referrals are not sharded: guards look at all of them;
// they forget with an event [Closed], all but who has joined and by whom.
//
// # Choices
//
//   - A state of health knows its half-life and not its weights: a host may change what a
//     channel weighs, and what was counted stays.
//   - The contact policy is asked, never built again: its decisions are data here, with their
//     reasons and the next instant. A contact that it forbids has the reason no_consent if
//     consent is missing, else not_now.
//   - Facts such as a shared device or a known member come with the event, so that a fold of
//     events gives the same state on any machine. No token and no address is kept.
//   - Who was rejected as a friend has joined before, too, if another code is tried.
//   - Removed content gives back what it earned and still counts against others; from badges
//     and challenges it is gone.
//   - A key that comes again with the same content changes nothing; with another it is an
//     error that matches [relmark.ErrInvalid]. What has been recorded forbids, such as an
//     event before the latest or a refund above what was paid, matches [relmark.ErrRefused],
//     as in package points.
//   - Assignment uses SHA-256, which has no structure that sequential numbers could show, and
//     which every language has.
//
// # Sources
//
//   - L.L. Berry (1995), Relationship Marketing of Services, JAMS 23(4), on social bonds.
//   - G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu (2009), Forward Decay, ICDE, on
//     fading sums that merge.
//   - H. Everett (1963), Generalized Lagrange multiplier method, Operations Research 11(3);
//     B.T. Polyak (1969), Minimization of unsmooth functionals, for the steps; J. Edmonds
//     (1971), Matroids and the greedy algorithm, Mathematical Programming 1.
//   - R. Kohavi, D. Tang, Y. Xu (2020), Trustworthy Online Controlled Experiments, on
//     assignment by hash.
//   - V. Kumar, J.A. Petersen, R.P. Leone (2007), How Valuable Is Word of Mouth?, HBR 85(10);
//     P. Schmitt, B. Skiera, C. Van den Bulte (2011), Referral Programs and Customer Value,
//     Journal of Marketing 75(1), on referral value and its classes.
package social
