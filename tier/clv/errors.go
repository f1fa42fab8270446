package clv

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

var (
	// ErrNoRepeatPurchases says that nobody in the data bought twice, so nothing
	// tells the rate of purchases from the rate of drop-out.
	ErrNoRepeatPurchases = fmt.Errorf("no repeat purchase: %w", relmark.ErrTooFew)
	// ErrNoPopulationMean says that the mean spend of the population does not
	// exist: q ≤ 1 in [GammaGamma].
	ErrNoPopulationMean = fmt.Errorf("mean spend of the population does not exist for Q ≤ 1: %w", relmark.ErrInvalid)
)

// room begins the text of every error.
const room = "clv"

func invalid(name string, value any, rule string) error {
	return fault.Room(room, fault.New(name, value, rule))
}
