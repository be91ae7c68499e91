"""python3 tests/forecast.py NOL

`nol forecast` over the example book, cell by cell, recomputed with fractions from what `nol run` writes: schedule.csv
for what is unpaid, arrears.csv for classes and credit.  Then what threads, the order of rows and
the place of an amendment must not change."""

import csv
import datetime
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ASSUME = os.path.join(HERE, "examples", "cautious.assume.yaml")
LOANS = os.path.join(HERE, "examples", "loans.csv")
EVENTS = os.path.join(HERE, "examples", "events.csv")
OTHERS = "others"
DECIMALS = {"IDR": 0, "USD": 2}

# What cautious.assume.yaml says, written anew: share on time, share late, months; of what is overdue share, months.
ON_TIME = {
    "dana-bergulir-umkm": {"lancar": (92, 5, 3), "kurang-lancar": (50, 20, 6), "diragukan": (20, 0, 1),
                           "macet": (0, 0, 1)},
    "lumajang-mikro": {OTHERS: (90, 0, 1)},
    "us-kiva": {OTHERS: (95, 2, 1)},
}
OVERDUE = {
    "dana-bergulir-umkm": {"lancar": (80, 3), "kurang-lancar": (40, 6), OTHERS: (5, 12)},
    "lumajang-mikro": {OTHERS: (30, 6)},
    "us-kiva": {OTHERS: (50, 4)},
}
HALF_EVEN = {"us-kiva"}  # the others round down
FUND = {"program": "dana-bergulir-umkm", "cash": 500_000_000, "reserve": 50_000_000, "share": 90, "on_time": (92, 5, 3),
        "least": 1_000_000, "rows": 36, "grace": 6, "unit": 1_000}

passed = failed = 0


def check(name, holds, why=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"{name}: does not hold {why}")


