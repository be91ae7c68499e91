#!/usr/bin/env python3
"""A second, independent implementation of nol's loan accounting: the oracle the engine is compared with.

It is written from design.md and semantics.md alone and is naive on purpose: every position (as-of, known-at)
is computed from scratch, amounts are Python ints of minor units, rates are Fractions, nothing is cached but the
resolved rule versions. `S5.3` in a comment is section 5, point 3 of semantics.md, `D2` a section of design.md,
and `N11` the numbered note 11 at the end of this text.

Scope: principal, schedule (equal, fixed, bullet), allocation (hold, next, last), arrears by days past due,
amendments; events disburse, opening, cancel, collateral, repay, refund, write-off, recover, reverse, unidentified.
There are no fees and no penalties, so those columns are 0 and `by` and `components` change nothing.

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
"""
import argparse
import csv
import json
import sys
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
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


def to_number(text):
    """An exact number from `1_000`, `0.50`, `12.5%` or `1/3`."""
    text = text.replace("_", "")
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def to_amount(text, decimals):
    """Whole minor units (D2)."""
    minor = to_number(text) * 10**decimals
    if minor.denominator != 1:
        raise ValueError(f"{text} has more than {decimals} decimals")
    return minor.numerator


def amount_text(minor, decimals):
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


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

    def __init__(self, rules):
        self.rules = {key: value for key, value in rules.items() if key != "amendments"}
        # in order of `from`, then file order: sorted() is stable (D4.3)
        self.amendments = sorted(rules.get("amendments", []), key=lambda amendment: to_date(amendment["from"]))
        self.id = rules["id"]
        self.currency = rules["currency"]["code"]
        self.decimals = int(rules["currency"]["decimals"])
        self.in_force = to_date(rules["in_force"])
        self.versions = {}
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
    programs = {}
    for path in sorted(Path(folder).glob("*.yaml")):
        rules = read_yaml(path.read_text(encoding="utf-8"))
        if isinstance(rules, dict) and rules.get("nol") == "rules/1":
            programs[rules["id"]] = Program(rules)
    return programs


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


class Event:
    # S2: order of types within a date and seq
    RANK = {
        name: rank
        for rank, name in enumerate(
            ["disburse", "opening", "cancel", "collateral", "repay", "refund", "write-off", "recover"]
        )
    }

    def __init__(self, row, program):
        self.id, self.type, self.written = row["event_id"], row["type"], row.get("amount", "")
        self.date = to_date(row["date"])
        self.recorded = to_date(row["recorded"]) if row.get("recorded") else self.date
        self.seq = int(row["seq"]) if row.get("seq") else 0
        self.document, self.ref = row.get("document", ""), row.get("ref", "")
        self.amount = program.amount(self.written) if program and self.written else 0

    def order(self):
        return (self.date, self.seq, self.RANK[self.type], self.id.encode())


class Book:
    def __init__(self, programs, loan_rows, event_rows):
        self.programs = programs
        self.loans = [Loan(row, programs[row["program"]]) for row in loan_rows]
        self.loans.sort(key=lambda loan: loan.id.encode())
        program_of = {loan.id: loan.program for loan in self.loans}
        self.events = {loan.id: [] for loan in self.loans}
        self.unplaced = []  # events of nobody
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


class Row:
    def __init__(self, n, due, principal_due):
        self.n = n  # None: a listed zero row of a grace
        self.due = self.due_nominal = due  # there are no holidays in this scope
        self.principal_due = principal_due
        self.principal_paid = self.paid_in_advance = self.paid_late = 0
        self.paid_on = None

    @property
    def unpaid(self):
        return self.principal_due - self.principal_paid


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


