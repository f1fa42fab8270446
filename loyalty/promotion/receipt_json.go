package promotion

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

type receiptJSON struct {
	V        int           `json:"v"`
	Digits   int           `json:"digits"`
	Subtotal money.Plain   `json:"subtotal"`
	Discount money.Plain   `json:"discount"`
	Total    money.Plain   `json:"total"`
	Lines    []PricedLine  `json:"lines,omitempty"`
	Applied  []Application `json:"applied,omitempty"`
	Rejected []Rejection   `json:"rejected,omitempty"`
	Unknown  []string      `json:"unknown_codes,omitempty"`
}

// MarshalJSON encodes the receipt in one canonical form:
//
//	{"v":1,"digits":2,"subtotal":"20","discount":"5","total":"15",
//	 "lines":[{"units":[{"units":2,"left":"7.5"}],"discount":"5","total":"15"}],
//	 "applied":[{"id":"a","units":2,"discount":"5","lines":["5"]}],
//	 "rejected":[{"id":"b","reason":"below_minimum","missing_amount":"30"}],
//	 "unknown_codes":["TYPO"]}
//
// without the spaces, empty lists left out.
func (r Receipt) MarshalJSON() ([]byte, error) {
	return encode(receiptJSON{
		version, r.digits, money.Plain(r.Subtotal()), money.Plain(r.Discount()), money.Plain(r.Total()),
		r.Lines(), r.Applied(), r.Rejected(), r.unknown,
	})
}

// UnmarshalJSON decodes a receipt of any version that was ever written. An unknown version
// is [relmark.ErrUnsupported]; text that is no such JSON and parts that do not add up are
// [relmark.ErrInvalid]. It leaves r unchanged on error.
func (r *Receipt) UnmarshalJSON(data []byte) error {
	var in receiptJSON
	if err := decode("receipt", data, &in); err != nil {
		return err
	}
	var c checker
	c.Check(in.Digits >= 0 && in.Digits <= maxDigits, "digits", in.Digits, digitsRule)
	if c.Len() > 0 {
		return c.Err(room)
	}
	out := Receipt{digits: in.Digits, lines: len(in.Lines), unknown: in.Unknown}
	out.subtotal = c.amount(decimal.Decimal(in.Subtotal), in.Digits, "subtotal")
	out.discount = c.amount(decimal.Decimal(in.Discount), in.Digits, "discount")
	total := c.amount(decimal.Decimal(in.Total), in.Digits, "total")
	c.Check(total == out.subtotal-out.discount, "total", nil, "must be subtotal less discount")
	c.readApplied(&out, in.Applied)
	c.readLines(&out, in.Lines, total)
	c.readRejected(&out, in.Rejected)
	for i, code := range in.Unknown {
		ordered := i == 0 || in.Unknown[i-1] < code
		c.Check(fault.ValidName(code) && ordered, fmt.Sprintf("unknown_codes[%d]", i), nil, fault.NameRule+", in order")
	}
	if err := c.Err(room); err != nil {
		return err
	}
	*r = out
	return nil
}

// readApplied reads what offers take off, which must add up to the discount.
func (c *checker) readApplied(r *Receipt, in []Application) {
	sum := r.discount
	for i, a := range in {
		var part checker
		part.Name("id", a.ID)
		discount := part.amount(a.Discount, r.digits, "discount")
		part.Check(discount > 0, "discount", nil, "must be above 0")
		part.Check(a.Units >= 1, "units", a.Units, "must be 1 or more")
		part.Check(len(a.Lines) == r.lines, "lines", len(a.Lines), "must be as many as the order has")
		rest := discount
		for k, d := range a.Lines {
			share := part.amount(d, r.digits, fmt.Sprintf("lines[%d]", k))
			r.shares, rest = append(r.shares, share), rest-min(share, rest+1)
		}
		part.Check(rest == 0, "lines", nil, "must add up to the discount")
		r.applied = append(r.applied, applied{a.ID, discount, a.Units})
		sum -= min(discount, sum+1)
		c.Join(fmt.Sprintf("applied[%d]", i), part.Err(""))
	}
	c.Check(sum == 0, "applied", nil, "must add up to the discount")
}

// readLines reads what lines cost, which must add up to the total.
func (c *checker) readLines(r *Receipt, in []PricedLine, total int64) {
	off := make([]int64, r.lines)
	for i, v := range r.shares {
		if k := i % max(1, r.lines); k < len(off) {
			off[k] += v
		}
	}
	for i, l := range in {
		var part checker
		x := priced{off: part.amount(l.Discount, r.digits, "discount"), from: len(r.units)}
		part.Check(x.off == off[i], "discount", nil, "must be the sum of what the offers take off")
		rest := part.amount(l.Total, r.digits, "total")
		total -= min(rest, total+1)
		part.Check(len(l.Units) >= 1, "units", len(l.Units), "must be 1 or more")
		for k, u := range l.Units {
			left := part.amount(u.Left, r.digits, fmt.Sprintf("units[%d].left", k))
			part.Check(u.Units >= 1 && u.Units <= MaxQuantity, fmt.Sprintf("units[%d].units", k), u.Units, "must be 1 to 1000000")
			if u.Units >= 1 && u.Units <= MaxQuantity && left <= money.MaxExact/u.Units {
				rest -= min(u.Units*left, rest+1)
			} else {
				rest = -1
			}
			r.units = append(r.units, unitRun{u.Units, left})
		}
		part.Check(rest == 0, "units", nil, "must add up to the total")
		x.to = len(r.units)
		r.priced = append(r.priced, x)
		c.Join(fmt.Sprintf("lines[%d]", i), part.Err(""))
	}
	c.Check(total == 0, "lines", nil, "must add up to the total")
}

