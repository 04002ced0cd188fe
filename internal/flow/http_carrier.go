package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

func (f *Flow) carrierRoutes(s *web.Server) {
	command(s, "cases", "enquire", "enquire", "Note that a carrier was asked about a parcel 查件", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			NewEnquiry
		}) (View, error) {
			return f.Enquire(ctx, who, shop, target, b.Version, b.NewEnquiry)
		})
	for _, x := range []struct {
		verb, opID, summary string
		event               carrier.EnquiryEvent
	}{
		{"answer", "carrier-answered", "Note what the carrier answered", carrier.Answer},
		{"chase", "chase-carrier", "Note that the carrier was asked once more 催办", carrier.Chase},
		{"tell", "tell-customer", "Note that the customer was told where it stands", carrier.Tell},
		{"close", "close-enquiry", "End an enquiry of which the customer has heard the last", carrier.Close},
	} {
		command(s, "enquiries", x.verb, x.opID, x.summary, auth.CasesWrite, func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			Word
		}) (View, error) {
			return f.OnEnquiry(ctx, who, shop, target, b.Version, x.event, b.Word)
		})
	}
	command(s, "cases", "claim", "claim-from-carrier", "Open a claim on the carrier of a parcel 向快递索赔", auth.CasesWrite,
		func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			NewClaim
		}) (View, error) {
			return f.OpenClaim(ctx, who, shop, target, b.Version, b.NewClaim)
		})
	for _, x := range []struct {
		verb, opID, summary string
		scope               auth.Scope
		event               carrier.ClaimEvent
	}{
		{"file", "file-claim", "Hand a claim in at the carrier", auth.CasesWrite, carrier.File},
		{"granted", "claim-granted", "The carrier agrees to pay", auth.CasesWrite, carrier.Grant},
		{"refused", "claim-refused", "The carrier pays nothing", auth.CasesWrite, carrier.Refuse},
		{"received", "claim-received", "Money of the carrier came in", auth.MoneyPay, carrier.Take},
		{"drop", "drop-claim", "Ask for nothing more", auth.CasesApprove, carrier.Drop},
	} {
		command(s, "claims", x.verb, x.opID, x.summary, x.scope, func(ctx context.Context, who Actor, shop, target id.ID, b struct {
			Seen
			ClaimStep
		}) (View, error) {
			return f.OnClaim(ctx, who, shop, target, b.Version, x.event, b.ClaimStep)
		})
	}
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/claims", ID: "list-claims", Tag: "claims", Scope: auth.CasesRead, Summary: "Claims on carriers in a state, oldest first"}, f.listClaims)
}

func (f *Flow) listClaims(ctx context.Context, in *struct {
	web.Page
	State carrier.ClaimState `query:"state" default:"to_file" enum:"to_file,filed,granted,refused,received,dropped"`
}) (*web.Reply[web.List[carrier.Claim]], error) {
	after, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var out web.List[carrier.Claim]
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := carrier.ClaimsIn(tx, web.Shop(ctx), in.State, after, in.Fetch())
		if err == nil {
			out, err = web.MakeList(ctx, in.Page, rows, func(c carrier.Claim) id.ID { return c.ID })
		}
		return err
	})
	return &web.Reply[web.List[carrier.Claim]]{Body: out}, err
}
