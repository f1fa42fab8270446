package room

import "time"

// An Options has a 0 with another meaning.
type Options struct { // want bare "no keys for Most, Least, Until, Rate"
	Most  int       // 0 means all   // want zero "0 means all"
	Least int       // zero is no limit // want zero "zero is no limit"
	Until time.Time // zero is never
	Rate  float64   // 0 or more
}

// Balance takes the instant first.
func Balance(asOf time.Time, member string, o Options) int { // want asof "takes member after asOf"
	_, _, _ = asOf, member, o
	return 0
}

// Level takes it by another name.
func Level(member string, now time.Time) int { // want asof "as now"
	_, _ = member, now
	return 0
}

// Standing is right.
func Standing(member string, asOf time.Time, o Options, more ...int) int {
	_, _, _, _ = member, asOf, o, more
	return 0
}

// Share is 0 where all are alike, and 0 if there are none.
func Share() float64 { return 0 }

// Points gives points, 0 for everybody without an order.
func Points(n int) int { return n } // want zero "0 for every"
