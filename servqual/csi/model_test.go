package csi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/csi"
)

func TestParamsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(p *csi.Params)
		want   string
	}{
		{"one construct", func(p *csi.Params) { p.Constructs = p.Constructs[:1] }, "Constructs = 1: must number 2 to 50"},
		{"no name", func(p *csi.Params) { p.Constructs[0].Name = "" }, "Constructs[0].Name: must be 1 to 100 bytes of UTF-8"},
		{"long name", func(p *csi.Params) { p.Constructs[0].Name = strings.Repeat("x", 101) }, "Constructs[0].Name: must be 1 to 100 bytes of UTF-8"},
		{"bad name", func(p *csi.Params) { p.Constructs[0].Name = "\xff" }, "Constructs[0].Name: must be 1 to 100 bytes of UTF-8"},
		{"same name", func(p *csi.Params) { p.Constructs[1].Name = "A" }, "Constructs[1].Name: must differ from the names before it"},
		{"no items", func(p *csi.Params) { p.Constructs[0].Items = nil }, "Constructs[0].Items = 0: must number 1 to 500"},
		{"position", func(p *csi.Params) { p.Constructs[0].Items[1] = -1 }, "Constructs[0].Items[1] = -1: must be 0 to 9999"},
		{"overlap", func(p *csi.Params) { p.Constructs[1].Items[0] = 1 }, "Constructs[1].Items[0] = 1: must not be an item of Constructs[0] as well"},
		{"item twice", func(p *csi.Params) { p.Constructs[0].Items[1] = 0 }, "Constructs[0].Items[1] = 0: must not be an item of Constructs[0] as well"},
		{"mode", func(p *csi.Params) { p.Constructs[0].Mode = "c" }, "Constructs[0].Mode: must be empty or b"},
		{"scale", func(p *csi.Params) { p.Constructs[0].High = 1 }, "Constructs[0].High = 1: must be above Low, by 1e-9 or more"},
		{"scale of no width", func(p *csi.Params) { p.Constructs[0].Low, p.Constructs[0].High = 0, 1e-300 }, "Constructs[0].High = 1e-300: must be above Low, by 1e-9 or more"},
		{"endless scale", func(p *csi.Params) { p.Constructs[0].High = 1e10 }, "Constructs[0].High = 1e+10: must be -1e+09 to 1e+09"},
		{"no links", func(p *csi.Params) { p.Links = nil }, "Links = 0: must number 1 to one for each pair of constructs"},
		{"unknown", func(p *csi.Params) { p.Links[0].To = "Z" }, "Links[0].To: must be the name of a construct"},
		{"unknown from", func(p *csi.Params) { p.Links[0].From = "Z" }, "Links[0].From: must be the name of a construct"},
		{"twice", func(p *csi.Params) { p.Links[1] = p.Links[0] }, "Links[1]: must be listed once"},
		{"isolated", func(p *csi.Params) { p.Links = p.Links[:1] }, "Constructs[2]: must have a link: it is isolated"},
		{"circle", func(p *csi.Params) { p.Links = append(p.Links, csi.Link{From: "C", To: "A"}) }, "Links: must not lead in a circle"},
		{"to itself", func(p *csi.Params) { p.Links = append(p.Links, csi.Link{From: "C", To: "C"}) }, "Links: must not lead in a circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := chain()
			c.change(&p)
			_, err := csi.New(p)
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.EqualError(t, err, "csi: "+c.want)
			_, err = json.Marshal(p)
			require.Error(t, err)
		})
	}
	many := chain()
	many.Constructs[0].Items = nil
	for i := range 500 {
		many.Constructs[0].Items = append(many.Constructs[0].Items, 100+i)
	}
	require.ErrorContains(t, many.Validate(), "must have 500 items at most")
}

// chain returns A → B → C, of two items each.
func chain() csi.Params {
	return csi.Params{
		Constructs: []csi.Construct{
			{Name: "A", Items: []int{0, 1}, Low: 1, High: 7}, {Name: "B", Items: []int{2, 3}, Low: 1, High: 7}, {Name: "C", Items: []int{4, 5}, Low: 1, High: 7},
		},
		Links: []csi.Link{{From: "A", To: "B"}, {From: "B", To: "C"}},
	}
}

