package cashback

// CountSteps makes the wallet count its elementary steps: the lots and parts that it looks
// at.
func CountSteps(w *Wallet) { w.steps = new(int) }

// Steps returns how many steps were counted, those of the book of lots included.
func Steps(w *Wallet) int { return *w.steps + int(w.book.Steps()) }
