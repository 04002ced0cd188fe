-- +goose Up
-- What providers and platforms say they gave back 账单, file by file.
create table statement (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  provider    text not null,              -- wechat, alipay, or the platform
  file_name   text not null,
  file_hash   text not null,
  refunds     bigint not null,               -- lines of it that are refunds
  fresh       bigint not null default 0,     -- of them: not known from an earlier file
  from_at     bigint not null,               -- what it covers, by its rows
  to_at       bigint not null,
  imported_by text not null,
  imported_at bigint not null,
  version     bigint not null
);
create index statement_by_shop on statement (shop_id, id);

create table statement_line (
  id            bigint primary key,
  shop_id       bigint not null references shop(id),
  statement_id  bigint not null references statement(id),
  provider      text not null,
  line_key      text not null,            -- the same for the same refund, from whatever file
  row_no        bigint not null,
  external_no   text not null,
  our_no        text not null,
  order_no      text not null,
  amount        bigint not null,
  currency      text not null,
  at            bigint not null,
  settlement_id bigint references settlement(id),  -- what it is of ours, where it agrees to the fen
  unique (shop_id, provider, line_key)
);
create index statement_line_by_statement on statement_line (statement_id);
create unique index statement_line_by_settlement on statement_line (settlement_id) where settlement_id is not null;

-- Where they say another thing than we do. It goes when both agree, or when a person says why it stands.
create table money_difference (
  id            bigint primary key,
  shop_id       bigint not null references shop(id),
  provider      text not null,
  statement_id  bigint not null references statement(id),
  line_id       bigint references statement_line(id),
  settlement_id bigint references settlement(id),
  about         text not null,            -- line:ID, or ours:ID where the statement has no line
  what          text not null check (what in ('unknown', 'amount', 'not_settled', 'twice', 'missing')),
  theirs        bigint not null,
  ours          bigint not null,
  currency      text not null,
  found_at      bigint not null,
  resolved_at   bigint,
  resolved_by   text not null default '',
  reason        text not null default '',
  version       bigint not null,
  unique (shop_id, about)
);
create index money_difference_open on money_difference (shop_id, id) where resolved_at is null;
create index settlement_by_arrival on settlement (shop_id, arrived_at) where arrived_at is not null;
create index settlement_by_external on settlement (shop_id, external_no) where external_no <> '';
