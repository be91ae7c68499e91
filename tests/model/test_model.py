#!/usr/bin/env python3
"""The model against figures worked out by hand: every expected figure has its calculation beside it."""
import unittest
from datetime import date
from fractions import Fraction

import model

# Most tests use 300 in three rows of 100: disbursed 2026-01-15, due 02-15, 03-15, 04-15.
LOAN = {"account_id": "A", "program": "p", "principal": "300", "disbursed": "2026-01-15"}


def day(text):
    return date.fromisoformat(f"2026-{text}" if len(text) == 5 else text)


def program(**changes):
    rules = {
        "nol": "rules/1", "kind": "loan", "id": "p", "currency": {"code": "IDR", "decimals": "0"},
        "in_force": "2020-01-01",
        "principal": {"min": "1", "max": "1_000_000_000"},
        "schedule": {
            "installments": {"min": "1", "max": "60", "default": "3"}, "every": "1 month", "split": "equal",
            "due": {"anchor": "disbursed", "day": "same", "missing_day": "last-of-month", "holiday": "none"},
            "rounding": {"unit": "1", "mode": "down", "residual": "last"},
        },
        "allocation": {"components": ["penalty", "fee", "principal"], "by": "installment", "excess": "hold"},
        "arrears": {
            "basis": "days-past-due", "count_from": "day-after-due",
            "classes": [{"id": "good", "range": "0..30", "provision": "1%"},
                        {"id": "bad", "range": "31..", "provision": "50%"}],
            "non_performing": ["bad"],
            "provision": {"base": "outstanding", "rounding": {"unit": "1", "mode": "half-up"}},
        },
    }  # fmt: skip
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = rules
        for key in parents:
            node = node[key]
        node[last] = value
    return model.Program(rules)


def book(events=(), loan=None, **changes):
    """events: (id, type, MM-DD, amount, {further columns})."""
    rows = []
    for event_id, kind, when, amount, *more in events:
        row = {"event_id": event_id, "account_id": "A", "type": kind, "date": str(day(when)), "amount": str(amount)}
        row.update(more[0] if more else {})
        rows.append(row)
    return model.Book({"p": program(**changes)}, [LOAN | (loan or {})], rows)


def position(events=(), as_of="12-31", known_at=None, loan=None, **changes):
    made = book(events, loan, **changes)
    model.check_loan(made.loans[0])
    return model.position(made, made.loans[0], day(as_of), day(known_at) if known_at else model.FOREVER)


def plan(loan, **changes):
    rows = position([], "2199-12-31", loan=loan, **changes).account.rows
    return [row.principal_due for row in rows], [str(row.due) for row in rows]


def lines(p):
    return [(line.event.id, str(line.day)[5:], line.n, line.principal, line.credit) for line in p.account.lines]


