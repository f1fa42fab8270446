package voucher

// CountSteps makes the register count its elementary steps: the redemptions that it looks
// at or changes.
func CountSteps(g *Register) { g.steps = new(int) }

// Steps returns how many steps were counted.
func Steps(g *Register) int { return *g.steps }
