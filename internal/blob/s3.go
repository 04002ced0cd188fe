package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/sanbao/sanbao/errs"
)

// bucket is a bucket of an S3 service. The service writes an object whole or not at all, and says so when it is durable.
type bucket struct {
	c      *minio.Client
	name   string
	prefix string // "" or ends in a slash
}

// openBucket reads s3://bucket/prefix?region=…&endpoint=…&style=….
func openBucket(u *url.URL) (*bucket, error) {
	bad := func(why string) error { return errs.New(errs.Invalid, "blob.address", errs.Args{"why": why}) }
	q := u.Query()
	for k, v := range q {
		if !slices.Contains([]string{"region", "endpoint", "style"}, k) || len(v) != 1 {
			return nil, bad(errs.Clip(k))
		}
	}
	endpoint, secure := "s3.amazonaws.com", true
	if text := q.Get("endpoint"); text != "" {
		e, err := url.Parse(text)
		if err != nil || e.Host == "" || e.Scheme != "http" && e.Scheme != "https" || strings.Trim(e.Path, "/") != "" || e.User != nil {
			return nil, bad("endpoint=https://host")
		}
		endpoint, secure = e.Host, e.Scheme == "https"
	}
	lookup, ok := map[string]minio.BucketLookupType{"": minio.BucketLookupAuto, "path": minio.BucketLookupPath, "host": minio.BucketLookupDNS}[q.Get("style")]
	switch {
	case !ok:
		return nil, bad("style=path|host")
	case u.Host == "":
		return nil, bad("s3://BUCKET")
	case u.User != nil:
		return nil, bad("@")
	}
	creds := credentials.NewEnvAWS()
	if v, err := creds.Get(); err != nil || v.AccessKeyID == "" || v.SecretAccessKey == "" {
		return nil, errs.New(errs.Invalid, "blob.credentials")
	}
	c, err := minio.New(endpoint, &minio.Options{Creds: creds, Secure: secure, Region: q.Get("region"), BucketLookup: lookup, MaxRetries: 3})
	if err != nil {
		return nil, bad("endpoint, bucket")
	}
	b := &bucket{c: c, name: u.Host}
	if p := strings.Trim(u.Path, "/"); p != "" {
		b.prefix = p + "/"
	}
	return b, nil
}

func (b *bucket) put(ctx context.Context, name string, r io.ReadSeeker, size int64) error {
	_, err := b.c.PutObject(ctx, b.name, b.prefix+name, r, size, minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return away(err)
}

func (b *bucket) open(ctx context.Context, name string) (*Reader, error) {
	o, err := b.c.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, away(err)
	}
	st, err := o.Stat()
	if err != nil {
		return nil, errors.Join(away(err), o.Close())
	}
	return &Reader{o, st.Size}, nil
}

func (b *bucket) list(ctx context.Context, folder string) (names []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := b.prefix + folder + "/"
	for o := range b.c.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: in}) {
		if o.Err != nil {
			return nil, away(o.Err)
		}
		names = append(names, strings.TrimPrefix(o.Key, in))
	}
	return names, nil
}

func (b *bucket) remove(ctx context.Context, folder string, names []string) error {
	for _, name := range names {
		if err := b.c.RemoveObject(ctx, b.name, b.prefix+folder+"/"+name, minio.RemoveObjectOptions{}); err != nil {
			return away(err)
		}
	}
	return nil
}

// away tells a blob that is not there from a service that does not do what it is asked.
func away(err error) error {
	if err == nil {
		return nil
	}
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey || r.StatusCode == http.StatusNotFound && r.Code != "NoSuchBucket" {
		return ErrMissing
	}
	return errs.Wrap(err, errs.Unavailable, "blob.away")
}
