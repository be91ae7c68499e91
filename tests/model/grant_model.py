#!/usr/bin/env python3
"""A second, independent implementation of nol's grants: the oracle the engine is compared with.

    grant_model.py [run] --rules DIR --grants F [--events F] --as-of D [--known-at D] [--attribute C]... [--carry C]...
                   [--ignore C]... [--quarantine] --out DIR

Written from design.md and semantics.md alone, and naive on purpose, as model.py is, whose text, dates, rounding and
amendments it shares. It writes grant_positions.csv, grant_tranches.csv, grant_portfolio.csv and, for the comparison
only, rejects.csv with the column account_id. `S9` in a comment is a section of semantics.md, `D2` one of design.md.

Notes on what the texts leave open (they bind the engine too):
 G1  Amounts of tranches are > 0 and add up to the award; an award for which they do not is refused.
 G2  The dates of a condition are those that stand when it is judged: nothing is remembered. A report rejected last
     has no R.submitted; a later pay moves last.paid, and with it lapses, due dates and windows that count from it.
 G3  A pay that is not released, is lapsed or goes above the plan, and a return above what was paid, are refused,
     whatever was recorded later: money that has left cannot act on less. Of the others, accept and reject without
     a report that stands submitted, a report that stands submitted or accepted, a spend for an accepted report and a
     cancel after a pay are refused unless an event recorded later is dated on or before them; then they do nothing.
 G4  A lapse, a due date and a window include their last day: a tranche may be paid, a report handed in, on it.
     `missing for` holds from the day after due + SPAN on; `{after: DATE}` from the day after DATE on.
 G5  Reports fill tranches in the order of the rules, tranches in the order of `covers`, from nothing each time it is
     asked, up to what is paid then.
 G6  share_max is 100 % where nothing is said, and every category is eligible where none are listed.
 G7  A report takes spend lines while it is not accepted, also while it stands submitted; those of a rejected one stay.
     Its claims are what the spend lines before the accept say: none can come after it.
 G8  The budget is a ceiling at every moment: an award is judged on the day it was agreed, a cancelled one frees its
     part from the day of its cancel on. Only grants that exist at (as-of, known-at) and are not refused for another
     reason take part. Each is judged by the version of its own agreement; a year that `budget` does not name has
     nothing to give.
 G9  `budget` of a program-year in grant_portfolio.csv is that of the version in force at its latest agreement,
     refused ones apart, cancelled ones too (so that awarded <= budget whatever is amended later). It is empty where no
     program of the group has a budget.
 G10 The largest is found before the cut to what was paid. `clause` is empty where nothing is clawed back; of the
     largest it is the id with the largest amount.
 G11 Several events of one name: declining counts to the first that meets the condition. Without the date of `of` no
     month has passed.
 G12 refund_due is shown whenever a notice's clause holds, refunded or not. On refund_due 0 days are overdue. A clause
     that the version at as-of lacks does not hold. Without `payable` it is the notice's date.
 G13 A clause about a report or tranche that the grant's own terms lack is false.
 G14 Status: cancelled, refund, agreed, completed, active: the first that is true. Nothing paid is `agreed`, lapsed or
     not.
 G15 A cancelled grant has its award in its line, but no tranches, reports, lapses or clawback. It takes no event but
     reverse.
 G16 An event dated before `agreed` is refused.
 G17 `reject` and `accept` act on a report that stands submitted; an accepted one is opened again by reversing its
     accept.
 G18 `grants` counts all that exist, cancelled ones too.
 G19 clawback binds to the event in design 4.2, but semantics 9 says which version applies: that at as-of.
 G20 An award agreed on, or an event of, 29 February and the like: all months end on the last day, due dates
     of reports with `month` and `day` too.
 G21 An `event` whose name no condition of the grant's rules knows is a ref to nothing: refused, as a misspelt tranche is.
"""
import argparse
import sys
from fractions import Fraction
from pathlib import Path

from model import (
    FOREVER,
    BadRules,
    Program,
    Refused,
    add_months,
    add_span,
    check_reverses,
    csv_text,
    date_text,
    live_reverses,
    month_day,
    read_csv,
    read_yaml,
    round_to_unit,
    to_date,
    to_number,
    to_span,
)

