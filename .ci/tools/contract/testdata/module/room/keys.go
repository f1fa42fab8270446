package room

// A Limits has keys of all sorts.
type Limits struct { // want bare "no keys for Bare, V"
	Code     int `json:"code"`
	PerDay   int `json:"per_day,omitempty"`
	PerMonth int `json:"perMonth"` // want key "perMonth"
	PerYear  int `json:"per-year"` // want key "per-year"
	PerLife  int `json:"Per_life"` // want key "Per_life"
	Bare     int // want key "has no key"
	V        int // folds to v
}

// A Plain has no keys of its own.
type Plain struct{ A, B int } // want bare "no keys for A, B"
