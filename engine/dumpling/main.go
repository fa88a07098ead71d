//go:build commands

// Command dumpling is TiDB's dumpling, flag for flag, with one more: --password-stdin. The original takes a password
// on its command line only, where every user of the machine can read it.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/pingcap/tidb/dumpling/cli"
	"github.com/pingcap/tidb/dumpling/export"
	"github.com/spf13/pflag"
)

func fail(what string, err error) {
	fmt.Printf("\n%s failed: %s\n", what, err)
	os.Exit(1)
}

// Reads up to a NUL byte. From then on the end of the input means that who started us is gone, so we go too.
func readPassword() string {
	input := bufio.NewReader(os.Stdin)
	text, err := input.ReadString(0)
	if err != nil {
		fail("reading the password", err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, input)
		os.Exit(1)
	}()
	return text[:len(text)-1]
}

func main() {
	conf := export.DefaultConfig()
	conf.DefineFlags(pflag.CommandLine)
	fromStdin := pflag.Bool("password-stdin", false, "Read the password from standard input, up to a NUL byte")
	version := pflag.BoolP("version", "V", false, "Print the version and quit")
	pflag.Parse()
	if help, _ := pflag.CommandLine.GetBool(export.FlagHelp); help {
		fmt.Println(pflag.CommandLine.FlagUsages())
		return
	}
	if *version {
		fmt.Println(cli.LongVersion())
		return
	}
	if err := conf.ParseFromFlags(pflag.CommandLine); err != nil {
		fail("reading the flags", err)
	}
	if *fromStdin {
		conf.Password = readPassword()
	}
	dumper, err := export.NewDumper(context.Background(), conf)
	if err != nil {
		fail("connecting", err)
	}
	err = dumper.Dump()
	_ = dumper.Close()
	if err != nil {
		fail("dumping", err)
	}
}
