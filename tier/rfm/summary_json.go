package rfm

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// What version 1 stores of what was computed. The amounts of a summary have the same
// number of fraction digits.
type (
	summaryJSON struct {
		V             int          `json:"v"`
		Purchases     int          `json:"purchases"`
		X             int          `json:"x"`
		TX            float64      `json:"tx"`
		T             float64      `json:"t"`
		SinceLast     float64      `json:"since_last"`
		First         relmark.Date `json:"first"`
		Last          relmark.Date `json:"last"`
		AsOf          relmark.Date `json:"as_of"`
		Total         string       `json:"total"`
		Returned      string       `json:"returned"`
		PurchaseTotal string       `json:"purchase_total"`
		FirstDay      string       `json:"first_day"`
	}
	splitJSON struct {
		V           int     `json:"v"`
		Calibration Summary `json:"calibration"`
		Purchases   int     `json:"purchases"`
		Length      float64 `json:"length"`
		Total       string  `json:"total"`
	}
	customerJSON[C relmark.ID] struct {
		V       int     `json:"v"`
		ID      C       `json:"id"`
		Summary Summary `json:"summary"`
	}
	customerSplitJSON[C relmark.ID] struct {
		V     int   `json:"v"`
		ID    C     `json:"id"`
		Split Split `json:"split"`
	}
)

// MarshalJSON encodes the summary with its amounts as exact text, with version 1. It
// fails for one that [History.Summary] does not return, such as the zero Summary.
func (s Summary) MarshalJSON() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, fault.Room(room, fault.At("Summary", err))
	}
	return encode(summaryJSON{
		jsonVersion, s.Purchases, s.X, s.TX, s.T, s.SinceLast, s.First, s.Last, s.AsOf,
		s.text(s.total), s.text(s.returned), s.text(s.purchaseTotal), s.text(s.firstDay),
	})
}

func (s *Summary) text(units int64) string { return string(money.AppendText(nil, units, s.digits)) }

// UnmarshalJSON decodes a summary of any version so far. Other versions answer
// [relmark.ErrUnsupported], and what no summary encodes to [relmark.ErrInvalid]. It
// leaves s unchanged on error.
func (s *Summary) UnmarshalJSON(data []byte) error {
	var stored summaryJSON
	if err := decode("summary", data, &stored); err != nil {
		return err
	}
	decoded := Summary{
		Purchases: stored.Purchases, X: stored.X, TX: stored.TX, T: stored.T, SinceLast: stored.SinceLast,
		First: stored.First, Last: stored.Last, AsOf: stored.AsOf,
	}
	for i, field := range []struct {
		text string
		to   *int64
	}{
		{stored.Total, &decoded.total},
		{stored.Returned, &decoded.returned},
		{stored.PurchaseTotal, &decoded.purchaseTotal},
		{stored.FirstDay, &decoded.firstDay},
	} {
		units, digits, ok := parse(field.text)
		if !ok || i > 0 && digits != decoded.digits {
			return fault.Room(room, fault.New("Summary", nil, "must have amounts of at most 9 fraction digits, all as many"))
		}
		*field.to, decoded.digits = units, digits
	}
	if err := decoded.check(); err != nil {
		return fault.Room(room, fault.At("Summary", err))
	}
	*s = decoded
	return nil
}

// parse reads an amount in plain notation.
func parse(text string) (units int64, digits int, ok bool) {
	d, err := money.Parse(text)
	if err != nil {
		return 0, 0, false
	}
	units, digits, ok = money.Coefficient(d)
	return units, digits, ok && digits <= maxDigits
}

