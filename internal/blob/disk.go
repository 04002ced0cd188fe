package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/sanbao/sanbao/errs"
)

// disk is a folder of this machine. It is made when the first blob is put. Nothing outside of it can be named (os.Root).
//
// A blob is written beside its place, synced, renamed into it, and the folders above are synced: after a crash it is
// there as a whole or not at all.
type disk struct {
	dir string

	mu   sync.Mutex
	root *os.Root
}

const unfinished = ".part-" // begins the names of files that are being written

// at is the folder. Reading does not make it.
func (d *disk) at(write bool) (*os.Root, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.root != nil {
		return d.root, nil
	}
	if write {
		if err := os.MkdirAll(d.dir, 0o750); err != nil {
			return nil, noRoom(err)
		}
	}
	r, err := os.OpenRoot(d.dir)
	if err != nil {
		return nil, missing(err)
	}
	d.root = r
	return r, nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrMissing
	}
	return err
}

func noRoom(err error) error { return errs.Wrap(err, errs.Unavailable, "blob.no_room") }

func (d *disk) put(ctx context.Context, name string, r io.ReadSeeker, size int64) error {
	root, err := d.at(true)
	if err != nil {
		return err
	}
	folder := path.Dir(name)
	if err := root.MkdirAll(folder, 0o750); err != nil {
		return noRoom(err)
	}
	temp := path.Join(folder, unfinished+rand.Text())
	err = write(ctx, root, temp, r, size)
	if err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		err = errors.Join(err, gone(root.Remove(temp)))
		if ctx.Err() != nil {
			return err
		}
		return noRoom(err)
	}
	for _, up := range []string{folder, path.Dir(folder), "."} {
		if err := syncFolder(root, up); err != nil {
			return noRoom(err)
		}
	}
	return nil
}

// write writes a new file and waits until it is on the disk.
func write(ctx context.Context, root *os.Root, name string, r io.Reader, size int64) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, r)
	switch {
	case err != nil:
	case n != size:
		err = fmt.Errorf("%d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	case ctx.Err() != nil:
		err = ctx.Err()
	default:
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncFolder(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// gone is err unless it says that there is nothing to remove.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d *disk) open(_ context.Context, name string) (*Reader, error) {
	root, err := d.at(false)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, missing(err)
	}
	st, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Reader{f, st.Size()}, nil
}

func (d *disk) list(_ context.Context, folder string) ([]string, error) {
	root, err := d.at(false)
	if errors.Is(err, ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	return names, errors.Join(err, f.Close())
}

// remove deletes files, and the folder with the last of them.
func (d *disk) remove(_ context.Context, folder string, names []string) error {
	root, err := d.at(false)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.ContainsRune(name, '/') {
			return fmt.Errorf("blob: %q is not a name", name)
		}
		if err := gone(root.Remove(path.Join(folder, name))); err != nil {
			return err
		}
	}
	if left, err := d.list(context.Background(), folder); err != nil || len(left) > 0 {
		return err
	}
	_ = root.Remove(folder) // somebody may have put a blob into it meanwhile, or removed it
	return nil
}
