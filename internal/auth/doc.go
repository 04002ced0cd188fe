// Package auth says who is calling and what they may do.
//
// Programs call with an API token, "sb_<kind>_<id>_<secret>", made once and shown once; the database keeps only its
// SHA-256. A Token names the scopes it holds and is bound either to one shop or to all of them. People call with a
// session, which they get for a login and a password; their roles, in one shop or in every shop, say by one pure table
// which scopes they hold where. Either gives a Principal, which travels in the context and is what timelines and
// idempotency records name as the actor.
//
//	Tokens.Verify, Sessions.Verify   what was presented → Principal, through a small cache
//	Sessions.Login … ChangePassword  a person's own affairs
//	Sessions.PlanUser … Reset        an administrator's verbs about people; passwords are hashed in Plan…
//	Role.Scopes                      the table of permissions
//	Allow                            Principal × scope × shop → nil or the refusal
//	Create, Revoke                   tokens, in the caller's transaction
//	EnsureFirst, EnsureFirstUser     the administrator's token and log-in of a new installation
//
// Refusals: no or unusable token is unauthenticated (auth.missing, auth.malformed, auth.unknown, auth.expired), and so is
// a session that is over (auth.session_over) and a wrong login or password (auth.login_wrong); a shop the caller does not
// reach is not_found, exactly as if it did not exist; a scope it lacks is forbidden and named (auth.scope for a token,
// auth.role for a person); who keeps failing is rate_limited (auth.throttled, auth.login_throttled).
//
// A revocation, an ended session and a change of roles are seen at once by the process that made them and by others
// within CacheTTL.
package auth
