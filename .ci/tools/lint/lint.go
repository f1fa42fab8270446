// Package lint holds the violations that prove the rules of .ci/golangci.yml. Its
// test lints the module under testdata/src, in which every line that must be
// reported says so in a comment `// want LINTER "text"`. No other line may break
// a rule of depguard or forbidigo: that proves what is exempt.
package lint
