#!/usr/bin/env python3
"""The model of grants against figures worked out by hand: every expected figure has its calculation beside it."""
import contextlib
import io
import json
import tempfile
import unittest
from copy import deepcopy
from datetime import date
from pathlib import Path

import grant_model as model
from model import Program, Refused

# The usual grant: 1000, agreed 2026-01-10; T1 60 % = 600 at once, T2 the other 400 once R1 is accepted.
GRANT = {"account_id": "A", "program": "p", "agreed": "2026-01-10", "award": "1000"}
PAID = [("p1", "pay", "02-01", 600, "T1")]


def day(text):
    return date.fromisoformat(f"2026-{text}" if len(text) == 5 else text)


RULES = {
    "nol": "rules/1", "kind": "grant", "id": "p", "currency": {"code": "IDR", "decimals": "0"},
    "in_force": "2020-01-01",
    "award": {"min": "10", "max": "1_000_000"},
    "tranches": [{"id": "T1", "share": "60%", "rounding": {"unit": "1", "mode": "down"}, "release": "agreement"},
                 {"id": "T2", "remainder": "true", "release": {"accepted": "R1"}}],
    "reports": [{"id": "R1", "covers": ["T1"], "due": {"after": "T1.paid", "plus": "90 days"}}],
}  # fmt: skip


def rules(changes):
    made = deepcopy(RULES)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = made
        for key in parents:
            node = node.setdefault(key, {})
        node[last] = value
    return made


def row_of(event, account="A"):
    event_id, kind, when, amount, ref, *more = event
    row = {"event_id": event_id, "account_id": account, "type": kind, "date": str(day(when)),
           "amount": "" if amount is None else str(amount), "ref": ref}  # fmt: skip
    row.update(more[0] if more else {})
    return row


def run(grants, events, as_of="12-31", known_at=None, **changes):
    """-> positions, refusals; events as rows."""
    book = model.Book({"p": Program(rules(changes))}, grants, events)
    return model.judge_all(book, model.Asked(day(as_of), day(known_at) if known_at else None))


def at(as_of, events=(), known_at=None, grant=None, **changes):
    """The position of the one grant; events: (id, type, MM-DD, amount, ref, {further columns})."""
    positions, refusals = run([GRANT | (grant or {})], [row_of(event) for event in events], as_of, known_at, **changes)
    if refusals:
        raise refusals[0]
    return positions[0]


def lapsed(p):
    return dict(p.tranches)


def clause(when, amount="paid", name="c", **more):
    return {"id": name, "when": when, "amount": amount} | more


def clawback(*clauses, combine="largest", payable="30 days"):
    return {"combine": combine, "payable": payable, "clauses": list(clauses)}


class Tests(unittest.TestCase):
    def refused(self, word, *arguments, **changes):
        with self.assertRaises(Refused) as caught:
            at(*arguments, **changes)
        self.assertIn(word, caught.exception.reason)

    def holds(self, when, as_of, events=PAID, **changes):
        """Whether a condition holds: it is that of a clause which asks for 1."""
        return at(as_of, events, clawback=clawback(clause(when, "1")), **changes).clawback == 1


class Planned(Tests):
    def test_share_amount_remainder(self):
        # 1003: 60 % is 601.8, down 601; 100; the remainder 1003 - 701 = 302
        tranches = RULES["tranches"][:1] + [{"id": "T2", "amount": "100"}, {"id": "T3", "remainder": "true"}]
        p = at("12-31", grant={"award": "1003"}, tranches=tranches, reports=[])
        self.assertEqual(p.grant.planned, {"T1": 601, "T2": 100, "T3": 302})

    def test_rounding_modes(self):
        # 60 % of 1003 is 601.8; in tens: down 600, up 610, half-up 600; 605.4 = 60 % of 1009: half-up 610
        for award, mode, expected in [("1003", "down", 600), ("1003", "up", 610), ("1009", "half-up", 610)]:
            tranches = deepcopy(RULES["tranches"])
            tranches[0]["rounding"] = {"unit": "10", "mode": mode}
            self.assertEqual(at("12-31", grant={"award": award}, tranches=tranches).grant.planned["T1"], expected)

    def test_they_add_up_to_the_award(self):
        # 600 + 300 of 1000 leaves 100 that nobody could ever pay; 600 + 400 is all
        tranches = RULES["tranches"][:1] + [{"id": "T2", "amount": "300"}]
        self.refused("add up", "12-31", tranches=tranches, reports=[])
        tranches[1]["amount"] = "400"
        self.assertEqual(at("12-31", tranches=tranches, reports=[]).grant.planned, {"T1": 600, "T2": 400})

    def test_no_tranche_of_nothing(self):
        # 100 % leaves a remainder of 0
        tranches = deepcopy(RULES["tranches"])
        tranches[0]["share"] = "100%"
        self.refused("add up", "12-31", tranches=tranches)

    def test_in_kind(self):
        # T1 are tools worth 600, T2 is cash of 400: paid is all, in_kind the tools
        tranches = [RULES["tranches"][0] | {"in_kind": "true"}, {"id": "T2", "remainder": "true"}]
        p = at("12-31", PAID + [("p2", "pay", "02-02", 400, "T2")], tranches=tranches)
        self.assertEqual((p.paid, p.in_kind, p.to_account), (1000, 600, 1000))

    def test_limits_of_the_award(self):
        self.refused("least", "12-31", grant={"award": "9"})
        self.refused("most", "12-31", grant={"award": "1000001"})
        self.assertEqual(at("12-31", grant={"award": "10"}).award, 10)
        self.refused("in_force", "12-31", grant={"agreed": "2019-12-31"})

    def test_decimals(self):
        # 60 % of 10.01 is 6.006: down to the cent 6.00; 4.01 remain
        tranches = deepcopy(RULES["tranches"])
        tranches[0]["rounding"] = {"unit": "0.01", "mode": "down"}
        p = at("12-31", grant={"award": "10.01"}, currency={"code": "USD", "decimals": "2"}, tranches=tranches,
               award={})  # fmt: skip
        self.assertEqual(p.grant.planned, {"T1": 600, "T2": 401})


