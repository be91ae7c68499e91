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


def owed(p):
    return [(row.n, str(row.due)[5:], row.principal_due) for row in p.account.rows]


def fees(p):
    return [(line.event.id, str(line.day)[5:], line.n, *line.parts.values(), line.credit) for line in p.account.lines]


def lumajang(**changes):
    """1,000,000 over 12 months, rounded up to 5,000."""
    rounding = {"unit": "5_000", "mode": "up", "residual": "last"}
    return plan({"principal": "1000000", "installments": "12"}, schedule__rounding=rounding, **changes)


class Schedule(unittest.TestCase):
    SHARES = {"shares": ["10%", "20%", "30%", "40%"]}

    def test_lumajang(self):
        # published: 11 x 85,000 + 65,000 (1,000,000 / 12 = 83,333.3, up to 85,000; the rest 1,000,000 - 935,000)
        self.assertEqual(lumajang()[0], [85_000] * 11 + [65_000])

    def test_shares(self):
        # of 305 by the four residuals, in tens, down: 30.5 61 91.5 122
        for residual, expected in [("last", [30, 60, 90, 125]), ("first", [35, 60, 90, 120]),
                                   ("leading", [30, 60, 90, 125]), ("cumulative", [30, 60, 90, 125])]:  # fmt: skip
            rounding = {"unit": "10", "mode": "down", "residual": residual}
            parts, _ = plan({"principal": "305"}, schedule__split=self.SHARES, schedule__rounding=rounding)
            self.assertEqual(parts, expected, residual)
        # 328: 32.8 65.6 98.4 131.2 down to tens 30 60 90 130 is 310; leading: one ten to row 1, 8 to the last;
        # cumulative: 32.8 98.4 196.8 -> 30 90 190 328
        for residual, expected in [("leading", [40, 60, 90, 138]), ("cumulative", [30, 60, 100, 138])]:
            rounding = {"unit": "10", "mode": "down", "residual": residual}
            parts, _ = plan({"principal": "328"}, schedule__split=self.SHARES, schedule__rounding=rounding)
            self.assertEqual(parts, expected, residual)

    def test_shares_fix_n(self):
        with self.assertRaises(model.Refused):
            plan({"installments": "3"}, schedule__split=self.SHARES)
        self.assertEqual(plan({"installments": "4"}, schedule__split=self.SHARES)[0], [30, 60, 90, 120])

    def test_down_payment(self):
        # a third of 400 is 133.3, down 133, due on the day; 267 / 3 = 89
        p = position([], loan={"principal": "400"}, schedule__down_payment="1/3")
        self.assertEqual(owed(p), [(0, "01-15", 133), (1, "02-15", 89), (2, "03-15", 89), (3, "04-15", 89)])
        # 20 % of 4 is 0.8: nothing, refused
        with self.assertRaises(model.Refused):
            plan({"principal": "4"}, schedule__down_payment="20%")
        # with `fixed`: 300 - 60 = 240 by 100
        parts, _ = plan({}, schedule__down_payment="20%", schedule__split={"fixed": "100"})
        self.assertEqual(parts, [60, 100, 100, 40])

    def test_latest(self):
        # row 3 is 15 April: at the latest on 1 April, or 80 days after 15 January: 16 + 28 + 31 = 75 is 31 March
        for latest, expected in [("2026-04-01", "2026-04-01"), ("75 days", "2026-03-31"), ("3 months", "2026-04-15")]:
            self.assertEqual(plan({}, schedule__due__latest=latest)[1][2], expected)
        with self.assertRaises(model.Refused):  # row 2 is due then already
            plan({}, schedule__due__latest="2026-03-15")

    def test_custom(self):
        rows = [{"account_id": "A", "n": n, "due": due, "amount": amount}
                for n, due, amount in [(1, "2026-02-01", "50"), (4, "2026-05-31", "250")]]  # fmt: skip
        made = model.Book({"p": program(schedule__split="custom")}, [LOAN], [], rows)
        p = model.position(made, made.loans[0], day("12-31"), model.FOREVER)
        self.assertEqual(owed(p), [(1, "02-01", 50), (4, "05-31", 250)])
        rows[1]["amount"] = "249"
        made = model.Book({"p": program(schedule__split="custom")}, [LOAN], [], rows)
        with self.assertRaises(model.Refused):
            model.check_loan(made.loans[0])

    def test_periods(self):
        _, dates = plan({}, schedule__every="2 weeks")  # 15 January + 14, 28, 42 days
        self.assertEqual(dates, ["2026-01-29", "2026-02-12", "2026-02-26"])
        _, dates = plan({}, schedule__every="10 days")
        self.assertEqual(dates, ["2026-01-25", "2026-02-04", "2026-02-14"])
        _, dates = plan({"disbursed": "2028-02-29"}, schedule__every="1 year")
        self.assertEqual(dates, ["2029-02-28", "2030-02-28", "2031-02-28"])
        _, dates = plan({}, schedule__due__day="last")
        self.assertEqual(dates, ["2026-02-28", "2026-03-31", "2026-04-30"])

    def test_principal_by(self):
        by = {"column": "purpose", "max": {"goods": "200"}}
        for purpose, refused in [("goods", True), ("equipment", False), ("", False)]:
            made = book(loan={"purpose": purpose}, principal__by=by)
            if refused:
                self.assertRaises(model.Refused, model.check_loan, made.loans[0])
            else:
                model.check_loan(made.loans[0])


