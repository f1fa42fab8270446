package recovery_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/recovery"
)

func nsPer(b *testing.B, what string, count int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/"+what)
}

func BenchmarkDueYear8784(b *testing.B) {
	c, first := office(b), at("2028-01-01T00:00:00Z")
	const hours = 8784
	b.ReportAllocs()
	for b.Loop() {
		for hour := range hours {
			_, err := c.Due(first.Add(time.Duration(hour)*time.Hour), 16*time.Hour)
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	nsPer(b, "deadline", hours)
}

// A yardstick: the same deadlines by a walk from day to day, as many systems count them.
func BenchmarkDueDayByDay8784(b *testing.B) {
	berlin, first := zone(b, "Europe/Berlin"), at("2028-01-01T00:00:00Z")
	const hours = 8784
	for b.Loop() {
		for hour := range hours {
			from, left := first.Add(time.Duration(hour)*time.Hour).In(berlin), 16*time.Hour
			for {
				year, month, day := from.Date()
				open, shut := time.Date(year, month, day, 9, 0, 0, 0, berlin), time.Date(year, month, day, 17, 0, 0, 0, berlin)
				start := from
				if start.Before(open) {
					start = open
				}
				if wd := from.Weekday(); wd != time.Saturday && wd != time.Sunday && start.Before(shut) {
					if shut.Sub(start) >= left {
						break
					}
					left -= shut.Sub(start)
				}
				from = time.Date(year, month, day+1, 0, 0, 0, 0, berlin)
			}
		}
	}
	nsPer(b, "deadline", hours)
}

func BenchmarkNewCalendar(b *testing.B) {
	h := recovery.Hours{Zone: zone(b, "Europe/Berlin"), Week: recovery.Workdays(recovery.Opening{From: clock(9, 0), To: clock(17, 0)})}
	b.ReportAllocs()
	for b.Loop() {
		_, err := recovery.NewCalendar(h)
		require.NoError(b, err)
	}
}

// lives returns the events of so many complaints, seven of each, in the order of time.
func lives(n int) []recovery.Record[int] {
	kinds := []recovery.EventType{
		recovery.Receive, recovery.Assign, recovery.Acknowledge, recovery.Wait, recovery.Resume, recovery.Diagnose, recovery.Resolve,
	}
	out := make([]recovery.Record[int], 0, len(kinds)*n)
	for step, kind := range kinds {
		for id := range n {
			e := recovery.Event{Type: kind, At: monday(3 * step).Add(time.Duration(id) * time.Millisecond)}
			switch kind {
			case recovery.Receive:
				e.Topic = []string{"room", "bill", "food"}[id%3]
			case recovery.Assign:
				e.Owner = "desk"
			case recovery.Diagnose:
				e.Cause = []string{"boiler", "booking", "kitchen", "staffing"}[id%4]
			default:
			}
			if kind == recovery.Resolve && id%3 == 0 {
				continue // still open
			}
			out = append(out, recovery.Record[int]{Complaint: id, Event: e})
		}
	}
	return out
}

func BenchmarkFold1MComplaints(b *testing.B) {
	const n = 1_000_000
	records := lives(n)
	b.ReportAllocs()
	for b.Loop() {
		r, err := recovery.NewRegister[int](promised())
		require.NoError(b, err)
		refused, err := r.Fold(stream(records))
		require.NoError(b, err)
		require.Empty(b, refused)
		require.Equal(b, n, r.Len())
	}
	nsPer(b, "event", len(records))
}

func filled(t tb, n int) *recovery.Register[int] {
	t.Helper()
	r, err := recovery.NewRegister[int](promised())
	require.NoError(t, err)
	_, err = r.Fold(stream(lives(n)))
	require.NoError(t, err)
	return r
}

func BenchmarkReport100kComplaints(b *testing.B) {
	const n = 100_000
	r, d := filled(b, n), desk(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := r.Report(d, 0.95, monday(300))
		require.NoError(b, err)
	}
	nsPer(b, "complaint", n)
}

func BenchmarkAgeing100kComplaints(b *testing.B) {
	const n = 100_000
	r, d := filled(b, n), desk(b)
	o := recovery.AgeingOptions{Ages: []time.Duration{24 * time.Hour, 72 * time.Hour}, Used: []int{50, 100}, Worst: 20}
	b.ReportAllocs()
	for b.Loop() {
		_, err := r.Ageing(d, monday(300), o)
		require.NoError(b, err)
	}
	nsPer(b, "complaint", n)
}

func BenchmarkCompensation(b *testing.B) {
	policy, failure := root(), recovery.Failure{Severity: dec("0.8"), Responsibility: dec("0.6"), Failures: 1, Price: dec("49.90")}
	b.ReportAllocs()
	for b.Loop() {
		_, err := policy.Due(failure)
		require.NoError(b, err)
	}
}

func BenchmarkPromise100k(b *testing.B) {
	var h recovery.Handling
	for i := range 100_000 {
		require.NoError(b, h.Add("room", time.Duration(i*7919%20_000)*time.Minute, i%5 == 0))
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := h.Promise("room", 0.9, 0.95)
		require.NoError(b, err)
	}
}
