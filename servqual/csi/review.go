package csi

import (
	"github.com/relmark/relmark/internal/enum"
)

// Concern is what may be wrong with the questionnaire or the model behind a fit.
type Concern string

// The concerns, with the bound that Hair et al. (2017) give, about which opinions differ.
const (
	LowLoading     Concern = "low_loading"     // below 0.7: the item says little of its construct; mode A
	AgainstOthers  Concern = "against_others"  // mean correlation with its construct's other items of 0 or less: not reversed, perhaps; mode A
	NegativeShare  Concern = "negative_share"  // below 0: a better answer lowers the index
	LowExtraction  Concern = "low_extraction"  // AVE below 0.5: items have more of their own than in common
	LowReliability Concern = "low_reliability" // rho_C below 0.7
	TwoDimensions  Concern = "two_dimensions"  // second eigenvalue above 1: items measure two things; mode A
	Inflated       Concern = "inflated"        // VIF of 5 or more: antecedents are too much alike to tell their paths apart
	TooAlike       Concern = "too_alike"       // HTMT of 0.9 or more: customers do not tell two constructs apart
)

func concerns() enum.Set[Concern] {
	return enum.Of(LowLoading, AgainstOthers, NegativeShare, LowExtraction, LowReliability, TwoDimensions, Inflated, TooAlike)
}

// A Finding is one concern, and what about. It is plain data.
type Finding struct {
	Concern   Concern `json:"concern"`
	Construct string  `json:"construct"`
	Other     string  `json:"other,omitempty"` // the construct it is too much like, or that its path leads to
	Item      *int    `json:"item,omitempty"`  // position of the item that is meant; nil for the construct
	Value     float64 `json:"value"`
}

// Review returns what to look at before figures are reported, by concern in the order of
// their list; nothing where all is well, and for the zero Fit. It judges by rules of thumb,
// and is no test.
func (f Fit) Review() []Finding {
	if f.model.plan == nil {
		return nil
	}
	var found []Finding
	for _, add := range []func() []Finding{f.reviewItems, f.reviewMeasures, f.reviewPaths, f.reviewPairs} {
		found = append(found, add()...)
	}
	var sorted []Finding
	for _, concern := range concerns().All() {
		for _, finding := range found {
			if finding.Concern == concern {
				sorted = append(sorted, finding)
			}
		}
	}
	return sorted
}

func (f Fit) reviewItems() (list []Finding) {
	m, e, items := f.model.plan, f.estimate(), f.Items()
	for h, j := range m.owner() {
		c, item := m.params.Constructs[j], items[h]
		add := func(ok bool, concern Concern, value float64) {
			if !ok {
				list = append(list, Finding{Concern: concern, Construct: c.Name, Item: &item.Position, Value: value})
			}
		}
		if c.Mode == ModeA && len(c.Items) > 1 {
			add(item.Loading >= 0.7, LowLoading, item.Loading)
			add(!e.against(h, j), AgainstOthers, e.beside(h, j))
		}
		add(item.Share == nil || *item.Share >= 0, NegativeShare, f.share[h])
	}
	return list
}

func (f Fit) reviewMeasures() (list []Finding) {
	for _, m := range f.Measures() {
		add := func(ok bool, concern Concern, value float64) {
			if !ok {
				list = append(list, Finding{Concern: concern, Construct: m.Name, Value: value})
			}
		}
		if m.Mode == ModeA && m.Items > 1 {
			add(*m.AVE >= 0.5, LowExtraction, *m.AVE)
			add(*m.RhoC >= 0.7, LowReliability, *m.RhoC)
			add(m.Eigenvalues[1] <= 1, TwoDimensions, m.Eigenvalues[1])
		}
	}
	return list
}

func (f Fit) reviewPaths() (list []Finding) {
	for _, p := range f.Paths() {
		if p.VIF >= 5 {
			list = append(list, Finding{Concern: Inflated, Construct: p.From, Other: p.To, Value: p.VIF})
		}
	}
	return list
}

// reviewPairs leaves HTMT out where it does not exist: items against others say why.
func (f Fit) reviewPairs() (list []Finding) {
	pairs, err := f.HTMT()
	if err != nil {
		return nil
	}
	for _, p := range pairs {
		if p.HTMT >= 0.9 {
			list = append(list, Finding{Concern: TooAlike, Construct: p.First, Other: p.Second, Value: p.HTMT})
		}
	}
	return list
}
