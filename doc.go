// Package relmark holds the words that all areas share.
package relmark
