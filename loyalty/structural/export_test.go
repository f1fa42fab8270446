package structural

// CountSteps makes the ledger count its elementary steps: the lots, parts and timers that it
// looks at.
func CountSteps(l *Ledger) { l.steps = new(int) }

// Timers returns how many timers the clock of the ledger holds.
func Timers(l *Ledger) int { return len(l.clock) }

// Steps returns how many steps were counted, those of the book of lots included.
func Steps(l *Ledger) int { return *l.steps + int(l.book.Steps()) }
