package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// A payment provider's notifications. One only says that it is time to ask: the settlement is confirmed by the provider's
// answer to our own question, on the same path as without it. So it may come twice, late, in any order, and before the
// answer to the refund itself.

// maxNotice is how long a notification may be, in bytes; real ones have about one thousand.
const maxNotice = 32 << 10

// NoticePath is where a shop's notifications from WeChat Pay go, below the public address; the shop's short name follows.
const NoticePath = web.APIRoot + "notify/wechatpay/"

func (f *Flow) noticeRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: NoticePath + "{shop}", ID: "notify-wechatpay", Tag: "settlements", Scope: auth.Public, Notice: true, MaxBody: maxNotice,
		Summary: "WeChat Pay tells that a refund has gone further 退款结果通知",
		Doc:     "For the provider alone. The signature is checked before anything is believed; then the provider is asked what became of the refund. 204: taken; anything else makes the provider send it again."},
		func(ctx context.Context, in *struct {
			Shop      string `path:"shop" maxLength:"32" doc:"the shop's short name"`
			Timestamp string `header:"Wechatpay-Timestamp"`
			Nonce     string `header:"Wechatpay-Nonce"`
			Serial    string `header:"Wechatpay-Serial"`
			Signature string `header:"Wechatpay-Signature"`
			Type      string `header:"Wechatpay-Signature-Type"`
			RawBody   []byte `contentType:"application/json"`
		}) (*struct{}, error) {
			h := http.Header{}
			for name, value := range map[string]string{"Timestamp": in.Timestamp, "Nonce": in.Nonce, "Serial": in.Serial, "Signature": in.Signature, "Signature-Type": in.Type} {
				h.Set("Wechatpay-"+name, value)
			}
			return nil, f.Notice(ctx, in.Shop, "wechat", h, in.RawBody)
		})
}

// Notice takes a notification of a shop's provider for payments of a tender. What is about no settlement of the shop, or
// about one that waits for nothing, is taken and changes nothing.
func (f *Flow) Notice(ctx context.Context, code, tender string, h http.Header, body []byte) error {
	s, err := f.noticed(ctx, code)
	if err != nil {
		return err
	}
	g, ok := f.Gateway(s, tender).(settle.Notifier)
	if !ok {
		return errs.New(errs.NotFound, "flow.no_notices")
	}
	payoutNo, err := g.Notified(ctx, h, body)
	if err != nil {
		return errs.Wrap(err, errs.Denied, "flow.notice_refused")
	}
	return f.DB.Write(ctx, func(tx *db.Tx) error {
		st, err := settle.ByPayoutNo(tx, s.ID, payoutNo)
		if errs.CodeOf(err) == errs.NotFound {
			return nil
		}
		if err != nil || st.State != settle.Processing || st.Route.ByHand() {
			return err
		}
		_, err = f.Jobs.Enqueue(tx, payKind, ref{Shop: s.ID, ID: st.ID}, job.Unique("notice:"+st.ID.String()))
		return err
	})
}

// noticed reads the shop a notification is for. That there is none is not told apart from one without a provider.
func (f *Flow) noticed(ctx context.Context, code string) (s shop.Shop, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err = shop.ByCode(tx, code)
		return err
	})
	if errs.CodeOf(err) == errs.NotFound {
		err = errs.New(errs.NotFound, "flow.no_notices")
	}
	return s, err
}
