package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// hotel sells nights at 60.00 and dinners at 25.00. Silver members, who have been granted
// 100 points, get twice the points; SPRING takes 10 % off nights, once a day for a member
// and for 20.00 in all.
func hotel(t *testing.T, path string) *store.Shop {
	t.Helper()
	var ticks atomic.Int64
	engine, err := points.Compile(points.Program{Rules: earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2),
		Versions: []earning.Version{{
			Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Multipliers: []earning.Multiplier{{Rule: "silver", Factor: decimal.New(2, 0), When: earning.Condition{Tiers: []string{"silver"}}}},
		}},
	}})
	require.NoError(t, err)
	nights := &promotion.Selector{Categories: []string{"nights"}}
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{
		{ID: "SPRING", Code: "SPRING", Limited: true, Get: nights, Reward: promotion.Percent(decimal.New(10, 0))},
	}})
	require.NoError(t, err)
	campaign, err := voucher.NewCampaign(voucher.Terms{Zone: time.UTC, Codes: []string{"SPRING"}, Digits: 2, Caps: []voucher.Cap{
		{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: new(int64(1))},
		{Name: "total", Of: voucher.OfCampaign, Per: voucher.PerLife, Amount: new(decimal.New(20, 0))},
	}})
	require.NoError(t, err)
	return &store.Shop{
		Store: store.Store{DB: open(t, path), Engine: engine, Every: 4, Now: func() time.Time { return noon.Add(time.Duration(ticks.Add(1))) }},
		Catalogue: map[string]promotion.Line{
			"night":  {Item: "night", Price: decimal.New(60, 0), Categories: []string{"nights"}},
			"dinner": {Item: "dinner", Price: decimal.New(25, 0), Categories: []string{"restaurant"}},
		},
		Pricer: pricer, Campaigns: map[string]*voucher.Campaign{"SPRING": campaign},
		Tier: func(b points.Balance) string {
			if b.Issued >= 100 {
				return "silver"
			}
			return ""
		},
	}
}

func freshHotel(t *testing.T) *store.Shop { return hotel(t, filepath.Join(t.TempDir(), "hotel.db")) }

// A response of the service.
type response struct {
	code int
	body string
}

// into decodes the body.
func (r response) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(r.body), v), r.body)
}

// raw is a body that is sent as it is.
type raw string

// send sends a request as a browser would.
func send(t *testing.T, s *httptest.Server, method, path string, v any) response {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	if text, ok := v.(raw); ok {
		body = []byte(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(body))
	require.NoError(t, err)
	answer, err := s.Client().Do(r)
	require.NoError(t, err)
	defer answer.Body.Close() //nolint:errcheck // it was read
	var out bytes.Buffer
	_, err = out.ReadFrom(answer.Body)
	require.NoError(t, err)
	return response{answer.StatusCode, out.String()}
}

func serve(t *testing.T, shop *store.Shop) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(shop.Handler())
	t.Cleanup(s.Close)
	return s
}

// A stay of two nights raises the tier. The answer is lost, and the browser sends the very
// same request again: it is done, with the answer of then, though the same order would
// earn twice as much now.
func TestRetryAfterTheStayRaisedTheTier(t *testing.T) {
	t.Parallel()
	shop := freshHotel(t)
	s := serve(t, shop)
	stay := store.Order{At: noon, Items: []store.Item{{"night", 2}}}
	first := send(t, s, http.MethodPut, "/members/anna/orders/stay-1", stay)
	require.Equal(t, http.StatusCreated, first.code, first.body)
	var member store.Member
	send(t, s, http.MethodGet, "/members/anna", nil).into(t, &member)
	require.Equal(t, "silver", member.Tier)
	again := send(t, s, http.MethodPut, "/members/anna/orders/stay-1", stay)
	assert.Equal(t, http.StatusOK, again.code)
	assert.Equal(t, first.body, again.body)
	var receipt store.Receipt
	again.into(t, &receipt)
	assert.Equal(t, int64(120), receipt.Earned)
	send(t, s, http.MethodPut, "/members/anna/orders/stay-2", stay).into(t, &receipt)
	assert.Equal(t, int64(240), receipt.Earned, "the next stay")
	send(t, s, http.MethodGet, "/members/anna", nil).into(t, &member)
	assert.Equal(t, int64(360), member.Points.Available)

	// So it is without the record, too: the tier is a fact, and no part of the command.
	earn := points.Earn{Order: "stay-3", Amount: decimal.New(60, 0), Tier: "silver"}
	d, err := shop.Do(t.Context(), "anna", points.Command{Key: "stay-3", At: noon, Do: earn}, nil)
	require.NoError(t, err)
	earn.Tier = "gold"
	replayed, err := shop.Do(t.Context(), "anna", points.Command{Key: "stay-3", At: noon, Do: earn}, nil)
	require.NoError(t, err)
	assert.True(t, replayed.Replayed)
	assert.Equal(t, asJSON(t, d.Event), asJSON(t, replayed.Event))
}

