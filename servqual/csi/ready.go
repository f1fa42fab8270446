package csi

import (
	"fmt"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// Form is a satisfaction index that several countries or industries compute alike.
type Form string

// The forms.
const (
	American Form = "american" // ACSI: expectations, quality, value, satisfaction, complaints, loyalty
	European Form = "european" // ECSI: the same and image, as published for mobile phones
	Chinese  Form = "chinese"  // CCSI: brand image, quality of hardware and of service, no complaints
)

func forms() enum.Set[Form] { return enum.Of(American, European, Chinese) }

// An Indicator is a question of a ready questionnaire. It is plain data.
type Indicator struct {
	Construct string `json:"construct"`
	Asks      string `json:"asks"` // what for
}

// A block is a construct of a form and what its items ask for.
type block struct {
	name string
	asks []string
}

// What the constructs of the forms are called.
const (
	image        = "Image"
	brandImage   = "Brand image"
	expectations = "Expectations"
	quality      = "Quality"
	hardware     = "Quality of hardware"
	service      = "Quality of service"
	value        = "Value"
	satisfaction = "Satisfaction"
	complaints   = "Complaints"
	loyalty      = "Loyalty"
)

func overall(of string) []string {
	return []string{of + " overall", of + ": how well it meets personal needs", of + ": how often things go wrong"}
}

// blocks returns the constructs of a form.
func (f Form) blocks() []block {
	worth := block{value, []string{"quality given the price", "price given the quality"}}
	satisfied := block{satisfaction, []string{"satisfaction overall", "against expectations", "against the ideal"}}
	complained := block{complaints, []string{"handling of complaints, or whether there were any"}}
	switch f {
	case American:
		return []block{
			{expectations, overall("expected quality")},
			{quality, overall("quality met with")},
			worth, satisfied, complained,
			{loyalty, []string{"likelihood to buy again", "price increase that would be borne", "price cut that would win them back"}},
		}
	case European:
		return []block{
			{image, []string{"can be trusted", "well established", "contribution to society", "concern for customers", "innovative"}},
			{expectations, overall("expected quality")},
			{quality, []string{"quality overall", "technical quality", "personal attention", "quality of services", "range of services", "reliability and accuracy", "clear information"}},
			worth, satisfied, complained,
			{loyalty, []string{"likelihood to choose again", "price difference at which they would leave", "likelihood to recommend"}},
		}
	case Chinese:
		return []block{
			{brandImage, []string{"image overall", "known and trusted", "distinct from others"}},
			{expectations, overall("expected quality")},
			{hardware, overall("quality of the product")},
			{service, overall("quality of the service")},
			worth, satisfied,
			{loyalty, []string{"likelihood to buy again", "likelihood to recommend", "price increase that would be borne"}},
		}
	}
	return nil
}

// links returns the links of a form: those of the American one, with an image that acts on
// expectations, satisfaction and loyalty, and with each kind of quality for itself.
func (f Form) links() []Link {
	var list []Link
	add := func(from string, to ...string) {
		for _, t := range to {
			list = append(list, Link{from, t})
		}
	}
	kinds := []string{quality}
	switch f {
	case European:
		add(image, expectations, satisfaction, loyalty)
	case Chinese:
		kinds = []string{hardware, service}
		add(brandImage, expectations, satisfaction, loyalty)
	case American: // no image
	}
	add(expectations, kinds...)
	add(expectations, value, satisfaction)
	for _, kind := range kinds {
		add(kind, value, satisfaction)
	}
	add(value, satisfaction)
	if f == Chinese {
		add(satisfaction, loyalty)
		return list
	}
	add(satisfaction, complaints, loyalty)
	add(complaints, loyalty)
	return list
}

// Indicators returns the questions that a form asks, in the order in which [Ready] numbers
// them; nil if f is no form. Wordings are the host's: translate them, and ask a score of 1
// to 10.
func (f Form) Indicators() (list []Indicator) {
	for _, b := range f.blocks() {
		for _, asks := range b.asks {
			list = append(list, Indicator{b.name, asks})
		}
	}
	return list
}

// Ready returns the params of a form, all constructs of mode A and on one scale. Items are
// the positions of answers for each construct, in the order of [Form.Indicators]; none at
// all stand for the indicators themselves, numbered through from 0. What differs, such as
// the scale of complaints, may be changed before it goes to [New]. It fails with a
// [relmark.FieldError] for an unknown form, another number of lists than there are
// constructs, and as [Params.Validate] does.
func Ready(f Form, low, high float64, items ...[]int) (Params, error) {
	if err := forms().Check("Form", f); err != nil {
		return Params{}, fault.Room(room, err)
	}
	blocks, next := f.blocks(), 0
	if len(items) != 0 && len(items) != len(blocks) {
		return Params{}, fault.Room(room, fault.New("Items", len(items), fmt.Sprintf("must be none, or a list for each of %d constructs", len(blocks))))
	}
	p := Params{Links: f.links()}
	for i, b := range blocks {
		c := Construct{Name: b.name, Low: low, High: high}
		if len(items) > 0 {
			c.Items = append(c.Items, items[i]...)
		} else {
			for range b.asks {
				c.Items = append(c.Items, next)
				next++
			}
		}
		p.Constructs = append(p.Constructs, c)
	}
	if err := p.Validate(); err != nil {
		return Params{}, err
	}
	return p, nil
}
