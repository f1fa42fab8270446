package queue_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting/queue"
)

// answers calls every method of a model that returns numbers, at every kind of argument.
func answers(model any, yield func(method string, at, x float64)) {
	v := reflect.ValueOf(model)
	for i := range v.NumMethod() {
		m, name := v.Method(i), v.Type().Method(i).Name
		if m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.Float64 {
			continue
		}
		args := []float64{0}
		if m.Type().NumIn() == 1 && m.Type().In(0).Kind() == reflect.Float64 {
			args = []float64{0, 1e-300, 1e-9, 0.3, 1, 7.1e5, 1e17, 123456789e10, 1e300, math.Inf(1)}
			if strings.Contains(name, "Quantile") {
				args = []float64{1e-300, 1e-9, 0.5, 1 - 0x1p-53}
			}
		}
		for _, x := range args {
			var in []reflect.Value
			if m.Type().NumIn() == 1 && m.Type().In(0).Kind() == reflect.Float64 {
				in = []reflect.Value{reflect.ValueOf(x)}
			} else if m.Type().NumIn() > 0 {
				continue
			}
			yield(name, x, m.Call(in)[0].Float())
		}
	}
}

// rates are from one end of a range to the other.
func rate(t *rapid.T, name string) float64 {
	return math.Pow(10, rapid.SampledFrom([]float64{-100, -17, -3, 0, 0.1, 3, 16, 100}).Draw(t, name))
}

// Wherever a model can be made, its answers are numbers: no NaN at the ends of any range,
// no loop without end, and no share beyond 1.
func TestAnswersAtTheEndsOfEveryRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		servers := rapid.SampledFrom([]int{1, 2, 64, 65, 1000, 1e6, queue.MaxServers}).Draw(t, "servers")
		service := rate(t, "service")
		capacity := float64(servers) * service
		load := rapid.SampledFrom([]float64{0, 1e-300, 1e-18, 1e-3, 0.5, 1 - 1e-12, 1, 1 + 1e-12, 1.5, 1e9, 1e17}).Draw(t, "load")
		arrival := min(load*capacity, 1e100)
		leaving := capacity * rapid.SampledFrom([]float64{1.0001e-9, 1e-4, 1, 1e4, 0.9999e9}).Draw(t, "leaving")
		place := servers + rapid.SampledFrom([]int{0, 1, 100, 1e6, 1e9}).Draw(t, "place")
		one := min(load, 1)
		models := []func() (any, error){
			func() (any, error) {
				return queue.NewErlangA(queue.ErlangAParams{Arrival: arrival, Service: service, Servers: servers, Leaving: leaving, Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewMMCK(queue.MMCKParams{Arrival: arrival, Service: service, Servers: servers, Room: place, Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewMMC(queue.MMCParams{Arrival: arrival, Service: service, Servers: servers, Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewGGC(queue.GGCParams{Arrival: arrival, MeanService: 1 / service, Servers: servers, GapCV2: rapid.SampledFrom([]float64{0, 1e-300, 1, 1e6}).Draw(t, "ca"), ServiceCV2: rapid.SampledFrom([]float64{0, 1, 1e6}).Draw(t, "cs"), Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewMD1(queue.MD1Params{Arrival: one * service, Service: 1 / service, Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewGM1(queue.GM1Params{Arrival: one * service, Service: service, Regular: true, Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewGM1(queue.GM1Params{Arrival: one * service, Service: service, Stages: rapid.SampledFrom([]int{1, 2, 1e6}).Draw(t, "stages"), Unit: time.Hour})
			},
			func() (any, error) {
				return queue.NewMG1(queue.MG1Params{Arrival: one * service, MeanService: 1 / service, Unit: time.Hour}.Single())
			},
			func() (any, error) {
				return queue.NewFinite(queue.FiniteParams{Sources: rapid.SampledFrom([]int{1, 2, 1000}).Draw(t, "sources"), Arrival: min(load*service, 1e100), Service: service, Servers: servers, Unit: time.Hour})
			},
		}
		model, err := models[rapid.IntRange(0, len(models)-1).Draw(t, "model")]()
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		answers(model, func(method string, at, x float64) {
			nobody := arrival == 0 && (method == "ProbAbandonIfDelayed" || reflect.TypeOf(model) == reflect.TypeFor[queue.MMCK]() || reflect.TypeOf(model) == reflect.TypeFor[queue.Finite]())
			require.True(t, nobody || !math.IsNaN(x), "%T.%s(%v) = %v", model, method, at, x)
			if strings.HasPrefix(method, "Log") || nobody {
				return
			}
			require.GreaterOrEqual(t, x, 0.0, "%T.%s(%v)", model, method, at)
			if strings.HasPrefix(method, "Prob") || strings.HasSuffix(method, "Tail") || method == "ServedWithin" {
				require.LessOrEqual(t, x, 1+1e-9, "%T.%s(%v)", model, method, at)
			}
			if strings.HasSuffix(method, "Tail") && math.IsInf(at, 1) {
				require.Zero(t, x, "%T.%s", model, method)
			}
		})
	})
}
