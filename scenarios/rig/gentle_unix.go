//go:build unix

package rig

import (
	"os/exec"
	"syscall"
)

// gentle makes the end of the context a request to leave, and gives the process a group of its own so that
// a Ctrl-C at the terminal reaches only us.
func gentle(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
}
