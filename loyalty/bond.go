package loyalty

import (
	"github.com/relmark/relmark/internal/enum"
)

const room = "loyalty" // whose errors these are

// A Level is what kind of bond ties a customer. The further down, the harder it is for
// a competitor to copy.
type Level string

// The levels (Berry and Parasuraman 1991; Zeithaml and Bitner, who set customisation
// apart).
const (
	Financial     Level = "financial"     // what customers get in money
	Social        Level = "social"        // knowing each other
	Customisation Level = "customisation" // a service that fits this customer
	Structural    Level = "structural"    // what is built together and lost by leaving
)

func levels() enum.Set[Level] { return enum.Of(Financial, Social, Customisation, Structural) }

// A Tactic is a way to bind customers; each belongs to one level.
type Tactic string

// The twelve tactics, three on each level (Zeithaml and Bitner).
const (
	VolumeRewards   Tactic = "volume_rewards"   // volume and frequency rewards: points, miles, rebates
	Bundling        Tactic = "bundling"         // bundles and cross-selling at a price
	StablePricing   Tactic = "stable_pricing"   // prices that do not rise for those who stay
	SteadyContact   Tactic = "steady_contact"   // continuous relationships: contact that does not break off
	PersonalContact Tactic = "personal_contact" // personal relationships with people who know the customer
	CustomerBonds   Tactic = "customer_bonds"   // bonds among customers: clubs, communities
	Intimacy        Tactic = "intimacy"         // knowing this customer's needs
	MassCustom      Tactic = "mass_custom"      // mass customisation: many versions from few parts
	Anticipation    Tactic = "anticipation"     // innovation that comes before the wish
	SharedProcesses Tactic = "shared_processes" // shared processes and equipment
	JointInvestment Tactic = "joint_investment" // investments made together
	SharedSystems   Tactic = "shared_systems"   // integrated information systems
)

func tactics() enum.Set[Tactic] {
	return enum.Of(VolumeRewards, Bundling, StablePricing, SteadyContact, PersonalContact, CustomerBonds,
		Intimacy, MassCustom, Anticipation, SharedProcesses, JointInvestment, SharedSystems)
}

// Levels returns the four levels, the easiest to copy first, in a slice of its own.
func Levels() []Level { return collect(levels()) }

// Tactics returns the twelve tactics by level, in a slice of its own.
func Tactics() []Tactic { return collect(tactics()) }

func collect[T ~string](set enum.Set[T]) []T {
	all := make([]T, 0, set.Len())
	for _, word := range set.All() {
		all = append(all, word)
	}
	return all
}

// Level returns the level of a tactic; "" for a word that is none.
func (t Tactic) Level() Level {
	i, ok := tactics().Index(t)
	if !ok {
		return ""
	}
	level, _ := levels().At(i / 3)
	return level
}

// A Lead says how long a bond keeps a firm apart from its competitors.
type Lead string

// The leads (Berry and Parasuraman 1991).
const (
	ShortLead  Lead = "low"
	MediumLead Lead = "medium"
	LongLead   Lead = "high"
)

// Lead returns the potential of a level to set a firm apart for long: low for financial
// bonds, which anybody can copy, medium for social and customisation bonds, high for
// structural ones; "" for a word that is no level.
func (l Level) Lead() Lead {
	switch l {
	case Financial:
		return ShortLead
	case Social, Customisation:
		return MediumLead
	case Structural:
		return LongLead
	}
	return ""
}