class Holidays(unittest.TestCase):
    def dates(self, holiday, loan=None, **changes):
        calendar = {"from": "2026-01-01", "until": "2026-12-31", "weekend": ["sat", "sun"],
                    "holidays": [{"date": "2026-03-16", "name": "a Monday"}]}  # fmt: skip
        made = book((), loan, schedule__due__holiday=holiday, schedule__due__calendar="c", **changes)
        made.programs["p"].calendars["c"] = model.Calendar(calendar)
        _, rows, _ = model.plan_of(made.loans[0], made.loans[0].disbursed, made.loans[0].principal)
        self.assertTrue(all(row.due_nominal.day == made.loans[0].disbursed.day for row in rows))
        return [str(row.due)[5:] for row in rows]

    def test_next_and_previous(self):
        # 15 February and 15 March 2026 are Sundays, 16 March is a holiday, 15 April a Wednesday
        self.assertEqual(self.dates("next"), ["02-16", "03-17", "04-15"])
        self.assertEqual(self.dates("previous"), ["02-13", "03-13", "04-15"])
        self.assertEqual(self.dates("modified-next"), ["02-16", "03-17", "04-15"])

    def test_modified_next(self):
        # 28 February 2026 is a Saturday, Monday is 2 March: Friday 27; 28 March a Saturday: Monday 30; 28 April Tuesday
        self.assertEqual(self.dates("modified-next", {"disbursed": "2026-01-28"}), ["02-27", "03-30", "04-28"])
        self.assertEqual(self.dates("next", {"disbursed": "2026-01-28"}), ["03-02", "03-30", "04-28"])

    def test_never_before_the_disbursement(self):
        # disbursed Saturday 10 January, row 1 a day later is a Sunday; Friday is before the disbursement: Monday 12.
        # Row 2 is that Monday, row 3 Tuesday
        rules = program(schedule__every="1 day", schedule__due__holiday="previous", schedule__due__calendar="c")
        rules.calendars["c"] = model.Calendar({"from": "2026-01-01", "until": "2026-12-31", "weekend": ["sat", "sun"]})
        _, rows, _ = model.plan_of(model.Loan(LOAN | {"disbursed": "2026-01-10"}, rules), day("01-10"), 300)
        self.assertEqual([str(row.due)[5:] for row in rows], ["01-12", "01-12", "01-13"])

    def test_outside_the_calendar(self):
        # 15 February 2027 is a Monday; 15 August 2027 a Sunday, but after `until`: not moved
        calendar = model.Calendar({"from": "2026-01-01", "until": "2026-12-31", "weekend": ["sun"]})
        self.assertTrue(calendar.is_business(day("2027-08-15")))
        self.assertFalse(calendar.is_business(day("2026-08-16")))


class Tranches(unittest.TestCase):
    PENDING = {"disbursed": "", "agreed": "2026-01-15"}

    def after(self, *events, **changes):
        events = [("d", "disburse", "01-15", 120)] + list(events)
        return position(events, loan=self.PENDING, **changes)

    def test_equal(self):
        # 40 40 40; 60 more on 20 February: rows 2 and 3 have 80 + 60 = 140, 70 each
        p = self.after(("e", "disburse", "02-20", 60))
        self.assertEqual(owed(p), [(1, "02-15", 40), (2, "03-15", 70), (3, "04-15", 70)])
        with self.assertRaises(model.Refused):  # 120 + 181 is more than 300
            self.after(("e", "disburse", "02-20", 181))
        with self.assertRaises(model.Refused):  # no row is due strictly after 15 April
            self.after(("e", "disburse", "04-15", 60))

    def test_down_payment(self):
        # half of 120 at once, 20 a row; of 60 on 20 February half at once in row 4, 40 + 30 = 70 in rows 2 and 3
        p = self.after(("e", "disburse", "02-20", 60), schedule__down_payment="50%")
        expected = [(0, "01-15", 60), (1, "02-15", 20), (4, "02-20", 30), (2, "03-15", 35), (3, "04-15", 35)]
        self.assertEqual(owed(p), expected)

    def test_shares(self):
        # 50 25 25 %: 60 30 30; 40 more on 20 February: 60 + 40 by 25 : 25
        p = self.after(("e", "disburse", "02-20", 40), schedule__split={"shares": ["50%", "25%", "25%"]})
        self.assertEqual(owed(p), [(1, "02-15", 60), (2, "03-15", 50), (3, "04-15", 50)])

    def test_fixed(self):
        # 50 50 20; 100 more on 20 February: rows 2 and 3 have 70 + 100 = 170: 50 50 and new rows 50 20
        p = self.after(("e", "disburse", "02-20", 100), schedule__split={"fixed": "50"})
        expected = [(1, "02-15", 50), (2, "03-15", 50), (3, "04-15", 50), (4, "05-15", 50), (5, "06-15", 20)]
        self.assertEqual(owed(p), expected)

    def test_paid_in_advance(self):
        # rows 2 and 3 are 40, both paid; 60 more: 140 by 2, 30 left in each
        p = self.after(("p", "repay", "02-15", 120), ("e", "disburse", "02-20", 60), allocation__excess="next")
        self.assertEqual([row.unpaid for row in p.account.rows], [0, 30, 30])
        self.assertEqual([row.paid_on for row in p.account.rows], [day("02-15"), None, None])

    def test_what_a_row_holds_too_much(self):
        # 130 by 3 is 43.3, up to 60, the rest first: 10 60 60; 70 pay rows 1 and 2. 10 more on 20 February: 130 by 2
        # is 65, up to 90: 40 and 90. Row 2 has been paid 60, 20 too much, which come off row 3
        events = [("d", "disburse", "01-15", 130), ("p", "repay", "02-15", 70), ("e", "disburse", "02-20", 10)]
        rounding = {"unit": "30", "mode": "up", "residual": "first"}
        p = position(events, loan=self.PENDING, schedule__rounding=rounding, allocation__excess="next")
        self.assertEqual([(row.principal_due, row.unpaid) for row in p.account.rows], [(10, 0), (60, 0), (70, 70)])