def installments_of(loan, schedule):
    """Rows counted by the program (S1.2, S1.5); for bullet the number of periods."""
    split = schedule["split"]
    if isinstance(split, dict):  # fixed: rows of the amount until paid
        amount = loan.program.amount(split["fixed"])
        n = -(-loan.principal // amount)
        if loan.installments not in (None, n):
            raise Refused(loan.id, "", f"installments {loan.installments}, the split gives {n}")
        return n
    return chosen(loan, loan.installments, limits_of(schedule["installments"], int), "installments")


def split_equal(total, n, rounding, program):
    """D2: who carries the remainder."""
    unit, mode, residual = program.amount(rounding["unit"]), rounding["mode"], rounding["residual"]
    share = round_to_unit(Fraction(total, n), unit, mode)
    if residual == "last":
        return [share] * (n - 1) + [total - share * (n - 1)]
    if residual == "first":
        return [total - share * (n - 1)] + [share] * (n - 1)
    if residual == "cumulative":
        ends = [round_to_unit(Fraction(total * k, n), unit, mode) for k in range(n)] + [total]
        return [ends[k] - ends[k - 1] for k in range(1, n + 1)]
    if residual == "leading" and mode == "down":
        rest = total - share * n
        parts = [share + unit if k < rest // unit else share for k in range(n)]
        parts[-1] += rest % unit
        return parts
    raise BadRules(f"rounding {mode} {residual}")


def split_principal(loan, schedule, total, grace):
    """The principal of rows 1, 2, ..."""
    split, program = schedule["split"], loan.program
    if split == "bullet":
        return [total]
    if isinstance(split, dict):
        amount = program.amount(split["fixed"])
        full = (total - 1) // amount
        return [amount] * full + [total - amount * full]
    n = installments_of(loan, schedule)
    if "grace" in schedule and schedule["grace"]["place"] == "within-term":
        n -= grace  # S1.2: n counts the grace
    return split_equal(total, n, schedule["rounding"], program)


def make_plan(loan, disbursed_on, total):
    """S1: the rows of a loan disbursed on a day, zero rows of a grace apart; limits are judged elsewhere."""
    schedule = loan.program.version(loan.agreed)["schedule"]
    due, grace = schedule["due"], grace_periods(loan, schedule)
    parts = split_principal(loan, schedule, total, grace)
    if min(parts) <= 0:
        raise Refused(loan.id, "", "a row without principal")
    bullet = installments_of(loan, schedule) - 1 if schedule["split"] == "bullet" else 0
    zero_dates = []
    if due["anchor"] == "given":  # S1.3: the grace is counted already
        if loan.first_due < disbursed_on:
            raise Refused(loan.id, "", "first_due before the disbursement")
        dates = [add_periods(loan.first_due, k, schedule) for k in range(len(parts))]
    else:
        anchor = disbursed_on if due["anchor"] == "disbursed" else loan.agreed
        gap_ends = add_span(disbursed_on, to_span(due["min_gap"])) if "min_gap" in due else disbursed_on
        start = 0  # S1.4: periods the whole plan starts later
        while True:
            first = add_periods(anchor, start + grace + bullet + 1, schedule)
            if first > LAST_DAY:
                raise Refused(loan.id, "", "a row past 2199-12-31")
            if first > disbursed_on and first >= gap_ends:
                break
            start += 1
        dates = [add_periods(anchor, start + grace + bullet + k, schedule) for k in range(1, len(parts) + 1)]
        if "grace" in schedule and schedule["grace"].get("list_rows") == "true":  # S1.1
            zero_dates = [add_periods(anchor, start + k, schedule) for k in range(1, grace + 1)]
            zero_dates = [day for day in zero_dates if day > disbursed_on]
    if max(dates) > LAST_DAY:  # S1.8
        raise Refused(loan.id, "", "a row past 2199-12-31")
    assert all(a < b for a, b in zip(dates, dates[1:])), "nominal dates strictly increase"
    assert sum(parts) == total, "planned principal adds up"
    rows = [Row(k + 1, day, part) for k, (day, part) in enumerate(zip(dates, parts))]
    return rows, [Row(None, day, 0) for day in zero_dates]


def check_loan(loan):
    """What a line of the book is refused for, whether it exists at as-of or not."""
    program = loan.program
    if loan.agreed < program.in_force:
        raise Refused(loan.id, "", "agreed before the rules are in force")
    if loan.disbursed and loan.agreed > loan.disbursed:
        raise Refused(loan.id, "", "agreed after the disbursement")
    rules = program.version(loan.agreed)
    principal, schedule = rules["principal"], rules["schedule"]
    if loan.principal < program.amount(principal["min"]):
        raise Refused(loan.id, "", "principal below min")
    if loan.principal > program.amount(principal["max"]):
        raise Refused(loan.id, "", "principal above max")
    if loan.principal % program.amount(principal.get("multiple_of", amount_text(1, program.decimals))):
        raise Refused(loan.id, "", "principal not a multiple")
    n, grace = installments_of(loan, schedule), grace_periods(loan, schedule)
    if "grace" in schedule and schedule["grace"]["place"] == "within-term" and grace >= n:
        raise Refused(loan.id, "", "grace as long as the term")
    if schedule["due"]["anchor"] == "given":
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

    def __init__(self, event, day, n, principal, credit):
        self.event, self.day, self.n, self.principal, self.credit = event, day, n, principal, credit


class Account:
    """A loan with its events applied one after the other."""

    def __init__(self, loan, known, as_of):
        self.loan, self.known, self.as_of = loan, known, as_of
        self.reversed_by = live_reverses(known)
        self.rows, self.zero_rows, self.lines = [], [], []
        self.disbursements = []  # (date, amount), the uncovered parts of refunds among them
        self.repaid = self.written_off = self.recovered = 0
        self.received = self.refunded = self.opened = 0
        self.credits = []  # [payment, what is left of it], oldest payment first
        self.drawn = {}  # N11: what uncovered refunds have used of each reversed payment
        self.collateral = loan.collateral
        self.cancelled = False
        self.written_off_on = None
        self.taken_over = None  # (date, disbursed, repaid) right after an opening
        self.clock = date.min

    # sums

    @property
    def disbursed(self):
        return sum(amount for _, amount in self.disbursements)

    @property
    def outstanding(self):
        return self.disbursed - self.repaid - self.written_off

    @property
    def unpaid(self):
        return sum(row.unpaid for row in self.rows)

    @property
    def credit(self):
        return sum(left for _, left in self.credits)

    @property
    def claim(self):
        return self.unpaid if self.written_off_on else 0

    @property
    def status(self):
        if self.cancelled:
            return "cancelled"
        if not self.disbursements:
            return "pending"
        if self.written_off_on:
            return "written-off"
        return "active" if self.unpaid else "closed"

    # running

    def run(self):
        steps = [e for e in self.known if e.type != "reverse" and e.date <= self.as_of]
        steps = sorted((e for e in steps if e.id not in self.reversed_by), key=Event.order)
        openings = [e for e in steps if e.type == "opening"]
        for e in steps:
            if len(openings) > 1:
                self.refuse(openings[1], "a second opening")
            if openings and e.type != "disburse" and e.date < openings[0].date:  # S4
                self.refuse(e, "dated before the opening")
        disbursed = self.loan.disbursed  # the book's own disbursement comes first on its day
        for e in steps:
            if disbursed and not self.disbursements and disbursed <= e.date:
                self.disburse(None, disbursed, self.loan.principal)
            self.use_credit_until(e.date)
            self.apply(e)
            self.use_credit(e.date)
            self.check_laws()
        if disbursed and not self.disbursements and disbursed <= self.as_of:
            self.disburse(None, disbursed, self.loan.principal)
        self.use_credit_until(self.as_of)
        self.check_laws()
        return self

    def refuse(self, event, reason):
        raise Refused(self.loan.id, event.id if event else "", reason)

    def apply(self, e):
        if self.cancelled:
            self.refuse(e, "after cancel")
        if e.type == "collateral":
            self.collateral = e.amount
        elif e.type == "disburse":
            if self.loan.disbursed:
                self.refuse(e, "disburse beside the book's disbursed")
            self.disburse(e, e.date, e.amount)
        elif e.type == "cancel":
            self.cancel(e)
        elif not self.disbursements:
            self.refuse(e, f"{e.type} before the disbursement")
        elif e.type == "opening":
            self.opening(e)
        elif e.type == "repay":
            self.payment(e)
        elif e.type == "refund":
            self.refund(e)
        elif e.type == "write-off":
            self.write_off(e)
        elif e.type == "recover":
            self.recover(e)
        else:
            self.refuse(e, f"type {e.type}")

    def excused(self, e):
        """S3, N10: a booking that was right when made, because a later record is dated on or before it."""
        return any(
            other.recorded > e.recorded and other.date <= e.date and other.id not in self.reversed_by
            for other in self.known
        )

    # S4

    def disburse(self, e, day, amount):
        if self.cancelled:
            self.refuse(e, "after cancel")
        if self.disbursements:
            self.refuse(e, "a second disbursement")
        if day < self.loan.agreed:
            self.refuse(e, "disbursed before it was agreed")
        if amount > self.loan.principal:
            self.refuse(e, "disbursed more than the principal")
        self.disbursements.append((day, amount))
        try:
            self.rows, self.zero_rows = make_plan(self.loan, day, amount)
        except Refused as fault:
            self.refuse(e, fault.reason)
        self.clock = day

    def opening(self, e):
        if e.amount > self.disbursed:
            self.refuse(e, "more repaid than disbursed")
        left = e.amount
        for row in self.rows:
            paid = min(left, row.unpaid)
            if paid:
                self.pay_row(row, paid, min(row.due, e.date))  # each as if on its due date
                self.lines.append(Line(e, e.date, row.n, paid, 0))
                self.repaid += paid
                left -= paid
        self.opened = e.amount
        self.taken_over = (e.date, self.disbursed, self.repaid)

    def cancel(self, e):
        if not self.disbursements:
            if e.date < self.loan.agreed:
                self.refuse(e, "cancelled before it was agreed")
            self.cancelled = True
        elif not self.excused(e):
            self.refuse(e, "cancel of a disbursed loan")

    # S5

    def pay_row(self, row, amount, day):
        """S5.7: in advance and late are judged by the row's due date on the payment's day."""
        row.principal_paid += amount
        if day < row.due:
            row.paid_in_advance += amount
        if day > row.due:
            row.paid_late += amount
        if row.unpaid == 0:
            row.paid_on = day

    def allocate(self, payment, amount, day):
        """S5.1, S5.2: due rows oldest first, then what the excess rule of the payment's date says.
        With principal as the only component, `by` and `components` change nothing. -> [(row, part)]"""
        excess = self.loan.program.version(payment.date)["allocation"]["excess"]
        if self.written_off_on:  # S6: every row counts as due
            order = list(self.rows)
        else:
            order = [row for row in self.rows if row.due <= day]
            future = [row for row in self.rows if row.due > day]
            if excess == "next":
                order += future
            elif excess == "last":
                order += reversed(future)
            elif excess != "hold":
                raise BadRules(f"excess {excess}")
        parts = []
        for row in order:
            part = min(amount, row.unpaid)
            if part:
                self.pay_row(row, part, day)
                parts.append((row, part))
                amount -= part
        paid = sum(part for _, part in parts)
        if self.written_off_on:
            self.recovered += paid
        else:
            self.repaid += paid
        return parts

    def payment(self, e):
        parts = self.allocate(e, e.amount, e.date)
        self.lines += [Line(e, e.date, row.n, part, 0) for row, part in parts]
        left = e.amount - sum(part for _, part in parts)
        if left:
            self.credits.append([e, left])
            self.lines.append(Line(e, e.date, None, 0, left))
        self.received += e.amount

    def use_credit(self, day):
        """S5.3: oldest payment first, each by the rule of its payment's date."""
        if self.written_off_on:
            return
        for item in self.credits:
            payment, left = item
            for row, part in self.allocate(payment, left, day) if left else []:
                self.lines.append(Line(payment, day, row.n, part, -part))
                item[1] -= part
        self.credits = [item for item in self.credits if item[1]]

    def use_credit_until(self, day):
        """At the start of each day up to this one on which something falls due (S2)."""
        for due in sorted({row.due for row in self.rows if self.clock < row.due <= day}):
            self.use_credit(due)
        self.clock = max(self.clock, day)

    def refund(self, e):
        """S5.5, N11, N21."""
        covered = min(e.amount, self.credit)
        uncovered = e.amount - covered
        draws = self.draw(e, uncovered)
        if sum(part for _, part in draws) < uncovered:
            self.refuse(e, "refund above the credit held")
        left = covered
        for item in self.credits:
            part = min(left, item[1])
            item[1] -= part
            left -= part
        self.credits = [item for item in self.credits if item[1]]
        self.refunded += covered
        if covered:
            self.lines.append(Line(e, e.date, None, 0, -covered))
        if uncovered:  # lent anew
            for payment, part in draws:
                self.drawn[payment] = self.drawn.get(payment, 0) + part
            self.disbursements.append((e.date, uncovered))
            row = self.row_for_money_back(e.date)
            row.principal_due += uncovered
            row.paid_on = None
            if self.written_off_on:
                self.written_off += uncovered

    def draw(self, e, amount):
        """N11: the reversed payments an uncovered refund may draw on, oldest first. -> [(payment id, part)]"""
        draws = []
        for payment in sorted((k for k in self.known if k.type == "repay"), key=Event.order):
            reverse = self.reversed_by.get(payment.id)
            if reverse and payment.date <= e.date and reverse.recorded >= e.recorded:
                part = min(amount, payment.amount - self.drawn.get(payment.id, 0))
                draws.append((payment.id, part))
                amount -= part
        return draws

    def row_for_money_back(self, day):
        """S6 chargeback, N21."""
        for row in self.rows:  # in due order
            if row.due > day:
                return row
        last = self.rows[-1]
        if last.due == day:
            return last
        self.rows.append(Row(max(row.n for row in self.rows) + 1, day, 0))
        return self.rows[-1]

    # S6

    def write_off(self, e):
        if self.written_off_on or not self.unpaid:
            if not self.excused(e):
                self.refuse(e, "nothing to write off")
            return
        self.written_off = self.outstanding
        self.written_off_on = e.date

    def recover(self, e):
        if self.written_off_on or self.write_off_was_reversed(e):  # S3: then it is a repay
            self.payment(e)
        elif not self.excused(e):
            self.refuse(e, "recover without write-off")

    def write_off_was_reversed(self, e):
        return any(
            k.type == "write-off" and k.id in self.reversed_by and k.order() < e.order() for k in self.known
        )

    # D8

    def check_laws(self):
        rows_due, rows_paid = (sum(getattr(r, "principal_" + f) for r in self.rows) for f in ("due", "paid"))
        assert rows_due == self.disbursed, "law 3: principal due is what was disbursed"
        assert rows_paid == self.repaid + self.recovered, "law 3: principal paid is repaid and recovered"
        assert self.received + self.opened == rows_paid + self.credit + self.refunded, "law 3: money"
        assert min(self.outstanding, self.repaid, self.written_off, self.recovered, self.claim, self.credit) >= 0
        assert all(0 <= row.principal_paid <= row.principal_due for row in self.rows)
        assert self.outstanding == (0 if self.written_off_on else self.unpaid), "law 2"
        assert not self.written_off_on or self.claim == self.written_off - self.recovered


# -------------------------------------------------------------------------------------------------- S8: arrears


class Position:
    """An account at (as-of, known-at), classified by the rules in force at as-of."""

    def __init__(self, account):
        self.account, self.loan, self.as_of = account, account.loan, account.as_of
        self.status = account.status
        self.disbursed, self.repaid = account.disbursed, account.repaid
        self.written_off, self.recovered = account.written_off, account.recovered
        self.outstanding, self.claim, self.credit = account.outstanding, account.claim, account.credit
        self.rules = self.loan.program.version(self.as_of)["arrears"]
        due = [row for row in account.rows if row.due <= self.as_of]
        self.due_to_date = sum(row.principal_due for row in due)
        self.paid_to_date = sum(row.principal_paid for row in due)
        late = [row for row in due if row.due < self.as_of and row.unpaid and self.status == "active"]
        self.overdue = sum(row.unpaid for row in late)
        self.oldest_due = min((row.due for row in late), default=None)
        self.installments_overdue = len(late)
        self.days_past_due = self.count_days()
        self.class_rule = self.find_class() if self.status == "active" else None
        self.class_id = self.class_rule["id"] if self.class_rule else ""
        self.provision_base, self.provision = self.provide()
        horizon = add_months(self.as_of, 12)  # N4
        self.non_current = sum(row.unpaid for row in account.rows if row.due > horizon and self.status == "active")
        self.current = self.outstanding - self.non_current
        self.net_value = self.outstanding - self.provision
        self.non_performing = self.outstanding if self.class_id in self.rules.get("non_performing", []) else 0

    def count_days(self):
        if not self.overdue or self.overdue < self.loan.program.amount(self.rules.get("ignore_below", "0")):
            return 0
        days = (self.as_of - self.oldest_due).days
        tolerance = to_span(self.rules.get("tolerance", "0 days"))[0]
        if days <= tolerance:
            return 0
        return {"day-after-due": days, "due-date": days + 1, "end-of-tolerance": days - tolerance}[
            self.rules["count_from"]
        ]

    def find_class(self):
        for rule in self.rules["classes"]:
            low, high = rule["range"].split("..")
            if int(low) <= self.days_past_due and (not high or self.days_past_due <= int(high)):
                return rule
        raise BadRules(f"{self.loan.program.id}: no class for {self.days_past_due} days")

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


def position(book, loan, as_of, known_at):
    """The account at (as-of, known-at), or None where it does not exist."""
    if loan.agreed > as_of or loan.recorded > known_at:
        return None
    known = [e for e in book.events[loan.id] if e.recorded <= known_at]
    reversed_by = live_reverses(known)
    if any(e.type == "opening" and e.date > as_of and e.id not in reversed_by for e in known):  # N17
        return None
    return Position(Account(loan, known, as_of).run())


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
        for row in sorted(account.rows + account.zero_rows, key=lambda row: (row.due, row.n or 0)):
            due_so_far += row.principal_due
            balance = sum(amount for day, amount in account.disbursements if day <= row.due) - due_so_far
            if row.unpaid == 0:
                status = "paid"
            elif account.written_off_on:
                status = "written-off"
            else:
                status = "overdue" if row.due < now.as_of else "due" if row.due == now.as_of else "future"
            yield [
                now.loan.id, row.n or "", row.due_nominal, row.due, text(row.principal_due), text(0), text(0),
                text(row.principal_paid), text(0), text(0), text(0), text(row.paid_in_advance),
                text(row.paid_late), date_text(row.paid_on),
                (now.as_of - row.due).days if status == "overdue" else 0, text(balance), status,
            ]  # fmt: skip


def allocations_file(all_figures):
    """S12: in the order applied."""
    yield "account_id,event_id,type,document,date,n,principal,fee,penalty,credit".split(",")
    for now in existing(all_figures):
        text = now.loan.program.text
        for line in now.account.lines:
            e = line.event
            yield [now.loan.id, e.id, e.type, e.document, line.day, line.n or "", text(line.principal), text(0),
                   text(0), text(line.credit)]  # fmt: skip


def arrears_file(all_figures, asked):
    yield ("account_id,program,currency,borrower_id,as_of,status,disbursed,repaid,funded,written_off,forgiven,"
           "recovered,outstanding,claim,fee_due,fee_paid,penalty_due,penalty_paid,due_to_date,paid_to_date,overdue,"
           "oldest_due,installments_overdue,days_past_due,class,provision_base,provision,credit").split(",") + (
           asked.carry)  # fmt: skip
    for now in existing(all_figures):
        loan, program, text = now.loan, now.loan.program, now.loan.program.text
        yield [
            loan.id, program.id, program.currency, loan.borrower, now.as_of, now.status, text(now.disbursed),
            text(now.repaid), text(0), text(now.written_off), text(0), text(now.recovered), text(now.outstanding),
            text(now.claim), text(0), text(0), text(0), text(0), text(now.due_to_date), text(now.paid_to_date),
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
            total(here, "disbursed"), total(here, "repaid"), 0, total(here, "written_off"), 0,
            total(here, "recovered"), outstanding, total(here, "claim"), 0, 0, 0, 0, total(here, "credit"),
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
    base = {name: total([before], name) for name in ("disbursed", "repaid", "written_off")}
    taken_over = 0
    if now and now.account.taken_over and now.account.taken_over[0] >= asked.start:
        _, base["disbursed"], base["repaid"] = now.account.taken_over
        taken_over = base["disbursed"] - base["repaid"]
    moved = {name: total([now], name) - base[name] if now else -base[name] for name in base}
    closing = total([now], "outstanding")
    assert closing == (
        opening + restated + taken_over + moved["disbursed"] - moved["repaid"] - moved["written_off"]
    ), "law 4: opening + movements = closing"
    provision_opening, provision_closing = total([published], "provision"), total([now], "provision")
    in_period = now and now.account.written_off_on and now.account.written_off_on >= asked.start
    provision_written_off = provision_opening if in_period else 0
    return [opening, restated, taken_over, moved["disbursed"], moved["repaid"], moved["written_off"], 0, closing,
            provision_opening, provision_closing - provision_opening + provision_written_off,
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


def judge_all(book, asked):
    """-> figures of the accepted loans in order, refusals."""
    figures, refusals = [], []
    for loan in book.loans:
        try:
            figures.append(judge(book, loan, asked))
        except Refused as fault:
            refusals.append(fault)
    return figures, refusals


def run(arguments):
    """The whole run; -> exit code."""
    options = parse(arguments)
    try:
        book = Book(read_rules(options.rules), read_csv(options.loans), read_csv(options.events))
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
