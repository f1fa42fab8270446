package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A Shop sells under offers: it prices an order, redeems its codes, lets points pay for a
// part and grants others, and takes goods back, each in one transaction. It is safe for
// concurrent use once its fields are set; all but Tier must be.
type Shop struct {
	Store
	Catalogue map[string]promotion.Line    // by item; the quantity is the customer's
	Pricer    *promotion.Pricer            // an offer with a code has it as its ID, too
	Campaigns map[string]*voucher.Campaign // by code, of each offer that has one
	// Tier says what tier a member has by the account as it is; nil: there are none. It
	// is what the shop knows and no part of a request: a customer who sends an order
	// again after it has raised the tier, sends the same order.
	Tier func(points.Balance) string
}

// An Order is what a customer asks for. The customer sends no prices and no tier.
type Order struct {
	At        time.Time `json:"at"`
	Items     []Item    `json:"items"`
	Codes     []string  `json:"codes,omitempty"`
	PayPoints int64     `json:"pay_points,omitempty"` // that pay for a part
}

// An Item is a line of an order.
type Item struct {
	Item     string `json:"item"` // each once, so that what a line costs is what its goods are worth when they come back
	Quantity int64  `json:"quantity"`
}

// A Receipt is the answer to an order.
type Receipt struct {
	Price  promotion.Receipt `json:"price"`
	Paid   decimal.Decimal   `json:"paid"` // by points
	Cash   decimal.Decimal   `json:"cash"` // what is left to pay
	Earned int64             `json:"earned"`
}

// A Return is what comes back of one line of an order.
type Return struct {
	At    time.Time `json:"at"`
	Line  int       `json:"line"`  // position in the order, from 0
	Units int64     `json:"units"` // how many of it
}

// A Refund is the answer to a return.
type Refund struct {
	Worth    decimal.Decimal `json:"worth"`    // of the goods, less discounts
	Cash     decimal.Decimal `json:"cash"`     // to be paid out
	Restored int64           `json:"restored"` // points that had paid
	Reversed int64           `json:"reversed"` // points that had been earned, and that are taken back or owed
	// Released is what goes back to campaigns.
	Released []promotion.Released `json:"released,omitempty"`
}

// Checkout prices an order, redeems its codes, takes points and grants points, in one
// transaction. Done says that it had been carried out before: the answer is that of then.
// An order with other contents under the same name is points.KeyConflict. A code that may
// not be used is refused with a voucher.RefusedError, and nothing happens; one that takes
// nothing off is not redeemed. It fails with [relmark.ErrConflict] when others have won all
// tries.
func (s *Shop) Checkout(ctx context.Context, member, order string, o Order) (receipt Receipt, done bool, err error) {
	done, err = s.once(ctx, member, order, "", o, &receipt, func(c *carried) error { return s.checkout(ctx, c, o, &receipt) })
	return receipt, done, err
}

// Return takes goods back: it pays out what they are worth under the offers of then,
// restores the points that had paid for them, takes back those that they had earned, and
// gives budgets and uses back to campaigns. Done and errors are as in [Shop.Checkout]; an
// order that is not known is points.UnknownOrder.
func (s *Shop) Return(ctx context.Context, member, order, id string, r Return) (refund Refund, done bool, err error) {
	done, err = s.once(ctx, member, order, id, r, &refund, func(c *carried) error { return s.giveBack(ctx, c, r, &refund) })
	return refund, done, err
}

// carried is what a request has found, and what it is going to write.
type carried struct {
	member, order, id string
	step              int64           // 0 is the order
	order0            promotion.Order // as it was priced
	returned          []Return        // before
	account           *points.Account
	registers         map[string]*voucher.Register

	request, priced, answer []byte
	event                   points.Event
	none                    bool // there is no event of points
	redeemed                map[string]voucher.Event
}

// once answers a request from the record, or carries it out. It is decided outside the
// transaction, as in [Store.Do], and again if anything that it has read has changed.
func (s *Shop) once(ctx context.Context, member, order, id string, request, answer any, decide func(*carried) error) (done bool, err error) {
	c := &carried{member: member, order: order, id: id}
	if c.request, err = json.Marshal(request); err != nil {
		return false, err
	}
	for range tries {
		if done, err = s.recorded(ctx, c, answer); done || err != nil {
			return done, err
		}
		if c.account, err = s.Load(ctx, member); err != nil {
			return false, err
		}
		c.registers, c.redeemed, c.none = map[string]*voucher.Register{}, map[string]voucher.Event{}, false
		if err = decide(c); err == nil {
			if c.answer, err = json.Marshal(answer); err == nil {
				err = s.commit(ctx, c)
			}
		} else if done, raced := s.overtaken(ctx, c, answer); done || raced {
			if done {
				return true, nil
			}
			err = errRaced
		}
		if !errors.Is(err, errRaced) {
			return false, err
		}
	}
	return false, errRaced
}

