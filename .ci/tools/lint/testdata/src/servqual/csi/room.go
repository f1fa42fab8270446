// Package csi must not import another area.
package csi

import _ "github.com/relmark/relmark/waiting/queue" // want depguard "areas never import each other"
