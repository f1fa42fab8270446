package social_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

// Sequential numbers fall into 256 bins and into arms as chance would have it, and
// independently of another experiment.
func TestAssignmentIsUniform(t *testing.T) {
	t.Parallel()
	const n, bins = 1_000_000, 256
	arms := []social.Arm{{Name: "control", Share: dec("0.05")}, {Name: "call", Share: dec("0.35")}, {Name: "mail", Share: dec("0.6")}}
	a, err := social.NewAssigner(social.Experiment{Salt: "relmark", Name: "spring", Arms: arms})
	require.NoError(t, err)
	b, err := social.NewAssigner(social.Experiment{Salt: "relmark", Name: "summer", Arms: arms})
	require.NoError(t, err)
	counts, joint, byArm := make([]float64, bins), make([]float64, 256), map[string]float64{}
	for i := range n {
		x, err := a.Assign(strconv.Itoa(i))
		require.NoError(t, err)
		y, err := b.Assign(strconv.Itoa(i))
		require.NoError(t, err)
		counts[int(x.Share*bins)]++
		joint[int(x.Share*16)*16+int(y.Share*16)]++
		byArm[x.Arm]++
	}
	square := func(counts []float64) float64 {
		sum := 0.0
		for _, c := range counts {
			d := c - n/float64(len(counts))
			sum += d * d / (n / float64(len(counts)))
		}
		return sum
	}
	// 255 degrees of freedom: above 347 with probability 1e-4, below 179 likewise.
	for name, x := range map[string]float64{"alone": square(counts), "jointly": square(joint)} {
		t.Logf("%s: chi-square %.1f of 255 degrees of freedom", name, x)
		assert.Less(t, x, 347.0, name)
		assert.Greater(t, x, 179.0, name)
	}
	arm := 0.0
	for _, x := range arms {
		want := x.Share.InexactFloat64() * n
		arm += (byArm[x.Name] - want) * (byArm[x.Name] - want) / want
	}
	assert.Less(t, arm, 18.4, "two degrees of freedom, 1e-4")
}

func TestAssignersRefuseBadInput(t *testing.T) {
	t.Parallel()
	arm := func(name, share string) social.Arm { return social.Arm{Name: name, Share: dec(share)} }
	halves := []social.Arm{arm("a", "0.5"), arm("b", "0.5")}
	for field, e := range map[string]social.Experiment{
		"Name":          {Arms: halves},
		"Salt":          {Salt: "a\x00b", Name: "e", Arms: halves},
		"Arms":          {Name: "e"},
		"Arms[1]":       {Name: "e", Arms: []social.Arm{arm("a", "0.5"), arm("a", "0.5")}},
		"Arms[1].Share": {Name: "e", Arms: []social.Arm{arm("a", "1.5"), arm("b", "-0.5")}},
		"Arms[0].Share": {Name: "e", Arms: []social.Arm{{Name: "a", Share: decimal.New(1, -101)}}},
	} {
		_, err := social.NewAssigner(e)
		checkField(t, err, field)
		_, err = e.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, e := range []social.Experiment{
		{Name: "e", Arms: []social.Arm{arm("a", "0.5"), arm("b", "0.6")}},
		{Name: "e", Arms: make([]social.Arm, 101)},
	} {
		checkField(t, e.Validate(), "Arms")
	}
	a, err := social.NewAssigner(social.Experiment{Name: "e", Arms: []social.Arm{arm("none", "0"), arm("all", "1"), arm("nobody", "0")}})
	require.NoError(t, err)
	for i := range 1000 {
		x, err := a.Assign(fmt.Sprint(i))
		require.NoError(t, err)
		require.Equal(t, "all", x.Arm)
		require.GreaterOrEqual(t, x.Share, 0.0)
		require.Less(t, x.Share, 1.0)
	}
	long := strings.Repeat("3", 99)
	thirds := []social.Arm{arm("a", "0."+long), arm("b", "0."+long), arm("c", "0."+long)}
	_, err = social.NewAssigner(social.Experiment{Name: "e", Arms: thirds})
	checkField(t, err, "Arms") // 10^-99 are missing
	thirds[2] = arm("c", "0."+long[1:]+"4")
	a, err = social.NewAssigner(social.Experiment{Name: "e", Arms: thirds})
	require.NoError(t, err)
	for _, member := range []string{"", "a\x00", "\xff"} {
		_, err := a.Assign(member)
		checkField(t, err, "Member")
	}
	_, err = (*social.Assigner)(nil).Assign("m")
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Not parallel: the count is of the whole process.
func TestAssignAllocatesNothing(t *testing.T) {
	a, err := social.NewAssigner(social.Experiment{Name: "e", Arms: []social.Arm{{Name: "a", Share: dec("1")}}})
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = a.Assign("m") }))
}
