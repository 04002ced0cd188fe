package flow

import (
	"context"
	"net/http"
	"slices"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
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
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/claims/open", ID: "sum-claims", Tag: "claims", Scope: auth.CasesRead, Summary: "What is open on carriers, by carrier and state"}, f.sumClaims)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/enquiries", ID: "list-enquiries", Tag: "enquiries", Scope: auth.CasesRead, Summary: "Enquiries with carriers in a state, oldest first"}, f.listEnquiries)
}

// ClaimRow is a claim with the number of its case.
type ClaimRow struct {
	carrier.Claim
	CaseNumber string `json:"case_number"`
}

// EnquiryRow is an enquiry with the number of its case.
type EnquiryRow struct {
	carrier.Enquiry
	CaseNumber string `json:"case_number"`
}

func (f *Flow) listClaims(ctx context.Context, in *struct {
	web.Page
	State   carrier.ClaimState `query:"state" default:"to_file" enum:"to_file,filed,granted,refused,received,dropped"`
	Carrier string             `query:"carrier" maxLength:"40" doc:"one carrier alone"`
}) (*web.Reply[web.List[ClaimRow]], error) {
	out, err := numbered(ctx, f.DB, in.Page,
		func(tx *db.Tx, after id.ID) ([]carrier.Claim, error) {
			return carrier.ClaimsIn(tx, web.Shop(ctx), in.State, in.Carrier, after, in.Fetch())
		},
		func(c carrier.Claim) id.ID { return c.CaseID }, func(c carrier.Claim, number string) ClaimRow { return ClaimRow{c, number} },
		func(r ClaimRow) id.ID { return r.ID })
	return &web.Reply[web.List[ClaimRow]]{Body: out}, err
}

func (f *Flow) listEnquiries(ctx context.Context, in *struct {
	web.Page
	State   carrier.EnquiryState `query:"state" default:"asked" enum:"asked,answered,closed"`
	Carrier string               `query:"carrier" maxLength:"40" doc:"one carrier alone"`
}) (*web.Reply[web.List[EnquiryRow]], error) {
	out, err := numbered(ctx, f.DB, in.Page,
		func(tx *db.Tx, after id.ID) ([]carrier.Enquiry, error) {
			return carrier.EnquiriesIn(tx, web.Shop(ctx), in.State, in.Carrier, after, in.Fetch())
		},
		func(e carrier.Enquiry) id.ID { return e.CaseID }, func(e carrier.Enquiry, number string) EnquiryRow { return EnquiryRow{e, number} },
		func(r EnquiryRow) id.ID { return r.ID })
	return &web.Reply[web.List[EnquiryRow]]{Body: out}, err
}

// numbered reads a page of what cases have, each with its case's number.
func numbered[T, R any](ctx context.Context, d *db.DB, p web.Page, read func(tx *db.Tx, after id.ID) ([]T, error), caseOf func(T) id.ID, row func(T, string) R, key func(R) id.ID) (out web.List[R], err error) {
	after, _, err := web.AfterKey[id.ID](ctx, p)
	if err != nil {
		return out, err
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		found, err := read(tx, after)
		if err != nil {
			return err
		}
		var ids []id.ID
		for _, t := range found {
			ids = append(ids, caseOf(t))
		}
		numbers := map[id.ID]string{}
		for some := range slices.Chunk(ids, 64) {
			of, err := cases.InPage(tx, web.Shop(ctx), some)
			if err != nil {
				return err
			}
			for _, c := range of {
				numbers[c.ID] = c.Number
			}
		}
		rows := []R{}
		for _, t := range found {
			rows = append(rows, row(t, numbers[caseOf(t)]))
		}
		out, err = web.MakeList(ctx, p, rows, key)
		return err
	})
	return out, err
}

func (f *Flow) sumClaims(ctx context.Context, _ *struct{}) (*web.Reply[[]carrier.Sum], error) {
	out := []carrier.Sum{}
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		sums, err := carrier.Open(tx, web.Shop(ctx))
		out = append(out, sums...)
		return err
	})
	return &web.Reply[[]carrier.Sum]{Body: out}, err
}
