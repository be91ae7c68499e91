"""python3 tests/compare.py NOL

`nol compare` says what two plain runs say: reforms of every kind over the example books of loans and of grants, each
once as a reform file and once written into the rule file itself.  So does each line of `nol sweep`.  Then what sides
and threads must not change."""

import csv
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AS_OF = "2026-10-31"
GROUPS = ["--attribute", "district", "--ignore", "sector"]


def example(name):
    return os.path.join(HERE, "examples", name)


class Kind:
    """A book of loans, or of grants, and the file that has its figures."""

    def __init__(self, name, book, file, amounts, counts, dates, texts, renamed=()):
        self.name, self.book, self.file = name, book, file
        self.amounts, self.counts, self.dates, self.texts = (part.split() for part in (amounts, counts, dates, texts))
        self.figures = self.amounts + self.counts + self.dates + self.texts
        self.renamed = dict(renamed)  # columns that have another name where loans and grants stand together

    def none(self, figure, row):
        """What an account that is refused has."""
        if figure in self.counts:
            return "0"
        return ("0.00" if row["currency"] == "CAD" else "0") if figure in self.amounts else ""


LOANS = Kind(
    "loans", ["--loans", example("loans.csv"), "--events", example("events.csv")], "arrears.csv",
    "disbursed repaid funded written_off forgiven recovered outstanding claim fee_due fee_paid penalty_due "
    "penalty_paid due_to_date paid_to_date overdue provision_base provision credit subsidy",
    "installments_overdue days_past_due", "oldest_due", "status class")
GRANTS = Kind(
    "grants", ["--grants", example("grants.csv"), "--events", example("grant-events.csv")], "grant_positions.csv",
    "award paid in_kind lapsed accounted returned to_account clawback refund_outstanding provision",
    "reports_due reports_overdue days_report_overdue days_refund_overdue", "refund_due", "status clause class",
    [("provision", "grant_provision")])

# Name, first day, path, what stands, what it becomes.
REVOLVING = {
    "a lower ceiling": [("2026-07-01", "principal.max", "50_000_000", "20_000_000")],
    "a longer grace": [("2025-06-01", "schedule.grace.length", "6 months", "9 months")],
    "no grace": [("2024-01-02", "schedule.grace", "{length: 6 months, place: before-term}", "absent")],
    "coarser rows": [("2024-01-02", "schedule.rounding.unit", "1_000", "10_000")],
    "rows rounded up": [("2025-01-01", "schedule.rounding.mode", "down", "half-up")],
    "money beyond what is due pays ahead": [("2025-03-01", "allocation.excess", "hold", "next")],
    "earlier classes": [("2026-07-15", "arrears.classes.lancar.range", "0..90", "0..60"),
                        ("2026-07-15", "arrears.classes.kurang-lancar.range", "91..180", "61..180")],
    "small arrears do not count": [("2024-01-02", "arrears.ignore_below", "1_000", "3_000_000")],
    "a class is the borrower's": [("2026-01-01", "arrears.scope", "absent", "borrower")],
    "provisions by the thousand": [("2026-10-31", "arrears.provision.rounding.unit", "1", "1_000")],
    "provisions from the day after": [("2026-11-01", "arrears.provision.rounding.unit", "1", "1_000")],
    "small rests go": [("2024-01-02", "small_amounts", "absent", "{forgive_below: 1_000_000, keep_credit_below: 100}")],
    "a fee of every row": [("2025-01-01", "fees", "absent",
                            "[{id: admin, amount: 5_000, when: each-installment, collect: with-installment}]")],
    "late rows cost": [("2024-01-02", "penalty", "absent",
                        "{kind: share, rate: 1%, base: overdue-principal, after: 7 days, "
                        "rounding: {unit: 1, mode: down}, to: social-fund}")],
    "a holiday of payments": [("2026-01-01", "relief", "absent",
                               "[{id: flood, from: 2026-03-01, until: 2026-05-31, effect: shift}]")],
    "the last quarter is forgiven": [("2024-01-02", "forgiveness", "absent",
                                      "[{id: bonus, when: {repaid: 50%, within: 36 months}, forgive: {share: 10%}, "
                                      "rounding: {unit: 1, mode: down}}]")],
    "a government bears interest": [("2025-01-01", "subsidy", "absent",
                                     "{rate: 6%, basis: opening, day_count: month, rounding: {unit: 1, mode: down}}")],
}

