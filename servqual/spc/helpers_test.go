package spc_test

import (
	"errors"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/spc"
)

// field returns the field at fault; "" if there is none.
func field(err error) string {
	if e, ok := errors.AsType[*relmark.FieldError](err); ok {
		return e.Field
	}
	return ""
}

// rules returns all rules that are ready, and one of each pattern at its edges.
func rules() []spc.Rule {
	return append(append(spc.Nelson(), spc.WesternElectric()...),
		spc.Rule{Name: "all 64", Pattern: spc.Beyond, K: 64, Of: 64},
		spc.Rule{Name: "any of 64", Pattern: spc.Beyond, K: 1, Of: 64, Z: 2.5},
		spc.Rule{Name: "two rise", Pattern: spc.Trending, Of: 2},
		spc.Rule{Name: "64 rise", Pattern: spc.Trending, Of: 64},
		spc.Rule{Name: "up and down", Pattern: spc.Alternating, Of: 3},
		spc.Rule{Name: "64 by turns", Pattern: spc.Alternating, Of: 64},
		spc.Rule{Name: "on the centre", Pattern: spc.Inside, Of: 1},
		spc.Rule{Name: "64 inside", Pattern: spc.Inside, Of: 64, Z: 2},
		spc.Rule{Name: "both sides", Pattern: spc.Outside, Of: 2, Z: 0.5},
		spc.Rule{Name: "64 outside", Pattern: spc.Outside, Of: 64},
	)
}
