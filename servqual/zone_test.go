package servqual_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual"
)

// zoneResponses draws what respondents answer on adequate, desired and perceived.
func zoneResponses(p servqual.InstrumentParams) *rapid.Generator[servqual.ZoneResponse] {
	items := 0
	for _, d := range p.Dimensions {
		items += len(d.Items)
	}
	answer := rapid.Custom(func(t *rapid.T) int8 {
		if rapid.IntRange(0, 7).Draw(t, "blank") == 0 {
			return servqual.Blank
		}
		return int8(rapid.IntRange(p.Low, p.High).Draw(t, "answer"))
	})
	side := rapid.SliceOfN(answer, items, items)
	return rapid.Custom(func(t *rapid.T) servqual.ZoneResponse {
		return servqual.ZoneResponse{Adequate: side.Draw(t, "adequate"), Desired: side.Draw(t, "desired"), Perceived: side.Draw(t, "perceived")}
	})
}

func drawZones(t *rapid.T) (servqual.Instrument, []servqual.ZoneResponse) {
	p := params().Draw(t, "params")
	return instrument(t, p), rapid.SliceOfN(zoneResponses(p), 1, 8).Draw(t, "responses")
}

func zones(t tb, in servqual.Instrument, responses ...servqual.ZoneResponse) *servqual.ZoneSurvey {
	t.Helper()
	s := in.NewZoneSurvey()
	for _, r := range responses {
		require.NoError(t, s.Add(r))
	}
	return s
}

func encodedZones(t tb, s *servqual.ZoneSurvey) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

// triples returns A, D and P of one respondent by item, nil for all three where one is
// blank.
func triples(p servqual.InstrumentParams, r servqual.ZoneResponse, items int) [3][]score {
	t := [3][]score{asked(p, r.Adequate, items), asked(p, r.Desired, items), asked(p, r.Perceived, items)}
	for i := range items {
		if t[0][i] == nil || t[1][i] == nil || t[2][i] == nil {
			t[0][i], t[1][i], t[2][i] = nil, nil, nil
		}
	}
	return t
}

// A zoneSample holds the six scores of respondents and counts them.
type zoneSample struct {
	of     [6]sample
	counts servqual.ZoneCounts
}

func (z *zoneSample) add(a, d, p score) {
	if a == nil {
		return
	}
	minus := func(x, y score) score { return new(big.Rat).Sub(x, y) }
	for i, x := range []score{a, d, p, minus(p, a), minus(p, d), minus(d, a)} {
		z.of[i].add(x)
	}
	switch {
	case a.Cmp(d) > 0:
		z.counts.Inverted++
	case p.Cmp(a) < 0:
		z.counts.Below++
	case p.Cmp(d) > 0:
		z.counts.Above++
	default:
		z.counts.Within++
	}
}

func (z *zoneSample) same(t tb, got servqual.ZoneScores, what string) {
	t.Helper()
	assert.Equal(t, z.counts, got.ZoneCounts, what)
	for i, s := range []servqual.Stat{got.Adequate, got.Desired, got.Perceived, got.Adequacy, got.Superiority, got.Width} {
		z.of[i].same(t, s, what, i)
	}
}

// A report says to the last bit what the definitions say when they are followed
// respondent by respondent in fractions.
func TestZonesFollowTheDefinitions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawZones(t)
		p := in.Params()
		rule := rapid.SampledFrom([]servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered}).Draw(t, "rule")
		items, dimensions := make([]zoneSample, in.Items()), make([]zoneSample, len(p.Dimensions))
		var overall zoneSample
		for _, r := range list {
			of := triples(p, r, in.Items())
			for i := range items {
				items[i].add(of[0][i], of[1][i], of[2][i])
			}
			var scores [3][]score
			for d, dimension := range p.Dimensions {
				for m := range of {
					scores[m] = append(scores[m], ofDimension(of[m], dimension.Items, rule))
				}
				dimensions[d].add(scores[0][d], scores[1][d], scores[2][d])
			}
			var mean [3]score
			share := big.NewRat(1, int64(len(p.Dimensions)))
			weights := make([]score, len(p.Dimensions))
			for d := range weights {
				weights[d] = share
			}
			for m := range mean {
				mean[m] = combine(scores[m], weights)
			}
			overall.add(mean[0], mean[1], mean[2])
		}
		r, err := zones(t, in, list...).Report(rule)
		require.NoError(t, err)
		assert.EqualValues(t, len(list), r.Respondents)
		for i, z := range r.Items {
			items[i].same(t, z, "item")
		}
		for d, z := range r.Dimensions {
			assert.Equal(t, p.Dimensions[d].Name, z.Name)
			dimensions[d].same(t, z.ZoneScores, "dimension")
		}
		overall.same(t, r.Overall, "overall")
	})
}

