// Package auth says who is calling and what they may do.
//
// Programs call with an API token, "sb_<kind>_<id>_<secret>", made once and shown once; the database keeps only its
// SHA-256. A Token names the scopes it holds and is bound either to one shop or to all of them. Verifying a token gives
// a Principal, which travels in the context and is what timelines and idempotency records name as the actor.
//
//	Tokens.Verify   presented text → Principal, through a small cache
//	Allow           Principal × scope × shop → nil or the refusal
//	Create, Revoke  verbs in the caller's transaction
//	EnsureFirst     the administrator's token of a new installation
//
// Refusals: no or unusable token is unauthenticated (auth.missing, auth.malformed, auth.unknown, auth.expired); a shop
// the token does not reach is not_found, exactly as if it did not exist; a scope it lacks is forbidden and named
// (auth.scope); an address that keeps failing is rate_limited (auth.throttled).
//
// A revocation is seen at once by the process that made it and by others within CacheTTL.
package auth
