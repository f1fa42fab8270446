package scale_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/scale"
)

const room = "servqual/scale"

// A node is an object of a reference file with its keys in their order.
type node struct {
	keys []string
	at   map[string]json.RawMessage
}

func object(t *testing.T, data []byte) node {
	t.Helper()
	n := node{at: map[string]json.RawMessage{}}
	require.NoError(t, json.Unmarshal(data, &n.at))
	d := json.NewDecoder(strings.NewReader(string(data)))
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

func (n node) number(t *testing.T, key string) (v float64) {
	t.Helper()
	require.NoError(t, json.Unmarshal(n.at[key], &v), key)
	return v
}

func (n node) list(t *testing.T, key string) (v []float64) {
	t.Helper()
	require.NoError(t, json.Unmarshal(n.at[key], &v), key)
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

func (c checker) slice(want, got []float64, tolerance float64, where string) {
	c.t.Helper()
	require.Len(c.t, got, len(want), where)
	for i := range want {
		c.near(want[i], got[i], tolerance, where+" "+strconv.Itoa(i))
	}
}

// columns returns answers by row of columns of a prefix with two digits, or of names.
func columns(t *testing.T, rows []map[string]string, names []string) [][]int8 {
	t.Helper()
	out := make([][]int8, len(rows))
	for i, row := range rows {
		for _, name := range names {
			text, ok := row[name]
			require.True(t, ok, "no column %s", name)
			answer := int64(scale.Blank)
			if text != "" {
				var err error
				answer, err = strconv.ParseInt(text, 10, 8)
				require.NoError(t, err)
			}
			out[i] = append(out[i], int8(answer))
		}
	}
	return out
}

func numbered(prefix string, from, n int) (names []string) {
	for i := range n {
		names = append(names, prefix+string('0'+rune((from+i+1)/10))+string('0'+rune((from+i+1)%10)))
	}
	return names
}

// gaps returns perceived less expected, blank where one is.
func gaps(expected, perceived [][]int8) [][]int8 {
	out := make([][]int8, len(expected))
	for i, row := range expected {
		for j, e := range row {
			gap := int8(scale.Blank)
			if p := perceived[i][j]; e != scale.Blank && p != scale.Blank {
				gap = p - e
			}
			out[i] = append(out[i], gap)
		}
	}
	return out
}

// answersOf adds up rows on the range that they have, which no figure depends on.
func answersOf(t *testing.T, rows [][]int8) *scale.Answers {
	t.Helper()
	low, high := 127, -127
	for _, row := range rows {
		for _, a := range row {
			if a != scale.Blank {
				low, high = min(low, int(a)), max(high, int(a))
			}
		}
	}
	return collect(t, battery(t, len(rows[0]), low, high), rows)
}

// checkAlpha compares every key of one alpha.
func (c checker) alpha(data json.RawMessage, rows [][]int8, use scale.Use, where string) {
	n := object(c.t, data)
	v, err := answersOf(c.t, rows).Covariance(use)
	require.NoError(c.t, err, where)
	a, err := v.Alpha(0.95)
	require.NoError(c.t, err, where)
	const tolerance = 1e-10
	for _, key := range n.keys {
		at := where + "/" + key
		one := map[string]float64{
			"n_rows": float64(v.Respondents()), "n_complete": float64(v.Complete()), "raw_alpha": a.Raw, "std_alpha": a.Std,
			"guttman_lambda6": a.Lambda6, "average_r": a.MeanR, "signal_noise": a.SignalNoise, "median_r": a.MedianR,
			"ase_with_n_complete": a.ASE,
		}
		var n32 []float64
		var mean, sd, cov []float64
		for i, item := range v.Items() {
			n32, mean, sd = append(n32, float64(item.N)), append(mean, item.Mean), append(sd, item.SD)
			for j := range v.Items() {
				cov = append(cov, v.At(i, j))
			}
		}
		low, high, err := scale.Feldt(a.Raw, len(v.Items()), v.Respondents(), 0.95)
		require.NoError(c.t, err)
		many := map[string][]float64{
			"feldt95_n_rows": {low, high}, "feldt95_n_complete": {a.Feldt.Low, a.Feldt.High}, "alpha_if_dropped": a.RawDropped,
			"std_alpha_if_dropped": a.StdDropped, "r_drop": a.Rest, "item_n": n32, "item_mean": mean, "item_sd": sd,
			"covariance_row_major": cov,
		}
		if got, ok := one[key]; ok {
			c.near(n.number(c.t, key), got, tolerance, at)
		} else if got, ok := many[key]; ok {
			c.slice(n.list(c.t, key), got, tolerance, at)
		} else {
			require.Equal(c.t, "ase_psych_uses_nrow", key, "%s is unknown", at) // peer-only
		}
	}
}

// items returns how many items an alpha is of.
func items(t *testing.T, data json.RawMessage) int {
	t.Helper()
	n := object(t, data)
	for _, use := range []string{"listwise", "pairwise"} {
		if part, ok := n.at[use]; ok {
			n = object(t, part)
		}
	}
	return len(n.list(t, "item_mean"))
}

// alphas compares the alphas of an object by dimension: consecutive items in the order of
// the keys, and those of a whole questionnaire, whose name ends in how many there are.
func (c checker) alphas(data json.RawMessage, rows [][]int8, where string) {
	n, from := object(c.t, data), 0
	for _, key := range n.keys {
		k := items(c.t, n.at[key])
		part := rows
		if k < len(rows[0]) {
			part = cut(rows, from, k)
			from += k
		}
		c.eitherUse(n.at[key], part, where+"/"+key)
	}
}

func (c checker) eitherUse(data json.RawMessage, rows [][]int8, where string) {
	n, found := object(c.t, data), false
	for name, use := range map[string]scale.Use{"listwise": scale.Listwise, "pairwise": scale.Pairwise} {
		if part, ok := n.at[name]; ok {
			found = true
			c.alpha(part, rows, use, where+"/"+name)
		}
	}
	if !found {
		c.alpha(data, rows, scale.Listwise, where)
	}
}

func cut(rows [][]int8, from, n int) (part [][]int8) {
	for _, row := range rows {
		part = append(part, row[from:from+n])
	}
	return part
}

// omegas compares the omegas of an object by dimension.
func (c checker) omegas(data json.RawMessage, rows [][]int8, where string) {
	n, from := object(c.t, data), 0
	for _, key := range n.keys {
		k := len(object(c.t, object(c.t, n.at[key]).at["polished"]).list(c.t, "loadings_unstd"))
		c.omega(n.at[key], cut(rows, from, k), where+"/"+key)
		from += k
	}
}

func (c checker) omega(data json.RawMessage, rows [][]int8, where string) {
	v, err := answersOf(c.t, rows).Covariance(scale.Listwise)
	require.NoError(c.t, err)
	o, err := v.Omega()
	require.NoError(c.t, err, where)
	n := object(c.t, data)
	for _, key := range n.keys {
		at := where + "/" + key
		switch key {
		case "n":
			c.near(n.number(c.t, key), float64(o.N), 1e-12, at)
		case "ave_standardized":
			c.near(n.number(c.t, key), o.AVE, 1e-6, at)
		case "chisq":
			c.near(n.number(c.t, key), o.ChiSquare, 1e-8, at)
		case "df":
			c.near(n.number(c.t, key), float64(o.DF), 1e-12, at)
		case "polished":
			c.polished(object(c.t, n.at[key]), o, at)
		default:
			require.True(c.t, strings.HasPrefix(key, "lavaan_") || strings.HasPrefix(key, "semTools_") || strings.HasPrefix(key, "psych_"), at)
		}
	}
}

func (c checker) polished(n node, o scale.Omega, where string) {
	for _, key := range n.keys {
		at := where + "/" + key
		switch key {
		case "loadings_unstd":
			c.slice(n.list(c.t, key), o.Loadings, 1e-9, at)
		case "uniquenesses":
			c.slice(n.list(c.t, key), o.Unique, 1e-9, at)
		case "omega_model_denominator":
			c.near(n.number(c.t, key), o.Model, 1e-9, at)
		case "omega_observed_denominator":
			c.near(n.number(c.t, key), o.Observed, 1e-9, at)
		default:
			require.Equal(c.t, "grad_inf_norm", key, at) // of the peer's optimiser
		}
	}
}

// factors compares an exploratory analysis. How many factors it has, and in which order and
// with which signs they are turned, follows from the file.
func (c checker) factors(data json.RawMessage, rows [][]int8, where string) {
	v, err := answersOf(c.t, rows).Covariance(scale.Listwise)
	require.NoError(c.t, err)
	s, err := v.Suitability()
	require.NoError(c.t, err)
	n := object(c.t, data)
	p := len(rows[0])
	k := len(n.list(c.t, "minres_unrotated_row_major")) / p
	var turned [3]scale.Factors
	for i, rotation := range []scale.Rotation{scale.Unrotated, scale.Varimax, scale.Oblimin} {
		turned[i], err = v.Factors(k, rotation)
		require.NoError(c.t, err, "%s %s", where, rotation)
	}
	for _, key := range n.keys {
		at := where + "/" + key
		switch key {
		case "n":
			c.near(n.number(c.t, key), float64(s.N), 1e-12, at)
		case "correlation_row_major":
			var r []float64
			for i := range p {
				for j := range p {
					r = append(r, v.Correlation(i, j))
				}
			}
			c.slice(n.list(c.t, key), r, 1e-10, at)
		case "eigenvalues":
			c.slice(n.list(c.t, key), s.Eigenvalues, 1e-10, at)
		case "kmo_overall":
			c.near(n.number(c.t, key), s.KMO, 1e-10, at)
		case "kmo_items":
			c.slice(n.list(c.t, key), s.ItemKMO, 1e-10, at)
		case "bartlett":
			b := object(c.t, n.at[key])
			require.Len(c.t, b.keys, 3)
			c.near(b.number(c.t, "chisq"), s.ChiSquare, 1e-10, at)
			c.near(b.number(c.t, "df"), float64(s.DF), 1e-12, at)
			c.near(b.number(c.t, "p"), s.P, 1e-10, at)
		case "minres_unrotated_row_major":
			c.slice(n.list(c.t, key), slices.Concat(turned[0].Loadings...), 1e-9, at)
		case "communalities":
			c.slice(n.list(c.t, key), turned[0].Communality, 1e-9, at)
		case "polished_objective":
			got := turned[0].Residual * turned[0].Residual * float64(p*(p-1)/2) // sum of squares of what is left
			c.near(n.number(c.t, key), got, 1e-9, at)
		case "varimax_kaiser_row_major_from_those_loadings":
			c.turned(n.list(c.t, key), turned[1].Loadings, 1e-8, at)
		case "oblimin_gam0_row_major_from_those_loadings":
			order, sign := c.turned(n.list(c.t, key), turned[2].Loadings, 1e-6, at)
			phi := n.list(c.t, "oblimin_phi_row_major")
			for f := range k {
				for g := range k {
					got := sign[f] * sign[g] * turned[2].Correlation[order[f]][order[g]]
					c.f.Near(phi[f*k+g], got, 1e-6, 1, "%s/oblimin_phi_row_major", where)
				}
			}
		case "oblimin_phi_row_major", "note", "minres_iterations", "minres_last_delta", "psych_fa_minres_row_major",
			"psych_max_abs_difference", "psych_objective", "oblimin_converged":
		default:
			c.t.Errorf("%s is unknown", at)
		}
	}
}

// turned compares loadings whose columns may come in another order and with other signs,
// and returns both. The peers' rotations stop some 1e-8 from the optimum, so that
// tolerances are of a loading of 1.
func (c checker) turned(want []float64, got [][]float64, tolerance float64, where string) (order []int, sign []float64) {
	k := len(got[0])
	require.Len(c.t, want, k*len(got), where)
	used := map[int]bool{}
	for f := range k {
		best, at, way := math.Inf(1), 0, 1.0
		for g := range k {
			for _, s := range []float64{1, -1} {
				sum := 0.0
				for i, row := range got {
					sum += math.Abs(want[i*k+f] - s*row[g])
				}
				if sum < best && !used[g] {
					best, at, way = sum, g, s
				}
			}
		}
		used[at] = true
		order, sign = append(order, at), append(sign, way)
		for i, row := range got {
			c.f.Near(want[i*k+f], way*row[at], tolerance, 1, "%s", where)
		}
	}
	return order, sign
}

// differences compares reliabilities of perceived less expected scores by dimension.
func (c checker) differences(data json.RawMessage, expected, perceived [][]int8, sizes []int, where string) {
	n, from := object(c.t, data), 0
	for d, key := range n.keys {
		k := sizes[d]
		var rows [][]int8
		var first, second []int
		for i := range expected {
			rows = append(rows, slices.Concat(expected[i][from:from+k], perceived[i][from:from+k]))
		}
		for i := range k {
			first, second = append(first, i), append(second, k+i)
		}
		from += k
		v, err := answersOf(c.t, rows).Covariance(scale.Listwise)
		require.NoError(c.t, err)
		r, err := v.Difference(first, second)
		require.NoError(c.t, err)
		part := object(c.t, n.at[key])
		got := map[string]float64{
			"n": float64(r.N), "alpha_e": r.First, "alpha_p": r.Second, "r_ep": r.R, "var_e": r.FirstVar, "var_p": r.SecondVar,
			"reliability_of_difference": r.Reliability,
		}
		for _, figure := range part.keys {
			require.Contains(c.t, got, figure)
			c.near(part.number(c.t, figure), got[figure], 1e-10, where+"/"+key+"/"+figure)
		}
	}
}

// A file of psychometrics is of a questionnaire, in columns a of one side or e and p of two.
func TestReferencePsychometrics(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, room, "servqual_*_psychometrics_expected.json") {
		c, file := checker{t, f}, object(t, f.Bytes())
		rows := reference.InputRows(t, strings.Replace(f.Name, "_psychometrics_expected.json", ".csv", 1))
		side := map[string][][]int8{}
		if _, two := rows[0]["e01"]; two {
			n := count(rows[0], "e")
			side["expectation"], side["perception"] = columns(t, rows, numbered("e", 0, n)), columns(t, rows, numbered("p", 0, n))
			side["gap"] = gaps(side["expectation"], side["perception"])
		} else {
			side[""] = columns(t, rows, numbered("a", 0, count(rows[0], "a")))
		}
		for _, key := range file.keys {
			if !f.Owns(key) {
				continue
			}
			name, of, _ := strings.Cut(key, "_")
			if i := strings.LastIndex(key, "_"); of != "" && side[key[i+1:]] != nil {
				of = key[i+1:]
			}
			switch {
			case key == "alpha" && side["gap"] != nil:
				n := object(t, file.at[key])
				for _, s := range n.keys {
					require.NotNil(t, side[s])
					c.alphas(n.at[s], side[s], key+"/"+s)
				}
			case key == "alpha":
				c.alphas(file.at[key], side[""], key)
			case strings.HasPrefix(key, "alpha"):
				c.eitherUse(file.at[key], side[""], key)
			case name == "omega":
				require.NotNil(t, side[of], key)
				c.omegas(file.at[key], side[of], key)
			case strings.HasPrefix(name, "efa"):
				require.NotNil(t, side[of], key)
				c.factors(file.at[key], side[of], key)
			case key == "difference_score_reliability":
				c.differences(file.at[key], side["expectation"], side["perception"], sizes(t, file), key)
			default:
				t.Errorf("%s: %s is unknown", f.Name, key)
			}
		}
	}
}

func count(row map[string]string, prefix string) (n int) {
	for {
		if _, ok := row[numbered(prefix, n, 1)[0]]; !ok {
			return n
		}
		n++
	}
}

// sizes returns how many items the dimensions of a questionnaire have.
func sizes(t *testing.T, file node) (list []int) {
	t.Helper()
	n := object(t, object(t, file.at["alpha"]).at["expectation"])
	for _, key := range n.keys {
		list = append(list, items(t, n.at[key]))
	}
	return list
}

func TestReferenceScales(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_bfi_expected.json")
	c, file := checker{t, f}, object(t, f.Bytes())
	rows := reference.InputRows(t, strings.Replace(f.Name, "_expected.json", ".csv", 1))
	for _, key := range file.keys {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "scales", key)
		scales := object(t, file.at[key])
		for _, name := range scales.keys {
			n := object(t, scales.at[name])
			var names []string
			require.NoError(t, json.Unmarshal(n.at["items"], &names))
			part := columns(t, rows, names)
			for _, figure := range n.keys {
				switch figure {
				case "items":
				case "omega":
					c.omega(n.at[figure], part, path.Join(name, figure))
				case "listwise":
					c.alpha(n.at[figure], part, scale.Listwise, path.Join(name, figure))
				case "pairwise":
					c.alpha(n.at[figure], part, scale.Pairwise, path.Join(name, figure))
				default:
					t.Errorf("%s is unknown", figure)
				}
			}
		}
	}
}

