package crosssell

import "slices"

// choose fills the slots from what passed, in rank order, and settles all outcomes. The
// contender at position first of passed, unless negative, has the first slot.
//
// What may be chosen together is what a laminar matroid allows: one of each item, some of
// each category, some in all. Taking the best that is still allowed, again and again,
// therefore gives the greatest sum of finals there is, and so it does where further
// candidates of a category are discounted: each category is a list whose discounted
// values fall, and the choice is the top of all lists merged.
func (d *Decider[I]) choose(first int) {
	d.chosen = d.chosen[:0]
	d.taken = slices.Grow(d.taken[:0], len(d.passed))[:len(d.passed)]
	clear(d.taken)
	d.countCategories()
	if first >= 0 {
		d.take(first)
	}
	for slots := max(1, d.policy.Slots); len(d.chosen) < slots; {
		k := d.best()
		if k < 0 {
			break
		}
		d.take(k)
	}
	d.settle()
}

// countCategories numbers the categories of what passed, where the policy looks at them.
func (d *Decider[I]) countCategories() {
	d.counts = d.counts[:0]
	if d.policy.MaxPerCategory == nil && d.policy.Variety == 0 {
		return
	}
	if d.categories == nil {
		d.categories = make(map[string]int32)
	}
	clear(d.categories)
	for k := range d.passed {
		name := d.candidates[d.passed[k].at].Category
		number, known := d.categories[name]
		if !known {
			number = int32(len(d.counts))
			d.categories[name] = number
			d.counts = append(d.counts, 0)
		}
		d.passed[k].category = number
	}
}

// take gives the next slot to the contender at position k.
func (d *Decider[I]) take(k int) {
	d.taken[k] = true
	d.chosen = append(d.chosen, int(d.passed[k].at))
	if len(d.counts) > 0 {
		d.counts[d.passed[k].category]++
	}
}

// best returns the position of the contender for the next slot; -1 if there is none. In
// rank order the first is the best, unless variety discounts it.
func (d *Decider[I]) best() int {
	found, value := -1, 0.0
	for k := range d.passed {
		c := &d.passed[k]
		if found >= 0 && c.priority < d.passed[found].priority {
			break
		}
		if d.taken[k] || d.full(c) || d.offered(c) {
			continue
		}
		if d.policy.Variety == 0 {
			return k
		}
		if v := d.discounted(c); v > value {
			found, value = k, v
		}
	}
	return found
}

// discounted returns what a contender counts for after those chosen of its category.
func (d *Decider[I]) discounted(c *contender) float64 {
	v := c.final
	for range d.counts[c.category] {
		v *= 1 - d.policy.Variety
	}
	return v
}

// full reports whether the contender's category has all that the policy allows.
func (d *Decider[I]) full(c *contender) bool {
	most := d.policy.MaxPerCategory
	return most != nil && d.counts[c.category] >= *most
}

// offered reports whether the contender's item is chosen already.
func (d *Decider[I]) offered(c *contender) bool {
	for _, i := range d.chosen {
		if d.candidates[i].Item == d.candidates[c.at].Item {
			return true
		}
	}
	return false
}

// settle writes the outcomes of what passed. Of several reasons why something was not
// chosen it names the one that would still hold if there were more slots.
func (d *Decider[I]) settle() {
	for k := range d.passed {
		c := &d.passed[k]
		v := &d.verdicts[c.at]
		switch {
		case d.taken[k] && d.customer.Control:
			v.Outcome = Withheld
		case d.taken[k]:
			v.Outcome = Chosen
		case d.offered(c):
			v.Outcome = SameItem
		case d.full(c):
			v.Outcome = CategoryFull
		default:
			v.Outcome = LowerValue
		}
	}
}
