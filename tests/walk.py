"""python3 tests/walk.py NOL DOC.md

Do what a walk-through says, in an empty folder beside the example book: write each ```yaml block to the file that is named
last before it in `backquotes`, run each ```sh block, and compare what it prints with the ```text block right after it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def blocks(text):
    """(language, content, what stands before it)"""
    at = 0
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield match[1], match[2], text[at:match.start()]
        at = match.end()


def main():
    nol, doc = os.path.abspath(sys.argv[1]), sys.argv[2]
    with open(doc, encoding="utf-8") as file:
        steps = list(blocks(file.read()))
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(nol, os.path.join(folder, "bin", "nol"))
        for name in ("rules", "examples"):
            shutil.copytree(os.path.join(HERE, name), os.path.join(folder, name))
        environment = {**os.environ, "PATH": os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]}
        for i, (language, content, before) in enumerate(steps):
            if language == "yaml":
                name = re.findall(r"`([^`\s]+\.yaml)`", before)[-1]
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(content)
            elif language == "sh":
                told = steps[i + 1][1] if i + 1 < len(steps) and steps[i + 1][0] == "text" else ""
                done = subprocess.run(["sh", "-c", content], cwd=folder, env=environment, text=True, check=False,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                if done.stdout == told:
                    passed += 1
                else:
                    failed += 1
                    print(f"{doc}: this prints something else than the text after it:\n{content}\n--- it prints:\n{done.stdout}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
