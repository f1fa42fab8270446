package promotion

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

type (
	priceListJSON struct {
		V       int              `json:"v"`
		Zone    string           `json:"zone"`
		Digits  int              `json:"digits"`
		Ladder  []string         `json:"ladder,omitempty"`
		Entries []priceEntryJSON `json:"entries,omitempty"`
	}
	priceEntryJSON struct {
		Item        string       `json:"item"`
		Tier        string       `json:"tier,omitempty"`
		Group       string       `json:"group,omitempty"`
		MinQuantity int64        `json:"min_quantity"`
		Price       money.Plain  `json:"price"`
		From        relmark.Date `json:"from,omitzero"`
		Through     relmark.Date `json:"through,omitzero"`
	}
)

// MarshalJSON encodes a valid price list in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","digits":2,"ladder":["base","gold"],"entries":
//	 [{"item":"x","tier":"gold","min_quantity":1,"price":"8","from":"2025-03-01"}]}
//
// without the spaces, in this order, what is open left out.
func (l PriceList) MarshalJSON() ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(l.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	out := priceListJSON{V: version, Zone: zone, Digits: l.Digits, Ladder: l.Ladder}
	for i := range l.Entries {
		out.Entries = append(out.Entries, priceEntryOf(&l.Entries[i]))
	}
	return encode(out)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode a price list with [DecodePriceList], which takes a
// loader of zones.
func (*PriceList) UnmarshalJSON([]byte) error {
	return fault.Room(room, canon.NeedsZone("DecodePriceList"))
}

// DecodePriceList decodes a price list of any version that was ever written and looks
// up its zone by name with zone, such as [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated keys, an
// unknown zone and a list that is not valid are [relmark.ErrInvalid]. The error of zone
// is wrapped.
func DecodePriceList(data []byte, zone func(name string) (*time.Location, error)) (PriceList, error) {
	var in priceListJSON
	if err := decode("price list", data, &in); err != nil {
		return PriceList{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return PriceList{}, fault.Room(room, err)
	}
	l := PriceList{Zone: loc, Digits: in.Digits, Ladder: in.Ladder}
	for i := range in.Entries {
		l.Entries = append(l.Entries, in.Entries[i].entry())
	}
	if err := l.Validate(); err != nil {
		return PriceList{}, err
	}
	return l, nil
}

// priceEntryOf returns an entry as it is encoded.
func priceEntryOf(e *PriceEntry) priceEntryJSON {
	return priceEntryJSON{e.Item, e.Tier, e.Group, e.MinQuantity, money.Plain(e.Price), e.From, e.Through}
}

// entry is the inverse of priceEntryOf.
func (in *priceEntryJSON) entry() PriceEntry {
	return PriceEntry{in.Item, in.Tier, in.Group, in.MinQuantity, decimal.Decimal(in.Price), in.From, in.Through}
}

// MarshalJSON encodes the quote. It fails with [relmark.ErrInvalid] on what nothing here
// has made: an amount that is longer than any text.
func (q Quote) MarshalJSON() ([]byte, error) {
	type fields Quote
	return encode(struct {
		fields
		Price money.Plain `json:"price"`
		Total money.Plain `json:"total"`
	}{fields(q), money.Plain(q.Price), money.Plain(q.Total)})
}

// UnmarshalJSON decodes what [Quote.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves q unchanged then.
func (q *Quote) UnmarshalJSON(data []byte) error {
	type fields Quote
	var in struct {
		fields
		Price money.Plain `json:"price"`
		Total money.Plain `json:"total"`
	}
	if err := alone("quote", data, &in); err != nil {
		return err
	}
	*q = Quote{in.Entry, decimal.Decimal(in.Price), decimal.Decimal(in.Total)}
	return nil
}

// MarshalJSON encodes the entry as [PriceList.MarshalJSON] does. It fails with
// [relmark.ErrInvalid] on a decimal that is longer than any text, and on text that is not
// UTF-8.
func (e PriceEntry) MarshalJSON() ([]byte, error) { return encode(priceEntryOf(&e)) }

// UnmarshalJSON decodes what [PriceEntry.MarshalJSON] writes; whether the entry is valid,
// [PriceList.Validate] says. It fails with [relmark.ErrInvalid], and leaves e unchanged
// then.
func (e *PriceEntry) UnmarshalJSON(data []byte) error {
	var in priceEntryJSON
	if err := alone("price", data, &in); err != nil {
		return err
	}
	*e = in.entry()
	return nil
}