// Another order under the same name is a mistake of the client's, with or without others.
func TestAnotherOrderUnderTheSameName(t *testing.T) {
	t.Parallel()
	s := serve(t, freshHotel(t))
	stay := store.Order{At: noon, Items: []store.Item{{"night", 2}}}
	require.Equal(t, http.StatusCreated, send(t, s, http.MethodPut, "/members/anna/orders/1", stay).code)
	stay.Items[0].Quantity = 3
	r := send(t, s, http.MethodPut, "/members/anna/orders/1", stay)
	assert.Equal(t, http.StatusBadRequest, r.code)
	var p store.Problem
	r.into(t, &p)
	assert.Equal(t, points.KeyConflict, p.Reason)
	assert.Equal(t, http.StatusCreated, send(t, s, http.MethodPut, "/members/ben/orders/1", stay).code, "of another member")
}

// From the code to the refund: 2 nights and a dinner with SPRING, 100 points pay 1.00;
// one night comes back.
func TestFromCodeToRefund(t *testing.T) {
	t.Parallel()
	shop := freshHotel(t)
	s := serve(t, shop)
	require.Equal(t, http.StatusCreated, send(t, s, http.MethodPut, "/members/anna/orders/0", store.Order{At: noon, Items: []store.Item{{"dinner", 4}}}).code)
	order := store.Order{At: noon, Items: []store.Item{{"night", 2}, {"dinner", 1}}, Codes: []string{"SPRING", "TYPO"}, PayPoints: 100}
	var receipt store.Receipt
	r := send(t, s, http.MethodPut, "/members/anna/orders/1", order)
	require.Equal(t, http.StatusCreated, r.code, r.body)
	r.into(t, &receipt)
	assert.Equal(t, "133", receipt.Price.Total().String(), "120 less 10 %, and 25")
	assert.Equal(t, []string{"TYPO"}, receipt.Price.UnknownCodes())
	assert.Equal(t, []string{"1", "132"}, []string{receipt.Paid.String(), receipt.Cash.String()})
	assert.Equal(t, int64(264), receipt.Earned, "twice the points of a silver member, on what was paid in money")

	back := store.Return{At: noon.Add(time.Hour), Line: 0, Units: 1}
	first := send(t, s, http.MethodPut, "/members/anna/orders/1/returns/a", back)
	require.Equal(t, http.StatusCreated, first.code, first.body)
	var refund store.Refund
	first.into(t, &refund)
	assert.Equal(t, "54", refund.Worth.String())
	require.Len(t, refund.Released, 1)
	assert.Equal(t, "6", refund.Released[0].Amount.String(), "half of the discount goes back to the budget")
	again := send(t, s, http.MethodPut, "/members/anna/orders/1/returns/a", back)
	assert.Equal(t, http.StatusOK, again.code)
	assert.Equal(t, first.body, again.body)

	// All of it comes back: nobody has gained or lost anything.
	cash, restored, reversed := refund.Cash, refund.Restored, refund.Reversed
	for id, line := range []int{0, 1} {
		r := send(t, s, http.MethodPut, fmt.Sprint("/members/anna/orders/1/returns/", id), store.Return{At: noon.Add(time.Hour), Line: line, Units: 1})
		require.Equal(t, http.StatusCreated, r.code, r.body)
		r.into(t, &refund)
		cash, restored, reversed = cash.Add(refund.Cash), restored+refund.Restored, reversed+refund.Reversed
	}
	assert.Equal(t, []any{"132", int64(100), int64(264)}, []any{cash.String(), restored, reversed})
	assert.Equal(t, int64(100), balance(t, &shop.Store, "anna").Available)
	r = send(t, s, http.MethodPut, "/members/anna/orders/1/returns/x", back)
	assert.Equal(t, http.StatusBadRequest, r.code, "no night is left")
	r = send(t, s, http.MethodPut, "/members/anna/orders/9/returns/x", back)
	assert.Equal(t, http.StatusUnprocessableEntity, r.code, "an order that is not known")
	send(t, s, http.MethodPut, "/members/anna/orders/2", order).into(t, &receipt)
	assert.Equal(t, "12", receipt.Price.Discount().String(), "the use is free again, and the budget")
}

