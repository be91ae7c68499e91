#!/usr/bin/env python3
"""Compare an engine with the model on random books, file by file and byte by byte.

    compare.py NOL_BINARY --seeds A..B [--loans N] [--faulty] [--features shares,charge,...] [--jobs J]

Each seed makes a book; the model and `NOL_BINARY run` both compute it. Every file the model writes must be the same,
and so must the exit code. The folder of a book that differs is kept and named; the first few are shrunk to as few
loans, events and amendments as still differ, and printed. Exit code 1 when any differs.
"""
import argparse
import contextlib
import functools
import io
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import model
import random_book
import shrink

FILES = ["schedule", "allocations", "arrears", "portfolio", "classes", "unidentified", "movement", "migration",
         "subsidy"]  # fmt: skip
PATHS = ("--rules", "--loans", "--events", "--plan")
SHOWN = 3  # differing lines shown per file
SHRUNK = 3  # books that are shrunk and printed


def absolute(options, folder):
    """The model runs in this process, the engine in the folder of the book."""
    before = [""] + options
    return [str(folder / word) if previous in PATHS else word for previous, word in zip(before, options)]


def run_model(options, folder):
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        code = model.run(absolute(options, folder) + ["--out", str(folder / "out-model")])
    return code, errors.getvalue()


def run_engine(binary, options, folder):
    command = [binary, "run", *options, "--out", "out-nol"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    return done.returncode, done.stderr.decode(errors="replace")


def differences(folder):
    """Lines of text saying where the two outputs differ."""
    for name in FILES:
        ours, theirs = (folder / out / f"{name}.csv" for out in ("out-model", "out-nol"))
        if not ours.exists() and not theirs.exists():
            continue
        if not ours.exists() or not theirs.exists():
            yield f"  {name}.csv: only written by {'the model' if ours.exists() else 'nol'}"
            continue
        ours, theirs = ours.read_bytes(), theirs.read_bytes()
        if ours == theirs:
            continue
        pairs = itertools.zip_longest(ours.split(b"\n"), theirs.split(b"\n"))
        wrong = [(line, a, b) for line, (a, b) in enumerate(pairs, 1) if a != b]
        for line, a, b in wrong[:SHOWN]:
            yield f"  {name}.csv line {line}"
            for who, text in (("model", a), ("nol", b)):
                yield f"    {who:<5} " + ("(no such line)" if text is None else text.decode(errors="backslashreplace"))
        if len(wrong) > SHOWN:
            yield f"  {name}.csv: {len(wrong) - SHOWN} more lines differ"


def run_both(binary, options, folder):
    """Lines of text saying where the model and the engine differ on the book in a folder."""
    for name in ("out-model", "out-nol"):
        shutil.rmtree(folder / name, ignore_errors=True)
    code, errors = run_model(options, folder)
    nol_code, nol_errors = run_engine(binary, options, folder)
    found = list(differences(folder))
    if code != nol_code:
        found.insert(0, f"  exit code: model {code}, nol {nol_code}")
        found += [f"  model says: {line}" for line in errors.splitlines()[:SHOWN]]
        found += [f"  nol says: {line}" for line in nol_errors.splitlines()[:SHOWN]]
    return found


def differ(binary, folder, options):
    """The same for a book that may have become nonsense; a fault of the model is a difference too."""
    try:
        return run_both(binary, options, folder)
    except SystemExit:  # an option that must be there was dropped
        return []
    except Exception as fault:
        return [f"  the model fails: {fault!r}"]


def compare(binary, seed, loans, faulty, features):
    """-> (accounts, text of the differences or '', folder)."""
    folder = Path(tempfile.mkdtemp(prefix=f"nol-book-{seed}-"))
    try:
        options = random_book.make_book(seed, folder, loans, faulty, features)
        found = run_both(binary, options, folder)
        arrears = folder / "out-model" / "arrears.csv"
        accounts = arrears.read_bytes().count(b"\n") - 1 if arrears.exists() else 0
    except Exception:  # a fault of the model or the generator is a failure of this seed
        accounts, found = 0, ["  " + line for line in traceback.format_exc().splitlines()]
    if not found:
        shutil.rmtree(folder)
        return accounts, "", folder
    return accounts, "\n".join([f"seed {seed}{' --faulty' if faulty else ''}: {folder}"] + found), folder


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seeds", required=True, help="A..B, both included")
    parser.add_argument("--loans", type=int)
    parser.add_argument("--features", help="all, none, or names of random_book.FEATURES; default: what the engine has")
    parser.add_argument("--faulty", action="store_true", help="books with refused accounts, run with --quarantine")
    parser.add_argument("--jobs", type=int, default=max(2, os.cpu_count() or 1))
    options = parser.parse_args()
    first, last = (int(word) for word in options.seeds.split(".."))
    binary = str(Path(options.binary).resolve())
    seeds = range(first, last + 1)
    features = random_book.features_of(options.features)
    passed = failed = accounts = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        results = pool.map(
            compare, *zip(*((binary, seed, options.loans, options.faulty, features) for seed in seeds)), chunksize=1
        )
        for count, text, folder in results:
            accounts += count
            if text:
                failed += 1
                print(text, flush=True)
                if failed <= SHRUNK and (folder / "options").exists():
                    fails = functools.partial(differ, binary)
                    print(shrink.shrunk(folder, fails), flush=True)
            else:
                passed += 1
    print(f"{accounts} accounts")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