class Existence(Tests):
    def test_from_agreed_on(self):
        # agreed on 10 January: the day before it is in no file
        self.assertEqual(run([GRANT], [], "01-09"), ([], []))
        self.assertEqual(at("01-10").status, "agreed")

    def test_once_recorded(self):
        late = GRANT | {"recorded": "2026-03-01"}
        self.assertEqual(run([late], [], "12-31", "02-28"), ([], []))
        self.assertEqual(len(run([late], [], "12-31", "03-01")[0]), 1)

    def test_nothing_before_agreed(self):
        self.refused("before it was agreed", "12-31", [("e", "report", "01-09", None, "R1")])
        self.assertEqual(at("12-31", [("e", "report", "01-10", None, "R1")]).status, "agreed")

    def test_events_count_by_date_and_record(self):
        paid = [("p1", "pay", "02-01", 600, "T1", {"recorded": "2026-02-20"})]
        self.assertEqual([at("01-31", paid).paid, at("02-01", paid).paid], [0, 600])
        self.assertEqual([at("12-31", paid, "02-19").paid, at("12-31", paid, "02-20").paid], [0, 600])


class Budget(Tests):
    def refusals(self, grants, events=(), as_of="2027-12-31", budget=None):
        rows = [GRANT | {"account_id": name, "agreed": agreed, "award": award} for name, agreed, award in grants]
        events = [row_of(event, account) for account, event in events]
        changes = {"award__budget": budget or {"2026": "2000", "2027": "1000"}}
        return [fault.account for fault in run(rows, events, as_of, **changes)[1]]

    def test_in_order_of_agreement(self):
        # 1200 (Z, January), then A and B on one day: 800 makes 2000, 1 more is above
        grants = [("B", "2026-02-01", "10"), ("A", "2026-02-01", "800"), ("Z", "2026-01-05", "1200")]
        self.assertEqual(self.refusals(grants), ["B"])

    def test_a_smaller_one_may_still_fit(self):
        # 1500; 600 would make 2100; 500 makes 2000
        grants = [("A", "2026-01-01", "1500"), ("B", "2026-02-01", "600"), ("C", "2026-03-01", "500")]
        self.assertEqual(self.refusals(grants), ["B"])

    def test_by_year_of_agreement(self):
        grants = [("A", "2026-12-31", "2000"), ("B", "2027-01-01", "1000"), ("C", "2027-01-02", "10")]
        self.assertEqual(self.refusals(grants), ["C"])
        self.assertEqual(self.refusals(grants, as_of="2027-01-01"), [])  # C does not exist yet

    def test_a_year_without(self):
        self.assertEqual(self.refusals([("A", "2026-12-31", "10")], budget={"2027": "1000"}), ["A"])

    def test_cancelled_is_free_again(self):
        # A 2000 cancelled on 1 March: what is agreed the day before finds nothing left, on the day all of it
        grants = [("A", "2026-01-10", "2000"), ("B", "2026-02-28", "10"), ("C", "2026-03-01", "2000")]
        cancel = ("A", ("c", "cancel", "03-01", None, "", {"document": "D"}))
        self.assertEqual(self.refusals(grants, [cancel]), ["B"])

    def test_amended_within_the_year(self):
        # 2000, from July 2500: the award of June is judged by 2000, that of July by 2500
        amendments = [{"from": "2026-07-01", "set": [{"path": "award.budget.2026", "was": "2000", "value": "2500"}]}]
        for agreed, expected in [("2026-06-30", 1), ("2026-07-01", 0)]:
            rows = [GRANT | {"award": "2000"}, GRANT | {"account_id": "B", "agreed": agreed, "award": "500"}]
            changes = {"award__budget": {"2026": "2000"}, "amendments": amendments}
            self.assertEqual(len(run(rows, [], **changes)[1]), expected, agreed)

    def test_in_the_portfolio(self):
        # 2026 has 2000, 2027 has 1000: north has a grant of each year, south two of 2026; each year once
        grants = [("A", "2026-01-10", "100", "north"), ("B", "2027-01-10", "200", "north"),
                  ("C", "2026-02-10", "300", "south"), ("D", "2026-03-10", "400", "south")]  # fmt: skip
        rows = [GRANT | {"account_id": a, "agreed": b, "award": c, "where": d} for a, b, c, d in grants]
        cancel = row_of(("c", "cancel", "03-11", None, "", {"document": "x"}), "D")
        asked = model.Asked(day("2027-12-31"), None, ["where"])
        book = model.Book({"p": Program(rules({"award__budget": {"2026": "2000", "2027": "1000"}}))}, rows, [cancel])
        positions, _ = model.judge_all(book, asked)
        lines = list(model.portfolio_file(positions, asked))
        self.assertEqual([line[:6] for line in lines[1:]], [
            ["all", "all", "IDR", 4, "600", "3000"], ["program", "p", "IDR", 4, "600", "3000"],
            ["where", "north", "IDR", 2, "300", "3000"], ["where", "south", "IDR", 2, "300", "2000"],
        ])  # fmt: skip

    def test_none(self):
        lines = list(model.portfolio_file([at("12-31")], model.Asked(day("12-31"))))
        self.assertEqual(lines[1][5], "")


