#!/usr/bin/env python3
"""Make a failing book small.

`shrunk(folder, fails)` takes the folder that random_book.py or random_grants.py wrote and a predicate
`fails(folder, options)` which says, in lines of text, what is wrong with the book in a folder (none: nothing). It drops
accounts, then events and amendments, then options, while something stays wrong, and returns the small book as text.
"""
import csv
import json
import shutil
import tempfile
from pathlib import Path

TABLES = ("loans", "grants", "events", "plan")
TRIES = 400  # runs spent on one book at most


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def values(options, name):
    return [value for word, value in zip(options, options[1:]) if word == name]


class Book:
    """Rows and rules of a book, to be written again with less in them."""

    def __init__(self, folder):
        options = (folder / "options").read_text(encoding="utf-8").split("\n")[:-1]
        for table in TABLES:
            setattr(self, table, [row for name in values(options, f"--{table}") for row in read(folder / name)])
        self.rules = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "rules").iterdir()}
        self.words, self.columns = [], []  # options that name no file, [name, value]; those about columns stay
        while options:
            name = options.pop(0)
            value = [] if name == "--quarantine" else [options.pop(0)]
            if name not in ["--rules"] + [f"--{table}" for table in TABLES]:
                about_columns = name in ("--attribute", "--carry", "--ignore")
                (self.columns if about_columns else self.words).append([name] + value)

    def copy(self):
        other = object.__new__(Book)
        other.__dict__ = {name: json.loads(json.dumps(value)) for name, value in self.__dict__.items()}
        return other

    @property
    def accounts(self):
        return self.loans + self.grants

    def keep_accounts(self, ids):
        other = self.copy()
        for name in TABLES:
            setattr(other, name, [row for row in getattr(self, name) if row["account_id"] in ids])
        programs = {row["program"] for row in other.accounts}
        other.rules = {name: rules for name, rules in self.rules.items()
                       if rules["nol"] != "rules/1" or rules["id"] in programs}  # fmt: skip
        return other

    def write(self, folder):
        (folder / "rules").mkdir()
        for name, rules in self.rules.items():
            there = {key: value for key, value in rules.items() if value != []}  # an empty list is refused
            (folder / "rules" / name).write_text(json.dumps(there, ensure_ascii=False), encoding="utf-8")
        options = ["--rules", "rules"]
        for name in TABLES:
            rows = getattr(self, name)
            if not rows:
                continue
            columns = list(dict.fromkeys(column for row in rows for column in row))
            if name == "events":  # a column that nobody fills may be one that the engine lacks
                needed = ("event_id", "account_id", "date", "type", "amount")
                columns = [column for column in columns if column in needed or any(row.get(column) for row in rows)]
            with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            options += [f"--{name}", f"{name}.csv"]
        return options + [word for words in self.words + self.columns for word in words]

    def text(self):
        lines = []
        for rules in self.rules.values():
            for key, value in rules.items():
                if key not in ("nol", "kind", "title", "status", "sources"):
                    lines.append(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
        for name in ("loans", "grants", "plan", "events"):
            for row in getattr(self, name):
                cells = " ".join(f"{key}={value}" for key, value in row.items() if value and key != "account_id")
                lines.append(f"  {name.removesuffix('s')} {cells}")
        return "\n".join(lines + ["  " + " ".join(word for words in self.words for word in words)])


class Shrinker:
    def __init__(self, book, fails):
        self.book, self.fails, self.tries = book, fails, TRIES
        self.wrong = []

    def take(self, book):
        """Whether a smaller book still fails; it is kept then."""
        self.tries -= 1
        if self.tries < 0:
            return False
        folder = Path(tempfile.mkdtemp(prefix="nol-small-"))
        try:
            wrong = self.fails(folder, book.write(folder))
        finally:
            shutil.rmtree(folder)
        if wrong:
            self.book, self.wrong = book, wrong
        return bool(wrong)

    def drop_accounts(self):
        ids = [row["account_id"] for row in self.book.accounts]
        while len(ids) > 1:  # half of them, then the other half
            half = len(ids) // 2
            if self.take(self.book.keep_accounts(ids[:half])):
                ids = ids[:half]
            elif self.take(self.book.keep_accounts(ids[half:])):
                ids = ids[half:]
            else:
                break
        for account in list(ids):
            rest = [other for other in ids if other != account]
            if rest and self.take(self.book.keep_accounts(rest)):
                ids = rest

    def drop_each(self, pick):
        """Drop one element after the other of the list that `pick` finds in a book."""
        k = 0
        while k < len(pick(self.book)):
            smaller = self.book.copy()
            del pick(smaller)[k]
            k += 0 if self.take(smaller) else 1

    def drop_amendments(self):
        for name, rules in self.book.rules.items():
            if "amendments" in rules:
                self.drop_each(lambda book, name=name: book.rules[name]["amendments"])

    def drop_clauses(self):
        for name, rules in list(self.book.rules.items()):
            for key in list(rules):
                smaller = self.book.copy()
                del smaller.rules[name][key]
                if key in ("small_amounts", "write_off", "subsidy", "relief", "penalty", "fees", "forgiveness",
                           "reports", "eligible", "clawback", "arrears"):  # fmt: skip
                    self.take(smaller)


def shrunk(folder, fails):
    shrinker = Shrinker(Book(folder), fails)
    if not shrinker.take(shrinker.book):
        return "  (does not fail when its files are written again)"
    shrinker.drop_accounts()
    shrinker.drop_each(lambda book: book.events)
    shrinker.drop_amendments()
    shrinker.drop_clauses()
    shrinker.drop_each(lambda book: book.words)
    return "\n".join(["  a small book that still fails:", shrinker.book.text()] + shrinker.wrong)
