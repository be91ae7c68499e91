#!/usr/bin/env python3
"""Writes the synthetic loan book of the demo: examples/loans.csv and examples/events.csv.

Every borrower, district and figure is invented; the same seed gives the same bytes.  The demo's as-of date is
2026-10-31, its month begins on 2026-10-01:

    python3 tests/demo_book.py [FOLDER]
    nol run --rules rules --loans examples/loans.csv --events examples/events.csv --attribute district \
        --attribute sector --from 2026-10-01 --as-of 2026-10-31 --out out
"""
import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

SEED = 20261031
AS_OF = date(2026, 10, 31)
AMENDED = date(2026, 7, 1)  # from then on the revolving fund lends up to 50 million

DISTRICTS = [
    "Karang Asri", "Tanjung Biru", "Sumber Laut", "Batu Lentera", "Pasar Garam", "Kampung Canting", "Muara Teduh",
    "Bukit Lontar", "Tanah Kapur", "Sukalaut",
]  # fmt: skip
SECTORS = ["batik", "crafts", "fishery", "food", "livestock", "services", "trade", "weaving"]
LOAN_COLUMNS = (
    "account_id,program,borrower_id,principal,agreed,disbursed,recorded,installments,grace,district,sector,collateral"
).split(",")
EVENT_COLUMNS = "event_id,account_id,date,type,amount,recorded,document,ref,note".split(",")


