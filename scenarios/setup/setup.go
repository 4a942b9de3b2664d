// Package setup makes what a new connection starts from: the commented profile, the key pairs of
// both sides, and the sheet with which the acquirer is configured.
package setup

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	Listen          = "127.0.0.1:8880"      // where both templates let the simulator listen for the acquirer
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

// Template names the profile that Init writes.
type Template string

// The templates.
const (
	Commented Template = "commented" // every part explained, to be filled in
	Reference Template = "reference" // drives the reference acquirer, to try everything out
)

// Templates are the names of all templates.
func Templates() []string { return []string{string(Commented), string(Reference)} }

// Init writes a profile and both key pairs into a folder, which it makes if needed.
// All files are written or none; none is ever overwritten (ErrExists). It returns their names,
// relative to the folder. An unknown template is an error.
func Init(dir string, t Template) ([]string, error) {
	text, err := t.profile()
	if err != nil {
		return nil, err
	}
	files, err := keyFiles()
	if err != nil {
		return nil, err
	}
	return write(dir, append([]file{{ProfileFile, text, publicFileMode}}, files...))
}

func (t Template) profile() ([]byte, error) {
	switch t {
	case Commented:
		return profiles.Template(), nil
	case Reference:
		return fixedAddress(profiles.Reference()), nil
	}
	return nil, fmt.Errorf("template %q is unknown; there are %s", t, strings.Join(Templates(), " and "))
}

// fixedAddress adds what a simulator needs that is the same in each run: its address and its key.
func fixedAddress(profile []byte) []byte {
	return bytes.Replace(profile, []byte("\nalipayplus:\n"),
		[]byte("\nalipayplus:\n  network_private_key: "+NetworkKey+"\n  listen: "+Listen+"\n"), 1)
}

// Pair makes one key pair: the private key in the named file, the public key beside it with the ending .pub.
// It overwrites nothing (ErrExists) and returns both paths.
func Pair(path string) (private, public string, err error) {
	dir, name := filepath.Split(path)
	other := strings.TrimSuffix(name, filepath.Ext(name)) + ".pub"
	if name == "" || name == other {
		return "", "", fmt.Errorf("%q: name the file of the private key, such as acquirer.key; the public key gets the ending .pub", path)
	}
	files, err := pair(name, other)
	if err != nil {
		return "", "", err
	}
	if _, err := write(dir, files); err != nil {
		return "", "", err
	}
	return path, filepath.Join(dir, other), nil
}

func keyFiles() ([]file, error) {
	acquirer, err := pair(AcquirerKey, AcquirerPublic)
	if err != nil {
		return nil, err
	}
	network, err := pair(NetworkKey, NetworkPublic)
	return append(acquirer, network...), err
}

// pair makes a key and names its two files.
func pair(privateName, publicName string) ([]file, error) {
	key, err := sign.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", privateName, err)
	}
	private, public, err := encode(key)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", privateName, err)
	}
	return []file{{privateName, private, privateFileMode}, {publicName, public, publicFileMode}}, nil
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