// Many members send the code at once, each twice, to two servers: no cent more than the
// budget is taken off, and each order is answered the same twice.
func TestManyCheckoutsShareABudget(t *testing.T) {
	t.Parallel()
	for round := range 20 { // who comes first is chance
		t.Run(fmt.Sprint(round), manyCheckouts)
	}
}

func manyCheckouts(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hotel.db")
	servers := []*httptest.Server{serve(t, hotel(t, path)), serve(t, hotel(t, path))}
	const members = 8
	var bodies [members][2]response
	var wg sync.WaitGroup
	for m := range members {
		for twice := range 2 {
			wg.Go(func() {
				order := store.Order{At: noon, Items: []store.Item{{"night", 1}}, Codes: []string{"SPRING"}}
				for r := (response{code: http.StatusConflict}); r.code == http.StatusConflict; {
					r = send(t, servers[twice], http.MethodPut, fmt.Sprintf("/members/%d/orders/1", m), order)
					bodies[m][twice] = r
				}
			})
		}
	}
	wg.Wait()
	discount := decimal.Decimal{}
	for _, b := range bodies {
		require.Equal(t, b[0].body, b[1].body)
		require.Equal(t, http.StatusOK+http.StatusCreated, b[0].code+b[1].code, b[0].body)
		var receipt store.Receipt
		b[0].into(t, &receipt)
		discount = discount.Add(receipt.Price.Discount())
	}
	assert.Equal(t, "20", discount.String(), "three times 6.00, and 2.00 are left for the fourth")
}

// What is wrong with a request is said, and leaves no trace.
func TestRequestsThatCannotBe(t *testing.T) {
	t.Parallel()
	shop := freshHotel(t)
	s := serve(t, shop)
	for name, c := range map[string]struct {
		body any
		code int
		want store.Problem
	}{
		"not sold":   {store.Order{At: noon, Items: []store.Item{{"spa", 1}}}, 400, store.Problem{Field: "Items[0].Item"}},
		"twice":      {store.Order{At: noon, Items: []store.Item{{"night", 1}, {"night", 1}}}, 400, store.Problem{Field: "Items[1].Item"}},
		"misspelt":   {map[string]any{"at": noon, "payPoints": 5}, 400, store.Problem{Field: "Body"}},
		"nothing":    {store.Order{At: noon, Items: []store.Item{{"night", 0}}}, 400, store.Problem{Field: "Lines[0].Quantity"}},
		"no points":  {store.Order{At: noon, Items: []store.Item{{"night", 1}}, PayPoints: 5}, 422, store.Problem{Reason: points.Insufficient}},
		"no request": {"order", 400, store.Problem{Field: "Body"}},
		"two":        {raw(`{"items":[]} {}`), 400, store.Problem{Field: "Body"}},
		"and a half": {raw(`{"items":[]}]`), 400, store.Problem{Field: "Body"}},
	} {
		r := send(t, s, http.MethodPut, "/members/anna/orders/1", c.body)
		assert.Equal(t, c.code, r.code, "%s: %s", name, r.body)
		var p store.Problem
		r.into(t, &p)
		assert.NotEmpty(t, p.Error, name)
		p.Error = ""
		assert.Equal(t, c.want, p, name)
	}
	assert.Zero(t, balance(t, &shop.Store, "anna").Issued)
	assert.Zero(t, one(t, &shop.Store, `SELECT count(*) FROM loyalty_checkout`))
	require.NoError(t, shop.DB.Close())
	r := send(t, s, http.MethodGet, "/members/anna", nil)
	assert.Equal(t, http.StatusInternalServerError, r.code)
	assert.Equal(t, "{\"error\":\"internal error\"}\n", r.body, "what the database says stays here")
}
