package flow_test

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

// ahead is an exchange of size 38 for 39 that goes first: the deposit is asked for, 269.00 of 269.00.
func (k *kit) ahead() (flow.Recorded, flow.View) {
	k.t.Helper()
	k.stocked("SH-2401-38", "SH-2401", 26900, 0)
	k.stocked("SH-2401-39", "SH-2401", 39900, 3)
	o := k.sold(2, 0, []article{{"SH-2401-38", 26900, 1}})
	v := k.swap(o, "SH-2401-39")
	return o, k.ok(k.f.Advance(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "周末要穿"))
}

// deposit is the case's last deposit.
func (k *kit) deposit(v flow.View) (s settle.Settlement) {
	k.t.Helper()
	for _, x := range v.Settlements {
		if x.Kind == settle.Deposit {
			s = x.Settlement
		}
	}
	if s.ID == 0 {
		k.t.Fatalf("no deposit in %+v", v.Settlements)
	}
	return s
}

// wants holds a case to what it shows, and everything that is kept of it.
func (k *kit) wants(o flow.Recorded, v flow.View, status string, whose cases.Status, deposit settle.State) {
	k.t.Helper()
	if got := k.deposit(v).State; v.Lines[0].Status != status || v.Case.Status != whose || got != deposit {
		k.t.Fatalf("%s, the case is %s, the deposit %s; want %s, %s, %s", v.Lines[0].Status, v.Case.Status, got, status, whose, deposit)
	}
	k.sound(o, v)
	k.must(deposited(k.ctx(), k.f.DB, k.shop.ID))
}

// out is the parcel with the new pair, old the one with the old pair.
func out(v flow.View) movement.Movement { return v.Movements[1].Movement }
func old(v flow.View) movement.Movement { return v.Movements[0].Movement }

// gone has the deposit placed, the new pair sent, and delivered.
func (k *kit) gone(v flow.View) flow.View {
	k.t.Helper()
	s := k.deposit(v)
	k.ok(k.f.PlaceHold(k.ctx(), finance, k.shop.ID, s.ID, 0, k.receipt("AUTH-"+s.PayoutNo, s.Minor)))
	k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out(v).ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"}))
	k.ok(k.f.Tell(k.ctx(), agent, k.shop.ID, out(v).ID, 0, "单号 EMS000001"))
	return k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, out(v).ID, 0))
}

// captured confirms what is to be captured.
func (k *kit) captured(v flow.View, minor int64) (flow.View, error) {
	s := k.deposit(v)
	return k.f.Captured(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "CAP-" + s.PayoutNo, Minor: minor, At: k.clock.Now(), Proof: "扣款截图"})
}

// arrives brings the old pair back and has it counted.
func (k *kit) arrives(v flow.View) flow.View {
	k.t.Helper()
	k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, old(v).ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT000001"}))
	return k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, old(v).ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
}

