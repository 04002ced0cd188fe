package evidence_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/evidence"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// kit is a desk over the rows of a case, with its files in folders of the test's own.
type kit struct {
	*casetest.Ground
	*evidence.Desk
	t          *testing.T
	clock      *clock.Fake
	jobs       *job.Engine
	dir, temp  string
	failChange error // what the end of every write fails with
}

func each(t *testing.T, test func(k *kit)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) { test(newKit(t, dialect)) })
	}
}

func newKit(t *testing.T, dialect db.Dialect) *kit {
	t.Helper()
	k := &kit{t: t, clock: dbtest.Clock(), dir: t.TempDir(), temp: t.TempDir()}
	d := dbtest.Open(t, dialect, func(o *db.Options) { o.Clock = k.clock })
	k.Ground = casetest.Lay(t, d)
	var err error
	if k.jobs, err = job.Open(d, job.Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	kept, err := blob.Open(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	k.Desk = evidence.New(d, kept, k.jobs)
	k.TempDir = k.temp
	k.Locate = func(tx *db.Tx, shop id.ID, p evidence.Place) (evidence.Place, error) {
		_, err := cases.Get(tx, shop, p.CaseID)
		return p, err
	}
	k.Changed = func(tx *db.Tx, shop, matter id.ID) error {
		if k.failChange != nil {
			return k.failChange
		}
		_, err := cases.Touch(tx, shop, matter)
		return err
	}
	return k
}

func (k *kit) begin(size int) evidence.Upload {
	k.t.Helper()
	u, err := k.Begin(k.t.Context(), k.Shop.ID, "小满", evidence.Start{Place: evidence.Place{CaseID: k.Case.ID, LineID: k.Lines[0].ID, Waybill: "SF1234567890"},
		Name: "鞋底.jpg", Size: int64(size)})
	if err != nil {
		k.t.Fatal(err)
	}
	return u
}

func (k *kit) send(u evidence.Upload, at int, piece []byte) (evidence.Upload, error) {
	return k.Continue(k.t.Context(), k.Shop.ID, u.ID, evidence.Piece{Start: int64(at), Size: int64(len(piece)), Data: bytes.NewReader(piece)})
}

// upload sends a file in pieces and returns what it became.
func (k *kit) upload(file []byte, piece int) (evidence.Evidence, error) {
	k.t.Helper()
	u := k.begin(len(file))
	for at := 0; ; at += piece {
		got, err := k.send(u, at, file[at:min(at+piece, len(file))])
		if err != nil {
			return evidence.Evidence{}, err
		}
		if want := min(at+piece, len(file)); got.Offset != int64(want) || (got.Evidence != nil) != (want == len(file)) {
			k.t.Fatalf("after %d bytes: %+v", want, got)
		}
		if got.Evidence != nil {
			return *got.Evidence, nil
		}
	}
}

func (k *kit) must(e evidence.Evidence, err error) evidence.Evidence {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
	return e
}

// blobs are the names of all files kept, sorted.
func (k *kit) blobs() []string {
	k.t.Helper()
	names := []string{}
	err := filepath.WalkDir(k.dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, e.Name())
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func (k *kit) work() {
	k.t.Helper()
	if _, err := k.jobs.RunDue(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

// large is a photo of several pieces: noise cannot be packed.
func large(t *testing.T) []byte {
	noisy.Do(func() {
		img := evidence.Corners(800, 600)
		for i, n := range evidence.Noise(len(img.Pix)) {
			img.Pix[i] ^= n
		}
		noisy.photo = evidence.WithPlace(evidence.JPEGOf(t, img))
	})
	if len(noisy.photo) < 2*evidence.MinChunk {
		t.Fatalf("the photo has only %d bytes", len(noisy.photo))
	}
	return noisy.photo
}

var noisy struct {
	sync.Once
	photo []byte
}

func TestUploadBecomesEvidence(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		whole := k.must(k.upload(photo, len(photo)))
		pieces := k.must(k.upload(photo, evidence.MinChunk))
		if whole.SHA256 != pieces.SHA256 || whole.ID == pieces.ID {
			k.t.Errorf("%+v\n%+v", whole, pieces)
		}
		hash, _, _ := blob.Sum(bytes.NewReader(photo))
		want := evidence.Evidence{ID: whole.ID, ShopID: k.Shop.ID, CaseID: k.Case.ID, Kind: evidence.Image, Name: "鞋底.jpg", MediaType: "image/jpeg",
			Width: whole.Width, Height: whole.Height, Bytes: int64(len(photo)), SHA256: hash.String(), At: dbtest.Start, By: "小满",
			LineID: k.Lines[0].ID, Waybill: "SF1234567890"}
		same := cmp.FilterPath(func(p cmp.Path) bool {
			return slices.Contains([]string{"viewType", "view", "thumb", "millis"}, p.Last().String()[1:])
		}, cmp.Ignore())
		if d := cmp.Diff(want, whole, same); d != "" || whole.Width < 800 {
			k.t.Errorf("(-want +got):\n%s", d)
		}
		list, err := k.Of(k.t.Context(), k.Shop.ID, k.Case.ID)
		if err != nil || len(list) != 2 || list[0].ID != whole.ID || list[1].ID != pieces.ID {
			k.t.Errorf("%+v, %v", list, err)
		}
		film := k.must(k.upload(evidence.FilmOf(7), 1<<20))
		if film.Kind != evidence.Film || film.Seconds != 7 || film.Codec != "avc1+mp4a" || film.MediaType != "video/quicktime" {
			k.t.Errorf("%+v", film)
		}
		k.work() // the pieces go, what is named stays
		names := slices.Concat(whole.Names(), pieces.Names(), film.Names())
		slices.Sort(names)
		if d := cmp.Diff(names, k.blobs()); d != "" {
			k.t.Errorf("(-want +got):\n%s", d)
		}
		if left := evidence.TempFiles(k.temp); len(left) > 0 {
			k.t.Errorf("left behind: %v", left)
		}
	})
}

// The original is kept as it came; what is shown of it tells nothing of the place.
func TestWhatIsKept(t *testing.T) {
	each(t, func(k *kit) {
		for _, file := range [][]byte{large(k.t), evidence.FilmOf(3)} {
			e := k.must(k.upload(file, evidence.MinChunk))
			for i, name := range e.Names() {
				kept, err := os.ReadFile(filepath.Join(k.dir, k.Shop.ID.String(), e.ID.String(), name))
				switch {
				case err != nil:
					k.t.Error(err)
				case i == 0 && !bytes.Equal(kept, file):
					k.t.Error("the original is another")
				case i > 0 && bytes.Contains(kept, []byte(evidence.Secret)):
					k.t.Errorf("file %d tells the place", i)
				}
			}
		}
	})
}

// A sender that lost its line asks how far it came and goes on; what it sends twice is taken once.
func TestUploadIsResumed(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		first, rest := photo[:evidence.MinChunk], photo[evidence.MinChunk:]
		u := k.begin(len(photo))
		for range 2 { // the answer to the first was lost
			got, err := k.send(u, 0, first)
			if err != nil || got.Offset != int64(len(first)) || got.Evidence != nil {
				k.t.Fatalf("%+v, %v", got, err)
			}
		}
		_, err := k.send(u, 0, photo[1:evidence.MinChunk+1]) // other bytes than before
		casetest.WantKey(k.t, err, errs.Conflict, "evidence.offset")
		_, err = k.send(u, len(first)+1, rest[1:])
		casetest.WantKey(k.t, err, errs.Conflict, "evidence.offset")
		_, err = k.send(u, len(first), append(slices.Clone(rest), 0))
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.past_end")
		_, err = k.send(u, len(first), rest[:100])
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.chunk_small")
		k.clock.Advance(evidence.UploadLife - time.Minute)
		if got, err := k.Status(k.t.Context(), k.Shop.ID, u.ID); err != nil || got.Offset != int64(len(first)) {
			k.t.Errorf("%+v, %v", got, err)
		}
		for range 2 {
			got, err := k.send(u, len(first), rest)
			if err != nil || got.Evidence == nil || got.Evidence.ID != u.ID {
				k.t.Fatalf("%+v, %v", got, err)
			}
		}
		if got, err := k.Status(k.t.Context(), k.Shop.ID, u.ID); err != nil || got.Evidence == nil || got.Offset != int64(len(photo)) {
			k.t.Errorf("%+v, %v", got, err)
		}
		k.clock.Advance(48 * time.Hour) // the upload is over, its evidence stays
		k.work()
		_, err = k.Status(k.t.Context(), k.Shop.ID, u.ID)
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")
		e, err := k.Get(k.t.Context(), k.Shop.ID, u.ID)
		if err != nil || casetest.Count(k.t, k.Ground, "evidence") != 1 || casetest.Count(k.t, k.Ground, "upload") != 0 || !slices.Equal(k.blobs(), sorted(e.Names())) {
			k.t.Errorf("%+v, %v, %v", e, err, k.blobs())
		}
	})
}

// The same last piece sent many times at once makes one piece of evidence, and every sender is told of it.
func TestOneOfManyFinishes(t *testing.T) {
	each(t, func(k *kit) {
		photo := evidence.JPEGOf(k.t, evidence.Corners(60, 40))
		u := k.begin(len(photo))
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if got, err := k.send(u, 0, photo); err != nil || got.Evidence == nil {
					k.t.Errorf("%+v, %v", got, err)
				}
			})
		}
		all.Wait()
		now := casetest.See(k.t, k.Ground, func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, k.Shop.ID, k.Case.ID) })
		if n := casetest.Count(k.t, k.Ground, "evidence"); n != 1 || now.Version != k.Case.Version+1 {
			k.t.Errorf("%d rows, the case has version %d", n, now.Version)
		}
		k.clock.Advance(48 * time.Hour)
		k.work()
		if got := k.blobs(); len(got) != 3 {
			k.t.Errorf("%v", got)
		}
	})
}

