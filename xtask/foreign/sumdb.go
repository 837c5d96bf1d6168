// An auditor of C2SP logs that shares no code with Lockstep: Go's own note and tlog packages.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run sumdb.go DIR VKEY
//
// It checks the checkpoint's signature, every entry and every hash tile. Exit status 0: good; 1: the reason is on
// standard error.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

// path of tile n of `width`: C2SP tlog-tiles has no tile height in it, so tlog.Tile.Path does not serve.
func path(kind string, n int64, width int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width < 256 {
		s = fmt.Sprintf("%s.p/%d", s, width)
	}
	return "tile/" + kind + "/" + s
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: sumdb DIR VKEY")
	}
	dir := os.Args[1]
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			fail("%v", err)
		}
		return data
	}
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		fail("key: %v", err)
	}
	opened, err := note.Open(read("checkpoint"), note.VerifierList(verifier))
	if err != nil {
		fail("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("checkpoint: not one of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("checkpoint: %v", err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != 32 {
		fail("checkpoint: bad root")
	}

	// Every entry, and the hashes that tlog keeps for it.
	var stored []tlog.Hash
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			if i >= int64(len(stored)) {
				return nil, fmt.Errorf("no hash %d", i)
			}
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		name := path("entries", n, width)
		data := read(name)
		for i := int64(0); i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				fail("%s: ends inside entry %d", name, i)
			}
			length := int(binary.BigEndian.Uint16(data))
			more, err := tlog.StoredHashes(n*256+i, data[2:2+length], hashes)
			if err != nil {
				fail("%s: %v", name, err)
			}
			stored = append(stored, more...)
			data = data[2+length:]
		}
		if len(data) != 0 {
			fail("%s: more than %d entries", name, width)
		}
	}

	// Every hash tile, against the hashes of the entries.
	for level := 0; size>>(8*level) > 0; level++ {
		count := size >> (8 * level)
		for n := int64(0); n*256 < count; n++ {
			width := count - n*256
			if width > 256 {
				width = 256
			}
			name := path(strconv.Itoa(level), n, width)
			var want []byte
			for i := n * 256; i < n*256+width; i++ {
				hash := stored[tlog.StoredHashIndex(8*level, i)]
				want = append(want, hash[:]...)
			}
			if !bytes.Equal(read(name), want) {
				fail("%s: not the hashes of the entries", name)
			}
		}
	}

	tree, err := tlog.TreeHash(size, hashes)
	if err != nil {
		fail("%v", err)
	}
	if !bytes.Equal(tree[:], root) {
		fail("checkpoint: its root is not that of the entries")
	}
	fmt.Printf("good: %d entries of %s\n", size, verifier.Name())
}