class Charges(unittest.TestCase):
    CHARGE = ("c", "charge", "02-20", 10, {"component": "fee"})

    def test_where_it_falls_due(self):
        # 20 February: row 2; due 15 April: row 3; due 1 June: an extra row 4, shared by one of the same date
        events = [self.CHARGE, ("d", "charge", "02-20", 20, {"component": "penalty", "due": "2026-04-15"}),
                  ("e", "charge", "02-20", 1, {"component": "fee", "due": "2026-06-01"}),
                  ("f", "charge", "06-01", 2, {"component": "penalty"})]  # fmt: skip
        p = position(events, "06-02")
        rows = [(str(row.due)[5:], row.owed["fee"], row.owed["penalty"]) for row in p.account.rows]
        self.assertEqual(rows, [("02-15", 0, 0), ("03-15", 10, 0), ("04-15", 0, 20), ("06-01", 1, 2)])
        self.assertEqual((p.fee_due, p.penalty_due, p.overdue), (11, 22, 333))

    def test_reopens_a_paid_row(self):
        # 205 on 15 March pay rows 1 and 2, 5 are credit; a charge of 14 March is in row 2 before that: 95 and 10
        paid = ("p", "repay", "03-15", 205)
        p = position([paid, ("c", "charge", "03-14", 10, {"component": "fee"})], "03-31")
        self.assertEqual(fees(p), [("p", "03-15", 1, 100, 0, 0, 0), ("p", "03-15", 2, 95, 10, 0, 0)])
        # paid on 15 March in full; a charge of the same day but a higher seq reopens row 2, and the credit is used
        p = position([paid, ("c", "charge", "03-15", 10, {"component": "fee", "seq": "1"})], "03-31")
        self.assertEqual(fees(p)[2:], [("p", "03-15", None, 0, 0, 0, 5), ("p", "03-15", 2, 0, 5, 0, -5)])
        self.assertEqual((p.account.rows[1].paid_on, p.overdue), (None, 5))

    def test_by_component(self):
        # 15 March: rows 1 and 2 are due, 100 each, row 2 a fee of 10. 60: by installment all to row 1;
        # by component the fee first
        events = [self.CHARGE, ("p", "repay", "03-15", 60)]
        self.assertEqual(fees(position(events, "03-31")), [("p", "03-15", 1, 60, 0, 0, 0)])
        p = position(events, "03-31", allocation__by="component")
        self.assertEqual(fees(p), [("p", "03-15", 2, 0, 10, 0, 0), ("p", "03-15", 1, 50, 0, 0, 0)])

    def test_waive(self):
        # 4 of 10 waived; 7 more are too much, unless a payment recorded later explains it
        events = [self.CHARGE, ("w", "waive", "02-21", 4, {"component": "fee"})]
        p = position(events, "03-15")
        self.assertEqual((p.fee_due, p.account.rows[1].waived["fee"], p.due_to_date), (10, 4, 206))
        more = events + [("x", "waive", "02-22", 7, {"component": "fee"})]
        with self.assertRaises(model.Refused):
            position(more)
        more.append(("p", "repay", "02-22", 1, {"recorded": "2026-02-23"}))
        self.assertEqual(position(more, "03-15").account.rows[1].waived["fee"], 10)

    def test_waive_of_a_charge(self):
        # a charge in row 1 and one in row 3; the waiver of the second begins there
        events = [("a", "charge", "02-01", 5, {"component": "fee"}), ("b", "charge", "04-01", 5, {"component": "fee"}),
                  ("w", "waive", "04-02", 7, {"component": "fee", "ref": "b"})]  # fmt: skip
        self.assertEqual([row.waived["fee"] for row in position(events).account.rows], [2, 0, 5])


