package wallet_test

import (
	"os"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/control"
)

// TestOldRecordsHaveAFolder: what no longer fits into memory goes there, and leaves nothing behind.
func TestOldRecordsHaveAFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	sim, err := wallet.New(wallet.Options{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	made, err := sim.CreatePayer(t.Context(), control.PayerSpec{Template: "rich"})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := sim.Payer(t.Context(), made.ID); err != nil || found.ID != made.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 1 {
		t.Errorf("files %v, %v; want one", files, err)
	}
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}
