package promotion

import "slices"

// Price prices an order: it lets the offers act in their turns, and says what each takes
// off which line, and why the others do not.
//
// It fails with [relmark.ErrInvalid], naming the field, if p is nil, on lines that are not
// as [Line] says, on names that no offer has and on limits and budgets that are asked for
// and not given; and with [relmark.ErrLimit] if the order comes to more than 2^53-1 minor
// units, or if more than 12 offers in groups of the mode [Best] have not been rejected for
// their code, tier, limits or budget. It takes time proportional to offers times runs of
// equal units, whatever the quantities, and with best groups that much for each choice.
func (p *Pricer) Price(o Order) (Receipt, error) {
	t, err := p.till(&o)
	if err != nil {
		return Receipt{}, err
	}
	if err := t.choose(); err != nil {
		return Receipt{}, err
	}
	return t.play(&o), nil
}

// till checks an order and makes a till of it.
func (p *Pricer) till(o *Order) (*till, error) {
	if p == nil {
		return nil, errNil("Pricer")
	}
	var c checker
	p.customer(o, &c)
	most := c.optional(o.MaxDiscount, p.digits, "MaxDiscount")
	if err := c.Err(room); err != nil {
		return nil, err
	}
	b, err := p.read(o.Lines)
	if err != nil {
		return nil, err
	}
	standings, err := p.stand(o, b)
	if err != nil {
		return nil, err
	}
	return newTill(p, b, standings, most), nil
}

// play lets the rules act and writes the receipt.
func (t *till) play(o *Order) Receipt {
	out := Receipt{digits: t.digits, subtotal: t.basket.subtotal, lines: len(o.Lines), applied: make([]applied, 0, len(t.rules))}
	runs, n := t.basket.runs, len(t.basket.runs)+few
	buffer := make([]run, 4*n)
	spare, next := buffer[:0:2*n], buffer[2*n:][:0]
	for i := range t.rules {
		if t.standings[i].skip {
			continue
		}
		r := &t.rules[i]
		discount, st := t.turn(i, runs)
		if st.why == "" && r.best && !st.chosen {
			st.why = GroupUsed
		}
		if t.standings[i] = st; st.why != "" {
			continue
		}
		units := t.deal(out.row())
		out.applied = append(out.applied, applied{r.ID, discount, units})
		runs = t.use(r, discount, spare[:0])
		spare, next = next, runs // the basket keeps its own
	}
	out.discount = t.given
	out.settle(t.basket, runs)
	out.rejected = make([]rejected, 0, len(t.rules)-len(out.applied))
	for _, i := range t.byID {
		if st := &t.standings[i]; st.why != "" {
			out.rejected = append(out.rejected, rejected{t.rules[i].ID, st.why, st.limit, st.missing})
		}
	}
	out.unknown = t.unknown(o.Codes)
	return out
}

// deal adds what the pieces take off to their lines, and returns off how many units.
// Units of an article are dealt to its lines as they were written.
func (t *till) deal(lines []int64) (units int64) {
	rest, article, at := t.pieces, int32(-1), int64(0)
	for i, u := range t.runs {
		if u.article != article {
			article, at = u.article, 0
		}
		for ; len(rest) > 0 && int(rest[0].run) == i; rest = rest[1:] {
			c := &rest[0]
			switch of := t.basket.articles[article].lines; {
			case c.each == 0 && c.more == 0:
				continue
			case len(of) == 1:
				lines[of[0]] += c.n*c.each + c.more
			default:
				t.basket.deal(article, at+c.from, c.more, func(line int32, n int64) { lines[line] += n })
				t.basket.deal(article, at+c.from, c.n, func(line int32, n int64) { lines[line] += n * c.each })
			}
			if units += c.more; c.each > 0 {
				units += c.n - c.more
			}
		}
		at += u.n
	}
	return units
}

// deal deals n units of an article from a number on to its lines.
func (b *basket) deal(article int32, from, n int64, to func(line int32, n int64)) {
	a := &b.articles[article]
	if len(a.lines) == 1 {
		to(a.lines[0], n)
		return
	}
	for i := 0; i < len(a.lines) && n > 0; i++ {
		quantity := b.lines[a.lines[i]].Quantity
		if part := min(n, quantity-from); part > 0 {
			to(a.lines[i], part)
			n, from = n-part, from+part
		}
		from -= quantity
	}
}

// unknown returns the codes that no offer of this order has, sorted, once each.
func (t *till) unknown(codes []string) (out []string) {
	for _, code := range codes {
		if !t.has(code) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *till) has(code string) bool {
	for i := range t.rules {
		if t.rules[i].Code == code && !t.standings[i].skip {
			return true
		}
	}
	return false
}