FILES = ["grant_positions", "grant_tranches", "grant_portfolio"]
POSITION_COLUMNS = (
    "account_id program currency borrower_id as_of status award paid in_kind lapsed accounted returned to_account "
    "reports_due reports_overdue days_report_overdue clawback clause refund_due refund_outstanding "
    "days_refund_overdue class provision"
).split()
TRANCHE_COLUMNS = "account_id tranche planned released_on paid lapsed".split()
PORTFOLIO_COLUMNS = (
    "group_by group currency grants awarded budget paid in_kind accounted returned to_account reports_overdue "
    "refund_outstanding provision"
).split()


# ------------------------------------------------------------------------------------------------------- the book


class Event:
    # S2: order of types within a date and seq
    RANK = {name: rank for rank, name in enumerate(
        "event spend report accept reject pay return notice cancel".split())}  # fmt: skip
    # S3: what a type takes: + required, - must be empty, ? optional
    TAKES = {
        "event": "- ref", "spend": "+ ref component", "report": "- ref", "accept": "? ref", "reject": "- ref",
        "pay": "+ ref", "return": "+", "notice": "- ref", "cancel": "- document", "reverse": "- ref",
    }  # fmt: skip

    def __init__(self, row, program):
        self.id, self.type = row["event_id"], row["type"]
        self.date = to_date(row["date"])
        self.recorded = to_date(row["recorded"]) if row.get("recorded") else self.date
        self.seq = int(row["seq"]) if row.get("seq") else 0
        self.ref, self.component = row.get("ref") or "", row.get("component") or ""
        self.document, self.written = row.get("document") or "", row.get("amount") or ""
        self.amount = program.amount(self.written) if self.written else None

    def order(self):
        return self.date, self.seq, self.RANK[self.type], self.id.encode()


class Grant:
    """A line of grants.csv with the terms that were frozen when it was agreed."""

    def __init__(self, row, program):
        self.row, self.id, self.program = row, row["account_id"], program
        self.award = program.amount(row["award"])
        self.agreed = to_date(row["agreed"])
        self.recorded = to_date(row["recorded"]) if row.get("recorded") else self.agreed
        self.borrower = row.get("borrower_id") or ""
        terms = program.version(self.agreed)
        self.limits, self.tranches = terms["award"], terms["tranches"]
        self.reports, self.eligible = terms.get("reports", []), terms.get("eligible", {})
        self.report_ids = [report["id"] for report in self.reports]
        self.planned = self.plan()

    def plan(self):
        """S9: {tranche: its amount}."""
        planned = {}
        for tranche in self.tranches:
            planned[tranche["id"]] = 0
            if "share" in tranche:
                part = self.award * to_number(tranche["share"])
                planned[tranche["id"]] = rounded(part, tranche["rounding"], self.program)
            elif "amount" in tranche:
                planned[tranche["id"]] = self.program.amount(tranche["amount"])
        others = sum(planned.values())
        for tranche in self.tranches:
            if "remainder" in tranche:
                planned[tranche["id"]] = self.award - others
        return planned

    @property
    def budget(self):
        """Of its program and year of agreement; None: the program has no budget. G8"""
        if "budget" not in self.limits:
            return None
        return self.program.amount(self.limits["budget"].get(str(self.agreed.year), "0"))