class Splits(unittest.TestCase):
    def parts(self, total, n, unit, mode, residual):
        rounding = {"unit": str(unit), "mode": mode, "residual": residual}
        return model.split_equal(total, n, rounding, program())

    def test_last(self):
        # 1000/7 = 142.86: down to 10 is 140, six times 840, the rest 160; up is 150, six times 900, the rest 100
        self.assertEqual(self.parts(1000, 7, 10, "down", "last"), [140] * 6 + [160])
        self.assertEqual(self.parts(1000, 7, 10, "up", "last"), [150] * 6 + [100])

    def test_first(self):
        # 140 six times is 840, the first row has 160
        self.assertEqual(self.parts(1000, 7, 10, "half-up", "first"), [160] + [140] * 6)

    def test_leading(self):
        # 1005/7 = 143.57: seven times 140 is 980; of 25 left two units of 10 go to rows 1, 2 and 5 to the last
        self.assertEqual(self.parts(1005, 7, 10, "down", "leading"), [150, 150, 140, 140, 140, 140, 145])

    def test_cumulative(self):
        # k x 125 = 125 250 375 500 625 750 875: in tens half-even 12 25 38 50 62 75 88 and 100
        expected = [120, 130, 130, 120, 120, 130, 130, 120]
        self.assertEqual(self.parts(1000, 8, 10, "half-even", "cumulative"), expected)
        # half-up: 13 25 38 50 63 75 88 100
        expected = [130, 120, 130, 120, 130, 120, 130, 120]
        self.assertEqual(self.parts(1000, 8, 10, "half-up", "cumulative"), expected)

    def test_fixed_and_bullet(self):
        # 300 by 120: 120, 120, 60; bullet: all of it 3 months after 15 January
        parts, _ = plan({}, schedule__split={"fixed": "120"})
        self.assertEqual(parts, [120, 120, 60])
        self.assertEqual(plan({}, schedule__split="bullet"), ([300], ["2026-04-15"]))

    def test_no_row_may_vanish(self):
        # 2/3 up to 1 is 1: two rows of 1 leave nothing for the last
        with self.assertRaises(model.Refused):
            plan({"principal": "2"}, schedule__rounding={"unit": "1", "mode": "up", "residual": "last"})

    def test_rounding_ties(self):
        for x, mode, expected in [(25, "half-up", 30), (25, "half-even", 20), (35, "half-even", 40), (21, "up", 30),
                                  (29, "down", 20), (Fraction(76, 3), "half-even", 30)]:  # fmt: skip
            self.assertEqual(model.round_to_unit(x, 10, mode), expected, (x, mode))


class Dates(unittest.TestCase):
    def test_month_ends(self):
        # from 31 January in one step each: no drift after February
        _, dates = plan({"disbursed": "2026-01-31"})
        self.assertEqual(dates, ["2026-02-28", "2026-03-31", "2026-04-30"])
        _, dates = plan({"disbursed": "2028-01-31"})
        self.assertEqual(dates[0], "2028-02-29")

    def test_first_of_next(self):
        _, dates = plan({"disbursed": "2026-01-31"}, schedule__due__missing_day="first-of-next")
        self.assertEqual(dates, ["2026-03-01", "2026-03-31", "2026-05-01"])

    def test_leap_years(self):
        _, dates = plan({"disbursed": "2096-02-29", "installments": "8"}, schedule__every="1 year")
        # 2100 is no leap year, 2104 is
        self.assertEqual([dates[0], dates[3], dates[7]], ["2097-02-28", "2100-02-28", "2104-02-29"])

    def test_min_gap(self):
        # 1 April is 12 days after 20 March, less than 15: the plan starts one month later
        _, dates = plan({"disbursed": "2026-03-20"}, schedule__due__day="1", schedule__due__min_gap="15 days")
        self.assertEqual(dates, ["2026-05-01", "2026-06-01", "2026-07-01"])

    def test_anchor_agreed(self):
        # agreed 1 January, paid out 10 March: 1 February and 1 March are not after it, row 1 is 1 April
        _, dates = plan({"agreed": "2026-01-01", "disbursed": "2026-03-10"}, schedule__due__anchor="agreed")
        self.assertEqual(dates[0], "2026-04-01")

    def test_given(self):
        _, dates = plan({"first_due": "2026-01-31"}, schedule__due__anchor="given")
        self.assertEqual(dates, ["2026-01-31", "2026-02-28", "2026-03-31"])

    def test_grace(self):
        # before-term: 3 rows after 2 months of grace, first due 3 months after 15 January
        grace = {"length": "2 months", "place": "before-term", "list_rows": "true"}
        p = position([], loan={}, schedule__grace=grace)
        self.assertEqual([str(row.due) for row in p.account.rows], ["2026-04-15", "2026-05-15", "2026-06-15"])
        self.assertEqual([str(row.due) for row in p.account.zero_rows], ["2026-02-15", "2026-03-15"])
        # within-term: 3 rows of which 2 carry nothing
        parts, dates = plan({}, schedule__grace={"length": "2 months", "place": "within-term"})
        self.assertEqual((parts, dates), ([300], ["2026-04-15"]))

    def test_design_example(self):
        # 25,000,000/36 = 694,444.4: 694,000, thirty-five times 24,290,000, the rest 710,000
        parts, dates = plan(DESIGN_LOAN, **DESIGN_RULES)
        self.assertEqual((parts[0], parts[35], len(parts)), (694_000, 710_000, 36))
        self.assertEqual((dates[0], dates[35]), ("2026-08-31", "2029-07-31"))