class Chargebacks(unittest.TestCase):
    def test_credit_then_principal(self):
        # 130 on 15 February: 100 for row 1, 30 credit. 50 charged back on 20 February: the credit and 20 of row 1,
        # due again with row 2
        events = [("p", "repay", "02-15", 130), ("c", "chargeback", "02-20", 50, {"ref": "p"})]
        p = position(events, "02-28")
        self.assertEqual((p.repaid, p.credit, p.outstanding), (80, 0, 220))
        self.assertEqual(owed(p), [(1, "02-15", 100), (2, "03-15", 120), (3, "04-15", 100)])
        self.assertEqual(p.account.rows[0].paid_on, day("02-15"))
        self.assertEqual(lines(p)[2:], [("c", "02-20", None, 0, -30), ("c", "02-20", 2, -20, 0)])

    def test_reverse_order_of_components(self):
        # penalty, fee, principal: 100 and a fee of 10 paid; 105 back: 100 principal, then 5 of the fee
        events = [("f", "charge", "02-10", 10, {"component": "fee"}), ("p", "repay", "02-15", 110),
                  ("c", "chargeback", "02-16", 105, {"ref": "p"})]  # fmt: skip
        p = position(events, "02-28")
        self.assertEqual(fees(p)[1:], [("c", "02-16", 2, -100, -5, 0, 0)])
        self.assertEqual((p.fee_due, p.fee_paid, p.repaid), (15, 10, 0))

    def test_last_due_date_and_after(self):
        paid = ("p", "repay", "04-15", 300)
        self.assertEqual(owed(position([paid, ("c", "chargeback", "04-15", "", {"ref": "p"})]))[2][2], 400)
        back = [("c", "chargeback", "05-01", 60, {"ref": "p"}), ("d", "chargeback", "05-01", 1, {"ref": "p"})]
        p = position([paid] + back)
        self.assertEqual(owed(p)[3:], [(4, "05-01", 61)])

    def test_too_much(self):
        events = [("p", "repay", "02-15", 100), ("c", "chargeback", "02-20", 60, {"ref": "p"})]
        with self.assertRaises(model.Refused):
            position(events + [("d", "chargeback", "02-21", 41, {"ref": "p"})])
        self.assertEqual(position(events + [("x", "reverse", "03-01", "", {"ref": "p"})]).repaid, 0)  # no effect

    def test_refunded_money(self):
        # 40 of 140 are refunded, then all is charged back: 100 due again, 40 lent anew, both in row 2
        events = [("p", "repay", "02-15", 140), ("f", "refund", "02-16", 40),
                  ("c", "chargeback", "02-20", "", {"ref": "p"})]  # fmt: skip
        p = position(events, "02-28")
        self.assertEqual((p.disbursed, p.repaid, p.outstanding), (340, 0, 340))
        self.assertEqual(owed(p)[1], (2, "03-15", 240))
        self.assertEqual(lines(p)[-1], ("c", "02-20", 2, -140, 0))

    def test_around_a_write_off(self):
        # 100 repaid, 200 written off, 50 recovered. 30 of the repayment back: written off 230, claim 180;
        # 20 of the recovery back: recovered 30, claim 200
        events = [("p", "repay", "02-15", 100), ("w", "write-off", "03-01", ""), ("r", "repay", "03-02", 50),
                  ("c", "chargeback", "03-03", 30, {"ref": "p"})]  # fmt: skip
        p = position(events, "03-31")
        self.assertEqual((p.repaid, p.written_off, p.recovered, p.claim), (70, 230, 50, 180))
        p = position(events + [("d", "chargeback", "03-04", 20, {"ref": "r"})], "03-31")
        self.assertEqual((p.repaid, p.written_off, p.recovered, p.claim), (70, 230, 30, 200))


class Excess(unittest.TestCase):
    def paid(self, amount, **changes):
        p = position([("p", "repay", "02-15", amount)], "02-15", **changes)
        return [row.principal_paid for row in p.account.rows], p.credit

    def test_re_spread(self):
        # 100 for row 1; 61 over rows 2 and 3: 30.5 down 30, the rest 31; 201: one more than they can take
        self.assertEqual(self.paid(161, allocation__excess="re-spread"), ([100, 30, 31], 0))
        self.assertEqual(self.paid(301, allocation__excess="re-spread"), ([100, 100, 100], 1))
        # `next` until 14 February: 100 for row 1 and 90 for row 2. 60 more on the 15th: row 2 takes 10 of its 30,
        # row 3 its 30 and the other 20
        events = [("a", "repay", "02-14", 190), ("p", "repay", "02-15", 60)]
        change = [{"from": "2026-02-15", "set": [{"path": "allocation.excess", "was": "next", "value": "re-spread"}]}]
        p = position(events, "02-15", allocation__excess="next", amendments=change)
        self.assertEqual([row.principal_paid for row in p.account.rows], [100, 100, 50])

    def test_refund(self):
        # owed back, never applied: row 2 stays unpaid
        p = position([("p", "repay", "02-15", 150)], "03-20", allocation__excess="refund")
        self.assertEqual((p.credit, p.overdue), (50, 100))

    def test_excess_components(self):
        # a fee of 10 in row 2 is not paid in advance: 50 of principal
        events = [("c", "charge", "02-15", 10, {"component": "fee", "due": "2026-03-01"}), ("p", "repay", "02-15", 150)]
        for components, expected in [(["principal"], (50, 0)), (["fee", "principal"], (40, 10)), (["fee"], (0, 10))]:
            p = position(events, "02-15", allocation__excess="next", allocation__excess_components=components)
            self.assertEqual((p.account.rows[1].paid["principal"], p.account.rows[1].paid["fee"]), expected)

    def test_types(self):
        # goodwill goes to the last row and is funded by the program; a chargeback takes that back
        types = {"goodwill": {"excess": "last", "funded_by": "program"}}
        events = [("g", "goodwill", "02-01", 50), ("p", "repay", "02-15", 150)]
        p = position(events, "02-20", allocation__types=types)
        self.assertEqual(([row.principal_paid for row in p.account.rows], p.credit), ([100, 0, 50], 50))
        self.assertEqual((p.repaid, p.funded), (150, 50))
        p = position(events + [("c", "chargeback", "02-20", 20, {"ref": "g"})], "02-20", allocation__types=types)
        self.assertEqual((p.repaid, p.funded), (130, 30))
        with self.assertRaises(model.Refused):
            position(events)


