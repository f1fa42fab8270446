package priority_test

import (
	"encoding"
	"math/rand/v2"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/priority"
)

const blank = priority.Blank

func encoded(t require.TestingT, v encoding.BinaryMarshaler) []byte {
	data, err := v.MarshalBinary()
	require.NoError(t, err)
	return data
}

func kano(t require.TestingT, pairs ...priority.Feeling) *priority.Kano {
	var k priority.Kano
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, k.Add(priority.KanoAnswer{With: pairs[i], Without: pairs[i+1]}))
	}
	return &k
}

func twoAttributes() priority.DriverParams {
	return priority.DriverParams{Attributes: []string{"staff", "speed"}, Low: 1, High: 5, Penalty: 2, Reward: 4, Unit: 10}
}

func drivers(t require.TestingT, p priority.DriverParams) *priority.Drivers {
	d, err := priority.NewDrivers(p)
	require.NoError(t, err)
	return d
}

// A customer rates attributes and the service.
type customer struct {
	ratings []int8
	overall *int
}

// customers returns n of them with as many attributes; some left a blank.
func customers(seed uint64, n, attributes int) []customer {
	r := rand.New(rand.NewPCG(seed, 3))
	list := make([]customer, n)
	for i := range list {
		sum := 0
		for range attributes {
			a := int8(1 + r.IntN(5))
			sum += int(a)
			if r.IntN(40) == 0 {
				a = blank
			}
			list[i].ratings = append(list[i].ratings, a)
		}
		overall := 10*sum/attributes + r.IntN(15)
		if r.IntN(50) > 0 {
			list[i].overall = &overall
		}
	}
	return list
}