class Book:
    """Accounts and events brought together. Faults of form: {account: reason}; `lost`: rows of nobody's."""

    def __init__(self, programs, grant_rows, event_rows):
        self.programs, self.faults, self.lost = programs, {}, 0
        self.grants, self.events = [], {}
        seen = {}
        for row in grant_rows:
            seen.setdefault(row["account_id"], []).append(row)
        for account, rows in seen.items():
            self.events[account] = []
            if len(rows) > 1:
                self.faults[account] = "account twice"
            elif rows[0]["program"] not in programs:
                self.faults[account] = "unknown program"
            else:
                self.grants.append(Grant(rows[0], programs[rows[0]["program"]]))
        self.grants.sort(key=lambda grant: grant.id.encode())
        grant_of = {grant.id: grant for grant in self.grants}
        for row in event_rows:
            account = row["account_id"]
            if account not in self.events:
                self.lost += 1
            elif account in grant_of:
                self.add_event(grant_of[account], row)
        for grant in self.grants:
            self.check_form(grant)

    def add_event(self, grant, row):
        kinds = Event.TAKES.get(row["type"])
        if kinds is None:
            self.faults[grant.id] = f"no type {row['type']}"
            return
        event = Event(row, grant.program)
        self.events[grant.id].append(event)
        amount, *columns = kinds.split()
        if (amount == "+" and not event.written) or (amount == "-" and event.written):
            self.faults[grant.id] = f"{event.id}: amount"
        elif event.amount is not None and event.amount <= 0:
            self.faults[grant.id] = f"{event.id}: amount not above 0"
        elif (not event.ref) != ("ref" not in columns) or (event.component and "component" not in columns):
            self.faults[grant.id] = f"{event.id}: columns"
        elif "document" in columns and not event.document:
            self.faults[grant.id] = f"{event.id}: no document"

    def check_form(self, grant):
        """D5: form is checked for all events, those that do not count too."""
        events = self.events[grant.id]
        if len({event.id for event in events}) < len(events):
            self.faults[grant.id] = "event twice"
            return
        ids = {event.id for event in events}
        clauses = {clause["id"] for rules in all_versions(grant.program)
                   for clause in rules.get("clawback", {}).get("clauses", [])}  # fmt: skip
        known = {"pay": grant.planned, "notice": clauses, "reverse": ids, "event": event_names(grant)}
        known |= dict.fromkeys(("spend", "report", "accept", "reject"), grant.report_ids)
        for event in events:
            if event.type in known and event.ref not in known[event.type]:
                self.faults.setdefault(grant.id, f"{event.id}: unknown ref {event.ref}")


def all_versions(program):
    days = [program.in_force] + [to_date(amendment["from"]) for amendment in program.amendments]
    return [program.version(day) for day in days]


def event_names(grant):
    """G21: the names of events that the rules of a grant know: of its own releases, of the clauses of any version."""
    conditions = [tranche.get("release", "agreement") for tranche in grant.tranches]
    for rules in all_versions(grant.program):
        conditions += [clause["when"] for clause in rules.get("clawback", {}).get("clauses", [])]
    return set().union(*map(named_events, conditions))


def named_events(condition):
    if isinstance(condition, str):
        return set()
    inner = condition.get("all", []) + condition.get("any", [])
    return set().union({condition["event"]} if "event" in condition else set(), *map(named_events, inner))


def rounded(x, rounding, program):
    return round_to_unit(x, program.amount(rounding["unit"]), rounding["mode"])


def months_between(start, end):
    """Whole months from one date to another, 0 at least: the largest m with start + m months <= end."""
    months = max(0, (end.year - start.year) * 12 + end.month - start.month)
    return months if months == 0 or add_months(start, months) <= end else months - 1


def check_grant(grant):
    """What is judged on every row of the book."""
    program, limits = grant.program, grant.limits
    if grant.agreed < program.in_force:
        raise Refused(grant.id, "", "agreed before in_force")
    if "min" in limits and grant.award < program.amount(limits["min"]):
        raise Refused(grant.id, "", "award below the least")
    if "max" in limits and grant.award > program.amount(limits["max"]):
        raise Refused(grant.id, "", "award above the most")
    if min(grant.planned.values()) <= 0 or sum(grant.planned.values()) != grant.award:  # G1
        raise Refused(grant.id, "", "tranches do not add up to the award")


# ---------------------------------------------------------------------------------------------- S9: events applied


class Report:
    def __init__(self):
        self.submitted = self.accepted = None  # dates; a report rejected last is not submitted
        self.accepted_amount = None  # None: all that was claimed
        self.claims = []  # (category, amount)