// Every row of resamples is one replicate of the rows of the data file.
func TestReferenceBootstrap(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_boot_ci_expected.json")
	c, file := checker{t, f}, object(t, f.Bytes())
	data := reference.InputRows(t, "servqual_boot_ci_data.csv")
	var names []string
	for name := range data[0] {
		if name != "row" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	rows, given := columns(t, data, names), resamples(t)
	require.Len(t, given[0], len(rows))
	for _, key := range file.keys {
		if !f.Owns(key) {
			continue
		}
		var low, high int8 = 127, -127
		for _, row := range rows {
			low, high = min(low, slices.Min(row)), max(high, slices.Max(row))
		}
		b, err := battery(t, len(names), int(low), int(high)).Bootstrap(t.Context(), rows, scale.Statistic(key), scale.Resampling{Given: given}, nil)
		require.NoError(t, err)
		s, err := b.Spread()
		require.NoError(t, err)
		n := object(t, file.at[key])
		single := map[string]float64{"t0": b.Value(), "boot_mean": s.Mean, "boot_sd": s.SD, "z0": s.Bias, "acceleration": s.Acceleration}
		interval := map[string]scale.Method{
			"normal": scale.Normal, "basic": scale.Basic, "percentile_boot_norm_inter": scale.Percentile,
			"percentile_type7": scale.Plain, "bca_jackknife": scale.BCa,
		}
		for _, figure := range n.keys {
			at := key + "/" + figure
			if got, ok := single[figure]; ok {
				c.near(n.number(t, figure), got, 1e-9, at)
			} else if m, ok := interval[figure]; ok {
				i, err := b.Interval(m, 0.95)
				require.NoError(t, err)
				c.slice(n.list(t, figure), []float64{i.Low, i.High}, 1e-9, at)
			} else if first, ok := strings.CutPrefix(figure, "replicates_first"); ok {
				many, err := strconv.Atoi(first)
				require.NoError(t, err)
				c.slice(n.list(t, figure), b.Replicates()[:many], 1e-9, at)
			} else {
				t.Errorf("%s is unknown", at)
			}
		}
	}
}

// resamples reads positions from 1, one resample a row after its number.
func resamples(t *testing.T) (list [][]int) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(reference.Input(t, "servqual_boot_index_ci.csv"))).ReadAll()
	require.NoError(t, err)
	for _, record := range records[1:] {
		var positions []int
		for _, text := range record[1:] {
			n, err := strconv.Atoi(text)
			require.NoError(t, err)
			positions = append(positions, n-1)
		}
		list = append(list, positions)
	}
	return list
}

// The scale of justice is in the file of another room, with all that an alpha has.
func TestReferenceJustice(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_recovery_expected.json")
	c, file := checker{t, f}, object(t, f.Bytes())
	rows := reference.InputRows(t, "servqual_recovery.csv")
	for _, key := range file.keys {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "alpha_justice", key)
		var part [][]int8
		for _, row := range columns(t, rows, []string{"distributive", "procedural", "interpersonal", "informational"}) {
			if !slices.Contains(row, scale.Blank) {
				part = append(part, row)
			}
		}
		c.eitherUse(file.at[key], part, key)
	}
}
