// Package tier decides which tier of a loyalty programme a member holds: status
// levels with qualification windows, upgrade and downgrade, grace and soft landing,
// rollover, lifetime status, status match; why, until when, what is missing for the
// next level and for keeping this one, and what another policy would have done.
//
// # Start here
//
//	ladder, err := tier.New(policy)                       // the rules: Policy, Level, AtLeast, All, Any, Window, Validity
//	member, err := ladder.Join(date)                      // or Open, for who comes from another system
//	err = member.Add(event)                               // what qualifies, what is refunded, what is given: Event, Override
//	decision, err := ladder.Decide(member, asOf)          // level, source, reason, until, what is missing
//	comparison, err := tier.Compare(ctx, before, after, members, study) // what another policy would cost
//
// Memberships are stored as [Membership.MarshalBinary], policies as [EncodePolicies].
//
// # Model
//
// A [Policy] is one version of the rules: levels with conditions on sums of metrics, a
// [Window] of events that count together, when to upgrade, a [Validity], and what
// happens when a level is not held any more. [New] turns its versions into a [Ladder],
// which judges members. What a member did is a [Membership]: a join date and a set
// of events. [Ladder.Decide] and [Ladder.Replay] are pure folds over that set:
//
//	decision(t) = fold(policy versions, join date, {events with At ≤ t}, t)
//
// so the order of arrival, repeats, shards and extra questions change nothing, and
// a late event gives what it would have given in time. At every instant at which
// something is due or happened the fold takes two steps: first what is due by
// time, on the events strictly before; then all events of that instant together.
//
// Enter, Keep. A level is entered when its Enter holds, the highest one first;
// levels may be skipped. It is held on a window if its Keep holds there, or the
// Enter of it or of a higher level. Different thresholds to enter and to keep are
// a band in which nothing changes.
//
// Validity, review. A level with a date is reviewed on it and renewed if it is held
// on a window that is still open:
//
//	end of next period     D(w+2) + PlusMonths, for a level earned in period w = [D(w), D(w+1))
//	months from entry      date of entry + k·Months, the first k that is ahead, rounded up
//	while holds            no date: the level follows the sums
//
// Grace, dwell. A failed review makes the drop pending for GraceDays, during which
// the level can still be saved. For DwellDays after a change there is no downgrade,
// and after a downgrade no upgrade: one change for each such stretch.
//
// Rollover, lifetime, override. What exceeds the level reached may count in later
// periods. Sums of a whole life give a floor. An [Override] gives a level from
// outside and costs nothing when it ends: the earned level runs on underneath, and
//
//	level = max(earned, lifetime, floor), or what is pinned
//
// Studies. A [Simulation] replays a base over a [Study]: who moved from which level
// to which, how often and why, who had which benefit and for how many dates, and
//
//	cost = PerEntry · rises + PerDay · dates + PerUnit · amounts earned with it
//
// A [PairedSimulation] does so under two ladders at once. Both are accumulators, and
// their reports merge as plain data. [Shortfall.Chance] weighs what is missing with a
// forecast that the host brings, from wherever it has it.
//
// # Units
//
// Metrics are in the host's units, exact: whole numbers, or decimals with up to six
// fraction digits. Instants are exact to the nanosecond, results in UTC. Days and
// months are local dates in the zone of the policy, a date starts at its first
// instant there, intervals are half open. Thirty days are thirty local dates,
// whatever the clock does.
//
// # Limits
//
// Instants lie in years 2 to 9998. The sums of one member's amounts, reversed or
// not, stay below 9.2e18 whole units or 9.2e12 decimal ones ([relmark.ErrLimit]).
// A policy has up to 100 levels, of up to 1024 ways to be met each and 4096 to be held
// in all, and 100 metrics. A decision takes time in the order of events and periods since
// the join or closing date: millions of events a second on one core, and no
// allocation with a [Runner]. Memory grows with events until [Membership.Close].
//
// # Choices
//
//   - A period is judged to its end by the version that was in force when it began;
//     rules of time are those of the moment; a date once given stands. No member
//     loses a level because a policy was edited in the middle of a year.
//   - Whether levels drop at a date or in real time follows from the validity. Two
//     settings would allow contradictions.
//   - A refund lowers its original at the original's date, from the refund on; what
//     was right before it stays. A level that a refund takes falls to what is still
//     held, never by a soft landing.
//   - Renewal happens at the review, not before; that the next term is secured
//     shows as a [Shortfall] without alternatives.
//   - Levels that cannot be earned, that are as hard to keep as to enter, or that
//     do not contain the lower ones are legal: [Policy.Warnings] lists them.
//   - Pooling of households or partners is done with the events before they come
//     here: a membership is of whoever the host calls a member.
//
// # Sources
//
//   - X. Drèze, J. C. Nunes (2009), Feeling Superior: The Impact of Loyalty Program
//     Structure on Consumers' Perceptions of Status, Journal of Consumer Research
//     35(6): ladders of two and three levels.
//   - J. C. Nunes, X. Drèze (2006), The Endowed Progress Effect, Journal of Consumer
//     Research 32(4): why what is missing is worth telling.
//   - P. K. Kopalle, Y. Sun, S. A. Neslin, B. Sun, V. Swaminathan (2012), The Joint Sales Impact of
//     Frequency Reward and Customer Tier Components of Loyalty Programs, Marketing
//     Science 31(2): qualification windows and the cost of tiers.
//   - Published rules of hotel and airline programmes: calendar-year windows, soft
//     landings, capped rollover, lifetime status.
//   - ISO 8601-1:2019 for dates; the time zone database, as the host's
//     [time.Location] carries it, for clocks.
package tier
