package servqual

// UnpairedGaps are gaps between the perceptions of some people and the expectations of
// others: differences of independent means. They are plain data.
type UnpairedGaps struct {
	Items      []*Change     `json:"items"`      // by position in the answers; nil with fewer than two answers to either question
	Dimensions []UnpairedGap `json:"dimensions"` // in the order of the instrument
	Overall    *Change       `json:"overall"`    // of those with scores on all dimensions; nil with fewer than two of either
}

// An UnpairedGap is that of one dimension.
type UnpairedGap struct {
	Name string  `json:"name"`
	Gap  *Change `json:"gap"` // nil with fewer than two scores of either
}

// Unpaired compares two studies of different people: the perceptions of one with the
// expectations of the other. Where the same people answered both, their own gaps say
// more, and a [Report] has them. The test is Welch's, as in [Stat.Change]. It fails with a
// [relmark.FieldError] unless both are of one instrument, the rule is known and the level
// is 0.5 to 0.9999, and with [relmark.ErrTooFew] if nobody responded to one.
func Unpaired(expectations, perceptions *Survey, m Missing, level float64) (UnpairedGaps, error) {
	if err := checkLevel(level); err != nil {
		return UnpairedGaps{}, err
	}
	if expectations == nil || perceptions == nil {
		return UnpairedGaps{}, broken("Survey", nil, "must not be nil")
	}
	if expectations.respondents == 0 || perceptions.respondents == 0 {
		return UnpairedGaps{}, few("nobody has responded to one of two studies")
	}
	if expectations.plan != perceptions.plan && !expectations.plan.params.equal(perceptions.plan.params) {
		return UnpairedGaps{}, broken("Instrument", nil, "must be the same in both studies")
	}
	e, err := expectations.Report(m)
	if err != nil {
		return UnpairedGaps{}, err
	}
	p, err := perceptions.Report(m)
	if err != nil {
		return UnpairedGaps{}, err
	}
	var g UnpairedGaps
	for i := range e.Items {
		g.Items = append(g.Items, unpaired(e.Items[i].Expected, p.Items[i].Perceived, level))
	}
	for d, of := range e.Dimensions {
		g.Dimensions = append(g.Dimensions, UnpairedGap{of.Name, unpaired(of.Expected, p.Dimensions[d].Perceived, level)})
	}
	g.Overall = unpaired(e.Expected.Unweighted, p.Perceived.Unweighted, level)
	return g, nil
}

func unpaired(e, p Stat, level float64) *Change {
	c, err := e.Change(p, level)
	if err != nil {
		return nil // fewer than two: the level and the scale were checked
	}
	return &c
}
