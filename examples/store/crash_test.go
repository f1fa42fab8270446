package store_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/examples/store"
	"github.com/relmark/relmark/loyalty/points"
)

// The environment of a child process: the database, the order at which it dies, and
// whether before or after that has been written.
const (
	envFile = "STORE_TEST_FILE"
	envDies = "STORE_TEST_DIES"
	envLate = "STORE_TEST_LATE"
)

// A process is killed inside a transaction, or at any moment by somebody else. When
// the file is opened again, each order and its event are both there or both missing,
// and everything that was confirmed is there.
func TestCrash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shop.db")
	crashes := []struct {
		dies, late string
		kill       time.Duration // after the first confirmation; 0 is never
	}{
		{dies: "3"},               // between event and order
		{dies: "4", late: "yes"},  // after both, with a snapshot to come
		{dies: "5"},               // again, at another size
		{dies: "11", late: "yes"}, // before the commit
		{kill: time.Millisecond}, {kill: 7 * time.Millisecond}, {kill: 23 * time.Millisecond}, {kill: 40 * time.Millisecond},
	}
	confirmed := map[string]bool{}
	for _, crash := range crashes {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$")
		child.Env = append(os.Environ(), envFile+"="+path, envDies+"="+crash.dies, envLate+"="+crash.late)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		for lines := bufio.NewScanner(out); lines.Scan(); {
			key, ok := strings.CutPrefix(lines.Text(), "confirmed ")
			if !ok {
				continue
			}
			if confirmed[key] = true; crash.kill > 0 {
				time.AfterFunc(crash.kill, func() { _ = child.Process.Kill() })
				crash.kill = 0
			}
		}
		require.Error(t, child.Wait(), "it was to die")
		inspect(t, path, confirmed)
	}
	require.GreaterOrEqual(t, len(confirmed), 10)
}

// inspect opens the file after a crash and looks at what is in it.
func inspect(t *testing.T, path string, confirmed map[string]bool) {
	t.Helper()
	s := store.Store{DB: open(t, path), Engine: engine(), Now: atNoon, Every: 4}
	events := one(t, &s, `SELECT count(*) FROM loyalty_event`)
	require.Equal(t, events, one(t, &s, `SELECT count(*) FROM orders`))
	require.Equal(t, events, one(t, &s, `SELECT count(*) FROM orders JOIN loyalty_event ON id = cmd_key`))
	require.LessOrEqual(t, int64(len(confirmed)), events)
	require.Equal(t, events, balance(t, &s, "anna").Available, "a point for each order")
	for key := range confirmed {
		require.True(t, do(t, &s, earn(key, 1)).Replayed, "confirmed and lost")
	}
	require.Zero(t, one(t, &s, `SELECT count(*) FROM orders WHERE points <> 1`))
}

// TestCrashChild is the process that dies: it writes orders until then.
func TestCrashChild(t *testing.T) { //nolint:paralleltest // it is alone in its process
	path, dies, late := os.Getenv(envFile), os.Getenv(envDies), os.Getenv(envLate)
	if path == "" {
		t.Skip("it is started by TestCrash")
	}
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	die := func() error {
		if err := self.Kill(); err != nil {
			return err
		}
		select {} // until it has worked
	}
	s := store.Store{DB: open(t, path), Engine: engine(), Now: atNoon, Every: 4}
	for i := 1; i < 10_000; i++ {
		key := fmt.Sprint(i)
		_, err := s.Do(t.Context(), "anna", earn(key, 1), func(tx *sql.Tx, ev points.Event) error {
			if key == dies && late == "" {
				return die()
			}
			if err := order(tx, ev); err != nil || key != dies {
				return err
			}
			return die()
		})
		require.NoError(t, err)
		fmt.Println("confirmed", key)
	}
}
