package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/id"
)

// each runs the contract on every store. left is every file or object it holds.
func each(t *testing.T, test func(t *testing.T, s *blob.Store, left func() []string)) {
	t.Run("disk", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "not", "there", "yet")
		s := open(t, dir)
		test(t, s, func() []string { return files(t, dir) })
	})
	t.Run("s3", func(t *testing.T) {
		server := newS3(t)
		s := open(t, server.address(t, "/some/folder"))
		test(t, s, func() []string {
			server.mu.Lock()
			defer server.mu.Unlock()
			names := []string{}
			for name := range server.objects {
				rest, in := strings.CutPrefix(name, "some/folder/")
				if !in {
					t.Errorf("%s lies outside of the folder", name)
				}
				names = append(names, rest)
			}
			slices.Sort(names)
			return names
		})
		if len(server.faults) > 0 {
			t.Errorf("the service refused:\n%s", strings.Join(server.faults, "\n"))
		}
	})
}

func open(t *testing.T, address string) *blob.Store {
	t.Helper()
	s, err := blob.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *s3) address(t *testing.T, folder string) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s.key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s.secret)
	t.Setenv("AWS_SESSION_TOKEN", "")
	return "s3://" + s.bucket + folder + "?region=" + s.region + "&style=path&endpoint=" + s.URL
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func newFolder() blob.Folder { return blob.Folder{Shop: id.New(), Owner: id.New()} }

func put(t *testing.T, s *blob.Store, f blob.Folder, text []byte) blob.Hash {
	t.Helper()
	src := bytes.NewReader(text)
	_, _ = src.Seek(int64(len(text)/2), io.SeekStart) // it is read from its beginning all the same
	h, size, err := s.Put(t.Context(), f, src)
	if err != nil || size != int64(len(text)) {
		t.Fatalf("%d bytes, %v", size, err)
	}
	return h
}

func get(t *testing.T, s *blob.Store, f blob.Folder, h blob.Hash) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), f, h)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != r.Size {
		t.Fatalf("%d bytes of %d, %v", len(b), r.Size, err)
	}
	return b
}

// noise is bytes that do not repeat.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(b)
	return b
}

func TestPutAndOpen(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store, left func() []string) {
		f, other := newFolder(), newFolder()
		for _, n := range []int{0, 1, 70_000, 3 << 20} {
			text := noise(n)
			h := put(t, s, f, text)
			if want, _, _ := blob.Sum(bytes.NewReader(text)); h != want {
				t.Errorf("%d bytes are named %s, not %s", n, h, want)
			}
			if !bytes.Equal(get(t, s, f, h), text) {
				t.Errorf("%d bytes are others now", n)
			}
			if _, err := s.Open(t.Context(), other, h); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("in another's folder: %v", err)
			}
		}
		before := left()
		put(t, s, f, noise(70_000))
		if after := left(); len(before) != 4 || !slices.Equal(before, after) {
			t.Errorf("%v, then %v", before, after)
		}
		for _, name := range before { // <shop>/<owner>/<hash> and nothing else
			parts := strings.Split(name, "/")
			if len(parts) != 3 || parts[0] != f.Shop.String() || parts[1] != f.Owner.String() {
				t.Errorf("%q", name)
			} else if _, err := blob.ParseHash(parts[2]); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRangesAreRead(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store, _ func() []string) {
		f, text := newFolder(), noise(300_000)
		r, err := s.Open(t.Context(), f, put(t, s, f, text))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, from := range []int64{299_990, 0, 150_000} {
			if at, err := r.Seek(from, io.SeekStart); at != from || err != nil {
				t.Fatal(at, err)
			}
			part := make([]byte, 10)
			if _, err := io.ReadFull(r, part); err != nil || !bytes.Equal(part, text[from:from+10]) {
				t.Errorf("from %d: %x, %v", from, part, err)
			}
		}
		if at, err := r.Seek(-5, io.SeekEnd); at != 299_995 || err != nil {
			t.Errorf("%d, %v", at, err)
		}
		if rest, err := io.ReadAll(r); !bytes.Equal(rest, text[299_995:]) || err != nil {
			t.Errorf("%x, %v", rest, err)
		}
	})
}

func TestSweepKeepsWhatIsNamed(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store, left func() []string) {
		f, neighbour := newFolder(), newFolder()
		neighbour.Shop = f.Shop
		if n, err := s.Sweep(t.Context(), f); n != 0 || err != nil {
			t.Errorf("an empty folder: %d, %v", n, err)
		}
		one, two := put(t, s, f, noise(10)), put(t, s, f, noise(20))
		put(t, s, f, noise(30))
		theirs := put(t, s, neighbour, noise(10))
		if n, err := s.Sweep(t.Context(), f, one, two, blob.Hash{}); n != 1 || err != nil {
			t.Errorf("%d swept, %v", n, err)
		}
		get(t, s, f, one)
		get(t, s, f, two)
		if n, err := s.Sweep(t.Context(), f); n != 2 || err != nil {
			t.Errorf("%d swept, %v", n, err)
		}
		if _, err := s.Open(t.Context(), f, one); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("after the sweep: %v", err)
		}
		get(t, s, neighbour, theirs)
		if n := len(left()); n != 1 {
			t.Errorf("%d files are left", n)
		}
		put(t, s, f, noise(10)) // the folder can be used again
	})
}

// A reader that ends early or fails leaves nothing behind.
func TestNothingOfAFailedPutStays(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store, left func() []string) {
		for name, src := range map[string]io.ReadSeeker{
			"shrinks": &shrinking{Reader: bytes.NewReader(noise(100_000))},
			"fails":   &failing{ReadSeeker: bytes.NewReader(noise(100_000)), passes: 1},
		} {
			if _, _, err := s.Put(t.Context(), newFolder(), src); err == nil {
				t.Errorf("a source that %s was put", name)
			}
		}
		if l := left(); len(l) != 0 {
			t.Errorf("left behind: %v", l)
		}
	})
}

