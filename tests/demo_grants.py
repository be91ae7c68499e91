#!/usr/bin/env python3
"""Writes the synthetic book of grants of the demo: examples/grants.csv and examples/grant-events.csv.

Every recipient and figure is invented; the same seed gives the same bytes.  It goes with the loans of demo_book.py:

    python3 tests/demo_grants.py [FOLDER]
"""
import sys
from datetime import date, timedelta
from pathlib import Path

from demo_book import AS_OF, DISTRICTS, SECTORS, Dice, add_months, money, write

SEED = 20261032
GRANT_COLUMNS = "account_id,program,borrower_id,award,agreed,district,sector".split(",")
EVENT_COLUMNS = "event_id,account_id,date,type,amount,recorded,document,ref,component,note".split(",")


class Grants:
    def __init__(self):
        self.dice = Dice(SEED)
        self.grants, self.events = [], []

    def grant(self, account, program, award, agreed, decimals=0):
        self.grants.append({
            "account_id": account, "program": program, "award": money(award, decimals), "agreed": agreed.isoformat(),
            "borrower_id": f"B{self.dice.whole(1, 340):04}", "district": self.dice.one_of(DISTRICTS),
            "sector": self.dice.one_of(SECTORS),
        })  # fmt: skip
        return account

    def event(self, account, day, kind, minor=None, decimals=0, **more):
        """Nothing after as-of: those events have not been yet."""
        if day > AS_OF:
            return False
        row = {"event_id": f"G{len(self.events) + 1:04}", "account_id": account, "date": day.isoformat(), "type": kind}
        row["amount"] = "" if minor is None else money(minor, decimals)
        row.update(more)
        self.events.append(row)
        return True

    def account_for(self, account, day, report, parts, decimals=0):
        """Costs, the report and its acceptance a fortnight later; the day of that."""
        for category, minor in parts:
            self.event(account, day, "spend", minor, decimals, ref=report, component=category)
        self.event(account, day, "report", ref=report)
        accepted = day + timedelta(days=14)
        self.event(account, accepted, "accept", ref=report)
        return accepted

    # programs

    def equipment(self, number):
        """Two tranches: most account for the first, some say nothing, some sell the machine."""
        dice = self.dice
        agreed = date(2025, 9, 1) + timedelta(days=dice.whole(0, 400))
        award = dice.whole(8, 60) * 250_000
        account = self.grant(f"HA-{number:04}", "hibah-alat", award, agreed)
        paid = agreed + timedelta(days=dice.whole(3, 20))
        first = award * 6 // 10 // 1000 * 1000
        if dice.chance(8) or not self.event(account, paid, "pay", first, ref="T1", document=f"SP2D-{number:04}"):
            if dice.chance(50):
                self.event(account, paid, "cancel", document=f"LETTER-{number}", note="withdrawn")
            return
        way = dice.whole(1, 100)
        if way <= 18:
            self.silent(account, paid, first)
            return
        used = first * dice.whole(70 if way <= 35 else 90, 100) // 100
        parts = [("equipment", used - used // 5), ("installation", used // 5), ("travel", 150_000)]
        accepted = self.account_for(account, paid + timedelta(days=dice.whole(20, 88)), "R1", parts)
        if used * 5 < first * 4:
            return
        second = accepted + timedelta(days=dice.whole(1, 20))
        self.event(account, second, "pay", award - first, ref="T2", document=f"SP2D-{number:04}-2")
        if way >= 94:
            sold = second + timedelta(days=dice.whole(40, 200))
            if self.event(account, sold, "event", ref="asset-sold", note="found on inspection"):
                self.event(account, sold + timedelta(days=6), "notice", ref="asset-sold", document=f"SP-{number}")

    def silent(self, account, paid, first):
        noticed = paid + timedelta(days=90 + 60 + self.dice.whole(1, 30))
        self.event(account, noticed, "notice", ref="no-report", document=f"SP-{account}")
        if self.dice.chance(40):
            self.event(account, noticed + timedelta(days=25), "return", first * self.dice.whole(2, 10) // 10)

    def agreement(self, number):
        """Paid at once, accounted for by 10 January."""
        dice = self.dice
        agreed = date(2024, 3, 1) + timedelta(days=dice.whole(0, 900))
        award = dice.whole(2, 60) * 2_500_000
        account = self.grant(f"HN-{number:04}", "hibah-nphd", award, agreed)
        paid = agreed + timedelta(days=dice.whole(5, 40))
        self.event(account, paid, "pay", award, ref="grant", document=f"SP2D-H{number:03}")
        handed_in = date(paid.year + 1, 1, 10) - timedelta(days=dice.whole(-20, 60))
        if dice.chance(15):
            return
        used = award if dice.chance(60) else award * dice.whole(80, 99) // 100
        accepted = self.account_for(account, handed_in, "use", [("works", used)])
        if used < award and dice.chance(70):
            self.event(account, accepted + timedelta(days=20), "return", award - used)

    def matching(self, number):
        dice = self.dice
        agreed = date(2024, 6, 1) + timedelta(days=dice.whole(0, 700))
        award = dice.whole(5, 100) * 100_000
        account = self.grant(f"CM-{number:04}", "ca-matching", max(award, 500_000), agreed, 2)
        award = max(award, 500_000)
        self.event(account, agreed + timedelta(days=10), "pay", award // 4, 2, ref="advance")
        if dice.chance(30):
            return
        costs = award * dice.whole(120, 230) // 100
        parts = [("equipment", costs * 2 // 3), ("wages", costs - costs * 2 // 3), ("travel", 40_000)]
        accepted = self.account_for(account, add_months(agreed, dice.whole(6, 18)), "costs", parts, 2)
        claim = min(award, costs // 2) - award // 4
        if claim > 0:
            self.event(account, accepted + timedelta(days=9), "pay", claim, 2, ref="claim")

    def many(self):
        for number in range(1, 53):
            self.equipment(number)
        for number in range(1, 27):
            self.agreement(number)
        for number in range(1, 15):
            self.matching(number)


def main(folder):
    book = Grants()
    book.many()
    write(folder / "grants.csv", GRANT_COLUMNS, sorted(book.grants, key=lambda row: row["account_id"]))
    write(folder / "grant-events.csv", EVENT_COLUMNS,
          sorted(book.events, key=lambda row: (row["account_id"], row["date"], row["event_id"])))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "examples")
