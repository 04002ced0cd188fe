package evidence

import (
	"context"
	"net/http"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// Routes adds uploads and evidence to a server.
func (k *Desk) Routes(s *web.Server) {
	const uploads, one = web.ShopRoot + "/uploads", web.ShopRoot + "/evidence/{evidence}"
	web.Register(s, web.Op{Method: http.MethodPost, Path: uploads, ID: "start-upload", Tag: "evidence", Scope: auth.EvidenceWrite, Once: true,
		Status: http.StatusCreated, Summary: "Announce a photo or film of a case",
		Doc: "The file follows in pieces, each put at its offset; the last one makes the evidence. An upload can be resumed for a day. " +
			"Taken are JPEG, PNG and WebP up to 25 MiB and 50 megapixels, MP4 and MOV up to 100 MiB and 60 s; what a file is, is found in its content."}, k.start)
	web.Register(s, web.Op{Method: http.MethodPut, Path: uploads + "/{upload}", ID: "continue-upload", Tag: "evidence", Scope: auth.EvidenceWrite,
		Upload: []string{"application/octet-stream"}, MaxBody: maxChunk, Summary: "Send the piece of a file that begins at an offset",
		Doc: "A piece that came before is taken as such. One that begins elsewhere than where the last one ended is a conflict `evidence.offset`; ask how far the upload has come and go on there."},
		func(ctx context.Context, in *struct {
			Upload web.ID `path:"upload"`
			Offset int64  `query:"offset" required:"true" minimum:"0" maximum:"104857600" doc:"where in the file the piece begins"`
		}) (*web.Reply[Upload], error) {
			body := web.UploadOf(ctx)
			u, err := k.Continue(ctx, web.Shop(ctx), in.Upload.ID, Piece{in.Offset, body.Size, body})
			return &web.Reply[Upload]{Body: u.seenBy(ctx)}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: uploads + "/{upload}", ID: "get-upload", Tag: "evidence", Scope: auth.EvidenceWrite,
		Summary: "How far an upload has come, to resume it"},
		func(ctx context.Context, in *struct {
			Upload web.ID `path:"upload"`
		}) (*web.Reply[Upload], error) {
			u, err := k.Status(ctx, web.Shop(ctx), in.Upload.ID)
			return &web.Reply[Upload]{Body: u.seenBy(ctx)}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/cases/{case}/evidence", ID: "list-evidence", Tag: "evidence",
		Scope: auth.EvidenceRead, Summary: "Photos and films of a case, oldest first"},
		func(ctx context.Context, in *struct {
			Case web.ID `path:"case"`
		}) (*web.Reply[[]Evidence], error) {
			all, err := k.Of(ctx, web.Shop(ctx), in.Case.ID)
			out := []Evidence{}
			for _, e := range all {
				out = append(out, e.seenBy(ctx))
			}
			return &web.Reply[[]Evidence]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: one + "/sensitive", ID: "mark-evidence", Tag: "evidence", Scope: auth.EvidenceWrite,
		Summary: "Say that evidence shows somebody's health, or that it does not (S3-05)",
		Doc:     "Marked evidence is seen by those with the scope evidence:original alone; only they may take the mark away."},
		func(ctx context.Context, in *struct {
			Evidence web.ID `path:"evidence"`
			Body     struct {
				Sensitive bool `json:"sensitive"`
			}
		}) (*web.Reply[Evidence], error) {
			e, err := k.markAs(ctx, in.Evidence.ID, in.Body.Sensitive)
			return &web.Reply[Evidence]{Body: e.seenBy(ctx)}, err
		})
	k.contentRoutes(s, one)
}

// onEvidence is the input of routes about one piece of evidence.
type onEvidence struct {
	Evidence web.ID `path:"evidence"`
}

func (k *Desk) contentRoutes(s *web.Server, one string) {
	web.RegisterContent(s, web.Op{Method: http.MethodGet, Path: one + "/thumb", ID: "get-evidence-thumb", Tag: "evidence", Scope: auth.EvidenceRead,
		Produces: "image/jpeg", Summary: "The small picture of a photo, at most 320 pixels; films have none"},
		func(ctx context.Context, in *onEvidence) (*web.Content, error) {
			e, err := k.visible(ctx, in.Evidence.ID)
			if err == nil && e.thumb == nil {
				err = errs.New(errs.NotFound, "evidence.film_without_thumb")
			}
			if err != nil {
				return nil, err
			}
			return k.content(ctx, e, *e.thumb, string(jpegFile))
		})
	web.RegisterContent(s, web.Op{Method: http.MethodGet, Path: one + "/view", ID: "get-evidence-view", Tag: "evidence", Scope: auth.EvidenceRead,
		Produces: "application/octet-stream", Summary: "What is shown of evidence: a photo drawn anew as JPEG, at most 2560 pixels, or the film without what its camera noted"},
		func(ctx context.Context, in *onEvidence) (*web.Content, error) {
			e, err := k.visible(ctx, in.Evidence.ID)
			if err != nil {
				return nil, err
			}
			return k.content(ctx, e, e.view, e.viewType)
		})
	web.RegisterContent(s, web.Op{Method: http.MethodGet, Path: one + "/original", ID: "get-evidence-original", Tag: "evidence", Scope: auth.EvidenceOriginal,
		Produces: "application/octet-stream", Summary: "The file as it came, with all that its camera noted; to be saved, never shown"},
		func(ctx context.Context, in *onEvidence) (*web.Content, error) {
			e, err := k.Get(ctx, web.Shop(ctx), in.Evidence.ID)
			if err != nil {
				return nil, err
			}
			hash, err := blob.ParseHash(e.SHA256)
			if err != nil {
				return nil, err
			}
			c, err := k.content(ctx, e, hash, e.MediaType)
			if err == nil {
				c.MediaType, c.Save, c.Keep = "application/octet-stream", true, 0
			}
			return c, err
		})
}

// start is the route of an announcement.
func (k *Desk) start(ctx context.Context, in *struct{ Body Start }) (*web.Reply[Upload], error) {
	u, _, err := web.Once(ctx, k.DB, web.OnceOf(ctx),
		func(ctx context.Context) (Upload, error) { return in.Body.plan(web.Shop(ctx), auth.From(ctx).Name) },
		k.begin)
	return &web.Reply[Upload]{Body: u}, err
}

// sees says whether the caller may look at evidence.
func (e Evidence) sees(ctx context.Context) bool {
	return !e.Sensitive || auth.From(ctx).HasIn(auth.EvidenceOriginal, e.ShopID)
}

// seenBy is what the caller may know of evidence: that it exists, when and by whom, and no more of what is sensitive.
func (e Evidence) seenBy(ctx context.Context) Evidence {
	if !e.sees(ctx) {
		e.Name = ""
	}
	return e
}

func (u Upload) seenBy(ctx context.Context) Upload {
	if u.Evidence != nil {
		e := u.Evidence.seenBy(ctx)
		u.Evidence = &e
	}
	return u
}

// visible is evidence whose pictures the caller may see.
func (k *Desk) visible(ctx context.Context, evidence id.ID) (Evidence, error) {
	e, err := k.Get(ctx, web.Shop(ctx), evidence)
	if err == nil && !e.sees(ctx) {
		err = errs.New(errs.Forbidden, "evidence.sensitive")
	}
	return e, err
}

func (k *Desk) markAs(ctx context.Context, evidence id.ID, sensitive bool) (Evidence, error) {
	if !sensitive {
		if _, err := k.visible(ctx, evidence); err != nil {
			return Evidence{}, err
		}
	}
	return k.Mark(ctx, auth.From(ctx).Name, web.Shop(ctx), evidence, sensitive)
}

// shownFor is how long a browser may keep a picture that it has shown.
const shownFor = time.Hour

var endings = map[string]string{string(jpegFile): "jpg", string(pngFile): "png", string(webpFile): "webp", string(mp4File): "mp4", string(movFile): "mov"}

func (k *Desk) content(ctx context.Context, e Evidence, hash blob.Hash, mediaType string) (*web.Content, error) {
	r, err := k.Blobs.Open(ctx, e.folder(), hash)
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "evidence.file_missing")
	}
	c := &web.Content{ReadSeekCloser: r, MediaType: mediaType, Name: e.ID.String() + "." + endings[mediaType], Tag: hash.String(), Keep: shownFor}
	if e.Sensitive {
		c.Keep = 0
	}
	return c, nil
}
