package hostile

import "time"

// EndsSoon is [Ends] with less patience.
func EndsSoon(t TB, patience time.Duration, what string, f func()) { ends(t, patience, what, f) }
