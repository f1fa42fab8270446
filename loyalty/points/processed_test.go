package points_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/points"
)

// Every command there is.
func everyCommand(h points.Head) []points.Command {
	return []points.Command{
		points.Adjust{Head: h},
		points.Close{Head: h},
		points.Commit{Head: h},
		points.Earn{Head: h},
		points.LateRefund{Head: h},
		points.Leave{Head: h},
		points.Open{Head: h},
		points.Receive{Head: h},
		points.Redeem{Head: h},
		points.Refund{Head: h},
		points.Reserve{Head: h},
		points.Send{Head: h},
		points.Sweep{Head: h},
		points.Void{Head: h},
	}
}

func TestProcessedChangesNothingButTheTime(t *testing.T) {
	t.Parallel()
	version := uint64(7)
	from := points.Head{Key: "k", At: at(0), Recorded: at(1), Version: &version}
	to := from
	to.Recorded = at(9)
	want := everyCommand(to)
	for i, c := range everyCommand(from) {
		assert.Equal(t, want[i], points.Processed(c, at(9)))
		pointer := reflect.New(reflect.TypeOf(c))
		pointer.Elem().Set(reflect.ValueOf(c))
		assert.Equal(t, want[i], points.Processed(pointer.Interface().(points.Command), at(9)))
		assert.Equal(t, c, pointer.Elem().Interface(), "the caller's own stays as it is")
	}
	assert.Nil(t, points.Processed(nil, at(9)))
	assert.Nil(t, points.Processed((*points.Earn)(nil), at(9)))
}

// A host whose command came too late sends it again with a later time, and is answered
// once.
func TestProcessedAfterTimeRanBack(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, points.Adjust{Head: head("gift", 5), Points: 10})
	c := points.Redeem{Head: head("spend", 3), Points: 4}
	_, err := e.Decide(&a, c)
	require.Equal(t, "time_runs_back", reasonOf(err))
	ev := do(t, e, &a, points.Processed(c, at(5).Add(time.Millisecond)))
	assert.Equal(t, at(3), ev.At)
	d, err := e.Decide(&a, c)
	require.NoError(t, err)
	assert.Equal(t, points.Decision{Event: points.Event{Seq: 2, Key: "spend"}, Replayed: true}, d)
}
