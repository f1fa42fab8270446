package loyalty_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty"
)

func BenchmarkProfile4Components(b *testing.B) {
	policy := bonds()
	signs := map[string]*loyalty.Sign{"visits with points": {Value: 1, N: 3}, "contact health": {Value: 0.5, N: 4}, "answers": {Value: 0.5, N: 4}, "integration": nil}
	b.ReportAllocs()
	for b.Loop() {
		_, err := policy.Profile(signs)
		require.NoError(b, err)
	}
}

func BenchmarkFitResponse10Scores(b *testing.B) {
	counts := scores()
	b.ReportAllocs()
	for b.Loop() {
		_, err := loyalty.FitResponse(b.Context(), loyalty.Logistic, counts)
		require.NoError(b, err)
	}
}