// The new pair leaves before the old one is back, and not before the deposit is held: number, amount, time, proof. What is held is no payment and stands
// in no books. The old one comes back as it should: all of it is let go, once.
func TestAheadAndBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, v := k.ahead()
		k.wants(o, v, "awaiting_hold", cases.Customer, settle.AwaitingHold)
		s := k.deposit(v)
		if s.Minor != 26900 || len(v.Movements) != 2 || k.inStock("SH-2401-39").Held != 1 {
			t.Fatalf("%+v, %d parcels", s, len(v.Movements))
		}
		_, err := k.f.ShipOut(k.ctx(), agent, k.shop.ID, out(v).ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"})
		k.refused("flow.not_now", err)
		_, err = k.f.PlaceHold(k.ctx(), finance, k.shop.ID, s.ID, 0, k.receipt("AUTH-1", 26800))
		k.refused("invalid_input", err)
		_, err = k.f.Collect(k.ctx(), finance, k.shop.ID, s.ID, 0, k.receipt("AUTH-1", 26900))
		k.refused("flow.not_now", err)
		v = k.gone(v)
		k.wants(o, v, "awaiting", cases.Customer, settle.OnHold)
		if by := old(v).SendBy; *by != *k.today(10) { // she had ten days from the day she asked, and more than the seven from today
			t.Fatalf("until %s", by)
		}
		if b := k.balances(); b["received:bank"] != 0 || b["deposits:customers"] != 0 || len(b) != 0 {
			t.Fatalf("%v", b)
		}
		v = k.arrives(v)
		k.wants(o, v, "received", cases.Unassigned, settle.OnHold)
		if !v.Case.Work.Receive {
			t.Fatal("nobody is to look at it")
		}
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact(), ""))
		k.wants(o, v, "to_release", cases.Money, settle.ToRelease)
		_, err = k.captured(v, 26900)
		k.refused("flow.not_now", err)
		v = k.ok(k.f.Released(k.ctx(), finance, k.shop.ID, s.ID, 0, "解冻截图"))
		k.wants(o, v, "delivered", cases.Closed, settle.Released)
		_, err = k.f.Released(k.ctx(), finance, k.shop.ID, s.ID, 0, "解冻截图")
		k.refused("flow.not_now", err)
		if len(v.Movements) != 2 || len(v.Settlements) != 1 || len(k.balances()) != 0 || len(k.given(o).Lines) != 2 {
			t.Fatalf("%+v %+v", v.Movements, v.Settlements)
		}
	})
}

// Who may is the pack's table: a dear pair goes first with the supervisor alone, and where the table says nobody, none does.
func TestWhoMayGoAhead(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-7-38", "SH-7", 59001, 5)
		k.stocked("SH-1-38", "SH-1", 50001, 0)
		o := k.sold(2, 0, []article{{"SH-1-38", 50001, 1}})
		v := k.swap(o, "SH-7-38")
		_, err := k.f.Advance(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "急")
		k.refused("flow.supervisor_needed", err)
		v = k.ok(k.f.Advance(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0, "急"))
		k.wants(o, v, "awaiting_payment", cases.Customer, settle.AwaitingHold)
		_, err = k.f.WaiveHold(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, "老顾客")
		k.refused("flow.supervisor_needed", err)
		v = k.ok(k.f.WaiveHold(k.ctx(), supervisor, k.shop.ID, k.deposit(v).ID, 0, "老顾客"))
		k.wants(o, v, "awaiting_payment", cases.Customer, settle.Waived) // the difference is no deposit
		_, err = k.f.ShipOut(k.ctx(), agent, k.shop.ID, out(v).ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"})
		k.refused("flow.not_now", err)
		v = k.ok(k.f.Collect(k.ctx(), finance, k.shop.ID, k.charged(v).ID, 0, k.receipt("B-1", 9000)))
		k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out(v).ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"}))
		v = k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, out(v).ID, 0))
		v = k.arrives(v)
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact(), ""))
		k.wants(o, v, "delivered", cases.Closed, settle.Released) // nothing was held, so nobody has to release it

		trial := newTrial(t, k.f.DB.Dialect())
		for key, more := range map[string][]any{"flow.no_advance": {"trial.ahead", false}, "flow.advance_open": nil} {
			d, err := trialStart{remedy: "exchange", route: settle.ByBank, more: more}.open(trial, "none", nil)
			k.must(err)
			_, err = trial.f.Advance(k.ctx(), boss, trial.shop.ID, d.line, 0, "急")
			k.refused(key, err)
		}
	})
}

