-- +goose Up
-- What is given beyond what is owed is bound to a monthly budget, and added up at each further gift.
create index settlement_goodwill on settlement (shop_id, created_at) where kind = 'goodwill';

-- +goose Down
drop index settlement_goodwill;
