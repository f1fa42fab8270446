package csi_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/csi"
)

const room = "servqual/csi"

// A node is an object of a reference file with its keys in their order.
type node struct {
	keys []string
	at   map[string]json.RawMessage
}

func object(t *testing.T, data []byte) node {
	t.Helper()
	n := node{at: map[string]json.RawMessage{}}
	if data == nil {
		return n
	}
	require.NoError(t, json.Unmarshal(data, &n.at))
	d := json.NewDecoder(bytes.NewReader(data))
	_, err := d.Token()
	require.NoError(t, err)
	for d.More() {
		key, err := d.Token()
		require.NoError(t, err)
		n.keys = append(n.keys, key.(string))
		var skip json.RawMessage
		require.NoError(t, d.Decode(&skip))
	}
	return n
}

func (n node) decode(t *testing.T, key string, v any) {
	t.Helper()
	require.Contains(t, n.at, key)
	require.NoError(t, json.Unmarshal(n.at[key], v), key)
}

func (n node) number(t *testing.T, key string) (v float64) {
	t.Helper()
	n.decode(t, key, &v)
	return v
}

// A checker compares figures of one file, each within a relative tolerance and 1e-12.
type checker struct {
	t *testing.T
	f *reference.File
}

func (c checker) near(want, got, tolerance float64, where string) {
	c.t.Helper()
	c.f.Near(want, got, tolerance, 1e-12/tolerance, "%s", where)
}

func (c checker) exact(want, got any, where string) {
	c.t.Helper()
	c.f.Exact(want, got, "%s", where)
}

// A study is what a reference file is about: a model without modes, and answers.
type study struct {
	checker
	root   node
	params csi.Params
	names  []string // of items, by position
	rows   [][]float64
}

// meta describes a study.
type meta struct {
	Order  []string            `json:"path_matrix_order"`
	Edges  []string            `json:"edges"`
	Blocks map[string][]string `json:"blocks"`
	Scale  []float64           `json:"scale"`
}

// studies runs a test on each file that holds figures of the room, whatever it is called:
// those of answers some of which are missing, or the others.
func studies(t *testing.T, missing bool, test func(s *study)) {
	t.Helper()
	for _, file := range reference.Holding(t, room, "servqual_*_expected.json") {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "servqual_"), "_expected.json")
		if strings.HasSuffix(name, "_missing") != missing {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(open(t, name))
		})
	}
}

