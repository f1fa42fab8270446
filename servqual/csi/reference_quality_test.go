package csi_test

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/csi"
)

const loose = 1e-9

// square brings figures by pair of constructs to a matrix in the order of a file.
func (s *study) square(n node, rows string) (names []string, at map[string]int, m [][]float64) {
	n.decode(s.t, rows, &names)
	at, m = map[string]int{}, make([][]float64, len(names))
	for i, name := range names {
		at[name], m[i] = i, make([]float64, len(names))
	}
	return names, at, m
}

// quality compares reliabilities, discriminant validity, effect sizes and inflation.
func (s *study) quality(f csi.Fit, n node) {
	for _, key := range n.keys {
		switch key {
		case "reliability_rows", "reliability_cols", "htmt_rows", "f_square_rows": // names
		case "reliability_row_major":
			s.reliability(f, n)
		case "htmt_row_major":
			s.htmt(f, n)
		case "f_square_row_major":
			_, at, m := s.square(n, "f_square_rows")
			sizes, err := f.FSquare(s.moments(f.Model()))
			require.NoError(s.t, err)
			for _, size := range sizes {
				m[at[size.From]][at[size.To]] = size.F2
			}
			s.matrix(m, n, key, loose, key)
		case "vif_antecedents":
			s.inflation(f, object(s.t, n.at[key]))
		case "r2_adj":
			s.adjusted(f, n.at[key], key)
		default:
			s.t.Errorf("nothing reproduces seminr_quality %s", key)
		}
	}
}

// htmt compares those of all pairs. The peer has them, too, where an item runs against the
// others of its construct.
func (s *study) htmt(f csi.Fit, n node) {
	against := 0
	for _, finding := range f.Review() {
		if finding.Concern == csi.AgainstOthers {
			against++
		}
	}
	names, at, m := s.square(n, "htmt_rows")
	pairs, err := f.HTMT()
	s.exact(against > 0, err != nil, "htmt of unreversed items")
	if err != nil {
		return
	}
	for _, p := range pairs {
		m[at[p.First]][at[p.Second]], m[at[p.Second]][at[p.First]] = p.HTMT, p.HTMT
	}
	var want []*float64
	n.decode(s.t, "htmt_row_major", &want)
	for i, w := range want {
		first, second := names[i/len(names)], names[i%len(names)]
		if w != nil && !s.forms(f, first) && !s.forms(f, second) {
			s.near(*w, m[at[first]][at[second]], loose, "htmt "+first+" "+second)
		}
	}
}

// forms reports whether several items of mode B form a construct, of which the peer writes
// figures that do not exist.
func (s *study) forms(f csi.Fit, construct string) bool {
	for _, m := range f.Measures() {
		if m.Name == construct {
			return m.Mode == csi.ModeB && m.Items > 1
		}
	}
	s.t.Fatalf("construct %q", construct)
	return false
}

func (s *study) reliability(f csi.Fit, n node) {
	var columns []string
	n.decode(s.t, "reliability_cols", &columns)
	_, at, _ := s.square(n, "reliability_rows")
	var want []float64
	n.decode(s.t, "reliability_row_major", &want)
	require.Len(s.t, want, len(at)*len(columns))
	for _, measure := range f.Measures() {
		for i, c := range columns {
			v, ok := map[string]*float64{"alpha": measure.Alpha, "rhoC": measure.RhoC, "AVE": measure.AVE, "rhoA": measure.RhoA}[c]
			require.True(s.t, ok, c)
			if measure.Mode == csi.ModeB { // its items need not agree
				s.exact(true, v == nil, c)
				continue
			}
			s.near(want[at[measure.Name]*len(columns)+i], *v, loose, "reliability "+measure.Name+" "+c)
		}
	}
}

func (s *study) inflation(f csi.Fit, want node) {
	seen := 0
	for _, p := range f.Paths() {
		var v *float64
		object(s.t, want.at[p.To]).decode(s.t, p.From, &v)
		if v != nil { // the peer has none for one antecedent alone
			s.near(*v, p.VIF, loose, "vif "+p.To+" "+p.From)
		}
		seen++
	}
	total := 0
	for _, to := range want.keys {
		total += len(object(s.t, want.at[to]).keys)
	}
	s.exact(total, seen, "vif")
}

// ipma compares importance and performance for every target.
func (s *study) ipma(f csi.Fit, n node) {
	const rows = "importance_unstandardized_total_effects_rows_target"
	for _, key := range n.keys {
		switch key {
		case rows, "max_abs_diff_vs_index": // names, and a peer's own
		case "performance_0_100":
			want := object(s.t, n.at[key])
			for _, name := range want.keys {
				v, err := f.Index(name)
				require.NoError(s.t, err)
				s.near(want.number(s.t, name), v, loose, key+" "+name)
			}
		case "importance_row_major":
			names, at, m := s.square(n, rows)
			for _, target := range names {
				if len(s.antecedents(target)) == 0 {
					continue
				}
				list, err := f.Map(target)
				require.NoError(s.t, err)
				for _, i := range list {
					m[at[target]][at[i.Construct]] = i.Importance
				}
			}
			s.matrix(m, n, key, loose, key)
		default:
			s.t.Errorf("nothing reproduces csem_ipma %s", key)
		}
	}
}

func (s *study) antecedents(target string) (list []string) {
	for _, l := range s.params.Links {
		if l.To == target {
			list = append(list, l.From)
		}
	}
	return list
}

// adjusted compares adjusted R², which a file writes without its name where there is one alone.
func (s *study) adjusted(f csi.Fit, data []byte, key string) {
	var alone []float64
	var one float64
	want := node{}
	switch {
	case json.Unmarshal(data, &one) == nil:
		alone = []float64{one}
	case json.Unmarshal(data, &alone) != nil:
		want = object(s.t, data)
	}
	seen := 0
	for _, m := range f.Measures() {
		if m.AdjustedR2 == nil {
			continue
		}
		if seen++; alone != nil {
			s.near(alone[seen-1], *m.AdjustedR2, loose, key+" "+m.Name)
		} else {
			s.near(want.number(s.t, m.Name), *m.AdjustedR2, loose, key+" "+m.Name)
		}
	}
	s.exact(max(len(alone), len(want.keys)), seen, key)
}
