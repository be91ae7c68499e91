#!/usr/bin/env python3
"""Random books of grants: what is in them, that the model keeps the laws on them, that a failing one becomes small."""
import contextlib
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import compare
import grant_laws
import grant_model
import laws
import random_grants
import shrink

WRAPPER = '#!/bin/sh\nexec python3 -B "{}" "$@" 2>/dev/null\n'


class RandomGrants(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def model_as_program(self):
        program = self.folder / "nol"
        program.write_text(WRAPPER.format(Path(grant_model.__file__).resolve()))
        program.chmod(0o755)
        return str(program)

    def test_the_same_seed_the_same_book(self):
        for name in ("a", "b"):
            random_grants.make_book(3, self.folder / name, 6, True)
        for path in sorted((self.folder / "a").rglob("*.*")):
            other = self.folder / "b" / path.relative_to(self.folder / "a")
            self.assertEqual(path.read_bytes(), other.read_bytes(), path)

    def test_every_event_and_status_turns_up(self):
        types, statuses = Counter(), Counter()
        for seed in range(1, 25):
            folder = self.folder / str(seed)
            options = random_grants.make_book(seed, folder)
            code, errors = compare.run_model("grant", options, folder)
            self.assertEqual((code, errors), (0, ""), seed)
            for path in folder.glob("events*.csv"):
                types.update(row["type"] for row in shrink.read(path))
            statuses.update(row["status"] for row in shrink.read(folder / "out-model" / "grant_positions.csv"))
        self.assertEqual(set(types), set(grant_model.Event.TAKES))
        self.assertEqual(set(statuses), {"agreed", "active", "refund", "completed", "cancelled"})

    def test_faulty_books_lose_accounts(self):
        refused = 0
        for seed in range(1, 6):
            folder = self.folder / str(seed)
            compare.run_model("grant", random_grants.make_book(seed, folder, 15, True), folder)
            refused += len(compare.refused(folder / "out-model" / "rejects.csv"))
        self.assertGreater(refused, 0)

    def test_the_model_keeps_the_laws(self):
        book = laws.Book(self.model_as_program(), 4, self.folder, random_grants.make_book(4, self.folder))
        self.assertEqual(book.run("out"), 0)
        for law in grant_laws.LAWS:
            law(book)

    def test_what_differs_becomes_small(self):
        def fails(folder, options):
            with contextlib.suppress(SystemExit):  # an option that must be there was dropped
                compare.run_model("grant", options, folder)
            path = folder / "out-model" / "grant_positions.csv"
            rows = shrink.read(path) if path.exists() else []
            return [row["account_id"] for row in rows if row["status"] == "refund"]

        for seed in range(6, 40):
            folder = self.folder / str(seed)
            if fails(folder, random_grants.make_book(seed, folder, 8)):
                break
        text = shrink.shrunk(folder, fails)
        self.assertEqual(text.count("\n  grant "), 1)
        self.assertIn("type=pay", text)

    def test_features(self):
        self.assertEqual(random_grants.features_of("lapse,clawback"), {"lapse", "clawback"})
        with self.assertRaises(SystemExit):
            random_grants.features_of("laps")
        self.assertFalse(random_grants.engine_lacks_it("all"))
        self.assertEqual(random_grants.engine_lacks_it(None), not random_grants.ENGINE_HAS_GRANTS)
        options = random_grants.make_book(2, self.folder, 10, False, random_grants.features_of("none"))
        rules = (self.folder / "rules").glob("*.yaml")
        self.assertNotIn("--known-at", options)
        for word in ("lapse", "clawback", "reports", "eligible", "budget", "in_kind", "amendments"):
            self.assertFalse(any(f'"{word}"' in path.read_text() for path in rules), word)


if __name__ == "__main__":
    unittest.main()
