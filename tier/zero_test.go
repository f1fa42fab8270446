package tier_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// The zero Ladder, which New has not made, answers everything with an error or with
// nothing.
func TestZeroLadder(t *testing.T) {
	t.Parallel()
	var zero tier.Ladder
	on := relmark.MustParseDate("2025-01-01")
	study := tier.Study{From: on, To: relmark.MustParseDate("2026-01-01")}
	asOf := instant(t, "2025-06-01T00:00:00Z")
	made := ladder(t, everything(t)...)
	known, err := made.Join(on)
	require.NoError(t, err)
	data, err := known.MarshalBinary()
	require.NoError(t, err)
	members := stream(known)
	assert.Empty(t, zero.Levels())
	assert.Empty(t, zero.Policies())
	for name, ask := range map[string]func(l *tier.Ladder) error{
		"Join":             func(l *tier.Ladder) error { _, err := l.Join(on); return err },
		"Open":             func(l *tier.Ladder) error { _, err := l.Open(on, tier.Opening{On: study.To}); return err },
		"DecodeMembership": func(l *tier.Ladder) error { _, err := l.DecodeMembership(data); return err },
		"Simulation":       func(l *tier.Ladder) error { _, err := l.Simulation(study); return err },
		"Simulate":         func(l *tier.Ladder) error { _, err := l.Simulate(t.Context(), members, study); return err },
		"before":           func(l *tier.Ladder) error { _, err := tier.NewPairedSimulation(l, made, study); return err },
		"after":            func(l *tier.Ladder) error { _, err := tier.NewPairedSimulation(made, l, study); return err },
		"Compare before": func(l *tier.Ladder) error {
			_, err := tier.Compare(t.Context(), l, made, members, study)
			return err
		},
		"Compare after": func(l *tier.Ladder) error {
			_, err := tier.Compare(t.Context(), made, l, members, study)
			return err
		},
		"Decide of none":  func(l *tier.Ladder) error { _, err := l.Decide(nil, asOf); return err },
		"Replay of none":  func(l *tier.Ladder) error { _, err := l.Replay(nil, asOf); return err },
		"Explain of none": func(l *tier.Ladder) error { _, err := l.Explain(nil, asOf); return err },
		"Decide":          func(l *tier.Ladder) error { _, err := l.Decide(known, asOf); return err },
		"Replay":          func(l *tier.Ladder) error { _, err := l.Replay(known, asOf); return err },
		"Explain":         func(l *tier.Ladder) error { _, err := l.Explain(known, asOf); return err },
		"Runner":          func(l *tier.Ladder) error { _, err := l.Runner().Decide(known, time.Time{}); return err },
		"Standing":        func(l *tier.Ladder) error { _, err := l.Runner().Standing(known, asOf); return err },
	} {
		require.NotPanics(t, func() { require.ErrorIs(t, ask(&zero), relmark.ErrInvalid, name) }, name)
	}
}