def run(nol, *arguments):
    done = subprocess.run([nol, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr)
    return done.stdout


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def minor(text):
    return int(text.replace(".", "") or 0)


def plain(value, decimals):
    if decimals == 0:
        return str(value)
    digits = str(abs(value)).rjust(decimals + 1, "0")
    return ("-" if value < 0 else "") + digits[:-decimals] + "." + digits[-decimals:]


def product(program, amount, share):
    exact = Fraction(amount * share, 100)
    return round(exact) if program in HALF_EVEN else exact.numerator // exact.denominator


def share_of(shares, name):
    return shares[name] if name in shares else shares[OTHERS]


def add_months(date, months):
    """The same day so many months later, at most the month's last."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    first_of_next = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(date.day, last))


def month_ends(as_of, count):
    if (as_of + datetime.timedelta(days=1)).day != 1:
        return [add_months(as_of, m) for m in range(count + 1)]
    first = as_of + datetime.timedelta(days=1)
    return [add_months(first, m) - datetime.timedelta(days=1) for m in range(count + 1)]


class Book:
    """The lines of every group, as sums of minor units."""

    def __init__(self, as_of, count):
        self.ends = month_ends(as_of, count)
        self.count = count
        self.groups = {}

    def line(self, due):
        return sum(end < due for end in self.ends)

    def put(self, keys, line, name, amount):
        for key in keys:
            lines = self.groups.setdefault(key, [{} for _ in range(self.count + 2)])
            lines[line][name] = lines[line].get(name, 0) + amount

    def put_late(self, keys, line, amount):
        self.put(keys, min(line, self.count + 1), "late_received", amount)


def add_account(book, account, schedule, loan):
    program = account["program"]
    keys = [("all", "all", account["currency"]), ("program", program, account["currency"]),
            ("district", loan["district"], account["currency"]), ("sector", loan["sector"], account["currency"])]
    credit, overdue = minor(account["credit"]), 0
    for row in schedule:
        line = book.line(datetime.date.fromisoformat(row["due"]))
        unpaid = 0
        for name in ("principal", "fee", "penalty"):
            part = minor(row[name + "_due"]) - minor(row[name + "_paid"])
            book.put(keys, line, name, part)
            unpaid += part
        used = min(credit, unpaid) if line > 0 else 0
        credit -= used
        book.put(keys, line, "credit", used)
        contractual = unpaid - used
        if line == 0:
            overdue += contractual
            continue
        on_time, late, after = share_of(ON_TIME[program], account["class"])
        first = product(program, contractual, on_time)
        second = min(contractual - first, product(program, contractual, late))
        book.put(keys, line, "on_time", first)
        book.put(keys, line, "late", second)
        book.put_late(keys, line + after, second)
    share, months = share_of(OVERDUE[program], account["class"])
    paid = product(program, overdue, share)
    book.put(keys, 0, "late", paid)
    before = 0
    for part in range(1, months + 1):
        exact = Fraction(paid * part, months)
        upto = round(exact) if program in HALF_EVEN else exact.numerator // exact.denominator
        book.put_late(keys, part, upto - before)
        before = upto


def derive(line):
    get = {name: line.get(name, 0) for name in
           ("principal", "fee", "penalty", "credit", "on_time", "late", "late_received")}
    get["contractual"] = get["principal"] + get["fee"] + get["penalty"] - get["credit"]
    get["not_paid"] = get["contractual"] - get["on_time"] - get["late"]
    get["expected"] = get["on_time"] + get["late_received"]
    return get


def fund_of(book):
    """What the fund lends, gets back and has, line by line."""
    program, last = FUND["program"], book.count + 1
    lines = book.groups[("program", program, "IDR")]
    back, cash = [0] * (last + 1), FUND["cash"]
    figures = [("", "", str(cash))]
    for month in range(1, last):
        cash += derive(lines[month])["expected"] + back[month]
        lent = max(0, (cash - FUND["reserve"]) * FUND["share"] // 100)
        lent = lent if lent >= FUND["least"] else 0
        cash -= lent
        figures.append((str(lent), str(back[month]), str(cash)))
        share = lent // FUND["rows"] // FUND["unit"] * FUND["unit"]
        for n in range(1, FUND["rows"] + 1) if lent else []:
            part = share if n < FUND["rows"] else lent - share * (n - 1)
            line = book.line(add_months(book.ends[month], FUND["grace"] + n))
            on_time, late, after = FUND["on_time"]
            back[line] += product(program, part, on_time)
            back[min(line + after, last)] += product(program, part, late)
    figures.append(("", str(back[last]), ""))
    return figures


def compare(name, book, found):
    places = {"group_by": 0, "group": 1, "currency": 2}
    fund = fund_of(book)
    expected = {key: lines for key, lines in book.groups.items()}
    seen = set()
    for row in found:
        key = tuple(row[place] for place in places)
        line = int(row["month"])
        seen.add((key, line))
        want = {name: plain(value, DECIMALS[key[2]]) for name, value in derive(expected[key][line]).items()}
        want["from"] = "" if line == 0 else (book.ends[line - 1] + datetime.timedelta(days=1)).isoformat()
        want["upto"] = "" if line > book.count else book.ends[line].isoformat()
        funds = fund[line] if key[:2] == ("program", FUND["program"]) else ("", "", "")
        want["relent"], want["relent_received"], want["fund"] = funds
        wrong = [f"{cell} {row[cell]}, not {value}" for cell, value in want.items() if row[cell] != value]
        check(f"{name}: {key} month {line}", not wrong, "; ".join(wrong))
    check(f"{name}: every line is there", len(seen) == len(expected) * (book.count + 2) == len(found))


def check_ties(name, arrears, found):
    """The lines add up to what arrears.csv says."""
    for currency in DECIMALS:
        active = [a for a in arrears if a["status"] == "active" and a["currency"] == currency]
        lines = [f for f in found if f["group_by"] == "all" and f["currency"] == currency]

        def total(column):
            return sum(minor(line[column]) for line in lines)

        def of(column):
            return sum(minor(account[column]) for account in active)

        check(f"{name}: principal is outstanding", total("principal") == of("outstanding"))
        check(f"{name}: fees", total("fee") == of("fee_due") - of("fee_paid"))
        check(f"{name}: penalties", total("penalty") == of("penalty_due") - of("penalty_paid"))
        due = of("due_to_date") - of("paid_to_date")
        check(f"{name}: month 0 is what is due", minor(lines[0]["contractual"]) == due)
        check(f"{name}: what is expected in all", total("expected") == total("on_time") + total("late"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def shuffled(folder, path):
    with open(path, encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    random.Random(7).shuffle(lines)
    out = os.path.join(folder, os.path.basename(path))
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join([head, *lines]) + "\n")
    return out


def check_book(nol, folder, as_of, count):
    name = f"{as_of}, {count} months"
    options = ["--rules", os.path.join(HERE, "rules"), "--attribute", "district", "--attribute", "sector", "--as-of",
               as_of]
    files = ["--loans", LOANS, "--events", EVENTS]
    out = os.path.join(folder, "run")
    run(nol, "run", *options, *files, "--out", out)
    arrears = rows(os.path.join(out, "arrears.csv"))
    loans = {loan["account_id"]: loan for loan in rows(LOANS)}
    schedule = {}
    for row in rows(os.path.join(out, "schedule.csv")):
        schedule.setdefault(row["account_id"], []).append(row)
    book = Book(datetime.date.fromisoformat(as_of), count)
    for account in arrears:
        if account["status"] == "active":
            add_account(book, account, schedule[account["account_id"]], loans[account["account_id"]])
    texts, bytes_of = set(), set()
    mixed = ["--loans", shuffled(folder, LOANS), "--events", shuffled(folder, EVENTS)]
    for threads, given in (("1", files), ("4", files), ("4", mixed)):
        out = os.path.join(folder, "forecast")
        texts.add(run(nol, "forecast", "--months", str(count), "--assume", ASSUME, *options, *given, "--threads",
                      threads, "--out", out))
        bytes_of.add(read(os.path.join(out, "forecast.csv")))
    check(f"{name}: threads and order change nothing", len(texts) == 1 and len(bytes_of) == 1)
    found = rows(os.path.join(out, "forecast.csv"))
    compare(name, book, found)
    check_ties(name, arrears, found)
    run(nol, "forecast", "--months", str(count), *options, *files, "--out", out)
    bare = rows(os.path.join(out, "forecast.csv"))
    contractual = list(found[0])[:11]
    check(f"{name}: assumptions change no contract",
          [[row[c] for c in contractual] for row in found] == [[row[c] for c in contractual] for row in bare])
    check(f"{name}: nothing assumed, nothing expected", all(not row[c] for row in bare for c in list(row)[11:]))


# First day, path, what stands, what it becomes: terms, servicing, classes.
CHANGES = [("2025-06-01", "schedule.grace.length", "6 months", "9 months"),
           ("2024-01-02", "penalty", "absent", "{kind: share, rate: 1%, base: overdue-principal, after: 7 days, "
            "rounding: {unit: 1, mode: down}, to: social-fund}"),
           ("2026-07-15", "arrears.classes.macet.provision", "100%", "90%"),
           ("2026-11-01", "schedule.grace.length", "6 months", "1 month")]


def check_reform(nol, folder, change):
    """A reform is the same as its amendment in the rule file itself."""
    date, path, was, value = change
    amendment = f"  - from: {date}\n    set: [{{path: {path}, was: {was}, value: {value}}}]\n"
    reform, after = os.path.join(folder, "r.reform.yaml"), os.path.join(folder, "after")
    with open(reform, "w", encoding="utf-8") as file:
        file.write("nol: reform/1\nid: r\nbase: dana-bergulir-umkm\namendments:\n" + amendment)
    os.mkdir(after)
    for name in ("id-revolving-fund.yaml", "id-lumajang.yaml", "us-kiva.yaml"):
        text = read(os.path.join(HERE, "rules", name)).decode()
        if name == "id-revolving-fund.yaml":
            first, second = ("", amendment) if date > "2026-07-01" else (amendment, "")
            text = text.replace("amendments:\n", "amendments:\n" + first, 1).rstrip("\n") + "\n" + second
        with open(os.path.join(after, name), "w", encoding="utf-8") as file:
            file.write(text)
    options = ["--months", "24", "--assume", ASSUME, "--loans", LOANS, "--events", EVENTS, "--attribute", "district",
               "--ignore", "sector", "--as-of", "2026-10-31"]
    outs = []
    for given in (["--rules", os.path.join(HERE, "rules"), "--reform", reform], ["--rules", after],
                  ["--rules", os.path.join(HERE, "rules")]):
        outs.append(os.path.join(folder, f"out{len(outs)}"))
        run(nol, "forecast", *options, *given, "--out", outs[-1])
    reformed, amended, plain_rules = (read(os.path.join(out, "forecast.csv")) for out in outs)
    check(f"reform of {path}: as if amended", reformed == amended)
    check(f"reform of {path}: has an effect or none", (reformed == plain_rules) == path.endswith("provision"))


def main():
    nol = os.path.abspath(sys.argv[1])
    for as_of, count in (("2026-10-31", 24), ("2026-10-15", 1), ("2025-12-30", 60)):
        with tempfile.TemporaryDirectory() as folder:
            check_book(nol, folder, as_of, count)
    for change in CHANGES:
        with tempfile.TemporaryDirectory() as folder:
            check_reform(nol, folder, change)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
