package flow

import (
	"bytes"
	"context"
	"errors"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) cancelImport(ctx context.Context, in *struct {
	Import web.ID `path:"import"`
}) (*web.Reply[order.Run], error) {
	run, err := again(ctx, func() (order.Run, error) { // the import moves its own row with every chunk
		run, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
			func(context.Context) (id.ID, error) { return in.Import.ID, nil },
			func(tx *db.Tx, runID id.ID) (order.Run, error) {
				return cancelRun(tx, web.Shop(ctx), runID, actor(ctx).Name)
			})
		return run, err
	})
	return &web.Reply[order.Run]{Body: run}, err
}

func (f *Flow) listImports(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[order.Run]], error) {
	before, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	runs, err := Imports(ctx, f.DB, web.Shop(ctx), before, in.Fetch())
	if err != nil {
		return nil, err
	}
	out, err := web.MakeList(ctx, in.Page, runs, func(r order.Run) id.ID { return r.ID })
	return &web.Reply[web.List[order.Run]]{Body: out}, err
}

// importFaults writes the faults that were kept with a failed import, at most 10,000.
func (f *Flow) importFaults(ctx context.Context, in *struct {
	Import web.ID `path:"import"`
}) (*web.File, error) {
	var b bytes.Buffer
	w, err := sheet.NewFaultWriter(&b, web.Lang(ctx))
	if err != nil {
		return nil, err
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := order.GetRun(tx, web.Shop(ctx), in.Import.ID); err != nil {
			return err
		}
		faults, err := order.Faults(tx, web.Shop(ctx), in.Import.ID, 0, maxListed)
		for _, x := range faults {
			err = errors.Join(err, w.Write(x))
		}
		return errors.Join(err, w.Flush())
	})
	return web.NewFile(csvType, "faults-"+in.Import.String()+".csv", b.Bytes()), err
}

// faultList tells what was wrong with the file of an import, for a page that shows it in place.
func (f *Flow) faultList(ctx context.Context, in *struct {
	Import web.ID `path:"import"`
}) (*web.Reply[[]ImportFault], error) {
	var faults []sheet.Fault
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := order.GetRun(tx, web.Shop(ctx), in.Import.ID)
		if err == nil {
			faults, err = order.Faults(tx, web.Shop(ctx), in.Import.ID, 0, listedInReply)
		}
		return err
	})
	return &web.Reply[[]ImportFault]{Body: told(ImportReport{FaultList: faults}, web.Lang(ctx)).FaultList}, err
}
