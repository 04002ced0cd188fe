// Package report adds up what happened, across slices. It reads and never writes.
package report
