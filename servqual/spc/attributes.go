package spc

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// P makes the chart of shares: how many of each sample, such as calls resolved at
// once. Limits follow the size of each sample. It fails with a [relmark.FieldError]
// unless counts are 0 to the size and sizes > 0, and with [relmark.ErrTooFew] without
// a sample.
func P(samples []Sample) (Chart, error) { return attributes(samples, Shares) }

// U makes the chart of rates: how many events in so much of each sample, such as
// complaints a night. It fails as [P] does, but for counts above the size.
func U(samples []Sample) (Chart, error) { return attributes(samples, Rates) }

// C makes the chart of counts in samples that are all alike. It fails with a
// [relmark.FieldError] for negative counts and with [relmark.ErrTooFew] without any.
func C(counts []Reading) (Chart, error) {
	values, err := present(counts, 0)
	if err != nil {
		return Chart{}, err
	}
	if len(values) == 0 {
		return Chart{}, errNone()
	}
	return draw(Limits{Kind: Counts, Center: mean(values)}, counts, nil), nil
}

// Overdispersion returns Laney's σz of a chart of [P] or [U]: the σ of its z values
// from their mean moving range, 1 where shares vary as chance alone would have them.
// It fails with [relmark.ErrInvalid] for another chart and with [relmark.ErrTooFew]
// without two neighbours.
func (c Chart) Overdispersion() (float64, error) {
	if _, err := c.laney(); err != nil {
		return 0, err
	}
	z := make([]Reading, len(c.Points))
	for i, p := range c.Points {
		z[i] = Reading{p.Z, p.Missing}
	}
	ranges := movingRanges(z, c.Bridge)
	if len(ranges) == 0 {
		return 0, fmt.Errorf("spc: overdispersion: %w", relmark.ErrTooFew)
	}
	return mean(ranges) * math.Sqrt(math.Pi) / 2, nil
}

// Laney returns the chart of the same samples with limits that are wider by
// [Chart.Overdispersion], or narrower: with large samples the limits of P and U call
// ordinary days a signal. It fails as Overdispersion does.
func (c Chart) Laney() (Chart, error) {
	kind, err := c.laney()
	if err != nil {
		return Chart{}, err
	}
	spread, err := c.Overdispersion()
	if err != nil {
		return Chart{}, err
	}
	out := Chart{Limits: Limits{kind, c.Limits.Center, spread}, Points: make([]Point, len(c.Points)), Bridge: c.Bridge}
	for i, p := range c.Points {
		if p.Missing {
			out.Points[i].Missing = true
			continue
		}
		sigma := spread * p.Sigma
		out.Points[i] = Point{
			Value: p.Value, Z: out.Limits.z(p.Value, sigma),
			Band: Band{sigma, c.Limits.Center - 3*sigma, c.Limits.Center + 3*sigma},
		}
	}
	return out, nil
}

func (c Chart) laney() (Kind, error) {
	if c.Limits.Kind == Shares {
		return Laney, nil
	}
	if c.Limits.Kind == Rates {
		return LaneyRate, nil
	}
	return "", fault.Room("spc", fault.New("Kind", nil, "must be shares or rates"))
}

func attributes(samples []Sample, kind Kind) (Chart, error) {
	if err := checkSamples(samples, kind); err != nil {
		return Chart{}, err
	}
	count, size := 0.0, 0.0
	readings, sizes := make([]Reading, len(samples)), make([]float64, len(samples))
	for i, s := range samples {
		if s.Missing {
			readings[i].Missing = true
			continue
		}
		count += s.Count
		size += s.Size
		readings[i].Value, sizes[i] = s.Count/s.Size, s.Size
	}
	if size == 0 {
		return Chart{}, errNone()
	}
	return draw(Limits{Kind: kind, Center: count / size}, readings, sizes), nil
}

func checkSamples(samples []Sample, kind Kind) error {
	var l fault.List
	const largest = 1e50 // sums and quotients stay within the range of a chart
	for i, s := range samples {
		if s.Missing {
			continue
		}
		if s.Size <= largest && s.Size >= 1/largest && s.Count >= 0 && s.Count <= largest &&
			(kind != Shares || s.Count <= s.Size) {
			continue // the path is costly to write
		}
		at := fmt.Sprintf("[%d].", i)
		l.Check(s.Size > 0 && s.Size <= largest && s.Size >= 1/largest, at+"Size", s.Size, "must be > 0, 1e-50 to 1e50")
		if kind == Shares {
			l.Check(s.Count >= 0 && s.Count <= s.Size, at+"Count", s.Count, "must be 0 to Size")
			continue
		}
		l.Between(at+"Count", s.Count, 0, largest)
	}
	return l.Err("spc")
}

func errNone() error { return fmt.Errorf("spc: chart of no values: %w", relmark.ErrTooFew) }
