// Package web is HTTP: it turns requests into calls of handlers and what they return into answers. It knows no
// business.
//
// Routes. A package registers its routes with Register and an Op, which states everything about a route that is not
// its input and output: scope, shop, idempotency, limits. A path below /api/v1/shops/{shop}/ is shop-bound: the guard
// has checked the caller's token against that shop before the handler runs, and Shop(ctx) gives it. Server.Routes
// lists all of them for tests and documents; the OpenAPI 3.1 document is made from them.
//
// Faults. A handler returns an *errs.Error (or anything, which is then our fault); every fault leaves as an RFC 9457
// application/problem+json in the caller's language, made in problem.go and nowhere else. problems.md lists them.
//
// Versions. A row that can change carries an integer "version" in every answer that shows it, and a command carries
// back the version of the row it changes, in its body. It is a body field and not an ETag because one answer shows
// several rows, each with its own version, and a command names the one it means: warehouse and cashier change the same
// case at the same time without a collision. A stale version is a 409 made by Stale.
//
// Idempotency. POSTs that create, move or pay need an Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header)
// and run through Once, which writes the record of the answer in the transaction of the effect.
//
// Lists. Page is the input, List the output, a keyset cursor between them; there is no OFFSET.
//
// Streams. RegisterEvents adds a route of server-sent events. It ends when its caller leaves, after StreamTime, and at once
// when the server stops.
//
// Not behind a token: /healthz, /readyz, /openapi.json and /openapi.yaml. /metrics needs the scope metrics:read.
package web
