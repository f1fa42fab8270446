// Package rfm does everything that a room must not do.
package rfm

import (
	_ "database/sql" // want depguard "no I/O in the core"
	_ "database/sql/driver"
	_ "flag" // want depguard "no I/O in the core"
	_ "io/fs"
	_ "io/ioutil" // want depguard "no I/O in the core"
	_ "log"       // want depguard "return errors"
	_ "log/slog"  // want depguard "return errors"
	_ "math/rand" // want depguard "passed in"
	_ "math/rand/v2"
	_ "net"      // want depguard "no I/O in the core"
	_ "net/http" // want depguard "no I/O in the core"
	_ "net/netip"
	_ "os"      // want depguard "no I/O in the core"
	_ "os/exec" // want depguard "no I/O in the core"
	_ "syscall" // want depguard "no I/O in the core"
	_ "unsafe"  // want depguard "nothing needs it"
)
