-- +goose Up
-- What is offered and not answered counts in the month's budget.
create index case_line_goodwill_offered on case_line (shop_id, id) where remedy = 'goodwill' and state = 'offered';

-- +goose Down
drop index case_line_goodwill_offered;
