// Package calendar must not import the root.
package calendar

import _ "github.com/relmark/relmark" // want depguard "the root stands on internal"
