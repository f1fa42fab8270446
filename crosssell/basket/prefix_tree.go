package basket

import "slices"

// A prefixTree holds sets of codes, so that those inside a given set are found without a look
// at the others. Sets are numbered as they were given. It is an immutable value, safe for
// concurrent use.
type prefixTree struct {
	nodes []prefixNode // the root is the first; the children of a node are neighbours
	sets  []int32      // numbers of the sets in order
}

// A prefixNode stands for a set that begins some of those held.
type prefixNode struct {
	code        uint32 // the last of the set
	first, last int32  // children, ascending by code
	from, to    int32  // in sets: those equal to this one
}

// newPrefixTree returns the tree of sets.
func newPrefixTree(sets [][]uint32) *prefixTree {
	t := &prefixTree{nodes: []prefixNode{{to: int32(len(sets))}}, sets: make([]int32, len(sets))}
	for i := range t.sets {
		t.sets[i] = int32(i)
	}
	slices.SortStableFunc(t.sets, func(a, b int32) int { return slices.Compare(sets[a], sets[b]) })
	for depth, start := 0, 0; start < len(t.nodes); depth++ {
		end := len(t.nodes)
		for i := start; i < end; i++ {
			t.branch(i, depth, sets)
		}
		start = end
	}
	return t
}

// branch makes the children of a node, for which from and to still enclose all sets that
// begin with it, by the codes that follow.
func (t *prefixTree) branch(node, depth int, sets [][]uint32) {
	at, to := t.nodes[node].from, t.nodes[node].to
	for at < to && len(sets[t.sets[at]]) == depth { // the shorter ones come first
		at++
	}
	t.nodes[node].to = at
	t.nodes[node].first = int32(len(t.nodes))
	for at < to {
		from, code := at, sets[t.sets[at]][depth]
		for at < to && sets[t.sets[at]][depth] == code {
			at++
		}
		t.nodes = append(t.nodes, prefixNode{code: code, from: from, to: at})
	}
	t.nodes[node].last = int32(len(t.nodes))
}

// inside calls f with the numbers of the sets held, group after group of equal ones, that
// are part of the given ascending codes, itself and the empty set included.
func (t *prefixTree) inside(codes []uint32, f func(sets []int32)) { t.under(&t.nodes[0], codes, f) }

// below does the same for sets that begin with a code, whether or not that is among the
// others, which all follow it.
func (t *prefixTree) below(code uint32, codes []uint32, f func(sets []int32)) {
	root := &t.nodes[0]
	if i, found := t.child(root.first, root.last, code); found {
		t.under(&t.nodes[i], codes, f)
	}
}

// under goes through the children of a node and the codes side by side.
func (t *prefixTree) under(n *prefixNode, codes []uint32, f func(sets []int32)) {
	if n.from < n.to {
		f(t.sets[n.from:n.to])
	}
	at := n.first
	for k, code := range codes {
		var found bool
		if at, found = t.child(at, n.last, code); found {
			t.under(&t.nodes[at], codes[k+1:], f)
			at++
		}
		if at == n.last {
			return
		}
	}
}

// child returns the first of the nodes from at to last whose code is at least the given
// one, and whether it is that. It looks in steps that double.
func (t *prefixTree) child(at, last int32, code uint32) (int32, bool) {
	step := int32(1)
	for at+step < last && t.nodes[at+step].code < code {
		at += step
		step *= 2
	}
	high := min(at+step, last)
	for at < high {
		middle := at + (high-at)/2
		if t.nodes[middle].code < code {
			at = middle + 1
		} else {
			high = middle
		}
	}
	return at, at < last && t.nodes[at].code == code
}
