// Command modzip packs the module in the current folder as a module proxy would
// serve it: modzip FOLDER VERSION. A host that lists file://FOLDER first in
// GOPROXY can then require that version, though nobody has published it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/relmark/relmark/.ci/tools/golist"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: modzip FOLDER VERSION")
		os.Exit(2)
	}
	if err := pack(".", os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "modzip:", err)
		os.Exit(1)
	}
}

// pack writes the four files of the proxy protocol. The zip leaves out nested
// modules, as it does for every module.
func pack(dir, proxy, version string) error {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	base := filepath.Join(proxy, filepath.FromSlash(golist.Module), "@v")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	info := fmt.Sprintf("{\"Version\":%q,\"Time\":%q}\n", version, time.Now().UTC().Format(time.RFC3339))
	for name, data := range map[string]string{"list": version + "\n", version + ".info": info, version + ".mod": string(mod)} {
		if err := os.WriteFile(filepath.Join(base, name), []byte(data), 0o644); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(base, version+".zip"))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := zip.CreateFromDir(f, module.Version{Path: golist.Module, Version: version}, dir); err != nil {
		return err
	}
	return f.Close()
}
