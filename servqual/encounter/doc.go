// Package encounter measures what happens at the counter: moments of truth by contact point,
// critical incidents and their rates, the steps of a service process with pass rates, time
// and rework, spot checks and mystery visits, staff appraisal with the agreement of raters
// (Cohen's kappa, Krippendorff's alpha, intraclass correlation), and what kind of service it
// is (contact, customisation, goods and services, production line or empowerment).
//
// # Start here
//
//	err := reception.Add(encounter.Good, 9)                 // a PointTally: what a moment of truth did to the whole
//	rate, err := encounter.IncidentRate(group, 0.95)        // incidents per contact, exact limits
//	kinds, err := encounter.Taxonomy(counts, 4.2, 0.8, 0.95) // by kind: rates, and the few that make most of them
//	tally, err := encounter.Walk(process, records)          // a log of steps
//	report, err := process.Report(tally, 0.95)              // where cases and time are lost
//	checks, err := encounter.Conformance(visits, 0.95)      // standards kept, announced and not
//	kappa, err := encounter.Kappa(first, second, options)   // do two raters agree
//	kind, err := encounter.Classify(facts, encounter.Cuts{}) // what kind of service this is
//
// # Model
//
// At a contact point an encounter is bad, plain or good. Its penalty is the mean overall
// satisfaction of plain ones less that of bad ones, its reward that of good ones less that of
// plain ones. Incidents are Poisson counts over an exposure:
//
//	χ²(α/2; 2k)/2 ≤ mean ≤ χ²(1 − α/2; 2k + 2)/2
//
// Agreement is what is left of the possible agreement beyond chance:
//
//	kappa = (p_o − p_e)/(1 − p_e),  alpha = 1 − D_o/D_e
//
// and an intraclass correlation the share of variance between targets.
//
// # Units
//
// Overall satisfaction and grades are whole points; exposure in any unit that rates are then
// per; times are [time.Duration]. Shares and indices go from 0 to 1.
//
// # Limits
//
// 1e7 ratings, of which 1,000 different ones for a ratio scale of Krippendorff's; 1,000 kinds of
// incident and steps, a million standards in units. Intervals of shares are Wilson's, of means Student's; both want independent
// encounters.
//
// # Choices
//
//   - Incidents have exact (Garwood) limits, and two rates an exact conditional test whose
//     p-value adds up outcomes that are not more likely than the one seen, as R does.
//   - The standard error of kappa is that of Fleiss, Cohen and Everitt (1969), also weighted.
//     Its interval is not cut at 1.
//   - Krippendorff's alpha takes ratings as they are, with gaps; units with one rating say
//     nothing. Its interval is a percentile bootstrap over units.
//   - Intraclass correlations are Shrout and Fleiss' six with McGraw and Wong's limits, of
//     targets that everybody rated.
//   - A case passes a step at once if its first visit there ends as passed and it never comes
//     back to it. Waiting before a step is the time since the end of the one before.
//   - Cut points of classes and the profile implied are priors, stated and changeable, not
//     estimates.
//
// # Sources
//
//   - R. Normann (1984), Service Management: moments of truth. M. J. Bitner, B. H. Booms, M. S.
//     Tetreault (1990), The Service Encounter: Diagnosing Favorable and Unfavorable Incidents,
//     Journal of Marketing 54(1).
//   - K. Albrecht (1988), At America's Service: the seven sins of service.
//   - F. Garwood (1936), Fiducial Limits for the Poisson Distribution, Biometrika 28.
//   - J. L. Fleiss, J. Cohen, B. S. Everitt (1969), Large Sample Standard Errors of Kappa and
//     Weighted Kappa, Psychological Bulletin 72.
//   - K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
//   - P. E. Shrout, J. L. Fleiss (1979), Intraclass Correlations, Psychological Bulletin 86; K. O.
//     McGraw, S. P. Wong (1996), Forming Inferences about Some Intraclass Correlation
//     Coefficients, Psychological Methods 1.
//   - R. B. Chase (1978), Where Does the Customer Fit in a Service Operation?, Harvard Business
//     Review 56(6): contact time. R. W. Schmenner (1986), How Can Service Businesses Survive and
//     Prosper?, Sloan Management Review 27(3): contact and customisation.
//   - David Bowen, Edward Lawler (1992), The Empowerment of Service Workers, Sloan Management
//     Review 33(3): five contingencies.
//   - R. G. Newcombe (1998), Interval Estimation for the Difference Between Independent
//     Proportions, Statistics in Medicine 17.
package encounter
