package voucher

import "github.com/shopspring/decimal"

// tmp
type Remaining struct {
	Limits map[string]int64
	Budget *decimal.Decimal
}
