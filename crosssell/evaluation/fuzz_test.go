package evaluation_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
)

// body is an encoding without its checksum, which no mutation would hit.
func body(t testing.TB, data []byte) []byte {
	t.Helper()
	rest, ok := codec.CutSum(data)
	require.True(t, ok)
	return rest
}

func FuzzRankingUnmarshal(f *testing.F) {
	f.Add(body(f, encoded(f, aRanking(f))))
	f.Fuzz(func(t *testing.T, body []byte) {
		data := codec.AppendSum(slices.Clone(body), 0)
		var r evaluation.Ranking[string, int]
		if r.UnmarshalBinary(data) != nil {
			return
		}
		require.Equal(t, data, encoded(t, &r))
		m, err := r.Metrics()
		if err != nil {
			require.Zero(t, r.Users())
			return
		}
		for _, v := range []float64{m.Precision, m.Recall, m.RecallMin, m.NDCG, m.MAP, m.MRR, m.Hit} {
			require.True(t, v >= 0 && v <= 1+1e-12)
		}
		require.NoError(t, r.Add("\x00new", nil, r.Catalogue().Items()[:1]))
	})
}

func FuzzOffPolicyUnmarshal(f *testing.F) {
	f.Add(body(f, encoded(f, anOffPolicy(f))))
	f.Add(body(f, encoded(f, offPolicyOf(f, nil, nil))))
	f.Fuzz(func(t *testing.T, body []byte) {
		data := codec.AppendSum(slices.Clone(body), 0)
		var p evaluation.OffPolicy
		if p.UnmarshalBinary(data) != nil {
			return
		}
		require.Equal(t, data, encoded(t, &p))
		v, err := p.Value(0.9)
		if err != nil {
			return
		}
		for _, x := range []float64{v.IPS.Value, v.IPS.SE, v.IPS.Low, v.IPS.High, v.MeanWeight} {
			require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%+v", v)
		}
	})
}

func FuzzLogUnmarshal(f *testing.F) {
	f.Add(body(f, encoded(f, aSplitter(f))))
	f.Add(body(f, encoded(f, someServices(f))))
	f.Fuzz(func(t *testing.T, body []byte) {
		data := codec.AppendSum(slices.Clone(body), 0)
		var s evaluation.Splitter[string, string]
		if s.UnmarshalBinary(data) == nil {
			require.Equal(t, data, encoded(t, &s))
			_, _ = s.Split()
		}
		var v evaluation.Services[int, string]
		if v.UnmarshalBinary(data) == nil {
			require.Equal(t, data, encoded(t, &v))
			_, _ = v.Life(evaluation.StandardStageRule(1))
		}
	})
}

func FuzzNewUplift(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, 1.5, 0.5)
	f.Add([]byte{0, 0, 1, 1}, math.NaN(), 2.0)
	f.Fuzz(func(t *testing.T, data []byte, scale, share float64) {
		list := make([]evaluation.Trial, min(len(data), 100))
		for i := range list {
			b := data[i]
			list[i] = evaluation.Trial{Score: scale * float64(b&3), Group: evaluation.Treated, Outcome: float64(b >> 4 & 1)}
			if b&8 != 0 {
				list[i].Group = evaluation.Control
			}
			if b == 255 {
				list[i].Group = "both"
			}
		}
		u, err := evaluation.NewUplift(list)
		if err != nil {
			return
		}
		for _, c := range []evaluation.Curve{evaluation.Qini, evaluation.Gain} {
			a, err := u.Area(c)
			require.NoError(t, err)
			require.LessOrEqual(t, math.Abs(a.Area), 1.0)
		}
		if top, err := u.Top(share); err == nil {
			require.LessOrEqual(t, top.Customers, float64(len(list)))
			near.Equal(t, top.Customers, top.Treated+top.Control, 0, 1e-9)
		}
		_, err = u.Effect(0.9)
		require.NoError(t, err)
	})
}

func FuzzHoldings(f *testing.F) {
	f.Add([]byte(`{"base":2,"new":1,"lost":0,"before":3,"after":4,"squares":1,"kept":1,"shrunk":0,"grown":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var h evaluation.Holdings
		if json.Unmarshal(data, &h) != nil || h.Validate() != nil {
			return
		}
		text, err := json.Marshal(h)
		require.NoError(t, err)
		var again evaluation.Holdings
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, h, again)
		if r, err := h.Report(0.9); err == nil {
			require.False(t, math.IsNaN(r.ProductsPerCustomer.SE) || math.IsNaN(r.CrossSellRatio.SE))
		}
	})
}

func FuzzServices(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 7, 77}, uint8(3), uint8(1), int8(2))
	f.Fuzz(func(t *testing.T, data []byte, periods, window uint8, digits int8) {
		p := evaluation.ServiceParams{Digits: int(digits)}
		for i := range int(periods) {
			p.Edges = append(p.Edges, time.Unix(int64(i)*10, 0))
		}
		s, err := evaluation.NewServices[uint8, uint8](p)
		require.Equal(t, p.Validate() == nil, err == nil)
		if err != nil {
			return
		}
		for chunk := range slices.Chunk(data[:min(len(data), 300)], 3) {
			if len(chunk) == 3 {
				_ = s.Add(evaluation.Purchase[uint8, uint8]{Customer: chunk[0] & 7, Service: chunk[1] & 7, At: time.Unix(int64(chunk[2]), 0), Amount: decimal.New(int64(chunk[1]), 0)})
			}
		}
		list, err := s.Life(evaluation.StandardStageRule(int(window)))
		if err != nil {
			return
		}
		for _, l := range list {
			require.LessOrEqual(t, l.First, l.Last)
			if l.Trend != nil {
				require.GreaterOrEqual(t, l.Trend.Low, -1.0)
			}
			_, err := s.Cut(l.Service, evaluation.CutAssumption{})
			require.NoError(t, err)
		}
	})
}
