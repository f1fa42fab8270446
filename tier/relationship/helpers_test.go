package relationship_test

import (
	"errors"
)

func errorIs(err, target error) bool { return target != nil && errors.Is(err, target) }
