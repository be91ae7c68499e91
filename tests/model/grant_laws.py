"""The laws of grants, held against what nol writes about random books of them; laws.py runs them.

1 tranches add up to the award, the columns of a grant agree with each other     2 nothing paid above the award, no
awards above the budget     3 what is paid is accounted for, returned or still to account for; nobody owes back more
than was paid     4 groups add up     5 row order, locale, time zone, folder and threads change no byte     6 reversing
an event is never having had it; what was not yet known or happened changes nothing
"""
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

TABLES = ("grant_positions.csv", "grant_tranches.csv", "grant_portfolio.csv")
COUNTED = ("reports_overdue",)
SUMMED = "paid in_kind accounted returned to_account refund_outstanding provision".split()


def amounts(row, names):
    return [Decimal(row[name]) for name in names.split()]


def law_1(book):
    tranches = defaultdict(list)
    for row in book.table("out", "grant_tranches.csv"):
        tranches[row["account_id"]].append(row)
        planned, paid, lapsed = amounts(row, "planned paid lapsed")
        assert planned > 0 and paid >= 0 and lapsed >= 0 and paid + lapsed <= planned, row
        assert bool(row["released_on"]) == (paid > 0), row
        assert lapsed in (0, planned - paid), row
    for row in book.table("out", "grant_positions.csv"):
        award, paid, lapsed = amounts(row, "award paid lapsed")
        own = tranches[row["account_id"]]
        if row["status"] == "cancelled":
            assert not own and not any(amounts(row, "paid lapsed clawback refund_outstanding returned")), row
            continue
        assert [sum(column) for column in zip(*(amounts(each, "planned paid lapsed") for each in own))] == [
            award, paid, lapsed], row  # fmt: skip
        overdue, late, due = int(row["reports_overdue"]), int(row["days_report_overdue"]), int(row["reports_due"])
        assert 0 <= overdue <= due and (late > 0) == (overdue > 0), row


def law_2(book):
    for row in book.table("out", "grant_positions.csv"):
        award, paid, in_kind = amounts(row, "award paid in_kind")
        assert 0 <= in_kind <= paid <= award, row
    for row in book.table("out", "grant_portfolio.csv"):
        if row["group_by"] == "program":
            awarded, paid = amounts(row, "awarded paid")
            assert paid <= awarded, row
            assert not row["budget"] or awarded <= Decimal(row["budget"]), row


def law_3(book):
    for row in book.table("out", "grant_positions.csv"):
        paid, accounted, returned, left = amounts(row, "paid accounted returned to_account")
        assert min(accounted, returned, left) >= 0 and accounted <= paid and returned <= paid, row
        assert paid + max(Decimal(0), accounted + returned - paid) == accounted + returned + left, row
        clawback, refund, provision = amounts(row, "clawback refund_outstanding provision")
        assert 0 <= clawback <= paid and bool(row["clause"]) == (clawback > 0), row
        assert refund == max(Decimal(0), clawback - returned), row
        assert provision >= 0 and (refund > 0 or (provision == 0 and not row["class"])), row
        assert (row["status"] == "refund") == (refund > 0), row
        late = int(row["days_refund_overdue"])
        due = date.fromisoformat(row["refund_due"] or row["as_of"])
        days = (date.fromisoformat(row["as_of"]) - due).days
        assert late == (max(0, days) if refund > 0 else 0), row


def law_4(book):
    """By currency, the groups of each column add up to the accounts; budgets do not: groups share them."""
    whole, groupings = defaultdict(Decimal), defaultdict(Decimal)
    for row in book.table("out", "grant_positions.csv"):
        whole[row["currency"], "grants"] += 1
        whole[row["currency"], "awarded"] += 0 if row["status"] == "cancelled" else Decimal(row["award"])
        for name in (*COUNTED, *SUMMED):
            whole[row["currency"], name] += Decimal(row[name])
    for row in book.table("out", "grant_portfolio.csv"):
        for name in ("grants", "awarded", *COUNTED, *SUMMED):
            groupings[row["group_by"], row["currency"], name] += Decimal(row[name])
    for (grouping, currency, name), amount in groupings.items():
        assert whole[currency, name] == amount, (grouping, currency, name)
    assert {currency for currency, _ in whole} == {currency for _, currency, _ in groupings}


def tables(book, out):
    return {name: (book.folder / out / name).read_bytes() for name in TABLES}


