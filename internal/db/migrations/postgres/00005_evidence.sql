-- +goose Up
-- Photos and films of a case. The files are blobs in a folder named by shop and id; here is what is known of them.

-- A file that is being sent, piece by piece. It becomes the piece of evidence of the same id, or expires.
create table upload (
  id           bigint primary key,
  shop_id      bigint not null references shop(id),
  case_id      bigint not null references cases(id),
  case_line_id bigint references case_line(id),
  movement_id  bigint references movement(id),
  waybill      text not null,
  name         text not null,             -- as the sender calls it
  size         bigint not null check (size > 0),
  received     bigint not null default 0 check (received <= size),
  sensitive    boolean not null,
  by           text not null,
  at           bigint not null,
  expires_at   bigint not null,
  done_at      bigint                    -- when it became evidence
);
create index upload_open on upload (shop_id, expires_at) where done_at is null;

create table upload_part (
  upload_id bigint not null references upload(id),
  start     bigint not null,
  shop_id   bigint not null,
  size      bigint not null check (size > 0),
  sha256    text not null,
  primary key (upload_id, start)
);

create table evidence (
  id           bigint primary key,
  shop_id      bigint not null references shop(id),
  case_id      bigint not null references cases(id),
  case_line_id bigint references case_line(id),
  movement_id  bigint references movement(id),
  waybill      text not null,
  kind         text not null check (kind in ('image', 'film')),
  name         text not null,             -- as the sender called it; may be erased
  media_type   text not null,             -- of the original, found in its content
  width        bigint not null,          -- as people see it, orientation applied
  height       bigint not null,
  millis       bigint not null,          -- length of a film
  codec        text not null,             -- of a film: picture+sound
  bytes        bigint not null,          -- of the original
  sha256       text not null,             -- of the original, and its name
  view_type    text not null,             -- what is shown
  view_sha256  text not null,             -- name of what is shown
  thumb_sha256 text not null,             -- name of the small picture; '' for a film
  sensitive    boolean not null,          -- shows health: visible to few
  by           text not null,
  at           bigint not null
);
create index evidence_by_case on evidence (case_id, id);

create trigger evidence_append_only before delete on evidence for each row execute function refuse_change();
