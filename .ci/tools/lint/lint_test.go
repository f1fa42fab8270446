package lint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the checkout, whose configuration and dependencies the test uses.
const root = "../../.."

var want = regexp.MustCompile(`// want (\w+) "([^"]+)"`)

// A finding is a line that the linter reports, or ought to.
type finding struct {
	file   string
	line   int
	linter string
	text   string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.file, f.line, f.linter, f.text)
}

// matches reports whether a wanted finding is the one found.
func (f finding) matches(found finding) bool {
	return f.file == found.file && f.line == found.line && f.linter == found.linter && strings.Contains(found.text, f.text)
}

func TestEveryPlantedViolationIsReported(t *testing.T) {
	t.Parallel()
	dir := plant(t)
	found, wanted := lint(t, dir), wanted(t, dir)
	if len(wanted) < 40 {
		t.Errorf("only %d violations are planted", len(wanted))
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(found, w.matches) {
			t.Errorf("not reported: %v", w)
		}
	}
	for _, f := range found {
		ours := f.linter == "depguard" || f.linter == "forbidigo"
		if ours && !slices.ContainsFunc(wanted, func(w finding) bool { return w.matches(f) }) {
			t.Errorf("reported, though nothing is wrong: %v", f)
		}
	}
}

// plant copies the violations to a module of their own.
func plant(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/src")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum", ".ci/golangci.yml"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lint runs the pinned linter once over the module in dir.
func lint(t *testing.T, dir string) (list []finding) {
	t.Helper()
	tools, err := filepath.Abs("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("go", "tool", "-modfile="+tools, "golangci-lint", "run", "-c", "golangci.yml",
		"--max-issues-per-linter=0", "--max-same-issues=0", "--uniq-by-line=false",
		"--output.json.path=stdout", "--show-stats=false", "--issues-exit-code=0", "./...")
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, i := range report.Issues {
		list = append(list, finding{filepath.ToSlash(i.Pos.Filename), i.Pos.Line, i.FromLinter, i.Text})
	}
	return list
}

// wanted reads what the comments of the module in dir ask for.
func wanted(t *testing.T, dir string) (list []finding) {
	t.Helper()
	source := os.DirFS(dir)
	err := fs.WalkDir(source, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		f, err := source.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			for _, m := range want.FindAllStringSubmatch(lines.Text(), -1) {
				list = append(list, finding{path, n, m[1], m[2]})
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
