-- +goose Up
create table api_token (
  id           bigint primary key,
  shop_id      bigint references shop(id),  -- null reaches every shop
  name         text not null,
  hash         bytea not null,              -- SHA-256 of the whole token
  scopes       text not null,               -- JSON list
  made_by      bigint not null,             -- token that made it; 0 is the command line
  made_at      bigint not null,
  expires_at   bigint,
  revoked_at   bigint,
  last_used_at bigint                       -- to the day
);

-- The answer to a request that carried an Idempotency-Key, written in the transaction of its effect.
create table web_once (
  shop_id     bigint not null,              -- 0 outside of a shop
  caller_id   bigint not null,              -- token
  key         text not null,
  fingerprint text not null,                -- SHA-256 of method, address and body
  answer      text not null,                -- JSON
  expires_at  bigint not null,
  primary key (shop_id, caller_id, key)
);

create index web_once_expires on web_once (expires_at);
