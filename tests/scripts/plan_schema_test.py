#!/usr/bin/python3
"""plans/plan.schema.json against what bellows writes: every plan passes, and a spoilt one does not.

    plan_schema_test.py BELLOWS ROOT
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

BELLOWS, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])

# One migration for each form that a plan can take.
MIGRATIONS = {
    "1_users": "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) NOT NULL, role text);",
    "2_index": "CREATE INDEX CONCURRENTLY users_name ON users (name);",
    "3_indexed_rename": "-- bellows: key id\n-- bellows: batch 500\nALTER TABLE users RENAME COLUMN name TO \"Dis play\";",
    "4_values": "-- bellows: using t = upper(role)\n-- bellows: reverse role = lower(t)\n"
                "ALTER TABLE users RENAME COLUMN role TO t;",
    "5_data": "-- bellows: batch 100\nUPDATE users SET role = 'admin' WHERE id < 10;",
    "5_delete": "DELETE FROM users WHERE role = 'guest';",
    "5_copy_target": "CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);",
    "5_copy_to_it": "INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE SELECT id, upper(name) FROM users "
                    "ON CONFLICT (id) DO NOTHING;",
    "5_no_key": "CREATE TABLE lines (line text);",
    "5_without_key": "UPDATE lines SET line = upper(line);",
    "6_unknown": "-- bellows: allow unknown-statement because it only warns\nDO $$ BEGIN RAISE WARNING 'hm'; END $$;",
}


def written_by_bellows():
    with tempfile.TemporaryDirectory() as directory:
        here = pathlib.Path(directory)
        (here / "migrations").mkdir()
        (here / "plans").mkdir()
        for name, text in MIGRATIONS.items():
            (here / "migrations" / f"{name}.sql").write_text(text + "\n")
        for name in sorted(MIGRATIONS):
            ran = subprocess.run([BELLOWS, "plan", "--print", name], cwd=here, capture_output=True, text=True,
                                 check=False)
            if ran.returncode != 0:
                sys.exit(f"bellows plan {name}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
            yield name, yaml.safe_load(ran.stdout)


def spoilt(plan):
    """The plan with one thing wrong, in every way that the format forbids."""
    def variant(what, change):
        other = copy.deepcopy(plan)
        change(other)
        return what, other

    yield variant("another version", lambda p: p.update(bellows=2))
    yield variant("an unknown key", lambda p: p.update(expnad=[]))
    yield variant("a query that is no text", lambda p: p.update(queries={"a": 1}))
    yield variant("no hash", lambda p: p["source"].update(meaning="none"))
    for required in ("bellows", "migration", "source", "made_for"):
        yield variant(f"no {required}", lambda p, key=required: p.pop(key))
    for phase in ("expand", "backfill", "contract"):
        for number, step in enumerate(plan.get(phase, [])):
            def at(p, phase=phase, number=number):
                return p[phase][number]
            yield variant(f"{phase}: an unnamed step", lambda p, at=at: at(p).pop("step"))
            yield variant(f"{phase}: an unknown key", lambda p, at=at: at(p).update(retries=3))
            yield variant(f"{phase}: two actions", lambda p, at=at: at(p).update(
                {"gate": {"kind": "quiet", "sequence": "s"}, "sql": ["SELECT 1"]}))
            if "trial" in step:
                yield variant(f"{phase}: a trial outside a transaction", lambda p, at=at: at(p).update(transaction="none"))
                yield variant(f"{phase}: a trial of nothing", lambda p, at=at: at(p).update(trial=[]))
            else:
                yield variant(f"{phase}: a trial of no table", lambda p, at=at: at(p).update(trial="users"))
            if "done_when" in step:
                yield variant(f"{phase}: a query of no name", lambda p, at=at: at(p).update(done_when={"see": 1}))
                yield variant(f"{phase}: a query by another key", lambda p, at=at: at(p).update(done_when={"sea": "x"}))
            if "locks" in step:
                yield variant(f"{phase}: no lock mode", lambda p, at=at: at(p).update(locks={"t": "STRONG"}))
            if "batch" in step:
                yield variant(f"{phase}: neither a key nor a condition", lambda p, at=at: (
                    at(p)["batch"].update(key=[]), at(p)["batch"].pop("where", None)))
                yield variant(f"{phase}: no key", lambda p, at=at: at(p)["batch"].pop("key"))
                yield variant(f"{phase}: two things at once", lambda p, at=at: at(p)["batch"].update(
                    {"set": {"a": "1"}, "delete": True}))
                for what in ("set", "delete", "copy"):
                    if what in step["batch"]:
                        yield variant(f"{phase}: nothing to do", lambda p, at=at, what=what: at(p)["batch"].pop(what))
            if "copy" in step.get("batch", {}):
                yield variant(f"{phase}: no target", lambda p, at=at: at(p)["batch"]["copy"].pop("into"))
                yield variant(f"{phase}: overriding all", lambda p, at=at: at(p)["batch"]["copy"].update(overriding="ALL"))


def main():
    schema = json.loads((ROOT / "plans/plan.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    plans = [(path.name, yaml.safe_load(path.read_text())) for path in sorted((ROOT / "plans").glob("*.yaml"))]
    own = list(written_by_bellows())
    failures = 0
    kinds = set()
    for name, plan in plans + own:
        for error in validator.iter_errors(plan):
            failures += 1
            print(f"FAILED: {name}: {error.json_path}: {error.message}")
        for what, other in spoilt(plan):
            if validator.is_valid(other):
                failures += 1
                print(f"FAILED: {name}: {what} passes")
        for phase in ("expand", "backfill", "contract"):
            for step in plan.get(phase, []):
                kinds |= {kind for kind in ("sql", "batch", "verify", "gate") if kind in step}
    if len(own) != len(MIGRATIONS) or kinds != {"sql", "batch", "verify", "gate"}:
        failures += 1
        print(f"FAILED: {len(own)} plans, with {sorted(kinds)}")
    print(f"{len(plans) + len(own)} plans, {failures} failures")
    sys.exit(1 if failures else 0)


main()
