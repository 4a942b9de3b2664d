//go:build !race

package killmatrix_test

// watched says that the race detector watches this process.
const watched = false
