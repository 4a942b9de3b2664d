package cli

import (
	"maps"
	"testing"
)

func TestAgentTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		given  []string
		want   map[string]string
		refuse bool
	}{
		{given: nil, want: nil},
		{given: []string{"one", "two=M-2"}, want: map[string]string{"one": "", "two": "M-2"}},
		{given: []string{"=M-2"}, refuse: true},
		{given: []string{"two="}, refuse: true},
	} {
		got, err := (&serveOptions{agentTokens: tt.given}).agents()
		if !maps.Equal(got, tt.want) || (err != nil) != tt.refuse {
			t.Errorf("%q: %v, %v", tt.given, got, err)
		}
	}
}