// overtaken tells of a request that was refused whether the record has changed since it
// was read: what was decided about then is not what there is now. Done says that the
// request itself has been carried out meanwhile; its answer is read.
func (s *Shop) overtaken(ctx context.Context, c *carried, answer any) (done, raced bool) {
	now := &carried{member: c.member, order: c.order, id: c.id, request: c.request}
	done, err := s.recorded(ctx, now, answer)
	return done, err == nil && now.step != c.step
}

// recorded reads what is known of an order. It answers true if the request is known, and
// reads its answer then.
func (s *Shop) recorded(ctx context.Context, c *carried, answer any) (bool, error) {
	rows, err := s.DB.QueryContext(ctx, `SELECT step, id, request, priced, answer FROM loyalty_checkout WHERE stream = $1 AND ord = $2 ORDER BY step`, c.member, c.order)
	if err != nil {
		return false, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has it
	c.step, c.returned = 0, nil
	for rows.Next() {
		var id string
		var request, priced, was []byte
		if err := rows.Scan(&c.step, &id, &request, &priced, &was); err != nil {
			return false, err
		}
		switch {
		case id == c.id && !bytes.Equal(request, c.request):
			return false, &points.CommandError{Reason: points.KeyConflict}
		case id == c.id:
			reflect.ValueOf(answer).Elem().SetZero() // of a try before
			return true, json.Unmarshal(was, answer)
		case c.step == 0:
			err = json.Unmarshal(priced, &c.order0)
		default:
			c.returned = append(c.returned, Return{})
			err = json.Unmarshal(request, &c.returned[len(c.returned)-1])
		}
		if err != nil {
			return false, err
		}
		c.step++
	}
	return false, rows.Err()
}

// checkout decides about an order.
func (s *Shop) checkout(ctx context.Context, c *carried, o Order, receipt *Receipt) error {
	priced, err := s.priced(ctx, c, o)
	if err != nil {
		return err
	}
	if c.priced, err = json.Marshal(priced); err != nil {
		return err
	}
	if receipt.Price, err = s.Pricer.Price(priced); err != nil {
		return err
	}
	if err := s.redeem(c, o, receipt.Price); err != nil {
		return err
	}
	earn := points.Earn{Order: c.order, Amount: receipt.Price.Total(), PayPoints: o.PayPoints, Tier: priced.Tier}
	for i, l := range receipt.Price.Lines() {
		earn.Lines = append(earn.Lines, line(priced.Lines[i], l))
	}
	body, err := s.decide(c, "order/"+c.order, o.At, earn)
	if err != nil {
		return err
	}
	earned, digits := body.(*points.Earned), s.digits()
	receipt.Paid = decimal.New(earned.PaidValue, -digits)
	receipt.Cash = receipt.Price.Total().Sub(receipt.Paid)
	receipt.Earned = earned.Award.Granted
	return nil
}

// priced returns an order as package promotion asks for it: with the prices of the shop,
// the tier of the member, and what is left of limits and budgets.
func (s *Shop) priced(ctx context.Context, c *carried, o Order) (promotion.Order, error) {
	out := promotion.Order{Codes: o.Codes, Remaining: map[string]promotion.Remaining{}}
	if s.Tier != nil {
		out.Tier = s.Tier(c.account.Balance(o.At))
	}
	for i, item := range o.Items {
		l, sold := s.Catalogue[item.Item]
		before := slices.ContainsFunc(o.Items[:i], func(x Item) bool { return x.Item == item.Item })
		if !sold || before {
			return out, &relmark.FieldError{Field: fmt.Sprintf("Items[%d].Item", i), Rule: "must be sold here, and come once"}
		}
		l.Quantity = item.Quantity
		out.Lines = append(out.Lines, l)
	}
	for _, code := range o.Codes {
		campaign, known := s.Campaigns[code]
		if !known {
			continue // the receipt says so
		}
		g, err := s.register(ctx, c, code)
		if err == nil {
			out.Remaining[code], err = campaign.Remaining(g, code, c.member, o.At)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// redeem decides about the codes that take something off: all are redeemed, or none.
func (s *Shop) redeem(c *carried, o Order, receipt promotion.Receipt) error {
	var claims []voucher.Claim
	var codes []string
	for _, a := range receipt.Applied() {
		if campaign, code := s.Campaigns[a.ID]; code {
			codes = append(codes, a.ID)
			claims = append(claims, voucher.Claim{Campaign: campaign, Register: c.registers[a.ID], Redemption: voucher.Redemption{
				Key: c.key(c.order), Code: a.ID, Member: c.member, Order: c.order, Amount: a.Discount, At: o.At,
			}})
		}
	}
	decisions, err := voucher.RedeemAll(claims)
	for i, d := range decisions {
		if err == nil {
			err = accepted(d)
		}
		c.redeemed[codes[i]] = d.Event
	}
	return err
}

// accepted returns why a command was not accepted. One that was carried out before has a
// record, which has come meanwhile.
func accepted(d voucher.Decision) error {
	if d.Replayed {
		return errRaced
	}
	return d.Err()
}

// key is unique among all members of a campaign.
func (c *carried) key(name string) string { return c.member + "/" + name }

// line returns a line as package points asks for it.
func line(l promotion.Line, priced promotion.PricedLine) (out earning.OrderLine) {
	quantity := decimal.NewFromInt(l.Quantity)
	out.Amount, out.Quantity, out.Item, out.Tags = priced.Total, &quantity, l.Item, l.Tags
	if len(l.Categories) > 0 {
		out.Category = l.Categories[0]
	}
	return out
}

// giveBack decides about a return.
func (s *Shop) giveBack(ctx context.Context, c *carried, r Return, refund *Refund) error {
	if c.step == 0 {
		return &points.CommandError{Reason: points.UnknownOrder}
	}
	returns, err := s.Pricer.Returns(c.order0, promotion.Proportional)
	if err != nil {
		return err
	}
	var back promotion.Refund
	for _, step := range append(c.returned, r) {
		if back, err = returns.Add([]promotion.Return{{Line: step.Line, Units: step.Units}}); err != nil {
			return err
		}
	}
	refund.Worth, refund.Released = back.Refund, back.Released
	if err := s.release(ctx, c, r, back.Released); err != nil {
		return err
	}
	if back.Refund.Sign() == 0 {
		c.none = true // a gift: nothing was paid and nothing was earned
		return nil
	}
	body, err := s.decide(c, "return/"+c.order+"/"+c.id, r.At, points.Refund{
		Order: c.order, Lines: []points.RefundLine{{ID: strconv.Itoa(r.Line + 1), Amount: &back.Refund}},
	})
	if err != nil {
		return err
	}
	b := body.(*points.Refunded)
	refund.Cash, refund.Reversed = decimal.New(b.Cash, -s.digits()), b.Debt+b.Unrecovered
	for _, p := range b.Reversed {
		refund.Reversed += p.Points
	}
	for _, p := range b.Restored {
		refund.Restored += p.Points
	}
	return nil
}

// release gives back to campaigns what a return gives back.
func (s *Shop) release(ctx context.Context, c *carried, r Return, released []promotion.Released) error {
	for _, x := range released {
		campaign, code := s.Campaigns[x.ID]
		if !code {
			continue
		}
		g, err := s.register(ctx, c, x.ID)
		if err != nil {
			return err
		}
		d, err := campaign.Release(g, voucher.Release{Key: c.key(c.order + "/" + c.id), Redemption: c.key(c.order), Amount: x.Amount, Use: x.Use, At: r.At})
		if err == nil {
			err = accepted(d)
		}
		if err != nil {
			return err
		}
		c.redeemed[x.ID] = d.Event
	}
	return nil
}

// decide decides about points. The key cannot be known: the record is.
func (s *Shop) decide(c *carried, key string, at time.Time, do points.Action) (points.Body, error) {
	d, err := s.Engine.Decide(c.account, points.Command{Key: key, At: at, Recorded: s.Now(), Do: do})
	if err == nil && d.Replayed {
		err = errRaced // the record has come meanwhile
	}
	c.event = d.Event
	return d.Event.Body, err
}

// digits returns the fraction digits of the currency.
func (s *Shop) digits() int32 { return int32(s.Engine.Program().Digits) }

// register returns the register of a code, as its last event left it.
func (s *Shop) register(ctx context.Context, c *carried, code string) (*voucher.Register, error) {
	g := new(voucher.Register)
	c.registers[code] = g
	return g, g.Fold(func(yield func(voucher.Event, error) bool) {
		for payload, err := range s.payloads(ctx, campaignStream(code), 0) {
			var ev voucher.Event
			if err == nil {
				err = ev.UnmarshalJSON(payload)
			}
			if !yield(ev, err) {
				return
			}
		}
	})
}

// campaignStream names the stream of a code.
func campaignStream(code string) string { return "campaign/" + code }

// commit writes all events and the answer in one transaction.
func (s *Shop) commit(ctx context.Context, c *carried) error {
	tx, err := s.DB.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	err = insert(ctx, tx, `INSERT INTO loyalty_checkout (stream, ord, step, id, request, priced, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING step`,
		c.member, c.order, c.step, c.id, c.request, c.priced, c.answer)
	if err == nil && !c.none {
		err = s.append(ctx, tx, c.member, c.account, c.event)
	}
	for _, code := range slices.Sorted(maps.Keys(c.redeemed)) { // in one order everywhere, so that no two wait for each other
		var payload []byte
		ev := c.redeemed[code]
		if err == nil {
			payload, err = json.Marshal(ev)
		}
		if err == nil {
			err = insertEvent(ctx, tx, campaignStream(code), ev.Seq, ev.Key, "", payload)
		}
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}
