package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A LedgerAccount is where an entry is posted.
type LedgerAccount string

// The accounts.
const (
	Cash              LedgerAccount = "cash"
	RevenueGoods      LedgerAccount = "revenue_goods"
	RevenuePoints     LedgerAccount = "revenue_points"
	ContractLiability LedgerAccount = "contract_liability" // deferred revenue
	Unclaimed         LedgerAccount = "unclaimed_property" // owed to the state, not to members
	RewardExpense     LedgerAccount = "reward_expense"
	RewardProvision   LedgerAccount = "reward_provision"
)

// An Entry is one line of a posting, debits positive. The lines of a posting add
// up to zero.
type Entry struct {
	Account LedgerAccount   `json:"account"`
	Amount  decimal.Decimal `json:"amount"`
}

// Entries returns the posting of the sale: cash against revenue and liability.
// Zero amounts are left out. It fails on amounts that nothing here has made, of more
// than 1024 digits or such an exponent.
func (a Allocation) Entries() ([]Entry, error) {
	if err := bounded("Goods", a.Goods, "Points", a.Points); err != nil {
		return nil, err
	}
	return entries(Entry{Cash, a.Goods.Add(a.Points)}, Entry{RevenueGoods, a.Goods.Neg()}, Entry{ContractLiability, a.Points.Neg()}), nil
}

// Entries returns the posting of the period: liability against revenue and what is
// reserved. Zero amounts are left out. It fails as [Allocation.Entries] does.
func (p Period) Entries() ([]Entry, error) {
	if err := bounded("Revenue", p.Revenue, "Moved", p.Moved); err != nil {
		return nil, err
	}
	return entries(Entry{ContractLiability, p.Revenue.Add(p.Moved)}, Entry{RevenuePoints, p.Revenue.Neg()}, Entry{Unclaimed, p.Moved.Neg()}), nil
}

// ProvisionEntries returns the posting that takes a provision from one amount to
// another; see [Model.Provision]. It fails unless both are 0 or more and whole minor
// units.
func ProvisionEntries(before, after decimal.Decimal, digits int) ([]Entry, error) {
	var c checker
	c.digits(digits)
	more := c.amount(after, digits, "After") - c.amount(before, digits, "Before")
	if err := c.Err(room); err != nil {
		return nil, err
	}
	return entries(Entry{RewardExpense, money.Decimal(more, digits)}, Entry{RewardProvision, money.Decimal(-more, digits)}), nil
}

const boundedRule = "must have at most 1024 digits and such an exponent"

// bounded checks two amounts that plain arithmetic is going to meet.
func bounded(name string, d decimal.Decimal, other string, e decimal.Decimal) error {
	var c checker
	c.Check(money.Bounded(d) == nil, name, nil, boundedRule)
	c.Check(money.Bounded(e) == nil, other, nil, boundedRule)
	return c.Err(room)
}

// entries leaves zero amounts out.
func entries(all ...Entry) []Entry {
	var out []Entry
	for _, e := range all {
		if e.Amount.Sign() != 0 {
			out = append(out, e)
		}
	}
	return out
}
