package csi_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/csi"
)

// given returns the resamples of a file, positions from 0: one a row, behind its number.
func (s *study) given(name string) (list [][]int) {
	records, err := csv.NewReader(bytes.NewReader(reference.Input(s.t, name))).ReadAll()
	require.NoError(s.t, err)
	require.NotEmpty(s.t, records)
	for _, record := range records[1:] {
		var positions []int
		for _, text := range record[1:] {
			v, err := strconv.Atoi(text)
			require.NoError(s.t, err)
			positions = append(positions, v-1)
		}
		list = append(list, positions)
	}
	return list
}

// bootstrap compares replicates and what they come to.
func (s *study) bootstrap(m csi.Model, n node) {
	var file string
	n.decode(s.t, "indices_file", &file)
	var name string
	n.decode(s.t, "scheme", &name)
	given := s.given(file)
	boot, err := m.Bootstrap(s.t.Context(), s.rows, csi.Options{Scheme: scheme(s.t, "_"+name)}, csi.Resampling{Given: given, Workers: 2}, nil)
	require.NoError(s.t, err)
	require.Zero(s.t, boot.Failed())
	at := map[string]csi.Distribution{}
	for _, p := range boot.Parameters() {
		var key string
		switch p.Quantity {
		case csi.Weight:
			key = "w_" + s.names[p.Item]
		case csi.Coefficient:
			key = p.Construct + "->" + p.To
		default:
			continue
		}
		at[key], err = boot.Of(p)
		require.NoError(s.t, err)
	}
	for _, key := range n.keys {
		switch key {
		case "indices_file", "scheme", "modes", "sign_rule": // inputs
		case "replicates":
			s.exact(int(n.number(s.t, key)), boot.Len(), key)
		default:
			want := object(s.t, n.at[key])
			s.exact(len(at), len(want.keys), key)
			for _, name := range want.keys {
				d, ok := at[name]
				require.True(s.t, ok, name)
				s.near(want.number(s.t, name), s.statistic(d, key), loose, key+" "+name)
			}
		}
	}
}

// statistic returns what a key of a file says of a distribution.
func (s *study) statistic(d csi.Distribution, key string) float64 {
	switch key {
	case "mean":
		mean, ok := d.Mean()
		require.True(s.t, ok)
		return mean
	case "sd_n_minus_1":
		se, ok := d.SE()
		require.True(s.t, ok)
		return se
	case "q025_type7", "q975_type7":
		i, err := d.Interval(csi.Plain, 0.95)
		require.NoError(s.t, err)
		if key == "q025_type7" {
			return i.Low
		}
		return i.High
	default:
		digits, ok := strings.CutPrefix(key, "replicate")
		require.True(s.t, ok, key)
		number, err := strconv.Atoi(digits)
		require.NoError(s.t, err, key)
		return d.Replicates()[number-1]
	}
}
