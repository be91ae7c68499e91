"""python3 kiva.py NOL DATA FOLDER: published schedules and receipts of 782 loans against nol's.

Terms, found in the published schedules themselves: interest-free, in dollars, every month from the disbursement, equal
parts rounded to the cent (ties to even), the last row takes the rest.
"""
import csv
import re
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

RULES = """\
nol: rules/1
kind: loan
id: kiva-2006
title: Loans of 2006 through Kiva
status: reported
currency: {code: USD, decimals: 2}
in_force: 2005-01-01
principal: {min: 75, max: 2_000}
schedule:
  installments: {min: 1, max: 18}
  every: 1 month
  due: {anchor: disbursed, missing_day: last-of-month}
  split: equal
  rounding: {unit: 0.01, mode: half-even, residual: last}
allocation: {excess: next}
arrears:
  count_from: day-after-due
  classes: [{id: current, range: 0..30}, {id: late, range: 31..}]
  non_performing: [late]
"""

# What the files hold, counted without nol: loans, rows; receipts and their sum; of them those of loans with a receipt
# dated before the disbursement.
LOANS, ROWS = 782, 6959
RECEIPTS, SUM = 4831, Decimal(337575)
EARLY_LOANS, EARLY_RECEIPTS, EARLY_SUM = 8, 67, Decimal(4150)

passed = failed = 0


def check(what, actual, expected):
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"{what}: {actual}, expected {expected}")


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_account(rows, column="account_id"):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def run(nol, folder, out, *more):
    command = [nol, "run", "--rules", folder / "rules", "--loans", folder / "loans.csv", "--as-of", "2008-12-31",
               "--out", folder / out, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_schedules(folder, plans):
    ours = by_account(rows_of(folder / "plans" / "schedule.csv"))
    check("rows", sum(map(len, ours.values())), ROWS)
    for loan, plan in plans.items():
        check(f"schedule of loan {loan}",
              [(row["n"], row["due"], row["principal_due"]) for row in ours[loan]],
              [(row["seq"], row["borrower_due_date"], f"{Decimal(row['borrower_amount']):.2f}") for row in plan])


def check_rejected(folder, early, receipts):
    """The loans with a receipt before the disbursement are set aside whole, and nothing else."""
    rejects = rows_of(folder / "receipts" / "rejects.csv")
    check("rejected loans", sorted(row["account_id"] for row in rejects if row["file"] == "loans"), sorted(early))
    events = [row for row in rejects if row["file"] == "events"]
    check("rejected receipts", len(events), EARLY_RECEIPTS)
    check("rejected sum", sum(Decimal(row["amount"]) for row in events), EARLY_SUM)
    check("receipts at fault themselves", sum(row["slug"] == "before-disbursement" for row in events),
          sum(row["early"] for loan in early for row in receipts[loan]))


def check_totals(folder):
    text = (folder / "receipts" / "manifest.yaml").read_text(encoding="utf-8")
    control = text[text.index("\ncontrol:"):]
    events = control[control.index("\n  events:"):]
    for what, count, amount in (("read", RECEIPTS, SUM), ("accepted", RECEIPTS - EARLY_RECEIPTS, SUM - EARLY_SUM),
                                ("rejected", EARLY_RECEIPTS, EARLY_SUM)):
        found = re.search(rf"\n    {what}: {{rows: (\d+), sum: ([\d.]+)}}", events)
        check(f"control total {what}", found and (int(found[1]), Decimal(found[2])), (count, amount))


def check_receipts(folder, accepted, plans):
    lines = defaultdict(Decimal)
    for row in rows_of(folder / "receipts" / "allocations.csv"):
        lines[row["event_id"]] += Decimal(row["principal"]) + Decimal(row["credit"])
    check("allocated receipts", len(lines), RECEIPTS - EARLY_RECEIPTS)
    check("allocated sum", sum(lines.values()), SUM - EARLY_SUM)
    check("receipts not allocated whole",
          [row["payment_id"] for rows in accepted.values() for row in rows
           if lines[row["payment_id"]] != Decimal(row["amount"])], [])
    arrears = {row["account_id"]: row for row in rows_of(folder / "receipts" / "arrears.csv")}
    check("loans computed", len(arrears), LOANS - EARLY_LOANS)
    wrong = []
    for loan, row in arrears.items():
        owed = sum(Decimal(part["borrower_amount"]) for part in plans[loan])
        paid = sum(Decimal(receipt["amount"]) for receipt in accepted.get(loan, []))
        if (Decimal(row["repaid"]), Decimal(row["credit"])) != (min(owed, paid), max(paid - owed, Decimal(0))):
            wrong.append(loan)
    check("loans with another sum repaid or held", wrong, [])


def main(nol, data, folder):
    data, folder = Path(data), Path(folder)
    plans = by_account(rows_of(data / "kiva2006_schedule.csv"), "loan_id")
    loans = [row for row in rows_of(data / "kiva2006_loans.csv") if row["loan_id"] in plans]
    disbursed = {row["loan_id"]: row["disbursal_date"] for row in loans}
    receipts = defaultdict(list)
    for row in rows_of(data / "kiva2006_payments.csv"):
        if row["loan_id"] in plans:
            row["early"] = row["processed_date"] < disbursed[row["loan_id"]]
            receipts[row["loan_id"]].append(row)
    early = [loan for loan, rows in receipts.items() if any(row["early"] for row in rows)]
    check("loans with a schedule", len(loans), LOANS)
    check("loans with an early receipt", len(early), EARLY_LOANS)

    (folder / "rules").mkdir()
    (folder / "rules" / "kiva.yaml").write_text(RULES, encoding="utf-8")
    write_csv(folder / "loans.csv", ["account_id", "program", "principal", "disbursed", "installments"],
              [(row["loan_id"], "kiva-2006", row["disbursal_amount"], row["disbursal_date"], len(plans[row["loan_id"]]))
               for row in loans])
    write_csv(folder / "events.csv", ["event_id", "account_id", "date", "type", "amount"],
              [(row["payment_id"], loan, row["processed_date"], "repay", row["amount"])
               for loan, rows in receipts.items() for row in rows])

    done = run(nol, folder, "plans")
    check("the plans' exit status and messages", (done.returncode, done.stderr), (0, ""))
    if done.returncode == 0:
        check_schedules(folder, plans)
    done = run(nol, folder, "receipts", "--events", folder / "events.csv", "--quarantine")
    check("the receipts' exit status", done.returncode, 1)
    if (folder / "receipts").is_dir():
        accepted = {loan: rows for loan, rows in receipts.items() if loan not in early}
        check_rejected(folder, early, receipts)
        check_totals(folder)
        check_receipts(folder, accepted, plans)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
