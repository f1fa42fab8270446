package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	_ "modernc.org/sqlite"

	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// How do I keep points beside my orders, in one transaction?
func Example() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", "file:example?mode=memory&cache=shared")
	if err != nil {
		panic(err)
	}
	defer db.Close() //nolint:errcheck // it was in memory
	if _, err := db.Exec(store.Schema + `CREATE TABLE orders (id TEXT PRIMARY KEY, cents BIGINT, points BIGINT)`); err != nil {
		panic(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shop := store.Store{DB: db, Engine: engine(), Now: func() time.Time { return now }} // time.Now in earnest

	buy := points.Command{Key: "order-1001", At: now, Do: points.Earn{
		Order: "1001", Amount: decimal.New(4999, -2),
	}}
	for range 2 { // the customer's browser sends it twice
		d, err := shop.Do(ctx, "anna", buy, func(tx *sql.Tx, ev points.Event) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO orders VALUES ('1001', 4999, $1)`, ev.Body.(*points.Earned).Award.Granted)
			return err
		})
		if err != nil {
			panic(err)
		}
		fmt.Println("event", d.Event.Seq, "granted", d.Event.Body.(*points.Earned).Award.Granted, "replayed:", d.Replayed)
	}
	account, err := shop.Load(ctx, "anna")
	if err != nil {
		panic(err)
	}
	fmt.Println(account.Balance(buy.At).Available, "points")
	// Output:
	// event 1 granted 49 replayed: false
	// event 1 granted 49 replayed: true
	// 49 points
}

// engine has a point for each euro, valid for a year; a point pays a cent.
func engine() *points.Engine {
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions: []earning.Version{{
				Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			}},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 12},
	})
	if err != nil {
		panic(err)
	}
	return e
}