class Ends(unittest.TestCase):
    def test_forgive(self):
        # 150 from the last row backwards: row 3 and half of row 2
        p = position([("f", "forgive", "02-20", 150)], "02-28")
        self.assertEqual([row.waived["principal"] for row in p.account.rows], [0, 50, 100])
        self.assertEqual((p.forgiven, p.outstanding, p.account.rows[2].paid_on), (150, 150, day("02-20")))
        with self.assertRaises(model.Refused):
            position([("f", "forgive", "02-20", 301)])

    def test_absolute(self):
        events = [("w", "write-off", "02-20", ""), ("a", "write-off-absolute", "03-20", "")]
        p = position(events)
        self.assertEqual((p.status, p.claim, p.written_off), ("ended", 0, 300))
        with self.assertRaises(model.Refused):  # two months are over on 20 April
            position(events, write_off={"wait": "2 months"})
        with self.assertRaises(model.Refused):
            position(events + [("r", "recover", "03-21", 1)])
        self.assertEqual(position(events + [("x", "reverse", "03-22", "", {"ref": "a"})]).claim, 300)

    def test_small_rest(self):
        # 295 paid: on 15 April 5 are left, less than 6; not before the last row is due
        events = [("p", "repay", "04-01", 295)]
        small = {"forgive_below": "6"}
        self.assertEqual(position(events, "04-14", small_amounts=small).forgiven, 0)
        p = position(events, "04-15", small_amounts=small)
        self.assertEqual((p.status, p.forgiven, p.repaid), ("closed", 5, 295))
        self.assertEqual(position(events, "04-15", small_amounts={"forgive_below": "5"}).forgiven, 0)

    def test_small_credit(self):
        # 305 paid on 20 April: 5 of credit become a fee in an extra row of that day
        events = [("p", "repay", "04-20", 305)]
        p = position(events, "04-30", small_amounts={"keep_credit_below": "6"})
        self.assertEqual((p.credit, p.fee_due, p.fee_paid, p.status), (0, 5, 5, "closed"))
        self.assertEqual(fees(p)[-2:], [("p", "04-20", None, 0, 0, 0, 5), ("p", "04-20", 4, 0, 5, 0, -5)])


class Classes(unittest.TestCase):
    def test_bases(self):
        # 20 April: row 1 since 15 February: 2 months (15 April), rows 1 to 3 missed, 5 days after the last due date
        for basis, expected in [("months-past-due", 2), ("missed-installments", 3), ("days-past-maturity", 5),
                                ("demand-letters", 0), ("days-past-due", 64)]:  # fmt: skip
            p = position([], "04-20", arrears__basis=basis)
            late = model.Lateness(p.account, [(r.due, r.unpaid) for r in p.account.rows], p.as_of, p.rules)
            self.assertEqual((late.count, p.days_past_due), (expected, 64), basis)

    def test_letters(self):
        # letters of 10 February (before row 1 is late), 1 and 20 March; a month later each counts
        classes = [{"id": name, "range": span} for name, span in [("0", "0..0"), ("1", "1..1"), ("2", "2..")]]
        events = [(f"l{k}", "letter", when, "") for k, when in enumerate(("02-10", "03-01", "03-20"))]
        for as_of, expected in [("03-31", "0"), ("04-01", "1"), ("04-19", "1"), ("04-20", "2")]:
            p = position(events, as_of, arrears__basis="demand-letters", arrears__classes=classes)
            self.assertEqual(p.class_id, expected, as_of)

    def test_freeze(self):
        # frozen 21 to 28 February: on 10 March 23 days less 8; still frozen on 10 March: less 18
        events = [("f", "freeze", "02-20", ""), ("u", "unfreeze", "02-28", "")]
        self.assertEqual(position(events, "03-10").days_past_due, 15)
        self.assertEqual(position(events[:1], "03-10").days_past_due, 5)
        with self.assertRaises(model.Refused):
            position(events[1:], "03-10")

    def test_matured(self):
        # 16 April: one day after the last due date; row 3 alone is late by a day
        classes = [{"id": "a", "range": "0..30"}, {"id": "b", "range": "31..60", "matured": "1..15"},
                   {"id": "c", "range": "61..", "matured": "16.."}]  # fmt: skip
        events = [("p", "repay", "03-15", 200)]
        for as_of, expected in [("04-15", "a"), ("04-16", "b"), ("04-30", "b"), ("05-01", "c")]:
            self.assertEqual(position(events, as_of, arrears__classes=classes).class_id, expected, as_of)

    def test_classify(self):
        events = [("j", "classify", "02-01", "", {"kind": "bad"}), ("k", "classify", "02-10", "", {"kind": "good"})]
        self.assertEqual([position(events, as_of).class_id for as_of in ("01-31", "02-01", "02-09", "02-10")],
                         ["good", "bad", "bad", "good"])  # fmt: skip

    def test_cure(self):
        # row 1 is bad from 18 March (31 days). 100 on 20 March leaves row 2 late: good by days, bad if not cleared;
        # 100 on 25 March clears it; a month without overdue is over on 25 April only
        events = [("p", "repay", "03-20", 100), ("q", "repay", "03-25", 100), ("r", "repay", "04-15", 99)]
        for cure, expected in [("immediate", "ggg"), ("cleared", "bgg"), ({"clean": "1 month"}, "bbb")]:
            got = [position(events, as_of, arrears__cure=cure).class_id[0] for as_of in ("03-21", "03-25", "04-15")]
            self.assertEqual("".join(got), expected, cure)
        clean = {"arrears__cure": {"clean": "20 days"}}  # late on 24 March, clean from 25 March to 14 April
        got = [position(events, as_of, **clean).class_id for as_of in ("04-13", "04-14")]
        self.assertEqual(got, ["bad", "good"])

    def test_scope(self):
        # B of the same borrower pays nothing: on 31 March both are bad, A of no borrower is alone
        for borrower, expected in [("x", ["bad", "bad"]), ("", ["good", "bad"])]:
            loans = [LOAN | {"account_id": name, "borrower_id": borrower} for name in "AB"]
            paid = {"event_id": "p", "account_id": "A", "type": "repay", "date": "2026-02-15", "amount": "299"}
            made = model.Book({"p": program(arrears__scope="borrower", allocation__excess="next",
                                            schedule__installments={"min": "1", "max": "60", "default": "60"})},
                              loans, [paid])  # fmt: skip
            figures, _ = model.judge_all(made, model.Asked(day("03-31")))
            self.assertEqual([own.now.class_id for own in figures], expected)


