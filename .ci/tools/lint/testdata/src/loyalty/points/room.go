// Package points must not import another area.
package points

import _ "github.com/relmark/relmark/servqual/csi" // want depguard "areas never import each other"
