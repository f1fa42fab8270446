// Package basket must not import another area.
package basket

import _ "github.com/relmark/relmark/tier/rfm" // want depguard "areas never import each other"
