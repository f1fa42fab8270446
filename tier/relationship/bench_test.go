package relationship_test

import (
	"testing"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/relationship"
)

// One customer with 24 purchase dates.
func BenchmarkClassify24(b *testing.B) {
	b.ReportAllocs()
	e := relationship.Evidence{FirmContacts: 20, Responses: 9, CustomerContacts: 4, ServicesUsed: 2, ServicesOffered: 5}
	for i := range 24 {
		e.Purchases = append(e.Purchases, relmark.MustParseDate("2024-01-01").AddDays(29*i))
	}
	p, asOf := relationship.StandardPolicy(), relmark.MustParseDate("2024-01-01").AddDays(800)
	for b.Loop() {
		if _, err := p.Classify(e, asOf); err != nil {
			b.Fatal(err)
		}
	}
}
