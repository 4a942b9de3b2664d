//go:build soak

package wallet

// storedCounts are the numbers of payments of BenchmarkStored.
func storedCounts() []int { return []int{1_000, 100_000, 1_000_000} }
