// Package recovery deals with complaints and service recovery: the life cycle of a complaint
// with reply and resolution deadlines in business time, escalation, triage, ageing reports,
// hand-offs, first-contact resolution, promised handling times, compensation, the complaint
// iceberg of silent loss and word of mouth, justice models, the recovery paradox, and root
// causes ranked with the effect of mending them.
//
// # Start here
//
//	calendar, err := recovery.NewCalendar(hours)             // business time, across holidays and jumps of clocks
//	desk, err := recovery.NewDesk(policy, calendar)          // what is promised
//	priority, err := triage.Decide(facts)                    // how urgent it is
//	standing, refused, err := desk.Follow(events, now)       // one complaint and its deadlines
//	refused, err := register.Fold(records)                   // or millions of them
//	ageing, err := register.Ageing(desk, now, options)       // what lies, and for how long
//	promise, err := handling.Promise("room", 0.9, 0.95)      // what time to promise
//	award, err := compensation.Due(failure)                  // what it is worth
//	report, err := causes.Report(cut)                        // what to mend first
//	iceberg, err := recovery.NewIceberg(params)              // what those who say nothing cost
//
// # Model
//
// Moves change the state of a complaint:
//
//	received → acknowledged → diagnosed → resolved → compensated → closed
//	                    reopened ↗           ↘______________________↗
//
// and a complaint that is resolved, compensated or closed can be reopened for some days. Business
// time is the elapsed time in which a desk is open:
//
//	due = the earliest instant by which the budget has run since the start
//
// The reply has one clock from the receipt, which never stops; the resolution has one from the
// receipt and one from each reopening, which stop while the complaint waits for the customer.
//
// A promise is the quantile of handling times by Kaplan and Meier, of which open complaints
// say that they are longer. Justice is a line of least squares,
//
//	satisfaction = b0 + b1·distributive + b2·procedural + b3·interpersonal + b4·informational + b5·severity
//
// What is mediated is a·b with Sobel's standard error, √(b²·se(a)² + a²·se(b)²). The formulas
// of compensation and of the iceberg stand with [Compensation] and [NewIceberg].
//
// # Units
//
// Instants are nanoseconds, budgets whole minutes of business time, a day for reopening 24
// hours. Money is exact decimals, in whole minor units of the currency. Scores are whole numbers
// of 1/unit; shares go from 0 to 1.
//
// # Limits
//
// Events in the years 1700 to 2150, a century of one complaint, deadlines before 2262; 24
// openings a day, 10,000 holidays, 2^31 − 1 complaints in a register, 65,535 waits, reopenings,
// hand-offs and contacts of each. Intervals of shares are Wilson's, of means and coefficients
// Student's, of promises Brookmeyer and Crowley's, of rates exact.
//
// # Choices
//
//   - Opening hours are judged by the wall clock at each instant: what clocks skip is never open,
//     what they show twice is open twice. A desk that never closes has 23 hours on the day of
//     the spring change.
//   - A clock that runs out at closing time is due at closing time, not next morning; on time
//     includes the due instant.
//   - An event that the state forbids is refused with a reason and leaves no trace; one that
//     is delivered again is refused or changes nothing. One out of the order of time is an error.
//   - Resolved at first contact means without wait, hand-off, second contact or reopening: what
//     can be seen in events, not what an agent ticks.
//   - Complaints keep instants, not deadlines: a holiday that is added, or a policy that
//     changes, moves what is due.
//   - The numbers of TARP, 4 % who complain and 10 who are told, are priors to be replaced.
//   - A regression is of all who gave the scores that it uses, and says how many they are.
//   - The paradox is tested of satisfaction and of loyalty apart.
//
// # Sources
//
//   - Stephen Tax, S. W. Brown, M. Chandrashekaran (1998), Customer Evaluations of Service
//     Complaint Experiences, Journal of Marketing 62(2); J. A. Colquitt (2001), On the
//     Dimensionality of Organizational Justice, Journal of Applied Psychology 86(3): justice.
//   - A. K. Smith, R. N. Bolton, J. Wagner (1999), A Model of Customer Satisfaction with Service
//     Encounters Involving Failure and Recovery, Journal of Marketing Research 36(3).
//   - C. A. de Matos, J. L. Henrique, C. A. V. Rossi (2007), Service Recovery Paradox:
//     A Meta-Analysis, Journal of Service Research 10(1).
//   - TARP (1979, 1986), Consumer Complaint Handling in America, White House Office of Consumer
//     Affairs: silent customers and word of mouth.
//   - M. E. Sobel (1982), Asymptotic Confidence Intervals for Indirect Effects, Sociological
//     Methodology 13.
//   - E. L. Kaplan, P. Meier (1958), Nonparametric Estimation from Incomplete Observations,
//     Journal of the American Statistical Association 53; R. Brookmeyer, J. Crowley (1982),
//     A Confidence Interval for the Median Survival Time, Biometrics 38.
//   - ITIL 4, Incident Management: priority by impact and urgency. ISO 10002:2018, Guidelines for
//     Complaints Handling in Organizations: the life cycle.
package recovery
