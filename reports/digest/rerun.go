package digest

import (
	"strings"

	"mppsim/reports/journal"
)

// Rerun is the command that runs only one scenario again, against the same acquirer.
func Rerun(run journal.Run, scenario string) string {
	words := []string{"mppsim", "certify", "--profile", run.Profile}
	for _, flag := range []string{"--at"} {
		if value := flagValue(run.Command, flag); value != "" {
			words = append(words, flag, value)
		}
	}
	words = append(words, "--only", scenario)
	for i, w := range words {
		words[i] = quote(w)
	}
	return strings.Join(words, " ")
}

// flagValue finds a flag's value in a command line, in either spelling.
func flagValue(command []string, flag string) string {
	for i, word := range command {
		if value, ok := strings.CutPrefix(word, flag+"="); ok {
			return value
		}
		if word == flag && i+1 < len(command) {
			return command[i+1]
		}
	}
	return ""
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
