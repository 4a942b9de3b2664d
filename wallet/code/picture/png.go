package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
	"math"
)

// PNG writes the picture (ErrSize). Given a size in millimetres, the file says how large it is to be printed.
func (s Symbol) PNG(w io.Writer, size Size) error {
	img, err := s.Image(size)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		return fmt.Errorf("draw %s: %w", s.kind, err)
	}
	data := file.Bytes()
	if size.Pixels == 0 {
		if data, err = s.withResolution(data, size); err != nil {
			return err
		}
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("write picture of %s: %w", s.kind, err)
	}
	return nil
}

// headerEnd is where the first chunk of every PNG file, IHDR, ends: signature 8, length 4, name 4, data 13, checksum 4.
const headerEnd = 8 + 4 + 4 + 13 + 4

// withResolution puts a pHYs chunk behind the header: the pixels per metre that make the symbol as wide as wanted.
func (s Symbol) withResolution(file []byte, size Size) ([]byte, error) {
	p, err := s.plan(size)
	if err != nil {
		return nil, err
	}
	mm, err := s.millimetres(size.Millimetres)
	if err != nil {
		return nil, err
	}
	perMetre := uint32(math.Round(float64(s.width*p.module) / mm * 1000))
	chunk := binary.BigEndian.AppendUint32(nil, 9)
	chunk = append(chunk, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{file[:headerEnd], chunk, file[headerEnd:]}, nil), nil
}
