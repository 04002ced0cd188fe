package flow

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/statement"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

const maxStatement = 64 << 20 // bytes

// StatementPreset is a layout of statements.
type StatementPreset struct {
	Name     string `json:"name"`
	Title    string `json:"title" doc:"in the caller's language"`
	Provider string `json:"provider,omitempty" doc:"whose it is; without, it has to be named"`
}

// Difference is where a statement says another thing than we do, with what it is looked up by on both sides.
type Difference struct {
	settle.MoneyDifference
	Row        int64          `json:"row,omitempty" doc:"in the file"`
	ExternalNo string         `json:"external_no,omitempty"`
	OurNo      string         `json:"our_no,omitempty" doc:"payout number, as the statement has it"`
	OrderNo    string         `json:"order_no,omitempty"`
	At         *clock.Instant `json:"at,omitempty" doc:"by the statement"`
	PayoutNo   string         `json:"payout_no,omitempty" doc:"of our settlement"`
	State      settle.State   `json:"state,omitempty" doc:"of our settlement"`
	CaseID     id.ID          `json:"case_id,omitzero"`
}

func (f *Flow) statementRoutes(s *web.Server) {
	const root = web.ShopRoot + "/statements"
	web.Register(s, web.Op{Method: http.MethodPost, Path: root, ID: "import-statement", Tag: "statements", Scope: auth.MoneyPay, Once: true, Upload: []string{"multipart/form-data"}, MaxBody: maxStatement,
		Summary: "Take in what a provider or platform says it gave back, and hold it against the books 对账",
		Doc: "A form with the file `file`. It is checked whole first. A statement books nothing: lines that agree with a settlement to the fen are matched, everything else is a " +
			"difference. The same file again changes nothing."}, f.importStatement)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "list-statements", Tag: "statements", Scope: auth.MoneyRead, Summary: "Statements, newest first"},
		func(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[settle.Statement]], error) {
			read := func(before id.ID, limit int) (out []settle.Statement, err error) {
				err = f.DB.Read(ctx, func(tx *db.Tx) error {
					out, err = settle.Statements(tx, web.Shop(ctx), before, limit)
					return err
				})
				return out, err
			}
			return pageOf(ctx, in.Page, read, func(s settle.Statement) id.ID { return s.ID })
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/presets", ID: "list-statement-presets", Tag: "statements", Scope: auth.MoneyRead, Summary: "Layouts of statements that can be read"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]StatementPreset], error) {
			out := []StatementPreset{}
			for _, p := range statement.Presets() {
				out = append(out, StatementPreset{p.Name, p.Title.In(web.Lang(ctx)), p.Provider})
			}
			return &web.Reply[[]StatementPreset]{Body: out}, nil
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/differences", ID: "list-money-differences", Tag: "statements", Scope: auth.MoneyRead, Summary: "Where statements say another thing than we do, newest first"},
		func(ctx context.Context, in *struct {
			web.Page
			Resolved bool `query:"resolved" doc:"those that are resolved instead of the open ones"`
		}) (*web.Reply[web.List[Difference]], error) {
			read := func(before id.ID, limit int) ([]Difference, error) {
				return f.MoneyDifferences(ctx, web.Shop(ctx), before, limit, in.Resolved)
			}
			return pageOf(ctx, in.Page, read, func(d Difference) id.ID { return d.ID })
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/differences/export", ID: "export-money-differences", Tag: "statements", Scope: auth.MoneyRead, Produces: csvType,
		Summary: "The open differences, as CSV, at most 5,000"}, f.exportDifferences)
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/money-differences/{id}/resolve", ID: "resolve-money-difference", Tag: "statements", Scope: auth.MoneyPay, Once: true,
		Summary: "Say why a difference stands; it is not listed any more 处理差异"},
		func(ctx context.Context, in *struct {
			Target web.ID `path:"id"`
			Body   Because
		}) (*web.Reply[settle.MoneyDifference], error) {
			d, err := f.ResolveDifference(ctx, actor(ctx), web.Shop(ctx), in.Target.ID, in.Body.Version, in.Body.Reason)
			return &web.Reply[settle.MoneyDifference]{Body: d}, err
		})
}

