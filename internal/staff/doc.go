// Package staff is the people of an installation over HTTP: logging in and out, one's own password, and for
// administrators who works here, as what, and in which shop. What it stands on (passwords, sessions, the table of roles)
// is package auth.
package staff
