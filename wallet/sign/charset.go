package sign

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// charset is a character set that a platform may use when nobody names UTF-8.
type charset struct {
	name string
	enc  encoding.Encoding
}

func charsets() []charset {
	return []charset{
		{"ISO 8859-1", charmap.ISO8859_1},
		{"Windows-1252", charmap.Windows1252},
		{"GBK", simplifiedchinese.GBK},
		{"GB18030", simplifiedchinese.GB18030},
		{"Big5", traditionalchinese.Big5},
		{"Shift_JIS", japanese.ShiftJIS},
		{"EUC-KR", korean.EUCKR},
	}
}

func utf16s() []charset {
	return []charset{
		{"UTF-16 (little endian)", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16 (big endian)", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"UTF-16 (little endian, with byte order mark)", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16 (big endian, with byte order mark)", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	}
}

// encode writes text in the character set, with a question mark for what it does not know; false if the text has
// characters of which it knows none.
func (c charset) encode(text string) (string, bool) {
	if encoded, err := c.enc.NewEncoder().String(text); err == nil {
		return encoded, true
	}
	var out strings.Builder
	known := false
	encoder := c.enc.NewEncoder()
	for _, r := range text {
		if r < utf8.RuneSelf {
			out.WriteByte(byte(r))
			continue
		}
		encoded, err := encoder.String(string(r))
		if err != nil {
			encoder.Reset()
			encoded = "?"
		} else {
			known = true
		}
		out.WriteString(encoded)
	}
	return out.String(), known
}

// decode reads text in the character set; false if it is not in it.
func (c charset) decode(text string) (string, bool) {
	decoded, err := c.enc.NewDecoder().String(text)
	return decoded, err == nil && !strings.ContainsRune(decoded, utf8.RuneError)
}
