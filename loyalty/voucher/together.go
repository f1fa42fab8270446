package voucher

import (
	"fmt"

	"github.com/relmark/relmark/internal/fault"
)

// A Claim is one of the codes of an order: what is redeemed, and where it is counted. It
// has no JSON.
type Claim struct {
	opaque
	Campaign   *Campaign
	Register   *Register
	Redemption Redemption
}

// maxClaims bounds the codes of one order.
const maxClaims = 100

// RedeemAll decides about the codes of one order, of one campaign or of several: all are
// redeemed, or none. It changes nothing. The decisions come in the order of the claims.
// If all are accepted, store and apply all events in one transaction, with the order;
// those of one register have sequence numbers in their order. If one is refused, so are
// all that have not been accepted before, those with nothing against them with
// [OthersRefused]. Claims of one register count one after the other: two codes need two
// uses of a member.
//
// It fails as [Campaign.Redeem] does, naming the claim, with more than 100 claims, and if
// a register has two claims with one key.
func RedeemAll(claims []Claim) ([]Decision, error) {
	if len(claims) > maxClaims {
		return nil, fault.Room(room, fault.New("Claims", len(claims), "must be at most 100"))
	}
	out := make([]Decision, len(claims))
	before := map[*Register][]*request{}
	keys := map[*Register]map[string]bool{}
	refused := false
	for i := range claims {
		c := &claims[i]
		d, err := c.Campaign.redeem(c.Register, &c.Redemption, before[c.Register])
		if err == nil && keys[c.Register][c.Redemption.Key] {
			err = fault.Room(room, fault.New("Key", nil, "must not be that of another claim"))
		}
		if err != nil {
			return nil, fmt.Errorf("claim %d: %w", i, err)
		}
		if keys[c.Register] == nil {
			keys[c.Register] = map[string]bool{}
		}
		keys[c.Register][c.Redemption.Key] = true
		if d.Accepted && !d.Replayed {
			q := c.Campaign.ask(&c.Redemption, new(fault.List))
			before[c.Register] = append(before[c.Register], &q)
		}
		refused = refused || !d.Accepted
		out[i] = d
	}
	for i := range out {
		if d := &out[i]; refused && d.Accepted && !d.Replayed {
			*d = Decision{Reasons: []Reason{OthersRefused}}
		}
	}
	return out, nil
}