class Account:
    """A grant with its events applied one after the other."""

    def __init__(self, grant, known, as_of):
        self.grant, self.known, self.as_of = grant, known, as_of
        self.reversed_by = live_reverses(known)
        self.paid = dict.fromkeys(grant.planned, 0)
        self.first_paid, self.last_paid = {}, None
        self.reports = {name: Report() for name in grant.report_ids}
        self.happened, self.notices = [], []  # (name, date), (clause, date)
        self.returned, self.cancelled_on = 0, None

    def run(self):
        steps = [e for e in self.known if e.type != "reverse" and e.date <= self.as_of]
        for e in sorted((e for e in steps if e.id not in self.reversed_by), key=Event.order):
            if e.date < self.grant.agreed:
                self.refuse(e, "before it was agreed")
            if self.cancelled_on:
                self.refuse(e, "after cancel")
            getattr(self, f"apply_{e.type}")(e)
        return self

    def refuse(self, e, reason):
        raise Refused(self.grant.id, e.id, reason)

    def refuse_unless_excused(self, e, reason):
        """S3: a booking was right when made if a later record is dated on or before it."""
        for other in self.known:
            if other.recorded > e.recorded and other.date <= e.date and other.id not in self.reversed_by:
                return
        self.refuse(e, reason)

    def apply_event(self, e):
        self.happened.append((e.ref, e.date))

    def apply_spend(self, e):
        if self.reports[e.ref].accepted:
            self.refuse_unless_excused(e, "spend for an accepted report")
        else:
            self.reports[e.ref].claims.append((e.component, e.amount))

    def apply_report(self, e):
        if self.reports[e.ref].submitted:  # an accepted one is
            self.refuse_unless_excused(e, "report while one stands")
        else:
            self.reports[e.ref].submitted = e.date

    def stands(self, e):
        report = self.reports[e.ref]
        if report.submitted and not report.accepted:
            return True
        self.refuse_unless_excused(e, f"{e.type} without report")
        return False

    def apply_accept(self, e):
        if self.stands(e):
            self.reports[e.ref].accepted, self.reports[e.ref].accepted_amount = e.date, e.amount

    def apply_reject(self, e):
        if self.stands(e):
            self.reports[e.ref].submitted = None

    def apply_pay(self, e):
        tranche = next(tranche for tranche in self.grant.tranches if tranche["id"] == e.ref)
        lapse = self.lapse(tranche)
        if lapse and e.date > lapse:
            self.refuse(e, "pay after the lapse")
        if not self.holds(tranche.get("release", "agreement"), e.date):
            self.refuse(e, "pay before the release")
        if self.paid[e.ref] + e.amount > self.grant.planned[e.ref]:
            self.refuse(e, "pay above the plan")
        self.paid[e.ref] += e.amount
        self.first_paid.setdefault(e.ref, e.date)
        self.last_paid = e.date

    def apply_return(self, e):
        if self.returned + e.amount > self.total_paid:
            self.refuse(e, "returned more than paid")
        self.returned += e.amount

    def apply_notice(self, e):
        self.notices.append((e.ref, e.date))

    def apply_cancel(self, e):
        if self.total_paid:
            self.refuse_unless_excused(e, "cancel of a paid grant")
        else:
            self.cancelled_on = e.date

    # figures as they stand

    @property
    def total_paid(self):
        return sum(self.paid.values())

    def date_of(self, name):
        """`agreed`, T.paid, last.paid, R.submitted, R.accepted; None: it has not happened."""
        if name == "agreed":
            return self.grant.agreed
        if name == "last.paid":
            return self.last_paid
        subject, what = name.rsplit(".", 1)
        if what == "paid":
            return self.first_paid.get(subject)
        if what not in ("submitted", "accepted"):
            raise BadRules(f"no date {name}")
        return getattr(self.reports[subject], what) if subject in self.reports else None

    def lapse(self, tranche):
        """The last day on which it may be paid, None where there is none."""
        if "lapse" not in tranche:
            return None
        start = self.date_of(tranche["lapse"]["after"])
        return start and add_span(start, to_span(tranche["lapse"]["plus"]))

    def lapsed(self, tranche, day):
        lapse = self.lapse(tranche)
        return self.grant.planned[tranche["id"]] - self.paid[tranche["id"]] if lapse and day > lapse else 0

    def due(self, report):
        """The due date of a report, None while what it counts from has not happened."""
        rule = report["due"]
        start = self.date_of(rule["after"])
        if start is None:
            return None
        if "plus" in rule:
            return add_span(start, to_span(rule["plus"]))
        year = start.year + {"same": 0, "next": 1}[rule["year"]]
        return month_day(year, int(rule["month"]), int(rule["day"]), "last-of-month")

    def accounted_by(self, name):
        """S9: the eligible part of an accepted report's claims."""
        report, rule = self.reports[name], self.grant.eligible
        if not report.accepted:
            return 0
        categories = rule.get("categories")
        eligible = sum(amount for category, amount in report.claims if categories is None or category in categories)
        if report.accepted_amount is not None:
            eligible = min(eligible, report.accepted_amount)
        if "share_max" not in rule:
            return eligible
        return rounded(eligible * to_number(rule["share_max"]), rule["rounding"], self.grant.program)

    def accounted(self):
        """{tranche: what reports fill of it}. G5"""
        filled = dict.fromkeys(self.paid, 0)
        for report in self.grant.reports:
            left = self.accounted_by(report["id"])
            for tranche in report["covers"]:
                part = min(left, self.paid[tranche] - filled[tranche])
                filled[tranche] += part
                left -= part
        return filled

    def event_dates(self, condition):
        """The dates on which what an event condition asks for happened."""
        dates = [day for name, day in self.happened if name == condition["event"]]
        if "within" not in condition:
            return dates
        start = self.date_of(condition["of"])
        if start is None:
            return []
        return [day for day in dates if start <= day <= add_span(start, to_span(condition["within"]))]

    def holds(self, condition, day):
        """S9: a condition, judged with what was applied so far."""
        if condition == "agreement":
            return True
        if "all" in condition:
            return all(self.holds(part, day) for part in condition["all"])
        if "any" in condition:
            return any(self.holds(part, day) for part in condition["any"])
        for what in ("submitted", "accepted"):
            if what in condition:
                return self.date_of(f"{condition[what]}.{what}") is not None
        if "missing" in condition:
            return self.missing(condition, day)
        if "accounted" in condition:
            paid = self.paid.get(condition["accounted"], 0)
            at_least = to_number(condition["at_least"])
            return paid > 0 and self.accounted()[condition["accounted"]] >= at_least * paid
        if "event" in condition:
            return bool(self.event_dates(condition))
        if "after" in condition:
            return day > to_date(condition["after"])
        raise BadRules(f"no condition {condition}")

    def missing(self, condition, day):
        for report in self.grant.reports:
            if report["id"] == condition["missing"]:
                due = self.due(report)
                late = due and day > add_span(due, to_span(condition.get("for", "0 days")))
                return bool(late) and self.reports[report["id"]].submitted is None
        return False  # G13

    def event_of(self, condition):
        """The event that a declining clause counts to: the first of the first event condition that holds. G11"""
        if "event" in condition:
            return min(self.event_dates(condition), default=None)
        for part in condition.get("all", []) + condition.get("any", []) if isinstance(condition, dict) else []:
            if found := self.event_of(part):
                return found
        return None

    def clause_amount(self, clause):
        """What a clause that holds asks for."""
        paid = self.total_paid
        amount = clause["amount"]
        if amount == "paid":
            asked = paid
        elif amount == "unaccounted":
            asked = paid - sum(self.accounted().values())
        else:
            asked = self.grant.program.amount(amount)
        if "declining" not in clause:
            return asked
        months = int(clause["declining"]["months"])
        start, event = self.date_of(clause["declining"]["of"]), self.event_of(clause["when"])
        passed = months_between(start, event) if start and event else 0
        return rounded(Fraction(asked * max(0, months - passed), months), clause["rounding"], self.grant.program)


