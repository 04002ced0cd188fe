// Package blob keeps large files under the hash of what is in them: in a folder of this machine, or in a bucket of an S3
// service where several nodes share the work.
//
// A blob lives in the folder of its owner (the row it belongs to), so that it is nobody else's and is deleted with it:
// <shop>/<owner>/<SHA-256>. Put returns when the bytes are durable, and before that nobody sees any of them; whoever
// names a blob in a row writes that row afterwards. What was put for a row that never came is taken away by Sweep.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// Hash is the SHA-256 of a blob's bytes and its name.
type Hash [sha256.Size]byte

// String is 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote.
func ParseHash(s string) (h Hash, err error) {
	if len(s) != 2*len(h) || strings.ToLower(s) != s {
		return h, fmt.Errorf("blob: %q is not a hash", s)
	}
	_, err = hex.Decode(h[:], []byte(s))
	return h, err
}

// Folder is where the blobs of one row of a shop are.
type Folder struct{ Shop, Owner id.ID }

func (f Folder) path() string { return f.Shop.String() + "/" + f.Owner.String() }

// ErrMissing says that there is no such blob.
var ErrMissing = errors.New("blob: missing")

// Reader reads a blob from any place in it.
type Reader struct {
	io.ReadSeekCloser
	Size int64
}

// engine is what a folder and a bucket do differently. Names are <shop>/<owner>/<hash>.
type engine interface {
	put(ctx context.Context, name string, r io.ReadSeeker, size int64) error // durable and whole, or not there
	open(ctx context.Context, name string) (*Reader, error)                  // ErrMissing
	list(ctx context.Context, folder string) ([]string, error)               // last parts of names; none without the folder
	remove(ctx context.Context, folder string, names []string) error         // a missing one is no error
}

// Store keeps blobs. It is safe for concurrent use.
type Store struct{ e engine }

// Open makes a store of an address: a folder, or s3://BUCKET?region=…&endpoint=…&style=path|host with the credentials
// in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Nothing is made and nobody is called yet.
//
// Errors: Invalid blob.address, blob.credentials.
func Open(address string) (*Store, error) {
	rest, remote := strings.CutPrefix(address, "s3://")
	switch {
	case address == "" || !remote && strings.Contains(address, "://"):
		return nil, errs.New(errs.Invalid, "blob.address", errs.Args{"why": "s3:// | folder"})
	case !remote:
		return &Store{&disk{dir: address}}, nil
	}
	u, err := url.Parse("s3://" + rest)
	if err != nil {
		return nil, errs.New(errs.Invalid, "blob.address", errs.Args{"why": "URL"}) // not err: it repeats the address
	}
	b, err := openBucket(u)
	if err != nil {
		return nil, err
	}
	return &Store{b}, nil
}

// Put keeps what src holds, from its beginning, and says under which name. Putting the same again changes nothing.
func (s *Store) Put(ctx context.Context, f Folder, src io.ReadSeeker) (h Hash, size int64, err error) {
	if h, size, err = Sum(src); err != nil {
		return h, 0, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return h, 0, fmt.Errorf("put blob: %w", err)
	}
	if err := s.e.put(ctx, f.path()+"/"+h.String(), src, size); err != nil {
		return h, 0, fmt.Errorf("put blob: %w", err)
	}
	return h, size, nil
}

// Sum is the hash of what src holds, from its beginning, and its length.
func Sum(src io.ReadSeeker) (h Hash, size int64, err error) {
	sum := sha256.New()
	if _, err = src.Seek(0, io.SeekStart); err == nil {
		size, err = io.Copy(sum, src)
	}
	if err != nil {
		return h, 0, fmt.Errorf("hash: %w", err)
	}
	return Hash(sum.Sum(nil)), size, nil
}

// Open opens a blob. The caller closes it; ctx ends it. ErrMissing.
func (s *Store) Open(ctx context.Context, f Folder, h Hash) (*Reader, error) {
	r, err := s.e.open(ctx, f.path()+"/"+h.String())
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return r, nil
}

// Sweep deletes everything in a folder but what is to be kept, also what a crash left half written, and says how many
// files that were.
func (s *Store) Sweep(ctx context.Context, f Folder, keep ...Hash) (deleted int, err error) {
	names, err := s.e.list(ctx, f.path())
	if err != nil {
		return 0, fmt.Errorf("sweep blobs: %w", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		h, err := ParseHash(name)
		return err == nil && slices.Contains(keep, h)
	})
	if err := s.e.remove(ctx, f.path(), names); err != nil {
		return 0, fmt.Errorf("sweep blobs: %w", err)
	}
	return len(names), nil
}

var _ = errs.Register(map[string]errs.Text{
	"blob.address":     {ZhCN: "文件存放地址（--blob）写法不对（{why}）：应为目录，或 s3://桶名?region=…&endpoint=…，其中不写密钥。", En: "The address of the files (--blob) is malformed ({why}): a folder, or s3://BUCKET?region=…&endpoint=…, without keys in it."},
	"blob.credentials": {ZhCN: "文件存放在 S3 时，须设置环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。", En: "With files on S3 the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set."},
	"blob.no_room":     {ZhCN: "服务器暂时存不下这个文件，请稍后再试。", En: "The server has no room for the file at present; try again later."},
	"blob.away":        {ZhCN: "存放文件的服务暂时连不上，请稍后再试。", En: "The service that keeps the files cannot be reached at present; try again later."},
})
