package points

import (
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/loyalty/earning"
)

// To add a command: a file with its action and the body of its event, a word in kinds,
// and a blank body for it. Everything else asks the body.

// kinds are the names of bodies in the order of the compact encoding, which is for
// good: a new kind goes to the end, and needs no new version, as an older reader
// answers with [relmark.ErrUnsupported] to a type that it does not know.
func kinds() enum.Set[string] {
	return enum.Of("earned", "redeemed", "refunded", "adjusted", "reserved", "resolved",
		"sent", "received", "opened", "closed", "swept", "late_refunded", "acted")
}

// blank returns an empty body of a kind, nil if there is no such kind. The bodies that
// make up most of a history come with room for their usual lists, in one piece of
// memory with them: what is not there is set to nil, and longer lists move out.
func blank(kind string) Body {
	switch kind {
	case "earned":
		b := new(struct {
			Earned
			grants [2]earning.Grant
		})
		b.Award.Grants = b.grants[:0]
		return &b.Earned
	case "redeemed":
		b := new(struct {
			Redeemed
			parts [2]Part
		})
		b.Parts = b.parts[:0]
		return &b.Redeemed
	case "refunded":
		b := new(struct {
			Refunded
			reversed [2]Part
		})
		b.Reversed = b.reversed[:0]
		return &b.Refunded
	case "adjusted":
		return new(Adjusted)
	case "reserved":
		return new(Reserved)
	case "resolved":
		return new(Resolved)
	case "sent":
		return new(Sent)
	case "received":
		return new(Received)
	case "opened":
		return new(Opened)
	case "closed":
		return new(Closed)
	case "swept":
		return new(Swept)
	case "late_refunded":
		return new(LateRefunded)
	case "acted":
		return new(Acted)
	}
	return nil
}
