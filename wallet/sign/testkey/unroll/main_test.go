package main

import (
	"bytes"
	"os"
	"testing"
)

func TestTheGeneratedFileIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../product.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("product.go is old: run go generate ./wallet/sign/testkey")
	}
}