class Dice:
    """Chance from random() alone: its sequence for a seed is the same in every version of Python."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def whole(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def one_of(self, items):
        return items[self.whole(0, len(items) - 1)]

    def chance(self, percent):
        return self.random() * 100 < percent


def add_months(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def money(minor, decimals):
    return f"{minor // 100}.{minor % 100:02}" if decimals else str(minor)


class Book:
    def __init__(self):
        self.dice = Dice(SEED)
        self.loans, self.events = [], []

    # loans

    def loan(self, account, program, principal, day, **more):
        """A row of the book; more: agreed, disbursed, installments, grace, collateral, ..."""
        row = {
            "account_id": account, "program": program, "principal": money(principal, program == "us-kiva"),
            "borrower_id": f"B{self.dice.whole(1, 340):04}", "district": self.dice.one_of(DISTRICTS),
            "sector": self.dice.one_of(SECTORS), "disbursed": day.isoformat(),
        }  # fmt: skip
        row.update({key: str(value) for key, value in more.items() if value is not None})
        self.loans.append(row)
        return row

    def event(self, account, day, kind, amount="", **more):
        event_id = f"E{len(self.events) + 1:05}"
        row = {"event_id": event_id, "account_id": account, "date": day.isoformat(), "type": kind}
        row["amount"] = str(amount)
        row.update({key: str(value) for key, value in more.items()})
        self.events.append(row)
        return event_id

    # behaviour of a borrower; plan is a list of (due date, amount in minor units)

    def pay(self, account, day, minor, decimals, **more):
        if day > AS_OF:
            return None
        receipt = more.pop("document", f"R-{day:%y%m}-{len(self.events) + 1:05}")
        return self.event(account, day, "repay", money(minor, decimals), document=receipt, **more)

    def punctual(self, account, plan, decimals, rows=None):
        """On the day, or a few days around it."""
        for due, amount in plan[:rows]:
            self.pay(account, due + timedelta(days=self.dice.whole(-4, 2)), amount, decimals)

    def slow(self, account, plan, decimals):
        """Every row, but each later than the one before."""
        lateness = 0
        for due, amount in plan:
            lateness += self.dice.whole(0, 14)
            self.pay(account, due + timedelta(days=lateness), amount, decimals)

    def in_parts(self, account, plan, decimals):
        """Half on the day, the other half when there is money."""
        for due, amount in plan:
            half = amount // 2 // 500 * 500 or amount // 2
            self.pay(account, due, half, decimals)
            if self.dice.chance(70):
                self.pay(account, due + timedelta(days=self.dice.whole(5, 60)), amount - half, decimals)

    def silent(self, account, plan, decimals):
        """Stops after some rows."""
        self.punctual(account, plan, decimals, self.dice.whole(0, max(1, len(plan) // 4)))

    def early(self, account, plan, decimals):
        """Some rows, then the whole rest at once."""
        rows = self.dice.whole(1, len(plan) - 1)
        self.punctual(account, plan, decimals, rows)
        rest = sum(amount for _, amount in plan[rows:])
        self.pay(account, plan[rows - 1][0] + timedelta(days=10), rest, decimals)

    def ahead(self, account, plan, decimals):
        """Two rows at a time: the second is credit until it falls due."""
        for k in range(0, len(plan) - 1, 2):
            self.pay(account, plan[k][0], plan[k][1] + plan[k + 1][1], decimals)

    def behave(self, account, plan, decimals):
        dice = self.dice.whole(1, 100)
        for limit, way in (
            (52, self.punctual), (66, self.slow), (76, self.in_parts), (89, self.silent), (94, self.early),
            (100, self.ahead),
        ):  # fmt: skip
            if dice <= limit:
                return way(account, plan, decimals)

    # programs

    def some_day(self, first, last):
        return first + timedelta(days=self.dice.whole(0, (last - first).days))

    def revolving_plan(self, principal, day, n):
        share = principal // n // 1000 * 1000
        parts = [share] * (n - 1) + [principal - share * (n - 1)]
        return [(add_months(day, 6 + k), part) for k, part in enumerate(parts, 1)]

    def revolving(self, number, day=None, principal=None, n=None):
        """-> (account, plan)"""
        account = f"DB-{number:04}"
        day = day or self.some_day(date(2024, 2, 1), date(2026, 10, 20))
        agreed = max(day - timedelta(days=self.dice.whole(0, 14)), date(2024, 1, 2))
        ceiling = 50 if agreed >= AMENDED else 25
        principal = principal or self.dice.whole(4, ceiling * 4) * 250_000
        n = n or self.dice.one_of([12, 18, 24, 24, 36, 36])
        collateral = self.dice.whole(1, 8) * 1_000_000 if self.dice.chance(35) else None
        self.loan(account, "dana-bergulir-umkm", principal, day, agreed=agreed, collateral=collateral,
                  installments=None if n == 36 else n)  # fmt: skip
        return account, self.revolving_plan(principal, day, n)

    def lumajang(self, number, day=None):
        account = f"LM-{number:04}"
        day = day or self.some_day(date(2024, 6, 1), date(2026, 10, 20))
        self.loan(account, "lumajang-mikro", 1_000_000, day)
        return account, [(add_months(day, k), 85_000 if k < 12 else 65_000) for k in range(1, 13)]

    def kiva(self, number):
        account = f"US-{number:04}"
        day = self.some_day(date(2024, 3, 1), date(2026, 9, 30))
        grace = self.dice.whole(0, 6)
        n = self.dice.one_of([12, 18, 24, 36])
        principal = self.dice.whole(4, 60) * 250_00
        self.loan(account, "us-kiva", principal, day, installments=n, grace=f"{grace} months")
        share = (2 * principal + n) // (2 * n)  # to the nearest cent; these sums have no ties
        parts = [share] * (n - 1) + [principal - share * (n - 1)]
        return account, [(add_months(day, grace + k), part) for k, part in enumerate(parts, 1)]

    def many(self):
        for number in range(1, 231):
            self.behave(*self.revolving(number), 0)
        for number in range(1, 91):
            self.behave(*self.lumajang(number), 0)
        for number in range(1, 31):
            self.behave(*self.kiva(number), 2)

    # one of everything that happens in an office

    def reversed_payment(self):
        """Booked on the wrong account, corrected, booked on the right one."""
        wrong, plan = self.revolving(301, date(2025, 8, 14), 12_000_000, 24)
        right, right_plan = self.revolving(302, date(2025, 8, 15), 12_000_000, 24)
        self.punctual(wrong, plan[:6], 0)
        self.punctual(right, right_plan[:6], 0)
        mistake = self.pay(wrong, date(2026, 9, 15), 500_000, 0, document="R-2609-TELLER")
        self.event(wrong, date(2026, 10, 6), "reverse", ref=mistake, note="paid for DB-0302")
        self.pay(right, date(2026, 9, 15), 500_000, 0, document="R-2609-TELLER", recorded="2026-10-06")

    def back_dated_payment(self):
        """The bank's list of September came in the middle of October."""
        account, plan = self.revolving(303, date(2025, 9, 20), 18_000_000, 36)
        self.punctual(account, plan[:5], 0)
        self.pay(account, date(2026, 9, 21), 500_000, 0, recorded="2026-10-14", document="BANK-2609")

    def paid_in_october_known_in_november(self):
        account, plan = self.revolving(304, date(2025, 10, 28), 9_000_000, 18)
        self.punctual(account, plan[:5], 0)
        self.pay(account, date(2026, 10, 28), 500_000, 0, recorded="2026-11-03", document="BANK-2610")

    def written_off(self):
        account, plan = self.revolving(305, date(2024, 5, 31), 10_000_000, 18)
        self.punctual(account, plan[:3], 0)
        self.event(account, date(2026, 6, 30), "write-off", document="SK-188/2026")
        self.event(account, date(2026, 9, 10), "recover", 750_000, document="REC-1")
        self.event(account, date(2026, 10, 12), "recover", 250_000, document="REC-2")
        account, plan = self.revolving(306, date(2024, 8, 29), 6_000_000, 12)
        self.punctual(account, plan[:1], 0)
        self.event(account, date(2026, 10, 15), "write-off", document="SK-301/2026")

    def refunded_credit(self):
        account, plan = self.revolving(307, date(2025, 11, 11), 3_000_000, 12)
        self.punctual(account, plan[:4], 0)
        self.pay(account, date(2026, 9, 20), 600_000, 0, document="R-2609-TWICE")
        self.event(account, date(2026, 10, 2), "refund", 350_000, document="TRF-77", note="paid twice")

    def taken_over(self):
        """From the old system, whose receipts are lost."""
        account, plan = self.revolving(308, date(2024, 6, 10), 20_000_000, 36)
        self.event(account, date(2025, 12, 31), "opening", 12 * 555_000, document="BA-OPNAME-2025")
        self.punctual(account, plan[12:22], 0)
        account, _ = self.revolving(309, date(2025, 1, 15), 8_000_000, 24)
        self.loans[-1]["recorded"] = "2026-10-01"
        self.event(account, date(2026, 10, 1), "opening", 14 * 333_000, document="BA-OPNAME-2026")

    def not_paid_out(self):
        self.loan("DB-0310", "dana-bergulir-umkm", 7_500_000, AS_OF, disbursed="", agreed="2026-10-19")
        self.loan("DB-0311", "dana-bergulir-umkm", 5_000_000, AS_OF, disbursed="", agreed="2026-08-03")
        self.event("DB-0311", date(2026, 10, 9), "cancel", document="LETTER-14")
        self.loan("DB-0312", "dana-bergulir-umkm", 40_000_000, AS_OF, disbursed="", agreed="2026-07-08")
        self.event("DB-0312", date(2026, 7, 22), "disburse", 36_000_000, document="SP2D-0912")

    def collateral_revalued(self):
        account, plan = self.revolving(313, date(2024, 9, 5), 25_000_000, 36)
        self.punctual(account, plan[:9], 0)
        self.event(account, date(2026, 8, 20), "collateral", 4_000_000, document="APPRAISAL-5")

    def unidentified(self):
        self.event("", date(2026, 10, 7), "unidentified", 275_000, document="BANK-2610-031")
        lost = self.event("", date(2026, 8, 24), "unidentified", 340_000, document="BANK-2608-112")
        account, plan = self.revolving(314, date(2025, 6, 24), 12_000_000, 36)
        self.punctual(account, plan[:7], 0)
        self.event("", date(2026, 10, 5), "reverse", ref=lost, note="it was DB-0314")
        self.pay(account, date(2026, 8, 24), 340_000, 0, recorded="2026-10-05", document="BANK-2608-112")

    def special(self):
        self.reversed_payment()
        self.back_dated_payment()
        self.paid_in_october_known_in_november()
        self.written_off()
        self.refunded_credit()
        self.taken_over()
        self.not_paid_out()
        self.collateral_revalued()
        self.unidentified()


def write(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder):
    book = Book()
    book.many()
    book.special()
    write(folder / "loans.csv", LOAN_COLUMNS, sorted(book.loans, key=lambda row: row["account_id"]))
    write(folder / "events.csv", EVENT_COLUMNS, sorted(book.events, key=lambda row: (row["account_id"], row["date"])))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "examples")
