package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
)

func TestPack(t *testing.T) {
	t.Parallel()
	dir, proxy := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"go.mod":           "module github.com/relmark/relmark\n",
		"doc.go":           "package relmark\n",
		"nested/go.mod":    "module github.com/relmark/relmark/nested\n",
		"nested/nested.go": "package nested\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := pack(dir, proxy, "v0.0.1"); err != nil {
		t.Fatal(err)
	}
	r, err := zip.OpenReader(filepath.Join(proxy, "github.com/relmark/relmark/@v/v0.0.1.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.File) != 2 {
		t.Errorf("%d files, want go.mod and doc.go without the nested module", len(r.File))
	}
}
