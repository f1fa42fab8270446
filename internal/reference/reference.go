package reference

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/relmark/relmark/internal/near"
)

// A File is one reference file opened by one test, with its tally. It is safe
// for concurrent use by parallel subtests.
type File struct {
	Name string // as in the table, such as "rfm_golden.json"

	t       testing.TB
	room    string
	content []byte

	mu      sync.Mutex
	values  int
	pending map[string]bool
	worst   float64
	where   string // what the worst error was found at
}

// Open reads a reference file on behalf of the room with the given path in the
// module, "" for the root. It skips or fails the test if the file is absent, and
// logs the tally when the test ends.
func Open(t testing.TB, room, name string) *File {
	t.Helper()
	return open(t, room, name, find(t, "reference", "RELMARK_REFERENCE", name))
}

// Glob opens every reference file whose name matches the pattern, in order of
// name. It skips or fails the test if there is none.
func Glob(t testing.TB, room, pattern string) []*File {
	t.Helper()
	paths := find(t, "reference", "RELMARK_REFERENCE", pattern)
	files := make([]*File, 0, len(paths))
	for i := range paths {
		files = append(files, open(t, room, filepath.Base(paths[i]), paths[i:i+1]))
	}
	return files
}

// Holding returns the base names, in order, of the reference files in JSON that match the
// pattern and have a figure of the room at the top, whatever they are called. It skips or
// fails the test if there is none.
func Holding(t testing.TB, room, pattern string) (names []string) {
	t.Helper()
	for _, path := range find(t, "reference", "RELMARK_REFERENCE", pattern) {
		var at map[string]json.RawMessage
		name := filepath.Base(path)
		if err := json.Unmarshal(read(t, path), &at); err != nil {
			t.Fatalf("reference: %s: %v", name, err)
		}
		for key := range at {
			if owner, _ := Owner(name, key); owner == room {
				names = append(names, name)
				break
			}
		}
	}
	if len(names) == 0 {
		absent(t, "RELMARK_REFERENCE", pattern+" of room "+room)
	}
	return names
}

// Input returns the content of a file beside the figures that holds none itself.
// It skips or fails the test if the file is absent.
func Input(t testing.TB, name string) []byte {
	t.Helper()
	return read(t, find(t, "reference", "RELMARK_REFERENCE", name)[0])
}

// Data returns the base name and the content, unpacked if the name ends in .gz, of
// the first data set that matches a pattern of [filepath.Match]. It skips or fails the
// test if there is none.
func Data(t testing.TB, pattern string) (name string, content []byte) {
	t.Helper()
	path := find(t, "data", "RELMARK_DATA", pattern)[0]
	return filepath.Base(path), read(t, path)
}

func open(t testing.TB, room, name string, paths []string) *File {
	t.Helper()
	f := &File{Name: name, t: t, room: room, content: read(t, paths[0]), pending: map[string]bool{}}
	t.Cleanup(f.log)
	return f
}

// find returns the paths that match the pattern in the first directory that has
// any.
func find(t testing.TB, kind, variable, pattern string) []string {
	t.Helper()
	for _, dir := range []string{directory(kind, variable), "testdata"} {
		paths, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatalf("reference: pattern %q: %v", pattern, err)
		}
		if len(paths) > 0 {
			slices.Sort(paths)
			return paths
		}
	}
	absent(t, variable, pattern)
	return nil
}

// absent skips or fails a test for want of a file.
func absent(t testing.TB, variable, file string) {
	t.Helper()
	if os.Getenv("RELMARK_STRICT") == "1" {
		t.Fatalf("reference: %s is absent", file)
	}
	t.Skipf("reference: %s is absent; set %s to a directory that has it", file, variable)
}

// directory returns where files of a kind are kept: the directory a variable
// names, or the one beside the checkout.
func directory(kind, variable string) string {
	if dir := os.Getenv(variable); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", kind)
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err == nil && strings.HasSuffix(path, ".gz") {
		content, err = unpack(content)
	}
	if err != nil {
		t.Fatalf("reference: %s: %v", filepath.Base(path), err)
	}
	return content
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

// Bytes returns the content of the file, unpacked; the caller must not change it.
func (f *File) Bytes() []byte { return f.content }

// JSON decodes the file into v. Numbers decoded into an any stay [json.Number].
func (f *File) JSON(v any) {
	f.t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(f.content))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		f.t.Fatalf("reference: %s: %v", f.Name, err)
	}
}

// Rows returns the records of a CSV file below its header, each by column name.
func (f *File) Rows() []map[string]string {
	f.t.Helper()
	return rows(f.t, f.Name, f.content)
}

// InputRows returns the records of an [Input] in CSV, as [File.Rows] does.
func InputRows(t testing.TB, name string) []map[string]string {
	t.Helper()
	return rows(t, name, Input(t, name))
}

func rows(t testing.TB, name string, content []byte) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil || len(records) == 0 {
		t.Fatalf("reference: %s: no header, or %v", name, err)
	}
	list := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, column := range records[0] {
			row[column] = record[i]
		}
		list = append(list, row)
	}
	return list
}

// Owns reports whether the room that opened the file reproduces the figures of
// this name. Pending names are counted, and a name that the table does not list
// fails the test.
func (f *File) Owns(name string) bool {
	f.t.Helper()
	owner, listed := Owner(f.Name, name)
	if !listed {
		f.t.Errorf("reference: %s: nobody owns %q: list it in internal/reference", f.Name, name)
	}
	if owner == Pending {
		f.mu.Lock()
		f.pending[name] = true
		f.mu.Unlock()
	}
	return listed && owner == f.room
}

// Near compares a figure: |got − want| must be at most tolerance·max(|want|,
// floor). With floor 0 the tolerance is relative.
func (f *File) Near(want, got, tolerance, floor float64, format string, args ...any) bool {
	f.t.Helper()
	scale := max(floor, abs(want))
	off := near.Error(want, got)
	if d := abs(got - want); scale > 0 && d <= scale*1e300 && off != 0 {
		off = d / scale
	}
	f.count(off, format, args)
	if off <= tolerance {
		return true
	}
	f.t.Errorf("%s: %s: want %v, got %v: error %.3g, allowed %.3g", f.Name, fmt.Sprintf(format, args...), want, got, off, tolerance)
	return false
}

// Exact compares two values of one comparable type with ==.
func (f *File) Exact(want, got any, format string, args ...any) bool {
	f.t.Helper()
	f.count(0, format, args)
	if want == got {
		return true
	}
	f.t.Errorf("%s: %s: want %v, got %v", f.Name, fmt.Sprintf(format, args...), want, got)
	return false
}

func (f *File) count(off float64, format string, args []any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.values++
	if off > f.worst {
		f.worst, f.where = off, fmt.Sprintf(format, args...)
	}
}

func (f *File) log() {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	at := ""
	if f.worst > 0 {
		at = " at " + f.where
	}
	if f.values == 0 && len(f.pending) == 0 && !f.t.Failed() && !f.t.Skipped() {
		f.t.Errorf("reference: %s: nothing was compared for room %q", f.Name, f.room)
	}
	f.t.Logf("reference: %s: %d values, %d pending, worst relative error %.2g%s", f.Name, f.values, len(f.pending), f.worst, at)
}

func abs(x float64) float64 { return max(x, -x) }