# Budgets, beside what is law already: the example program has none of its own.
LENT = [("2024-01-02", "principal.budget", "absent", "{2024: 700_000_000, 2025: 900_000_000, 2026: 400_000_000}")]
BUDGETS = {
    "a budget where there was none": ([], LENT),
    "a larger budget": (LENT, [("2025-02-01", "principal.budget.2025", "900_000_000", "1_500_000_000")]),
    "a smaller budget": (LENT, [("2025-02-01", "principal.budget.2025", "900_000_000", "500_000_000")]),
    "no budget any more": (LENT, [("2026-01-01", "principal.budget",
                                   "{2024: 700_000_000, 2025: 900_000_000, 2026: 400_000_000}", "absent")]),
    "a higher least amount leaves more of the budget": (
        LENT, [("2025-01-01", "principal.min", "1_000_000", "10_000_000")]),
    "a lower one leaves less of it": (LENT + [("2025-01-01", "principal.min", "1_000_000", "10_000_000")],
                                      [("2025-01-01", "principal.min", "10_000_000", "1_000_000")]),
}
ALL_ACCEPTED = "{all: [{accepted: R1}, {accounted: T1, at_least: 80%}]}"
AWARDED = "{2025: 400_000_000, 2026: 600_000_000}"
LESS_AWARDED = [("2025-01-02", "award.budget", AWARDED, "{2025: 90_000_000, 2026: 120_000_000}")]
EQUIPMENT = {
    "a larger first tranche": [("2026-01-01", "tranches.T1.share", "60%", "75%")],
    "a smaller first tranche": [("2026-01-01", "tranches.T1.share", "60%", "50%")],
    "tranches rounded up": [
        ("2025-10-01", "tranches.T1.rounding", "{unit: 1_000, mode: down}", "{unit: 100_000, mode: up}")],
    "a stricter release": [("2026-01-01", "tranches.T2.release", ALL_ACCEPTED,
                            "{all: [{accepted: R1}, {accounted: T1, at_least: 95%}]}")],
    "no release but on inspection": [("2026-06-01", "tranches.T2.release", ALL_ACCEPTED, "{event: inspected}")],
    "an earlier lapse": [("2025-01-02", "tranches.T2.lapse.plus", "9 months", "3 months")],
    "no lapse": [("2025-01-02", "tranches.T2.lapse", "{after: T1.paid, plus: 9 months}", "absent")],
    "the report earlier": [("2025-01-02", "reports.R1.due.plus", "90 days", "45 days")],
    "the last report by the end of June": [("2025-01-02", "reports.R2.due.month", "1", "6"),
                                           ("2025-01-02", "reports.R2.due.day", "10", "30")],
    "half of the costs, rounded": [("2025-01-02", "eligible.share_max", "absent", "1/2"),
                                   ("2025-01-02", "eligible.rounding", "absent", "{unit: 1_000, mode: down}")],
    "other costs": [("2025-01-02", "eligible.categories", "[equipment, installation, material]",
                     "[equipment, travel]")],
    "any costs": [("2025-01-02", "eligible.categories", "[equipment, installation, material]", "absent")],
    "a clause for what the first report leaves": [
        ("2026-10-01", "clawback.clauses.unspent.when", "{accepted: R2}", "{accepted: R1}")],
    "a clause from the day after": [
        ("2026-11-01", "clawback.clauses.unspent.when", "{accepted: R2}", "{accepted: R1}")],
    "a later clause": [("2026-01-01", "clawback.clauses.no-report.when", "{missing: R1, for: 60 days}",
                        "{missing: R1, for: 200 days}")],
    "clauses together": [("2026-01-01", "clawback.combine", "largest", "sum"),
                         ("2026-01-01", "clawback.clauses.unspent.when", "{accepted: R2}", "{accepted: R1}")],
    "what is sold is given back whole": [("2026-01-01", "clawback.clauses.asset-sold.declining",
                                    "{months: 24, of: last.paid}", "absent"),
                                   ("2026-01-01", "clawback.clauses.asset-sold.rounding",
                                    "{unit: 1_000, mode: up}", "absent")],
    "refunds payable at once": [("2026-01-01", "clawback.payable", "30 days", "1 day")],
    "a year of depreciation": [("2026-01-01", "clawback.clauses.asset-sold.declining.months", "24", "12")],
    "a lower award": [("2026-02-01", "award.max", "15_000_000", "8_000_000")],
    "a higher least award": [("2026-02-01", "award.min", "1_000_000", "5_000_000")],
    "refunds classed earlier": [("2026-01-01", "arrears.classes.lancar.range", "0..30", "0..5"),
                                ("2026-01-01", "arrears.classes.macet.range", "31..", "6..")],
    "refunds classed earlier from the day after": [("2026-11-01", "arrears.classes.lancar.range", "0..30", "0..5"),
                                                   ("2026-11-01", "arrears.classes.macet.range", "31..", "6..")],
    "more set aside for refunds": [("2026-10-31", "arrears.classes.lancar.provision", "0.5%", "7%")],
}
AWARDS = {
    "a smaller budget of awards": ([], LESS_AWARDED),
    "a larger budget of awards": (
        LESS_AWARDED, [("2025-06-01", "award.budget.2025", "90_000_000", "200_000_000")]),
    "no budget of awards": (LESS_AWARDED, [
        ("2026-02-01", "award.budget", "{2025: 90_000_000, 2026: 120_000_000}", "absent")]),
    "a lower award leaves more of the budget": (LESS_AWARDED, [("2025-01-03", "award.max", "15_000_000", "7_000_000")]),
    "a stricter release leaves more of it": (LESS_AWARDED, [
        ("2025-01-03", "tranches.T2.release", ALL_ACCEPTED, "{event: inspected}")]),
}
MATCHING = {
    "less of the costs": [("2024-01-02", "eligible.share_max", "50%", "1/3")],
    "costs rounded by the 500": [("2024-01-02", "eligible.rounding", "{unit: 0.01, mode: down}", "{unit: 500, mode: down}")],
    "a larger advance": [("2025-01-01", "tranches.advance.share", "1/4", "1/3")],
    "the claim lapses sooner": [("2024-01-02", "tranches.claim.lapse.plus", "2 years", "1 year")],
}