func TestUploadExpires(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		kept := k.must(k.upload(photo, len(photo)))
		u := k.begin(len(photo))
		if _, err := k.send(u, 0, photo[:evidence.MinChunk]); err != nil {
			k.t.Fatal(err)
		}
		k.clock.Advance(evidence.UploadLife)
		_, err := k.send(u, evidence.MinChunk, photo[evidence.MinChunk:])
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")
		_, err = k.Status(k.t.Context(), k.Shop.ID, u.ID)
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")
		k.clock.Advance(evidence.SweepAfter)
		k.work()
		if d := cmp.Diff(sorted(kept.Names()), k.blobs()); d != "" {
			k.t.Errorf("(-want +got):\n%s", d)
		}
		if n, parts := casetest.Count(k.t, k.Ground, "upload"), casetest.Count(k.t, k.Ground, "upload_part"); n != 0 || parts != 0 {
			k.t.Errorf("%d uploads, %d pieces", n, parts)
		}
	})
}

func sorted(s []string) []string { slices.Sort(s); return s }

// A crash between the files and the row leaves no row, and files that are swept; the sender goes on where he was. When
// the row is written, every file it names is there already.
func TestCrashBetweenFilesAndRow(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		u := k.begin(len(photo))
		if _, err := k.send(u, 0, photo[:evidence.MinChunk]); err != nil {
			k.t.Fatal(err)
		}
		k.failChange = errors.New("killed")
		if _, err := k.send(u, evidence.MinChunk, photo[evidence.MinChunk:]); !errors.Is(err, k.failChange) {
			k.t.Fatal(err)
		}
		if n := casetest.Count(k.t, k.Ground, "evidence"); n != 0 {
			k.t.Errorf("%d rows", n)
		}
		if n := len(k.blobs()); n != 4 { // a piece, and the three that were made
			k.t.Errorf("%d files", n)
		}
		got, err := k.Status(k.t.Context(), k.Shop.ID, u.ID)
		if err != nil || got.Offset != evidence.MinChunk {
			k.t.Fatalf("%+v, %v", got, err)
		}
		other := k.begin(len(photo)) // another that is never gone on with
		if _, err := k.send(other, 0, photo); !errors.Is(err, k.failChange) {
			k.t.Fatal(err)
		}

		k.failChange = nil
		touch := k.Changed
		k.Changed = func(tx *db.Tx, shop, matter id.ID) error {
			names, err := filepath.Glob(filepath.Join(k.dir, shop.String(), u.ID.String(), "*"))
			if err != nil || len(names) != 4 {
				k.t.Errorf("while the row is written: %v, %v", names, err)
			}
			return touch(tx, shop, matter)
		}
		if got, err = k.send(u, evidence.MinChunk, photo[evidence.MinChunk:]); err != nil || got.Evidence == nil {
			k.t.Fatalf("%+v, %v", got, err)
		}
		k.clock.Advance(evidence.UploadLife + evidence.SweepAfter)
		k.work()
		if d := cmp.Diff(sorted(got.Evidence.Names()), k.blobs()); d != "" {
			k.t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// Content that is refused ends its upload, at the first piece where that tells it; what came of it is swept.
func TestRefusedContent(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		archive := append(evidence.ZipOf(k.t), make([]byte, 40<<20)...)
		u := k.begin(len(archive))
		_, err := k.send(u, 0, archive[:8<<20])
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.is_archive")
		_, err = k.send(u, 0, archive[:8<<20])
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")

		u = k.begin(26 << 20) // a photo after all
		_, err = k.send(u, 0, photo[:evidence.MinChunk])
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.image_large")

		_, err = k.upload(evidence.FilmOf(61), 1<<20)
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.film_long")
		cut := photo[:len(photo)-5000]
		_, err = k.upload(cut, evidence.MinChunk)
		casetest.WantKey(k.t, err, errs.Invalid, "evidence.damaged")

		if n := casetest.Count(k.t, k.Ground, "evidence"); n != 0 {
			k.t.Errorf("%d rows", n)
		}
		k.clock.Advance(evidence.SweepAfter)
		k.work()
		if n := casetest.Count(k.t, k.Ground, "upload"); n != 0 || len(k.blobs()) != 0 {
			k.t.Errorf("%d uploads, files %v", n, k.blobs())
		}
		if left := evidence.TempFiles(k.temp); len(left) > 0 {
			k.t.Errorf("left behind: %v", left)
		}
	})
}

