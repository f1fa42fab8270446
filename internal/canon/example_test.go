package canon_test

import (
	"fmt"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
)

// A visit is what a shop keeps of one.
type visit struct {
	Customer string
	At       time.Time
	Spent    int64 // cents
}

// code lists the members once, for writing and reading.
func (v *visit) code(f *canon.Form) {
	kind := "visit"
	canon.Head(f, 1, enum.Of("visit"), &kind)
	f.Text("customer", &v.Customer)
	f.Time("at", &v.At)
	f.Amount("spent", &v.Spent, 2)
}

// How is a visit kept so that two systems that know the same have the same bytes?
func Example() {
	v := visit{"c1", time.Date(2025, 1, 10, 13, 0, 0, 0, time.FixedZone("CET", 3600)), 4990}
	w := canon.Writer(nil, 1)
	v.code(&w)
	text, err := w.Data()
	fmt.Println(string(text), err)

	var back visit
	var f canon.Form
	f.Read(text)
	back.code(&f)
	fmt.Println(back.Spent, f.Done())

	f.Read([]byte(`{"v":1,"type":"visit","customer":"c1","spent":49.9}`))
	back.code(&f)
	fmt.Println(f.Done())
	// Output:
	// {"v":1,"type":"visit","customer":"c1","at":"2025-01-10T12:00:00Z","spent":"49.90"} <nil>
	// 4990 <nil>
	// corrupt encoding
}

// How is configuration written so that no two identifiers fall together?
func ExampleMarshal() {
	data, err := canon.Marshal(map[string]string{"code": "é"})
	fmt.Println(string(data), err)
	_, err = canon.Marshal(map[string]string{"code": "\xe9"}) // Latin-1
	fmt.Println(err)
	// Output:
	// {"code":"é"} <nil>
	// JSON: must have texts in UTF-8
}