class Pay(Tests):
    def test_in_parts(self):
        # 250 + 350 = 600; released_on is the first part; one more is above the plan
        parts = [("p1", "pay", "02-01", 250, "T1"), ("p2", "pay", "03-01", 350, "T1")]
        p = at("12-31", parts)
        self.assertEqual((p.paid, str(p.account.first_paid["T1"])), (600, "2026-02-01"))
        self.refused("above the plan", "12-31", parts + [("p3", "pay", "03-02", 1, "T1")])

    def test_release_waits_for_the_accept(self):
        events = PAID + [("r", "report", "03-01", None, "R1"), ("a", "accept", "03-10", None, "R1")]
        self.refused("release", "12-31", events + [("p2", "pay", "03-09", 400, "T2")])
        # of one day accept comes before pay
        self.assertEqual(at("12-31", events + [("p2", "pay", "03-10", 400, "T2")]).paid, 1000)
        # unless seq says otherwise
        self.refused("release", "12-31", events + [("p2", "pay", "03-10", 400, "T2", {"seq": "-1"})])

    def test_a_reject_before_it_by_seq(self):
        # released on submission: the reject of the day comes first, a pay of seq -1 before it
        tranches = deepcopy(RULES["tranches"])
        tranches[1]["release"] = {"submitted": "R1"}
        events = PAID + [("r", "report", "03-01", None, "R1"), ("x", "reject", "03-10", None, "R1")]
        self.refused("release", "12-31", events + [("p2", "pay", "03-10", 400, "T2")], tranches=tranches)
        early = events + [("p2", "pay", "03-10", 400, "T2", {"seq": "-1"})]
        self.assertEqual(at("12-31", early, tranches=tranches).paid, 1000)

    def test_what_is_recorded_later_does_not_excuse_it(self):
        # the accept turned out wrong afterwards: money has left without a release
        events = PAID + [("r", "report", "03-01", None, "R1"), ("a", "accept", "03-10", None, "R1"),
                         ("p2", "pay", "03-11", 400, "T2")]  # fmt: skip
        late = ("v", "reverse", "03-10", None, "a", {"recorded": "2026-05-01"})
        self.assertEqual(at("12-31", events + [late], "04-30").paid, 1000)
        self.refused("release", "12-31", events + [late])

    def test_refs(self):
        self.refused("unknown ref", "12-31", [("p", "pay", "02-01", 1, "T9")])
        self.refused("columns", "12-31", [("p", "pay", "02-01", 1, "")])


class Lapse(Tests):
    TRANCHES = [{"id": "T1", "share": "60%", "rounding": {"unit": "1", "mode": "down"}, "release": "agreement"},
                {"id": "T2", "remainder": "true", "release": "agreement",
                 "lapse": {"after": "T1.paid", "plus": "6 months"}}]  # fmt: skip

    def test_the_day(self):
        # T1 paid on 1 February, 6 months: 1 August. Paid on it, refused after it
        for when, good in [("07-31", True), ("08-01", True), ("08-02", False)]:
            events = PAID + [("p2", "pay", when, 100, "T2")]
            if good:
                self.assertEqual(at("12-31", events, tranches=self.TRANCHES).lapsed, 300, when)
            else:
                self.refused("lapse", "12-31", events, tranches=self.TRANCHES)

    def test_the_position(self):
        # the unpaid part of T2, 400, from 2 August on
        found = [at(when, PAID, tranches=self.TRANCHES).lapsed for when in ("07-31", "08-01", "08-02")]
        self.assertEqual(found, [0, 0, 400])

    def test_never_before_its_date_happens(self):
        self.assertEqual(at("2030-12-31", tranches=self.TRANCHES).lapsed, 0)

    def test_month_ends(self):
        # 31 August and 6 months: 28 February 2027
        paid = [("p1", "pay", "08-31", 600, "T1")]
        found = [at(when, paid, tranches=self.TRANCHES).lapsed for when in ("2027-02-28", "2027-03-01")]
        self.assertEqual(found, [0, 400])

    def test_first_pay_counts(self):
        # T1 in parts on 1 February and 1 June: T1.paid stays 1 February
        parts = [("p1", "pay", "02-01", 100, "T1"), ("p2", "pay", "06-01", 500, "T1")]
        self.assertEqual(at("08-02", parts, tranches=self.TRANCHES).lapsed, 400)
        tranches = deepcopy(self.TRANCHES)
        tranches[1]["lapse"]["after"] = "last.paid"  # 1 June: 1 December
        found = [at(when, parts, tranches=tranches).lapsed for when in ("12-01", "12-02")]
        self.assertEqual(found, [0, 400])

    def test_of_each_tranche(self):
        tranches = deepcopy(self.TRANCHES)
        tranches[0]["lapse"] = {"after": "agreed", "plus": "1 month"}  # 10 February
        p = at("02-11", [("p1", "pay", "02-10", 200, "T1")], tranches=tranches)
        self.assertEqual((lapsed(p), p.status), ({"T1": 400, "T2": 0}, "active"))
        self.refused("lapse", "02-11", [("p1", "pay", "02-11", 200, "T1")], tranches=tranches)