// readRejected reads why offers are not used.
func (c *checker) readRejected(r *Receipt, in []Rejection) {
	for i, x := range in {
		var part checker
		part.Check(fault.ValidName(x.ID) && (i == 0 || in[i-1].ID < x.ID), "id", nil, fault.NameRule+", in order")
		part.Join("", reasons().Check("reason", x.Reason))
		part.Check((x.Reason == LimitReached) == fault.ValidName(x.Limit) && len(x.Limit) <= fault.MaxName, "limit", nil, "must be the name of a limit that is used up")
		missing := minimum{part.amount(x.MissingAmount, r.digits, "missing_amount"), x.MissingUnits}
		part.Check(missing.units >= 0 && (x.Reason == BelowMinimum) == (missing != minimum{}), "missing_units", x.MissingUnits, "must be what a minimum misses")
		r.rejected = append(r.rejected, rejected{x.ID, x.Reason, x.Limit, missing})
		c.Join(fmt.Sprintf("rejected[%d]", i), part.Err(""))
	}
}

// MarshalJSON encodes the application. It fails with [relmark.ErrInvalid] on what nothing
// here has made: an amount that is longer than any text, a name that is not UTF-8.
func (a Application) MarshalJSON() ([]byte, error) {
	type fields Application
	return encode(struct {
		fields
		Discount money.Plain   `json:"discount"`
		Lines    []money.Plain `json:"lines"`
	}{fields(a), money.Plain(a.Discount), plains(a.Lines)})
}

// UnmarshalJSON decodes what [Application.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves a unchanged then.
func (a *Application) UnmarshalJSON(data []byte) error {
	type fields Application
	var in struct {
		fields
		Discount money.Plain   `json:"discount"`
		Lines    []money.Plain `json:"lines"`
	}
	if err := alone("application", data, &in); err != nil {
		return err
	}
	*a = Application(in.fields)
	a.Discount, a.Lines = decimal.Decimal(in.Discount), decimals(in.Lines)
	return nil
}

// MarshalJSON encodes the rejection. It fails with [relmark.ErrInvalid] on what nothing
// here has made: no reason, an amount that is longer than any text, a name that is not
// UTF-8.
func (r Rejection) MarshalJSON() ([]byte, error) {
	if err := reasons().Check("reason", r.Reason); err != nil {
		return nil, fault.Room(room, err)
	}
	type fields Rejection
	return encode(struct {
		fields
		MissingAmount money.Plain `json:"missing_amount,omitzero"`
	}{fields(r), money.Plain(r.MissingAmount)})
}

// UnmarshalJSON decodes what [Rejection.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves r unchanged then.
func (r *Rejection) UnmarshalJSON(data []byte) error {
	type fields Rejection
	var in struct {
		fields
		MissingAmount money.Plain `json:"missing_amount"`
	}
	if err := alone("rejection", data, &in); err != nil {
		return err
	}
	if err := reasons().Check("reason", in.Reason); err != nil {
		return fault.Room(room, err)
	}
	*r = Rejection(in.fields)
	r.MissingAmount = decimal.Decimal(in.MissingAmount)
	return nil
}

// MarshalJSON encodes the line. It fails with [relmark.ErrInvalid] on what nothing here
// has made: an amount that is longer than any text.
func (l PricedLine) MarshalJSON() ([]byte, error) {
	type fields PricedLine
	return encode(struct {
		fields
		Discount money.Plain `json:"discount"`
		Total    money.Plain `json:"total"`
	}{fields(l), money.Plain(l.Discount), money.Plain(l.Total)})
}

// UnmarshalJSON decodes what [PricedLine.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves l unchanged then.
func (l *PricedLine) UnmarshalJSON(data []byte) error {
	type fields PricedLine
	var in struct {
		fields
		Discount money.Plain `json:"discount"`
		Total    money.Plain `json:"total"`
	}
	if err := alone("priced line", data, &in); err != nil {
		return err
	}
	*l = PricedLine(in.fields)
	l.Discount, l.Total = decimal.Decimal(in.Discount), decimal.Decimal(in.Total)
	return nil
}

// MarshalJSON encodes the units. It fails with [relmark.ErrInvalid] on what nothing here
// has made: an amount that is longer than any text.
func (u UnitRun) MarshalJSON() ([]byte, error) {
	type fields UnitRun
	return encode(struct {
		fields
		Left money.Plain `json:"left"`
	}{fields(u), money.Plain(u.Left)})
}

// UnmarshalJSON decodes what [UnitRun.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves u unchanged then.
func (u *UnitRun) UnmarshalJSON(data []byte) error {
	type fields UnitRun
	var in struct {
		fields
		Left money.Plain `json:"left"`
	}
	if err := alone("units", data, &in); err != nil {
		return err
	}
	*u = UnitRun{in.Units, decimal.Decimal(in.Left)}
	return nil
}

// plains returns decimals as exact text, nil if there is no list.
func plains(ds []decimal.Decimal) []money.Plain {
	if ds == nil {
		return nil
	}
	out := make([]money.Plain, len(ds))
	for i, d := range ds {
		out[i] = money.Plain(d)
	}
	return out
}

// decimals is the inverse of plains.
func decimals(ps []money.Plain) []decimal.Decimal {
	if ps == nil {
		return nil
	}
	out := make([]decimal.Decimal, len(ps))
	for i, p := range ps {
		out[i] = decimal.Decimal(p)
	}
	return out
}
