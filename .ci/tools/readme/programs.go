package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/imports"
)

// A program is a Go code block, with the output shown right under it if any.
type program struct {
	line   int // of the opening fence
	code   string
	output *string
}

// A block is a fenced block of markdown.
type block struct {
	line     int // of the opening fence
	language string
	text     string
	near     bool // at most one line of text since the block before
}

// programs pairs the Go blocks of a page with the plain blocks right under them.
func programs(markdown string) (list []program) {
	blocks := blocks(markdown)
	for i, b := range blocks {
		if b.language != "go" {
			continue
		}
		p := program{line: b.line, code: b.text}
		if i+1 < len(blocks) && blocks[i+1].near && (blocks[i+1].language == "" || blocks[i+1].language == "text") {
			p.output = &blocks[i+1].text
		}
		list = append(list, p)
	}
	return list
}

func blocks(markdown string) (list []block) {
	open, prose := false, 0
	for i, line := range strings.Split(markdown, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence && open:
			open, prose = false, 0
		case fence:
			open = true
			list = append(list, block{line: i + 1, language: strings.TrimSpace(line[3:]), near: len(list) > 0 && prose <= 1})
		case open:
			list[len(list)-1].text += line + "\n"
		case strings.HasPrefix(line, "#"):
			prose = 2 // another section
		case strings.TrimSpace(line) != "":
			prose++
		}
	}
	return list
}

// check compiles a program, runs it if its output is shown, and compares.
func (p program) check() error {
	source, err := complete(p.code)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "readme")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "main")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return err
	}
	if _, err := output("go", "build", "-o", binary, file); err != nil {
		return err
	}
	if p.output == nil {
		return nil
	}
	got, err := output(binary)
	if err != nil {
		return err
	}
	if want := *p.output; trim(got) != trim(want) {
		return fmt.Errorf("the program does not print what is shown\n--- shown\n%s\n--- printed\n%s", trim(want), trim(got))
	}
	return nil
}

// complete makes a main package of code, which is a program, declarations, or
// statements; it adds missing imports.
func complete(code string) ([]byte, error) {
	source := code
	if !strings.Contains("\n"+code, "\npackage ") {
		source = "package main\n\n" + code
		if _, err := parser.ParseFile(token.NewFileSet(), "", source, 0); err != nil {
			source = "package main\n\nfunc main() {\n" + code + "}\n"
		} else if !strings.Contains(code, "func main()") {
			source += "\nfunc main() {}\n"
		}
	}
	fixed, err := imports.Process("readme_program.go", []byte(source), nil)
	if err != nil {
		return nil, fmt.Errorf("the code does not parse: %w", err)
	}
	return fixed, nil
}

func output(name string, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", filepath.Base(name), err, out, stderr.String())
	}
	return string(out), nil
}

// trim drops what markdown does not show: blanks at line ends, blank lines around.
func trim(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}