class Conditions(Tests):
    REPORT = [("r", "report", "03-01", None, "R1")]

    def test_agreement(self):
        self.assertTrue(self.holds("agreement", "02-01"))

    def test_submitted_and_accepted(self):
        events = PAID + self.REPORT + [("a", "accept", "03-05", None, "R1")]
        for when, submitted, accepted in [("02-28", 0, 0), ("03-01", 1, 0), ("03-04", 1, 0), ("03-05", 1, 1)]:
            self.assertEqual(self.holds({"submitted": "R1"}, when, events), bool(submitted), when)
            self.assertEqual(self.holds({"accepted": "R1"}, when, events), bool(accepted), when)

    def test_rejected_last(self):
        # handed in on 1 March, sent back on the 5th, handed in again on the 9th
        events = PAID + self.REPORT + [("x", "reject", "03-05", None, "R1"), ("s", "report", "03-09", None, "R1")]
        found = [self.holds({"submitted": "R1"}, f"03-{k:02}", events) for k in (4, 5, 8, 9)]
        self.assertEqual(found, [True, False, False, True])
        self.assertEqual(str(at("12-31", events).account.date_of("R1.submitted")), "2026-03-09")

    def test_missing(self):
        # paid 1 February + 90 days: due 2 May; 60 days more: 1 July; has passed from 2 July on
        when = {"missing": "R1", "for": "60 days"}
        self.assertEqual([self.holds(when, k) for k in ("06-30", "07-01", "07-02")], [False, False, True])
        self.assertFalse(self.holds(when, "07-02", PAID + self.REPORT))
        self.assertTrue(self.holds(when, "07-02", PAID + self.REPORT + [("x", "reject", "04-01", None, "R1")]))
        self.assertFalse(self.holds(when, "07-02", PAID + [("r", "report", "07-02", None, "R1")]))

    def test_missing_without_a_due_date(self):
        # nothing was paid: T1.paid has not happened, the report is not due, the tranche not released by it
        tranches = [RULES["tranches"][0] | {"release": {"missing": "R1", "for": "0 days"}}, RULES["tranches"][1]]
        self.refused("release", "12-31", PAID, tranches=tranches)

    def test_accounted(self):
        # 480 of 600 is 80 %; 479 is less
        for amount, good in [(479, False), (480, True), (700, True)]:
            events = PAID + [("s", "spend", "02-20", amount, "R1", {"component": "x"})] + self.REPORT
            accepted = events + [("a", "accept", "03-05", None, "R1")]
            when = {"accounted": "T1", "at_least": "80%"}
            self.assertEqual(self.holds(when, "03-05", accepted), good, amount)
            self.assertFalse(self.holds(when, "03-04", accepted))

    def test_accounted_of_what_was_paid(self):
        # paid 100 of 600: 80 are enough; nothing paid: false, even at 0 %
        events = [("p1", "pay", "02-01", 100, "T1"), ("s", "spend", "02-20", 80, "R1", {"component": "x"})]
        events += self.REPORT + [("a", "accept", "03-05", None, "R1")]
        self.assertTrue(self.holds({"accounted": "T1", "at_least": "80%"}, "03-05", events))
        self.assertFalse(self.holds({"accounted": "T2", "at_least": "0%"}, "03-05", events))

    def test_event(self):
        events = PAID + [("e", "event", "05-01", None, "fire")]
        self.assertEqual([self.holds({"event": "fire"}, k, events) for k in ("04-30", "05-01")], [False, True])
        # an event that no condition knows is a misspelt one: G21
        self.refused("unknown ref fire", "12-31", events, clawback=clawback(clause({"event": "flood"}, "1")))

    def test_event_within(self):
        # from 1 February to 1 March, both included
        when = {"event": "fire", "within": "1 month", "of": "T1.paid"}
        for happened, good in [("01-31", 0), ("02-01", 1), ("03-01", 1), ("03-02", 0)]:
            events = PAID + [("e", "event", happened, None, "fire")]
            self.assertEqual(self.holds(when, "12-31", events), bool(good), happened)
        # one of several is enough; of a date that has not happened none is
        events = PAID + [("e", "event", "01-15", None, "fire"), ("f", "event", "02-15", None, "fire")]
        self.assertTrue(self.holds(when, "12-31", events))
        self.assertFalse(self.holds(when | {"of": "T2.paid"}, "12-31", events))

    def test_after(self):
        found = [self.holds({"after": "2026-06-30"}, k) for k in ("06-29", "06-30", "07-01")]
        self.assertEqual(found, [False, False, True])

    def test_all_any(self):
        yes, no = {"after": "2026-01-01"}, {"after": "2199-01-01"}
        for when, good in [({"all": [yes, no]}, 0), ({"any": [no, yes]}, 1), ({"all": [yes, {"any": [no, yes]}]}, 1),
                           ({"any": [no, {"all": [yes, no]}]}, 0)]:  # fmt: skip
            self.assertEqual(self.holds(when, "03-01"), bool(good), when)

    def test_dates(self):
        # accepted on 5 March: R1.accepted + 10 days is 15 March
        events = PAID + self.REPORT + [("a", "accept", "03-05", None, "R1")]
        for of, last in [("R1.accepted", "03-15"), ("R1.submitted", "03-11"), ("agreed", "01-20")]:
            when = {"event": "fire", "within": "10 days", "of": of}
            late = str(date.fromordinal(day(last).toordinal() + 1))
            self.assertTrue(self.holds(when, "12-31", events + [("e", "event", last, None, "fire")]), of)
            self.assertFalse(self.holds(when, "12-31", events + [("e", "event", late, None, "fire")]), of)


