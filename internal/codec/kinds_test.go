package codec_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No two encodings share a kind: one would be read as the other.
func TestKindsDiffer(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, 0)
	require.NoError(t, err)
	owner := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if value, ok := spec.Values[0].(*ast.BasicLit); ok {
				assert.Empty(t, owner[value.Value], "%s and %s are both %s", owner[value.Value], spec.Names[0].Name, value.Value)
				owner[value.Value] = spec.Names[0].Name
			}
		}
		return true
	})
	assert.Greater(t, len(owner), 20)
}
