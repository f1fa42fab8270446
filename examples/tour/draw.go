package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// bar draws a share of 0 to 1 as signs; what is little is one sign, never none.
func bar(share float64) string {
	const full = 40
	n := int(math.Round(full * min(1, share)))
	if n == 0 && share > 0 {
		n = 1
	}
	return strings.Repeat("#", max(0, n))
}

// A curve is drawn through values at equal distances, by one sign.
type curve struct {
	sign   rune
	values []float64
}

// A plot shows curves over one another, the first on top, above a line that says
// where it begins and ends. Values count from 0 up.
type plot struct {
	curves     []curve
	top        string // what the upper edge stands for
	begin, end string // of the line below
}

const (
	plotWidth = 61 // signs: a value for each of 0/60 to 60/60
	plotLines = 13
)

// plot draws curves of plotWidth values each.
func (r *report) plot(p plot) {
	r.text.WriteByte('\n')
	for i, line := range p.canvas() {
		edge := ""
		switch i {
		case 0:
			edge = p.top
		case plotLines - 1:
			edge = "0"
		}
		fmt.Fprintf(&r.text, "%s\n", strings.TrimRight(fmt.Sprintf("  %8s |%s", edge, string(line)), " "))
	}
	fmt.Fprintf(&r.text, "  %8s +%s\n", "", strings.Repeat("-", plotWidth))
	fmt.Fprintf(&r.text, "  %8s  %-*s%s\n\n", "", plotWidth-len(p.end), p.begin, p.end)
}

func (p plot) canvas() [][]rune {
	most := 0.0
	for _, c := range p.curves {
		most = max(most, slices.Max(c.values))
	}
	canvas := make([][]rune, plotLines)
	for i := range canvas {
		canvas[i] = []rune(strings.Repeat(" ", plotWidth))
	}
	for _, c := range slices.Backward(p.curves) {
		for x, v := range c.values {
			up := 0
			if most > 0 {
				up = int(math.Round(v / most * (plotLines - 1)))
			}
			canvas[plotLines-1-up][x] = c.sign
		}
	}
	return canvas
}
