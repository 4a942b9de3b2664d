package storetest

import (
	"context"

	"mppsim/wallet/store"
)

// Encoded returns an engine that keeps every record of another one as JSON, as a database does.
func Encoded(s store.Store) store.Store { return encoded{s} }

type encoded struct{ store.Store }

// plain hides what a transaction offers beside Tx.
type plain struct{ store.Tx }

// Update is part of store.Store.
func (e encoded) Update(ctx context.Context, f func(store.Tx) error) error {
	return e.Store.Update(ctx, func(tx store.Tx) error { return f(plain{tx}) })
}

// View is part of store.Store.
func (e encoded) View(ctx context.Context, f func(store.Tx) error) error {
	return e.Store.View(ctx, func(tx store.Tx) error { return f(plain{tx}) })
}
