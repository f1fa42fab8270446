// Package waiting must not import its own rooms.
package waiting

import _ "github.com/relmark/relmark/waiting/queue" // want depguard "an area never imports its own rooms"