passed = failed = 0


def check(name, holds, why=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"{name}: does not hold {why}")


def amendments(changes):
    text, last = "", None
    for date, path, was, value in changes:
        if date != last:
            text += f"  - from: {date}\n    set:\n"
        text += f"      - {{path: {path}, was: {was}, value: {value}}}\n"
        last = date
    return text


def run(nol, *arguments):
    done = subprocess.run([nol, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def accounts_of(kind, out):
    """Each account's figures; of a refused one the slugs of why."""
    found = {row["account_id"]: dict.fromkeys(kind.figures, "0") | row for row in rows(os.path.join(out, kind.file))}
    for row in rows(os.path.join(out, "rejects.csv")):
        account = found.setdefault(row["account_id"], {"status": "refused", "slugs": set()})
        account["slugs"].add(row["slug"])
    claims = os.path.join(out, "subsidy.csv")
    for row in rows(claims) if os.path.exists(claims) else []:
        account = found[row["account_id"]]
        account["subsidy"] = str(int(account["subsidy"]) + int(row["amount"]))
    return found


def is_refused(row):
    return row["status"] == "refused"


def whole(text):
    return int(text.replace(".", "") or 0)


class Reform:
    """A reform of a program of the example book, as its file and as law."""

    def __init__(self, nol, folder, kind, rules, law, changes):
        self.nol, self.folder, self.kind = nol, folder, kind
        with open(os.path.join(HERE, "rules", rules + ".yaml"), encoding="utf-8") as file:
            self.text = file.read().rstrip("\n") + "\n"
        self.id = re.search(r"^id: (\S+)", self.text, re.M).group(1)
        if "\namendments:" not in self.text:
            self.text += "amendments:\n"
        self.text += amendments(law)
        self.month = [*kind.book, *GROUPS, "--as-of", AS_OF, "--quarantine"]
        # The other programs of the example book stay as they are.
        self.before = self.rules("before", self.text.removesuffix("amendments:\n"))
        self.after = self.rules("after", self.text + amendments(changes))
        self.file = self.reform("amendments:\n" + amendments(changes))

    def rules(self, name, text):
        folder = os.path.join(self.folder, name + "-rules")
        os.mkdir(folder)
        for file in os.listdir(os.path.join(HERE, "rules")):
            if file.endswith(".yaml") and not file.endswith(".test.yaml"):
                with open(os.path.join(HERE, "rules", file), encoding="utf-8") as one:
                    other = one.read()
                same = re.search(r"^id: (\S+)", other, re.M).group(1) == self.id
                write(os.path.join(folder, file), text if same else other)
        return folder

    def reform(self, text):
        return write(os.path.join(self.folder, "a.reform.yaml"),
                     f"nol: reform/1\nid: r\nbase: {self.id}\n" + text)

    def out(self, name):
        return os.path.join(self.folder, name)

    def accounts(self, rules, name):
        _, _, errors = run(self.nol, "run", "--rules", rules, *self.month, "--out", self.out(name))
        if not os.path.isdir(self.out(name)):
            check(name, False, errors.splitlines()[:2])
            return {}
        return accounts_of(self.kind, self.out(name))

    def compare(self, *more, out="compared"):
        return run(self.nol, "compare", *more, "--rules", self.before, *self.month, "--out", self.out(out))


def expected_changes(kind, before, after):
    expected = {}
    for account, row in before.items():
        now = after.get(account, row)
        if is_refused(row) and is_refused(now):
            continue
        there = now if is_refused(row) else row
        for figure in kind.figures:
            values = tuple("refused" if is_refused(one) and figure == "status"
                           else kind.none(figure, there) if is_refused(one) else one[figure] for one in (row, now))
            if values[0] != values[1]:
                expected[account, kind.renamed.get(figure, figure)] = values
    return expected


def check_impact(name, kind, before, after, row):
    """One figure of all accounts of a currency."""
    column = next((column for column in kind.figures if kind.renamed.get(column, column) == row["figure"]), None)
    if row["group_by"] != "all" or column is None:
        return
    values = []
    for account, was in before.items():
        now = after.get(account, was)
        there = now if is_refused(was) else was
        if not is_refused(there) and there["currency"] == row["currency"]:
            values.append(tuple(0 if is_refused(one) else whole(one[column]) for one in (was, now)))
    sums = [sum(pair[side] for pair in values) for side in (0, 1)]
    counts = [sum(now > was for was, now in values), sum(now < was for was, now in values),
              sum(now == was for was, now in values)]
    check(f"{name}: {column} of all", sums == [whole(row["before"]), whole(row["after"])] and
          counts == [int(row[cell]) for cell in ("up", "down", "unchanged")], f"{sums} {counts} {row}")


def check_reform(nol, folder, kind, rules, name, law, changes):
    reform = Reform(nol, folder, kind, rules, law, changes)
    before, after = reform.accounts(reform.before, "before"), reform.accounts(reform.after, "after")
    _, _, errors = reform.compare("--reform", reform.file)
    if not before or not after or not os.path.isdir(reform.out("compared")):
        check(name, False, errors)
        return reform
    expected = expected_changes(kind, before, after)
    told = {}
    for row in rows(os.path.join(reform.out("compared"), "changes.csv")):
        if row["figure"] == "refused":
            slug, account = row["before"] + row["after"], row["account_id"]
            check(f"{name}: why {account} is refused",
                  slug in before[account].get("slugs", set()) | after[account].get("slugs", set()), slug)
        elif row["figure"] in {kind.renamed.get(figure, figure) for figure in kind.figures}:
            told[row["account_id"], row["figure"]] = (row["before"], row["after"])
    odd = [(key, told.get(key), expected.get(key)) for key in sorted(told.keys() | expected.keys())
           if told.get(key) != expected.get(key)]
    check(f"{name}: what changed, account by account", not odd, f"(said, expected): {odd[:3]}")
    check(f"{name}: something changed", bool(expected) != ("day after" in name))
    for row in rows(os.path.join(reform.out("compared"), "impact.csv")):
        check_impact(name, kind, before, after, row)
    return reform


def check_sweep(nol, folder, kind, rules, law, path, date, was, values):
    """Each line is a run by that value, beside one by the rules as they are."""
    reform = Reform(nol, folder, kind, rules, law, [])
    swept = reform.reform("sweep:\n" f"  - {{path: {path}, from: {date}, values: [{', '.join(values)}]}}\n")
    _, _, errors = run(nol, "sweep", "--reform", swept, "--rules", reform.before, *reform.month, "--out",
                       reform.out("swept"))
    if not os.path.isdir(reform.out("swept")):
        check(f"sweep of {path}", False, errors)
        return
    runs = {"": reform.accounts(reform.before, "before")}
    for i, value in enumerate(values):
        rules_of = reform.rules(str(i), reform.text + amendments([(date, path, was, value)]))
        runs[value] = reform.accounts(rules_of, f"value {i}")
    base = runs[""]
    lines = rows(os.path.join(reform.out("swept"), "sweep.csv"))
    check(f"sweep of {path}: lines", {line[path] for line in lines} == runs.keys())
    for line in lines:
        found = runs[line[path]]
        refused = [account for account, row in base.items() if is_refused(found[account]) and not is_refused(row)]
        there = [row for row in found.values() if row.get("currency") == line["currency"]]
        check(f"sweep of {path}: refused at {line[path]}",
              line["currency"] != "IDR" or len(refused) == int(line["refused"]), f"{refused} {line}")
        for column in kind.amounts:
            name = kind.renamed.get(column, column)
            if name in line:
                check(f"sweep of {path}: {column} at {line[path]}",
                      sum(whole(row[column]) for row in there) == whole(line[name]), line)
    if path == "principal.min":  # in little memory the book is passed over several times
        run(nol, "sweep", "--reform", swept, "--rules", reform.before, *reform.month, "--memory", "16M", "--out",
            reform.out("swept little"))
        check(f"sweep of {path}: in 16 MiB", rows(os.path.join(reform.out("swept little"), "sweep.csv")) == lines)
    check(f"sweep of {path}: lines differ", len({tuple(list(line.values())[1:]) for line in lines}) > len(values) // 2)


def digest(out):
    with open(os.path.join(out, "SHA256SUMS"), encoding="utf-8") as file:
        return file.read()


def check_sides(reform, name):
    """Threads, and a plain rule folder in the place of a reform, change nothing."""
    sums, texts = set(), set()
    for threads in ("1", "2", "7"):
        _, text, _ = reform.compare("--reform", reform.file, "--threads", threads, out="threads" + threads)
        sums.add(digest(reform.out("threads" + threads)))
        texts.add(text)
    check(f"{name}: any number of threads", len(sums) == 1 and len(texts) == 1)
    reform.compare("--with", reform.after, out="with")
    with open(os.path.join(reform.out("with"), "changes.csv"), encoding="utf-8") as a, open(
            os.path.join(reform.out("threads1"), "changes.csv"), encoding="utf-8") as b:
        check(f"{name}: other rules say what the reform says", a.read() == b.read())


def check_both(nol, folder):
    """Loans and grants in one book say what each says alone."""
    found = {}
    for name, kinds in (("loans", [LOANS]), ("grants", [GRANTS]), ("both", [LOANS, GRANTS])):
        reform = Reform(nol, os.path.join(folder, name), LOANS, "id-revolving-fund", LENT, BUDGETS["a larger budget"][1])
        reform.month = [option for kind in kinds for option in kind.book] + reform.month[len(LOANS.book):]
        reform.compare("--with", os.path.join(HERE, "rules"))
        for file in ("changes.csv", "impact.csv"):
            with open(os.path.join(reform.out("compared"), file), encoding="utf-8") as text:
                found[name, file] = sorted(text.read().splitlines()[1:])
    for file in ("changes.csv", "impact.csv"):
        check(f"loans and grants in one book: {file}",
              found["both", file] == sorted(found["loans", file] + found["grants", file]))


def main():
    nol = os.path.abspath(sys.argv[1])
    cases = [(LOANS, "id-revolving-fund", name, [], changes) for name, changes in REVOLVING.items()]
    cases += [(LOANS, "id-revolving-fund", name, *both) for name, both in BUDGETS.items()]
    cases += [(GRANTS, "id-hibah-alat", name, [], changes) for name, changes in EQUIPMENT.items()]
    cases += [(GRANTS, "id-hibah-alat", name, *both) for name, both in AWARDS.items()]
    cases += [(GRANTS, "ca-matching", name, [], changes) for name, changes in MATCHING.items()]
    for kind, rules, name, law, changes in cases:
        with tempfile.TemporaryDirectory() as folder:
            reform = check_reform(nol, folder, kind, rules, name, law, changes)
            if name in ("no grace", "a larger budget", "a larger budget of awards", "clauses together"):
                check_sides(reform, name)
    for case in (
        (LOANS, "id-revolving-fund", LENT, "principal.budget.2025", "2025-02-01", "900_000_000",
         ["500_000_000", "900_000_000", "1_300_000_000"]),
        (LOANS, "id-revolving-fund", LENT, "principal.min", "2025-02-01", "1_000_000",
         ["2_000_000", "8_000_000", "15_000_000"]),
        (GRANTS, "id-hibah-alat", LESS_AWARDED, "award.budget.2026", "2026-01-15", "120_000_000",
         ["0", "100_000_000", "240_000_000"]),
        (GRANTS, "id-hibah-alat", [], "clawback.clauses.asset-sold.declining.months", "2026-01-01", "24",
         ["3", "12", "36"]),
        (GRANTS, "id-hibah-alat", [], "tranches.T2.lapse.plus", "2025-01-02", "9 months", ["3 months", "1 year"]),
    ):
        with tempfile.TemporaryDirectory() as folder:
            check_sweep(nol, folder, *case)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("loans", "grants", "both"):
            os.mkdir(os.path.join(folder, name))
        check_both(nol, folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