// Any split into 64 shards, merged in any order, equals one pass, and encodes as it.
func TestZonesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawZones(t)
		shards := make([]*servqual.ZoneSurvey, 64)
		for i := range shards {
			shards[i] = in.NewZoneSurvey()
		}
		for _, r := range list {
			require.NoError(t, shards[rapid.IntRange(0, 63).Draw(t, "shard")].Add(r))
		}
		var merged servqual.ZoneSurvey
		for i := range shards {
			require.NoError(t, merged.Merge(shards[(i*37+5)%64]))
		}
		whole := encodedZones(t, zones(t, in, list...))
		assert.Equal(t, whole, encodedZones(t, &merged))
		require.NoError(t, merged.Merge(&servqual.ZoneSurvey{}))
		assert.Equal(t, whole, encodedZones(t, &merged))
		for _, back := range []*servqual.ZoneSurvey{{}, in.NewZoneSurvey()} {
			require.NoError(t, back.UnmarshalBinary(whole))
			assert.Equal(t, whole, encodedZones(t, back))
			assert.Equal(t, in.Params(), back.Instrument().Params())
		}
	})
}

func TestZonesRefuse(t *testing.T) {
	t.Parallel()
	three := []int8{3, 3, 3}
	s := zones(t, small(t), servqual.ZoneResponse{Adequate: three, Desired: three, Perceived: three})
	before := encodedZones(t, s)
	for field, r := range map[string]servqual.ZoneResponse{
		"Adequate":     {Desired: three, Perceived: three},
		"Desired":      {Adequate: three, Desired: []int8{1, 2}, Perceived: three},
		"Perceived":    {Adequate: three, Desired: three},
		"Perceived[2]": {Adequate: three, Desired: three, Perceived: []int8{1, 5, 6}},
		"Desired[0]":   {Adequate: three, Desired: []int8{0, 5, 5}, Perceived: three},
		"Adequate[1]":  {Adequate: []int8{1, -127, 1}, Desired: three, Perceived: three},
	} {
		assert.Equal(t, []string{field}, fields(s.Add(r)))
	}
	assert.Equal(t, []string{"ZoneSurvey"}, fields(new(servqual.ZoneSurvey).Add(servqual.ZoneResponse{})))
	assert.Equal(t, []string{"ZoneSurvey"}, fields(s.Merge(nil)))
	assert.Equal(t, []string{"Instrument"}, fields(s.Merge(standard(t).NewZoneSurvey())))
	assert.Equal(t, []string{"Instrument"}, fields(s.UnmarshalBinary(encodedZones(t, standard(t).NewZoneSurvey()))))
	assert.Equal(t, []string{"Instrument"}, fields(s.UnmarshalBinary(encodedZones(t, &servqual.ZoneSurvey{}))))
	assert.Equal(t, before, encodedZones(t, s))
	_, err := s.Report("most")
	assert.Equal(t, []string{"Missing"}, fields(err))
	for _, none := range []*servqual.ZoneSurvey{{}, small(t).NewZoneSurvey(), servqual.Instrument{}.NewZoneSurvey()} {
		_, err = none.Report(servqual.HalfAnswered)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	r, err := s.Report(servqual.HalfAnswered)
	require.NoError(t, err)
	_, err = r.Dimension("price")
	assert.Equal(t, []string{"Name"}, fields(err))
	d, err := r.Dimension("tone")
	require.NoError(t, err)
	assert.Equal(t, servqual.ZoneCounts{Within: 1}, d.ZoneCounts)
}

// goldenZones is the survey of testdata/zones.v1.hex.
func goldenZones(t tb) *servqual.ZoneSurvey {
	t.Helper()
	return zones(t, small(t),
		servqual.ZoneResponse{Adequate: []int8{3, 2, 3}, Desired: []int8{5, 4, 4}, Perceived: []int8{2, 3, 5}},
		servqual.ZoneResponse{Adequate: []int8{4, blank, 2}, Desired: []int8{3, 4, 5}, Perceived: []int8{3, 5, blank}},
		servqual.ZoneResponse{Adequate: []int8{blank, 1, 2}, Desired: []int8{1, 2, 3}, Perceived: []int8{1, 1, 1}},
	)
}

func TestZonesGolden(t *testing.T) {
	t.Parallel()
	reference.PinHex(t, "zones.v1.hex", encodedZones(t, goldenZones(t)))
}

// What decodes encodes to the same bytes, and its report holds numbers on the scale.
func FuzzZoneSurveyUnmarshalBinary(f *testing.F) {
	f.Add(encodedZones(f, goldenZones(f)))
	f.Add(encodedZones(f, small(f).NewZoneSurvey()))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s servqual.ZoneSurvey
		if s.UnmarshalBinary(data) != nil {
			assert.Zero(t, s.Instrument())
			return
		}
		assert.Equal(t, data, encodedZones(t, &s))
		usableZones(t, &s)
	})
}

func usableZones(t tb, s *servqual.ZoneSurvey) {
	t.Helper()
	r, err := s.Report(servqual.AnyAnswered)
	if err != nil {
		return
	}
	p := s.Instrument().Params()
	for d, of := range r.Dimensions {
		answers := int64(0)
		for _, item := range p.Dimensions[d].Items {
			answers += r.Items[item].Width.N()
		}
		assert.True(t, r.Overall.Width.N() <= of.Width.N() && of.Width.N() <= answers, "nobody has a score without an answer")
	}
	for _, z := range append(r.Items, r.Overall) {
		m, ok := z.Perceived.Mean()
		assert.False(t, ok && !(m >= float64(p.Low) && m <= float64(p.High)))
		m, ok = z.Adequacy.Mean()
		assert.False(t, ok && !(math.Abs(m) <= float64(p.High-p.Low)))
		_, _, _ = z.PositionInterval(0.95)
	}
}

