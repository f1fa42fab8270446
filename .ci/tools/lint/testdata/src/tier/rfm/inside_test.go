package rfm // want testpackage "should be `rfm_test`"

import "testing"

func TestInside(t *testing.T) { t.Parallel() }