// shrinking loses its end after it was read once.
type shrinking struct {
	*bytes.Reader
	passes int
}

func (s *shrinking) Seek(at int64, whence int) (int64, error) {
	if s.passes++; s.passes == 2 {
		s.Reset(noise(50_000))
	}
	return s.Reader.Seek(at, whence)
}

// failing cannot be read to its end a second time.
type failing struct {
	io.ReadSeeker
	passes, seeks, read int
}

func (f *failing) Seek(at int64, whence int) (int64, error) {
	f.seeks, f.read = f.seeks+1, 0
	return f.ReadSeeker.Seek(at, whence)
}

func (f *failing) Read(p []byte) (int, error) {
	if f.seeks > f.passes && f.read > 10_000 {
		return 0, errors.New("unplugged")
	}
	n, err := f.ReadSeeker.Read(p)
	f.read += n
	return n, err
}

func TestManyPutTheSame(t *testing.T) {
	each(t, func(t *testing.T, s *blob.Store, left func() []string) {
		f, text := newFolder(), noise(200_000)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, _, err := s.Put(context.Background(), f, bytes.NewReader(text)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if l := left(); len(l) != 1 {
			t.Errorf("%v", l)
		}
	})
}

// What a killed process left half written is nobody's blob and goes with the next sweep.
func TestUnfinishedFilesAreSwept(t *testing.T) {
	dir := t.TempDir()
	s, f := open(t, dir), newFolder()
	kept := put(t, s, f, noise(10))
	half := filepath.Join(dir, f.Shop.String(), f.Owner.String(), ".part-killed")
	if err := os.WriteFile(half, noise(5), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(t.Context(), f, kept); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	if l := files(t, dir); len(l) != 1 {
		t.Errorf("%v", l)
	}
}

// A link that leads out of the folder is not followed, to read or to write.
func TestDiskStaysInItsFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s, f := open(t, dir), newFolder()
	if err := os.Symlink(outside, filepath.Join(dir, f.Shop.String())); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), f, bytes.NewReader(noise(5))); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("%v", err)
	}
	if l := files(t, outside); len(l) != 0 {
		t.Errorf("%v", l)
	}
}

func TestDiskWithoutRoom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "blobs")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := open(t, file).Put(t.Context(), newFolder(), bytes.NewReader(noise(5)))
	if e := errs.As(err); e.Key != "blob.no_room" {
		t.Errorf("%v", err)
	}
}

func TestServiceThatIsAway(t *testing.T) {
	server := newS3(t)
	s, f := open(t, server.address(t, "")), newFolder()
	h := put(t, s, f, noise(100_000))
	server.mu.Lock()
	server.cut = 10
	server.mu.Unlock()
	if r, err := s.Open(t.Context(), f, h); err == nil {
		if _, err := io.ReadAll(r); err == nil {
			t.Error("half an answer was taken for a whole one")
		}
		_ = r.Close()
	}
	server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, f, bytes.NewReader(noise(5))); err == nil {
		t.Error("put to nowhere")
	}
	if _, err := s.Open(ctx, f, h); err == nil || errors.Is(err, blob.ErrMissing) {
		t.Errorf("a service that is away is no missing blob: %v", err)
	}
}

func TestWrongKeyIsRefused(t *testing.T) {
	server := newS3(t)
	address := server.address(t, "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	_, _, err := open(t, address).Put(t.Context(), newFolder(), bytes.NewReader(noise(5)))
	if e := errs.As(err); e == nil || e.Key != "blob.away" {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), "another") {
		t.Error("the error shows the secret")
	}
}

func TestAddresses(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AK")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "SK")
	for address, key := range map[string]string{
		"./data/blobs":                          "",
		"s3://evidence":                         "",
		"s3://evidence/a/b?region=cn-north-1":   "",
		"s3://evidence?endpoint=http://[::1]:9": "",
		"":                                      "blob.address",
		"gs://evidence":                         "blob.address",
		"s3://":                                 "blob.address",
		"s3://AK:SK@evidence":                   "blob.address",
		"s3://evidence?endpoint=host:9000":      "blob.address",
		"s3://evidence?endpoint=ftp://host":     "blob.address",
		"s3://evidence?endpoint=http://a:b@h":   "blob.address",
		"s3://evidence?style=other":             "blob.address",
		"s3://evidence?secret=SK":               "blob.address",
		"s3://evidence?region=a&region=b":       "blob.address",
	} {
		_, err := blob.Open(address)
		switch e := errs.As(err); {
		case key == "" && err != nil:
			t.Errorf("%s: %v", address, err)
		case key != "" && (err == nil || e.Key != key):
			t.Errorf("%s: %v", address, err)
		case err != nil && strings.Contains(err.Error(), "SK"):
			t.Errorf("%s: the error shows the secret: %v", address, err)
		}
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := blob.Open("s3://evidence"); err == nil || errs.As(err).Key != "blob.credentials" {
		t.Errorf("without keys: %v", err)
	}
}

func TestParseHash(t *testing.T) {
	h, _, _ := blob.Sum(strings.NewReader("x"))
	if got, err := blob.ParseHash(h.String()); got != h || err != nil {
		t.Error(got, err)
	}
	for _, s := range []string{"", "..", h.String()[1:], strings.ToUpper(h.String()), strings.Repeat("g", 64), h.String() + "0"} {
		if _, err := blob.ParseHash(s); err == nil {
			t.Errorf("%q is a hash", s)
		}
	}
}
