"""python3 tests/explain.py NOL [--seeds A..B]

Every cell that `nol run` writes of the example book, and of random ones with every feature, has an explanation by `nol explain`, and the explanation comes to
the cell: its terms are added up, its roundings, splits, dates and classes made anew here; whatever it refers to (events,
rows of the book, rule lines, other cells) stands where it says, with the value it says."""

import calendar
import csv
import datetime
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from fractions import Fraction

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(HERE, "tests", "model"))
import random_book  # noqa: E402
import random_grants  # noqa: E402

EXAMPLE = ["--rules", "rules", "--loans", "examples/loans.csv", "--events", "examples/events.csv", "--grants",
        "examples/grants.csv", "--events", "examples/grant-events.csv", "--attribute", "district", "--attribute", "sector",
        "--as-of", "2026-10-31", "--from", "2026-10-01", "--carry", "sector"]
BY_ACCOUNT = ["schedule.csv", "allocations.csv", "subsidy.csv", "arrears.csv", "grant_positions.csv",
              "grant_tranches.csv"]

passed = failed = 0
inner = False  # within a cell, which counts as one check


def check(name, holds, why=""):
    global passed, failed
    if holds:
        passed += not inner
    else:
        failed += 1
        if failed <= 40:
            print(f"{name}: does not hold {why}")


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Files:
    """Lines of the files of the book and of the rules, by FILE:LINE."""

    def __init__(self, folder):
        self.folder, self.text = folder, {}

    def record(self, name, number):
        """The lines of a CSV record, or a line of a rule file, with the header's."""
        if name not in self.text:
            with open(os.path.join(self.folder, name), encoding="utf-8-sig", newline="") as file:
                self.text[name] = file.read().split("\n")
        return itertools.islice(self.text[name], number - 1, None)

    def line(self, at):
        name, number = at.rsplit(":", 1)
        return next(self.record(name, int(number)))

    def row(self, at):
        name, number = at.rsplit(":", 1)
        header = next(csv.reader(line + "\n" for line in self.record(name, 1)))
        return dict(zip(header, next(csv.reader(line + "\n" for line in self.record(name, int(number))))))


# --- what a value comes from ---

