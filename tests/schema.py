"""python3 tests/schema.py NOL [--schema]

Rule files that nol takes fit rules/nol-rules.schema.json; those of tests/broken-rules/ are refused by `nol check` at
the place that was counted by hand, and by the schema where it can know.  With --schema the schema is judged by
jsonschema, fed by ruamel.yaml read as the core schema of YAML 1.2 has it.  The last line is `N passed, N failed`.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = TOP / "rules" / "nol-rules.schema.json"
FIRST_LINE = "# yaml-language-server: $schema=nol-rules.schema.json"
MESSAGE = re.compile(r"nol: [^:]*:(\d+):(\d+): (.*) \[([a-z-]+)\]")
EXPECTED = re.compile(r"> (\d+):(\d+) ([a-z-]+): (.*)")

passed = failed = 0


def verdict(name, problems):
    global passed, failed
    if not problems:
        passed += 1
        return
    failed += 1
    print(f"{name}:")
    for problem in problems:
        print(f"    {problem}")


def check(nol, path, *options):
    """The messages of nol check on one file as (line, column, slug, text), and its status."""
    run = subprocess.run([nol, "check", path, *options], capture_output=True, text=True, check=False)
    found = [MESSAGE.fullmatch(line) for line in run.stderr.splitlines()]
    return [(int(m[1]), int(m[2]), m[4], m[3]) if m else (0, 0, "", "no message of nol") for m in found], run.returncode


# --- the schema, judged by others ---


class Refused(Exception):
    """What the reader of YAML does not take."""


# The core schema of YAML 1.2, section 10.3.2: what a plain scalar is; a quoted one is a string.
CORE = (
    (re.compile(r"null|Null|NULL|~|"), lambda text: None),
    (re.compile(r"true|True|TRUE"), lambda text: True),
    (re.compile(r"false|False|FALSE"), lambda text: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)


def construct(node):
    if node.id == "scalar":
        if node.style is None:
            for pattern, make in CORE:
                if pattern.fullmatch(node.value):
                    return make(node.value)
        return node.value
    if node.id == "sequence":
        return [construct(item) for item in node.value]
    made = {str(construct(key)): construct(value) for key, value in node.value}
    if len(made) < len(node.value):
        raise Refused("a key stands twice")
    return made


def read_yaml(text):
    import ruamel.yaml

    try:
        return construct(ruamel.yaml.YAML(typ="rt", pure=True).compose(text))
    except ruamel.yaml.error.YAMLError as error:
        raise Refused(str(error).splitlines()[0]) from error


def make_judge():
    """A function that says what the schema finds in a text."""
    import jsonschema

    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    def judge(text):
        try:
            tree = read_yaml(text)
        except Refused as error:
            return [f"not read: {error}"]
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(tree)]

    return judge


# --- good files ---


def shipped(nol, judge):
    """Well-formed, and strictly so, but for the findings that a line `# strict: SLUG...` of the file admits."""
    for path in sorted(TOP.glob("rules/*.yaml")):
        text = path.read_text()
        admitted = {slug for line in re.findall(r"^# strict: (.*)", text, re.M) for slug in line.split()}
        found = check(nol, path, "--strict")[0]
        problems = [f"nol check --strict: {message}" for message in found if message[2] not in admitted]
        problems += [f"admits {slug}, which is not found" for slug in admitted - {message[2] for message in found}]
        if text.splitlines()[0] != FIRST_LINE:
            problems.append(f"the first line is not {FIRST_LINE}")
        problems += judge(text) if judge else []
        verdict(f"rules/{path.name}", problems)


def every_valid(nol, judge):
    """Whatever nol check takes fits the schema: the files of all golden cases."""
    for path in sorted(TOP.glob("golden/**/*.yaml")):
        relative = path.relative_to(TOP)
        if "files" in relative.parts or path.name.endswith(".test.yaml") or check(nol, path)[1] != 0:
            continue
        verdict(relative, judge(path.read_text(encoding="utf-8-sig")))


# --- broken files ---


def cases(text):
    """(name, changes by line, expected messages, whether the schema refuses it) of each case."""
    for block in re.split(r"^case ", text, flags=re.M)[1:]:
        name, *lines = block.rstrip().split("\n")
        changes, expected, schema = {}, [], False
        for line in lines:
            if line.startswith(">"):
                found = EXPECTED.fullmatch(line)
                expected.append((int(found[1]), int(found[2]), found[3], found[4]))
            elif line == "schema":
                schema = True
            else:
                at, sign, new = re.fullmatch(r"(\d+)([-|])(.*)", line).groups()
                changes.setdefault(int(at), []).extend([new] if sign == "|" else [])
        yield name, changes, expected, schema


def broken_text(base, changes):
    lines = []
    for number, line in enumerate(base.splitlines(), 1):
        lines += changes.get(number, [line])
    return "\n".join(lines) + "\n"


def broken(nol, judge, folder):
    here = TOP / "tests" / "broken-rules"
    base = (here / "base.yaml").read_text()
    verdict("base.yaml", [str(found) for found in check(nol, here / "base.yaml")[0]] + (judge(base) if judge else []))
    names = set()
    for name, changes, expected, schema in cases((here / "cases.txt").read_text()):
        path = folder / f"{name}.yaml"
        text = broken_text(base, changes)
        path.write_text(text)
        found, status = check(nol, path)
        problems = [] if status == 1 else [f"exit status {status}"]
        if [message[:3] for message in found] != [message[:3] for message in expected]:
            problems.append(f"found {found}, expected {expected}")
        for message, wanted in zip(found, expected):
            if wanted[3] not in message[3]:
                problems.append(f"'{message[3]}' does not say '{wanted[3]}'")
        if schema and judge and not judge(text):
            problems.append("the schema takes it")
        if name in names or not expected:
            problems.append("a case has a name and messages of its own")
        names.add(name)
        verdict(f"broken-rules: {name}", problems)
    verdict("broken-rules", [] if len(names) >= 40 else ["fewer than 40 cases"])


def main():
    nol = str(pathlib.Path(sys.argv[1]).resolve())
    judge = make_judge() if "--schema" in sys.argv[2:] else None
    shipped(nol, judge)
    if judge:
        every_valid(nol, judge)
    with tempfile.TemporaryDirectory() as folder:
        broken(nol, judge, pathlib.Path(folder))
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