// The old pair does not come. She is told until when, two days before; to the last moment it is hers, then all that was held is captured, once. A pair
// that comes after all is paid back, less what it has lost.
func TestOldOneNeverComes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, v := k.ahead()
		v = k.gone(v)
		k.clock.Set(k.dayEnd(8) - 1)
		if k.work(); v.Case.DueKind != cases.DueTell || *v.Case.DueAt != k.clock.Now()+1 {
			t.Fatalf("%s %v", v.Case.DueKind, v.Case.DueAt)
		}
		v = k.ok(k.f.Tell(k.ctx(), agent, k.shop.ID, old(v).ID, 0, "12月1日前寄回，否则扣押金"))
		last := *old(v).SendBy
		if v.Case.DueKind != cases.DueSend || last != *k.today(2) {
			t.Fatalf("%s until %s", v.Case.DueKind, last)
		}
		_, err := k.f.CaptureHold(k.ctx(), supervisor, k.shop.ID, k.deposit(v).ID, 0, 26900, "没寄")
		k.refused("flow.still_time", err)
		k.clock.Set(k.dayEnd(2) - 1)
		k.work()
		k.wants(o, k.again(v), "awaiting", cases.Customer, settle.OnHold)
		k.clock.Advance(time.Microsecond)
		k.work()
		v = k.again(v)
		k.wants(o, v, "to_capture", cases.Money, settle.ToCapture)
		if s := k.deposit(v); s.Taken != 26900 || k.balances()["received:bank"] != 0 {
			t.Fatalf("%+v %v", s, k.balances())
		}
		_, err = k.captured(v, 26800)
		k.refused("invalid_input", err)
		v = k.ok(k.captured(v, 26900))
		k.wants(o, v, "delivered", cases.Closed, settle.Captured)
		_, err = k.captured(v, 26900)
		k.refused("flow.not_now", err)
		if b := k.balances(); b["received:bank"] != 26900 || b["deposits:customers"] != -26900 {
			t.Fatalf("%v", b)
		}

		v = k.arrives(v)
		k.wants(o, v, "received", cases.Unassigned, settle.Captured)
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact("exchange.old_loss", 2000), "鞋盒压坏"))
		k.wants(o, v, "delivered", cases.Money, settle.Captured)
		back := v.Settlements[1]
		if back.Kind != settle.Refund || back.Minor != 24900 || back.Route != settle.ByBank {
			t.Fatalf("%+v", v.Settlements)
		}
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, back.ID, 0))
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, back.ID, 0, settle.Confirmation{ExternalNo: "R-1", Minor: 24900, At: k.clock.Now(), Proof: "p"}))
		k.wants(o, v, "delivered", cases.Closed, settle.Captured)
	})
}

// From whom nobody told it nothing is captured, however long it takes; told late, he has the days of notice from then.
func TestNothingIsCapturedFromWhoWasNotTold(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, v := k.ahead()
		v = k.gone(v)
		k.clock.Set(k.dayEnd(30))
		k.work()
		v = k.again(v)
		k.wants(o, v, "awaiting", cases.Customer, settle.OnHold)
		_, err := k.f.CaptureHold(k.ctx(), supervisor, k.shop.ID, k.deposit(v).ID, 0, 26900, "没寄")
		k.refused("flow.not_told", err)
		v = k.ok(k.f.Tell(k.ctx(), agent, k.shop.ID, old(v).ID, 0, "两天内寄回"))
		if by := old(v).SendBy; *by != *k.today(2) {
			t.Fatalf("until %s", by)
		}
		v = k.ok(k.f.Extend(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, *k.today(5), "出差，周五回来"))
		_, err = k.f.Extend(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, *k.today(5), "再说一遍")
		k.refused("flow.extend_day", err)
		_, err = k.f.Extend(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, *k.today(61), "明年")
		k.refused("flow.extend_day", err)
		k.clock.Set(k.dayEnd(2))
		k.work()
		k.wants(o, k.again(v), "awaiting", cases.Customer, settle.OnHold)
		k.clock.Set(k.dayEnd(3))
		k.work()
		v = k.again(v)
		k.wants(o, v, "to_capture", cases.Money, settle.ToCapture)
		v = k.ok(k.f.Extend(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, *k.today(2), "今天寄")) // finance has not captured it yet
		k.wants(o, v, "awaiting", cases.Customer, settle.OnHold)
		if k.deposit(v).Taken != 0 {
			t.Fatalf("%+v", k.deposit(v))
		}
	})
}

