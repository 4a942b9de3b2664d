package digest

import (
	"strings"

	"mppsim/reports/journal"
)

// Rerun is the command that runs only one scenario again: against the same acquirer, with the same
// profile and the values that were replaced in it, from the same features of one's own, or the demonstration with the same acquirers.
func Rerun(run journal.Run, scenario string) string {
	words, flags := []string{"mppsim", "certify"}, []string{"--profile", "--at", "--set", "--feature"}
	if len(run.Command) > 1 && (run.Command[1] == "certify" || run.Command[1] == "demo") {
		words = []string{run.Command[0], run.Command[1]}
	}
	if words[1] == "demo" {
		flags = []string{"--acquirer", "--defect", "--habit"}
	} else if len(flagValues(run.Command, "--profile")) == 0 {
		words = append(words, "--profile", run.Profile)
	}
	for _, flag := range flags {
		for _, value := range flagValues(run.Command, flag) {
			words = append(words, flag, value)
		}
	}
	words = append(words, "--only", scenario)
	for i, w := range words {
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

// flagValues finds all values of a flag in a command line, in either spelling.
func flagValues(command []string, flag string) []string {
	var values []string
	for i, word := range command {
		if value, ok := strings.CutPrefix(word, flag+"="); ok {
			values = append(values, value)
		}
		if word == flag && i+1 < len(command) {
			values = append(values, command[i+1])
		}
	}
	return values
}

// quote makes a word safe for a POSIX shell.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
