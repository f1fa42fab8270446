// Package reference finds the files of published and independently computed
// figures that the tests of every room must reproduce, and keeps the books: which
// room owns which names in which file, how many values a test compared, and how
// far off the worst of them was. It also pins what is written today ([Pin]), so that no
// later version changes what is read. Only tests import it.
//
// # Model
//
// A file holds named figures: a model, a kind, a key. [Owner] says who
// reproduces a name: a package, nobody because it only documents a peer
// ([PeerOnly]), or nobody yet ([Pending]). A test opens a file for its room with
// [Open], asks [File.Owns] before it runs a name, and compares through the File.
// A name the table does not list fails the test: figures cannot be overlooked.
//
// # Units
//
// Errors are relative, |got − want| / max(|want|, floor).
//
// # Limits
//
// Files are read whole. Lookup order: the directory in RELMARK_REFERENCE
// (RELMARK_DATA for data sets), or else ../shared/reference (../shared/data)
// beside the checkout; then testdata of the package under test. An absent file
// skips the test, unless RELMARK_STRICT is 1: then it fails.
//
// # Sources
//
// The documents beside the files name the source of each figure.
package reference
