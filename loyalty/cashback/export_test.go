package cashback

// CountSteps makes the wallet count its elementary steps: the lots and parts that it looks
// at.
func CountSteps(w *Wallet) { w.steps = new(int) }

// Steps returns how many steps were counted.
func Steps(w *Wallet) int { return *w.steps }