DESIGN_LOAN = {"principal": "25000000", "agreed": "2026-01-20", "disbursed": "2026-01-31", "installments": "36"}
DESIGN_RULES = {
    "schedule__grace": {"length": "6 months", "place": "before-term"},
    "schedule__rounding": {"unit": "1_000", "mode": "down", "residual": "last"},
}


class Arrears(unittest.TestCase):
    def test_design_late_payer(self):
        # two rows paid; 31 Oct, 30 Nov, 31 Dec, 31 Jan, 28 Feb are late on 31 March (due that day is not late):
        # 5 x 694,000; 31 Oct to 31 Mar = 30 + 31 + 31 + 28 + 31 = 151; outstanding 25,000,000 - 1,388,000
        events = [("e1", "repay", "08-31", 694_000), ("e2", "repay", "09-30", 694_000)]
        p = position(events, "2027-03-31", loan=DESIGN_LOAN, **DESIGN_RULES)
        self.assertEqual((p.overdue, p.installments_overdue, p.days_past_due), (3_470_000, 5, 151))
        self.assertEqual((p.class_id, p.outstanding, p.provision), ("bad", 23_612_000, 11_806_000))

    def test_late_payment(self):
        # row 1 (15 Feb): 40 in time, 60 five days late; on 20 March row 2 is 5 days late
        p = position([("e1", "repay", "02-15", 40), ("e2", "repay", "02-20", 60)], "03-20")
        row = p.account.rows[0]
        self.assertEqual((row.paid_in_advance, row.paid_late, row.paid_on), (0, 60, day("02-20")))
        self.assertEqual((p.days_past_due, p.oldest_due, p.due_to_date, p.paid_to_date), (5, day("03-15"), 200, 100))

    def test_count_from(self):
        # due 15 Feb, as-of 20 Feb: 5 days; the due date as day 1: 6; after 3 days of tolerance: 2; within 5: none
        for count_from, tolerance, expected in [
            ("day-after-due", "0 days", 5),
            ("due-date", "0 days", 6),
            ("end-of-tolerance", "3 days", 2),
            ("due-date", "5 days", 0),
        ]:
            p = position([], "02-20", arrears__count_from=count_from, arrears__tolerance=tolerance)
            self.assertEqual(p.days_past_due, expected)

    def test_ignore_below(self):
        # 100 overdue: not below 100, but below 101; still shown
        self.assertEqual(position([], "02-20", arrears__ignore_below="100").days_past_due, 5)
        p = position([], "02-20", arrears__ignore_below="101")
        self.assertEqual((p.days_past_due, p.overdue, p.class_id), (0, 100, "good"))

    def test_collateral(self):
        # 16 Feb: class good, in less_not_for, 1 % of 300; 31 March: 44 days late, 50 % of 300 - 101 = 99.5, half-up
        provision = {"base": "outstanding", "less": "collateral", "less_not_for": ["good"],
                     "rounding": {"unit": "1", "mode": "half-up"}}  # fmt: skip
        for as_of, expected in [("02-16", (300, 3)), ("03-31", (199, 100))]:
            p = position([], as_of, loan={"collateral": "101"}, arrears__provision=provision)
            self.assertEqual((p.provision_base, p.provision), expected)

    def test_non_current(self):
        # 24 rows from 15 Feb 2026: on 15 Jan 2026 those after 15 Jan 2027 are rows 13..24: half of 300 (12 each: 288,
        # the last row 12 + 12 = 24; rows 13..24 are 11 x 12 + 24 = 156)
        p = position([], "01-15", loan={"installments": "24"})
        self.assertEqual((p.non_current, p.current), (156, 144))


