// Package relmark stands for the root.
package relmark

import _ "pgregory.net/rapid" // want depguard "is not allowed from list 'modules'"
