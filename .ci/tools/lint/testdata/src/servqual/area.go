// Package servqual must not import its own rooms.
package servqual

import _ "github.com/relmark/relmark/servqual/csi" // want depguard "an area never imports its own rooms"
