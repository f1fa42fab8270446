// Package tier must import neither another area nor its own rooms.
package tier

import (
	_ "github.com/relmark/relmark"
	_ "github.com/relmark/relmark/internal/money"
	_ "github.com/relmark/relmark/loyalty"  // want depguard "areas never import each other"
	_ "github.com/relmark/relmark/tier/rfm" // want depguard "an area never imports its own rooms"
)