# ---------------------------------------------------------------------------------------------- figures at as-of


class Position:
    def __init__(self, account):
        self.account, self.grant, self.as_of = account, account.grant, account.as_of
        grant, program = self.grant, self.grant.program
        self.award, self.paid = grant.award, account.total_paid
        self.in_kind = sum(account.paid[tranche["id"]] for tranche in grant.tranches
                           if tranche.get("in_kind") == "true")  # fmt: skip
        self.accounted, self.returned = sum(account.accounted().values()), account.returned
        self.to_account = max(0, self.paid - self.accounted - self.returned)
        self.clawback, self.clause, self.refund_due = 0, "", None
        self.tranches, dues = [], []
        if not account.cancelled_on:  # G15
            self.tranches = [(tranche["id"], account.lapsed(tranche, self.as_of)) for tranche in grant.tranches]
            dues = [(account.due(report), account.reports[report["id"]]) for report in grant.reports]
            self.claw_back(program.version(self.as_of).get("clawback", {}))
        self.lapsed = sum(lapsed for _, lapsed in self.tranches)
        dues = [(due, report) for due, report in dues if due and due <= self.as_of]
        overdue = [due for due, report in dues if due < self.as_of and report.submitted is None]
        self.reports_due, self.reports_overdue = len(dues), len(overdue)
        self.days_report_overdue = (self.as_of - min(overdue)).days if overdue else 0
        self.refund_outstanding = max(0, self.clawback - self.returned)
        self.days_refund_overdue = 0
        if self.refund_outstanding and self.refund_due:
            self.days_refund_overdue = max(0, (self.as_of - self.refund_due).days)
        self.classify(program.version(self.as_of).get("arrears"))
        self.status = self.status_of()

    def claw_back(self, rule):
        account = self.account
        holding = [clause for clause in rule.get("clauses", []) if account.holds(clause["when"], self.as_of)]
        asked = [(account.clause_amount(clause), clause["id"]) for clause in holding]
        asked = [(amount, name) for amount, name in asked if amount > 0]
        if rule.get("combine") == "largest":
            asked = [max(asked, key=lambda pair: pair[0])] if asked else []  # max: the first if equal
        self.clawback = min(self.paid, sum(amount for amount, _ in asked))
        self.clause = " ".join(name for _, name in asked) if self.clawback else ""
        names = {clause["id"] for clause in holding}
        dates = [day for name, day in account.notices if name in names]
        if dates:
            self.refund_due = add_span(dates[0], to_span(rule.get("payable", "0 days")))

    def classify(self, rule):
        self.class_id, self.provision = "", 0
        if not rule or not self.refund_outstanding:
            return
        for item in rule["classes"]:
            first, last = item["range"].split("..")
            if int(first) <= self.days_refund_overdue and (not last or self.days_refund_overdue <= int(last)):
                self.class_id = item["id"]
                exact = self.refund_outstanding * to_number(item.get("provision", "0"))
                if exact:
                    self.provision = rounded(exact, rule["provision"]["rounding"], self.grant.program)

    def status_of(self):
        if self.account.cancelled_on:
            return "cancelled"
        if self.refund_outstanding:
            return "refund"
        if not self.paid:
            return "agreed"
        return "completed" if self.paid + self.lapsed == self.award and not self.to_account else "active"


