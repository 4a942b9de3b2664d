package store

import "hash/maphash"

// inventory knows where the records of one table lie in the attic, by the hash of their keys: a record costs a few bytes
// of memory, and none that the collector has to look at. The attic itself tells whether the key is the right one.
type inventory struct {
	attic  *attic
	seed   maphash.Seed
	places map[uint64]filed
}

func newInventory(a *attic) *inventory {
	return &inventory{attic: a, seed: maphash.MakeSeed(), places: make(map[uint64]filed)}
}

// find returns where a record lies if it is in the attic at all; nil if it is not.
func (i *inventory) find(key string) any {
	if i == nil {
		return nil
	}
	if at, found := i.places[maphash.String(i.seed, key)]; found {
		return at
	}
	return nil
}

// add enters a record, unless the place of its hash is taken by another.
func (i *inventory) add(key string, at filed) bool {
	hash := maphash.String(i.seed, key)
	if _, taken := i.places[hash]; taken {
		return false
	}
	i.places[hash] = at
	return true
}

// take strikes a record out and returns it as a version; nil if it was not entered.
func (i *inventory) take(key string) *version {
	if i == nil || len(i.places) == 0 {
		return nil
	}
	hash := maphash.String(i.seed, key)
	at, found := i.places[hash]
	if !found {
		return nil
	}
	if name, _, err := i.attic.read(at); err == nil && name != key {
		return nil
	}
	delete(i.places, hash)
	return &version{value: at}
}

// takeAll strikes all records out; with an error, those that could be read.
func (i *inventory) takeAll() (map[string]*version, error) {
	all := make(map[string]*version, len(i.places))
	for hash, at := range i.places {
		key, _, err := i.attic.read(at)
		if err != nil {
			return all, err
		}
		all[key] = &version{value: at}
		delete(i.places, hash)
	}
	return all, nil
}
