#!/usr/bin/env python3
"""A second, independent implementation of nol's loan accounting: the oracle the engine is compared with.

It is written from design.md and semantics.md alone and is naive on purpose: every position (as-of, known-at)
is computed from scratch, amounts are Python ints of minor units, rates are Fractions, nothing is cached but the
resolved rule versions. `S5.3` in a comment is section 5, point 3 of semantics.md, `D2` a section of design.md,
and `N11` the numbered note 11 at the end of this text.

Scope: principal with `by`, schedule with every split, down payments, `latest` and calendars, allocation in full,
small_amounts, write_off, arrears in full, subsidy, fees, penalty, relief, reschedule, forgiveness, amendments; every
event.

Notes on what the texts leave open (they bind the engine too):
 N1  provision_base is outstanding (less collateral where it counts) of active loans, 0 for all others.
 N2  overdue, oldest_due, installments_overdue are shown even when tolerance or ignore_below make the days 0.
 N4  non_current: rows due later than as-of + 12 months of loans not written off.
 N7  migration's class order: the versions at as-of, then classes only found the day before --from, then statuses.
 N9  a `reverse` without an account may take back an unidentified event.
 N10 recover without write-off, write-off of nothing, cancel of a disbursed loan: refused, unless a live event is
     recorded after it and dated on or before it; then it has no effect.
 N11 an uncovered refund draws on reversed `repay` events, oldest first; the earliest live reverse counts.
 N12 before the disbursement only disburse, collateral, cancel; after a cancel nothing; after a write-off only
     repay, recover, refund, collateral.
 N16 reverses are judged from the last to the first by (recorded, event_id).
 N17 an account taken over by an opening dated after as-of does not exist yet.
 N21 where an uncovered refund falls due: next row strictly after it; on the last due date that row; later an
     extra row.
 N22 a `due` of a charge before its date counts as its date.
 N23 a type that the allocation of the day does not have is refused.
 N24 a chargeback without an amount is of the whole payment; after an earlier one of it that is too much.
 N25 after a write-off charge, forgive, reschedule, disburse and opening are refused, later records or not; waive,
     chargeback, letter, classify, freeze and unfreeze are taken.
 N26 re-spread divides over the future rows with anything unpaid, even if only in components not paid in advance.
 N27 both small_amounts act only when the last row is due or later; the fee goes where a charge of that day would.
 N28 classify is a floor put on the class after the cure; it is not among the past classes that a cure remembers, and
     does nothing where the rules at as-of have no such class.
 N29 cure: the past begins at the first disbursement or the opening; days on which the loan was closed are clean.
 N30 a later tranche: a row keeps at least what is paid and forgiven of it, the surplus is taken off what is unpaid
     of the other rows of the split, oldest first; one that has no planned principal left refuses the tranche.
 N31 a chargeback takes the payment's credit, then what it paid in reverse order of the components in force for that
     payment, then what was refunded of it; lines stand in the order applied: credit first.
 N32 days of a subsidy are 30 for `month` as for `30/360`; no month before an opening; `planned` looks at the plan
     alone, so that a write-off or forgiveness does not end it.
 N33 credit used is one line per payment, day and row, apart from the payment's own line of that day.
 N34 subsidy.csv is written when a program has the clause in any version.
 N35 listed zero rows are moved off holidays like others.
 N36 a span of `latest` counts from the anchor (`given`: from first_due).
 N37 a `matured` range that holds 0 holds before maturity too.
 N38 a penalty of a loan taken over is counted as if rows due before the opening fell due on its date; the version
     stays that of the row's own due date.
 N39 a fee of `{installment: N}` is charged in the row numbered N; a loan without such a row does not bear it.
 N40 each clause of `forgiveness` acts once on a loan, before small_amounts; what one forgives counts for the others
     at the end of that same day.
 N41 re-age takes the unpaid principal of all rows, row 0 and later down payments too; what extend divides counts as
     planned from then on, even if a chargeback had put it there.
 N42 max_installments: all principal rows of the schedule once the event is applied, paid ones too; one that holds
     only a fee or penalty is none.
 N43 relief acts by the version in force on its `from`; `shift` looks at the due date, moved off holidays.
 N44 a fee that rounds to 0 makes no row. Fees deducted from one amount paid out may not be more than it.
 N45 a reschedule that acts on nothing counts neither for max_times nor for max_grace; grace in days is not measured by
     a max_grace in months, nor the other way round, and refused.
 N45 a budget is a ceiling at every moment: a loan is judged on the day it was agreed, against those accepted before
     it that were not cancelled by then; a cancelled one frees its part from the day of its cancel on. Only loans that
     exist at (as-of, known-at) and are not refused for another reason take part. Each is judged by the version of its
     own agreement; those of a version without a budget count. A year that `budget` does not name has nothing to give.
"""
import argparse
import csv
import json
import sys
from bisect import bisect_right
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

LAST_DAY = date(2199, 12, 31)
FOREVER = date.max
STATUSES = ["pending", "closed", "written-off", "ended", "cancelled"]  # order in migration.csv, after the classes


class Refused(Exception):
    """Something the semantics refuse: the account goes, whole."""

    def __init__(self, account, event, reason):
        super().__init__(f"refused: {account} {event or '-'} {reason}")
        self.account, self.event, self.reason = account, event, reason


class BadRules(Exception):
    """A rule file the model cannot use."""


# ------------------------------------------------------------------------------------------------ text and values


@lru_cache(None)
def to_number(text):
    """An exact number from `1_000`, `0.50`, `12.5%` or `1/3`."""
    text = text.replace("_", "")
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


@lru_cache(None)
def to_amount(text, decimals):
    """Whole minor units (D2)."""
    minor = to_number(text) * 10**decimals
    if minor.denominator != 1:
        raise ValueError(f"{text} has more than {decimals} decimals")
    return minor.numerator


def amount_text(minor, decimals):
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


@lru_cache(None)
def to_span(text):
    """`6 months` -> (6, 'month')."""
    number, unit = text.split()
    return int(number.replace("_", "")), unit.removesuffix("s")


def to_date(text):
    return date.fromisoformat(text)


def round_to_unit(x, unit, mode):
    """D2: the exact x (>= 0 here) to a multiple of unit."""
    units = Fraction(x) / unit
    whole, rest = units.numerator // units.denominator, units % 1
    if mode == "up":
        whole += rest > 0
    elif mode == "half-up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half-even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode != "down":
        raise BadRules(f"rounding mode {mode}")
    return whole * unit


def ratio_text(part, whole):
    """Six decimals half-even, empty over zero (D6)."""
    return amount_text(round_to_unit(Fraction(part * 10**6, whole), 1, "half-even"), 6) if whole else ""


# ----------------------------------------------------------------------------------------------------------- dates


def days_in_month(year, month):
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return (first_of_next - timedelta(days=1)).day


def month_day(year, month, day, missing_day):
    """Day `day` of a month; where the month has none, what missing_day says (D3)."""
    if day <= days_in_month(year, month):
        return date(year, month, day)
    if missing_day == "first-of-next":
        return date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, days_in_month(year, month))


def add_months(start, months, day="same", missing_day="last-of-month"):
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if day == "same":
        return month_day(year, month, start.day, missing_day)
    if day == "last":
        return date(year, month, days_in_month(year, month))
    return month_day(year, month, int(day), missing_day)


def add_span(start, span):
    """All month arithmetic other than due dates uses last-of-month (D3)."""
    number, unit = span
    if unit in ("day", "week"):
        return start + timedelta(days=number * (7 if unit == "week" else 1))
    return add_months(start, number * (12 if unit == "year" else 1))


def add_periods(anchor, periods, schedule):
    """Anchor + k periods in one step, never from the row before (D3)."""
    number, unit = to_span(schedule["every"])
    if unit in ("day", "week"):
        return add_span(anchor, (number * periods, unit))
    months = number * periods * (12 if unit == "year" else 1)
    due = schedule["due"]
    return add_months(anchor, months, due.get("day", "same"), due["missing_day"])


def whole_periods(span, every):
    """A span counted in periods, None where it is not a whole number of them."""
    sizes = {"day": ("days", 1), "week": ("days", 7), "month": ("months", 1), "year": ("months", 12)}
    (n, unit), (m, period) = span, every
    (family, size), (period_family, period_size) = sizes[unit], sizes[period]
    if n == 0:
        return 0
    if family != period_family or (n * size) % (m * period_size):
        return None
    return n * size // (m * period_size)


# ----------------------------------------------------------------------------------------------------- rule files


