package points_test

import "github.com/relmark/relmark"

var errInvalid = relmark.ErrInvalid