class Subsidy(unittest.TestCase):
    BATAM = {"principal": "20000000", "installments": "24", "disbursed": "2026-01-31"}

    def claims(self, as_of="2028-12-31", events=(), loan=None, **clause):
        clause = {"rate": "6%", "basis": "opening", "on": "planned", "day_count": "month",
                  "rounding": {"unit": "1", "mode": "half-up"}} | clause  # fmt: skip
        p = position(events, as_of, loan=loan or self.BATAM, subsidy=clause,
                     schedule__rounding={"unit": "1", "mode": "half-up", "residual": "cumulative"})  # fmt: skip
        return list(model.subsidy_claims(p.account))

    def test_batam(self):
        # balances 20 m x (24 + 23 + ... + 1) / 24 = 250 m, half a per cent a month; flat 24 x 100,000
        claims = self.claims()
        self.assertEqual((len(claims), sum(amount for *_, amount in claims)), (24, 1_250_000))
        self.assertEqual((claims[0], claims[23][0]), (("2026-02", 20_000_000, 30, 100_000), "2028-01"))
        claims = self.claims(basis="original")
        self.assertEqual((len(claims), sum(amount for *_, amount in claims)), (24, 2_400_000))

    def test_actual(self):
        # nothing is paid: 20 m to the end of 2026, 11 months; with 5 m on 10 March 15 m from April on
        self.assertEqual(len(self.claims("2026-12-31", on="actual")), 11)
        paid = [("p", "repay", "03-10", 5_000_000)]  # row 1 and credit; used on 31 March and later
        amounts = [amount for *_, amount in self.claims("2026-04-30", paid, on="actual")]
        # end of February 20 m; 10 March 833,333 for row 1; 31 March 833,334 for row 2: 18,333,333 x 0.5 % = 91,666.7
        self.assertEqual(amounts, [100_000, 100_000, 91_667])

    def test_daily(self):
        # February: 28 days of 20 m at 6 %/365, row 1 is paid on the 28th: 27 x 20 m + 19,166,667
        paid = [("p", "repay", "02-28", 833_333)]
        claims = self.claims("2026-02-28", paid, on="actual", basis="daily", day_count="actual/365")
        base = 27 * 20_000_000 + 19_166_667  # x 0.06 / 365 = 91,918.08
        # and 31 January, a day of 20 m: 3,287.67
        self.assertEqual(claims, [("2026-01", 20_000_000, 31, 3_288), ("2026-02", base, 28, 91_918)])

    def test_day_counts(self):
        # 20 m x 6 % x 28/360 = 93,333.3; /365 = 92,054.8; 30/360 = 100,000
        figures = [("actual/360", (28, 93_333)), ("actual/365", (28, 92_055)), ("30/360", (30, 100_000))]
        for day_count, expected in figures:
            self.assertEqual(self.claims("2026-02-28", day_count=day_count)[0][2:], expected)

    def test_cap_and_classes(self):
        self.assertEqual(self.claims("2026-02-28", cap="10_000_000"), [("2026-02", 10_000_000, 30, 50_000)])
        # row 1 is 31 days late on 31 March: bad
        months = [month for month, *_ in self.claims("2026-04-30", on="actual", only_classes=["good"])]
        self.assertEqual(months, ["2026-02"])


