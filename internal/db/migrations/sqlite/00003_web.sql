-- +goose Up
create table api_token (
  id           integer primary key,
  shop_id      integer references shop(id), -- null reaches every shop
  name         text not null,
  hash         blob not null,               -- SHA-256 of the whole token
  scopes       text not null,               -- JSON list
  made_by      integer not null,            -- token that made it; 0 is the command line
  made_at      integer not null,
  expires_at   integer,
  revoked_at   integer,
  last_used_at integer                      -- to the day
) strict;

-- The answer to a request that carried an Idempotency-Key, written in the transaction of its effect.
create table web_once (
  shop_id     integer not null,             -- 0 outside of a shop
  caller_id   integer not null,             -- token
  key         text not null,
  fingerprint text not null,                -- SHA-256 of method, address and body
  answer      text not null,                -- JSON
  expires_at  integer not null,
  primary key (shop_id, caller_id, key)
) strict, without rowid;

create index web_once_expires on web_once (expires_at);
