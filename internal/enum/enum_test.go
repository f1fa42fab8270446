package enum_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
)

type depth string

const (
	toEarned depth = ""
	oneStep  depth = "one_step"
	toBase   depth = "base"
)

func depths() enum.Set[depth] { return enum.Of(toEarned, oneStep, toBase) }

func TestRule(t *testing.T) {
	t.Parallel()
	many := make([]string, enum.MaxListed+3)
	for i := range many {
		many[i] = fmt.Sprintf("w%d", i)
	}
	for name, c := range map[string]struct {
		set  enum.Set[string]
		want string
	}{
		"several":           {enum.Of("base", "full"), "must be one of base, full"},
		"with a default":    {enum.Of("", "base", "full"), "must be empty or one of base, full"},
		"default not first": {enum.Of("base", ""), "must be empty or base"},
		"one":               {enum.Of("base"), "must be base"},
		"the default only":  {enum.Of(""), "must be empty"},
		"none":              {enum.Of[string](), "must not be given"},
		"zero":              {enum.Set[string]{}, "must not be given"},
		"as many as fit":    {enum.Of(many[:enum.MaxListed]...), "must be one of " + strings.Join(many[:enum.MaxListed], ", ")},
		"more than fit":     {enum.Of(many...), "must be one of " + strings.Join(many[:enum.MaxListed], ", ") + " and 3 more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.set.Rule())
		})
	}
}

func TestCheckRepeatsNothing(t *testing.T) {
	t.Parallel()
	require.NoError(t, depths().Check("Depth", toEarned))
	err := depths().Check("Policies[2].Depth", "jane@example.com")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	var field *relmark.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, relmark.FieldError{Field: "Policies[2].Depth", Rule: "must be empty or one of one_step, base"}, *field)
}

func TestEqualWordsAreTheFirst(t *testing.T) {
	t.Parallel()
	i, ok := enum.Of("a", "b", "b").Index("b")
	require.True(t, ok)
	require.Equal(t, 1, i)
}

// Index and At are inverse, and agree with Valid, Check and All on any word.
func TestPositions(t *testing.T) {
	t.Parallel()
	words := rapid.StringMatching(`[a-c_]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(words, rapid.ID).Draw(t, "words")
		s, v := enum.Of(list...), words.Draw(t, "word")
		i, ok := s.Index(v)
		require.Equal(t, s.Valid(v), ok)
		require.Equal(t, s.Check("Field", v) == nil, ok)
		if ok {
			w, there := s.At(i)
			require.True(t, there)
			require.Equal(t, v, w)
		} else {
			require.Zero(t, i)
		}
		n := 0
		for i, w := range s.All() {
			require.Equal(t, n, i)
			require.Equal(t, list[i], w)
			n++
		}
		require.Equal(t, s.Len(), n)
		for _, out := range []int{-1, n} {
			w, there := s.At(out)
			require.False(t, there)
			require.Empty(t, w)
		}
	})
}

// Everything but an error is free, though the set is made anew each time.
func TestAllocates(t *testing.T) {
	d := toBase
	require.Zero(t, testing.AllocsPerRun(100, func() {
		i, _ := depths().Index(d)
		w, _ := depths().At(i)
		if !depths().Valid(w) || depths().Check("Depth", w) != nil {
			panic("base is a depth")
		}
	}))
}

func FuzzCheck(f *testing.F) {
	f.Add("base,full", "full")
	f.Add(",base", "")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, list, v string) {
		words := strings.Split(list, ",")
		s := enum.Of(words...)
		err := s.Check("Field", v)
		require.Equal(t, s.Valid(v), err == nil)
		longest := 0
		for _, w := range words {
			longest = max(longest, len(w))
		}
		require.LessOrEqual(t, len(s.Rule()), 64+enum.MaxListed*(longest+2))
	})
}
