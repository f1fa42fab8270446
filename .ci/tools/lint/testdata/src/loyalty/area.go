// Package loyalty must not import its own rooms.
package loyalty

import _ "github.com/relmark/relmark/loyalty/points" // want depguard "an area never imports its own rooms"
