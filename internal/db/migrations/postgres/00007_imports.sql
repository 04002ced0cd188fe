-- +goose Up
-- The platform's own number of an article within an order (子订单编号), '' where the export has none.
alter table order_line add column sub_no text not null default '';

-- What a platform's after-sale list says of an application, as of the last import. stage is '' on return documents,
-- which know no stages.
alter table platform_return add column sub_no text not null default '';
alter table platform_return add column kind text not null default '';         -- refund_return, refund_only, exchange, other
alter table platform_return add column stage text not null default '' check (stage in ('', 'open', 'done', 'closed'));
alter table platform_return add column status text not null default '';       -- the platform's own word, as seen
alter table platform_return add column why text not null default '';          -- the buyer's reason, as seen
alter table platform_return add column freight bigint not null default 0;    -- of amount: the freight given back
alter table platform_return add column deadline_at bigint;                   -- until when the platform wants an answer; null when it is over
alter table platform_return add column done_at bigint;                       -- when the platform gave the money back
alter table platform_return add column case_line_id bigint;
create index platform_return_by_case on platform_return (case_id) where case_id is not null;
create index platform_return_by_case_line on platform_return (case_line_id) where case_line_id is not null;

-- Where the platform says another thing than we do. One row for each record and matter; it is resolved when they agree.
create table platform_difference (
  id          bigint primary key,
  shop_id     bigint not null references shop(id),
  return_id   bigint not null references platform_return(id),
  case_id     bigint,
  import_id   bigint not null,           -- the import that saw it last
  what        text not null check (what in ('amount', 'status', 'deadline', 'refund', 'case')),
  theirs      text not null,
  ours        text not null,
  row_no      bigint not null,           -- in the file of that import
  found_at    bigint not null,
  resolved_at bigint,
  unique (shop_id, return_id, what)
);
create index platform_difference_by_shop on platform_difference (shop_id, id);
create index platform_difference_open on platform_difference (shop_id, id) where resolved_at is null;
create index platform_difference_by_case on platform_difference (case_id) where case_id is not null;

-- Which column of a shop's own export is what. Named by a person; used like a preset.
create table import_mapping (
  shop_id    bigint not null references shop(id),
  name       text not null,
  kind       text not null check (kind in ('orders', 'after_sale')),
  platform   text not null,
  header_row bigint not null,            -- 0: the first row that holds anything
  per_row    boolean not null,            -- amounts are those of the row, not of the order
  columns    text not null,               -- JSON: field to title
  made_by    text not null,
  made_at    bigint not null,
  version    bigint not null,
  primary key (shop_id, name)
);

alter table import_run add column kind text not null default 'orders';
alter table import_run add column mapping text not null default '';
alter table import_run add column actor text not null default '';
alter table import_run add column items_name text not null default '';
alter table import_run add column skipped bigint not null default 0;
alter table import_run add column advanced bigint not null default 0;   -- known records of which more is known now
alter table import_run add column opened bigint not null default 0;     -- cases
alter table import_run add column confirmed bigint not null default 0;  -- refunds
alter table import_run add column differences bigint not null default 0;
