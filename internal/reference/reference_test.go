package reference_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
)

// recorder is a test that is watched failing.
type recorder struct {
	testing.TB
	failures, logs []string
	cleanups       []func()
}

func (r *recorder) Failed() bool              { return len(r.failures) > 0 }
func (r *recorder) Skipped() bool             { return false }
func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }
func (r *recorder) Logf(f string, a ...any)   { r.logs = append(r.logs, fmt.Sprintf(f, a...)) }
func (r *recorder) Cleanup(f func())          { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Fatalf(f string, a ...any) { panic("fatal: " + fmt.Sprintf(f, a...)) }
func (r *recorder) Skipf(f string, a ...any)  { panic("skip: " + fmt.Sprintf(f, a...)) }
func (r *recorder) end() {
	for _, f := range r.cleanups {
		f()
	}
}

// write puts a file into a fresh directory.
func write(t *testing.T, name, content string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	return dir
}

func TestFileKeepsTheTally(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "rfm_golden.json", `{"cases":[{"kind":"summary","value":2.5}]}`))
	r := &recorder{}
	f := reference.Open(r, "tier/rfm", "rfm_golden.json")
	assert.True(t, f.Owns("summary"))
	assert.False(t, f.Owns("pareto"))
	assert.True(t, f.Near(2, 2+2e-10, 1e-9, 0, "sum of %s", "x"))
	assert.True(t, f.Near(1e-9, 0, 1e-8, 1, "floor"))
	assert.True(t, f.Near(math.NaN(), math.NaN(), 0, 0, "NaN is wanted"))
	assert.True(t, f.Exact("a", "a", "text"))
	assert.Empty(t, r.failures)
	r.end()
	require.Len(t, r.logs, 1)
	assert.Regexp(t, `^reference: rfm_golden.json: 4 values, \d pending, worst relative error 1e-09 at floor$`, r.logs[0])
}

func TestFileFails(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "rfm_golden.json", `{}`))
	for name, fail := range map[string]func(f *reference.File){
		"unlisted name":    func(f *reference.File) { f.Owns("no such kind") },
		"wrong figure":     func(f *reference.File) { f.Near(1, 1.1, 1e-3, 0, "x") },
		"NaN":              func(f *reference.File) { f.Near(1, math.NaN(), 1e300, 0, "x") },
		"infinity":         func(f *reference.File) { f.Near(1, math.Inf(1), 1e300, 0, "x") },
		"number for a NaN": func(f *reference.File) { f.Near(math.NaN(), 1, 1e300, 1, "x") },
		"other text":       func(f *reference.File) { f.Exact("a", "b", "x") },
		"other type":       func(f *reference.File) { f.Exact(1, int64(1), "x") },
	} {
		r := &recorder{}
		fail(reference.Open(r, "tier/rfm", "rfm_golden.json"))
		assert.Len(t, r.failures, 1, name)
	}
}

func TestNothingComparedFails(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "rfm_golden.json", `{}`))
	r := &recorder{}
	f := reference.Open(r, "tier/rmf", "rfm_golden.json")
	assert.False(t, f.Owns("summary"))
	r.end()
	assert.Equal(t, []string{`reference: rfm_golden.json: nothing was compared for room "tier/rmf"`}, r.failures)
}

func TestAbsentFilesSkipUnlessStrict(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "other.json", "{}"))
	t.Setenv("RELMARK_STRICT", "")
	assert.PanicsWithValue(t, "skip: reference: rfm_golden.json is absent; set RELMARK_REFERENCE to a directory that has it",
		func() { reference.Open(&recorder{}, "tier/rfm", "rfm_golden.json") })
	t.Setenv("RELMARK_STRICT", "1")
	assert.PanicsWithValue(t, "fatal: reference: rfm_golden.json is absent",
		func() { reference.Open(&recorder{}, "tier/rfm", "rfm_golden.json") })
}

func TestHoldingFindsFilesByTheirFigures(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "servqual_inn_expected.json", `{"meta":{},"modeA_path":{}}`))
	t.Setenv("RELMARK_STRICT", "")
	assert.Equal(t, []string{"servqual_inn_expected.json"}, reference.Holding(&recorder{}, "servqual/csi", "servqual_*_expected.json"))
	assert.PanicsWithValue(t, "skip: reference: servqual_*_expected.json of room tier is absent; set RELMARK_REFERENCE to a directory that has it",
		func() { reference.Holding(&recorder{}, "tier", "servqual_*_expected.json") })
	t.Setenv("RELMARK_REFERENCE", write(t, "servqual_inn_expected.json", `[]`))
	assert.PanicsWithValue(t, "fatal: reference: servqual_inn_expected.json: json: cannot unmarshal array into Go value of type map[string]json.RawMessage",
		func() { reference.Holding(&recorder{}, "tier", "servqual_*_expected.json") })
}

func TestReadsCSVAndData(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "sbg_x.csv", "model,value\na,1\nb,2\n"))
	files := reference.Glob(&recorder{}, "tier/clv", "sbg_*.csv")
	require.Len(t, files, 1)
	assert.Equal(t, []map[string]string{{"model": "a", "value": "1"}, {"model": "b", "value": "2"}}, files[0].Rows())
	t.Setenv("RELMARK_DATA", os.Getenv("RELMARK_REFERENCE"))
	name, content := reference.Data(&recorder{}, "sbg_?.csv")
	assert.Equal(t, "sbg_x.csv", name)
	assert.Equal(t, "model,value\na,1\nb,2\n", string(content))
}

func TestStrictKnowsEveryKey(t *testing.T) {
	t.Parallel()
	var c struct{ Kind string }
	require.NoError(t, reference.Strict([]byte(`{"kind":"streak"}`), &c))
	assert.Equal(t, "streak", c.Kind)
	assert.Error(t, reference.Strict([]byte(`{"kind":"streak","start":"A"}`), &c))
}

func TestMinorUnits(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]int{"": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4} {
		assert.Equal(t, want, reference.MinorUnits(currency), currency)
	}
}

// Every reference file has an owner, and every owner is a package of the module.
func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	dir := "../../../shared/reference"
	if own := os.Getenv("RELMARK_REFERENCE"); own != "" {
		dir = own
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.*"))
	require.NoError(t, err)
	if len(paths) == 0 && os.Getenv("RELMARK_STRICT") != "1" {
		t.Skip("there are no reference files")
	}
	require.NotEmpty(t, paths)
	for _, p := range paths {
		name := filepath.Base(p)
		if strings.HasSuffix(name, ".md") {
			continue
		}
		listed := false
		for _, owner := range reference.Owners(name) {
			listed = true
			if owner == reference.Pending || owner == reference.PeerOnly {
				continue
			}
			found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(owner), "*.go"))
			require.NoError(t, err)
			assert.NotEmpty(t, found, "%s: owner %q has no code", name, owner)
		}
		assert.True(t, listed, "%s: nobody owns it", name)
	}
}
