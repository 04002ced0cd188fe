-- +goose Up
-- Photos and films of a case. The files are blobs in a folder named by shop and id; here is what is known of them.

-- A file that is being sent, piece by piece. It becomes the piece of evidence of the same id, or expires.
create table upload (
  id           integer primary key,
  shop_id      integer not null references shop(id),
  case_id      integer not null references cases(id),
  case_line_id integer references case_line(id),
  movement_id  integer references movement(id),
  waybill      text not null,
  name         text not null,             -- as the sender calls it
  size         integer not null check (size > 0),
  received     integer not null default 0 check (received <= size),
  sensitive    integer not null,
  by           text not null,
  at           integer not null,
  expires_at   integer not null,
  done_at      integer                    -- when it became evidence
) strict;
create index upload_open on upload (shop_id, expires_at) where done_at is null;

create table upload_part (
  upload_id integer not null references upload(id),
  start     integer not null,
  shop_id   integer not null,
  size      integer not null check (size > 0),
  sha256    text not null,
  primary key (upload_id, start)
) strict;

create table evidence (
  id           integer primary key,
  shop_id      integer not null references shop(id),
  case_id      integer not null references cases(id),
  case_line_id integer references case_line(id),
  movement_id  integer references movement(id),
  waybill      text not null,
  kind         text not null check (kind in ('image', 'film')),
  name         text not null,             -- as the sender called it; may be erased
  media_type   text not null,             -- of the original, found in its content
  width        integer not null,          -- as people see it, orientation applied
  height       integer not null,
  millis       integer not null,          -- length of a film
  codec        text not null,             -- of a film: picture+sound
  bytes        integer not null,          -- of the original
  sha256       text not null,             -- of the original, and its name
  view_type    text not null,             -- what is shown
  view_sha256  text not null,             -- name of what is shown
  thumb_sha256 text not null,             -- name of the small picture; '' for a film
  sensitive    integer not null,          -- shows health: visible to few
  by           text not null,
  at           integer not null
) strict;
create index evidence_by_case on evidence (case_id, id);

-- +goose StatementBegin
create trigger evidence_append_only_delete before delete on evidence begin select raise(abort, 'evidence is append-only'); end;
-- +goose StatementEnd
