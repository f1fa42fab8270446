package voucher_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A kind runs one case and returns what is to be compared with what is expected.
var kinds = map[string]func(t *testing.T, in json.RawMessage) (map[string]any, error){
	"voucher_limit": runLimit,
	"check_digit":   runCheckDigit,
}

func TestReferenceVouchers(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/voucher", "voucher_golden.json")
	for _, c := range f.Cases() {
		run, known := kinds[c.Kind]
		require.True(t, known, c.Kind)
		got, err := run(t, c.In)
		if kind, fails := c.Fails(); fails {
			f.Exact("invalid", kind, "%s: kind of error", c.ID)
			f.Exact(true, errors.Is(err, relmark.ErrInvalid), "%s: error %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		f.Compare(c.ID, c.Expect, got)
	}
}

func runLimit(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Zone          string
		From, Through string
		Codes         []string
		Limits        voucher.Limits
		Commands      []struct {
			Key, Type, Code, Member, Redemption string
			At                                  time.Time
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	from, errFrom := relmark.ParseDate(in.From)
	through, errThrough := relmark.ParseDate(in.Through)
	campaign, err := voucher.NewCampaign(voucher.Terms{Zone: zoneOf(in.Zone), From: from, Through: through, Codes: in.Codes, AnyCode: in.Codes == nil, Limits: in.Limits})
	if err := errors.Join(errFrom, errThrough, err); err != nil {
		return nil, err
	}
	var register voucher.Register
	all := []any{}
	for _, c := range in.Commands {
		var d voucher.Decision
		if c.Type == "void" {
			d, err = register.Void(voucher.Voiding{Key: c.Key, Redemption: c.Redemption, At: c.At})
		} else {
			d, err = campaign.Redeem(&register, voucher.Redemption{Key: c.Key, Code: c.Code, Member: c.Member, At: c.At})
		}
		if err != nil {
			return nil, err
		}
		if d.Accepted && !d.Replayed {
			require.NoError(t, register.Apply(d.Event))
		}
		reasons := []voucher.Reason{}
		all = append(all, append(reasons, d.Reasons...))
	}
	return map[string]any{
		"reasons": all, "live": register.Live(), "valid_from": campaign.ValidFrom(), "valid_until": campaign.ValidUntil(),
	}, nil
}

func runCheckDigit(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Scheme        voucher.Scheme
		Alphabet      string
		Bodies, Codes []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	checker, err := voucher.NewChecker(voucher.CodeFormat{Scheme: in.Scheme, Alphabet: in.Alphabet})
	if err != nil {
		return nil, err
	}
	coded, valid := []string{}, []bool{}
	for _, body := range in.Bodies {
		code, err := checker.Code(body)
		if err != nil {
			return nil, err
		}
		coded = append(coded, code)
	}
	for _, code := range in.Codes {
		valid = append(valid, checker.Valid(code))
	}
	return map[string]any{"coded": coded, "valid": valid}, nil
}
