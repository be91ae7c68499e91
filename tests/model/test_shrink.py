#!/usr/bin/env python3
"""A failing book becomes small, and what makes it fail stays."""
import csv
import tempfile
import unittest
from pathlib import Path

import random_book
import shrink


class Shrink(unittest.TestCase):
    def test_one_event_is_left(self):
        def fails(folder, options):
            rows = [row for name in shrink.values(options, "--events") for row in shrink.read(folder / name)]
            return [f"repay {row['event_id']}" for row in rows if row["type"] == "repay"]

        with tempfile.TemporaryDirectory() as folder:
            random_book.make_book(2, folder, 12, False)
            text = shrink.shrunk(Path(folder), fails)
        self.assertEqual(text.count("\n  loan "), 1)
        self.assertEqual([line.split()[0] for line in text.split("\n") if "type=" in line], ["event"])
        self.assertIn("type=repay", text)

    def test_features(self):
        # a switch per feature: by default no book has one that the engine lacks
        off = {name for name, known in random_book.FEATURES.items() if not known}
        self.assertFalse(random_book.features_of(None) & off)
        self.assertEqual(random_book.features_of("charge,shares"), {"charge", "shares"})
        with self.assertRaises(SystemExit):
            random_book.features_of("chrage")
        with tempfile.TemporaryDirectory() as folder:
            options = random_book.make_book(3, folder, 12, False, random_book.features_of("charge"))
            rows = []
            for name in shrink.values(options, "--events"):
                with open(Path(folder, name), newline="", encoding="utf-8-sig") as file:
                    rows += csv.DictReader(file)
        self.assertIn("charge", {row["type"] for row in rows})


if __name__ == "__main__":
    unittest.main()