class Reports(Tests):
    def test_due_after_plus(self):
        # 1 February + 90 days = 2 May; overdue from 3 May
        found = [at(when, PAID) for when in ("05-01", "05-02", "05-03")]
        self.assertEqual([p.reports_due for p in found], [0, 1, 1])
        self.assertEqual([p.reports_overdue for p in found], [0, 0, 1])
        self.assertEqual([p.days_report_overdue for p in found], [0, 0, 1])

    def test_due_month_day(self):
        due = {"month": "1", "day": "10", "year": "next", "after": "T1.paid"}
        reports = [{"id": "R1", "covers": ["T1"], "due": due}]
        found = [at(when, PAID, reports=reports).reports_due for when in ("2027-01-09", "2027-01-10")]
        self.assertEqual(found, [0, 1])
        # the same year: 10 January 2026, before the payment; 22 days late on the day it is paid
        reports[0]["due"] = due | {"year": "same"}
        p = at("02-01", PAID, reports=reports)
        self.assertEqual((p.reports_due, p.days_report_overdue), (1, 22))

    def test_due_on_the_last_of_february(self):
        due = {"month": "2", "day": "29", "year": "same", "after": "T1.paid"}
        reports = [{"id": "R1", "covers": ["T1"], "due": due}]
        found = [at(when, PAID, reports=reports).reports_due for when in ("02-27", "02-28")]
        self.assertEqual(found, [0, 1])

    def test_submitted_or_not(self):
        # due 2 May; handed in: still due, no longer overdue; rejected: overdue from the due date
        events = PAID + [("r", "report", "06-01", None, "R1"), ("x", "reject", "06-10", None, "R1")]
        found = [at(when, events) for when in ("05-31", "06-01", "06-10")]
        self.assertEqual([(p.reports_due, p.reports_overdue) for p in found], [(1, 1), (1, 0), (1, 1)])
        self.assertEqual([p.days_report_overdue for p in found], [29, 0, 39])

    def test_of_the_oldest(self):
        # due 11 February and 2 May: on 3 May two overdue, the older by 81 days (17 + 31 + 30 + 3)
        reports = RULES["reports"] + [{"id": "R2", "covers": ["T2"], "due": {"after": "T1.paid", "plus": "10 days"}}]
        p = at("05-03", PAID, reports=reports)
        self.assertEqual((p.reports_overdue, p.days_report_overdue), (2, 81))

    def test_refused(self):
        report, accept = ("r", "report", "03-01", None, "R1"), ("a", "accept", "03-05", None, "R1")
        self.refused("while one stands", "12-31", [report, ("s", "report", "03-02", None, "R1")])
        self.refused("while one stands", "12-31", [report, accept, ("s", "report", "03-06", None, "R1")])
        self.refused("spend for an accepted", "12-31", [report, accept, ("s", "spend", "03-06", 1, "R1")])
        self.refused("accept without report", "12-31", [accept])
        self.refused("accept without report", "12-31", [report, accept, ("b", "accept", "03-06", None, "R1")])
        self.refused("reject without report", "12-31", [("x", "reject", "03-06", None, "R1")])
        self.refused("reject without report", "12-31", [report, accept, ("x", "reject", "03-06", None, "R1")])

    def test_excused(self):
        # the accept of 5 March is recorded on 1 April: the spend of 6 March was right when made, and does nothing
        report = ("r", "report", "03-01", None, "R1")
        accept = ("a", "accept", "03-05", None, "R1", {"recorded": "2026-04-01"})
        spends = [("s", "spend", "02-20", 100, "R1"), ("t", "spend", "03-06", 50, "R1")]
        self.assertEqual(at("12-31", PAID + [report, accept] + spends).accounted, 100)
        self.assertEqual(at("12-31", PAID + [report, accept] + spends, "03-31").accounted, 0)
        # recorded with it: not after it
        spends[1] += ({"recorded": "2026-04-01"},)
        self.refused("spend for an accepted", "12-31", PAID + [report, accept] + spends)


