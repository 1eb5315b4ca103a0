#!/usr/bin/python3
"""`bellows check --format sarif` against the schema of SARIF 2.1.0.

    sarif_schema_test.py BELLOWS ROOT
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema

BELLOWS, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()

# What a file can hold besides a hundred ordinary migrations, from standard input.
TEXTS = {
    "nothing": "",
    "a comment": "-- only words\n",
    "safe": "CREATE TABLE t (id int PRIMARY KEY);\n",
    "no SQL": "ALTER TABEL t ADD x int;\n",
    "newer than the parser": "ALTER TABLE t ADD CONSTRAINT c NOT NULL x NOT VALID;\nSELECT JSON_TABLE 1;\n",
    "other letters": "CREATE TABLE \"ta\u00dfen \U0001f9ed\" (x int); ALTER TABLE \"ta\u00dfen \U0001f9ed\" RENAME x TO \"\u00fc\";\n",
    "allowed": "-- bellows: allow drop-column because nobody reads it\nALTER TABLE t DROP COLUMN x;\n",
}


def check(arguments, text=None):
    ran = subprocess.run([BELLOWS, "check", "--format", "sarif", *arguments], cwd=ROOT, input=text,
                         capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 5):
        sys.exit(f"bellows check {arguments}: exit {ran.returncode}\n{ran.stderr}")
    return json.loads(ran.stdout)


def documents():
    yield "the sample project", check(["migrations"])
    yield "a hundred migrations", check(["tests/planner/history"])
    for name, text in TEXTS.items():
        yield name, check(["-"], text)


def spoilt(document):
    def variant(what, change):
        other = copy.deepcopy(document)
        change(other)
        return what, other

    yield variant("no version", lambda d: d.pop("version"))
    yield variant("an unknown level", lambda d: d["runs"][0]["results"][0].update(level="fatal"))
    yield variant("a result without a message", lambda d: d["runs"][0]["results"][0].pop("message"))
    yield variant("line 0", lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
                  .update(startLine=0))


def main():
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / "tests/schemas/sarif-2.1.0.json").read_text()))
    failures, results = 0, 0
    for name, document in documents():
        found = document["runs"][0]["results"]
        results += len(found)
        for error in validator.iter_errors(document):
            failures += 1
            print(f"FAILED: {name}: {error.json_path}: {error.message[:300]}")
        for what, other in spoilt(document) if found else ():
            if validator.is_valid(other):
                failures += 1
                print(f"FAILED: {name}: {what} passes")
    if results < 50:
        failures += 1
        print(f"FAILED: {results} results say little")
    print(f"{results} results, {failures} failures")
    sys.exit(1 if failures else 0)


main()
