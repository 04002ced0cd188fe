package wechatpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
)

const refundsPath = "/v3/refund/domestic/refunds"

// refundRequest is 退款申请.
type refundRequest struct {
	Transaction string `json:"transaction_id"`
	RefundNo    string `json:"out_refund_no"`
	Notify      string `json:"notify_url,omitempty"`
	Amount      amount `json:"amount"`
}

type amount struct {
	Refund   int64  `json:"refund"`
	Total    int64  `json:"total"`
	Currency string `json:"currency"`
}

// refund is what the provider says of one.
type refund struct {
	ID          string `json:"refund_id"`
	RefundNo    string `json:"out_refund_no"`
	Transaction string `json:"transaction_id"`
	Status      string `json:"status"`
	SuccessTime string `json:"success_time"`
	Amount      amount `json:"amount"`
}

// refusals are the codes by which a refund is refused for what it is. Every other code is a fault that may pass, or one
// of the configuration: it says nothing of the payout.
var refusals = map[string]string{
	"NOT_ENOUGH":            balanceShort,
	"USER_ACCOUNT_ABNORMAL": accountGone,
	"INVALID_REQUEST":       "", // over a year old, over the amount, closed, fifty refunds already: the message says which
	"NO_AUTH":               "",
	"RESOURCE_NOT_EXISTS":   paymentUnknown,
	"PARAM_ERROR":           "",
}

// Limits are those of the document 申请退款 (https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_9.shtml): a year, fifty refunds of a
// payment, and a minute between two of them.
func (g *Gateway) Limits() settle.Limits {
	return settle.Limits{Age: 365 * 24 * time.Hour, Refunds: 50, Apart: time.Minute}
}

// Refund asks for a payout.
func (g *Gateway) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	switch {
	case p.Reference == "":
		return settle.Answer{Outcome: settle.Bounced, Reason: noReference}, nil
	case p.Amount.Currency != "CNY" || p.Captured.Currency != "CNY":
		return settle.Answer{Outcome: settle.Bounced, Reason: otherCurrency}, nil
	}
	r, err := g.ask(ctx, http.MethodPost, refundsPath, refundRequest{Transaction: p.Reference, RefundNo: p.PayoutNo, Notify: g.c.Notify,
		Amount: amount{Refund: p.Amount.Minor, Total: p.Captured.Minor, Currency: "CNY"}})
	if err != nil {
		return settle.Answer{}, err
	}
	if r.status == http.StatusOK {
		return g.read(r.body, p)
	}
	var no refusal
	if err := json.Unmarshal(r.body, &no); err != nil {
		return settle.Answer{}, r.fault()
	}
	hint, refused := refusals[no.Code]
	if !refused {
		return settle.Answer{}, r.fault()
	}
	// A number that was paid already may be refused too, for what the refund itself changed: only the number tells.
	known, err := g.Query(ctx, p)
	if err != nil || known.Outcome != settle.Unknown {
		return known, err
	}
	return settle.Answer{Outcome: settle.Bounced, Reason: settle.Because(hint, no.Message, no.Code)}, nil
}

// Query tells what became of a number.
func (g *Gateway) Query(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	r, err := g.ask(ctx, http.MethodGet, refundsPath+"/"+url.PathEscape(p.PayoutNo), nil)
	if err != nil {
		return settle.Answer{}, err
	}
	if r.status == http.StatusOK {
		return g.read(r.body, p)
	}
	var no refusal
	if err := json.Unmarshal(r.body, &no); err != nil || r.status != http.StatusNotFound || no.Code != "RESOURCE_NOT_EXISTS" {
		return settle.Answer{}, r.fault()
	}
	return settle.Answer{Outcome: settle.Unknown}, nil
}

// read makes an answer of what the provider says of a refund, which has to be the one that was asked for.
func (g *Gateway) read(body []byte, p settle.Payout) (settle.Answer, error) {
	var is refund
	if err := json.Unmarshal(body, &is); err != nil {
		return settle.Answer{}, fmt.Errorf("wechat pay: answer: %w", err)
	}
	switch {
	case is.RefundNo != p.PayoutNo:
		return settle.Answer{}, fmt.Errorf("wechat pay: asked for %s, answered for %.64q", p.PayoutNo, is.RefundNo)
	case is.Transaction != p.Reference, is.Amount.Refund != p.Amount.Minor, is.Amount.Currency != string(p.Amount.Currency):
		return settle.Answer{Outcome: settle.Bounced, ExternalNo: is.ID, Reason: numberUsed}, nil
	}
	a := settle.Answer{ExternalNo: is.ID}
	switch is.Status {
	case "PROCESSING":
		a.Outcome = settle.Accepted
	case "SUCCESS":
		at, err := time.Parse(time.RFC3339, is.SuccessTime)
		if err != nil {
			return settle.Answer{}, fmt.Errorf("wechat pay: time of arrival: %w", err)
		}
		a.Outcome, a.At = settle.Arrived, clock.Of(at)
	case "CLOSED":
		a.Outcome, a.Reason = settle.Bounced, refundClosed
	case "ABNORMAL":
		a.Outcome, a.Reason = settle.Bounced, refundAbnormal
	default:
		return settle.Answer{}, fmt.Errorf("wechat pay: refund %s is %.40q", p.PayoutNo, is.Status)
	}
	return a, nil
}
