package main

import (
	"slices"
	"strings"
	"testing"
)

const page = "# relmark\n\n```sh\ngo get x\n```\n\n" +
	"```go\nfmt.Println(\"2 customers\")\n```\n\nprints\n\n```\n2 customers\n```\n\n" +
	"```go\nfunc half(x float64) float64 { return math.Abs(x) / 2 }\n```\n" +
	"## Next\n\n```text\nnot an output\n```\n\n" +
	"| question | room |\n|---|---|\n| who stays | `tier/rfm`, `tier` |\n\n`tier/clv` in prose\n"

func TestPrograms(t *testing.T) {
	t.Parallel()
	list := programs(page)
	if len(list) != 2 || list[0].line != 7 || list[0].output == nil || list[1].output != nil {
		t.Fatalf("%+v", list)
	}
	for _, p := range list {
		if err := p.check(); err != nil {
			t.Error(err)
		}
	}
	other := "3 customers\n"
	list[0].output = &other
	if err := list[0].check(); err == nil || !strings.Contains(err.Error(), "--- printed\n2 customers") {
		t.Errorf("a wrong output passes: %v", err)
	}
	if err := (program{code: "x := undefined()\n"}).check(); err == nil {
		t.Error("code that does not compile passes")
	}
}

func TestPackages(t *testing.T) {
	t.Parallel()
	if got := tablePackages(page); !slices.Equal(got, []string{"tier/rfm", "tier"}) {
		t.Errorf("%q", got)
	}
	if got := textPackages("the tier, tier/rfm and (waiting/queue)."); !slices.Equal(got, []string{"tier/rfm", "waiting/queue"}) {
		t.Errorf("%q", got)
	}
	wrong := compare("README", []string{"tier/rfm", "tier/clv"}, []string{"tier/rfm", "tier/abc"})
	if len(wrong) != 2 {
		t.Errorf("%q", wrong)
	}
}
