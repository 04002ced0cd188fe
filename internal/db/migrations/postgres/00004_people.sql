-- +goose Up
-- People who log in. They belong to the installation; what they may do, and in which shop, stands in staff_role.
create table staff (
  id             bigint primary key,
  login          text not null unique,
  name           text not null unique,      -- 花名, as timelines show it
  language       text not null,
  active         boolean not null,
  password       text not null,             -- argon2id with its parameters, as $argon2id$…
  must_change    boolean not null,          -- the password was handed out by somebody else
  password_at    bigint not null,
  last_login_at  bigint,
  created_at     bigint not null,
  version        bigint not null
);

create table staff_role (
  staff_id bigint not null references staff(id),
  shop_id  bigint references shop(id),     -- null is every shop
  role     text not null,
  unique (staff_id, shop_id, role)
);

create index staff_role_of_shop on staff_role (shop_id, staff_id);

create table staff_session (
  id         bigint primary key,
  staff_id   bigint not null references staff(id),
  hash       bytea not null unique,          -- SHA-256 of what the cookie holds
  created_at bigint not null,
  seen_at    bigint not null,              -- to some minutes
  expires_at bigint not null               -- however much it is used
);

create index staff_session_of on staff_session (staff_id);
create index staff_session_expires on staff_session (expires_at);

-- What was done to a person's log-in, by whom.
create table staff_event (
  id       bigint primary key,
  staff_id bigint not null references staff(id),
  at       bigint not null,
  actor    text not null,                    -- the name of the person or token that did it
  verb     text not null,
  data     text not null
);

create index staff_event_of on staff_event (staff_id, id);
create trigger staff_event_append_only before update or delete on staff_event for each row execute function refuse_change();

-- What customers are told about a shop (S2-03) and about the places their goods go to (S4-10).
alter table shop add column public_name text not null default '';
alter table shop add column owner text not null default '';
alter table shop add column link text not null default '';
alter table shop add column hotline text not null default '';
alter table shop add column rating text not null default '';
alter table shop add column buyer_word text not null default '顾客';
alter table warehouse add column public_name text not null default '';
alter table warehouse add column link text not null default '';
alter table warehouse add column hotline text not null default '';
alter table warehouse add column carriers text not null default '[]';

create table store (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  code        text not null,
  name        text not null,
  public_name text not null,
  link        text not null,
  hotline     text not null,
  address     text not null,
  version     bigint not null,
  unique (shop_id, code)
);
