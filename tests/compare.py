"""python3 tests/compare.py NOL

`nol compare` says what two plain runs say: reforms of every kind over the example book, each once as a reform file and
once written into the rule file itself.  Then what sides and threads must not change."""

import csv
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BASE = os.path.join(HERE, "rules", "id-revolving-fund.yaml")
AS_OF = "2026-10-31"
BOOK = ["--loans", os.path.join(HERE, "examples", "loans.csv"), "--events",
        os.path.join(HERE, "examples", "events.csv"), "--attribute", "district", "--ignore", "sector"]

# Name, first day, path, what stands, what it becomes.
REFORMS = {
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
FIGURES = ["status", "disbursed", "repaid", "funded", "written_off", "forgiven", "recovered", "outstanding", "claim",
           "fee_due", "fee_paid", "penalty_due", "penalty_paid", "due_to_date", "paid_to_date", "overdue",
           "oldest_due", "installments_overdue", "days_past_due", "class", "provision_base", "provision", "credit"]

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


def by_account(path):
    return {row["account_id"]: row for row in rows(path)}


def accounts_of(out):
    found = by_account(os.path.join(out, "arrears.csv"))
    for row in rows(os.path.join(out, "rejects.csv")):
        found[row["account_id"]] = dict.fromkeys(FIGURES, "") | {"status": "refused"}
    claims = os.path.join(out, "subsidy.csv")
    for row in rows(claims) if os.path.exists(claims) else []:
        account = found[row["account_id"]]
        account["subsidy"] = str(int(account.get("subsidy", "0")) + int(row["amount"]))
    return found


def whole(text):
    return int(text.replace(".", "") or 0)


def check_reform(nol, folder, name, changes):
    reform, after_rules = os.path.join(folder, "a.reform.yaml"), os.path.join(folder, "after.yaml")
    before_out, after_out, out = (os.path.join(folder, part) for part in ("before", "after", "compared"))
    with open(BASE, encoding="utf-8") as file:
        base = file.read()
    with open(reform, "w", encoding="utf-8") as file:
        file.write("nol: reform/1\nid: r\nbase: dana-bergulir-umkm\namendments:\n" + amendments(changes))
    with open(after_rules, "w", encoding="utf-8") as file:
        file.write(base.rstrip("\n") + "\n" + amendments(changes))
    month = [*BOOK, "--as-of", AS_OF, "--quarantine"]
    run(nol, "run", "--rules", BASE, *month, "--out", before_out)
    status, _, errors = run(nol, "run", "--rules", after_rules, *month, "--out", after_out)
    if "rule-key-unknown" in errors:
        check(name, False, errors.splitlines()[0])
        return
    status, text, errors = run(nol, "compare", "--reform", reform, "--rules", BASE, *month, "--out", out)
    if not os.path.isdir(out):
        check(name, False, errors)
        return
    before, after = accounts_of(before_out), accounts_of(after_out)
    before = {account: row for account, row in before.items() if row["status"] != "refused"}
    said = {}
    for row in rows(os.path.join(out, "changes.csv")):
        said[row["account_id"], row["figure"]] = (row["before"], row["after"], row["delta"])
    expected = {}
    for account, row in before.items():
        for figure in FIGURES + ["subsidy"]:
            was, now = row.get(figure, "0"), after[account].get(figure, "0")
            if after[account]["status"] == "refused" and figure not in ("status", "oldest_due", "class"):
                now = "0"
            if was != now:
                expected[account, figure] = (was, now)
    told = {key: value[:2] for key, value in said.items() if key[1] in FIGURES + ["subsidy"]}
    odd = [(key, told.get(key), expected.get(key)) for key in sorted(told.keys() | expected.keys())
           if told.get(key) != expected.get(key)]
    check(f"{name}: what changed, account by account", not odd, f"(said, expected): {odd[:3]}")
    check(f"{name}: something changed", bool(expected) or "day after" in name)
    for row in rows(os.path.join(out, "impact.csv")):
        figure = row["figure"]
        if row["group_by"] != "all" or figure not in FIGURES:
            continue
        values = [(whole(one[figure]), 0 if after[key]["status"] == "refused" else whole(after[key][figure]))
                  for key, one in before.items() if one["currency"] == row["currency"]]
        sums = (sum(was for was, _ in values), sum(now for _, now in values))
        counts = (sum(now > was for was, now in values), sum(now < was for was, now in values),
                  sum(now == was for was, now in values))
        check(f"{name}: {figure} of all", sums == (whole(row["before"]), whole(row["after"])) and
              counts == (int(row["up"]), int(row["down"]), int(row["unchanged"])),
              f"{sums} {counts} {row}")
    return reform


def digest(out):
    with open(os.path.join(out, "SHA256SUMS"), encoding="utf-8") as file:
        return file.read()


def check_sides(nol, folder):
    """Threads, and a plain rule folder in the place of a reform, change nothing."""
    reform, after_rules = os.path.join(folder, "a.reform.yaml"), os.path.join(folder, "after.yaml")
    month = ["--rules", BASE, *BOOK, "--as-of", AS_OF, "--quarantine"]
    sums, texts = set(), set()
    for threads in ("1", "2", "7"):
        out = os.path.join(folder, "threads" + threads)
        _, text, _ = run(nol, "compare", "--reform", reform, *month, "--threads", threads, "--out", out)
        sums.add(digest(out))
        texts.add(text)
    check("any number of threads", len(sums) == 1 and len(texts) == 1)
    out = os.path.join(folder, "with")
    run(nol, "compare", "--with", after_rules, *month, "--out", out)
    with open(os.path.join(out, "changes.csv"), encoding="utf-8") as a, open(
            os.path.join(folder, "threads1", "changes.csv"), encoding="utf-8") as b:
        check("other rules say what the reform says", a.read() == b.read())


def main():
    nol = os.path.abspath(sys.argv[1])
    for name, changes in REFORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            check_reform(nol, folder, name, changes)
            if name == "no grace":
                check_sides(nol, folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