// open reads a file and the data it is about, which has its name. What its meta does not
// say, that of the file without "_missing" does.
func open(t *testing.T, name string) *study {
	t.Helper()
	f := reference.Open(t, room, "servqual_"+name+"_expected.json")
	s := &study{checker: checker{t, f}, root: object(t, f.Bytes())}
	var m meta
	s.root.decode(t, "meta", &m)
	if m.Order == nil {
		object(t, reference.Input(t, "servqual_"+strings.TrimSuffix(name, "_missing")+"_expected.json")).decode(t, "meta", &m)
	}
	require.Len(t, m.Scale, 2)
	for _, construct := range m.Order {
		// Real answers are not all on the scale of which an index is computed.
		c := csi.Construct{Name: construct, Low: m.Scale[0], High: m.Scale[1], Open: true}
		for _, item := range m.Blocks[construct] {
			c.Items = append(c.Items, len(s.names))
			s.names = append(s.names, item)
		}
		s.params.Constructs = append(s.params.Constructs, c)
	}
	for _, edge := range m.Edges {
		from, to, ok := strings.Cut(edge, "->")
		require.True(t, ok, edge)
		s.params.Links = append(s.params.Links, csi.Link{From: from, To: to})
	}
	for _, record := range reference.InputRows(t, "servqual_"+name+".csv") {
		row := make([]float64, len(s.names))
		for i, item := range s.names {
			row[i] = math.NaN()
			if text := record[item]; text != "" {
				v, err := strconv.ParseFloat(text, 64)
				require.NoError(t, err)
				row[i] = v
			}
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// model returns the model with modes, all A where there are none.
func (s *study) model(modes []string) csi.Model {
	p := s.params
	p.Constructs = append([]csi.Construct(nil), p.Constructs...)
	for i, mode := range modes {
		switch mode {
		case "A":
			p.Constructs[i].Mode = csi.ModeA
		case "B":
			p.Constructs[i].Mode = csi.ModeB
		default:
			s.t.Fatalf("mode %q", mode)
		}
	}
	m, err := csi.New(p)
	require.NoError(s.t, err)
	return m
}

func (s *study) moments(m csi.Model) *csi.Moments {
	a := m.NewMoments()
	for _, row := range s.rows {
		require.NoError(s.t, a.Add(row))
	}
	return a
}

func scheme(t *testing.T, key string) csi.Scheme {
	t.Helper()
	switch key[strings.LastIndex(key, "_")+1:] {
	case "path":
		return csi.PathWeighting
	case "factorial":
		return csi.Factorial
	case "centroid":
		return csi.Centroid
	}
	t.Fatalf("scheme of %q", key)
	return ""
}

// TestReferencePathModels compares every figure of the path models: modes and schemes,
// quality, maps and resamples.
func TestReferencePathModels(t *testing.T) {
	t.Parallel()
	studies(t, false, func(s *study) {
		var first []string
		for _, key := range s.root.keys {
			if !s.f.Owns(key) {
				continue
			}
			n := object(s.t, s.root.at[key])
			var modes []string
			if n.at["modes"] != nil {
				n.decode(s.t, "modes", &modes)
			}
			if first == nil {
				first = modes
			}
			switch key {
			case "seminr_quality":
				s.quality(s.fit(s.model(first), csi.Options{}), n)
			case "csem_ipma":
				s.ipma(s.fit(s.model(first), csi.Options{}), n)
			case "bootstrap":
				s.bootstrap(s.model(modes), n)
			default:
				s.estimate(s.fit(s.model(modes), csi.Options{Scheme: scheme(s.t, key)}), n, key)
			}
		}
	})
}

// TestReferenceMissingAnswers compares both ways to treat them.
func TestReferenceMissingAnswers(t *testing.T) {
	t.Parallel()
	studies(t, true, func(s *study) {
		a := s.moments(s.model(nil))
		for _, key := range s.root.keys {
			if !s.f.Owns(key) {
				continue
			}
			switch key {
			case "n":
				s.exact(int64(s.root.number(s.t, key)), a.Respondents(), key)
			case "n_complete":
				s.exact(int64(s.root.number(s.t, key)), a.Complete(), key)
			case "mean_replacement":
				s.estimate(s.fit(s.model(nil), csi.Options{Use: csi.MeanReplacement}), object(s.t, s.root.at[key]), key)
			case "listwise":
				s.estimate(s.fit(s.model(nil), csi.Options{}), object(s.t, s.root.at[key]), key)
			default:
				s.t.Errorf("nothing reproduces %q", key)
			}
		}
	})
}

func (s *study) fit(m csi.Model, o csi.Options) csi.Fit {
	f, err := m.Fit(s.moments(m), o)
	require.NoError(s.t, err)
	return f
}

const tight = 1e-10

// estimate compares one estimate, key by key.
func (s *study) estimate(f csi.Fit, n node, where string) {
	for _, key := range n.keys {
		at := where + " " + key
		switch key {
		case "modes", "iterations_plspm_at_tol_1e_27", "seminr_vs_plspm_max_abs_diff": // inputs, and a peer's own
		case "weights", "loadings":
			s.items(f, n, key, at)
		case "paths":
			s.paths(f, object(s.t, n.at[key]), at)
		case "total_effects", "indirect_effects":
			s.effects(f, object(s.t, n.at[key]), key == "total_effects", at)
		case "r2", "block_communality", "mean_redundancy", "ave", "alpha_standardized", "dg_rho", "eig1", "eig2":
			s.measures(f, object(s.t, n.at[key]), key, at)
		case "gof":
			gof, ok := f.GoF()
			s.exact(true, ok, at)
			s.near(n.number(s.t, key), gof, tight, at)
		case "scores_first5_row_major":
			s.scores(f, n, key, at)
		case "crossloadings_row_major":
			s.matrix(f.CrossLoadings(), n, key, tight, at)
		case "index":
			s.index(f, object(s.t, n.at[key]), at)
		default:
			s.t.Errorf("nothing reproduces %s", at)
		}
	}
}

func (s *study) items(f csi.Fit, n node, key, at string) {
	want := object(s.t, n.at[key])
	require.Len(s.t, f.Items(), len(want.keys), at)
	for _, item := range f.Items() {
		name := s.names[item.Position]
		got := item.Weight
		if key == "loadings" {
			got = item.Loading
		}
		s.near(want.number(s.t, name), got, tight, at+" "+name)
	}
}

func (s *study) paths(f csi.Fit, want node, at string) {
	require.Len(s.t, f.Paths(), len(want.keys), at)
	for _, p := range f.Paths() {
		s.near(want.number(s.t, p.From+"->"+p.To), p.Value, tight, at+" "+p.From+" "+p.To)
	}
}

func (s *study) effects(f csi.Fit, want node, total bool, at string) {
	found := map[string]bool{}
	for _, key := range want.keys {
		from, to, ok := strings.Cut(key, " -> ")
		require.True(s.t, ok, key)
		e, err := f.Effect(from, to)
		require.NoError(s.t, err)
		got := e.Indirect
		if total {
			got = e.Total
		}
		s.near(want.number(s.t, key), got, tight, at+" "+key)
		found[key] = true
	}
	for _, e := range f.Effects() {
		require.True(s.t, found[e.From+" -> "+e.To], "%s: %s -> %s is not there", at, e.From, e.To)
	}
}

func (s *study) measures(f csi.Fit, want node, key, at string) {
	require.Len(s.t, f.Measures(), len(want.keys), at)
	for _, m := range f.Measures() {
		var got *float64
		switch key {
		case "r2":
			got = m.R2
		case "block_communality":
			got = &m.Communality
		case "mean_redundancy":
			got = m.Redundancy
		case "ave":
			got = m.AVE
		case "alpha_standardized":
			got = m.Alpha
		case "dg_rho":
			got = m.DillonGoldstein
		case "eig1":
			got = &m.Eigenvalues[0]
		case "eig2":
			if len(m.Eigenvalues) > 1 {
				got = &m.Eigenvalues[1]
			}
		}
		s.optional(m, want.number(s.t, m.Name), got, key, at+" "+m.Name)
	}
}

// optional compares a figure that does not exist for every construct: the peer writes 0 for
// such a one and for an alpha below, and 1 for a single item whatever its mode.
func (s *study) optional(m csi.Measure, want float64, got *float64, key, at string) {
	reliability := key == "ave" || key == "alpha_standardized" || key == "dg_rho"
	switch {
	case got != nil && key == "alpha_standardized" && want == 0:
		s.exact(true, *got < 1e-12, at)
	case got != nil:
		s.near(want, *got, tight, at)
	case reliability && m.Items == 1 && m.Mode == csi.ModeB:
		s.exact(true, want == 0 || want == 1, at)
	default:
		s.near(want, 0, tight, at)
	}
}

func (s *study) scores(f csi.Fit, n node, key, at string) {
	var want []float64
	n.decode(s.t, key, &want)
	for i := 0; len(want) > 0 && i < len(s.rows); i++ {
		list, ok, err := f.Scores(s.rows[i])
		require.NoError(s.t, err)
		if !ok {
			continue // the peer leaves the row out, too
		}
		for j, score := range list {
			s.near(want[j], score.Standard, tight, at+" "+strconv.Itoa(i)+" "+score.Construct)
		}
		want = want[len(list):]
	}
	s.exact(0, len(want), at)
}

func (s *study) matrix(got [][]float64, n node, key string, tolerance float64, at string) {
	var want []*float64
	n.decode(s.t, key, &want)
	columns := len(got[0])
	require.Len(s.t, want, len(got)*columns, at)
	for i, w := range want {
		if w != nil {
			s.near(*w, got[i/columns][i%columns], tolerance, at+" "+strconv.Itoa(i/columns)+" "+strconv.Itoa(i%columns))
		}
	}
}

func (s *study) index(f csi.Fit, want node, at string) {
	weights, shares := map[string][]float64{}, map[string][]float64{}
	for _, item := range f.Items() {
		weights[item.Construct] = append(weights[item.Construct], item.Weight)
		shares[item.Construct] = append(shares[item.Construct], *item.Share)
	}
	for _, construct := range want.keys {
		n, at := object(s.t, want.at[construct]), at+" "+construct
		for _, key := range n.keys {
			var list []float64
			switch key {
			case "standardized_weights":
				n.decode(s.t, key, &list)
				s.slice(list, weights[construct], tight, at)
			case "unstandardized_normalized_weights":
				n.decode(s.t, key, &list)
				s.slice(list, shares[construct], tight, at)
			case "score_0_100":
				v, err := f.Index(construct)
				require.NoError(s.t, err)
				s.near(n.number(s.t, key), v, tight, at)
			case "plspm_rescale_score_0_100": // another definition, of the peer only
			default:
				s.t.Errorf("nothing reproduces %s %s", at, key)
			}
		}
	}
	s.exact(len(want.keys), len(f.Measures()), at)
}

func (s *study) slice(want, got []float64, tolerance float64, at string) {
	require.Len(s.t, got, len(want), at)
	for i := range want {
		s.near(want[i], got[i], tolerance, at+" "+strconv.Itoa(i))
	}
}
