// Package evidence keeps what shows how a thing was: photos and short films of a case.
//
// A file is sent in pieces that can be resumed (upload); its last piece turns it into evidence. What it is, is found in
// its content, never believed from its name. A photo is decoded and drawn anew, turned the right way and without a
// word of what the camera wrote into it; of a film everything is blanked that is neither picture nor sound, such as the
// place where it was taken. These are what people see. The original is kept as it came, under its SHA-256, for those
// who may see it (scope evidence:original). Evidence that shows somebody's health is seen by them alone (S3-05).
//
// States of an upload: open (received < size) → done, the evidence of the same id; after a day, done or not, it is over and swept.
// Evidence is never deleted and, but for the mark that it is sensitive, never changed.
//
// A blob is durable before a row names it; what was put for a row that never came lies in the upload's own folder and is
// taken away by a job that was written with the upload.
//
// Errors: evidence.kind_unknown and its kin for content that is refused, each saying what to do; evidence.offset for a
// piece that does not go on where the last one ended; evidence.upload_gone, evidence.not_found; evidence.sensitive.
package evidence
