package points

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// programVersion is the version of the encoding that is written. Every version
// that was ever written can be read. Rules have a version of their own.
const programVersion = 1

// programJSON is the encoding, version 1.
type programJSON struct {
	V            int             `json:"v"`
	Rules        json.RawMessage `json:"rules"`
	Expiry       Expiry          `json:"expiry,omitzero"`
	MaturityDays int             `json:"maturity_days,omitempty"`
	Shortfall    Shortfall       `json:"shortfall,omitempty"`
	GraceDays    *int            `json:"grace_days,omitempty"`
	TransferFee  money.Plain     `json:"transfer_fee,omitzero"`
	Payout       Payout          `json:"payout,omitempty"`
}

// MarshalJSON encodes a valid programme in one canonical form:
//
//	{"v":1,"rules":{"v":1,…},"expiry":{"kind":"months","n":24},"maturity_days":14,
//	 "shortfall":"clamp","grace_days":30,"transfer_fee":"0.05","payout":"by_lot"}
//
// without the spaces, in this order, what has its default left out, and the rules as
// [earning.Rules] encode.
func (p Program) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	rules, err := p.Rules.MarshalJSON()
	if err != nil {
		return nil, within("", err)
	}
	return json.Marshal(programJSON{
		V: programVersion, Rules: rules, Expiry: p.Expiry, MaturityDays: p.MaturityDays, Shortfall: p.Shortfall,
		GraceDays: p.GraceDays, TransferFee: money.Plain(p.TransferFee), Payout: p.Payout,
	})
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: a programme names its zone, which
// a loader has to find. Use [DecodeProgram].
func (p *Program) UnmarshalJSON([]byte) error {
	return fault.Room("points", canon.NeedsZone("DecodeProgram"))
}

// DecodeProgram decodes a programme of any version that [Program.MarshalJSON] has
// ever written, and looks up its zone by name with zone, as [earning.DecodeRules] does;
// it may be nil if the programme has none. Spaces and the order of keys do not matter;
// empty lists decode as nil.
//
// An unknown version is [relmark.ErrUnsupported]. Text that is not JSON, keys that
// are unknown or repeated, an unknown zone and a programme that is not valid are
// [relmark.ErrInvalid]. The error of zone is wrapped; nothing else of the text is
// repeated. What it takes, in memory and in time, is proportional to the text.
func DecodeProgram(data []byte, zone func(name string) (*time.Location, error)) (Program, error) {
	var in programJSON
	if err := fault.Decode("points", "programme", codec.JSON(data, programVersion, &in)); err != nil {
		return Program{}, err
	}
	rules, err := earning.DecodeRules(in.Rules, zone)
	if err != nil {
		return Program{}, within("", err)
	}
	p := Program{
		Rules: rules, Expiry: in.Expiry, MaturityDays: in.MaturityDays, Shortfall: in.Shortfall,
		GraceDays: in.GraceDays, TransferFee: decimal.Decimal(in.TransferFee), Payout: in.Payout,
	}
	if err := p.Validate(); err != nil {
		return Program{}, err
	}
	return p, nil
}

// strict decodes the JSON of an action. Its error says no more than that there is none,
// since that of encoding/json quotes its input.
func strict(data []byte, v any) error {
	return fault.Decode("points", "action", codec.Object(data, v))
}

// marshal encodes a value that names its keys, and refuses what could not be read back
// as it is.
func marshal(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room("points", err)
}
