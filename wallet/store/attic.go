package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// atticName is the pattern of the file's name.
const atticName = "records-*.spill"

// attic is a file of old records. It only grows, and goes with the store.
type attic struct {
	file *os.File
	size int64
}

// filed stands for a record that lies in the attic, at its offset.
type filed int64

// A record in the file is a head with two lengths, the key and the text.
const (
	headLength = 8
	firstRead  = 4 << 10 // most records are shorter
)

func newAttic(dir string) (*attic, error) {
	file, err := os.CreateTemp(dir, atticName)
	if err != nil {
		return nil, fmt.Errorf("store: file for old records: %w", err)
	}
	return &attic{file: file}, nil
}

// batch gathers records for the attic.
type batch struct {
	start int64
	data  []byte
}

func (a *attic) batch() *batch { return &batch{start: a.size} }

// add tells where a record will lie once the batch is written.
func (b *batch) add(key string, text []byte) filed {
	at := filed(b.start + int64(len(b.data)))
	b.data = binary.LittleEndian.AppendUint32(b.data, uint32(len(key)))  //nolint:gosec // keys are short
	b.data = binary.LittleEndian.AppendUint32(b.data, uint32(len(text))) //nolint:gosec // records are far below 4 GiB
	b.data = append(b.data, key...)
	b.data = append(b.data, text...)
	return at
}

// write makes a batch readable. There is one writer.
func (a *attic) write(b *batch) error {
	if _, err := a.file.WriteAt(b.data, b.start); err != nil {
		return fmt.Errorf("store: file for old records: %w", err)
	}
	a.size = b.start + int64(len(b.data))
	return nil
}

// read returns the record at an offset. It is safe for concurrent use, also with write.
func (a *attic) read(at filed) (key string, record text, err error) {
	data := make([]byte, firstRead)
	n, err := a.file.ReadAt(data, int64(at))
	if n < headLength {
		return "", nil, fmt.Errorf("store: file for old records: %w", err)
	}
	keyLength, textLength := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
	end := headLength + int(keyLength) + int(textLength)
	if end > n {
		data = make([]byte, end)
		if _, err := a.file.ReadAt(data, int64(at)); err != nil {
			return "", nil, fmt.Errorf("store: file for old records: %w", err)
		}
	}
	split := headLength + int(keyLength)
	return string(data[headLength:split]), text(data[split:end]), nil
}

func (a *attic) close() error {
	return errors.Join(a.file.Close(), os.Remove(filepath.Clean(a.file.Name())))
}