class Accounted(Tests):
    EVENTS = PAID + [("s", "spend", "02-10", 300, "R1", {"component": "equipment"}),
                     ("t", "spend", "02-11", 201, "R1", {"component": "travel"}),
                     ("r", "report", "03-01", None, "R1")]  # fmt: skip
    ACCEPT = [("a", "accept", "03-05", None, "R1")]
    R2 = {"id": "R2", "covers": ["T1", "T2"], "due": {"after": "agreed", "plus": "1 year"}}

    def accounted(self, amount=None, **changes):
        return at("12-31", self.EVENTS + [("a", "accept", "03-05", amount, "R1")], **changes).accounted

    def test_only_accepted(self):
        self.assertEqual(at("12-31", self.EVENTS).accounted, 0)
        self.assertEqual(at("12-31", self.EVENTS + self.ACCEPT).accounted, 501)

    def test_categories(self):
        # travel is not listed
        self.assertEqual(self.accounted(eligible={"categories": ["equipment", "material"]}), 300)

    def test_share_max(self):
        # 50 % of 501 is 250.5: down 250, up 251; of 300 it is 150
        eligible = {"share_max": "50%", "rounding": {"unit": "1", "mode": "down"}}
        self.assertEqual(self.accounted(eligible=eligible), 250)
        self.assertEqual(self.accounted(eligible=eligible | {"rounding": {"unit": "1", "mode": "up"}}), 251)
        self.assertEqual(self.accounted(eligible=eligible | {"categories": ["equipment"]}), 150)

    def test_accepted_amount(self):
        # 401 of 501 are accepted; more than was claimed is not; half of 401 is 200.5
        self.assertEqual([self.accounted(401), self.accounted(9999)], [401, 501])
        half = {"share_max": "1/2", "rounding": {"unit": "1", "mode": "down"}}
        self.assertEqual(self.accounted(401, eligible=half), 200)

    def test_up_to_what_was_paid(self):
        # 700 claimed, 600 paid; a later pay of T2, which R1 does not cover, changes nothing
        events = PAID + [("s", "spend", "02-10", 700, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1")]  # fmt: skip
        self.assertEqual(at("12-31", events).accounted, 600)
        self.assertEqual(at("12-31", events + [("p2", "pay", "04-01", 400, "T2")]).to_account, 400)

    def test_tranches_in_order(self):
        # R1 covers T1 (600): 450. R2 covers T1 and T2 (400): of 500, 150 fill T1 up, 350 go to T2
        reports = RULES["reports"] + [self.R2]
        events = PAID + [("s", "spend", "02-10", 450, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1"), ("p2", "pay", "03-06", 400, "T2"),
                         ("u", "spend", "04-10", 500, "R2"), ("v", "report", "05-01", None, "R2"),
                         ("w", "accept", "05-05", None, "R2")]  # fmt: skip
        p = at("12-31", events, reports=reports)
        self.assertEqual(p.account.accounted(), {"T1": 600, "T2": 350})
        self.assertEqual((p.accounted, p.to_account), (950, 50))
        self.assertEqual(at("05-04", events, reports=reports).account.accounted(), {"T1": 450, "T2": 0})

    def test_reports_in_order_of_the_rules(self):
        # R2 (300 for T1 or T2, in this order) is accepted before R1 (500 for T1): R1 still comes first
        tranches = [{"id": "T1", "amount": "600"}, {"id": "T2", "amount": "400"}]
        reports = RULES["reports"] + [self.R2]
        events = PAID + [("p2", "pay", "02-01", 400, "T2"), ("s", "spend", "02-10", 300, "R2"),
                         ("r", "report", "03-01", None, "R2"), ("a", "accept", "03-05", None, "R2"),
                         ("t", "spend", "04-10", 500, "R1"), ("u", "report", "04-11", None, "R1"),
                         ("v", "accept", "04-12", None, "R1")]  # fmt: skip
        p = at("12-31", events, tranches=tranches, reports=reports)
        self.assertEqual(p.account.accounted(), {"T1": 600, "T2": 200})

    def test_claims_of_a_rejected_report_stay(self):
        events = self.EVENTS + [("x", "reject", "03-02", None, "R1"), ("q", "spend", "03-03", 9, "R1"),
                                ("z", "report", "03-04", None, "R1")]  # fmt: skip
        self.assertEqual(at("12-31", events + self.ACCEPT).accounted, 510)


class Returned(Tests):
    def test_at_most_paid(self):
        self.assertEqual(at("12-31", PAID + [("b", "return", "02-02", 600, "")]).returned, 600)
        self.refused("returned more", "12-31", PAID + [("b", "return", "02-02", 601, "")])
        self.refused("returned more", "12-31", PAID + [("b", "return", "01-31", 1, "")])
        # of one day pay comes first
        self.assertEqual(at("12-31", PAID + [("b", "return", "02-01", 600, "")]).to_account, 0)

    def test_to_account(self):
        # 600 paid, 450 accounted, 100 returned: 50; 200 returned: not below 0
        events = PAID + [("s", "spend", "02-10", 450, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1")]  # fmt: skip
        for back, left in [(100, 50), (150, 0), (200, 0)]:
            self.assertEqual(at("12-31", events + [("b", "return", "04-01", back, "")]).to_account, left)


class Clawback(Tests):
    def amounts(self, rule, events=PAID, as_of="12-31"):
        p = at(as_of, events, clawback=rule)
        return p.clawback, p.clause

    def test_amounts(self):
        # paid 600, accounted 450
        events = PAID + [("s", "spend", "02-10", 450, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1")]  # fmt: skip
        for amount, expected in [("paid", 600), ("unaccounted", 150), ("70", 70), ("601", 600)]:
            self.assertEqual(self.amounts(clawback(clause("agreement", amount)), events), (expected, "c"))

    def test_largest(self):
        a, b, c = (clause("agreement", amount, name) for amount, name in [("70", "a"), ("90", "b"), ("90", "c")])
        self.assertEqual(self.amounts(clawback(a, b, c)), (90, "b"))
        # the largest is found before the cut to the 600 paid
        more = [clause("agreement", "700", "d"), clause("agreement", "800", "e")]
        self.assertEqual(self.amounts(clawback(*more)), (600, "e"))

    def test_sum(self):
        a, b = clause("agreement", "70", "a"), clause({"after": "2026-06-30"}, "90", "b")
        none = clause("agreement", "unaccounted", "n")
        self.assertEqual(self.amounts(clawback(a, b, combine="sum"), as_of="06-30"), (70, "a"))
        self.assertEqual(self.amounts(clawback(b, a, combine="sum"), as_of="07-01"), (160, "b a"))
        # 600 + 70 is cut to the 600 paid; both are named
        self.assertEqual(self.amounts(clawback(none, a, combine="sum")), (600, "n a"))

    def test_a_clause_of_nothing_is_not_named(self):
        events = PAID + [("s", "spend", "02-10", 600, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1")]  # fmt: skip
        rule = clawback(clause("agreement", "unaccounted", "n"), clause("agreement", "70", "a"), combine="sum")
        self.assertEqual(self.amounts(rule, events), (70, "a"))
        self.assertEqual(self.amounts(clawback(clause("agreement", "unaccounted")), events), (0, ""))

    def test_nothing_paid(self):
        p = at("12-31", clawback=clawback(clause("agreement", "70")))
        self.assertEqual((p.clawback, p.clause, p.status), (0, "", "agreed"))

    def declining(self, sold, mode="up", **more):
        rule = clause({"event": "sold"} | more, declining={"months": "24", "of": "last.paid"},
                      rounding={"unit": "1", "mode": mode})  # fmt: skip
        return self.amounts(clawback(rule), PAID + [("e", "event", sold, None, "sold")], "2030-01-01")[0]

    def test_declining(self):
        # 600 paid on 1 February 2026. 28 February: 0 months, 600; 1 March: 1 month, 600 x 23/24 = 575
        self.assertEqual([self.declining(k) for k in ("02-28", "03-01", "03-31")], [600, 575, 575])
        # 1 January 2028: 23 months, 25; 1 February 2028: 24 months, 0, and later not below 0
        self.assertEqual([self.declining(k) for k in ("2028-01-31", "2028-02-01", "2029-02-01")], [25, 0, 0])

    def test_declining_is_rounded(self):
        # one of 7 months has passed: 600 x 6/7 = 514.29
        for mode, expected in [("up", 515), ("down", 514)]:
            rule = clause({"event": "sold"}, declining={"months": "7", "of": "T1.paid"},
                          rounding={"unit": "1", "mode": mode})  # fmt: skip
            self.assertEqual(self.amounts(clawback(rule), PAID + [("e", "event", "03-01", None, "sold")])[0], expected)

    def test_declining_to_the_first_event_within(self):
        # sold on 15 January (before the window), 1 April (2 months: 550) and 1 May
        rule = clause({"event": "sold", "within": "24 months", "of": "last.paid"},
                      declining={"months": "24", "of": "last.paid"}, rounding={"unit": "1", "mode": "up"})  # fmt: skip
        days = [("e", "01-15"), ("g", "05-01"), ("f", "04-01")]
        events = PAID + [(name, "event", when, None, "sold") for name, when in days]
        self.assertEqual(self.amounts(clawback(rule), events), (550, "c"))

    def test_month_ends(self):
        # paid 31 January: one month has passed on 28 February, not on the 27th; two on 31 March
        for end, months in [("02-27", 0), ("02-28", 1), ("03-30", 1), ("03-31", 2), ("01-01", 0)]:
            self.assertEqual(model.months_between(day("01-31"), day(end)), months, end)

    def test_the_version_at_as_of(self):
        change = {"path": "clawback.clauses.c.amount", "was": "70", "value": "80"}
        amendments = [{"from": "2026-07-01", "set": [change]}]
        rule = clawback(clause("agreement", "70"))
        found = [at(when, PAID, clawback=rule, amendments=amendments).clawback for when in ("06-30", "07-01")]
        self.assertEqual(found, [70, 80])


class Refund(Tests):
    RULE = clawback(clause({"missing": "R1", "for": "60 days"}))  # holds from 2 July on
    ARREARS = {"classes": [{"id": "good", "range": "0..30", "provision": "0.5%"},
                           {"id": "bad", "range": "31..", "provision": "100%"}],
               "provision": {"rounding": {"unit": "1", "mode": "half-up"}}}  # fmt: skip
    NOTICE = [("n", "notice", "07-10", None, "c")]

    def figures(self, as_of, events=(), **changes):
        p = at(as_of, PAID + list(events), clawback=self.RULE, arrears=self.ARREARS, **changes)
        return str(p.refund_due or ""), p.refund_outstanding, p.days_refund_overdue, p.class_id, p.provision

    def test_overdue(self):
        # notice 10 July + 30 days: 9 August. 0.5 % of 600 is 3
        self.assertEqual(self.figures("08-09", self.NOTICE), ("2026-08-09", 600, 0, "good", 3))
        self.assertEqual(self.figures("08-10", self.NOTICE), ("2026-08-09", 600, 1, "good", 3))
        # 30 days: 8 September; 31 days: bad
        self.assertEqual(self.figures("09-08", self.NOTICE), ("2026-08-09", 600, 30, "good", 3))
        self.assertEqual(self.figures("09-09", self.NOTICE), ("2026-08-09", 600, 31, "bad", 600))

    def test_without_a_notice(self):
        self.assertEqual(self.figures("07-01"), ("", 0, 0, "", 0))
        self.assertEqual(self.figures("12-31"), ("", 600, 0, "good", 3))

    def test_returned(self):
        # 500 of 600 are back: 100 outstanding, 0.5 % is 0.5, half-up 1; all back: no class
        for back, figures in [(500, (100, 1, "good", 1)), (600, (0, 0, "", 0))]:
            events = self.NOTICE + [("b", "return", "08-01", back, "")]
            self.assertEqual(self.figures("08-10", events)[1:], figures)

    def test_first_notice_whose_clause_holds(self):
        rule = clawback(clause({"missing": "R1", "for": "60 days"}), clause({"event": "fire"}, "70", "d"))
        notices = [("m", "notice", "07-05", None, "d"), ("n", "notice", "07-10", None, "c"),
                   ("o", "notice", "07-20", None, "c")]  # fmt: skip
        self.assertEqual(str(at("12-31", PAID + notices, clawback=rule).refund_due), "2026-08-09")
        fire = [("e", "event", "12-01", None, "fire")]  # now d holds too: 5 July + 30 days
        self.assertEqual(str(at("12-31", PAID + notices + fire, clawback=rule).refund_due), "2026-08-04")

    def test_the_arrears_at_as_of(self):
        amendments = [{"from": "2026-09-01", "set": [
            {"path": "arrears.classes.good.provision", "was": "0.5%", "value": "10%"}]}]  # fmt: skip
        found = [self.figures(k, self.NOTICE, amendments=amendments)[4] for k in ("08-31", "09-01")]
        self.assertEqual(found, [3, 60])

    def test_status(self):
        self.assertEqual([at(k, PAID, clawback=self.RULE).status for k in ("07-01", "07-02")], ["active", "refund"])
        back = PAID + [("b", "return", "08-01", 600, "")]  # 400 of T2 are neither paid nor lapsed
        self.assertEqual(at("12-31", back, clawback=self.RULE).status, "active")


class Status(Tests):
    def test_completed(self):
        # T2 of 400 lapses after 1 August: then all of T1 accounted for completes it
        tranches = Lapse.TRANCHES
        events = PAID + [("s", "spend", "02-10", 600, "R1"), ("r", "report", "03-01", None, "R1"),
                         ("a", "accept", "03-05", None, "R1")]  # fmt: skip
        found = [at(k, events, tranches=tranches).status for k in ("08-01", "08-02")]
        self.assertEqual(found, ["active", "completed"])
        self.assertEqual(at("08-02", PAID, tranches=tranches).status, "active")
        paid = events + [("p2", "pay", "08-01", 400, "T2"), ("b", "return", "08-03", 400, "")]
        self.assertEqual([at(k, paid, tranches=tranches).status for k in ("08-02", "08-03")], ["active", "completed"])

    def test_cancelled(self):
        cancel = [("c", "cancel", "03-01", None, "", {"document": "D"})]
        p = at("12-31", cancel)
        self.assertEqual((p.status, p.award, p.tranches, p.reports_due), ("cancelled", 1000, [], 0))
        self.assertEqual(at("02-28", cancel).status, "agreed")
        self.refused("after cancel", "12-31", cancel + [("p1", "pay", "03-02", 1, "T1")])
        self.refused("cancel of a paid", "12-31", cancel + PAID)
        self.refused("document", "12-31", [("c", "cancel", "03-01", None, "")])

    def test_cancel_excused(self):
        # cancelled on 1 March; that 600 had gone out on 1 February was recorded on 1 April
        cancel = ("c", "cancel", "03-01", None, "", {"document": "D"})
        paid = ("p1", "pay", "02-01", 600, "T1", {"recorded": "2026-04-01"})
        self.assertEqual([at("12-31", [cancel, paid], k).status for k in ("03-31", "04-01")], ["cancelled", "active"])


class Terms(Tests):
    AMENDMENTS = [{"from": "2026-07-01", "set": [
        {"path": "tranches.T1.share", "was": "60%", "value": "50%"},
        {"path": "award.max", "was": "1_000_000", "value": "999"},
        {"path": "reports.R1.due.plus", "was": "90 days", "value": "10 days"},
        {"path": "eligible", "was": "absent", "value": {"categories": ["equipment"]}}]}]  # fmt: skip

    def test_are_frozen_at_the_agreement(self):
        old = at("12-31", amendments=self.AMENDMENTS, grant={"agreed": "2026-06-30"})
        new = at("12-31", amendments=self.AMENDMENTS, grant={"agreed": "2026-07-01", "award": "900"})
        self.assertEqual([p.grant.planned["T1"] for p in (old, new)], [600, 450])
        self.refused("most", "12-31", amendments=self.AMENDMENTS, grant={"agreed": "2026-07-01"})

    def test_of_reports_and_what_is_eligible(self):
        # paid 2 July: due 30 September (90 days) or 12 July (10 days); travel is eligible under the old terms only
        events = [("p1", "pay", "07-02", 400, "T1"), ("s", "spend", "07-03", 9, "R1", {"component": "travel"}),
                  ("r", "report", "07-04", None, "R1"), ("a", "accept", "07-05", None, "R1")]  # fmt: skip
        for agreed, due, accounted in [("2026-06-30", "2026-09-30", 9), ("2026-07-01", "2026-07-12", 0)]:
            p = at("12-31", events, amendments=self.AMENDMENTS, grant={"agreed": agreed, "award": "900"})
            self.assertEqual(str(p.account.due(p.grant.reports[0])), due)
            self.assertEqual(p.accounted, accounted)


class Reverse(Tests):
    def test_as_if_never_there(self):
        for reversed_id in ("s", "r", "b"):
            events = PAID + [("s", "spend", "02-10", 450, "R1"), ("r", "report", "03-01", None, "R1"),
                             ("b", "return", "04-01", 100, "")]
            without = at("12-31", [event for event in events if event[0] != reversed_id])
            reverse = ("v", "reverse", "05-01", None, reversed_id)
            p = at("12-31", events + [reverse])
            lines = [list(model.positions_file([each], model.Asked(day("12-31")))) for each in (p, without)]
            self.assertEqual(lines[0], lines[1], reversed_id)

    def test_by_record_alone(self):
        # recorded on 1 May, dated on 1 June: it counts at as-of 1 May already
        reverse = ("v", "reverse", "06-01", None, "p1", {"recorded": "2026-05-01"})
        self.assertEqual(at("05-01", PAID + [reverse]).paid, 0)
        self.assertEqual(at("05-01", PAID + [reverse], "04-30").paid, 600)

    def test_reverse_of_a_reverse(self):
        events = PAID + [("v", "reverse", "05-01", None, "p1"), ("w", "reverse", "05-02", None, "v")]
        self.assertEqual(at("12-31", events).paid, 600)
        circle = [("v", "reverse", "05-02", None, "w"), ("w", "reverse", "05-01", None, "v")]
        self.refused("reverse", "12-31", PAID + circle)


class Files(Tests):
    def test_bytes(self):
        rows = [GRANT | {"borrower_id": "b,1"}, GRANT | {"account_id": "B"}]
        cancel = row_of(("c", "cancel", "03-01", None, "", {"document": "D"}), "B")
        positions, _ = run(rows, [row_of(event) for event in PAID] + [cancel], "05-03")
        texts = model.files(positions, model.Asked(day("05-03")))
        # A: 600 paid, report due 2 May, one day late
        self.assertEqual(texts["grant_positions.csv"].split("\n")[1:], [
            'A,p,IDR,"b,1",2026-05-03,active,1000,600,0,0,0,0,600,1,1,1,0,,,0,0,,0',
            "B,p,IDR,,2026-05-03,cancelled,1000,0,0,0,0,0,0,0,0,0,0,,,0,0,,0", ""])  # fmt: skip
        self.assertEqual(texts["grant_tranches.csv"], (
            "account_id,tranche,planned,released_on,paid,lapsed\n"
            "A,T1,600,2026-02-01,600,0\nA,T2,400,,0,0\n"))  # fmt: skip
        self.assertEqual(texts["grant_portfolio.csv"].split("\n")[1:], [
            "all,all,IDR,2,1000,,600,0,0,0,600,1,0,0", "program,p,IDR,2,1000,,600,0,0,0,600,1,0,0", ""])  # fmt: skip

    def test_whole_run(self):
        # the other account and the row of an unknown one go, the good one stays; exit 1
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "rules").mkdir()
            (folder / "rules" / "p.yaml").write_text(json.dumps(RULES))
            (folder / "g.csv").write_text(
                "account_id,program,agreed,award\nA,p,2026-01-10,1000\nB,q,2026-01-10,1000\nC,p,2026-01-10,5\n"
            )
            (folder / "e.csv").write_text("event_id,account_id,date,type,amount,ref\n1,A,2026-02-01,pay,600,T1\n"
                                          "1,X,2026-02-01,pay,600,T1\n")  # fmt: skip
            words = ["--rules", folder / "rules", "--grants", folder / "g.csv", "--events", folder / "e.csv", "--as-of",
                     "2026-12-31", "--quarantine", "--out", folder / "out"]  # fmt: skip
            with contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(model.run([str(word) for word in words]), 1)
            self.assertEqual((folder / "out" / "rejects.csv").read_text(), "account_id\nB\nC\n")
            self.assertIn("\nA,p,IDR,", (folder / "out" / "grant_positions.csv").read_text())


if __name__ == "__main__":
    unittest.main()