func (f *Flow) importStatement(ctx context.Context, in *struct {
	Preset   string `query:"preset" required:"true" maxLength:"64" doc:"see statements/presets"`
	Provider string `query:"provider" maxLength:"40" doc:"of presets that are of no one provider: the platform, or bank"`
}) (*web.Reply[Reconciled], error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(ctx context.Context) (out Reconciled, err error) {
			if was, found, err := web.Replayed[Reconciled](ctx, f.DB, web.OnceOf(ctx)); found || err != nil {
				return was, err
			}
			files, err := readForm(web.UploadOf(ctx))
			defer func() { err = errors.Join(err, files.close()) }()
			if err != nil {
				return out, err
			}
			return f.Reconcile(ctx, actor(ctx), web.Shop(ctx), StatementFile{Preset: in.Preset, Provider: in.Provider, File: files.orders.File})
		},
		func(_ *db.Tx, out Reconciled) (Reconciled, error) { return out, nil })
	return &web.Reply[Reconciled]{Body: out}, err
}

// MoneyDifferences lists differences with what they are about.
func (f *Flow) MoneyDifferences(ctx context.Context, shopID, before id.ID, limit int, resolved bool) (out []Difference, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := settle.Differences(tx, shopID, before, limit, resolved)
		if err != nil {
			return err
		}
		lines, ours := map[id.ID]settle.StatementLine{}, map[id.ID]settle.Settlement{}
		for some := found; len(some) > 0; {
			chunk := some[:min(200, len(some))]
			some = some[len(chunk):]
			if err := lookUp(tx, shopID, chunk, lines, ours); err != nil {
				return err
			}
		}
		out = make([]Difference, 0, len(found))
		for _, d := range found {
			v := Difference{MoneyDifference: d}
			if l, ok := lines[d.LineID]; ok {
				v.Row, v.ExternalNo, v.OurNo, v.OrderNo, v.At = l.Row, l.ExternalNo, l.OurNo, l.OrderNo, &l.At
			}
			if s, ok := ours[d.SettlementID]; ok {
				v.PayoutNo, v.State, v.CaseID = s.PayoutNo, s.State, s.CaseID
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

func lookUp(tx *db.Tx, shopID id.ID, of []settle.MoneyDifference, lines map[id.ID]settle.StatementLine, ours map[id.ID]settle.Settlement) error {
	var lineIDs, ourIDs []id.ID
	for _, d := range of {
		if d.LineID != 0 {
			lineIDs = append(lineIDs, d.LineID)
		}
		if d.SettlementID != 0 {
			ourIDs = append(ourIDs, d.SettlementID)
		}
	}
	ls, err := settle.LinesOf(tx, shopID, lineIDs)
	if err != nil {
		return err
	}
	for _, l := range ls {
		lines[l.ID] = l
	}
	ss, err := settle.Some(tx, shopID, ourIDs)
	for _, s := range ss {
		ours[s.ID] = s
	}
	return err
}

func (f *Flow) exportDifferences(ctx context.Context, _ *struct{}) (*web.File, error) {
	found, err := f.MoneyDifferences(ctx, web.Shop(ctx), 0, 5_000, false)
	if err != nil {
		return nil, err
	}
	lang := string(web.Lang(ctx))
	rows := [][]string{{"provider", "difference", "theirs", "ours", "currency", "external_no", "our_no", "payout_no", "order_no", "row", "state"}}
	for _, d := range found {
		rows = append(rows, []string{d.Provider, term.Of(lang, "difference", string(d.What)), money.Of(d.Theirs, d.Currency).Decimal(), money.Of(d.Ours, d.Currency).Decimal(),
			string(d.Currency), d.ExternalNo, d.OurNo, d.PayoutNo, d.OrderNo, strconv.FormatInt(d.Row, 10), string(d.State)})
	}
	text, err := sheet.CSV(rows)
	return web.NewFile(csvType, "differences.csv", text), err
}
