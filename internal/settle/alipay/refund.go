package alipay

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

const (
	refundMethod = "alipay.trade.refund"
	queryMethod  = "alipay.trade.fastpay.refund.query"
)

// refundRequest is what a refund is asked for with.
type refundRequest struct {
	Trade    string `json:"trade_no"`
	Amount   string `json:"refund_amount"`
	RefundNo string `json:"out_request_no"`
}

// queryRequest asks what became of a number.
type queryRequest struct {
	Trade    string   `json:"trade_no"`
	RefundNo string   `json:"out_request_no"`
	Options  []string `json:"query_options"`
}

// refunded is what the query says of a refund; a number the provider has no refund of leaves it empty.
type refunded struct {
	said
	Trade    string `json:"trade_no"`
	RefundNo string `json:"out_request_no"`
	Amount   string `json:"refund_amount"`
	Status   string `json:"refund_status"`
	At       string `json:"gmt_refund_pay"`
}

// refusals are the codes by which a refund is refused for what it is, without their "ACQ.". Every other code is a fault that may pass, or
// one of the configuration: it says nothing of the payout.
var refusals = map[string]string{
	"SELLER_BALANCE_NOT_ENOUGH":   balanceShort,
	"BUYER_NOT_EXIST":             accountGone,
	"BUYER_ERROR":                 accountGone,
	"USER_NOT_MATCH_ERR":          accountGone,
	"TRADE_NOT_EXIST":             paymentUnknown,
	"TRADE_HAS_FINISHED":          tooLate,
	"TRADE_HAS_CLOSE":             "",
	"TRADE_STATUS_ERROR":          "",
	"TRADE_NOT_ALLOW_REFUND":      "",
	"REFUND_AMT_NOT_EQUAL_TOTAL":  "",
	"REASON_TRADE_REFUND_FEE_ERR": tooMuch,
	"REASON_TRADE_BEEN_FREEZEN":   "",
	"NOT_ALLOW_PARTIAL_REFUND":    "",
	"DISCORDANT_REPEAT_REQUEST":   numberUsed,
	"INVALID_PARAMETER":           "",
}

// Limits are what the document says of refunds of one trade, and how long the merchant's contract lets it be refunded.
func (g *Gateway) Limits() settle.Limits {
	return settle.Limits{Age: time.Duration(g.c.Days) * 24 * time.Hour, Apart: 3 * time.Second}
}

// Refund asks for a payout.
func (g *Gateway) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	switch {
	case p.Reference == "":
		return settle.Answer{Outcome: settle.Bounced, Reason: noReference}, nil
	case p.Amount.Currency != "CNY" || p.Captured.Currency != "CNY":
		return settle.Answer{Outcome: settle.Bounced, Reason: otherCurrency}, nil
	}
	text, err := g.ask(ctx, refundMethod, refundRequest{Trade: p.Reference, Amount: p.Amount.Decimal(), RefundNo: p.PayoutNo})
	if err != nil {
		return settle.Answer{}, err
	}
	var is said
	if err := json.Unmarshal(text, &is); err != nil {
		return settle.Answer{}, fmt.Errorf("alipay: answer: %w", err)
	}
	hint, refused := refusals[strings.TrimPrefix(is.SubCode, "ACQ.")]
	switch {
	case is.ok():
		return g.moved(ctx, p)
	case is.Code != failed || !refused:
		return settle.Answer{}, is.fault()
	}
	// A number that was paid already may be refused too, for what the refund itself changed: only the number tells.
	known, err := g.Query(ctx, p)
	if err != nil || known.Outcome != settle.Unknown {
		return known, err
	}
	return settle.Answer{Outcome: settle.Bounced, Reason: settle.Because(hint, is.SubMsg, is.SubCode)}, nil
}

// moved is the answer to a refund that was taken. The answer itself names neither the number nor its amount, only what the whole payment
// gave back so far; the query does. Where it does not know the number yet (ten seconds, by its document), the refund is on its way.
func (g *Gateway) moved(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	a, err := g.Query(ctx, p)
	if err == nil && a.Outcome == settle.Unknown {
		a = settle.Answer{Outcome: settle.Accepted, ExternalNo: p.Reference}
	}
	return a, err
}

// Query tells what became of a number.
func (g *Gateway) Query(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	text, err := g.ask(ctx, queryMethod, queryRequest{Trade: p.Reference, RefundNo: p.PayoutNo, Options: []string{"gmt_refund_pay"}})
	if err != nil {
		return settle.Answer{}, err
	}
	var is refunded
	if err := json.Unmarshal(text, &is); err != nil {
		return settle.Answer{}, fmt.Errorf("alipay: answer: %w", err)
	}
	switch {
	case is.Code == failed && strings.TrimPrefix(is.SubCode, "ACQ.") == "TRADE_NOT_EXIST":
		return settle.Answer{Outcome: settle.Unknown}, nil
	case !is.ok():
		return settle.Answer{}, is.fault()
	case is.RefundNo == "" && is.Amount == "":
		return settle.Answer{Outcome: settle.Unknown}, nil
	}
	return is.read(p)
}

// read makes an answer of what the provider says of a refund, which has to be the one that was asked for.
func (is refunded) read(p settle.Payout) (settle.Answer, error) {
	if is.RefundNo != p.PayoutNo || is.Trade != p.Reference {
		return settle.Answer{}, fmt.Errorf("alipay: asked for %s of %s, answered for %.64q of %.64q", p.PayoutNo, p.Reference, is.RefundNo, is.Trade)
	}
	amount, err := money.Parse(is.Amount, "CNY")
	switch {
	case err != nil:
		return settle.Answer{}, fmt.Errorf("alipay: refund %s: %w", p.PayoutNo, err)
	case amount != p.Amount:
		return settle.Answer{Outcome: settle.Bounced, ExternalNo: is.Trade, Reason: numberUsed}, nil
	case is.Status != "" && is.Status != "REFUND_SUCCESS":
		return settle.Answer{}, fmt.Errorf("alipay: refund %s is %.40q", p.PayoutNo, is.Status)
	}
	at, err := time.ParseInLocation(time.DateTime, is.At, civil)
	if err != nil {
		return settle.Answer{}, fmt.Errorf("alipay: time of refund %s: %w", p.PayoutNo, err)
	}
	return settle.Answer{Outcome: settle.Arrived, ExternalNo: is.Trade, At: clock.Of(at)}, nil
}
