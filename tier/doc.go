// Package tier decides which level of a ladder a customer holds, why, until when,
// and what is missing.
package tier