func model(t require.TestingT, p csi.Params) csi.Model {
	m, err := csi.New(p)
	require.NoError(t, err)
	return m
}

func TestParamsAreCopied(t *testing.T) {
	t.Parallel()
	p := chain()
	m := model(t, p)
	p.Constructs[0].Items[0], p.Links[0].To = 99, "C"
	got := m.Params()
	assert.Equal(t, chain(), got)
	got.Constructs[0].Items[0] = 99
	assert.Equal(t, chain(), m.Params())
}

func TestZeroModel(t *testing.T) {
	t.Parallel()
	var m csi.Model
	assert.Equal(t, csi.Params{}, m.Params())
	assert.Nil(t, m.Matrix())
	_, err := m.Fit(&csi.Moments{}, csi.Options{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = m.Bootstrap(t.Context(), nil, csi.Options{}, csi.Resampling{}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = m.Compare(t.Context(), nil, nil, csi.Options{}, csi.Permutation{}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, m.NewMoments().Add(nil), relmark.ErrInvalid)
	_, err = json.Marshal(m)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestModelJSON(t *testing.T) {
	t.Parallel()
	p := chain()
	p.Constructs[2].Mode, p.Constructs[1].Open = csi.ModeB, true
	data, err := json.Marshal(model(t, p))
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"model":"csi","constructs":[{"name":"A","items":[0,1],"low":1,"high":7},`+
		`{"name":"B","items":[2,3],"low":1,"high":7,"open":true},{"name":"C","items":[4,5],"mode":"b","low":1,"high":7}],`+
		`"links":[{"from":"A","to":"B"},{"from":"B","to":"C"}]}`, string(data))
	var m csi.Model
	require.NoError(t, json.Unmarshal(data, &m))
	assert.Equal(t, p, m.Params())
	for text, want := range map[string]error{
		`{"v":2,"model":"csi"}`:          relmark.ErrUnsupported,
		`{"model":"csi"}`:                relmark.ErrUnsupported,
		`{"v":1,"model":"rfm"}`:          relmark.ErrInvalid,
		`{"v":1,"model":"csi"}`:          relmark.ErrInvalid,
		`{"v":1,"model":"csi","more":1}`: relmark.ErrInvalid,
		`[]`:                             relmark.ErrInvalid,
		// A scale that is not there does not begin or end at 0.
		`{"v":1,"model":"csi","constructs":[{"name":"A","items":[0],"high":7},{"name":"B","items":[1],"low":1,"high":7}],"links":[{"from":"A","to":"B"}]}`:             relmark.ErrInvalid,
		`{"v":1,"model":"csi","constructs":[{"name":"A","items":[0],"low":-1,"high":null},{"name":"B","items":[1],"low":1,"high":7}],"links":[{"from":"A","to":"B"}]}`: relmark.ErrInvalid,
	} {
		before := m
		require.ErrorIs(t, m.UnmarshalJSON([]byte(text)), want, text)
		assert.Equal(t, before, m)
	}
}

// The links of the ready forms, as they were published: rows are acted on by columns.
func TestReadyForms(t *testing.T) {
	t.Parallel()
	for form, want := range map[csi.Form][][]int{
		// Fornell et al. (1996), figure 1: expectations, quality, value, satisfaction,
		// complaints, loyalty.
		csi.American: {
			{0, 0, 0, 0, 0, 0},
			{1, 0, 0, 0, 0, 0},
			{1, 1, 0, 0, 0, 0},
			{1, 1, 1, 0, 0, 0},
			{0, 0, 0, 1, 0, 0},
			{0, 0, 0, 1, 1, 0},
		},
		// Tenenhaus et al. (2005), figure 1: image, expectations, quality, value,
		// satisfaction, complaints, loyalty.
		csi.European: {
			{0, 0, 0, 0, 0, 0, 0},
			{1, 0, 0, 0, 0, 0, 0},
			{0, 1, 0, 0, 0, 0, 0},
			{0, 1, 1, 0, 0, 0, 0},
			{1, 1, 1, 1, 0, 0, 0},
			{0, 0, 0, 0, 1, 0, 0},
			{1, 0, 0, 0, 1, 1, 0},
		},
		// Brand image, expectations, hardware, service, value, satisfaction, loyalty.
		csi.Chinese: {
			{0, 0, 0, 0, 0, 0, 0},
			{1, 0, 0, 0, 0, 0, 0},
			{0, 1, 0, 0, 0, 0, 0},
			{0, 1, 0, 0, 0, 0, 0},
			{0, 1, 1, 1, 0, 0, 0},
			{1, 1, 1, 1, 1, 0, 0},
			{1, 0, 0, 0, 0, 1, 0},
		},
	} {
		p, err := csi.Ready(form, 1, 10)
		require.NoError(t, err)
		assert.Equal(t, want, model(t, p).Matrix(), form)
		items := 0
		for i, indicator := range form.Indicators() {
			for p.Constructs[0].Items[0]+len(p.Constructs[0].Items) <= i {
				p.Constructs = p.Constructs[1:]
			}
			assert.Equal(t, p.Constructs[0].Name, indicator.Construct)
			assert.Contains(t, p.Constructs[0].Items, i)
			assert.NotEmpty(t, indicator.Asks)
			items++
		}
		assert.Equal(t, map[csi.Form]int{csi.American: 15, csi.European: 24, csi.Chinese: 20}[form], items)
	}
}

func TestReadyWithItems(t *testing.T) {
	t.Parallel()
	p, err := csi.Ready(csi.American, 1, 5, []int{9, 8}, []int{1}, []int{2}, []int{3}, []int{4}, []int{5})
	require.NoError(t, err)
	assert.Equal(t, csi.Construct{Name: "Expectations", Items: []int{9, 8}, Low: 1, High: 5}, p.Constructs[0])
	_, err = csi.Ready("swedish", 1, 10)
	require.EqualError(t, err, "csi: Form: must be one of american, european, chinese")
	_, err = csi.Ready(csi.American, 1, 10, []int{1})
	require.EqualError(t, err, "csi: Items = 1: must be none, or a list for each of 6 constructs")
	_, err = csi.Ready(csi.American, 10, 1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Nil(t, csi.Form("swedish").Indicators())
}

// anyModel draws a model of a few constructs, and answers on whole numbers, some missing.
func anyModel(t *rapid.T) csi.Params {
	k, item := rapid.IntRange(2, 5).Draw(t, "constructs"), 0
	p := csi.Params{}
	name := func(j int) string { return string(rune('A' + j)) }
	for j := range k {
		c := csi.Construct{Name: name(j), Low: 1, High: 7}
		for range rapid.IntRange(1, 3).Draw(t, "items") {
			c.Items = append(c.Items, item)
			item++
		}
		c.Mode = rapid.SampledFrom([]csi.Mode{csi.ModeA, csi.ModeB}).Draw(t, "mode")
		p.Constructs = append(p.Constructs, c)
		if j > 0 {
			from := rapid.IntRange(0, j-1).Draw(t, "from")
			p.Links = append(p.Links, csi.Link{From: name(from), To: name(j)})
			for other := range j {
				if other != from && rapid.Bool().Draw(t, "more") {
					p.Links = append(p.Links, csi.Link{From: name(other), To: name(j)})
				}
			}
		}
	}
	// Constructs may come in any order.
	p.Constructs = rapid.Permutation(p.Constructs).Draw(t, "order")
	return p
}

func TestModelsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyModel(t)
		data, err := json.Marshal(p)
		require.NoError(t, err)
		var again csi.Params
		require.NoError(t, json.Unmarshal(data, &again))
		assert.Equal(t, p, again)
	})
}

func FuzzParams(f *testing.F) {
	data, err := json.Marshal(chain())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"v":1,"model":"csi","constructs":[{"name":"A","items":[0]},{"name":"A","items":[0]}],"links":[{"from":"A","to":"A"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p csi.Params
		if json.Unmarshal(data, &p) != nil {
			return
		}
		m := model(t, p)
		again, err := json.Marshal(m)
		require.NoError(t, err)
		var q csi.Params
		require.NoError(t, json.Unmarshal(again, &q))
		assert.Equal(t, p, q)
	})
}
