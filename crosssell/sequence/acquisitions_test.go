package sequence_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/near"
)

func owned(t require.TestingT, customers ...[]string) *sequence.Acquisitions[string] {
	o, err := sequence.NewAcquisitions("account", "card", "fund")
	require.NoError(t, err)
	for _, c := range customers {
		require.NoError(t, o.Add(c...))
	}
	return o
}

func TestOwnershipCounts(t *testing.T) {
	t.Parallel()
	o := owned(t, []string{"card", "account", "card"}, []string{"account"}, nil)
	require.NoError(t, o.AddN(4, "fund"))
	assert.EqualValues(t, 7, o.Customers())
	assert.Equal(t, []string{"account", "card", "fund"}, o.Items())
	assert.Equal(t, []int64{2, 1, 4, 0}, []int64{o.Owners("account"), o.Owners("card"), o.Owners("fund"), o.Owners("loan")})

	var h histories
	require.NoError(t, h.Add("ann", day(1), "card", "loan"))
	require.NoError(t, h.Add("ann", day(5), "card", "account"))
	require.NoError(t, h.Add("bob", day(1), "account"))
	require.NoError(t, h.Add("cid", day(1)))
	got, err := h.Acquisitions("fund", "card", "account")
	require.NoError(t, err)
	assert.Equal(t, encode(t, owned(t, []string{"card", "account"}, []string{"account"}, nil)), encode(t, got))
	_, err = h.Acquisitions("card")
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestOwnershipRefuses(t *testing.T) {
	t.Parallel()
	_, err := sequence.NewAcquisitions("\xff")
	assert.Equal(t, []string{"Items", "Items[0]"}, fields(err))
	_, err = sequence.NewAcquisitions(1, 2, 1)
	assert.Equal(t, []string{"Items"}, fields(err))
	var zero sequence.Acquisitions[string]
	require.ErrorIs(t, zero.Add(), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(&zero), relmark.ErrInvalid)
	_, err = zero.MarshalBinary()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = sequence.FitMaturity(t.Context(), &zero, sequence.MaturityOptions{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = sequence.FitMaturity(t.Context(), &zero, sequence.MaturityOptions{MaxIterations: -1})
	assert.Equal(t, []string{"MaxIterations"}, fields(err))

	o := owned(t, []string{"card"})
	before := encode(t, o)
	assert.Equal(t, []string{"N", "Owned[1]"}, fields(o.AddN(0, "card", "secret")))
	require.ErrorIs(t, o.AddN(math.MaxInt64), relmark.ErrLimit)
	full := owned(t)
	require.NoError(t, full.AddN(math.MaxInt64, "fund"))
	require.ErrorIs(t, o.Merge(full), relmark.ErrLimit)
	require.NoError(t, o.Merge(nil))
	assert.Equal(t, before, encode(t, o), "unchanged")
	_, err = json.Marshal(o)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

func TestOwnershipMergeLaws(t *testing.T) {
	t.Parallel()
	items := []int8{-1, 0, 3}
	customer := rapid.SliceOf(rapid.SampledFrom(items))
	rapid.Check(t, func(t *rapid.T) {
		of := func(part [][]int8) *sequence.Acquisitions[int8] {
			o, err := sequence.NewAcquisitions(items...)
			require.NoError(t, err)
			for _, c := range part {
				require.NoError(t, o.Add(c...))
			}
			return o
		}
		all := rapid.SliceOfN(customer, 0, 9).Draw(t, "all")
		i := rapid.IntRange(0, len(all)).Draw(t, "i")
		a, b := of(all[:i]), of(all[i:])
		require.NoError(t, b.Merge(a))
		require.NoError(t, b.Merge(of(nil)))
		require.Equal(t, encode(t, of(all)), encode(t, b))
		var back sequence.Acquisitions[int8]
		require.NoError(t, back.UnmarshalBinary(encode(t, b)))
		require.Equal(t, b, &back)
	})
}

func TestFitMaturityIsHonest(t *testing.T) {
	t.Parallel()
	fit := func(n ...int64) (sequence.MaturityFit[string], error) {
		o := owned(t)
		all := [][]string{nil, {"account"}, {"card"}, {"fund"}, {"account", "card"}, {"account", "fund"}, {"card", "fund"}, {"account", "card", "fund"}}
		for i, k := range n {
			if k > 0 {
				require.NoError(t, o.AddN(k, all[i]...))
			}
		}
		return sequence.FitMaturity(t.Context(), o, sequence.MaturityOptions{})
	}
	_, err := fit()
	require.ErrorIs(t, err, relmark.ErrTooFew, "nobody")
	_, err = fit(5, 0, 2, 3)
	require.ErrorIs(t, err, relmark.ErrTooFew, "nobody has an account")
	_, err = fit(0, 5, 0, 0, 4, 3)
	require.ErrorIs(t, err, relmark.ErrTooFew, "everybody has one")

	alike, err := fit(1, 1, 1, 1, 1, 1, 1, 1)
	require.NoError(t, err)
	assert.Equal(t, sequence.AtBoundary, alike.Status)
	assert.Zero(t, alike.Model.Params().SD)
	near.Equal(t, 24*math.Log(0.5), alike.LogLik, 1e-14, 0)
	assert.True(t, math.IsNaN(alike.StdErr[0]) && math.IsNaN(alike.MeanErr) && math.IsNaN(alike.SDErr))

	all, err := fit(50, 0, 0, 0, 0, 0, 0, 50)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.Equal(t, sequence.Separated, all.Status)

	o := owned(t, []string{"card"}, []string{"account"}, []string{"fund", "card", "account"}, nil, nil)
	one, err := sequence.FitMaturity(t.Context(), o, sequence.MaturityOptions{MaxIterations: 1})
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.Equal(t, sequence.NotConverged, one.Status)
	ctx, cancel := contextOf(t)
	cancel()
	_, err = sequence.FitMaturity(ctx, o, sequence.MaturityOptions{})
	require.ErrorIs(t, err, ctx.Err())
}

func ladder(t *testing.T) sequence.Maturity[string] {
	t.Helper()
	m, err := sequence.NewMaturity(sequence.MaturityParams[string]{
		Items: []string{"account", "card", "fund"}, Difficulty: []float64{-1.5, 0.5, 1}, Mean: 0.25, SD: 1.5,
	})
	require.NoError(t, err)
	return m
}

func TestMaturityAnswers(t *testing.T) {
	t.Parallel()
	m := ladder(t)
	rungs := m.Ladder()
	require.Len(t, rungs, 3)
	assert.Equal(t, "account", rungs[0].Item)
	assert.Greater(t, rungs[0].Share, rungs[1].Share)
	p, listed := m.Prob(0.5, "card")
	assert.True(t, listed)
	near.Equal(t, 0.5, p, 0, 0)
	_, listed = m.Prob(0.5, "loan")
	assert.False(t, listed)

	few, err := m.Of()
	require.NoError(t, err)
	many, err := m.Of("account", "card", "account")
	require.NoError(t, err)
	assert.Greater(t, many.Mean, few.Mean)

	got, err := m.Suggest(sequence.SuggestParams[string]{Max: 5, Exclude: []string{"fund"}}, "account")
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, "card", got[0].Item)
	assert.Equal(t, []string{"account"}, got[0].Because[0].Items)
	require.NoError(t, got[0].Validate())

	_, err = m.Suggest(sequence.SuggestParams[string]{Max: 1}, "loan")
	assert.Equal(t, []string{"Owned[0]"}, fields(err))
	_, err = m.Suggest(sequence.SuggestParams[string]{})
	assert.Equal(t, []string{"Max"}, fields(err))
	_, err = m.Of("loan")
	assert.Equal(t, []string{"Owned[0]"}, fields(err))
	var zero sequence.Maturity[string]
	_, err = zero.Of()
	assert.Equal(t, []string{"Maturity"}, fields(err))
	assert.Empty(t, zero.Ladder())
}

func TestMaturityParamsValidate(t *testing.T) {
	t.Parallel()
	p := sequence.MaturityParams[string]{Items: []string{"\xff"}, Difficulty: []float64{math.NaN(), 1}, Mean: 2000, SD: 11}
	assert.Equal(t, []string{"Items", "Items[0]", "Difficulty", "Difficulty[0]", "Difficulty", "Mean", "SD"}, fields(p.Validate()))
	p = sequence.MaturityParams[string]{Items: []string{"a", "a"}, Difficulty: []float64{1, -0.5}}
	assert.Equal(t, []string{"Items[1]", "Difficulty"}, fields(p.Validate()))
	_, err := sequence.NewMaturity(p)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Models come back equal from JSON and from no other model's.
func TestModelsJSON(t *testing.T) {
	t.Parallel()
	m := ladder(t)
	data, err := json.Marshal(m)
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"model":"maturity","params":{"items":["account","card","fund"],"difficulty":[-1.5,0.5,1],"mean":0.25,"sd":1.5}}`, string(data))
	var back sequence.Maturity[string]
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, m, back)
	assert.Equal(t, m.Params(), back.Params())

	var other sequence.Propensity
	require.ErrorIs(t, json.Unmarshal(data, &other), relmark.ErrInvalid)
	data, err = json.Marshal(other)
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"model":"propensity","params":{"features":null,"intercept":0,"coef":null,"means":null}}`, string(data))
	require.ErrorIs(t, json.Unmarshal(data, &back), relmark.ErrInvalid)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"v":2,"model":"maturity"}`), &back), relmark.ErrUnsupported)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"v":1,"model":"maturity","params":{}}`), &back), relmark.ErrInvalid)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"v":1,"model":"propensity","params":{"coef":[1]}}`), &other), relmark.ErrInvalid)
	assert.Equal(t, m, back, "unchanged")
	_, err = json.Marshal(sequence.Maturity[string]{})
	require.Error(t, err)
	_, err = json.Marshal(sequence.PropensityFit{})
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}