class Asked:
    """The options that change figures."""

    def __init__(self, as_of, known_at=None, attributes=(), carry=()):
        self.as_of, self.known_at = as_of, known_at or FOREVER
        self.attributes, self.carry = list(attributes), list(carry)


def position(book, grant, asked):
    """At (as-of, known-at); None where it does not exist; Refused for what it says itself."""
    if grant.id in book.faults:
        raise Refused(grant.id, "", book.faults[grant.id])
    check_grant(grant)
    check_reverses(grant, book.events[grant.id])
    if grant.agreed > asked.as_of or grant.recorded > asked.known_at:
        return None
    known = [event for event in book.events[grant.id] if event.recorded <= asked.known_at]
    return Position(Account(grant, known, asked.as_of).run())


def over_budget(positions):
    """S9: the awards that take the total of their program and year above its budget. G8"""
    refusals, accepted = [], {}
    for p in sorted(positions, key=lambda p: (p.grant.agreed, p.grant.id.encode())):
        grant = p.grant
        before = accepted.setdefault((grant.program.id, grant.agreed.year), [])
        standing = [other.award for other in before
                    if not other.account.cancelled_on or other.account.cancelled_on > grant.agreed]  # fmt: skip
        if grant.budget is not None and sum(standing) + grant.award > grant.budget:
            refusals.append(Refused(grant.id, "", "above the budget"))
        else:
            before.append(p)
    return refusals


def judge_all(book, asked):
    """-> positions of what is accepted and exists, refusals."""
    found, refusals = [], [Refused(account, "", reason) for account, reason in sorted(book.faults.items())]
    for grant in book.grants:
        if grant.id not in book.faults:
            try:
                found.append(position(book, grant, asked))
            except Refused as fault:
                refusals.append(fault)
    found = [p for p in found if p]
    refusals += over_budget(found)
    refused = {fault.account for fault in refusals}
    return [p for p in found if p.grant.id not in refused], refusals


# --------------------------------------------------------------------------------------------------- D6: the files


def positions_file(positions, asked):
    yield POSITION_COLUMNS + asked.carry
    for p in positions:
        grant, text = p.grant, p.grant.program.text
        yield [
            grant.id, grant.program.id, grant.program.currency, grant.borrower, p.as_of, p.status, text(p.award),
            text(p.paid), text(p.in_kind), text(p.lapsed), text(p.accounted), text(p.returned), text(p.to_account),
            p.reports_due, p.reports_overdue, p.days_report_overdue, text(p.clawback), p.clause,
            date_text(p.refund_due), text(p.refund_outstanding), p.days_refund_overdue, p.class_id, text(p.provision),
        ] + [grant.row.get(column) or "" for column in asked.carry]  # fmt: skip


