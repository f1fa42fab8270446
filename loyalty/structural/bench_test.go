package structural_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/structural"
)

// year is a ledger of a year with a visit each week, of 53 events.
func year(t testing.TB) (*structural.Entitlement, *structural.Ledger, []structural.Event) {
	t.Helper()
	e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 6, Months: 1, Periods: 13, Rollover: 2})
	require.NoError(t, err)
	l := new(structural.Ledger)
	d, err := e.Grant(l, structural.Grant{"grant", date("2025-01-31"), began})
	events := []structural.Event{do(t, l, d, err)}
	for i := range 52 {
		d, err := e.Consume(l, structural.Consumption{fmt.Sprint("visit ", i), 1, began.AddDate(0, 0, 7*i)})
		events = append(events, do(t, l, d, err))
	}
	return e, l, events
}

func BenchmarkConsumeDecide53Events(b *testing.B) {
	e, l, _ := year(b)
	c := structural.Consumption{"next", 1, began.AddDate(0, 0, 7*51)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Consume(l, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFold53Events(b *testing.B) {
	_, _, events := year(b)
	b.ReportAllocs()
	for b.Loop() {
		var l structural.Ledger
		for i := range events {
			if err := l.Apply(events[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
}

func BenchmarkBalance53Events(b *testing.B) {
	_, l, _ := year(b)
	asOf := began.AddDate(0, 0, 7*51)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Balance(asOf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshot53Events(b *testing.B) {
	_, l, _ := year(b)
	data := snapshot(b, l)
	b.ReportAllocs()
	for b.Loop() {
		var back structural.Ledger
		if err := back.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "bytes")
}

func BenchmarkAtRisk1000Contracts(b *testing.B) {
	var g structural.Register[int]
	for i := range 1000 {
		c := structural.Contract[int]{ID: i, Start: date("2015-01-31").AddDays(i), Months: 24, Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3}
		require.NoError(b, g.Add(c))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.AtRisk(30, date("2025-03-01")); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/contract")
}

func BenchmarkAvailability100Outages(b *testing.B) {
	s := hosting()
	var down []structural.Interval
	for i := range 100 {
		at := when("2025-03-01T00:00:00Z").Add(time.Duration(i*7919%40000) * time.Minute)
		down = append(down, structural.Interval{at, at.Add(5 * time.Minute)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Availability(date("2025-03-01"), date("2025-03-31"), down, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSwitchingStatement(b *testing.B) {
	s := lockIn()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Statement(); err != nil {
			b.Fatal(err)
		}
	}
}
