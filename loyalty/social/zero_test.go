package social_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/social"
)

// What its constructor has not made answers nothing.
func TestZeroValuesRefuse(t *testing.T) {
	t.Parallel()
	at := begin.Add(time.Hour)
	var h social.Health
	var s social.Referrals
	for field, call := range map[string]func() error{
		"Assigner": func() error { _, err := new(social.Assigner).Assign("m"); return err },
		"Cadence":  func() error { _, err := new(social.Cadence).Report([]time.Time{begin, at}, at); return err },
		"Recognition": func() error {
			_, err := new(social.Recognition).Occasions(social.Person{}, date("2025-01-01"), date("2025-01-01"), nil)
			return err
		},
		"HealthModel":     func() error { _, err := new(social.HealthModel).Report(h, at); return err },
		"ReferralProgram": func() error { _, err := new(social.ReferralProgram).Advance(&s, at); return err },
	} {
		checkField(t, call(), field)
	}
	_, err := new(social.HealthModel).Score(h, at)
	checkField(t, err, "HealthModel")
	require.Error(t, new(social.HealthModel).Add(&h, social.Interaction{At: at, Channel: "call", Direction: social.Inbound}))
	_, err = new(social.ReferralProgram).Apply(&s, social.ReferralEvent{Key: "k", At: at, Type: social.Invited, Code: "c", Referrer: "ada"})
	checkField(t, err, "ReferralProgram")
	require.Zero(t, s.Len())
}
