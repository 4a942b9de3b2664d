package check

// Watches lists the checks that judge every scenario, in the order of the catalogue.
func Watches() []Watch {
	return []Watch{}
}

// RunWatches lists the checks that judge the run as a whole.
func RunWatches() []RunWatch {
	return []RunWatch{}
}