func TestAnnouncementsThatAreRefused(t *testing.T) {
	each(t, func(k *kit) {
		here := evidence.Place{CaseID: k.Case.ID}
		for what, c := range map[string]struct {
			shop id.ID
			s    evidence.Start
			code errs.Code
			key  string
		}{
			"too large":      {k.Shop.ID, evidence.Start{Place: here, Name: "a.mp4", Size: 100<<20 + 1}, errs.Invalid, "invalid_input"},
			"a large photo":  {k.Shop.ID, evidence.Start{Place: here, Name: "a.jpg", Size: 25<<20 + 1, MediaType: "image/jpeg"}, errs.Invalid, "invalid_input"},
			"no such case":   {k.Shop.ID, evidence.Start{Place: evidence.Place{CaseID: id.New()}, Name: "a", Size: 1}, errs.NotFound, "case.not_found"},
			"another's case": {k.Stranger.ID, evidence.Start{Place: here, Name: "a", Size: 1}, errs.NotFound, "case.not_found"},
		} {
			_, err := k.Begin(k.t.Context(), c.shop, "小满", c.s)
			if err == nil {
				k.t.Errorf("%s was taken", what)
				continue
			}
			casetest.WantKey(k.t, err, c.code, c.key)
		}
		if n := casetest.Count(k.t, k.Ground, "upload"); n != 0 {
			k.t.Errorf("%d rows", n)
		}
	})
}

