package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/servqual/recovery"
)

// complaintPolicy is what the hotel promises: a reply within four hours in which the
// office is open, and two days of eight hours to put it right.
func complaintPolicy() (recovery.Policy, recovery.Hours) {
	policy := recovery.Policy{Targets: recovery.Targets{Reply: 4 * time.Hour, Resolution: 16 * time.Hour}, Reopened: 8 * time.Hour, ReopenDays: 30}
	return policy, recovery.Hours{Zone: time.UTC, Week: recovery.Workdays(recovery.Opening{From: 9 * time.Hour, To: 17 * time.Hour})}
}

// whatBecomesOfComplaints says if promises are kept, what to mend first, and what those
// cost who say nothing.
func (s *story) whatBecomesOfComplaints(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("What becomes of complaints?", "servqual/recovery")
	policy, hours := complaintPolicy()
	calendar, err := recovery.NewCalendar(hours)
	if err != nil {
		return err
	}
	desk, err := recovery.NewDesk(policy, calendar)
	if err != nil {
		return err
	}
	register, err := recovery.NewRegister[int](policy)
	if err != nil {
		return err
	}
	if _, err := register.Fold(s.complaints); err != nil {
		return err
	}
	report, err := register.Report(desk, 0.95, s.now())
	if err != nil {
		return err
	}
	r.table([]string{"promised", "kept", "late", "still open", "share kept", "95 % interval"}, [][]string{
		punctuality("a reply in 4 hours", report.Reply), punctuality("put right in 16 hours", report.Resolution),
	})
	r.say("Hours in which the office is open, of %s in three months.", plural(int(report.Complaints), "complaint"))
	if err := sayCauses(r, register); err != nil {
		return err
	}
	if err := sayIceberg(r, report); err != nil {
		return err
	}
	return sayParadox(r)
}

func punctuality(promise string, p recovery.Punctuality) []string {
	return []string{
		promise, count(int(p.OnTime)), count(int(p.Late)), count(int(p.Pending)), percent(p.Share.Value), fmt.Sprintf("%.0f to %s", 100*p.Share.Low, percent(p.Share.High)),
	}
}

// complaints are made up: one every other day, most of them of a few causes.
func (s *story) complaints(yield func(recovery.Record[int], error) bool) {
	source := rand.New(rand.NewPCG(2026, 21))
	causes := []string{"booking lost", "booking lost", "booking lost", "noise", "noise", "cold water", "the bill"}
	for id := range 45 {
		at := s.now().AddDate(0, 0, -92+2*id).Add(time.Duration(8+source.IntN(8)) * time.Hour)
		steps := []recovery.Event{{Type: recovery.Receive, Topic: "stay"}, {Type: recovery.Acknowledge}, {Type: recovery.Diagnose, Cause: causes[source.IntN(len(causes))]}, {Type: recovery.Resolve}}
		for i, mean := range []float64{0, 3, 6, 26} {
			at = at.Add(time.Duration(mean * source.ExpFloat64() * float64(time.Hour))).Truncate(time.Minute)
			if steps[i].At = at; at.After(s.now()) {
				break
			}
			if !yield(recovery.Record[int]{Complaint: id, Event: steps[i]}, nil) {
				return
			}
		}
	}
}

// sayCauses names the few causes behind most complaints.
func sayCauses(r *report, register *recovery.Register[int]) error {
	causes, err := register.Causes()
	if err != nil {
		return err
	}
	report, err := causes.Report(decimal.New(6, -1))
	if err != nil {
		return err
	}
	var vital []string
	for _, row := range report.ByCount {
		if row.Vital {
			vital = append(vital, fmt.Sprintf("%s (%s)", row.Cause, percent(*row.Share)))
		}
	}
	r.say("The few causes of most of them, to be mended first: %s.", strings.Join(vital, ", "))
	return nil
}

// sayIceberg says what dissatisfaction costs below the complaints, by rates of a study
// (TARP 1986): replace them by your own.
func sayIceberg(r *report, report recovery.Report) error {
	iceberg, err := recovery.NewIceberg(recovery.IcebergParams{
		Complaints: float64(report.Complaints), ComplaintRate: recovery.TARPComplaintRate, ResolvedShare: report.Resolution.Share.Value,
		DefectSilent: 0.63, DefectResolved: 0.18, DefectUnresolved: 0.54, Tellers: recovery.TARPTellers, Conversion: 0.002, CustomerValue: 330,
	})
	if err != nil {
		return err
	}
	r.say("If only one in 25 complains, as an old study of many trades found, %s say nothing and %s of all leave, worth %s. One more who complains, and is put right as often as these were in time, saves %.0f.",
		whole(iceberg.Silent), whole(iceberg.Lost), whole(iceberg.Loss), iceberg.OneComplaint)
	return nil
}

// sayParadox says if guests for whom it was put right are more content than those to whom
// nothing happened: made-up answers from 1 to 7.
func sayParadox(r *report) error {
	groups, err := recovery.NewGroups(1)
	if err != nil {
		return err
	}
	source := rand.New(rand.NewPCG(2026, 22))
	answer := func(mean float64) int32 { return int32(min(7, max(1, mean+source.NormFloat64()))) }
	for range 60 {
		if err := groups.Add("put right", answer(6.3), answer(5.4)); err != nil {
			return err
		}
		if err := groups.Add("nothing happened", answer(5.7), answer(5.8)); err != nil {
			return err
		}
	}
	p, err := groups.Paradox("put right", "nothing happened", 0.95)
	if err != nil {
		return err
	}
	r.say("Those for whom it was put right are %+.1f points more satisfied (%+.1f to %+.1f) than those to whom nothing happened, on 1 to 7, and %+.1f more loyal (%+.1f to %+.1f). %s",
		p.Satisfaction.Difference, p.Satisfaction.Low, p.Satisfaction.High, p.Loyalty.Difference, p.Loyalty.Low, p.Loyalty.High, paradox(p))
	return nil
}

// paradox says what follows.
func paradox(p recovery.Paradox) string {
	if p.InLoyalty {
		return "Putting things right binds them."
	}
	return "It pays to put things right; it does not pay to let them go wrong."
}