// What comes back is not what was sold, or was worn: it goes home, and the deposit is captured; she has paid for both. Lost on the way it is the carrier's,
// and she gets her money.
func TestOldOneIsNotAsItShouldBe(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, v := k.ahead()
		v = k.arrives(k.gone(v))
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, facts("goods.worn", true, "goods.resaleable", false, "goods.tag_removed", true, "goods.inner_pack_missing", false), ""))
		k.wants(o, v, "to_ship", cases.Unassigned, settle.ToCapture)
		home := v.Movements[2]
		if home.Purpose != movement.SendBack || v.Lines[0].State != "rejected" {
			t.Fatalf("%+v %s", home, v.Lines[0].State)
		}
		_, err := k.f.Reopen(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "再看看")
		k.refused("flow.not_now", err)
		v = k.ok(k.captured(v, 26900))
		k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, home.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000002"}))
		v = k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, home.ID, 0))
		k.wants(o, v, "rejected", cases.Closed, settle.Captured)

		o, v = k.ahead()
		v = k.gone(v)
		k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, old(v).ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT000002"}))
		v = k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, old(v).ID, 0))
		k.wants(o, v, "lost", cases.Unassigned, settle.OnHold)
		_, err = k.f.ReleaseHold(k.ctx(), agent, k.shop.ID, k.deposit(v).ID, 0, "圆通丢件")
		k.refused("flow.supervisor_needed", err)
		v = k.ok(k.f.ReleaseHold(k.ctx(), supervisor, k.shop.ID, k.deposit(v).ID, 0, "圆通丢件"))
		v = k.ok(k.f.Released(k.ctx(), finance, k.shop.ID, k.deposit(v).ID, 0, "解冻截图"))
		if len(v.Claims) != 1 || k.deposit(v).State != settle.Released || status(v) != "delivered" {
			t.Fatalf("%+v %s", v.Claims, status(v))
		}
		k.sound(o, v)
	})
}

// It is partly captured at what the inspection found, the rest let go with it; never more than is held.
func TestPartOfADepositIsCaptured(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for loss, taken := range map[int64]int64{3000: 3000, 99999: 26900} {
			o, v := k.ahead()
			v = k.arrives(k.gone(v))
			_, err := k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact("exchange.old_loss", -1), "")
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatalf("less than nothing: %v", err)
			}
			v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact("exchange.old_loss", loss), "鞋面划痕"))
			k.wants(o, v, "to_capture", cases.Money, settle.ToCapture)
			if s := k.deposit(v); s.Taken != taken {
				t.Fatalf("%+v", s)
			}
			v = k.ok(k.captured(v, taken))
			k.wants(o, v, "delivered", cases.Closed, settle.Captured)
		}
	})
}

// She thinks better of it before the new pair has left: it stays here, and what is held is let go. So it is when the money is taken instead.
func TestAheadIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, v := k.ahead()
		v = k.ok(k.f.Cancel(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "不换了"))
		if k.deposit(v).State != settle.Voided || v.Case.Status != cases.Closed || out(v).State != movement.Cancelled || k.inStock("SH-2401-39").Held != 0 {
			t.Fatalf("%+v", v)
		}
		o, v = k.ahead()
		s := k.deposit(v)
		k.ok(k.f.PlaceHold(k.ctx(), finance, k.shop.ID, s.ID, 0, k.receipt("AUTH-9", s.Minor)))
		v = k.ok(k.f.RefundInstead(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "还是退款吧"))
		k.wants(o, v, "to_release", cases.Money, settle.ToRelease)
		v = k.ok(k.f.Released(k.ctx(), finance, k.shop.ID, s.ID, 0, "解冻截图"))
		k.wants(o, v, "awaiting", cases.Customer, settle.Released)
		if v.Lines[0].Remedy != "refund_return" || out(v).State != movement.Cancelled {
			t.Fatalf("%+v", v.Lines[0])
		}
	})
}

// dayEnd is the end of a day of the shop, some days from now.
func (k *kit) dayEnd(days int) clock.Instant {
	d := k.clock.Now().Time().In(shanghai)
	return clock.Of(time.Date(d.Year(), d.Month(), d.Day()+days+1, 0, 0, 0, 0, shanghai))
}
