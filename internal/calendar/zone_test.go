package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/calendar"
)

func TestZoneNameIsOneThatALoaderKnows(t *testing.T) {
	t.Parallel()
	apia, err := time.LoadLocation("Pacific/Apia")
	require.NoError(t, err)
	for _, loc := range []*time.Location{time.UTC, apia} {
		name, ok := calendar.ZoneName(loc)
		require.True(t, ok)
		back, err := calendar.LoadZone(name, time.LoadLocation)
		require.NoError(t, err)
		assert.Equal(t, loc.String(), back.String())
	}
	for _, loc := range []*time.Location{nil, time.Local, time.FixedZone("", 3600), time.FixedZone("\xff", 3600), time.FixedZone(strings.Repeat("x", 256), 0)} { //nolint:gosmopolitan // the zone of the machine is what is refused
		_, ok := calendar.ZoneName(loc)
		assert.False(t, ok, "%v", loc)
	}
}

func TestLoadZoneFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	silent := func(string) (*time.Location, error) { return nil, nil }
	for name, c := range map[string]struct {
		zone string
		load func(string) (*time.Location, error)
		want error
	}{
		"no loader":     {"UTC", nil, calendar.ErrZone},
		"no name":       {"", time.LoadLocation, calendar.ErrZone},
		"no text":       {"UTC\xff", time.LoadLocation, calendar.ErrZone},
		"a book":        {strings.Repeat("UTC", 100), time.LoadLocation, calendar.ErrZone},
		"local":         {"Local", time.LoadLocation, calendar.ErrZone},
		"silent loader": {"UTC", silent, calendar.ErrZone},
		"its own error": {"UTC", func(string) (*time.Location, error) { return time.UTC, broken }, broken},
	} {
		_, err := calendar.LoadZone(c.zone, c.load)
		assert.ErrorIs(t, err, c.want, name)
	}
}