// check reports what no summary of a history has.
func (s *Summary) check() error {
	var l fault.List
	l.Check(s.Purchases >= 1, "Purchases", s.Purchases, "must be 1 or more")
	l.Check(s.X == s.Purchases-1, "X", s.X, "must be Purchases - 1")
	l.Join("", s.Pattern().Validate())
	l.Check(!s.First.IsZero() && !s.Last.Before(s.First) && !s.AsOf.Before(s.Last), "First, Last, AsOf", nil, "must be dates in this order")
	l.Check((s.X == 0) == (s.First == s.Last), "Last", nil, "must be First if X is 0, and after it otherwise")
	l.Check(s.SinceLast >= 0 && s.SinceLast <= s.T, "SinceLast", s.SinceLast, "must lie in [0, T]")
	for _, time := range []struct {
		field string
		t     float64
		days  int
	}{{"TX", s.TX, s.Last.Sub(s.First)}, {"T", s.T, s.AsOf.Sub(s.First)}, {"SinceLast", s.SinceLast, s.AsOf.Sub(s.Last)}} {
		l.Check((time.t == 0) == (time.days == 0), time.field, time.t, "must agree with the dates")
	}
	l.Check(0 <= s.firstDay && s.firstDay <= s.purchaseTotal, "FirstDay", nil, "must be 0 to PurchaseTotal")
	l.Check(s.X > 0 || s.firstDay == s.purchaseTotal, "FirstDay", nil, "must be PurchaseTotal if X is 0")
	l.Check(s.total <= s.purchaseTotal, "Total", nil, "must be at most PurchaseTotal")
	l.Check(s.returned >= 0, "Returned", nil, "must be 0 or more")
	return l.Err("")
}

// MarshalJSON encodes the split with its amounts as exact text, with version 1. It
// fails for one that [History.Split] does not return, such as the zero Split.
func (s Split) MarshalJSON() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, fault.Room(room, fault.At("Split", err))
	}
	return encode(splitJSON{jsonVersion, s.Calibration, s.Purchases, s.Length, s.Calibration.text(s.value)})
}

// UnmarshalJSON decodes a split of any version so far. Other versions answer
// [relmark.ErrUnsupported], and what no split encodes to [relmark.ErrInvalid]. It
// leaves s unchanged on error.
func (s *Split) UnmarshalJSON(data []byte) error {
	var stored splitJSON
	if err := decode("split", data, &stored); err != nil {
		return err
	}
	units, digits, ok := parse(stored.Total)
	if !ok || digits != stored.Calibration.digits {
		return fault.Room(room, fault.New("Split.Total", nil, "must have as many fraction digits as the summary"))
	}
	decoded := Split{stored.Calibration, stored.Purchases, stored.Length, units}
	if err := decoded.check(); err != nil {
		return fault.Room(room, fault.At("Split", err))
	}
	*s = decoded
	return nil
}

// check reports what no split of a history has.
func (s *Split) check() error {
	var l fault.List
	if err := s.Calibration.check(); err != nil {
		l.Join("Calibration", err)
	}
	l.Check(s.Purchases >= 0, "Purchases", s.Purchases, "must be 0 or more")
	l.Check(s.Length > 0, "Length", s.Length, "must be > 0")
	l.Check(s.value >= 0 && (s.Purchases > 0 || s.value == 0), "Total", nil, "must be 0 or more, and 0 without purchases")
	return l.Err("")
}

// MarshalJSON encodes the identifier and the summary, with version 1. It fails as
// [Summary.MarshalJSON] does, and on an identifier that is text but not UTF-8.
func (c Customer[C]) MarshalJSON() ([]byte, error) {
	return encode(customerJSON[C]{jsonVersion, c.ID, c.Summary})
}

// UnmarshalJSON decodes a customer of any version so far. It fails as
// [Summary.UnmarshalJSON] does; c is unchanged then.
func (c *Customer[C]) UnmarshalJSON(data []byte) error {
	var stored customerJSON[C]
	if err := decode("customer", data, &stored); err != nil {
		return err
	}
	*c = Customer[C]{stored.ID, stored.Summary}
	return nil
}

// MarshalJSON encodes the identifier and the split, with version 1. It fails as
// [Split.MarshalJSON] does, and on an identifier that is text but not UTF-8.
func (c CustomerSplit[C]) MarshalJSON() ([]byte, error) {
	return encode(customerSplitJSON[C]{jsonVersion, c.ID, c.Split})
}

// UnmarshalJSON decodes the split of a customer of any version so far. It fails as
// [Split.UnmarshalJSON] does; c is unchanged then.
func (c *CustomerSplit[C]) UnmarshalJSON(data []byte) error {
	var stored customerSplitJSON[C]
	if err := decode("split", data, &stored); err != nil {
		return err
	}
	*c = CustomerSplit[C]{stored.ID, stored.Split}
	return nil
}

func encode(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room(room, err)
}

func decode(what string, data []byte, v any) error {
	return fault.Decode(room, what, codec.JSON(data, jsonVersion, v))
}