def tranches_file(positions):
    yield TRANCHE_COLUMNS
    for p in positions:
        text = p.grant.program.text
        for name, lapsed in p.tranches:
            yield [p.grant.id, name, text(p.grant.planned[name]), date_text(p.account.first_paid.get(name)),
                   text(p.account.paid[name]), text(lapsed)]  # fmt: skip


def groups(positions, asked):
    """(group_by, group, currency) -> its positions, in the order of the file."""
    result = {}
    for group_by in ["all", "program"] + asked.attributes:
        found = {}
        for p in positions:
            name = {"all": "all", "program": p.grant.program.id}.get(group_by)
            name = (p.grant.row.get(group_by) or "") if name is None else name
            found.setdefault((name.encode(), p.grant.program.currency.encode()), []).append(p)
        for name, currency in sorted(found):
            result[group_by, name.decode(), currency.decode()] = found[name, currency]
    return result


def budgets(positions):
    """{(program, year): budget} of those that have one. G9"""
    latest = {}
    for p in sorted(positions, key=lambda p: (p.grant.agreed, p.grant.id.encode())):
        latest[p.grant.program.id, p.grant.agreed.year] = p.grant.budget
    return {key: budget for key, budget in latest.items() if budget is not None}


def portfolio_file(positions, asked):
    yield PORTFOLIO_COLUMNS
    budget_of = budgets(positions)
    for group, here in groups(positions, asked).items():
        text = here[0].grant.program.text
        years = {(p.grant.program.id, p.grant.agreed.year) for p in here} & set(budget_of)

        def total(name, here=here):
            return sum(getattr(p, name) for p in here)

        yield [
            *group, len(here), text(sum(p.award for p in here if p.status != "cancelled")),
            text(sum(budget_of[key] for key in years)) if years else "", text(total("paid")), text(total("in_kind")),
            text(total("accounted")), text(total("returned")), text(total("to_account")), total("reports_overdue"),
            text(total("refund_outstanding")), text(total("provision")),
        ]  # fmt: skip


def files(positions, asked):
    return {
        "grant_positions.csv": csv_text(positions_file(positions, asked)),
        "grant_tranches.csv": csv_text(tranches_file(positions)),
        "grant_portfolio.csv": csv_text(portfolio_file(positions, asked)),
    }


# --------------------------------------------------------------------------------------------------- command line


def read_programs(folder):
    found = [read_yaml(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.yaml"))]
    return {rules["id"]: Program(rules) for rules in found
            if rules["nol"] == "rules/1" and rules.get("kind") == "grant"}  # fmt: skip


def parse(arguments):
    parser = argparse.ArgumentParser(description="An independent model of nol's grants.")
    parser.add_argument("--rules", required=True)
    parser.add_argument("--grants", action="append", required=True)
    parser.add_argument("--events", action="append", default=[])
    for name in ("--as-of", "--known-at"):
        parser.add_argument(name, type=to_date, required=name == "--as-of")
    for name in ("--attribute", "--carry", "--ignore"):
        parser.add_argument(name, action="append", default=[])
    parser.add_argument("--quarantine", action="store_true")
    parser.add_argument("--threads")  # as the engine takes it; here it changes nothing
    parser.add_argument("--out", required=True)
    return parser.parse_args(arguments)


def run(arguments):
    """The whole run; -> exit code."""
    options = parse(arguments)
    asked = Asked(options.as_of, options.known_at, options.attribute, options.carry)
    try:
        book = Book(read_programs(options.rules), read_csv(options.grants), read_csv(options.events))
        positions, refusals = judge_all(book, asked)
        for fault in refusals:
            print(fault, file=sys.stderr)
        bad = bool(refusals or book.lost)
        if bad and not options.quarantine:
            return 1
        texts = files(positions, asked)
    except BadRules as fault:
        print(f"refused: {fault}", file=sys.stderr)
        return 1
    accounts = sorted({fault.account for fault in refusals}, key=str.encode)
    texts["rejects.csv"] = csv_text([["account_id"]] + [[account] for account in accounts])
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(run([word for place, word in enumerate(sys.argv[1:]) if place or word != "run"]))
