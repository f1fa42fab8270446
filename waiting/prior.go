package waiting

import (
	"math"

	"github.com/relmark/relmark/internal/enum"
)

// A Factor is something about a wait that changes how it is lived through. The
// number in brackets is that of Maister's proposition.
type Factor string

// The factors of a [Situation], and three that every wait has.
const (
	Base       Factor = "base"       // waiting at all, with nothing to do and no news
	Exponent   Factor = "exponent"   // by how much long waits stretch
	Aversion   Factor = "aversion"   // a minute too many against a minute saved
	Filled     Factor = "filled"     // something to do (1)
	Outside    Factor = "outside"    // before or after the service, not within it (2)
	Anxious    Factor = "anxious"    // fear, or an insecure place (3)
	Informed   Factor = "informed"   // live information on the wait that is left (4)
	Positioned Factor = "positioned" // place in line or progress is shown (4)
	Explained  Factor = "explained"  // the reason is given (5)
	Apologised Factor = "apologised" // somebody is sorry (5)
	Overtaken  Factor = "overtaken"  // somebody who came later is served first (6)
	Valuable   Factor = "valuable"   // what the service is worth to the customer (7)
	Alone      Factor = "alone"      // without company (8)
	Sheltered  Factor = "sheltered"  // a roof, a seat
	Followed   Factor = "followed"   // people behind, for every five of them
)

// An Effect says on what a factor acts, and so what its coefficient k means for a
// factor of strength z, which is 1 for those that are there or not.
type Effect string

// What a factor can act on. Information works less through felt minutes than
// through what people find acceptable and how soon they leave.
const (
	OnFelt     Effect = "felt"     // felt minutes are multiplied by e^(k·z); for Exponent, k is the exponent
	OnExpected Effect = "expected" // acceptable minutes are multiplied by e^(k·z)
	OnLoss     Effect = "loss"     // a minute beyond them weighs 1 + k·z times as much; for Aversion, k times a minute saved
	OnLeaving  Effect = "leaving"  // the rate of leaving the line is multiplied by e^(k·z)
)

// A Grade says how good the evidence for a prior is.
type Grade string

// The grades, best first. Most of the better evidence comes from public transport.
const (
	Ungraded Grade = ""  // the default of a prior of one's own
	GradeA   Grade = "a" // measured in the field, large or repeated
	GradeB   Grade = "b" // one good study, or the direction only
	GradeC   Grade = "c" // mixed, contradicted, or from a neighbouring field
	GradeD   Grade = "d" // nothing that could be read
)

func grades() enum.Set[Grade] { return enum.Of(Ungraded, GradeA, GradeB, GradeC, GradeD) }

// A Prior is what is believed of a coefficient before the host has data of its
// own: a normal distribution with a source. It is plain data.
type Prior struct {
	Factor Factor  `json:"factor"`
	Effect Effect  `json:"effect"`
	Mean   float64 `json:"mean"`
	SD     float64 `json:"sd"` // standard deviation: what is not known, not how people differ

	Grade   Grade  `json:"grade,omitempty"`
	Assumed bool   `json:"assumed,omitempty"` // no study gives the number: it is an assumption
	Source  string `json:"source"`
}

// Priors returns the default priors. Where the literature has a direction and no
// usable number, the mean is 0 or a stated assumption, never an invented
// percentage, and the spread is wide.
func Priors() []Prior {
	return []Prior{
		{Base, OnFelt, 0.31, 0.15, GradeB, false, "Hornik 1984, after Larson: waits in line felt 1.36 times as long; Katz, Larson & Larson 1991 and Fan et al. 2016 have 1.21"},
		{Exponent, OnFelt, 1, 0.10, GradeC, true, "Antonides, Verhoef & van Aalst 2002: a power function fits best; field data argue for less than 1, the laboratory for more"},
		{Aversion, OnLoss, 2.25, 0, GradeC, true, "Tversky & Kahneman 1992: losses against gains of money"},
		{Filled, OnFelt, -0.10, 0.15, GradeC, true, "Kellaris & Kent 1992, Pruyn & Smidts 1998, Oakes 2003: mixed, nothing left beyond ten minutes"},
		{Filled, OnExpected, 0.05, 0.10, GradeC, true, "Pruyn & Smidts 1998, Taylor 1994: acts on mood and anger rather than on minutes"},
		{Outside, OnFelt, 0, 0.15, GradeB, true, "Dubé-Rioux, Schmitt & Leclerc 1989: direction only"},
		{Outside, OnLoss, 0.25, 0.25, GradeB, true, "Dubé-Rioux, Schmitt & Leclerc 1989: direction only"},
		{Anxious, OnFelt, 0.20, 0.20, GradeB, true, "Fan, Guthrie & Levinson 2016: direction, and one group in insecure places"},
		{Informed, OnFelt, -0.13, 0.08, GradeA, false, "Watkins et al. 2011; Hui & Zhou 1996 found none"},
		{Informed, OnLeaving, 0, 0.3, GradeB, true, "Yu, Allon & Bassamboo 2017: either way"},
		{Positioned, OnFelt, 0, 0.10, GradeB, true, "Munichor & Rafaeli 2007: works through progress, not through felt time"},
		{Positioned, OnLeaving, math.Log(0.38), 0.4, GradeB, false, "Munichor & Rafaeli 2007: hazard ratio 0.38 on the telephone, n = 123"},
		{Explained, OnFelt, 0, 0.10, GradeD, true, "Maister 1985: proposition only"},
		{Apologised, OnLeaving, -0.05, 0.2, GradeB, true, "Munichor & Rafaeli 2007: no better than music"},
		{Overtaken, OnFelt, 0, 0.20, GradeB, true, "Larson 1987, Pruyn & Smidts 1993: direction only"},
		{Overtaken, OnLoss, 0.5, 0.5, GradeB, true, "Larson 1987, Pruyn & Smidts 1993: direction only; for each slip"},
		{Valuable, OnExpected, 0.5, 0.5, GradeD, true, "Maister 1985: direction only; the power of relative value"},
		{Alone, OnFelt, 0, 0.15, GradeC, true, "Maister 1985; contradicted by Pruyn & Smidts 1999"},
		{Sheltered, OnFelt, -0.25, 0.20, GradeA, false, "Fan, Guthrie & Levinson 2016: waits under ten minutes"},
		{Followed, OnLeaving, -0.05, 0.1, GradeB, true, "Zhou & Soman 2003: direction only"},
	}
}