class Credit(unittest.TestCase):
    PAID = [("e1", "repay", "02-15", 150)]  # 100 for row 1 and 50 more

    def test_hold(self):
        p = position(self.PAID, "03-14")
        self.assertEqual((p.credit, p.outstanding), (50, 200))
        self.assertEqual(lines(p), [("e1", "02-15", 1, 100, 0), ("e1", "02-15", None, 0, 50)])
        p = position(self.PAID, "03-15")  # used on the day row 2 falls due
        self.assertEqual((p.credit, p.outstanding), (0, 150))
        self.assertEqual(lines(p)[2:], [("e1", "03-15", 2, 50, -50)])
        self.assertEqual((p.account.rows[1].paid_in_advance, p.account.rows[1].paid_on), (0, None))

    def test_next_and_last(self):
        for excess, n in [("next", 2), ("last", 3)]:
            p = position(self.PAID, "02-20", allocation__excess=excess)
            self.assertEqual(lines(p), [("e1", "02-15", 1, 100, 0), ("e1", "02-15", n, 50, 0)])
            self.assertEqual(p.account.rows[n - 1].paid_in_advance, 50)

    def test_credit_keeps_its_rule_and_its_order(self):
        # excess changes from hold to next on 1 March: e1's 50 stay credit, e2 (3 March) goes to row 2 at once,
        # on 15 March e1 pays what is left of row 2 (100 - 60 = 40), on 15 April row 3
        change = [{"from": "2026-03-01", "set": [{"path": "allocation.excess", "was": "hold", "value": "next"}]}]
        p = position(self.PAID + [("e2", "repay", "03-03", 60)], "04-15", amendments=change)
        self.assertEqual(
            lines(p)[2:], [("e2", "03-03", 2, 60, 0), ("e1", "03-15", 2, 40, -40), ("e1", "04-15", 3, 10, -10)]
        )

    def test_closed_and_refund(self):
        # 320 paid: 20 too much, 5 refunded
        events = [("e1", "repay", "04-15", 320), ("e2", "refund", "04-20", 5)]
        p = position(events, "04-30")
        self.assertEqual((p.status, p.credit, p.repaid), ("closed", 15, 300))
        self.assertEqual(lines(p)[-1], ("e2", "04-20", None, 0, -5))
        with self.assertRaises(model.Refused):
            position([events[0], ("e2", "refund", "04-20", 21)], "04-30")


class UncoveredRefund(unittest.TestCase):
    def events(self, when, back, amount=100):
        return [("e1", "repay", when, 100), ("e2", "refund", when, amount),
                ("e3", "reverse", when, "", {"ref": "e1", "recorded": str(day(back))})]  # fmt: skip

    def test_falls_due_in_the_next_row(self):
        events = self.events("02-10", "02-20")
        p = position(events, "02-28", "02-19")  # the reversal is not known yet
        self.assertEqual((p.disbursed, p.credit, p.account.rows[0].principal_due), (300, 0, 100))
        p = position(events, "02-28")  # 100 lent anew, due 15 Feb
        self.assertEqual((p.disbursed, p.outstanding, p.overdue), (400, 400, 200))
        self.assertEqual([row.principal_due for row in p.account.rows], [200, 100, 100])
        self.assertEqual(lines(p), [])

    def test_on_the_last_due_date_and_after(self):
        p = position(self.events("04-15", "04-15"))
        self.assertEqual([row.principal_due for row in p.account.rows], [100, 100, 200])
        p = position([("e0", "repay", "04-15", 300)] + self.events("05-01", "05-02", 60))
        extra = p.account.rows[3]
        self.assertEqual((extra.n, extra.due, extra.principal_due, p.status), (4, day("05-01"), 60, "active"))

    def test_reversed_before_the_refund(self):
        events = self.events("02-10", "02-10")
        late = events[:1] + [("e2", "refund", "02-10", 100, {"recorded": "2026-02-11"})] + events[2:]
        self.assertEqual(position(events).disbursed, 400)
        with self.assertRaises(model.Refused):
            position(late)

    def test_partly_covered(self):
        # 30 of credit are there, 70 are not
        p = position([("e0", "repay", "02-01", 30)] + self.events("02-10", "02-20"), "02-14")
        self.assertEqual((p.disbursed, p.credit, lines(p)[-1]), (370, 0, ("e2", "02-10", None, 0, -30)))


