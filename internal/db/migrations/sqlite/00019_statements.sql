-- +goose Up
-- What providers and platforms say they gave back 账单, file by file.
create table statement (
  id          integer primary key,
  shop_id     integer not null references shop(id),
  provider    text not null,              -- wechat, alipay, or the platform
  file_name   text not null,
  file_hash   text not null,
  refunds     integer not null,               -- lines of it that are refunds
  fresh       integer not null default 0,     -- of them: not known from an earlier file
  from_at     integer not null,               -- what it covers, by its rows
  to_at       integer not null,
  imported_by text not null,
  imported_at integer not null,
  version     integer not null
) strict;
create index statement_by_shop on statement (shop_id, id);

create table statement_line (
  id            integer primary key,
  shop_id       integer not null references shop(id),
  statement_id  integer not null references statement(id),
  provider      text not null,
  line_key      text not null,            -- the same for the same refund, from whatever file
  row_no        integer not null,
  external_no   text not null,
  our_no        text not null,
  order_no      text not null,
  amount        integer not null,
  currency      text not null,
  at            integer not null,
  settlement_id integer references settlement(id),  -- what it is of ours, where it agrees to the fen
  unique (shop_id, provider, line_key)
) strict;
create index statement_line_by_statement on statement_line (statement_id);
create unique index statement_line_by_settlement on statement_line (settlement_id) where settlement_id is not null;

-- Where they say another thing than we do. It goes when both agree, or when a person says why it stands.
create table money_difference (
  id            integer primary key,
  shop_id       integer not null references shop(id),
  provider      text not null,
  statement_id  integer not null references statement(id),
  line_id       integer references statement_line(id),
  settlement_id integer references settlement(id),
  about         text not null,            -- line:ID, or ours:ID where the statement has no line
  what          text not null check (what in ('unknown', 'amount', 'not_settled', 'twice', 'missing')),
  theirs        integer not null,
  ours          integer not null,
  currency      text not null,
  found_at      integer not null,
  resolved_at   integer,
  resolved_by   text not null default '',
  reason        text not null default '',
  version       integer not null,
  unique (shop_id, about)
) strict;
create index money_difference_open on money_difference (shop_id, id) where resolved_at is null;
create index settlement_by_arrival on settlement (shop_id, arrived_at) where arrived_at is not null;
create index settlement_by_external on settlement (shop_id, external_no) where external_no <> '';
