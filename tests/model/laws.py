#!/usr/bin/env python3
"""The laws of the books, held against what nol writes about random ones (the model is not asked).

    laws.py NOL_BINARY --seeds A..B [--more N] [--kind loan|grant] [--features shares,charge,...]

1 planned principal adds up, numbered nominal dates strictly increase     2 outstanding + repaid + ... = disbursed
3 money received = allocated + held + refunded, rows = totals             4 groups add up, opening + movements = closing
5 row order, locale, time zone, folder and threads change no byte         6 a later run's opening is the earlier run's
  closing; reversing a payment is never having had it

Those of grants are in grant_laws.py; they are asked once the engine has grants, or with --kind grant --features all.
Each seed is printed when one of its laws is broken, with a small book that still breaks it.  The last line is
`N passed, N failed`.
"""
import argparse
import csv
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from decimal import Decimal, getcontext
from pathlib import Path

import grant_laws
import random_book
import random_grants
import shrink

getcontext().prec = 100  # far beyond any sum here: the figures stay exact
UNSHARED = ("manifest.yaml", "SHA256SUMS")  # they hold the digests of the inputs


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def write(path, rows, columns):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Book:
    def __init__(self, binary, seed, folder, options):
        self.binary, self.folder, self.rng = binary, folder, random.Random(seed)
        self.options = options

    def value(self, option):
        return self.options[self.options.index(option) + 1] if option in self.options else None

    def files(self, option):
        return [value for name, value in zip(self.options, self.options[1:]) if name == option]

    def run(self, out, options=None, folder=None, **environment):
        command = [self.binary, "run", *(options or self.options), "--out", out]
        done = subprocess.run(
            command, cwd=folder or self.folder, capture_output=True, env={**os.environ, **environment}, timeout=120
        )
        return done.returncode

    def read(self, file):
        """-> columns, rows of an input."""
        with open(self.folder / file, newline="", encoding="utf-8-sig") as text:
            reader = csv.DictReader(text)
            return list(reader.fieldnames), list(reader)

    def write(self, path, rows, columns):
        write(path, rows, columns)

    def table(self, out, name):
        return read(self.folder / out / name)

    def events(self):
        """{account: [type of each event]}"""
        types = defaultdict(list)
        for file in self.files("--events"):
            for row in read(self.folder / file):
                types[row["account_id"]].append(row["type"])
        return types


def amounts(row, names):
    return [Decimal(row[name]) for name in names.split()]


def law_1(book):
    disbursed = {row["account_id"]: Decimal(row["disbursed"]) for row in book.table("out", "arrears.csv")}
    types, rows = book.events(), defaultdict(list)
    for row in book.table("out", "schedule.csv"):
        rows[row["account_id"]].append(row)
    for account, own in rows.items():
        if "chargeback" not in types[account]:
            assert sum(Decimal(row["principal_due"]) for row in own) == disbursed[account], account
        numbered = [row for row in own if row["n"] not in ("", "0")]
        assert all(sum(amounts(row, "principal_due fee_due penalty_due")) > 0 for row in numbered), account
        if types[account].count("disburse") > 1 or set(types[account]) & {"charge", "chargeback", "reschedule"}:
            continue  # they make rows of their own
        planned = numbered[: 1 + max((i for i, row in enumerate(numbered) if int(row["n"]) == i + 1), default=0)]
        pairs = zip(planned, planned[1:])
        # only a row made by an event, which is the last, may share a date
        assert all(a["due_nominal"] < b["due_nominal"] or b is planned[-1] for a, b in pairs), account


def law_2(book):
    for row in book.table("out", "arrears.csv"):
        disbursed, repaid, written_off, forgiven, outstanding, claim, credit = amounts(
            row, "disbursed repaid written_off forgiven outstanding claim credit"
        )
        assert outstanding + repaid + written_off + forgiven == disbursed, row["account_id"]
        assert min(outstanding, repaid, written_off, claim, credit) >= 0, row["account_id"]