class Opening(unittest.TestCase):
    EVENTS = [("o", "opening", "03-01", 150, {"document": "d"})]

    def test_rows(self):
        # row 1 as if paid on its due date, 50 of row 2 on 1 March, before it is due
        p = position(self.EVENTS, "03-01")
        one, two = p.account.rows[:2]
        self.assertEqual((one.paid_on, one.paid_in_advance, one.paid_late), (day("02-15"), 0, 0))
        self.assertEqual((two.paid_on, two.paid_in_advance), (None, 50))
        self.assertEqual(lines(p), [("o", "03-01", 1, 100, 0), ("o", "03-01", 2, 50, 0)])

    def test_not_there_before(self):
        self.assertIsNone(position(self.EVENTS, "02-28"))
        with self.assertRaises(model.Refused):
            position(self.EVENTS + [("e1", "repay", "02-28", 1)], "03-01")

    def test_movement(self):
        made = book(self.EVENTS + [("e1", "repay", "03-15", 50)])
        asked = model.Asked(day("03-31"), start=day("03-01"))
        # taken over 300 - 150, then 50 repaid; 16 days late? no: row 2 is paid on 15 March. provision 1 % of 100
        figures = model.judge(made, made.loans[0], asked)
        self.assertEqual(model.movement_of(figures, asked), [0, 0, 150, 0, 50, 0, 0, 100, 0, 1, 0, 1])


class WriteOff(unittest.TestCase):
    EVENTS = [("e1", "repay", "02-15", 100), ("w", "write-off", "04-01", ""), ("r", "recover", "04-20", 250)]

    def test_recover(self):
        # 200 written off; of 250 recovered 200 pay rows 2 and 3 (both late), 50 is credit
        p = position(self.EVENTS, "04-30")
        self.assertEqual((p.status, p.written_off, p.recovered, p.claim, p.credit), ("written-off", 200, 200, 0, 50))
        self.assertEqual((p.outstanding, p.repaid, p.class_id, p.overdue, p.provision), (0, 100, "", 0, 0))
        self.assertEqual([row.paid_late for row in p.account.rows], [0, 100, 100])

    def test_every_row_counts_as_due(self):
        p = position(self.EVENTS[:2] + [("r", "repay", "04-02", 150)], "04-10")
        self.assertEqual((p.recovered, p.claim, p.account.rows[2].paid_in_advance), (150, 50, 50))

    def test_reversed(self):
        # without its write-off the recover is a repay: 200 close the loan, 50 are credit
        p = position(self.EVENTS + [("x", "reverse", "05-01", "", {"ref": "w"})], "05-31")
        self.assertEqual((p.status, p.repaid, p.recovered, p.credit), ("closed", 300, 0, 50))

    def test_refused_or_without_effect(self):
        with self.assertRaises(model.Refused):
            position([("r", "recover", "04-20", 1)])
        # 300 paid on 15 Feb are credit until the rows fall due; on 16 April nothing is unpaid
        paid = [("e1", "repay", "02-15", 300), ("w", "write-off", "04-16", "")]
        with self.assertRaises(model.Refused):
            position(paid)
        paid[0] += ({"recorded": "2026-04-17"},)  # the payment was found after the write-off had been booked
        self.assertEqual(position(paid).status, "closed")

    def test_refund_of_a_reversed_payment(self):
        # 40 paid in January is credit; written off 1 Feb: claim 300; refunded 2 Feb, the payment reversed on 3 Feb:
        # 40 lent anew, written off at once, due with row 1
        events = [("e1", "repay", "01-20", 40), ("w", "write-off", "02-01", ""), ("f", "refund", "02-02", 40),
                  ("x", "reverse", "02-03", "", {"ref": "e1"})]  # fmt: skip
        p = position(events, "02-28")
        self.assertEqual((p.disbursed, p.written_off, p.claim, p.outstanding), (340, 340, 340, 0))
        self.assertEqual(p.account.rows[0].principal_due, 140)