// One shop cannot fill the disk with files it never sends to their end.
func TestOpenUploadsAreLimited(t *testing.T) {
	each(t, func(k *kit) {
		for range 500 {
			k.begin(1000)
		}
		_, err := k.Begin(k.t.Context(), k.Shop.ID, "小满", evidence.Start{Place: evidence.Place{CaseID: k.Case.ID}, Name: "a", Size: 1})
		casetest.WantKey(k.t, err, errs.RateLimited, "evidence.too_many_open")
		k.clock.Advance(evidence.UploadLife)
		k.begin(1000)
	})
}

func TestEvidenceOfACaseIsLimited(t *testing.T) {
	each(t, func(k *kit) {
		e := k.must(k.upload(evidence.JPEGOf(k.t, evidence.Corners(6, 4)), 1<<20))
		k.Do(k.t, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into evidence select id + n, shop_id, case_id, case_line_id, movement_id, waybill, kind, name, media_type, width, height, millis, codec,
				bytes, sha256, view_type, view_sha256, thumb_sha256, sensitive, by, at from evidence,
				(with recursive step(n) as (select 1 union all select n + 1 from step where n < 299) select n from step) more where id = $1 and shop_id = $2`, e.ID, k.Shop.ID)
			return err
		})
		_, err := k.Begin(k.t.Context(), k.Shop.ID, "小满", evidence.Start{Place: evidence.Place{CaseID: k.Case.ID}, Name: "a", Size: 1})
		casetest.WantKey(k.t, err, errs.Conflict, "evidence.case_full")
	})
}

func TestAnotherShopSeesNoEvidence(t *testing.T) {
	each(t, func(k *kit) {
		photo := large(k.t)
		e := k.must(k.upload(photo, len(photo)))
		open := k.begin(len(photo))
		ctx, theirs := k.t.Context(), k.Stranger.ID
		_, err := k.Get(ctx, theirs, e.ID)
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.not_found")
		_, err = k.Of(ctx, theirs, k.Case.ID)
		casetest.WantKey(k.t, err, errs.NotFound, "case.not_found")
		_, err = k.Mark(ctx, "小满", theirs, e.ID, true)
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.not_found")
		_, err = k.Status(ctx, theirs, open.ID)
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")
		_, err = k.Continue(ctx, theirs, open.ID, evidence.Piece{Size: int64(len(photo)), Data: bytes.NewReader(photo)})
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.upload_gone")
		_, err = k.Get(ctx, k.Shop.ID, id.New())
		casetest.WantKey(k.t, err, errs.NotFound, "evidence.not_found")
		elsewhere := func(shop, matter id.ID, ids ...id.ID) []id.ID {
			return casetest.See(k.t, k.Ground, func(tx *db.Tx) ([]id.ID, error) { return evidence.Elsewhere(tx, shop, matter, ids) })
		}
		for what, got := range map[string][]id.ID{"its own case": elsewhere(k.Shop.ID, k.Case.ID, e.ID, id.New()), "another shop": elsewhere(theirs, id.New(), e.ID), "nothing": elsewhere(k.Shop.ID, k.Case.ID)} {
			if len(got) > 0 {
				k.t.Errorf("%s: %v", what, got)
			}
		}
		if got := elsewhere(k.Shop.ID, id.New(), e.ID); !slices.Equal(got, []id.ID{e.ID}) {
			k.t.Errorf("of another case: %v", got)
		}
	})
}

// The timeline tells what came, by whom, under which hash, and no name of a file.
func TestTimelineTellsOfEvidence(t *testing.T) {
	each(t, func(k *kit) {
		e := k.must(k.upload(evidence.JPEGOf(k.t, evidence.Corners(60, 40)), 1<<20))
		for _, sensitive := range []bool{true, true, false} { // the second changes nothing
			got, err := k.Mark(k.t.Context(), "阿岳", k.Shop.ID, e.ID, sensitive)
			if err != nil || got.Sensitive != sensitive {
				k.t.Fatalf("%+v, %v", got, err)
			}
		}
		events := casetest.See(k.t, k.Ground, func(tx *db.Tx) ([]audit.Event, error) { return audit.OfCase(tx, k.Shop.ID, k.Case.ID, 0, 10) })
		var told []string
		for _, v := range events {
			if v.Subject != audit.Evidence || v.SubjectID != e.ID {
				k.t.Errorf("%+v", v)
			}
			told = append(told, v.Actor+" "+v.Verb+" "+string(v.Data))
		}
		want := []string{"小满 added {", `阿岳 marked {"sensitive":true}`, `阿岳 marked {"sensitive":false}`}
		if len(told) != 3 || !strings.HasPrefix(told[0], want[0]) || !strings.Contains(told[0], e.SHA256) || strings.Contains(told[0], "鞋底") || !slices.Equal(told[1:], want[1:]) {
			k.t.Errorf("%v", told)
		}
		now := casetest.See(k.t, k.Ground, func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, k.Shop.ID, k.Case.ID) })
		if now.Version != k.Case.Version+3 {
			k.t.Errorf("the case has version %d", now.Version)
		}
		casetest.AppendOnly(k.t, k.Ground, "evidence", `delete from %s`)
	})
}