def law_3(book):
    types, placed, paid = book.events(), defaultdict(Decimal), defaultdict(Decimal)
    for row in book.table("out", "allocations.csv"):
        parts = amounts(row, "principal fee penalty credit")
        placed[row["account_id"], row["event_id"], row["type"]] += sum(parts)
        if row["type"] != "chargeback":  # the rows it had paid stay paid
            paid[row["account_id"]] += sum(parts[:3])
    given = {}
    for file in book.files("--events"):
        for row in read(book.folder / file):
            given[row["account_id"], row["event_id"]] = row["amount"]
    for (account, event, kind), total in placed.items():
        if kind in ("repay", "recover", "opening"):
            assert total == Decimal(given[account, event]), (account, event)
    deducts = any("deduct" in file.read_text(encoding="utf-8") for file in (book.folder / "rules").iterdir())
    by_rows, fees = defaultdict(Decimal), defaultdict(Decimal)
    for row in book.table("out", "allocations.csv"):
        if row["type"] != "chargeback":
            fees[row["account_id"]] -= amounts(row, "fee")[0]
    for row in book.table("out", "schedule.csv"):
        by_rows[row["account_id"]] += sum(amounts(row, "principal_paid fee_paid penalty_paid"))
        fees[row["account_id"]] += amounts(row, "fee_paid")[0]
    for row in book.table("out", "arrears.csv"):
        account = row["account_id"]
        deducted = fees[account] if deducts else 0  # paid in their rows, without a line of their own
        assert deducted >= 0, account
        assert by_rows[account] == paid[account] + deducted, account
        if "chargeback" not in types[account] and not any(amounts(row, "fee_paid penalty_paid")):
            assert paid[account] == sum(amounts(row, "repaid recovered")), account


def law_4(book):
    summed = defaultdict(Decimal)
    names = ("disbursed repaid funded written_off forgiven recovered outstanding claim fee_due fee_paid penalty_due "
             "penalty_paid credit due_to_date paid_to_date overdue provision")  # fmt: skip
    for row in book.table("out", "arrears.csv"):
        for name, amount in zip(names.split(), amounts(row, names)):
            summed[row["currency"], name] += amount
    groupings = defaultdict(Decimal)
    for row in book.table("out", "portfolio.csv"):
        for name, amount in zip(names.split(), amounts(row, names)):
            groupings[row["group_by"], row["currency"], name] += amount
    for (grouping, currency, name), amount in groupings.items():
        assert summed[currency, name] == amount, (grouping, currency, name)
    if book.value("--from"):
        for row in book.table("out", "movement.csv"):
            opening, restated, taken_over, disbursed, repaid, written_off, forgiven, closing = amounts(
                row, "opening restated taken_over disbursed repaid written_off forgiven closing"
            )
            assert opening + restated + taken_over + disbursed - repaid - written_off - forgiven == closing, row
            before, expense, gone, after = amounts(
                row, "provision_opening provision_expense provision_written_off provision_closing"
            )
            assert before + expense - gone == after, row