def law_5(book):
    moved = book.folder / "elsewhere"
    moved.mkdir()
    shutil.copytree(book.folder / "rules", moved / "rules")
    for option in ("--grants", "--events"):
        for file in book.files(option):
            columns, rows = book.read(file)
            book.rng.shuffle(rows)
            book.rng.shuffle(columns)
            book.write(moved / file, rows, columns)
    environment = {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Jakarta"}
    threads = ["--threads", str(book.rng.choice([1, 2, 5]))]
    assert book.run("out", book.options + threads, moved, **environment) == 0, "another order is refused"
    for name, content in tables(book, "out").items():
        assert content == (moved / "out" / name).read_bytes(), name


def law_6_reverse(book):
    """An event of an account where nothing recorded later excuses anything (semantics 3)."""
    events = {file: book.read(file) for file in book.files("--events")}
    every = [(file, row) for file, (_, rows) in events.items() for row in rows]
    tied = {row["account_id"] for _, row in every
            if row["type"] == "reverse" or (row.get("recorded") or row["date"]) != row["date"]}  # fmt: skip
    free = [(file, row) for file, row in every if row["account_id"] not in tied]
    if not free:
        return
    file, victim = book.rng.choice(free)
    columns, rows = events[file]
    columns = columns + [name for name in ("ref",) if name not in columns]
    # recorded at once: it counts whenever the event would, and excuses nothing
    reverse = {"event_id": "R", "type": "reverse", "ref": victim["event_id"], "account_id": victim["account_id"],
               "date": victim["date"]}  # fmt: skip
    book.write(book.folder / file, [row for row in rows if row is not victim], columns)
    without = book.run("without")
    book.write(book.folder / file, rows + [reverse], columns)
    assert book.run("reversed") == without, victim
    if without == 0:
        for name, content in tables(book, "without").items():
            assert content == tables(book, "reversed")[name], (name, victim)


def recorded(row):
    return row.get("recorded") or row.get("date") or row["agreed"]


def law_6_later(book):
    """Without what happened or was recorded afterwards the same is said; reverses count by their record alone."""
    as_of, known_at = book.value("--as-of"), book.value("--known-at")
    grants = {file: book.read(file) for file in book.files("--grants")}
    events = {file: book.read(file) for file in book.files("--events")}
    for files in (grants, events):
        for _, rows in files.values():
            rows[:] = [row for row in rows if not known_at or recorded(row) <= known_at]
    for _, rows in events.values():
        rows[:] = [row for row in rows if row["date"] <= as_of or row["type"] == "reverse"]
    drop_dangling(grants, events)
    folder = book.folder / "earlier"
    folder.mkdir()
    shutil.copytree(book.folder / "rules", folder / "rules")
    for file, (columns, rows) in (grants | events).items():
        book.write(folder / file, rows, columns)
    assert book.run("out", book.options, folder) == 0, "refused without what came later"
    for name, content in tables(book, "out").items():
        assert content == (folder / "out" / name).read_bytes(), name


def drop_dangling(grants, events):
    """Take out rows of accounts, and reverses of events, that are no longer there."""
    accounts = {row["account_id"] for _, rows in grants.values() for row in rows}
    for _, rows in events.values():
        rows[:] = [row for row in rows if row["account_id"] in accounts]
    dropped = 1
    while dropped:
        there = {(row["account_id"], row["event_id"]) for _, rows in events.values() for row in rows}
        dropped = 0
        for _, rows in events.values():
            kept = [row for row in rows if row["type"] != "reverse" or (row["account_id"], row["ref"]) in there]
            dropped += len(rows) - len(kept)
            rows[:] = kept


def law_6_prefix(book):
    """The day before a deadline and the day itself: what is over stays over, what was paid stays paid."""
    later = date.fromisoformat(book.value("--as-of")) + timedelta(days=book.rng.choice([1, 1, 30, 365]))
    if later > date(2199, 12, 31):
        return
    words = [word for option, word in zip([""] + book.options, book.options) if "--as-of" not in (option, word)]
    if book.run("later", [*words, "--as-of", str(later)]) != 0:
        return  # an event after as-of may be refused
    after = {row["account_id"]: row for row in book.table("later", "grant_positions.csv")}
    for row in book.table("out", "grant_positions.csv"):
        now = after[row["account_id"]]
        for name in ("paid", "in_kind", "returned"):
            assert Decimal(row[name]) <= Decimal(now[name]), (name, row, now)
        assert row["award"] == now["award"], (row, now)
        assert row["status"] != "cancelled" or now["status"] == "cancelled", (row, now)


LAWS = [law_1, law_2, law_3, law_4, law_5, law_6_prefix, law_6_later, law_6_reverse]  # the last changes the files
