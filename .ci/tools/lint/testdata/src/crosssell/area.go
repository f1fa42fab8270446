// Package crosssell must not import its own rooms.
package crosssell

import _ "github.com/relmark/relmark/crosssell/basket" // want depguard "an area never imports its own rooms"