def same_output(book, other):
    for path in sorted((book.folder / "out").iterdir()):
        if path.name not in UNSHARED:
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def law_5(book):
    moved = book.folder / "elsewhere"
    moved.mkdir()
    shutil.copytree(book.folder / "rules", moved / "rules")
    for option in ("--loans", "--events", "--plan"):
        for file in book.files(option):
            rows = read(book.folder / file)
            columns = list(rows[0]) if rows else (book.folder / file).read_text().strip().split(",")
            book.rng.shuffle(rows)
            write(moved / file, rows, columns)
    environment = {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Jakarta"}
    threads = ["--threads", str(book.rng.choice([1, 2, 5]))]
    assert book.run("out", book.options + threads, moved, **environment) == 0, "another order is refused"
    same_output(book, moved / "out")


def law_6_prefix(book):
    as_of = date.fromisoformat(book.value("--as-of"))
    later = as_of + timedelta(days=book.rng.randint(1, 400))
    if later > date(2199, 12, 31):
        return
    plain = [
        word
        for option, word in zip([""] + book.options, book.options)
        if not {option, word} & {"--from", "--from-known-at", "--as-of"}
    ]
    if book.run("before", [*plain, "--as-of", str(as_of)]) != 0:
        return
    period = ["--as-of", str(later), "--from", str(as_of + timedelta(days=1))]
    if book.run("after", plain + period) != 0:
        return  # an event after as-of may be refused; the earlier run never sees it
    opening = {}
    for row in book.table("after", "movement.csv"):
        opening[row["group_by"], row["group"], row["currency"]] = amounts(row, "opening provision_opening")
        assert Decimal(row["restated"]) == 0, row
    for row in book.table("before", "portfolio.csv"):
        key = row["group_by"], row["group"], row["currency"]
        assert opening.get(key, [0, 0]) == amounts(row, "outstanding provision"), key


# an account with one of these may be judged otherwise when a payment is taken back
TIED = ("refund", "reverse", "recover", "write-off", "chargeback", "waive", "forgive", "freeze", "unfreeze")


def recorded(row):
    return row.get("recorded") or row["date"]


def overtakes(payment, every):
    """Whether a booking that was right when it was made rests on this later knowledge (semantics 3), and still does
    once the payment is reversed: a reverse is knowledge, too (decision 007)."""
    return any(row["account_id"] == payment["account_id"] and row["date"] >= payment["date"]
               and recorded(row) < recorded(payment) for row in every)  # fmt: skip


def law_6_reverse(book):
    events = {file: read(book.folder / file) for file in book.files("--events")}
    every = list(itertools.chain(*events.values()))
    tied = {row["account_id"] for row in every if row["type"] in TIED}
    free = [(file, row) for file, own in events.items() for row in own
            if row["type"] == "repay" and row["account_id"] not in tied and not overtakes(row, every)]  # fmt: skip
    if not free:
        return
    file, payment = book.rng.choice(free)
    columns = [*payment] + [name for name in ("recorded", "ref") if name not in payment]
    reverse = {name: "" for name in columns}
    reverse |= {"event_id": "R", "type": "reverse", "ref": payment["event_id"], "account_id": payment["account_id"],
                "date": payment["date"], "recorded": payment.get("recorded") or payment["date"]}  # fmt: skip
    plain = [word for option, word in zip([""] + book.options, book.options)
             if not {option, word} & {"--from", "--from-known-at"}]  # fmt: skip
    path = book.folder / file
    write(path, [row for row in events[file] if row is not payment], columns)
    without = book.run("without", plain)
    write(path, events[file] + [reverse], columns)
    assert book.run("reversed", plain) == without, payment
    if without == 0:
        for name in ("schedule.csv", "allocations.csv", "arrears.csv", "portfolio.csv", "classes.csv"):
            assert book.table("without", name) == book.table("reversed", name), (name, payment)


LOAN_LAWS = [law_1, law_2, law_3, law_4, law_5, law_6_prefix, law_6_reverse]
KINDS = {"loan": (random_book, LOAN_LAWS), "grant": (random_grants, grant_laws.LAWS)}


def broken_law(law, book):
    """What is wrong, in lines of text."""
    if book.run("out") != 0:
        return ["the book is refused"] if law is None else []
    try:
        if law is not None:
            law(book)
    except AssertionError as why:
        return [f"{law.__name__} is broken: {why}"]
    return []


def small_book(law, binary, kind, seed, features):
    """A law may have changed the files of its book: they are made again."""
    folder = Path(tempfile.mkdtemp(prefix=f"nol-laws-{seed}-"))
    try:
        KINDS[kind][0].make_book(seed, folder, None, False, features)
        return shrink.shrunk(folder, lambda small, options: broken_law(law, Book(binary, seed, small, options)))
    finally:
        shutil.rmtree(folder)


def try_seed(binary, kind, seed, features):
    books, laws = KINDS[kind]
    folder = Path(tempfile.mkdtemp(prefix=f"nol-laws-{seed}-"))
    wrong = {}
    try:
        book = Book(binary, seed, folder, books.make_book(seed, folder, None, False, features))
        if book.run("out") != 0:
            wrong[None] = "the book is refused"
        for law in laws if not wrong else []:
            try:
                law(book)
            except AssertionError as why:
                wrong[law] = f"{law.__name__} is broken: {why}"
    finally:
        shutil.rmtree(folder)
    return [f"{kind}s, seed {seed}: {what}\n{small_book(law, binary, kind, seed, features)}"
            for law, what in wrong.items()]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seeds", required=True, help="A..B, both included")
    parser.add_argument("--more", type=int, default=0, help="so many random seeds beside them")
    parser.add_argument("--features", help="all, none, or names of FEATURES of its books; default: what the engine has")
    parser.add_argument("--kind", choices=KINDS, help="default: loans, and grants once the engine has them")
    options = parser.parse_args()
    kinds = [options.kind or "loan"]
    if not options.kind and not options.features and random_grants.ENGINE_HAS_GRANTS:
        kinds.append("grant")
    first, last = (int(word) for word in options.seeds.split(".."))
    more = [random.SystemRandom().randrange(10**6, 10**9) for _ in range(options.more)]
    seeds = [*range(first, last + 1), *more]
    print(f"seeds {options.seeds}", *more)
    binary = str(Path(options.binary).resolve())
    failed = asked = 0
    with ProcessPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        for kind in kinds:
            books, laws = KINDS[kind]
            features = itertools.repeat(books.features_of(options.features))
            asked += len(seeds) * len(laws)
            for broken in pool.map(try_seed, itertools.repeat(binary), itertools.repeat(kind), seeds, features):
                failed += len(broken)
                for line in broken:
                    print(line)
    print(f"{asked - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