// Every encoding that differs from a good one in one bit is refused, or is another good
// one.
func TestZonesCorrupted(t *testing.T) {
	t.Parallel()
	ones := []int8{1, 1, 1}
	corruptZones(t, encodedZones(t, goldenZones(t)))
	corruptZones(t, encodedZones(t, zones(t, small(t), servqual.ZoneResponse{Adequate: ones, Desired: ones, Perceived: ones})))
}

func corruptZones(t *testing.T, good []byte) {
	t.Helper()
	accepted := 0
	for at := 3; at < len(good); at++ {
		for bit := range 8 {
			changed := append([]byte(nil), good...)
			changed[at] ^= 1 << bit
			changed = codec.Seal(changed)
			var s servqual.ZoneSurvey
			if s.UnmarshalBinary(changed) == nil {
				accepted++
				assert.Equal(t, changed, encodedZones(t, &s))
				usableZones(t, &s)
			}
		}
	}
	assert.Less(t, accepted, len(good))
	for n := 2; n < len(good); n++ {
		require.ErrorIs(t, new(servqual.ZoneSurvey).UnmarshalBinary(codec.Seal(good[:n])), relmark.ErrInvalid)
	}
}

func TestZoneStatusOfMeans(t *testing.T) {
	t.Parallel()
	of := func(a, d, p int8) servqual.ZoneScores {
		r, err := zones(t, small(t), servqual.ZoneResponse{Adequate: []int8{a, a, a}, Desired: []int8{d, d, d}, Perceived: []int8{p, p, p}}).Report(servqual.AllAnswered)
		require.NoError(t, err)
		return r.Overall
	}
	for _, c := range []struct {
		a, d, p  int8
		want     servqual.ZoneStatus
		position any
	}{
		{2, 4, 1, servqual.ZoneBelow, -0.5},
		{2, 4, 2, servqual.ZoneWithin, 0.0},
		{2, 4, 4, servqual.ZoneWithin, 1.0},
		{2, 4, 5, servqual.ZoneAbove, 1.5},
		{4, 2, 5, servqual.ZoneInverted, nil},
		{3, 3, 3, servqual.ZoneWithin, nil},
	} {
		status, ok := of(c.a, c.d, c.p).Status()
		assert.True(t, ok)
		assert.Equal(t, c.want, status)
		assert.Equal(t, c.position, defined(of(c.a, c.d, c.p).Position()))
	}
	_, ok := servqual.ZoneScores{}.Status()
	assert.False(t, ok)
}

// Fieller's ends are where the line of mean MSA − r·width, of its own variance over the
// respondents, is t standard errors from 0: checked on the respondents themselves.
func TestPositionIntervalIsFiellers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := instrument(t, servqual.InstrumentParams{Low: 1, High: 9, Dimensions: []servqual.Dimension{{Name: "a", Items: []int{0}}}})
		n := rapid.IntRange(2, 30).Draw(t, "n")
		s := in.NewZoneSurvey()
		var msa, width []float64
		for range n {
			a, d, p := rapid.Int8Range(1, 9).Draw(t, "a"), rapid.Int8Range(1, 9).Draw(t, "d"), rapid.Int8Range(1, 9).Draw(t, "p")
			require.NoError(t, s.Add(servqual.ZoneResponse{Adequate: []int8{a}, Desired: []int8{d}, Perceived: []int8{p}}))
			msa, width = append(msa, float64(p-a)), append(width, float64(d-a))
		}
		r, err := s.Report(servqual.HalfAnswered)
		require.NoError(t, err)
		z := r.Items[0]
		low, high, err := z.PositionInterval(0.9)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		position, ok := z.Position()
		require.True(t, ok)
		assert.True(t, low <= position+1e-9 && position <= high+1e-9)
		for _, end := range []float64{low, high} {
			line := make([]float64, n)
			for i := range line {
				line[i] = msa[i] - end*width[i]
			}
			m, sd := meanSD(line)
			half := studentT90(t, n) * sd / math.Sqrt(float64(n))
			near.Equal(t, half, math.Abs(m), 1e-6, 1e-6*(1+math.Abs(end)))
		}
	})
	_, _, err := servqual.ZoneScores{}.PositionInterval(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, _, err = servqual.ZoneScores{}.PositionInterval(95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func meanSD(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(sd)
}

// studentT90 returns the quantile from an interval of a Stat of mean 0 and SD √n.
func studentT90(t tb, n int) float64 {
	t.Helper()
	s, err := servqual.NewStat(servqual.StatParams{N: int64(n), SD: math.Sqrt(float64(n))})
	require.NoError(t, err)
	_, high, err := s.Interval(0.9)
	require.NoError(t, err)
	return high
}
