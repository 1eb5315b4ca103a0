"""A primary and its replica in a private directory, and the lines by which bellows reaches the primary."""
import contextlib
import pathlib
import random
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Wrong(Exception):
    """What must not happen whatever breaks."""


class Servers:
    def __init__(self, directory):
        self.primary, self.standby = directory / "pg", directory / "standby"
        self.cluster("start", self.primary, "max_wal_size=256MB", "wal_keep_size=512MB")
        self.cluster("standby", self.standby, self.primary, "wal_retrieve_retry_interval=200ms")

    def cluster(self, *words):
        subprocess.run([ROOT / "scripts/cluster", *map(str, words)], check=True, stdout=subprocess.DEVNULL)

    def restart(self):
        """Where a fast shutdown does not end (PostgreSQL 15, when one meets a recovery), at once."""
        try:
            self.cluster("restart", self.primary)
        except subprocess.CalledProcessError:
            self.cluster("crash", self.primary)
            self.cluster("restart", self.primary)
        self.value("SELECT 1")

    def psql(self, sql, database="soak", host=None, application="soak"):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(host or self.primary), "-U",
                   "postgres", "-d", f"dbname={database} application_name='{application}'"]
        return subprocess.run(command, input=sql, text=True, capture_output=True, check=False)

    def value(self, sql, **where):
        """Asked again until the server answers; a mistake in the question is an error."""
        for _ in range(600):
            answer = self.psql(sql, **where)
            if answer.returncode == 0:
                return answer.stdout.strip()
            if answer.returncode != 2 and "server closed the connection" not in answer.stderr \
                    and "terminating connection" not in answer.stderr:
                raise Wrong(f"{sql}\n{answer.stderr}")
            time.sleep(0.1)
        raise Wrong(f"the server does not come back: {answer.stderr}")

    def stop(self):
        self.cluster("stop", self.standby)
        self.cluster("stop", self.primary)


class Line:
    """One connection, carried by two threads."""

    def __init__(self, client, server):
        self.client, self.server, self.linger = client, server, 0

    def end(self):
        shut(self.client)
        if self.linger:  # the server has not heard of it yet
            time.sleep(self.linger)
        shut(self.server)


def shut(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


class Lines:
    """A network that can be cut and stalled: a socket in `directory`, the server's in `target` behind it."""

    def __init__(self, directory, target):
        directory.mkdir()
        self.directory, self.target = directory, str(target / ".s.PGSQL.5432")
        self.passable, self.lock, self.lines = threading.Event(), threading.Lock(), set()
        self.passable.set()
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(directory / ".s.PGSQL.5432"))
        self.listening.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, server = self.listening.accept()[0], socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.target)
            except OSError:  # no server: as if its port were closed
                shut(client)
                continue
            line = Line(client, server)
            with self.lock:
                self.lines.add(line)
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=(line, *ends), daemon=True).start()

    def carry(self, line, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.passable.wait()
                sink.sendall(data)
        with self.lock:
            if line not in self.lines:
                return
            self.lines.remove(line)
        line.end()

    def cut(self, share, linger):
        """Some lines, at once; the server learns of it `linger` seconds later. Tells how many."""
        with self.lock:
            chosen = [line for line in self.lines if random.random() < share]
        for line in chosen:
            line.linger = linger
            with contextlib.suppress(OSError):
                line.client.shutdown(socket.SHUT_RDWR)
        return len(chosen)

    def stall(self, seconds):
        self.passable.clear()
        time.sleep(seconds)
        self.passable.set()