class Movement(unittest.TestCase):
    def test_restated(self):
        # published: 300; 100 of February is recorded on 5 March: restated -100; 100 repaid in March, 100 left.
        # provision: 300 x 1 % = 3 (28 Feb: row 1 is 13 days late), 100 x 1 % = 1
        made = book([("e1", "repay", "02-15", 100, {"recorded": "2026-03-05"}), ("e2", "repay", "03-15", 100)])
        asked = model.Asked(day("03-31"), start=day("03-01"), start_known_at=day("02-28"))
        figures = model.judge(made, made.loans[0], asked)
        self.assertEqual(model.movement_of(figures, asked), [300, -100, 0, 0, 100, 0, 0, 100, 3, -2, 0, 1])

    def test_written_off(self):
        # 31 March: row 1 is 44 days late: 50 % of 300. April: all written off, the allowance is used up, no expense
        made = book([("w", "write-off", "04-10", "")])
        asked = model.Asked(day("04-30"), start=day("04-01"))
        figures = model.judge(made, made.loans[0], asked)
        self.assertEqual(model.movement_of(figures, asked), [300, 0, 0, 0, 0, 300, 0, 0, 150, 0, 150, 0])


class Rest(unittest.TestCase):
    def test_reversed_reverse(self):
        events = [("e1", "repay", "02-15", 100), ("r1", "reverse", "02-20", "", {"ref": "e1"}),
                  ("r2", "reverse", "02-25", "", {"ref": "r1"})]  # fmt: skip
        for known_at, repaid in [("02-19", 100), ("02-20", 0), ("02-25", 100)]:
            self.assertEqual(position(events, "02-28", known_at).repaid, repaid)

    def test_statuses(self):
        pending = {"disbursed": "", "agreed": "2026-01-01"}
        self.assertEqual(position([], loan=pending).status, "pending")
        self.assertEqual(position([("c", "cancel", "02-01", "")], loan=pending).status, "cancelled")
        p = position([("d", "disburse", "02-01", 200)], "02-01", loan=pending)  # part of it: 200/3 = 66.67
        self.assertEqual([row.principal_due for row in p.account.rows], [66, 66, 68])

    def test_limits(self):
        for row in [{"principal": "1000000001"}, {"installments": "61"}, {"disbursed": "2019-12-31"}]:
            with self.assertRaises(model.Refused):
                position(loan=row)

    def test_amendment(self):
        change = [{"from": "2026-02-01", "set": [
            {"path": "arrears.classes.good.provision", "was": "0.01", "value": "2%"},
            {"path": "arrears.tolerance", "was": "absent", "value": "5 days"}]}]  # fmt: skip
        before, after = (position([], as_of, amendments=change) for as_of in ("01-31", "02-20"))
        # 1 % and 2 % of 300; 5 days late are within the tolerance
        self.assertEqual((before.provision, after.provision, after.days_past_due), (3, 6, 0))
        change[0]["set"][0]["was"] = "3%"
        with self.assertRaises(model.BadRules):
            position([], amendments=change)

    def test_text(self):
        self.assertEqual([model.amount_text(minor, 3) for minor in (0, -5, 12345)], ["0.000", "-0.005", "12.345"])
        self.assertEqual([model.ratio_text(*pair) for pair in ((2, 3), (0, 5), (1, 0))], ["0.666667", "0.000000", ""])
        self.assertEqual(model.csv_text([["a,b", 'c"d', "", "e f"]]), '"a,b","c""d",,e f\n')
        self.assertEqual((model.to_amount("1_000.50", 2), model.to_number("1/3")), (100050, Fraction(1, 3)))


if __name__ == "__main__":
    unittest.main()