class Fees(unittest.TestCase):
    def fee(self, amount, when, collect, events=(), as_of="01-15", loan=None, **changes):
        fee = {"id": "f", "amount": amount, "when": when, "collect": collect, "rounding": {"unit": "1", "mode": "up"}}
        p = position(events, as_of, loan=loan, fees=[fee], **changes)
        return p, [(row.n, row.owed["fee"], row.paid["fee"]) for row in p.account.rows]

    def test_at_disbursement(self):
        # 1.5 % of 300 is 4.5, up 5: kept back, due on the day, or in row 1
        rate = {"rate": "1.5%", "of": "principal"}
        p, got = self.fee(rate, "disbursement", "deduct")
        self.assertEqual((got, p.disbursed, p.outstanding), ([(0, 5, 5), (1, 0, 0), (2, 0, 0), (3, 0, 0)], 300, 300))
        self.assertEqual(lines(p), [])
        self.assertEqual(self.fee(rate, "disbursement", "upfront")[1][0], (0, 5, 0))
        self.assertEqual(self.fee(rate, "disbursement", "with-installment")[1], [(1, 5, 0), (2, 0, 0), (3, 0, 0)])

    def test_with_installments(self):
        self.assertEqual(self.fee("2", "each-installment", "with-installment")[1], [(1, 2, 0), (2, 2, 0), (3, 2, 0)])
        self.assertEqual(self.fee("2", {"installment": "3"}, "with-installment")[1][2], (3, 2, 0))
        # 1.5 % of 100, 100, 101, each rounded alone
        rate = {"rate": "1.5%", "of": "installment"}
        _, got = self.fee(rate, "each-installment", "with-installment", loan={"principal": "301"})
        self.assertEqual(got, [(1, 2, 0), (2, 2, 0), (3, 2, 0)])

    def test_of_each_tranche(self):
        # 10 % of 120 in row 1, of 60 in row 2; upfront: in row 0 and in an extra row of 20 February
        events = [("d", "disburse", "01-15", 120), ("e", "disburse", "02-20", 60)]
        rate, pending = {"rate": "10%", "of": "disbursed"}, {"disbursed": "", "agreed": "2026-01-15"}
        _, got = self.fee(rate, "disbursement", "with-installment", events, "02-20", pending)
        self.assertEqual(got, [(1, 12, 0), (2, 6, 0), (3, 0, 0)])
        _, got = self.fee(rate, "disbursement", "upfront", events, "02-20", pending)
        self.assertEqual(got, [(0, 12, 0), (1, 0, 0), (4, 6, 0), (2, 0, 0), (3, 0, 0)])

    def test_opening(self):
        # taken over on 1 March: the fee of row 1 is entered as a charge where it is owed
        events = [("o", "opening", "03-01", 100, {"document": "d"})]
        _, got = self.fee("2", "each-installment", "with-installment", events, "03-01")
        self.assertEqual(got, [(1, 0, 0), (2, 2, 0), (3, 2, 0)])


class Penalties(unittest.TestCase):
    def due(self, as_of, events=(), n=1, more=None, **clause):
        clause = {"kind": "per-day", "rate": "1%", "base": "overdue-principal", "to": "revenue",
                  "rounding": {"unit": "1", "mode": "down"}} | clause  # fmt: skip
        p = position(events, as_of, penalty=clause, **(more or {}))
        return [row.owed["penalty"] for row in p.account.rows if row.n == n][0]

    def test_per_day(self):
        # row 1, 100, is due on 15 February; after 3 days day 1 is the 19th: on the 20th two days of 1
        self.assertEqual([self.due(f"02-{d}", after="3 days") for d in (18, 19, 20)], [0, 1, 2])
        # a tenth a day, summed exactly: 10 days on the 25th make 1, not 10 roundings to 0
        self.assertEqual([self.due(f"02-{d}", rate="0.1%") for d in (24, 25)], [0, 1])
        # 60 paid on the 18th: 3 days of 1 (the 18th had begun), then 0.4 a day: 3.8 on the 20th
        self.assertEqual(self.due("02-20", [("p", "repay", "02-18", 60)], rounding={"unit": "1", "mode": "up"}), 4)

    def test_cap(self):
        self.assertEqual(self.due("03-14", cap="5%"), 5)
        self.assertEqual(self.due("03-14", cap="7"), 7)
        self.assertEqual(self.due("03-14"), 27)

    def test_flat_and_share(self):
        self.assertEqual([self.due(f"02-{d}", kind="flat", amount="7") for d in (15, 16, 28)], [0, 7, 7])
        paid = [("p", "repay", "02-15", 60)]
        self.assertEqual(self.due("02-28", paid, kind="share", rate="5%"), 2)
        self.assertEqual(self.due("02-28", paid, kind="share", rate="5%", base="installment"), 5)

    def test_per_month(self):
        # month 1 begins on 16 February, month 2 on 16 March
        got = [self.due(as_of, kind="per-month", rate="2%", count="begun") for as_of in ("02-16", "03-15", "03-16")]
        self.assertEqual(got, [2, 2, 4])
        got = [self.due(as_of, kind="per-month", rate="2%", count="whole") for as_of in ("03-15", "03-16", "04-16")]
        self.assertEqual(got, [0, 2, 4])
        # half is paid on 1 March: month 1 on 100, month 2 on 50
        paid = [("p", "repay", "03-01", 50)]
        self.assertEqual(self.due("04-16", paid, kind="per-month", rate="2%", count="whole"), 3)

    def test_days_that_do_not_count(self):
        # 16, 17, 21, 22 February
        frozen = [("f", "freeze", "02-17", ""), ("u", "unfreeze", "02-20", "")]
        self.assertEqual(self.due("02-22", frozen), 4)
        unable = [("f", "unable", "02-17", ""), ("u", "able", "02-20", "")]
        self.assertEqual(self.due("02-22", unable, applies_if="able"), 4)
        self.assertEqual(self.due("02-22", unable), 7)
        # a flat sum falls on 18 February: frozen it moves on, unable it falls away
        self.assertEqual(self.due("02-22", frozen, kind="flat", amount="7", after="2 days"), 7)
        self.assertEqual(self.due("02-22", unable, kind="flat", amount="7", after="2 days", applies_if="able"), 0)

    def test_never_falls(self):
        # 16 to 20 February 5; moved to 1 March: 2 and 3 March
        events = [("m", "reschedule", "02-20", "", {"kind": "move", "row": "1", "due": "2026-03-01"})]
        self.assertEqual(self.due("03-03", events, more={"reschedule": {"kinds": ["move"]}}), 7)
        self.assertEqual(self.due("03-31", [("w", "write-off", "02-20", "")]), 5)  # a write-off stops it

    def test_opening(self):
        # from the opening of 1 March on: 2 and 3 March
        self.assertEqual(self.due("03-03", [("o", "opening", "03-01", 0, {"document": "d"})]), 2)


