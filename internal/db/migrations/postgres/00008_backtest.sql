-- +goose Up
-- What a backtest walks over: which decisions of a shop are the last of their line, and of which days, without reading one.
create index decision_by_shop on decision (shop_id, id, case_line_id, decided_at);
