package store

import (
	"net/url"
	"strings"
)

// Key joins parts into a key, so that no two lists of parts have the same one; the key of the first parts is a prefix of
// the key of all.
func Key(parts ...string) string {
	var key strings.Builder
	for _, part := range parts {
		key.WriteString(url.PathEscape(part))
		key.WriteByte('/')
	}
	return key.String()
}
