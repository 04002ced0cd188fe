package wechatpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Notified takes a notification 退款结果通知 and returns the payout number it is about, "" where it is about no refund of ours. What
// it says beyond the number is not used: whoever gets it asks by Query.
func (g *Gateway) Notified(ctx context.Context, h http.Header, body []byte) (payoutNo string, err error) {
	if err := g.verify(ctx, h, body); err != nil {
		return "", err
	}
	var n struct {
		Event    string `json:"event_type"`
		Resource sealed `json:"resource"`
	}
	if err := json.Unmarshal(body, &n); err != nil {
		return "", fmt.Errorf("wechat pay: notification: %w", err)
	}
	if !strings.HasPrefix(n.Event, "REFUND.") { // SUCCESS, ABNORMAL, CLOSED
		return "", nil
	}
	text, err := g.open(n.Resource)
	if err != nil {
		return "", err
	}
	var about struct {
		Merchant string `json:"mchid"`
		RefundNo string `json:"out_refund_no"`
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return "", fmt.Errorf("wechat pay: notification: %w", err)
	}
	if about.Merchant != g.c.Merchant {
		return "", fmt.Errorf("wechat pay: notification for merchant %.32q", about.Merchant)
	}
	return about.RefundNo, nil
}