class Reschedules(unittest.TestCase):
    def after(self, kind, paid=(), as_of="02-28", limits=None, **cells):
        events = list(paid) + [("r", "reschedule", "02-20", "", {"kind": kind} | cells)]
        rule = {"kinds": ["move", "extend", "grace", "re-age", "re-amortize"]} | (limits or {})
        return owed(position(events, as_of, reschedule=rule))

    def test_extend(self):
        # rows 2 and 3 have 200, over four 50; the new ones are due on 15 May and 15 June
        got = self.after("extend", installments="2")
        self.assertEqual(got[1:], [(2, "03-15", 50), (3, "04-15", 50), (4, "05-15", 50), (5, "06-15", 50)])
        self.assertEqual(self.after("extend", installments="1", every="2 weeks")[3:], [(4, "04-29", 68)])

    def test_grace_and_move(self):
        self.assertEqual(self.after("grace", grace="2 months")[1:], [(2, "05-15", 100), (3, "06-15", 100)])
        self.assertEqual(self.after("move", due="2026-03-31")[1:], [(2, "03-31", 100), (3, "04-30", 100)])
        with self.assertRaises(model.Refused):
            self.after("move", row="3", due="2026-03-15")

    def test_re_age(self):
        # 300 in four rows of 75 from 1 March; the old rows disappear, row 1 stays with the 40 paid
        got = self.after("re-age", installments="4", due="2026-03-01")
        self.assertEqual(got, [(4, "03-01", 75), (5, "04-01", 75), (6, "05-01", 75), (7, "06-01", 75)])
        got = self.after("re-age", [("p", "repay", "02-15", 40)], installments="2", due="2026-03-01")
        self.assertEqual(got, [(1, "02-15", 40), (4, "03-01", 130), (5, "04-01", 130)])

    def test_re_amortize(self):
        self.assertEqual(self.after("re-amortize"), [(2, "03-15", 150), (3, "04-15", 150)])
        with self.assertRaises(model.Refused):  # nothing is late
            self.after("re-amortize", [("p", "repay", "02-15", 100)])

    def test_limits(self):
        with self.assertRaises(model.Refused):
            self.after("grace", grace="2 months", limits={"max_grace": "1 month"})
        with self.assertRaises(model.Refused):
            self.after("extend", installments="2", limits={"max_installments": "4"})
        with self.assertRaises(model.Refused):
            self.after("extend", installments="2", limits={"max_times": "0"})
        with self.assertRaises(model.Refused):
            position([("r", "reschedule", "02-20", "", {"kind": "re-amortize"})])


class Relief(unittest.TestCase):
    def relief(self, effect, since, until, **who):
        return {"relief": [{"id": "r", "from": since, "until": until, "effect": effect} | who]}

    def test_shift(self):
        # rows 2 and 3: one month on 15 April is not past 30 April, two months on 15 May is
        p = position([], "03-31", **self.relief("shift", "2026-03-01", "2026-04-30"))
        self.assertEqual(owed(p), [(1, "02-15", 100), (2, "05-15", 100), (3, "06-15", 100)])
        p = position([], "03-31", **self.relief("shift", "2026-01-15", "2026-04-30"))  # not yet running
        self.assertEqual(owed(p)[0], (1, "02-15", 100))

    def test_freeze_days(self):
        # 21 to 28 February: 23 days on 10 March less 8
        clause = self.relief("freeze-days", "2026-02-21", "2026-02-28", who={"sector": ["farm"]})
        for sector, expected in [("farm", 15), ("shop", 23)]:
            self.assertEqual(position([], "03-10", loan={"sector": sector}, **clause).days_past_due, expected)


class Forgiveness(unittest.TestCase):
    ROUNDING = {"unit": "1", "mode": "down"}

    def test_ceba(self):
        # of 60,000: 25 % of the first 40,000 and 50 % of the next 20,000 are 20,000, when the rest is paid in time;
        # ten dollars short loses all
        bands = [{"up_to": "40_000", "share": "25%"}, {"up_to": "60_000", "share": "50%"}]
        rule = {"id": "cliff", "when": {"repaid": "rest", "by": "2026-03-18"}, "forgive": {"bands": bands},
                "rounding": self.ROUNDING}  # fmt: skip
        for paid, when, expected in [(40_000, "03-18", (20_000, "closed")), (39_990, "03-18", (0, "active")),
                                     (40_000, "03-19", (0, "active"))]:  # fmt: skip
            p = position([("p", "repay", when, paid)], loan={"principal": "60000"}, forgiveness=[rule],
                         schedule__split="bullet", allocation__excess="next")  # fmt: skip
            self.assertEqual((p.forgiven, p.status), expected, (paid, when))

    def test_on_time(self):
        # half of 300 is repaid on 15 March, before 15 April: 15 % of 300 are forgiven, if no row was ever late
        rule = {"id": "bonus", "when": {"repaid": "50%", "within": "3 months", "never_late": "true"},
                "forgive": {"share": "15%"}, "rounding": self.ROUNDING}  # fmt: skip
        for first, expected in [("02-15", 45), ("02-16", 0)]:
            events = [("p", "repay", first, 100), ("q", "repay", "03-15", 100)]
            self.assertEqual(position(events, "03-31", forgiveness=[rule]).forgiven, expected, first)


if __name__ == "__main__":
    unittest.main()