def rounded(exact, unit, mode):
    """The multiple of the unit."""
    quotient = abs(exact) / unit
    whole = quotient.numerator // quotient.denominator
    rest = quotient - whole
    up = {"down": False, "up": rest > 0, "half-up": rest >= Fraction(1, 2),
          "half-even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)}[mode]
    return (whole + up) * unit * (-1 if exact < 0 else 1)


def from_rounded(of):
    exact = sum((Fraction(p["base"]) * Fraction(p["rate"]) * p["times"] for p in of["products"]), Fraction(0))
    if exact != ratio(of["exact"]):
        return None
    if "cap" in of:
        exact = min(exact, ratio(of["cap"]))
    return rounded(exact, Fraction(of["unit"]), of["mode"])


def ratio(text):
    """A fraction whose numerator may have decimals."""
    over, _, under = text.partition("/")
    return Fraction(over) / Fraction(under or "1")


def from_split(of):
    whole, count = Fraction(of["whole"]), of["rows"]
    if "fixed" in of:
        fixed = Fraction(of["fixed"])
        return fixed if of["k"] < count else whole - fixed * (count - 1)
    unit = Fraction(of["unit"])
    shares = [Fraction(share) for share in of.get("shares", [f"1/{count}"] * count)]
    parts = [rounded(whole * share, unit, of["mode"]) for share in shares]
    if of["residual"] == "cumulative":
        ends = [rounded(whole * sum(shares[:k + 1]), unit, of["mode"]) for k in range(count - 1)] + [whole]
        parts = [end - start for start, end in zip([0] + ends, ends)]
    elif of["residual"] == "leading":
        left = whole - sum(parts)
        for k in range(count):
            if left >= unit:
                parts[k] += unit
                left -= unit
        parts[-1] += left
    else:
        at = 0 if of["residual"] == "first" else count - 1
        parts[at] += whole - sum(parts)
    return parts[of["k"] - 1]


def add_months(date, months, day, missing):
    index = date.year * 12 + date.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if day <= last:
        return datetime.date(year, month, day)
    if missing == "last-of-month":
        return datetime.date(year, month, last)
    return datetime.date(year, month, last) + datetime.timedelta(days=1)


def from_counted(of):
    anchor = datetime.date.fromisoformat(of["anchor"])
    number, unit = of["every"].split()
    count = int(number) * of["times"]
    if unit.startswith(("day", "week")):
        return anchor + datetime.timedelta(days=count * (7 if unit.startswith("week") else 1))
    months = count * (12 if unit.startswith("year") else 1)
    day = {"same": anchor.day, "last": 31}.get(of["day"], of["day"])
    return add_months(anchor, months, day, "last-of-month" if of["day"] == "last" else of["missing"])


# --- one explanation ---

class Checker:
    def __init__(self, book, cells):
        self.cells, self.events, self.files, self.as_of = cells, book.events, Files(book.folder), book.as_of

    def cell(self, file, account, row, figure):
        return self.cells.get((file, account, row, figure))

    def term(self, name, one, term):
        """That a term follows from what it says it comes from, and stands where it says."""
        if "rounded" in term:
            check(name, from_rounded(term["rounded"]) == Fraction(term["value"]), f"rounding {term}")
        if "split" in term:
            check(name, from_split(term["split"]) == Fraction(term["value"]), f"split {term}")
        if "counted" in term:
            check(name, from_counted(term["counted"]).isoformat() == term["date"], f"date {term}")
        if "event" in term and "at" in term:
            check(name, self.files.row(term["at"])["event_id"] == term["event"], f"event {term}")
        elif "at" in term:
            check(name, self.files.row(term["at"])["account_id"] == one["account"], f"place {term}")
        if "number" in term:
            check(name, term["from"] <= term["number"] <= term.get("upto", term["number"]), f"range {term}")
        if "figure" in term and "rounded" not in term:
            self.reference(name, one, term)

    def reference(self, name, one, term):
        """Another cell of the same account has the value that the term says."""
        value = term.get("date", term.get("value"))
        files = ["schedule.csv", "grant_tranches.csv"] if "row" in term else [one["file"], "arrears.csv",
                                                                              "grant_positions.csv"]
        if one["file"] == "grant_portfolio.csv" and "row" not in term:
            files = files[1:]
        found = [self.cell(file, one["account"], term.get("row", ""), term["figure"]) for file in files]
        found = [value for value in found if value is not None]
        check(name, bool(found) and found[0] == value, f"refers to {term}, which is {found}")

    def rule(self, name, rule):
        if "at" not in rule:
            return
        line = self.files.line(rule["at"])
        plain = line.replace("_", "").replace('"', "").replace("'", "")
        value = rule["value"].replace("_", "")
        if value[:1] in "[{" or re.fullmatch(r"[\d.]+|[\d./]+%?", value):
            return
        check(name, value in plain, f"rule {rule['path']} is {value}, but {rule['at']} has {line}")

    def come_to(self, one):
        """What the terms come to, as the cell writes it; None: it has to be told otherwise."""
        how, terms, value = one["how"], one["terms"], one["value"]
        if how == "given":
            return self.files.row(terms[0]["at"]).get(terms[0]["column"], "")
        if how == "class":
            return max(terms, key=lambda term: term["index"])["class"]
        if how == "date":
            return terms[-1]["date"]
        if how == "days":
            days = datetime.date.fromisoformat(terms[1]["date"]) - datetime.date.fromisoformat(terms[0]["date"])
            return str(days.days - sum(signed(term) for term in terms[2:]))
        if how == "least" and "date" in terms[0]:
            return min(term["date"] for term in terms)
        if how == "words":
            return None
        numbers = [signed(term) for term in terms]
        number = {"sum": sum, "least": min, "largest": max}[how](numbers)
        return text_of(number, len(value.partition(".")[2]))

    def explanation(self, one, value):
        """One check, of all that the explanation says."""
        global passed, inner
        before, inner = failed, True
        self.all_of(one, value)
        inner = False
        passed += failed == before

    def all_of(self, one, value):
        name = f"{one['account']} {one['file']} {one['line']} {one['figure']}"
        check(name, one["value"] == value, f"it explains {one['value']}, the file has {value}")
        for term in one["terms"]:
            self.term(name, one, term)
        for rule in one["rules"]:
            self.rule(name, rule)
        told = self.come_to(one)
        if told is None:
            told = self.words(one)
        if one["how"] == "given" and told != value:  # an amount may be written with more digits in the file than in the book
            told = value if same_number(told, value) else told
        check(name, told == value, f"its terms come to {told}, not to {value}")

    def words(self, one):
        """Words follow from the terms and from other cells."""
        figure, account, row = one["figure"], one["account"], one["row"]
        left = sum(signed(term) for term in one["terms"] if "value" in term)
        schedule = one["file"] == "schedule.csv"
        if figure == "status" and schedule:
            due = self.cell("schedule.csv", account, row, "due")
            if left == 0:
                return "paid"
            if self.cell("arrears.csv", account, "", "status") in ("written-off", "ended"):
                return "written-off"
            return "due" if due == self.as_of else "overdue" if due < self.as_of else "future"
        if figure == "status" and one["file"] == "arrears.csv":
            disbursed = Fraction(self.cell("arrears.csv", account, "", "disbursed"))
            written_off = [e for e in self.events[account] if e["type"] == "write-off"]
            if one["value"] in ("written-off", "ended", "cancelled"):
                return one["value"] if written_off or one["value"] == "cancelled" else "no such event"
            return "pending" if disbursed == 0 else "active" if left > 0 else "closed"
        if figure == "status" and one["file"] == "grant_positions.csv":
            return self.grant_status(account)
        if figure in ("currency", "tranche"):
            return {rule["value"] for rule in one["rules"]}.pop()
        if figure == "month":
            return row
        return one["value"] if one["says"] or one["value"] == "" else "words without a sentence"


    def grant_status(self, account):
        of = {figure: Fraction(self.cell("grant_positions.csv", account, "", figure))
              for figure in ("award", "paid", "lapsed", "to_account", "refund_outstanding")}
        cancels = any(event["type"] == "cancel" for event in self.events[account])
        if self.cell("grant_positions.csv", account, "", "status") == "cancelled":
            return "cancelled" if cancels else "no event cancels it"
        if of["paid"] == 0:
            return "agreed"
        if of["refund_outstanding"] > 0:
            return "refund"
        return "completed" if of["paid"] + of["lapsed"] == of["award"] and of["to_account"] == 0 else "active"


def signed(term):
    return Fraction(term["value"]) * (-1 if term.get("sign") == "-" else 1)


def same_number(a, b):
    try:
        return Fraction(a.replace("_", "")) == Fraction(b)
    except ValueError:
        return a == b


def text_of(number, decimals):
    whole = number * 10 ** decimals
    if whole.denominator != 1:
        return f"{number} is no amount"
    digits = str(abs(whole.numerator)).rjust(decimals + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (digits if decimals == 0 else digits[:-decimals] + "." + digits[-decimals:])


# --- groups ---

class Book:
    """A book in a folder, and the options of its run."""

    def __init__(self, nol, name, folder, options):
        self.nol, self.name, self.folder, self.options = nol, name, folder, options
        self.as_of = self.values("--as-of")[0]
        self.attributes = self.values("--attribute")
        self.accounts, self.events = {}, defaultdict(list)
        for file in self.values("--loans") + self.values("--grants"):
            self.accounts.update({row["account_id"]: row for row in rows(os.path.join(folder, file))})
        for file in self.values("--events"):
            for row in rows(os.path.join(folder, file)):
                self.events[row["account_id"]].append(row)

    def values(self, option):
        return [value for name, value in zip(self.options, self.options[1:]) if name == option]

    def run(self, *arguments):
        return subprocess.run([self.nol, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def explanations(self):
        done = self.run("explain", *self.accounts, *self.options, "--all", "--format", "json")
        absent = re.findall(r"the account '[^']*', agreed on [-0-9]*, is in no file", done.stderr)
        check(f"{self.name}: messages", len(absent) == len(done.stderr.splitlines()), done.stderr[:500])
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check(self):
        """All cells of all files of the book."""
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            done = self.run("run", *self.options, "--out", out)
            check(f"{self.name}: run", done.returncode == 0, done.stderr)
            explained, parts, cells = {}, defaultdict(dict), {}
            for one in self.explanations():
                key = (one["file"], one["account"], one["line"], one["figure"])
                if key in explained:
                    check(f"{self.name}: each cell is explained once", False, f"{key}")
                explained[key] = one
                cells[one["file"], one["account"], one["row"], one["figure"]] = one["value"]
                parts[one["file"], one["account"]][one["figure"]] = one["value"]
            self.check_cells(out, explained, Checker(self, cells))
            self.check_groups(out, parts)

    def check_cells(self, out, explained, checker):
        used = 0
        for file in BY_ACCOUNT:
            if not os.path.exists(os.path.join(out, file)):
                continue
            number = defaultdict(int)
            for row in rows(os.path.join(out, file)):
                number[row["account_id"]] += 1
                for figure, value in row.items():
                    one = explained.get((file, row["account_id"], number[row["account_id"]], figure))
                    if one is None:
                        check(f"{self.name}: {file} {row['account_id']} {figure}", False, "no explanation")
                        continue
                    used += 1
                    checker.explanation(one, value)
        for key, one in explained.items():
            if key[0] not in BY_ACCOUNT:
                used += 1
                checker.explanation(one, one["value"])
        check(f"{self.name}: nothing else", used == len(explained), f"{len(explained) - used} cells are in no file")

    def check_groups(self, out, parts):
        """Each cell of a file of groups is the sum of what its accounts are explained to have in it."""
        explained = {}
        for by in ["all", "program", *self.attributes, "loans-forgiven"]:
            done = self.run("explain", *self.options, "--group", by, "--all", "--format", "json")
            nothing = "no such figure of a group" in done.stderr
            check(f"{self.name}: groups by {by}", nothing or not done.stderr, done.stderr[:300])
            for line in done.stdout.splitlines():
                one = json.loads(line)
                explained[one["file"], one["row"], one["figure"]] = one
        used = 0
        for file, also in (("portfolio.csv", []), ("classes.csv", ["class"]), ("movement.csv", []),
                           ("migration.csv", ["class_from", "class_to"]), ("grant_portfolio.csv", [])):
            for row in rows(os.path.join(out, file)) if os.path.exists(os.path.join(out, file)) else []:
                name = " ".join([row["group_by"], row["group"], row["currency"], " to ".join(row[c] for c in also)]).strip()
                for figure, value in row.items():
                    one = explained.get((file, name, figure))
                    if figure in ("group_by", "group", "currency", "from", "to", *also):
                        continue
                    used += one is not None
                    if one is None:
                        check(f"{self.name}: {file} {name} {figure}", False, "no explanation")
                    else:
                        self.check_group(f"{self.name}: {file} {name} {figure}", one, value, parts)
        check(f"{self.name}: no other group", used == len(explained), f"{len(explained)} explanations, {used} cells")

    def check_group(self, name, one, value, parts):
        """The terms are the accounts' own parts, and come to the value."""
        global passed, inner
        before, inner = failed, True
        self.all_of_group(name, one, value, parts)
        inner = False
        passed += failed == before

    @staticmethod
    def all_of_group(name, one, value, parts):
        check(name, one["value"] == value, f"explains {one['value']}, the file has {value}")
        for term in one["terms"]:
            if "account" in term:
                part = parts[one["file"], term["account"]].get(one["figure"])
                check(name, part is not None and Fraction(part) == signed(term), f"{term} is {part} of the account")
        numbers = [signed(term) for term in one["terms"]]
        decimals = len(value.partition(".")[2])
        if one["how"] == "quotient":
            told = text_of(rounded(numbers[0] / numbers[1], Fraction(1, 10 ** 6), "half-even"), 6)
        elif one["how"] == "words":
            told = "" if not numbers or numbers[1] == 0 else "divisible"
        else:
            told = text_of(sum(numbers), decimals)
        check(name, told == value, f"its terms come to {told}, not to {value}")

    # --- what would have led to another class ---

    def classes(self, events, as_of):
        """The class of each account when more events are known."""
        with tempfile.TemporaryDirectory() as folder:
            options = [as_of if before == "--as-of" else word for before, word in zip([""] + self.options, self.options)]
            extra = os.path.join(folder, "extra.csv")
            with open(extra, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([["event_id", "account_id", "date", "type", "amount"], *events])
            out = os.path.join(folder, "out")
            done = self.run("run", *options, "--events", extra, "--out", out)
            check(f"{self.name}: run with more events", done.returncode == 0, done.stderr[:300])
            return {row["account_id"]: row["class"] or row["status"] for row in rows(os.path.join(out, "arrears.csv"))}

    def check_next(self):
        """The payment that is named makes the class better, one minor unit less does not; the day that is named is
        the first on which it is worse."""
        done = self.run("explain", *self.accounts, *self.options, "--figure", "class", "--format", "json")
        ones = [json.loads(line) for line in done.stdout.splitlines() if '"next"' in line]
        pays = {one["account"]: other for one in ones for other in one["next"] if "pay" in other}
        days = {one["account"]: other for one in ones for other in one["next"] if "on" in other}
        now = {one["account"]: one["value"] for one in ones}
        check(f"{self.name}: there is a next class", len(pays) > 5 and len(days) > 5)
        for less in (0, 1):
            events = []
            for account, other in pays.items():
                decimals = len(other["pay"].partition(".")[2])
                amount = Fraction(other["pay"]) - Fraction(less, 10 ** decimals)
                if amount > 0:
                    events.append([f"more-{account}", account, self.as_of, "repay", text_of(amount, decimals)])
            classes = self.classes(events, self.as_of)
            for account, other in pays.items():
                check(f"{self.name}: {account} pays {other['pay']} less {less}",
                      classes[account] == (now[account] if less else other["class"]), f"it is {classes[account]}")
        for on in sorted({other["on"] for other in days.values()})[:10]:
            before = datetime.date.fromisoformat(on) - datetime.timedelta(days=1)
            worse, not_yet = self.classes([], on), self.classes([], before.isoformat())
            for account, other in days.items():
                if other["on"] == on:
                    check(f"{self.name}: {account} on {on}", worse[account] == other["class"] and
                          not_yet[account] == now[account], f"{not_yet[account]}, then {worse[account]}")


def main():
    nol = os.path.abspath(sys.argv[1])
    first, last = (int(word) for word in (sys.argv[3] if len(sys.argv) > 3 else "1..5").split(".."))
    if len(sys.argv) <= 3:
        example = Book(nol, "example", HERE, EXAMPLE)
        example.check()
        example.check_next()
    for seed in range(first, last + 1):
        for kind, books in (("loans", random_book), ("grants", random_grants)):
            with tempfile.TemporaryDirectory() as folder:
                options = books.make_book(seed, pathlib.Path(folder))
                Book(nol, f"{kind} {seed}", folder, options).check()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
