// Package setup makes what a new connection starts from: the commented profile, the key pairs of
// both sides, and the sheet with which the acquirer is configured.
package setup

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mppsim/fixtures/profiles"
	"mppsim/wallet/sign"
)

// Files of a connection, relative to its folder. The profile names them so.
const (
	ProfileFile     = "acquirer.yaml"
	AcquirerKey     = "keys/acquirer.key"   // private; for an acquirer that has none of its own
	AcquirerPublic  = "keys/acquirer.pub"   // replace it by the acquirer's own
	NetworkKey      = "keys/alipayplus.key" // private; the simulator signs with it
	NetworkPublic   = "keys/alipayplus.pub" // for the acquirer
	privateFileMode = 0o600
	publicFileMode  = 0o644
	folderMode      = 0o755
)

// ErrExists means that a file is there already; nothing was written.
var ErrExists = errors.New("is there already")

// file is one file to write.
type file struct {
	name    string
	content []byte
	mode    os.FileMode
}

// Init writes the commented profile and both key pairs into a folder, which it makes if needed.
// All files are written or none; none is ever overwritten (ErrExists). It returns their names,
// relative to the folder.
func Init(dir string) ([]string, error) {
	files, err := keyFiles()
	if err != nil {
		return nil, err
	}
	return write(dir, append([]file{{ProfileFile, profiles.Template(), publicFileMode}}, files...))
}

// Keys writes the two key pairs only, under the same rules as Init.
func Keys(dir string) ([]string, error) {
	files, err := keyFiles()
	if err != nil {
		return nil, err
	}
	return write(dir, files)
}

func keyFiles() ([]file, error) {
	var files []file
	for _, pair := range [][2]string{{AcquirerKey, AcquirerPublic}, {NetworkKey, NetworkPublic}} {
		key, err := sign.GenerateKey()
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", pair[0], err)
		}
		private, public, err := encode(key)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", pair[0], err)
		}
		files = append(files, file{pair[0], private, privateFileMode}, file{pair[1], public, publicFileMode})
	}
	return files, nil
}

// encode writes a pair as PEM.
func encode(key *rsa.PrivateKey) (private, public []byte, err error) {
	if private, err = sign.PrivateKeyPEM(key); err != nil {
		return nil, nil, err
	}
	public, err = sign.PublicKeyPEM(&key.PublicKey)
	return private, public, err
}

// write makes all files or none.
func write(dir string, files []file) (names []string, err error) {
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
			return nil, fmt.Errorf("%s %w; choose another folder, or remove it if nobody uses it", filepath.Join(dir, f.name), ErrExists)
		}
	}
	var made []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range made {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
			return nil, fmt.Errorf("folder of %s: %w", f.name, err)
		}
		if err := create(path, f); err != nil {
			return nil, err
		}
		made, names = append(made, path), append(names, f.name)
	}
	return names, nil
}

// create writes a file that must not exist; what could not be completed is removed.
func create(path string, f file) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode) //nolint:gosec // the user names the folder
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s %w", path, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("file %s: %w", f.name, err)
	}
	_, err = out.Write(f.content)
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(fmt.Errorf("file %s: %w", f.name, err), os.Remove(path))
	}
	return nil
}
