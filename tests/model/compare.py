#!/usr/bin/env python3
"""Compare an engine with the model on random books, file by file and byte by byte.

    compare.py NOL_BINARY --seeds A..B [--kind grant] [--loans N] [--faulty] [--features shares,charge,...] [--jobs J]

Each seed makes a book; the model and `NOL_BINARY run` both compute it. Every file the model writes must be the same,
and so must the exit code. `--kind grant` takes books of grants, and does nothing while the engine has none, unless
features are named. The folder of a book that differs is kept and named; the first few are shrunk to as few accounts,
events and amendments as still differ, and printed. Exit code 1 when any differs.
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
from collections import namedtuple
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import grant_model
import model
import random_book
import random_grants
import shrink

Kind = namedtuple("Kind", "model books files accounts")  # accounts: the file with a line for each
KINDS = {
    "loan": Kind(model, random_book, ["schedule", "allocations", "arrears", "portfolio", "classes", "unidentified",
                                      "movement", "migration", "subsidy"], "arrears"),
    "grant": Kind(grant_model, random_grants, grant_model.FILES, "grant_positions"),
}  # fmt: skip
PATHS = ("--rules", "--loans", "--grants", "--events", "--plan")
SHOWN = 3  # differing lines shown per file
SHRUNK = 3  # books that are shrunk and printed


def absolute(options, folder):
    """The model runs in this process, the engine in the folder of the book."""
    before = [""] + options
    return [str(folder / word) if previous in PATHS else word for previous, word in zip(before, options)]


def run_model(kind, options, folder):
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        code = KINDS[kind].model.run(absolute(options, folder) + ["--out", str(folder / "out-model")])
    return code, errors.getvalue()


def run_engine(binary, options, folder):
    command = [binary, "run", *options, "--out", "out-nol"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    return done.returncode, done.stderr.decode(errors="replace")


def refused(path):
    """The accounts in a rejects.csv."""
    return {row["account_id"] for row in shrink.read(path)} if path.exists() else set()


def refused_otherwise(folder):
    """Lines of text saying which accounts only one of both refuses; the model of loans does not say which it does."""
    ours = refused(folder / "out-model" / "rejects.csv")
    theirs = refused(folder / "out-nol" / "rejects.csv")
    known = {row["account_id"] for path in folder.glob("grants*.csv") for row in shrink.read(path)}
    for who, only in (("the model", ours - theirs), ("nol", (theirs & known) - ours)):
        if only:
            yield f"  only {who} refuses {', '.join(sorted(only))}"


def differences(kind, folder):
    """Lines of text saying where the two outputs differ."""
    if kind == "grant":
        yield from refused_otherwise(folder)
    for name in KINDS[kind].files:
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


def run_both(binary, kind, options, folder):
    """Lines of text saying where the model and the engine differ on the book in a folder."""
    for name in ("out-model", "out-nol"):
        shutil.rmtree(folder / name, ignore_errors=True)
    code, errors = run_model(kind, options, folder)
    nol_code, nol_errors = run_engine(binary, options, folder)
    found = list(differences(kind, folder))
    if code != nol_code:
        found.insert(0, f"  exit code: model {code}, nol {nol_code}")
        found += [f"  model says: {line}" for line in errors.splitlines()[:SHOWN]]
        found += [f"  nol says: {line}" for line in nol_errors.splitlines()[:SHOWN]]
    return found


def differ(binary, kind, folder, options):
    """The same for a book that may have become nonsense; a fault of the model is a difference too."""
    try:
        return run_both(binary, kind, options, folder)
    except SystemExit:  # an option that must be there was dropped
        return []
    except Exception as fault:
        return [f"  the model fails: {fault!r}"]


def compare(binary, kind, seed, loans, faulty, features):
    """-> (accounts, text of the differences or '', folder)."""
    folder = Path(tempfile.mkdtemp(prefix=f"nol-book-{seed}-"))
    try:
        options = KINDS[kind].books.make_book(seed, folder, loans, faulty, features)
        found = run_both(binary, kind, options, folder)
        lines = folder / "out-model" / f"{KINDS[kind].accounts}.csv"
        accounts = lines.read_bytes().count(b"\n") - 1 if lines.exists() else 0
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
    parser.add_argument("--kind", choices=KINDS, default="loan")
    parser.add_argument("--loans", type=int, help="or grants: how many")
    parser.add_argument("--features", help="all, none, or names of FEATURES of its books; default: what the engine has")
    parser.add_argument("--faulty", action="store_true", help="books with refused accounts, run with --quarantine")
    parser.add_argument("--jobs", type=int, default=max(2, os.cpu_count() or 1))
    options = parser.parse_args()
    kind = options.kind
    if kind == "grant" and random_grants.engine_lacks_it(options.features):
        print("0 passed, 0 failed")
        return 0
    first, last = (int(word) for word in options.seeds.split(".."))
    binary = str(Path(options.binary).resolve())
    seeds = range(first, last + 1)
    features = KINDS[kind].books.features_of(options.features)
    passed = failed = accounts = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        results = pool.map(
            compare,
            *zip(*((binary, kind, seed, options.loans, options.faulty, features) for seed in seeds)),
            chunksize=1,
        )
        for count, text, folder in results:
            accounts += count
            if text:
                failed += 1
                print(text, flush=True)
                if failed <= SHRUNK and (folder / "options").exists():
                    fails = functools.partial(differ, binary, kind)
                    print(shrink.shrunk(folder, fails), flush=True)
            else:
                passed += 1
    print(f"{accounts} accounts")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
