"""What breaks. Each fault returns when it is over; the server answers again then."""
import contextlib
import os
import signal
import subprocess
import time

OURS = "FROM pg_stat_activity WHERE application_name LIKE 'bellows%' AND datname = 'soak'"


class Faults:
    """Of one round: `round.process` is the bellows that runs now."""

    def __init__(self, servers, lines, the_round):
        self.servers, self.lines, self.round, self.random = servers, lines, the_round, the_round.random
        self.known = {  # what it is called: what it does, and how often by comparison
            "bellows killed": (self.kill, 3),
            "bellows stopped": (self.terminate, 2),
            "bellows frozen": (self.freeze, 1),
            "backends terminated": (lambda: self.ask_of_backends("pg_terminate_backend"), 3),
            "backend killed": (self.kill_backend, 1),
            "statements cancelled": (lambda: self.ask_of_backends("pg_cancel_backend"), 2),
            "server crashed": (self.crash, 1),
            "server restarted": (self.servers.restart, 1),
            "replica paused": (self.pause_replica, 2),
            "connections cut": (self.cut, 3),
            "network stalled": (lambda: self.lines.stall(self.random.uniform(0.2, 3)), 1),
            "rows locked": (self.lock_rows, 1),
            "table locked": (self.lock_table, 1),
            "lanes changed": (self.change_lanes, 1),
        }

    def one(self):
        """Its name; None where there was nothing to hit."""
        name = self.random.choices(list(self.known), [weight for _, weight in self.known.values()])[0]
        return name if self.known[name][0]() is not False else None

    def kill(self):
        self.round.process.kill()

    def terminate(self):
        self.round.process.send_signal(self.random.choice([signal.SIGTERM, signal.SIGINT]))

    def freeze(self):
        self.round.process.send_signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(0.2, 4))
        self.round.process.send_signal(signal.SIGCONT)

    def ask_of_backends(self, function):
        answer = self.servers.psql(f"SELECT count({function}(pid)) {OURS} AND random() < 0.6")
        return answer.stdout.strip() not in ("", "0")

    def kill_backend(self):
        """The server takes all others with it, and recovers."""
        pid = self.servers.psql(f"SELECT pid {OURS} ORDER BY random() LIMIT 1").stdout.strip()
        if not pid:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.3)  # it has not been noticed yet
        self.servers.value("SELECT 1")
        return True

    def crash(self):
        self.servers.cluster("crash", self.servers.primary)
        time.sleep(self.random.random())
        self.servers.restart()

    def pause_replica(self):
        for function, pause in (("pause", self.random.uniform(0.5, 5)), ("resume", 0)):
            self.servers.value(f"SELECT pg_wal_replay_{function}()", database="postgres", host=self.servers.standby)
            time.sleep(pause)

    def cut(self):
        return self.lines.cut(self.random.choice([0.4, 1]), self.random.choice([0, 0, self.random.uniform(0, 3)])) > 0

    def lock_rows(self):
        row = self.random.randint(1, self.round.rows)
        self.servers.psql(f"BEGIN; SELECT FROM items WHERE id BETWEEN {row} AND {row + 50} FOR UPDATE;"
                          f" SELECT pg_sleep({self.random.uniform(0.1, 2)}); COMMIT")

    def lock_table(self):
        self.servers.psql(f"BEGIN; SET lock_timeout = '1s'; LOCK TABLE items IN SHARE MODE;"
                          f" SELECT pg_sleep({self.random.uniform(0.1, 1)}); COMMIT")

    def change_lanes(self):
        """From another shell; it may be told that there is no backfill now, or be interrupted itself."""
        lanes = self.random.choice(["", 1, 2, 4])
        done = subprocess.run([self.round.program, "set", self.round.migration, f"lanes={lanes}"], check=False,
                              cwd=self.round.directory, env=self.round.environment, capture_output=True)
        return done.returncode == 0
