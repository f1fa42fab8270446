// Package queue must not import another area.
package queue

import _ "github.com/relmark/relmark/crosssell" // want depguard "areas never import each other"
