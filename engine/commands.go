//go:build commands

// Package engine pins the commands that the harness builds, so that `go mod tidy` keeps them.
package engine

import (
	_ "github.com/pingcap/tidb/cmd/tidb-server"
	_ "github.com/pingcap/tidb/dumpling/cmd/dumpling"
)