def as_text(node):
    """Every scalar is text that nol types itself (D4)."""
    if isinstance(node, dict):
        return {str(key): as_text(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_text(value) for value in node]
    if isinstance(node, bool):
        return "true" if node else "false"
    return "" if node is None else str(node)


def read_yaml(text):
    try:
        return as_text(json.loads(text, parse_int=str, parse_float=str))
    except json.JSONDecodeError:
        import yaml

        return as_text(yaml.load(text, Loader=yaml.BaseLoader))


def by_value(node):
    """What `was` is compared as: 25_000_000 equals 25000000."""
    if isinstance(node, dict):
        return {key: by_value(value) for key, value in node.items()}
    if isinstance(node, list):
        return [by_value(value) for value in node]
    try:
        return to_number(node)
    except (ValueError, ZeroDivisionError):
        return node


class Program:
    """One rule file and its versions."""

    def __init__(self, rules, calendars=None):
        self.calendars = calendars or {}
        text = json.dumps(rules)
        self.has_penalty = '"penalty": {' in text or '"path": "penalty' in text
        self.has_subsidy = '"subsidy"' in text  # N34: as it stands or as amended at any time
        self.needs_history = self.has_subsidy or "cure" in text  # at least: the past of each loan is kept then
        self.rules = {key: value for key, value in rules.items() if key != "amendments"}
        # in order of `from`, then file order: sorted() is stable (D4.3)
        self.amendments = sorted(rules.get("amendments", []), key=lambda amendment: to_date(amendment["from"]))
        self.id = rules["id"]
        self.currency = rules["currency"]["code"]
        self.decimals = int(rules["currency"]["decimals"])
        self.in_force = to_date(rules["in_force"])
        self.versions = {}
        self.reliefs = list(rules.get("relief", []))  # of any version: days on which one may begin
        for amendment in self.amendments:
            for change in amendment["set"]:
                if change["path"] == "relief" and isinstance(change["value"], list):
                    self.reliefs += change["value"]
        for amendment in self.amendments:  # a wrong `was` is an error wherever it stands
            self.version(to_date(amendment["from"]))

    def version(self, day):
        """The rules as they stand on a day."""
        in_force = [amendment for amendment in self.amendments if to_date(amendment["from"]) <= day]
        if len(in_force) not in self.versions:
            rules = deepcopy(self.rules)
            for amendment in in_force:
                for change in amendment["set"]:
                    self.amend(rules, change)
            self.versions[len(in_force)] = rules
        return self.versions[len(in_force)]

    def amend(self, rules, change):
        node = rules
        *parents, last = change["path"].split(".")
        for key in parents:
            node = self.step(node, key)
        stands = self.step(node, last, missing="absent")
        if by_value(stands) != by_value(change["was"]):
            raise BadRules(f"{self.id}: {change['path']} is {stands}, not {change['was']}")
        value = deepcopy(change["value"])
        if isinstance(node, dict):
            if value == "absent":
                node.pop(last, None)
            else:
                node[last] = value
        else:
            at = [element.get("id") for element in node].index(last)
            node[at : at + 1] = [] if value == "absent" else [value]

    def step(self, node, key, missing=None):
        """A key of a map, or the list element with that id."""
        if isinstance(node, dict) and key in node:
            return node[key]
        if isinstance(node, list):
            for element in node:
                if isinstance(element, dict) and element.get("id") == key:
                    return element
        if missing is None:
            raise BadRules(f"{self.id}: no {key}")
        return missing

    def amount(self, text):
        return to_amount(text, self.decimals)

    def text(self, minor):
        return amount_text(minor, self.decimals)


def read_rules(folder):
    files = [read_yaml(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.yaml"))]
    calendars = {file["id"]: Calendar(file) for file in files if file["nol"] == "calendar/1"}
    return {file["id"]: Program(file, calendars) for file in files if file["nol"] == "rules/1"}


# ------------------------------------------------------------------------------------------------------- the book


class Loan:
    def __init__(self, row, program):
        cell = {key: row.get(key, "") for key in ("disbursed", "agreed", "recorded", "first_due", "grace")}
        self.row = row  # attributes and carried columns are read from here
        self.id, self.program = row["account_id"], program
        self.principal = program.amount(row["principal"])
        self.disbursed = to_date(cell["disbursed"]) if cell["disbursed"] else None
        self.agreed = to_date(cell["agreed"]) if cell["agreed"] else self.disbursed
        self.recorded = to_date(cell["recorded"]) if cell["recorded"] else self.agreed
        self.first_due = to_date(cell["first_due"]) if cell["first_due"] else None
        self.installments = int(row["installments"]) if row.get("installments") else None
        self.grace = to_span(cell["grace"]) if cell["grace"] else None
        self.collateral = program.amount(row["collateral"]) if row.get("collateral") else 0
        self.borrower = row.get("borrower_id", "")
        self.plan = []  # of plan.csv: (n, due, amount)


class Event:
    # S2: order of types within a date and seq; a program's own types are payments like `repay`
    RANK = {name: rank for rank, name in enumerate(
        "disburse opening cancel collateral letter classify able unable freeze unfreeze charge waive reschedule "
        "repay chargeback refund forgive write-off recover write-off-absolute".split())}  # fmt: skip
    OTHER = ("reverse", "unidentified")

    def __init__(self, row, program):
        self.id, self.type, self.written = row["event_id"], row["type"], row.get("amount", "")
        self.date = to_date(row["date"])
        self.recorded = to_date(row["recorded"]) if row.get("recorded") else self.date
        self.seq = int(row["seq"]) if row.get("seq") else 0
        self.document, self.ref = row.get("document", ""), row.get("ref", "")
        self.component, self.kind = row.get("component", ""), row.get("kind", "")
        self.due = to_date(row["due"]) if row.get("due") else None
        self.every = to_span(row["every"]) if row.get("every") else None
        self.grace = to_span(row["grace"]) if row.get("grace") else None
        self.row = int(row["row"]) if row.get("row") else None
        self.installments = int(row["installments"]) if row.get("installments") else None
        self.amount = program.amount(self.written) if program and self.written else 0

    @property
    def is_payment(self):
        return self.type == "repay" or (self.type not in self.RANK and self.type not in self.OTHER)

    def order(self):
        return (self.date, self.seq, self.RANK.get(self.type, self.RANK["repay"]), self.id.encode())


class Book:
    def __init__(self, programs, loan_rows, event_rows, plan_rows=()):
        self.programs = programs
        self.loans = [Loan(row, programs[row["program"]]) for row in loan_rows]
        self.loans.sort(key=lambda loan: loan.id.encode())
        program_of = {loan.id: loan.program for loan in self.loans}
        self.events = {loan.id: [] for loan in self.loans}
        self.unplaced = []  # events of nobody
        loan_of = {loan.id: loan for loan in self.loans}
        for row in plan_rows:
            loan = loan_of[row["account_id"]]
            loan.plan.append((int(row["n"]), to_date(row["due"]), loan.program.amount(row["amount"])))
        for loan in self.loans:
            loan.plan.sort()
        for row in event_rows:
            if row["account_id"]:
                self.events[row["account_id"]].append(Event(row, program_of[row["account_id"]]))
            else:
                self.unplaced.append(Event(row, None))


def read_csv(paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


# ------------------------------------------------------------------------------------------------------- S1: plan

COMPONENTS = ("principal", "fee", "penalty")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Calendar:
    """nol: calendar/1."""

    def __init__(self, data):
        self.first, self.last = to_date(data["from"]), to_date(data["until"])
        self.weekend = {WEEKDAYS.index(name) for name in data.get("weekend", [])}
        self.holidays = {to_date(item["date"]) for item in data.get("holidays", [])}

    def is_business(self, day):
        if not self.first <= day <= self.last:  # S1.6: outside it every day is one
            return True
        return day.weekday() not in self.weekend and day not in self.holidays

    def next(self, day):
        while not self.is_business(day):
            day += timedelta(days=1)
        return day

    def previous(self, day):
        while not self.is_business(day):
            day -= timedelta(days=1)
        return day


class Row:
    def __init__(self, n, due, principal, kind="plan", nominal=None):
        self.n = n  # None: a listed zero row of a grace
        self.due, self.due_nominal = due, nominal or due
        self.kind = kind  # plan (what is split and rescheduled), down (row 0, later down payments), extra, zero
        self.owed = dict.fromkeys(COMPONENTS, 0) | {"principal": principal}
        self.paid = dict.fromkeys(COMPONENTS, 0)
        self.waived = dict.fromkeys(COMPONENTS, 0)
        self.money_back = 0  # principal put here by chargebacks and uncovered refunds
        self.share = None  # under `split: shares`
        self.count, self.k = None, 0  # how its date is counted, and its place in that count
        self.program_fee = self.deducted = 0
        self.assessed, self.assessed_exact, self.assessed_once = 0, Fraction(0), False  # penalty
        self.month_bases = {}  # first day of a month late -> what was unpaid
        self.largest = principal  # the largest principal_due it has had
        self.remade = False  # made by extend or re-age
        self.paid_in_advance = self.paid_late = 0
        self.paid_on = None

    def order(self):
        return (self.due, self.n or 0)

    def left(self, component):
        return self.owed[component] - self.waived[component] - self.paid[component]

    @property
    def principal_due(self):
        return self.owed["principal"]

    @property
    def principal_paid(self):
        return self.paid["principal"]

    @property
    def unpaid(self):
        return sum(self.left(component) for component in COMPONENTS)


def limits_of(clause, read):
    """A plain value, or {min, max, default} -> (min, max, default)."""
    if isinstance(clause, dict):
        default = clause.get("default")
        return read(clause["min"]), read(clause["max"]), None if default is None else read(default)
    return read(clause), read(clause), read(clause)


def chosen(loan, asked, limits, name):
    """What the book asks for, inside what the rule allows."""
    low, high, default = limits
    value = default if asked is None else asked
    if value is None:
        raise Refused(loan.id, "", f"{name} missing")
    if not low <= value <= high:
        raise Refused(loan.id, "", f"{name} {value} not in {low}..{high}")
    return value


def grace_periods(loan, schedule):
    every = to_span(schedule["every"])
    asked = None
    if loan.grace is not None:
        asked = whole_periods(loan.grace, every)
        if asked is None:
            raise Refused(loan.id, "", "grace is not a whole number of periods")
    clause = schedule.get("grace")
    limits = limits_of(clause["length"], lambda text: whole_periods(to_span(text), every)) if clause else (0, 0, 0)
    return chosen(loan, asked, limits, "grace")


def split_kind(schedule):
    """equal, bullet, custom, fixed or shares."""
    split = schedule["split"]
    return next(iter(split)) if isinstance(split, dict) else split


def down_payment(loan, schedule, total):
    """The part of a disbursement that is due that day."""
    if "down_payment" not in schedule:
        return 0
    rounding = schedule["rounding"]
    share = total * to_number(schedule["down_payment"])
    part = round_to_unit(share, loan.program.amount(rounding["unit"]), rounding.get("mode", "down"))
    if not 0 < part < total:
        raise Refused(loan.id, "", "down payment of nothing or everything")
    return part


def installments_of(loan, schedule):
    """Rows counted by the program (S1.2, S1.5); for bullet the number of periods."""
    kind = split_kind(schedule)
    if kind == "fixed":  # rows of the amount until paid
        n = -(-(loan.principal - down_payment(loan, schedule, loan.principal)) // loan.program.amount(
            schedule["split"]["fixed"]))  # fmt: skip
    elif kind == "shares":
        n = len(schedule["split"]["shares"])
    elif kind == "custom":
        n = len(loan.plan)
    else:
        return chosen(loan, loan.installments, limits_of(schedule["installments"], int), "installments")
    if loan.installments not in (None, n):
        raise Refused(loan.id, "", f"installments {loan.installments}, the split gives {n}")
    return n


def split_shares(total, shares, rounding, program):
    """D2: who carries the remainder; shares are exact and add up to 1."""
    unit, residual = program.amount(rounding["unit"]), rounding["residual"]
    mode = rounding.get("mode", "down" if residual == "leading" else None)
    n = len(shares)

    def rounded(x):
        return round_to_unit(x, unit, mode)

    if residual == "last":
        parts = [rounded(total * share) for share in shares[:-1]]
        return parts + [total - sum(parts)]
    if residual == "first":
        parts = [rounded(total * share) for share in shares[1:]]
        return [total - sum(parts)] + parts
    if residual == "cumulative":
        ends = [rounded(total * sum(shares[:k])) for k in range(n)] + [total]
        return [ends[k] - ends[k - 1] for k in range(1, n + 1)]
    if residual == "leading" and mode == "down":
        parts = [rounded(total * share) for share in shares]
        rest = total - sum(parts)
        parts = [part + unit if k < rest // unit else part for k, part in enumerate(parts)]
        parts[-1] += rest % unit
        return parts
    raise BadRules(f"rounding {mode} {residual}")


def split_equal(total, n, rounding, program):
    return split_shares(total, [Fraction(1, n)] * n, rounding, program)


def split_principal(loan, schedule, total, grace):
    """The principal of rows 1, 2, ..."""
    split, program, kind = schedule["split"], loan.program, split_kind(schedule)
    if kind == "bullet":
        return [total]
    if kind == "fixed":
        amount = program.amount(split["fixed"])
        full = (total - 1) // amount
        return [amount] * full + [total - amount * full]
    if kind == "shares":
        return split_shares(total, [to_number(text) for text in split["shares"]], schedule["rounding"], program)
    n = installments_of(loan, schedule)
    if "grace" in schedule and schedule["grace"]["place"] == "within-term":
        n -= grace  # S1.2: n counts the grace
    return split_equal(total, n, schedule["rounding"], program)


def off_holidays(program, schedule, nominal, disbursed_on, latest=None):
    """S1.6: where a nominal date really falls due."""
    rule = schedule["due"].get("holiday", "none")
    if rule == "none":
        return nominal
    calendar = program.calendars[schedule["due"]["calendar"]]
    following, before = calendar.next(nominal), calendar.previous(nominal)
    other_month = (following.year, following.month) != (nominal.year, nominal.month)
    forward = rule == "next" or (rule == "modified-next" and not other_month)
    if not forward and before < disbursed_on:
        forward = True
    elif forward and latest and following > latest:
        forward = False
    return following if forward else before


class Count:
    """Dates counted in periods from a date of its own: of rows that an event has moved or made."""

    def __init__(self, plan, anchor, every):
        self.plan, self.anchor = plan, anchor
        due = {"missing_day": plan.schedule["due"].get("missing_day", "last-of-month")}
        self.schedule = {"every": every, "due": due}

    def nominal(self, k):
        return self.plan.checked(add_periods(self.anchor, k, self.schedule))


class Plan:
    """How the dates of one loan are counted (S1.3, S1.4)."""

    def __init__(self, loan, schedule, disbursed_on):
        self.loan, self.schedule, self.disbursed_on = loan, schedule, disbursed_on
        due, self.grace = schedule["due"], grace_periods(loan, schedule)
        self.given = due.get("anchor", "disbursed") == "given"
        self.offset = 0  # periods before the period of row 1
        self.anchor = loan.agreed if due.get("anchor") == "agreed" else disbursed_on
        if split_kind(schedule) == "custom":
            return
        if self.given:  # the grace is counted already
            if loan.first_due < disbursed_on:
                raise Refused(loan.id, "", "first_due before the disbursement")
            self.anchor, self.offset = loan.first_due, -1
            return
        self.offset = self.grace
        if schedule["split"] == "bullet":
            self.offset += installments_of(loan, schedule) - 1
        gap_ends = add_span(disbursed_on, to_span(due["min_gap"])) if "min_gap" in due else disbursed_on
        self.start = 0  # periods the whole plan starts later
        while True:
            first = self.checked(add_periods(self.anchor, self.offset + 1, schedule))
            if first > disbursed_on and first >= gap_ends:
                break
            self.start += 1
            self.offset += 1

    def checked(self, day):
        if day > LAST_DAY:  # S1.8
            raise Refused(self.loan.id, "", "a row past 2199-12-31")
        return day

    def nominal(self, k):
        return self.checked(add_periods(self.anchor, self.offset + k, self.schedule))

    def latest(self):
        """S1.7, or None."""
        text = self.schedule["due"].get("latest")
        if text is None:
            return None
        return add_span(self.anchor, to_span(text)) if " " in text else to_date(text)

    def dates(self, n):
        dates = [self.nominal(k) for k in range(1, n + 1)]
        latest = self.latest()
        if latest and dates[-1] > latest:
            dates[-1] = latest
            before = [row.due_nominal for row in self.zero_rows()] + dates[:-1]  # a listed row is one
            if latest <= self.disbursed_on or (before and before[-1] >= latest):
                raise Refused(self.loan.id, "", "the row before the last is not before `latest`")
        return dates

    def due(self, nominal, latest=None):
        return self.checked(off_holidays(self.loan.program, self.schedule, nominal, self.disbursed_on, latest))

    def zero_rows(self):
        """S1.1: listed rows of a grace."""
        schedule = self.schedule
        if self.given or schedule.get("grace", {}).get("list_rows") != "true":
            return []
        dates = [add_periods(self.anchor, self.start + k, schedule) for k in range(1, self.grace + 1)]
        return [Row(None, self.due(day), 0, "zero", day) for day in dates if day > self.disbursed_on]


def custom_rows(loan, disbursed_on, total):
    rows, before = [], (0, disbursed_on)
    for n, due, amount in loan.plan:
        if not (n > before[0] and due > before[1] and amount > 0):
            raise Refused(loan.id, "", f"plan row {n}")
        rows.append(Row(n, due, amount))
        before = (n, due)
    if sum(row.principal_due for row in rows) != total:
        raise Refused(loan.id, "", "the plan does not add up")
    return rows


def plan_of(loan, disbursed_on, total):
    """S1: -> (Plan, rows, zero rows) of a loan disbursed on a day; limits are judged elsewhere."""
    schedule = loan.program.version(loan.agreed)["schedule"]
    plan = Plan(loan, schedule, disbursed_on)
    down = down_payment(loan, schedule, total)
    if split_kind(schedule) == "custom":
        rows = custom_rows(loan, disbursed_on, total - down)
        zero_rows = []
    else:
        parts = split_principal(loan, schedule, total - down, plan.grace)
        if min(parts) <= 0:
            raise Refused(loan.id, "", "a row without principal")
        dates, latest = plan.dates(len(parts)), plan.latest()
        rows = [Row(k + 1, plan.due(day, latest), part, "plan", day)
                for k, (day, part) in enumerate(zip(dates, parts))]  # fmt: skip
        assert all(a.due_nominal < b.due_nominal for a, b in zip(rows, rows[1:])), "nominal dates strictly increase"
        assert all(a.due <= b.due for a, b in zip(rows, rows[1:])), "due dates never decrease"
        zero_rows = plan.zero_rows()
    if split_kind(schedule) == "shares":
        for row, share in zip(rows, schedule["split"]["shares"]):
            row.share = to_number(share)
    for k, row in enumerate(rows, 1):
        row.count, row.k = plan, k
        if split_kind(schedule) == "custom":
            row.count, row.k = Count(plan, row.due_nominal, schedule["every"]), 0
    if down:
        rows.insert(0, Row(0, disbursed_on, down, "down"))
    assert sum(row.principal_due for row in rows) == total, "planned principal adds up"
    return plan, rows, zero_rows


def row_every(row):
    """The period a row was made with."""
    return row.count.schedule["every"]


def make_plan(loan, disbursed_on, total):
    return plan_of(loan, disbursed_on, total)[1:]


def check_loan(loan):
    """What a line of the book is refused for, whether it exists at as-of or not."""
    program = loan.program
    if loan.agreed < program.in_force:
        raise Refused(loan.id, "", "agreed before the rules are in force")
    if loan.disbursed and loan.agreed > loan.disbursed:
        raise Refused(loan.id, "", "agreed after the disbursement")
    rules = program.version(loan.agreed)
    principal, schedule = rules["principal"], rules["schedule"]
    most = principal["max"]
    if "by" in principal:  # a value not listed takes `max`
        most = principal["by"]["max"].get(loan.row.get(principal["by"]["column"], ""), most)
    if loan.principal < program.amount(principal["min"]):
        raise Refused(loan.id, "", "principal below min")
    if loan.principal > program.amount(most):
        raise Refused(loan.id, "", "principal above max")
    if loan.principal % program.amount(principal.get("multiple_of", amount_text(1, program.decimals))):
        raise Refused(loan.id, "", "principal not a multiple")
    n, grace = installments_of(loan, schedule), grace_periods(loan, schedule)
    if "grace" in schedule and schedule["grace"]["place"] == "within-term" and grace >= n:
        raise Refused(loan.id, "", "grace as long as the term")
    if schedule["due"].get("anchor") == "given":
        day = schedule["due"].get("day", "same")
        if loan.first_due is None:
            raise Refused(loan.id, "", "first_due missing")
        if day != "same" and add_periods(loan.first_due, 0, schedule) != loan.first_due:
            raise Refused(loan.id, "", f"first_due is not day {day}")
    elif loan.first_due is not None:
        raise Refused(loan.id, "", "first_due without anchor: given")
    if loan.disbursed:
        make_plan(loan, loan.disbursed, loan.principal)


# ------------------------------------------------------------------------------------------- S2, S6: what is live


def live_reverses(events):
    """Of the known events of an account: what is reversed, by which live reverse (the earliest). N16."""
    reverses = sorted((e for e in events if e.type == "reverse"), key=lambda e: (e.recorded, e.id.encode()))
    reversed_by = {}
    for reverse in reversed(reverses):
        if reverse.id not in reversed_by:
            reversed_by[reverse.ref] = reverse
    return reversed_by


def check_reverses(loan, events):
    """S2: a reverse of a reverse must come after it."""
    by_id = {e.id: e for e in events}
    for e in events:
        if e.type == "reverse" and by_id[e.ref].type == "reverse":
            if (e.recorded, e.id.encode()) <= (by_id[e.ref].recorded, e.ref.encode()):
                raise Refused(loan.id, e.id, "reverse not after the reverse it refers to")


# --------------------------------------------------------------------------------------- S4 - S6: events applied


class Line:
    """A line of allocations.csv."""

    def __init__(self, event, day, n, parts=None, credit=0, use=False):
        self.event, self.day, self.n, self.credit, self.use = event, day, n, credit, use
        self.parts = dict.fromkeys(COMPONENTS, 0) | (parts or {})

    @property
    def principal(self):
        return self.parts["principal"]


class Payment:
    """What has become of a payment."""

    def __init__(self, event, rule, after_write_off):
        self.event, self.rule, self.after_write_off = event, rule, after_write_off
        self.left = 0  # of it, held as credit
        self.paid = dict.fromkeys(COMPONENTS, 0)  # net of chargebacks
        self.refunded = self.charged_back = 0


class Snapshot:
    """A loan at the end of a day, and of the days after it until the next one."""

    def __init__(self, account, day):
        self.day, self.outstanding, self.disbursed = day, account.outstanding, account.disbursed
        self.active = account.status == "active"
        self.rows = [(row.due, row.unpaid, row.principal_due) for row in account.rows]
        self.lent = list(account.disbursements) + list(account.charged_back_on)


class Account:
    """A loan with its events applied one after the other."""

    def __init__(self, loan, known, as_of):
        self.loan, self.known, self.as_of = loan, known, as_of
        self.reversed_by = live_reverses(known)
        self.plan = None
        self.rows, self.zero_rows, self.lines = [], [], []
        self.top = 0  # the highest number a row ever had
        self.disbursements = []  # (date, amount), the uncovered parts of refunds among them
        self.charged_back_on = []  # (date, principal)
        self.tranches = 0
        self.repaid = self.written_off = self.recovered = self.recovered_principal = 0
        self.forgiven = self.funded = 0
        self.received = self.refunded = self.opened = 0
        self.payments = {}  # by event id, in the order applied
        self.drawn = {}  # N11: what uncovered refunds have used of each reversed payment
        self.charge_rows = {}  # event id of a charge -> its row
        self.collateral = loan.collateral
        self.cancelled = None
        self.written_off_on = self.ended_on = None
        self.letters, self.judged = [], []  # dates; (date, class)
        self.freezes = []  # [first frozen day, last or None]
        self.disbursed_first = None
        self.relief_freezes = []  # the same, by relief
        self.disabled = []  # the same: after `unable`
        self.ever_late, self.forgiven_by = False, set()
        self.reschedules, self.grace_given = 0, []
        self.opening_on = None
        self.taken_over = None  # (date, disbursed, repaid, forgiven) right after an opening
        self.history = []
        self.needs_history = loan.program.needs_history

    def history_at(self, day):
        """The snapshot that holds at the end of a day, or None before the first."""
        at = bisect_right(self.history, day, key=lambda state: state.day)
        return self.history[at - 1] if at else None

    def judged_at(self, day):
        return next((kind for when, kind in reversed(self.judged) if when <= day), None)

    # sums

    @property
    def disbursed(self):
        return sum(amount for _, amount in self.disbursements)

    @property
    def charged_back(self):
        return sum(amount for _, amount in self.charged_back_on)

    @property
    def outstanding(self):
        return self.disbursed - self.repaid - self.written_off - self.forgiven

    @property
    def unpaid(self):
        return sum(row.unpaid for row in self.rows)

    @property
    def credits(self):
        """Payments with something left, oldest first."""
        return sorted((p for p in self.payments.values() if p.left), key=lambda p: p.event.order())

    @property
    def credit(self):
        return sum(p.left for p in self.payments.values())

    @property
    def claim(self):
        return self.unpaid if self.written_off_on and not self.ended_on else 0

    @property
    def status(self):
        if self.cancelled:
            return "cancelled"
        if not self.disbursements:
            return "pending"
        if self.ended_on:
            return "ended"
        if self.written_off_on:
            return "written-off"
        return "active" if self.unpaid else "closed"

    def frozen_days(self, after, until):
        """Frozen days later than `after`, up to and including `until`."""
        if not self.freezes and not self.relief_freezes:
            return 0
        frozen = set()
        for first, last in self.freezes + self.relief_freezes:
            first, last = max(first, after + timedelta(days=1)), min(last or until, until)
            frozen.update(range(first.toordinal(), last.toordinal() + 1))
        return len(frozen)

    # running

    def run(self):
        steps = [e for e in self.known if e.type != "reverse" and e.date <= self.as_of]
        steps = sorted((e for e in steps if e.id not in self.reversed_by), key=Event.order)
        openings = [e for e in steps if e.type == "opening"]
        self.opening_on = openings[0].date if openings else None
        for e in steps:
            if len(openings) > 1:
                self.refuse(openings[1], "a second opening")
            if openings and e.type != "disburse" and e.date < openings[0].date:  # S4
                self.refuse(e, "dated before the opening")
        days = {e.date for e in steps} | {to_date(a["from"]) for a in self.loan.program.amendments}
        days |= {self.loan.disbursed} if self.loan.disbursed else set()
        days |= {to_date(item["from"]) for item in self.loan.program.reliefs}
        clock = date.min
        while (day := self.next_day(clock, days)) <= self.as_of:
            self.start_day(day)
            for e in [e for e in steps if e.date == day]:
                for row in self.rows:
                    row.largest = max(row.largest, row.principal_due)  # S7: that the row has had
                self.apply(e)
                self.settle(day)
                self.use_credit(day)
                self.settle(day)
                self.check_laws()
            self.end_day(day)
            clock = day
        return self

    def next_day(self, clock, days):
        """The next day on which anything can happen."""
        if self.loan.program.has_penalty and not self.written_off_on:
            if any(row.due <= clock and row.left("principal") for row in self.rows):
                return clock + timedelta(days=1)
        return min((day for day in days | {row.due for row in self.rows} if day > clock), default=FOREVER)

    def start_day(self, day):
        """S2; the book's own disbursement comes first on its day, before the events."""
        if not self.taken_over or day > self.taken_over[0]:
            self.ever_late |= any(row.due < day and row.unpaid for row in self.rows)
        self.relief(day)
        for row in self.rows:
            row.largest = max(row.largest, row.principal_due)
            self.assess_penalty(row, day)
        self.settle(day)
        self.use_credit(day)
        if self.loan.disbursed == day and not self.disbursements:
            self.disburse(None, day, self.loan.principal)
        self.settle(day)

    def end_day(self, day):
        self.settle(day)
        self.rule_made_forgiveness(day)
        self.small_amounts(day)
        self.settle(day)
        self.check_laws()
        if self.needs_history and self.disbursements:
            self.history.append(Snapshot(self, day))

    def settle(self, day):
        """S5.7: `paid_on` is the day on which nothing of the row was unpaid any more."""
        for row in self.rows:
            if row.unpaid:
                row.paid_on = None
            elif row.paid_on is None:
                row.paid_on = day

    def refuse(self, event, reason):
        raise Refused(self.loan.id, event.id if event else "", reason)

    def rules(self, day):
        return self.loan.program.version(day)

    def apply(self, e):
        if self.cancelled:
            self.refuse(e, "after cancel")
        if self.ended_on:
            self.refuse(e, "after the absolute write-off")
        if e.type == "collateral":
            self.collateral = e.amount
            return
        if e.type == "disburse":
            if self.loan.disbursed:
                self.refuse(e, "disburse beside the book's disbursed")
            self.disburse(e, e.date, e.amount)
            return
        if e.type == "cancel":
            self.cancel(e)
            return
        if not self.disbursements:
            self.refuse(e, f"{e.type} before the disbursement")
        if self.written_off_on and e.type in ("charge", "forgive", "reschedule", "opening"):
            self.refuse(e, f"{e.type} after the write-off")
        if e.type in Event.RANK and e.type not in ("repay", "unidentified"):
            getattr(self, e.type.replace("-", "_"))(e)
        else:
            self.payment(e)

    def excused(self, e):
        """S3, N10: a booking that was right when made, because a later record is dated on or before it."""
        return any(
            other.recorded > e.recorded and other.date <= e.date and other.id not in self.reversed_by
            for other in self.known
        )

    def refuse_unless_excused(self, e, reason):
        if not self.excused(e):
            self.refuse(e, reason)

    def counts(self, ref, e):
        """S3: an event whose `ref` does not count has no effect."""
        return any(k.id == ref and k.date <= self.as_of and ref not in self.reversed_by for k in self.known)

    def add_row(self, due, principal, kind):
        self.top += 1
        row = Row(self.top, due, principal, kind)
        self.rows = sorted(self.rows + [row], key=Row.order)
        return row

    def add_counted(self, principal, count, k):
        nominal = count.nominal(k)
        row = self.add_row(self.plan.due(nominal), principal, "plan")
        row.due_nominal, row.count, row.k = nominal, count, k
        return row

    def recount(self, row, count, k):
        """Another date for a row."""
        row.count, row.k = count, k
        row.due_nominal = count.nominal(k)
        row.due = self.plan.due(row.due_nominal)
        self.rows.sort(key=Row.order)

    # S4

    def disburse(self, e, day, amount):
        if day < self.loan.agreed:
            self.refuse(e, "disbursed before it was agreed")
        if self.written_off_on:
            self.refuse(e, "disburse after the write-off")
        if self.tranches + amount > self.loan.principal:
            self.refuse(e, "disbursed more than the principal")
        self.tranches += amount
        first = not self.disbursements
        self.disbursed_first = day if first else self.disbursed_first
        self.disbursements.append((day, amount))
        try:
            if first:
                self.plan, self.rows, self.zero_rows = plan_of(self.loan, day, amount)
                self.top = max(row.n for row in self.rows)
            else:
                self.later_tranche(day, amount)
            self.program_fees(day, amount, first)
        except Refused as fault:
            self.refuse(e, fault.reason)

    def later_tranche(self, day, amount):
        """S4: its own down payment, the rest split anew over the principal rows due strictly after it."""
        schedule = self.plan.schedule
        down = down_payment(self.loan, schedule, amount)
        rows = [row for row in self.rows if row.kind == "plan" and row.due > day]
        if not rows:
            self.refuse(None, "no row is due after it")
        if split_kind(schedule) == "custom":
            self.refuse(None, "the plan is custom")
        total = amount - down + sum(row.principal_due - row.money_back for row in rows)
        parts = self.split_anew(rows, schedule, total)
        if min(parts) <= 0:
            self.refuse(None, "a row without principal")
        if down:
            self.add_row(day, down, "down")
        for row, part in zip(rows, parts):
            row.owed["principal"] = part + row.money_back
        new = parts[len(rows) :]  # of `fixed`: new rows after the last, by `latest` as those of any plan
        latest = self.plan.latest()
        for index, part in enumerate(new):
            count, k = rows[-1].count, rows[-1].k + 1
            nominal = count.nominal(k)
            if latest and nominal > latest:
                if index < len(new) - 1 or rows[-1].due_nominal >= latest:
                    self.refuse(None, "no room for a row before `latest`")
                nominal = latest
            row = self.add_row(self.plan.due(nominal, latest), part, "plan")
            row.due_nominal, row.count, row.k = nominal, count, k
            rows.append(row)
        self.take_from_others(rows)

    def split_anew(self, rows, schedule, total):
        kind, program = split_kind(schedule), self.loan.program
        if kind == "fixed" and not any(row.remade for row in rows):
            amount = program.amount(schedule["split"]["fixed"])
            full = (total - 1) // amount
            parts = [amount] * full + [total - amount * full]
            return parts + [0] * (len(rows) - len(parts))
        if len(rows) == 1:
            return [total]
        if kind == "shares" and not any(row.remade for row in rows):
            shares = [row.share / sum(row.share for row in rows) for row in rows]
            return split_shares(total, shares, schedule["rounding"], program)
        return split_equal(total, len(rows), schedule["rounding"], program)

    def take_from_others(self, rows):
        """S4: what a row holds too much, paid or forgiven, is taken from the other rows, oldest first. N30."""
        excess = 0
        for row in rows:
            over = -min(0, row.left("principal"))
            row.owed["principal"] += over
            excess += over
        for row in rows:
            part = min(excess, row.left("principal"))
            row.owed["principal"] -= part
            excess -= part
            if row.principal_due - row.money_back <= 0:
                self.refuse(None, "a row would be emptied")

    def opening(self, e):
        if e.amount > self.disbursed:
            self.refuse(e, "more repaid than disbursed")
        for row in self.rows:  # up to its date no penalty, and no fee of the program in a row due by then
            row.owed["penalty"] -= row.assessed
            row.assessed, row.assessed_exact, row.assessed_once, row.month_bases = 0, Fraction(0), False, {}
            if row.due <= e.date:
                row.owed["fee"] -= row.program_fee
                row.paid["fee"] -= row.deducted
                row.program_fee = row.deducted = 0
        left = e.amount
        for row in self.rows:
            paid = min(left, row.left("principal"))
            if paid:
                day = min(row.due, e.date)  # each as if on its due date
                self.pay_row(row, {"principal": paid}, day)
                if row.unpaid == 0:
                    row.paid_on = day
                self.lines.append(Line(e, e.date, row.n, {"principal": paid}))
                self.repaid += paid
                left -= paid
        self.rows = [row for row in self.rows if any(row.owed.values())]
        # No row counts as having been late, but one it leaves unpaid is late from its own due date.
        self.ever_late = any(row.due < e.date and row.unpaid for row in self.rows)
        self.opened = e.amount
        self.taken_over = (e.date, self.disbursed, self.repaid, self.forgiven)
        self.history = []  # before it the account is in no file

    def cancel(self, e):
        if not self.disbursements:
            if e.date < self.loan.agreed:
                self.refuse(e, "cancelled before it was agreed")
            self.cancelled = e.date
        else:
            self.refuse_unless_excused(e, "cancel of a disbursed loan")

    # S5

    def pay_row(self, row, parts, day):
        """S5.7: in advance and late are judged by the row's due date on the payment's day."""
        for component, part in parts.items():
            row.paid[component] += part
            if day < row.due:
                row.paid_in_advance += part
            if day > row.due:
                row.paid_late += part

    def allocation_rule(self, e):
        """The allocation in force on the payment's date, with what its type overrides."""
        rule = self.rules(e.date)["allocation"]
        if e.type in ("repay", "recover"):
            return rule
        if e.type not in rule.get("types", {}):
            self.refuse(e, f"no type {e.type} that day")
        return rule | rule["types"][e.type]

    def targets(self, rule, amount, day):
        """S5.1, S5.2: [(row, component, at most or None)] in the order in which money is offered."""
        components = rule.get("components", ["penalty", "fee", "principal"])
        due = [row for row in self.rows if self.written_off_on or row.due <= day]
        if rule.get("by", "installment") == "installment":
            order = [(row, component) for row in due for component in components]
        else:
            order = [(row, component) for component in components for row in due]
        if not self.written_off_on:
            future = [row for row in self.rows if row.due > day]
            ahead = rule.get("excess_components", components)
            if rule["excess"] in ("next", "last"):
                future = future if rule["excess"] == "next" else reversed(future)
                order += [(row, component) for row in future for component in ahead]
            elif rule["excess"] == "re-spread":
                return order, future, ahead
            elif rule["excess"] not in ("hold", "refund"):
                raise BadRules(f"excess {rule['excess']}")
        return order, [], []

    def allocate(self, payment, amount, day):
        """-> [(row, {component: part})] in the order first touched."""
        rule, parts = payment.rule, {}

        def pay(row, component, most):
            part = min(most, row.left(component))
            if part:
                self.pay_row(row, {component: part}, day)
                _, own = parts.setdefault(row.n, (row, dict.fromkeys(COMPONENTS, 0)))
                own[component] += part
                self.book(payment, component, part)
            return part

        order, future, ahead = self.targets(rule, amount, day)
        for row, component in order:
            amount -= pay(row, component, amount)
        future = [row for row in future if row.unpaid]
        if future and amount:
            mode = self.plan.schedule["rounding"].get("mode", "down")  # `leading` rounds down
            part = round_to_unit(Fraction(amount, len(future)), 1, mode)
            left = amount
            for k, row in enumerate(future):
                room = min(part, left) if k < len(future) - 1 else left
                left -= room
                for component in ahead:
                    paid = pay(row, component, room)
                    room -= paid
                    amount -= paid
            for row in future:  # what a row could not take
                for component in ahead:
                    amount -= pay(row, component, amount)
        return list(parts.values())

    def book(self, payment, component, part):
        """The totals of money that has reached a row."""
        payment.paid[component] += part
        if payment.after_write_off:
            self.recovered += part
            self.recovered_principal += part if component == "principal" else 0
        elif component == "principal":
            self.repaid += part
            if payment.rule.get("funded_by") == "program":
                self.funded += part

    def payment(self, e):
        payment = Payment(e, self.allocation_rule(e), bool(self.written_off_on))
        self.payments[e.id] = payment
        payment.left = e.amount
        for row, parts in self.allocate(payment, e.amount, e.date):
            self.lines.append(Line(e, e.date, row.n, parts))
            payment.left -= sum(parts.values())
        if payment.left:
            self.lines.append(Line(e, e.date, None, None, payment.left))
        self.received += e.amount

    def use_credit(self, day):
        """S5.3: oldest payment first, each by the rule of its payment's date."""
        if self.written_off_on or self.cancelled:
            return
        for payment in self.credits:
            if payment.rule["excess"] != "refund":
                for row, parts in self.allocate(payment, payment.left, day):
                    self.use(payment, day, row, parts)

    def use(self, payment, day, row, parts):
        """S12: one line per payment, day and row."""
        part = sum(parts.values())
        payment.left -= part
        for line in self.lines:
            if line.use and (line.event, line.day, line.n) == (payment.event, day, row.n):
                line.parts = {component: line.parts[component] + parts[component] for component in COMPONENTS}
                line.credit -= part
                return
        self.lines.append(Line(payment.event, day, row.n, parts, -part, True))

    def refund(self, e):
        """S5.5, N11, N21."""
        covered = min(e.amount, self.credit)
        uncovered = e.amount - covered
        draws = self.draw(e, uncovered)
        if sum(part for _, part in draws) < uncovered:
            self.refuse(e, "refund above the credit held")
        left = covered
        for payment in self.credits:
            part = min(left, payment.left)
            payment.left -= part
            payment.refunded += part
            left -= part
        self.refunded += covered
        if covered:
            self.lines.append(Line(e, e.date, None, None, -covered))
        for payment, part in draws:
            self.drawn[payment] = self.drawn.get(payment, 0) + part
        if uncovered:
            self.lend_anew(e.date, uncovered, self.row_for_money_back(e.date))

    def draw(self, e, amount):
        """N11: the reversed payments an uncovered refund may draw on, oldest first. -> [(payment id, part)]"""
        draws = []
        for payment in sorted((k for k in self.known if k.is_payment), key=Event.order):
            reverse = self.reversed_by.get(payment.id)
            if reverse and payment.date <= e.date and reverse.recorded >= e.recorded:
                part = min(amount, payment.amount - self.drawn.get(payment.id, 0))
                draws.append((payment.id, part))
                amount -= part
        return draws

    def lend_anew(self, day, amount, row):
        self.disbursements.append((day, amount))
        row.owed["principal"] += amount
        row.money_back += amount
        if self.written_off_on:
            self.written_off += amount

    def row_for_money_back(self, day):
        """S6 chargeback, N21."""
        for row in self.rows:  # in due order
            if row.due > day:
                return row
        last = self.rows[-1]
        return last if last.due == day else self.add_row(day, 0, "extra")

    def chargeback(self, e):
        """S6; N31: credit, then what was paid, then what was refunded of the payment."""
        if not self.counts(e.ref, e):
            return
        payment = self.payments.get(e.ref)
        if payment is None:  # it comes later in the order: no effect, as of an as-of before it (law 6)
            return
        amount = e.amount or payment.event.amount
        left = payment.event.amount - payment.charged_back
        if amount > left:
            self.refuse_unless_excused(e, "charged back more than there is")
            amount = left
        payment.charged_back += amount
        self.received -= amount
        credit = min(amount, payment.left)
        payment.left -= credit
        amount -= credit
        if credit:  # allocations.csv: in the order applied
            self.lines.append(Line(e, e.date, None, None, -credit))
        again = dict.fromkeys(COMPONENTS, 0)
        for component in reversed(payment.rule.get("components", ["penalty", "fee", "principal"])):
            again[component] = min(amount, payment.paid[component])
            amount -= again[component]
        if amount or any(again.values()):
            row = self.row_for_money_back(e.date)
            self.make_due_again(e, payment, again, row)
            if amount:  # refunded, and never received
                payment.refunded -= amount
                self.refunded -= amount
                self.lend_anew(e.date, amount, row)
            parts = {component: -part for component, part in again.items()}
            parts["principal"] -= amount
            self.lines.append(Line(e, e.date, row.n, parts))

    def make_due_again(self, e, payment, again, row):
        for component, part in again.items():
            row.owed[component] += part
            payment.paid[component] -= part
        principal = again["principal"]
        row.money_back += principal
        if principal:
            self.charged_back_on.append((e.date, principal))
        if payment.after_write_off:
            self.recovered -= sum(again.values())
            self.recovered_principal -= principal
            return
        self.repaid -= principal
        if payment.rule.get("funded_by") == "program":
            self.funded -= principal
        if self.written_off_on:
            self.written_off += principal

    # S6

    def charge(self, e):
        row = self.charge_row(max(e.due or e.date, e.date))
        row.owed[e.component] += e.amount
        row.paid_on = None  # it is open again
        self.charge_rows[e.id] = row

    def charge_row(self, day):
        for row in self.rows:
            if row.kind != "down" and row.due >= day:
                return row
        return self.add_row(day, 0, "extra")

    def waive(self, e):
        if e.ref and not self.counts(e.ref, e):
            return
        rows = list(self.rows)
        if e.ref:
            if e.ref not in self.charge_rows:
                self.refuse_unless_excused(e, "waive of no charge before it")
                return
            first = self.charge_rows[e.ref]
            rows = [first] + [row for row in rows if row is not first]
        left = e.amount
        if left > sum(row.left(e.component) for row in rows):
            self.refuse_unless_excused(e, "waived more than is unpaid")
        for row in rows:
            part = min(left, row.left(e.component))
            row.waived[e.component] += part
            left -= part

    def forgive(self, e):
        if e.amount > self.outstanding:
            self.refuse_unless_excused(e, "forgiven more than is outstanding")
        self.forgive_amount(min(e.amount, self.outstanding))

    def forgive_amount(self, amount):
        """From the last row backwards."""
        self.forgiven += amount
        for row in reversed(self.rows):
            part = min(amount, row.left("principal"))
            row.waived["principal"] += part
            amount -= part

    def write_off(self, e):
        if self.written_off_on or not self.unpaid:
            self.refuse_unless_excused(e, "nothing to write off")
            return
        self.written_off = self.outstanding
        self.written_off_on = e.date

    def write_off_absolute(self, e):
        if not self.written_off_on:
            self.refuse_unless_excused(e, "absolute without a conditional write-off")
            return
        wait = self.rules(e.date).get("write_off", {}).get("wait", "0 days")
        if e.date < add_span(self.written_off_on, to_span(wait)):
            self.refuse(e, "absolute before the wait is over")
        self.ended_on = e.date

    def recover(self, e):
        if self.written_off_on or self.write_off_was_reversed(e):  # S3: then it is a repay
            self.payment(e)
        else:
            self.refuse_unless_excused(e, "recover without write-off")

    def write_off_was_reversed(self, e):
        return any(
            k.type == "write-off" and k.id in self.reversed_by and k.order() < e.order() for k in self.known
        )

    def letter(self, e):
        self.letters.append(e.date)

    def classify(self, e):
        self.judged.append((e.date, e.kind))

    def unable(self, e):
        if self.disabled and self.disabled[-1][1] is None:
            self.refuse_unless_excused(e, "unable while unable")
            return
        self.disabled.append([e.date + timedelta(days=1), None])

    def able(self, e):
        if not self.disabled or self.disabled[-1][1] is not None:
            self.refuse_unless_excused(e, "able without unable")
            return
        self.disabled[-1][1] = e.date

    def freeze(self, e):
        if self.freezes and self.freezes[-1][1] is None:
            self.refuse_unless_excused(e, "freeze while frozen")
            return
        self.freezes.append([e.date + timedelta(days=1), None])

    def unfreeze(self, e):
        if not self.freezes or self.freezes[-1][1] is not None:
            self.refuse_unless_excused(e, "unfreeze without freeze")
            return
        self.freezes[-1][1] = e.date

    def small_amounts(self, day):
        """S6, at the end of a day on which the last row is due or later."""
        rule = self.rules(day).get("small_amounts")
        if not rule or not self.rows or self.written_off_on or self.rows[-1].due > day:
            return
        if self.opening_on and day < self.opening_on:
            return  # S4: the account does not exist yet
        program = self.loan.program
        if 0 < self.unpaid < program.amount(rule.get("forgive_below", "0")):
            for row in self.rows:
                for component in COMPONENTS:
                    left = row.left(component)
                    row.waived[component] += left
                    self.forgiven += left if component == "principal" else 0
        if not self.unpaid and 0 < self.credit < program.amount(rule.get("keep_credit_below", "0")):
            row = self.charge_row(day)
            row.paid_on = None  # charged and paid today, if paid before as well
            for payment in self.credits:
                parts = dict.fromkeys(COMPONENTS, 0) | {"fee": payment.left}
                row.owed["fee"] += payment.left
                self.pay_row(row, {"fee": payment.left}, day)
                payment.paid["fee"] += payment.left
                self.use(payment, day, row, parts)

    def rule_made_forgiveness(self, day):
        """S6; each clause once, N40."""
        while self.forgive_once(day):
            pass

    def forgive_once(self, day):
        """The clauses in their order; whether one of them acted, so that another may."""
        acted = False
        for rule in self.rules(day).get("forgiveness", []):
            if self.status != "active" or not self.outstanding or rule["id"] in self.forgiven_by:
                continue
            when, amount = rule["when"], self.would_forgive(rule)
            end = add_span(self.disbursed_first, to_span(when["within"])) if "within" in when else to_date(when["by"])
            if when["repaid"] == "rest":
                holds = self.outstanding <= amount
            else:
                holds = self.repaid >= to_number(when["repaid"]) * self.disbursed
            if holds and day <= end and not (when.get("never_late") == "true" and self.ever_late):
                self.forgiven_by.add(rule["id"])
                self.forgive_amount(min(amount, self.outstanding))
                acted = True
        return acted

    def would_forgive(self, rule):
        program, clause, disbursed = self.loan.program, rule["forgive"], self.disbursed
        if "share" in clause:
            exact = disbursed * to_number(clause["share"])
        else:
            exact, below = Fraction(0), 0
            for band in clause["bands"]:
                up_to = min(disbursed, program.amount(band["up_to"]))
                exact += max(0, up_to - below) * to_number(band["share"])
                below = max(below, up_to)
        rounding = rule["rounding"]
        return round_to_unit(exact, program.amount(rounding["unit"]), rounding["mode"])

    # S6: reschedule

    def reschedule(self, e):
        rule = self.rules(e.date).get("reschedule")
        if rule is None or e.kind not in rule["kinds"]:
            self.refuse(e, f"reschedule {e.kind} not allowed")
        if "max_times" in rule and self.reschedules >= int(rule["max_times"]):
            self.refuse(e, "rescheduled too often")
        if e.due and e.due < e.date:
            self.refuse(e, "due before its date")
        planned = [row for row in self.rows if row.kind == "plan"]
        if e.row is not None:
            at = [k for k, row in enumerate(planned) if row.n == e.row]
            rows = planned[at[0] :] if at else []
        else:
            rows = [row for row in planned if row.due > e.date]
        try:
            done = getattr(self, "reschedule_" + e.kind.replace("-", "_"))(e, rows, planned)
        except Refused as fault:
            self.refuse(e, fault.reason)
        if not done:  # N44
            self.refuse_unless_excused(e, "nothing to reschedule")
            return
        self.reschedules += 1
        self.rows = [row for row in self.rows if any(row.owed.values())]
        bearing = sum(row.kind == "plan" and row.principal_due > 0 for row in self.rows)
        if "max_installments" in rule and bearing > int(rule["max_installments"]):
            self.refuse(e, "more rows than max_installments")
        if "max_grace" in rule and e.kind == "grace":
            most = to_span(rule["max_grace"])
            family = ("month", "year") if most[1] in ("month", "year") else ("day", "week")
            sizes = {"day": 1, "week": 7, "month": 1, "year": 12}
            measured = all(unit in family for _, unit in self.grace_given)
            if not measured or sum(n * sizes[unit] for n, unit in self.grace_given) > most[0] * sizes[most[1]]:
                self.refuse(e, "more grace than max_grace")

    def reschedule_move(self, e, rows, planned):
        if not rows:
            return False
        before = planned.index(rows[0])
        if before and planned[before - 1].due >= e.due:
            self.refuse(e, "not after the row before")
        # a row keeps the period it was made with: each run of rows with one period is counted in one step, from the
        # moved row or from the last row of the run before
        count, k = Count(self.plan, e.due, row_every(rows[0])), -1
        for at, row in enumerate(rows):
            if row_every(row) != count.schedule["every"]:
                count, k = Count(self.plan, rows[at - 1].due_nominal, row_every(row)), 0
            k += 1
            self.recount(row, count, k)
        return True

    def reschedule_grace(self, e, rows, planned):
        for row in rows:
            periods = whole_periods(e.grace, to_span(row_every(row)))
            if not periods:
                self.refuse(e, "grace is not a whole number of periods")
            self.recount(row, row.count, row.k + periods)
        if rows:
            self.grace_given.append(e.grace)
        return bool(rows)

    def split_rescheduled(self, total, n):
        return split_equal(total, n, self.plan.schedule["rounding"], self.loan.program)

    def reschedule_extend(self, e, rows, planned):
        total = sum(row.left("principal") for row in rows)
        if not total:
            return False
        parts = self.split_rescheduled(total, len(rows) + e.installments)
        if min(parts) <= 0:
            self.refuse(e, "a row without principal")
        for row, part in zip(rows, parts):
            row.owed["principal"] += part - row.left("principal")
            row.money_back = 0
        last = rows[-1]
        count, k = last.count, last.k
        if e.every:
            count, k = Count(self.plan, last.due_nominal, f"{e.every[0]} {e.every[1]}"), 0
        for more, part in enumerate(parts[len(rows) :], 1):
            self.add_counted(part, count, k + more).remade = True
        return True

    def take_unpaid(self, rows):
        """Unpaid principal leaves rows."""
        total = 0
        for row in rows:
            left = row.left("principal")
            row.owed["principal"] -= left
            row.money_back = min(row.money_back, row.principal_due)
            total += left
        return total

    def reschedule_re_age(self, e, rows, planned):
        total = self.take_unpaid(self.rows)
        if not total:
            return False
        parts = self.split_rescheduled(total, e.installments)
        if min(parts) <= 0:
            self.refuse(e, "a row without principal")
        every = f"{e.every[0]} {e.every[1]}" if e.every else self.plan.schedule["every"]
        count = Count(self.plan, e.due, every)
        for k, part in enumerate(parts):
            self.add_counted(part, count, k).remade = True
        return True

    def reschedule_re_amortize(self, e, rows, planned):
        late = [row for row in planned if row.due < e.date and row.left("principal")]
        future = [row for row in planned if row.due > e.date]
        if not late:
            return False
        if not future:
            self.refuse(e, "no future row")
        parts = self.split_rescheduled(self.take_unpaid(late), len(future))
        if min(parts) < 0:
            self.refuse(e, "a row would shrink")
        for row, part in zip(future, parts):
            row.owed["principal"] += part
        return True

    # relief

    def relief(self, day):
        for item in self.rules(day).get("relief", []):
            if to_date(item["from"]) != day:
                continue
            if any(self.loan.row.get(column, "") not in names for column, names in item.get("who", {}).items()):
                continue
            until = to_date(item["until"])
            if item["effect"] == "freeze-days":
                self.relief_freezes.append([day, until])
            elif self.status == "active":
                self.shift(day, until)

    def shift(self, day, until):
        rows = [row for row in self.rows if row.kind == "plan" and row.due >= day]
        if not rows:
            return
        periods = 0
        while self.plan.due(rows[0].count.nominal(rows[0].k + periods)) <= until:
            periods += 1
        if periods:
            for row in rows:
                self.recount(row, row.count, row.k + periods)

    # S7

    def program_fees(self, day, amount, first):
        """At a disbursement. N39, N44"""
        rows = [row for row in self.rows if row.kind == "plan"]
        deducted = 0
        for fee in self.rules(self.loan.agreed).get("fees", []):
            clause, when = fee["amount"], fee["when"]
            of = clause["of"] if isinstance(clause, dict) else None
            if not first and of != "disbursed":
                continue
            if fee["collect"] != "with-installment":
                charge = self.fee_amount(fee, of, amount, None)
                if charge and not self.fee_free(day):
                    self.add_fee(self.row_of_day(day, first), fee, charge)
                    deducted += charge if fee["collect"] == "deduct" else 0
                continue
            if not first:
                bearing = [next(row for row in rows if row.due > day)]
            elif when == "disbursement":
                bearing = rows[:1]
            elif isinstance(when, dict):
                bearing = [row for row in rows if row.n == int(when["installment"])]
            else:
                bearing = rows
            for row in bearing:
                self.add_fee(row, fee, self.fee_amount(fee, of, amount, row))
        if deducted > amount:
            self.refuse(None, "more deducted than paid out")

    def fee_free(self, due):
        """S4: no row for a fee due on or before the opening: the loan never had one. Other rows a relief may still move;
        the opening clears those due by then."""
        return any(e.type == "opening" and due <= e.date <= self.as_of and e.id not in self.reversed_by
                   for e in self.known)  # fmt: skip

    def row_of_day(self, day, first):
        """S7: row 0; of a later tranche its own down payment's row, else an extra row of the day."""
        if first:
            if self.rows[0].n != 0:
                self.rows.insert(0, Row(0, day, 0, "down"))
            return self.rows[0]
        down = [row for row in self.rows if row.kind == "down" and row.due == day and row.n > 0]
        extra = [row for row in self.rows if row.kind == "extra" and row.due == day]
        if down:
            return down[-1]
        return extra[0] if extra else self.add_row(day, 0, "extra")

    def fee_amount(self, fee, of, amount, row):
        program, clause = self.loan.program, fee["amount"]
        if of is None:
            return program.amount(clause)
        base = {"principal": self.loan.principal, "disbursed": amount, "installment": row and row.principal_due}[of]
        rounding = fee["rounding"]
        return round_to_unit(base * to_number(clause["rate"]), program.amount(rounding["unit"]), rounding["mode"])

    def add_fee(self, row, fee, amount):
        """Rounded alone (S7); deducted: out of the money paid out."""
        row.owed["fee"] += amount
        row.program_fee += amount
        if fee["collect"] == "deduct":
            row.paid["fee"] += amount
            row.deducted += amount

    def assess_penalty(self, row, day):
        """At the start of a day: what that day adds to the penalty of a row."""
        unpaid = row.left("principal")
        if day <= row.due or not unpaid or self.written_off_on or not self.loan.program.has_penalty:
            return
        clause = self.rules(row.due).get("penalty", {"kind": "none"})
        if clause["kind"] == "none":
            return
        due = max(row.due, self.taken_over[0]) if self.taken_over else row.due  # S4: from the opening's date
        if day <= due or self.frozen_days(day - timedelta(days=1), day):
            return
        counted = day - timedelta(days=self.frozen_days(due, day))  # frozen days move all later days on
        late_from = add_span(due, to_span(clause.get("after", "0 days")))
        base = row.principal_due if clause.get("base") == "installment" else unpaid
        adds = self.penalty_of_day(row, clause, counted, late_from, base)
        disabled = any(first <= day and (last is None or day <= last) for first, last in self.disabled)
        if not adds or (clause.get("applies_if") == "able" and disabled):
            return
        row.assessed_once |= clause["kind"] in ("flat", "share")
        row.assessed_exact += adds
        program, total = self.loan.program, row.assessed_exact
        if "cap" in clause:
            share = "%" in clause["cap"] or "/" in clause["cap"]
            total = min(total, row.largest * to_number(clause["cap"]) if share else program.amount(clause["cap"]))
        if "rounding" in clause:
            total = round_to_unit(total, program.amount(clause["rounding"]["unit"]), clause["rounding"]["mode"])
        row.owed["penalty"] += max(0, total - row.assessed)
        row.assessed = max(row.assessed, total)

    def penalty_of_day(self, row, clause, counted, late_from, base):
        """What falls on a day, frozen days taken off, exactly."""
        kind, first = clause["kind"], late_from + timedelta(days=1)
        if counted < first:
            return 0
        if kind == "flat":
            return self.loan.program.amount(clause["amount"]) if counted == first and not row.assessed_once else 0
        rate = to_number(clause["rate"])
        if kind == "share":
            return rate * base if counted == first and not row.assessed_once else 0
        if kind == "per-day":
            return rate * base
        months = 0  # months begun before `counted`
        while add_months(late_from, months) + timedelta(days=1) < counted:
            months += 1
        if add_months(late_from, months) + timedelta(days=1) != counted:
            return 0
        before = row.month_bases.get((late_from, months - 1))
        row.month_bases[late_from, months] = base
        if clause["count"] == "begun":
            return rate * base
        return rate * before if before is not None else 0

    # D8

    def check_laws(self):
        owed, paid, waived = ({c: sum(getattr(row, what)[c] for row in self.rows) for c in COMPONENTS}
                              for what in ("owed", "paid", "waived"))  # fmt: skip
        assert owed["principal"] == self.disbursed + self.charged_back, "law 3: principal due"
        assert paid["principal"] == self.repaid + self.charged_back + self.recovered_principal, "law 3: principal paid"
        assert waived["principal"] == self.forgiven, "law 3: principal forgiven"
        now_paid = sum(sum(payment.paid.values()) for payment in self.payments.values())
        assert paid["fee"] >= sum(row.deducted for row in self.rows)
        assert self.received == now_paid + self.credit + self.refunded, "law 3: money"
        assert min(self.outstanding, self.repaid, self.written_off, self.recovered, self.claim, self.credit,
                   self.funded, self.forgiven, self.recovered_principal, self.refunded) >= 0  # fmt: skip
        for row in self.rows:
            assert all(row.left(c) >= 0 and row.paid[c] >= 0 and row.waived[c] >= 0 for c in COMPONENTS), row.n
        principal_left = owed["principal"] - paid["principal"] - waived["principal"]
        assert self.outstanding == (0 if self.written_off_on else principal_left), "law 2"
        assert not self.written_off_on or principal_left == self.written_off - self.recovered_principal
        assert self.rows == sorted(self.rows, key=Row.order)


# -------------------------------------------------------------------------------------------------- S8: arrears


class Lateness:
    """How late rows [(due, unpaid, ...)] are on a day, by the rules of `arrears`."""

    def __init__(self, account, rows, day, rules):
        late = [(row[0], row[1]) for row in rows if row[0] < day and row[1]]
        self.overdue = sum(unpaid for _, unpaid in late)
        self.oldest_due = min((due for due, _ in late), default=None)
        self.installments = len(late)
        self.days = self.count_days(account, day, rules)
        last = max((row[0] for row in rows), default=day)
        self.matured = 0
        if day > last and any(row[1] for row in rows):
            self.matured = (day - last).days - account.frozen_days(last, day)
        self.count = self.by_basis(account, day, rules)

    def count_days(self, account, day, rules):
        if not self.overdue or self.overdue < account.loan.program.amount(rules.get("ignore_below", "0")):
            return 0
        days = (day - self.oldest_due).days - account.frozen_days(self.oldest_due, day)
        tolerance = to_span(rules.get("tolerance", "0 days"))[0]
        if days <= tolerance:
            return 0
        counts = {"day-after-due": days, "due-date": days + 1, "end-of-tolerance": days - tolerance}
        return counts[rules["count_from"]]

    def by_basis(self, account, day, rules):
        basis = rules.get("basis", "days-past-due")
        if basis == "days-past-maturity":
            return self.matured
        if basis == "demand-letters":
            return sum(
                self.oldest_due is not None and letter > self.oldest_due and add_months(letter, 1) <= day
                for letter in account.letters
            )
        if self.days == 0 or basis == "days-past-due":
            return self.days
        if basis == "missed-installments":
            return self.installments
        until, months = day - timedelta(days=account.frozen_days(self.oldest_due, day)), 0
        while add_months(self.oldest_due, months + 1) <= until:
            months += 1
        return months

    def class_index(self, rules):
        def holds(count, text):
            low, high = text.split("..")
            return int(low) <= count and (not high or count <= int(high))

        classes = rules["classes"]
        found = [k for k, rule in enumerate(classes) if holds(self.count, rule["range"])]
        if not found:
            raise BadRules(f"no class for {self.count}")
        return max(found[:1] + [k for k, rule in enumerate(classes)
                                if "matured" in rule and holds(self.matured, rule["matured"])])  # fmt: skip


def own_class(account, day, rules):
    """S8: the class index at the end of a day before borrower scope; the loan is active then."""
    rows = account.history_at(day).rows if account.history else [(r.due, r.unpaid) for r in account.rows]
    index = Lateness(account, rows, day, rules).class_index(rules)
    cure = rules.get("cure", "immediate")
    if cure != "immediate":
        index = cured(account, day, rules, (0, "day") if cure == "cleared" else to_span(cure["clean"]))
    judged = account.judged_at(day)
    names = [rule["id"] for rule in rules["classes"]]
    return max(index, names.index(judged)) if judged in names else index


def cured(account, day, rules, clean):
    """The worst class since nothing had been overdue on every day from then less `clean` to then."""
    worst, dirty, now = 0, None, account.history[0].day
    while now <= day:
        state = account.history_at(now)
        late = Lateness(account, state.rows, now, rules)
        index = late.class_index(rules) if state.active else 0
        if state.active and late.overdue:
            dirty = now
        # S6: (0, day) clears at the end of any day without overdue
        cleared = dirty is None or dirty < add_span(now, (-clean[0], clean[1]))
        worst = index if cleared else max(worst, index)
        now += timedelta(days=1)
    return worst


class Position:
    """An account at (as-of, known-at), classified by the rules in force at as-of."""

    def __init__(self, account):
        self.account, self.loan, self.as_of = account, account.loan, account.as_of
        self.status = account.status
        self.disbursed, self.repaid = account.disbursed, account.repaid
        self.funded, self.forgiven = account.funded, account.forgiven
        self.written_off, self.recovered = account.written_off, account.recovered
        self.outstanding, self.claim, self.credit = account.outstanding, account.claim, account.credit
        self.rules = self.loan.program.version(self.as_of)["arrears"]
        for component in ("fee", "penalty"):
            setattr(self, component + "_due", sum(row.owed[component] for row in account.rows))
            setattr(self, component + "_paid", sum(row.paid[component] for row in account.rows))
        due = [row for row in account.rows if row.due <= self.as_of]
        self.due_to_date = sum(sum(row.owed.values()) - sum(row.waived.values()) for row in due)
        self.paid_to_date = sum(sum(row.paid.values()) for row in due)
        active = self.status == "active"
        late = Lateness(account, [(r.due, r.unpaid) for r in account.rows] if active else [], self.as_of, self.rules)
        self.overdue, self.oldest_due, self.installments_overdue = late.overdue, late.oldest_due, late.installments
        self.days_past_due = late.days
        self.class_index = own_class(account, self.as_of, self.rules) if active else None
        self.set_class(self.class_index)
        horizon = add_months(self.as_of, 12)  # N4
        self.non_current = sum(row.left("principal") for row in account.rows if row.due > horizon and active)
        self.current = self.outstanding - self.non_current

    def set_class(self, index):
        """The class and what depends on it."""
        self.class_rule = None if index is None else self.rules["classes"][index]
        self.class_id = self.class_rule["id"] if self.class_rule else ""
        self.provision_base, self.provision = self.provide()
        self.net_value = self.outstanding - self.provision
        self.non_performing = self.outstanding if self.class_id in self.rules.get("non_performing", []) else 0

    def provide(self):
        if self.status != "active":
            return 0, 0
        base, clause = self.outstanding, self.rules.get("provision")
        if clause is None:
            return base, 0
        if clause.get("less") == "collateral" and self.class_id not in clause.get("less_not_for", []):
            base = max(0, base - self.account.collateral)
        rounding = clause["rounding"]
        exact = base * to_number(self.class_rule.get("provision", "0"))
        return base, round_to_unit(exact, self.loan.program.amount(rounding["unit"]), rounding["mode"])


def share_classes(positions):
    """S8, `scope: borrower`: the worst among the borrower's active accounts of the program."""
    worst = {}
    for p in positions:
        if p and p.class_index is not None and p.loan.borrower and p.rules.get("scope") == "borrower":
            key = p.loan.program.id, p.loan.borrower
            worst[key] = max(worst.get(key, 0), p.class_index)
    for p in positions:
        if p and p.class_index is not None and (p.loan.program.id, p.loan.borrower) in worst:
            p.set_class(worst[p.loan.program.id, p.loan.borrower])


def position(book, loan, as_of, known_at):
    """The account at (as-of, known-at), or None where it does not exist."""
    if loan.agreed > as_of or loan.recorded > known_at:
        return None
    known = [e for e in book.events[loan.id] if e.recorded <= known_at]
    reversed_by = live_reverses(known)
    if any(e.type == "opening" and e.date > as_of and e.id not in reversed_by for e in known):  # N17
        return None
    return Position(Account(loan, known, as_of).run())


# ------------------------------------------------------------------------------------------------- S10: subsidy


def planned_outstanding(state, day):
    """Principal the plan of `state` leaves unpaid at the end of a day."""
    lent = sum(amount for when, amount in state.lent if when <= day)
    return lent - sum(principal for due, _, principal in state.rows if due <= day)


def subsidy_base(account, clause, first, last):
    """What the rate of a month is applied to."""
    before = first - timedelta(days=1)
    cap = account.loan.program.amount(clause["cap"]) if "cap" in clause else None
    now = account.history_at(last)

    def outstanding(day):
        state = account.history_at(day)
        if state is None:  # not yet there
            return 0
        return planned_outstanding(now, day) if clause["on"] == "planned" else state.outstanding

    def capped(base):
        return base if cap is None else min(base, cap)

    if clause["basis"] == "daily":
        return sum(capped(outstanding(first + timedelta(days=k))) for k in range((last - first).days + 1))
    if clause["basis"] == "opening":
        return capped(outstanding(before))
    return capped(account.history_at(before).disbursed) if outstanding(before) else 0


def subsidy_claims(account):
    """Yields (month, base, days, amount) of complete months with something to claim."""
    if not account.history:
        return
    first = account.history[0].day.replace(day=1)
    while (last := first.replace(day=days_in_month(first.year, first.month))) <= account.as_of:
        rules = account.rules(last)
        clause, state = rules.get("subsidy"), account.history_at(last)
        classes = (clause or {}).get("only_classes")
        listed = classes is None
        if classes is not None and state.active:
            names = [rule["id"] for rule in rules["arrears"]["classes"]]
            listed = names[own_class(account, last, rules["arrears"])] in classes
        if clause and listed:
            base, days, day_count = subsidy_base(account, clause, first, last), last.day, clause["day_count"]
            exact = base * to_number(clause["rate"])
            if day_count in ("month", "30/360"):
                days, exact = 30, exact / 12
            elif clause["basis"] == "daily":
                exact /= int(day_count.split("/")[1])
            else:
                exact *= Fraction(days, int(day_count.split("/")[1]))
            rounding = clause["rounding"]
            amount = round_to_unit(exact, account.loan.program.amount(rounding["unit"]), rounding["mode"])
            if amount:
                yield f"{first:%Y-%m}", base, days, amount
        first = last + timedelta(days=1)


# ------------------------------------------------------------------------------------------------ what was asked


class Asked:
    """The options that change figures."""

    def __init__(self, as_of, known_at=None, start=None, start_known_at=None, attributes=(), carry=()):
        self.as_of, self.known_at = as_of, known_at or FOREVER
        self.start, self.start_known_at = start, start_known_at or self.known_at
        self.attributes, self.carry = list(attributes), list(carry)
        self.day_before = start - timedelta(days=1) if start else None


class Figures:
    """All positions of one loan that a run needs."""

    def __init__(self, book, loan, asked):
        self.loan = loan
        self.now = position(book, loan, asked.as_of, asked.known_at)
        self.before = self.published = None
        if asked.start:
            self.before = position(book, loan, asked.day_before, asked.known_at)  # as known now
            self.published = position(book, loan, asked.day_before, asked.start_known_at)  # as known then


def judge(book, loan, asked):
    """The figures of a loan, or Refused."""
    check_loan(loan)
    check_reverses(loan, book.events[loan.id])
    return Figures(book, loan, asked)


# --------------------------------------------------------------------------------------------------- D6: the files


def csv_text(rows):
    def cell(value):
        value = str(value)
        return '"' + value.replace('"', '""') + '"' if any(c in value for c in ',"\r\n') else value

    return "".join(",".join(cell(value) for value in row) + "\n" for row in rows)


def date_text(day):
    return day.isoformat() if day else ""


def schedule_file(all_figures):
    yield ("account_id,n,due_nominal,due,principal_due,fee_due,penalty_due,principal_paid,fee_paid,penalty_paid,"
           "waived,paid_in_advance,paid_late,paid_on,days_late,balance,status").split(",")  # fmt: skip
    for now in existing(all_figures):
        account, text = now.account, now.loan.program.text
        due_so_far = 0
        for row in sorted(account.rows + account.zero_rows, key=Row.order):
            due_so_far += row.principal_due
            lent = account.disbursements + account.charged_back_on
            balance = sum(amount for day, amount in lent if day <= row.due) - due_so_far
            days_late = 0
            if row.unpaid == 0:
                status = "paid"
            elif account.written_off_on:
                status = "written-off"
            else:
                status = "overdue" if row.due < now.as_of else "due" if row.due == now.as_of else "future"
            if status == "overdue":
                days_late = (now.as_of - row.due).days - account.frozen_days(row.due, now.as_of)
            yield [
                now.loan.id, "" if row.n is None else row.n, row.due_nominal, row.due,
                *(text(row.owed[c]) for c in COMPONENTS), *(text(row.paid[c]) for c in COMPONENTS),
                text(sum(row.waived.values())), text(row.paid_in_advance), text(row.paid_late),
                date_text(row.paid_on), days_late, text(balance), status,
            ]  # fmt: skip


def allocations_file(all_figures):
    """S12: in the order applied."""
    yield "account_id,event_id,type,document,date,n,principal,fee,penalty,credit".split(",")
    for now in existing(all_figures):
        text = now.loan.program.text
        for line in now.account.lines:
            e = line.event
            yield [now.loan.id, e.id, e.type, e.document, line.day, "" if line.n is None else line.n,
                   *(text(line.parts[c]) for c in COMPONENTS), text(line.credit)]  # fmt: skip


def arrears_file(all_figures, asked):
    yield ("account_id,program,currency,borrower_id,as_of,status,disbursed,repaid,funded,written_off,forgiven,"
           "recovered,outstanding,claim,fee_due,fee_paid,penalty_due,penalty_paid,due_to_date,paid_to_date,overdue,"
           "oldest_due,installments_overdue,days_past_due,class,provision_base,provision,credit").split(",") + (
           asked.carry)  # fmt: skip
    for now in existing(all_figures):
        loan, program, text = now.loan, now.loan.program, now.loan.program.text
        yield [
            loan.id, program.id, program.currency, loan.borrower, now.as_of, now.status, text(now.disbursed),
            text(now.repaid), text(now.funded), text(now.written_off), text(now.forgiven), text(now.recovered),
            text(now.outstanding), text(now.claim), text(now.fee_due), text(now.fee_paid), text(now.penalty_due),
            text(now.penalty_paid), text(now.due_to_date), text(now.paid_to_date),
            text(now.overdue), date_text(now.oldest_due), now.installments_overdue, now.days_past_due, now.class_id,
            text(now.provision_base), text(now.provision), text(now.credit),
        ] + [loan.row.get(column, "") for column in asked.carry]  # fmt: skip


def existing(all_figures):
    return [figures.now for figures in all_figures if figures.now]


def groups(all_figures, asked):
    """(group_by, group, currency) -> its figures, in the order of the files (D6)."""
    result = {}
    for group_by in ["all", "program"] + asked.attributes:
        found = {}
        for figures in all_figures:
            loan = figures.loan
            name = {"all": "all", "program": loan.program.id}.get(group_by)
            name = loan.row.get(group_by, "") if name is None else name
            found.setdefault((name.encode(), loan.program.currency.encode()), []).append(figures)
        for name, currency in sorted(found):
            result[group_by, name.decode(), currency.decode()] = found[name, currency]
    return result


def total(positions, field):
    """A sum over positions; an account that does not exist adds nothing."""
    return sum(getattr(p, field) for p in positions if p)


def portfolio_file(all_figures, asked):
    yield ("group_by,group,currency,accounts,pending,active,closed,written_off_accounts,ended,cancelled,disbursed,"
           "repaid,funded,written_off,forgiven,recovered,outstanding,claim,fee_due,fee_paid,penalty_due,"
           "penalty_paid,credit,due_to_date,paid_to_date,overdue,par0,par30,par60,par90,non_performing,provision,"
           "net_value,current,non_current,collection_rate,par30_rate,npl_rate").split(",")  # fmt: skip
    for group, members in groups(all_figures, asked).items():
        here = existing(members)
        if not here:
            continue
        text = here[0].loan.program.text
        par = {n: sum(p.outstanding for p in here if p.days_past_due > n) for n in (0, 30, 60, 90)}
        outstanding = total(here, "outstanding")
        counts = [
            sum(p.status == status for p in here)
            for status in ("pending", "active", "closed", "written-off", "ended", "cancelled")
        ]
        amounts = [
            total(here, "disbursed"), total(here, "repaid"), total(here, "funded"), total(here, "written_off"),
            total(here, "forgiven"), total(here, "recovered"), outstanding, total(here, "claim"),
            *(total(here, name) for name in ("fee_due", "fee_paid", "penalty_due", "penalty_paid", "credit")),
            total(here, "due_to_date"), total(here, "paid_to_date"), total(here, "overdue"), par[0], par[30],
            par[60], par[90], total(here, "non_performing"), total(here, "provision"), total(here, "net_value"),
            total(here, "current"), total(here, "non_current"),
        ]  # fmt: skip
        yield [*group, len(here), *counts, *map(text, amounts),
               ratio_text(total(here, "paid_to_date"), total(here, "due_to_date")),
               ratio_text(par[30], outstanding), ratio_text(total(here, "non_performing"), outstanding)]  # fmt: skip


def class_order(programs, day):
    """Rule order; several programs: by first appearance, programs bytewise (D6)."""
    order = []
    for name in sorted(programs, key=str.encode):
        for rule in programs[name].version(day)["arrears"]["classes"]:
            if rule["id"] not in order:
                order.append(rule["id"])
    return order


def classes_file(book, all_figures, asked):
    yield "group_by,group,currency,class,accounts,outstanding,provision".split(",")
    for group, members in groups(all_figures, asked).items():
        for class_id in class_order(book.programs, asked.as_of):
            here = [p for p in existing(members) if p.class_id == class_id]
            if here:
                text = here[0].loan.program.text
                yield [*group, class_id, len(here), text(total(here, "outstanding")), text(total(here, "provision"))]


def movement_of(figures, asked):
    """S11, one account: opening, restated, taken_over, disbursed, repaid, written_off, closing, and of the
    provision opening, written off, closing."""
    now, before, published = figures.now, figures.before, figures.published
    opening = total([published], "outstanding")
    restated = total([before], "outstanding") - opening
    base = {name: total([before], name) for name in ("disbursed", "repaid", "written_off", "forgiven")}
    taken_over = 0
    if now and now.account.taken_over and now.account.taken_over[0] >= asked.start:
        _, base["disbursed"], base["repaid"], base["forgiven"] = now.account.taken_over
        taken_over = base["disbursed"] - base["repaid"] - base["forgiven"]
    moved = {name: total([now], name) - base[name] if now else -base[name] for name in base}
    closing = total([now], "outstanding")
    assert closing == (
        opening + restated + taken_over + moved["disbursed"] - moved["repaid"] - moved["written_off"]
        - moved["forgiven"]
    ), "law 4: opening + movements = closing"
    provision_opening, provision_closing = total([published], "provision"), total([now], "provision")
    in_period = now and now.account.written_off_on and now.account.written_off_on >= asked.start
    provision_written_off = provision_opening if in_period else 0
    return [opening, restated, taken_over, moved["disbursed"], moved["repaid"], moved["written_off"], moved["forgiven"],
            closing, provision_opening, provision_closing - provision_opening + provision_written_off,
            provision_written_off, provision_closing]  # fmt: skip


def movement_file(all_figures, asked):
    yield ("group_by,group,currency,from,to,opening,restated,taken_over,disbursed,repaid,written_off,forgiven,"
           "closing,provision_opening,provision_expense,provision_written_off,"
           "provision_closing").split(",")  # fmt: skip
    for group, members in groups(all_figures, asked).items():
        if any(f.now or f.before or f.published for f in members):
            sums = [sum(column) for column in zip(*(movement_of(f, asked) for f in members))]
            yield [*group, asked.start, asked.as_of, *map(members[0].loan.program.text, sums)]


def migration_file(book, all_figures, asked):
    yield "group_by,group,currency,class_from,class_to,accounts,outstanding".split(",")
    order = class_order(book.programs, asked.as_of)
    order += [name for name in class_order(book.programs, asked.day_before) if name not in order]
    # a class may bear the name of a status: a kind beside the name keeps the two apart
    kinds = [("class", name) for name in order] + [("status", name) for name in STATUSES + ["new"]]

    def kind(p):
        return ("status", "new") if p is None else ("class", p.class_id) if p.class_id else ("status", p.status)

    for group, members in groups(all_figures, asked).items():
        cells = {}
        for figures in members:
            if figures.now:
                cells.setdefault((kind(figures.published), kind(figures.now)), []).append(figures.now)
        for pair in sorted(cells, key=lambda pair: (kinds.index(pair[0]), kinds.index(pair[1]))):
            here = cells[pair]
            text = here[0].loan.program.text
            yield [*group, pair[0][1], pair[1][1], len(here), text(total(here, "outstanding"))]


def subsidy_file(all_figures):
    yield "account_id,program,currency,month,base,days,amount".split(",")
    for now in existing(all_figures):
        program = now.loan.program
        for month, base, days, amount in subsidy_claims(now.account):
            yield [now.loan.id, program.id, program.currency, month, program.text(base), days, program.text(amount)]


def unidentified_file(book, asked):
    """S3, N9: money nobody can place, as written in the file."""
    yield "event_id,date,amount,document".split(",")
    known = [e for e in book.unplaced if e.recorded <= asked.known_at]
    reversed_by = live_reverses(known)
    for e in sorted(known, key=lambda e: (e.date, e.id.encode())):
        if e.type == "unidentified" and e.date <= asked.as_of and e.id not in reversed_by:
            yield [e.id, e.date, e.written, e.document]


def files(book, all_figures, asked):
    result = {
        "schedule.csv": schedule_file(all_figures),
        "allocations.csv": allocations_file(all_figures),
        "arrears.csv": arrears_file(all_figures, asked),
        "portfolio.csv": portfolio_file(all_figures, asked),
        "classes.csv": classes_file(book, all_figures, asked),
        "unidentified.csv": unidentified_file(book, asked),
    }
    if any(program.has_subsidy for program in book.programs.values()):
        result["subsidy.csv"] = subsidy_file(all_figures)
    if asked.start:
        result["movement.csv"] = movement_file(all_figures, asked)
        result["migration.csv"] = migration_file(book, all_figures, asked)
    return {name: csv_text(rows) for name, rows in result.items()}


# --------------------------------------------------------------------------------------------------- command line


def parse(arguments):
    parser = argparse.ArgumentParser(description="An independent model of nol's loan accounting.")
    parser.add_argument("--rules", required=True)
    parser.add_argument("--loans", action="append", required=True)
    parser.add_argument("--events", action="append", default=[])
    parser.add_argument("--plan", action="append", default=[])
    for name in ("--as-of", "--known-at", "--from-known-at"):
        parser.add_argument(name, type=to_date, required=name == "--as-of")
    parser.add_argument("--from", dest="start", type=to_date)
    for name in ("--attribute", "--carry", "--ignore"):
        parser.add_argument(name, action="append", default=[])
    parser.add_argument("--quarantine", action="store_true")
    parser.add_argument("--out", required=True)
    return parser.parse_args(arguments)


def asked_of(options):
    return Asked(options.as_of, options.known_at, options.start, options.from_known_at, options.attribute,
                 options.carry)  # fmt: skip


def over_budget(figures):
    """S4, D4.1: the loans that take the total of their program and year of agreement above its budget. N45"""
    above, accepted = set(), {}
    found = [own for own in figures if own.now]
    for own in sorted(found, key=lambda own: (own.loan.agreed, own.loan.id.encode())):
        loan, program = own.loan, own.loan.program
        before = accepted.setdefault((program.id, loan.agreed.year), [])
        standing = sum(other.loan.principal for other in before
                       if not other.now.account.cancelled or other.now.account.cancelled > loan.agreed)  # fmt: skip
        budget = program.version(loan.agreed)["principal"].get("budget")
        limit = program.amount(budget.get(str(loan.agreed.year), "0")) if budget is not None else None
        if limit is not None and standing + loan.principal > limit:
            above.add(loan.id)
        else:
            before.append(own)
    return above


def judge_all(book, asked):
    """-> figures of the accepted loans in order, refusals."""
    figures, refusals = [], []
    for loan in book.loans:
        try:
            figures.append(judge(book, loan, asked))
        except Refused as fault:
            refusals.append(fault)
    above = over_budget(figures)
    refusals += [Refused(loan, "", "above the budget") for loan in sorted(above)]
    figures = [own for own in figures if own.loan.id not in above]
    for name in ("now", "before", "published"):
        share_classes([getattr(own, name) for own in figures])
    return figures, refusals


def run(arguments):
    """The whole run; -> exit code."""
    options = parse(arguments)
    try:
        book = Book(read_rules(options.rules), read_csv(options.loans), read_csv(options.events),
                    read_csv(options.plan))  # fmt: skip
        figures, refusals = judge_all(book, asked_of(options))
        for fault in refusals:
            print(fault, file=sys.stderr)
        if refusals and not options.quarantine:
            return 1
        texts = files(book, figures, asked_of(options))
    except BadRules as fault:
        print(f"refused: {fault}", file=sys.stderr)
        return 1
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    return 1 if refusals else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
