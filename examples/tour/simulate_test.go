package main

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

var update = flag.Bool("update", false, "write the simulated data and the expected reports anew")

// The simulated house is a city hotel with a restaurant and a spa: 400 guests over
// two years. A guest arrives at a random day, comes back after exponential gaps at
// an own gamma-distributed rate, and after each stay leaves for good with an own
// probability: the story that models of purchase and churn tell. Each stay is a
// room for one to four nights, with extras that go together: who books the spa
// books the dinner menu, who takes the early train takes the packed breakfast. Who was
// in the spa often takes a massage the next time; bicycles are new in the second year,
// pay TV is on the way out, and some take wine at the bar.
func simulate() []byte {
	source, extra := rand.New(rand.NewPCG(2026, 11)), rand.New(rand.NewPCG(2026, 14))
	var b bytes.Buffer
	b.WriteString("customer,date,quantity,amount,item\n")
	start, days := relmark.MustParseDate("2024-01-01"), 730
	for guest := 1; guest <= 400; guest++ {
		gap := 45 + 240*math.Abs(source.NormFloat64())
		leaves := 0.05 + 0.35*source.Float64()
		spa := false
		for on := source.IntN(620); on < days; on += 2 + int(gap*source.ExpFloat64()) {
			before := spa
			spa = stay(&b, source, guest, start.AddDays(on))
			extras(&b, extra, guest, start.AddDays(on), before, float64(on)/float64(days))
			if source.Float64() < leaves {
				break
			}
		}
	}
	return b.Bytes()
}

// stay writes one stay and reports whether the guest was in the spa.
func stay(b *bytes.Buffer, source *rand.Rand, guest int, on relmark.Date) (spa bool) {
	nights := 1 + source.IntN(4)
	line := func(quantity, cents int, item string) {
		fmt.Fprintf(b, "G%03d,%s,%d,%d.%02d,%s\n", guest, on, quantity, quantity*cents/100, quantity*cents%100, item)
	}
	line(nights, 8900+100*source.IntN(40), "room")
	chance := func(p float64) bool { return source.Float64() < p }
	if spa = chance(0.25); spa {
		line(1, 4900, "spa")
	}
	if chance(0.2) || spa && chance(0.6) {
		line(1, 5450, "dinner menu")
		if chance(0.5) {
			line(1, 2380, "wine")
		}
	}
	if train := chance(0.15); train {
		line(1, 1650, "station transfer")
		if chance(0.7) {
			line(nights, 990, "packed breakfast")
		}
	} else if chance(0.6) {
		line(nights, 1890, "breakfast")
	}
	if chance(0.1) {
		line(1, 2500, "late checkout")
	}
	if chance(0.02) { // a complaint settled on the spot
		fmt.Fprintf(b, "G%03d,%s,-1,-35.00,refund\n", guest, on.AddDays(1))
	}
	return spa
}

// extras writes what depends on the stay before and on how far the two years are gone.
func extras(b *bytes.Buffer, source *rand.Rand, guest int, on relmark.Date, spaBefore bool, gone float64) {
	line := func(p float64, price, item string) {
		if source.Float64() < p {
			fmt.Fprintf(b, "G%03d,%s,1,%s,%s\n", guest, on, price, item)
		}
	}
	massage, bicycle := 0.06, 0.0
	if spaBefore {
		massage = 0.5
	}
	if gone > 0.5 {
		bicycle = 0.16
	}
	line(massage, "69.00", "massage")
	line(0.12, "11.90", "wine") // at the bar
	line(bicycle, "18.00", "bicycle")
	line(0.40-0.37*gone, "12.90", "pay TV")
}

// simulateSurvey lets 160 guests answer the 22 items of the standard questionnaire on
// 1 to 7, expectation and perception, and spread 100 points over the five
// dimensions. The house looks better than expected and is slow at the desk.
func simulateSurvey() []byte {
	source := rand.New(rand.NewPCG(2026, 12))
	items := [5]int{4, 5, 4, 4, 5}
	shift := [5]float64{0.3, -0.3, -1.1, -0.1, -0.4}
	points := [5]int{10, 30, 25, 20, 15}
	var b bytes.Buffer
	answer := func(mean float64) {
		if source.Float64() < 0.03 {
			b.WriteString(",")
			return
		}
		fmt.Fprintf(&b, ",%d", min(7, max(1, int(math.Round(mean+source.NormFloat64())))))
	}
	for range 160 {
		mood := 0.4 * source.NormFloat64()
		fmt.Fprintf(&b, "G%03d", 1+source.IntN(400))
		for range 22 {
			answer(5.8)
		}
		for d, n := range items {
			for range n {
				answer(5.8 + shift[d] + mood)
			}
		}
		from, to := source.IntN(5), source.IntN(5)
		for d, p := range points {
			if d == from {
				p -= 5
			}
			if d == to {
				p += 5
			}
			fmt.Fprintf(&b, ",%d", p)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// simulateWeeks lets some thirty guests a week say if they would recommend the house,
// for a year, in the last third of which a clerk more shortens the check-in.
func simulateWeeks() []byte {
	source := rand.New(rand.NewPCG(2026, 13))
	var b bytes.Buffer
	for w := range 52 {
		minutes, liking := 8.2+0.7*source.NormFloat64(), 8.0
		if w >= changedIn {
			minutes, liking = minutes-1.2, liking+0.5
		}
		var answers [11]int
		for range 24 + source.IntN(13) {
			answers[min(10, max(0, int(math.Round(liking+2*source.NormFloat64()))))]++
		}
		fmt.Fprintf(&b, "%s,%s,%.1f\n", relmark.MustParseDate("2025-01-06").AddDays(7*w), strings.Trim(strings.ReplaceAll(fmt.Sprint(answers), " ", ","), "[]"), minutes)
	}
	return b.Bytes()
}

func TestSimulatedDataIsReproducible(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]byte{"purchases.csv": simulate(), "survey.csv": simulateSurvey(), "weeks.csv": simulateWeeks()} {
		if *update {
			require.NoError(t, os.WriteFile(file, want, 0o600))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}
