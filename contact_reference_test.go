package relmark_test

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
)

// A contactCase is one case of kind contact_policy as the file has it.
type contactCase struct {
	Zone             string
	At               time.Time
	Channel, Purpose string
	Policy           struct {
		Quiet []struct {
			From, To string
			Days     []int
			Channels []relmark.Channel
		}
		Caps []struct {
			Channel relmark.Channel
			Max     int
			Hours   hours
		}
		MinGaps []struct {
			Channel relmark.Channel
			Hours   hours
		} `json:"min_gaps"`
		Exempt []relmark.Purpose
	}
	Consents []struct {
		Channel     relmark.Channel
		Purpose     relmark.Purpose
		From, Until *time.Time
	}
	History []relmark.Contact
}

// hours are an exact decimal, as text or as a number.
type hours time.Duration

func (h *hours) UnmarshalJSON(data []byte) error {
	var text json.Number
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	exact, ok := new(big.Rat).SetString(text.String())
	if !ok {
		return relmark.ErrInvalid
	}
	exact.Mul(exact, big.NewRat(int64(time.Hour), 1))
	if !exact.IsInt() {
		return relmark.ErrInvalid
	}
	*h = hours(exact.Num().Int64())
	return nil
}

func (c *contactCase) policy() relmark.ContactPolicy {
	p := relmark.ContactPolicy{Exempt: c.Policy.Exempt}
	for _, q := range c.Policy.Quiet {
		h := relmark.QuietHours{From: wallClock(q.From), To: wallClock(q.To), Channels: q.Channels}
		for _, d := range q.Days {
			switch d { // Sunday is 0 in Go; what is no day stays none
			case 7:
				d = 0
			case 0:
				d = 7
			}
			h.Days = append(h.Days, time.Weekday(d))
		}
		p.Quiet = append(p.Quiet, h)
	}
	for _, limit := range c.Policy.Caps {
		p.Caps = append(p.Caps, relmark.ContactCap{Channel: limit.Channel, Max: limit.Max, Window: time.Duration(limit.Hours)})
	}
	for _, gap := range c.Policy.MinGaps {
		p.MinGaps = append(p.MinGaps, relmark.ContactGap{Channel: gap.Channel, Least: time.Duration(gap.Hours)})
	}
	return p
}

func (c *contactCase) facts() relmark.ContactFacts {
	facts := relmark.ContactFacts{History: c.History}
	if c.Zone != "" { // which Go takes for UTC
		facts.Zone, _ = time.LoadLocation(c.Zone) // nil if unknown
	}
	for _, consent := range c.Consents {
		out := relmark.Consent{Channel: consent.Channel, Purpose: consent.Purpose}
		if consent.From != nil {
			out.From = *consent.From
		}
		if consent.Until != nil {
			out.Until = *consent.Until
		}
		facts.Consents = append(facts.Consents, out)
	}
	return facts
}

// wallClock reads 00:00 to 24:00; what is no time of day is none for the policy
// either.
func wallClock(text string) time.Duration {
	if text == "24:00" {
		return 24 * time.Hour
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return -1
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
}

// instantOf reads an instant of the file, the zero time for null.
func instantOf(t *testing.T, value any) time.Time {
	t.Helper()
	if value == nil {
		return time.Time{}
	}
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at.UTC()
}

func TestReferenceContactPolicy(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "", "bonds_golden.json")
	var file struct {
		Cases []struct {
			ID, Kind string
			In       json.RawMessage
			Expect   map[string]any
		}
	}
	f.JSON(&file)
	for _, c := range file.Cases {
		if !f.Owns(c.Kind) {
			continue
		}
		var in contactCase
		require.NoError(t, reference.Strict(c.In, &in), c.ID)
		got, err := in.policy().Decide(relmark.Channel(in.Channel), relmark.Purpose(in.Purpose), in.facts(), in.At)
		if kind, failing := c.Expect["error"]; failing {
			f.Exact("invalid", kind, "%s: kind of error", c.ID)
			f.Exact(true, err != nil, "%s: error", c.ID)
			require.ErrorIs(t, err, relmark.ErrInvalid, c.ID)
			continue
		}
		require.NoError(t, err, c.ID)
		for field, want := range c.Expect {
			switch field {
			case "allowed":
				f.Exact(want, got.Allowed, "%s: allowed", c.ID)
			case "reasons":
				reasons, _ := want.([]any)
				f.Exact(len(reasons), len(got.Breaches), "%s: reasons", c.ID)
				for i := range min(len(reasons), len(got.Breaches)) {
					f.Exact(reasons[i], got.Breaches[i].String(), "%s: reason %d", c.ID, i)
				}
			case "next":
				f.Exact(instantOf(t, want), got.Next, "%s: next", c.ID)
			default:
				t.Errorf("%s: nothing compares %q", c.ID, field)
			}
		}
	}
}
