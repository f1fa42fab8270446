// Package lot keeps units that were granted together, become usable at one
// instant and lapse at another: points, entitlements, store credit. It decides
// which lot pays first, and nothing about why units come and go.
//
// # Model
//
// A [Lot] of n units is pending before From, available while From ≤ t < Until and
// expired from Until on. Expiry is a fact about an instant, never an action: a
// [Book] is asked as of t and answers for t, and no sweep is needed or possible.
// Units are spent in burn order: earliest Until first, ties by order of creation.
//
// A [Hold] keeps units out of their lots until a deadline, excluded, or until it
// is committed or voided. Held units do not expire; on release they return to
// their lots, and those of a lot that has expired meanwhile are expired at once.
//
// # Units
//
// Units are integers of whatever the caller counts. Instants are nanoseconds since
// 1970-01-01T00:00:00Z, [Never] for a lot without end.
//
// # Limits
//
// The caller bounds the sum of all lots; sums here are plain additions. Instants
// run from the year 1678 to 2262. A book is made for the lots of one member, be they
// ten or a hundred thousand: no change takes time linear in their number, and lots that
// are used up or have expired are only kept to be found.
//
// Nothing here returns an error: methods that can be asked too much answer false
// and leave the book as it was.
//
// # Sources
//
//   - First-expired-first-out, the issue rule for perishable stock: S. Nahmias
//     (2011), Perishable Inventory Systems, ch. 1.
package lot
