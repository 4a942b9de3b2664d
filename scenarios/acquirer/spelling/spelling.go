// Package spelling finds the word that somebody probably meant.
package spelling

import "strings"

// Nearest returns the known word closest to a mistyped one, or "" when none is close: at most
// a third of its letters may differ.
func Nearest(word string, known []string) string {
	best, bestDistance := "", len(word)/3+1
	for _, candidate := range known {
		if d := distance(word, candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Hint makes "did you mean …?" of the nearest word, or lists all known ones.
func Hint(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "known are " + strings.Join(known, ", ")
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between two words.
func distance(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+differs(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}

func differs(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
