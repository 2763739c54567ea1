"""The two stores of a journal, as tests need them."""

import contextlib
import itertools
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

PROGRAMS = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)


class SQLite:
    """Journals that are files in a folder."""

    name = "sqlite"

    def __init__(self, folder):
        self.folder = folder
        self.numbers = itertools.count()

    def new(self):
        """The location of a journal that is not there yet."""
        return str(self.folder / f"{next(self.numbers)}.sqlite")

    def drop(self, journal):
        for path in self.folder.glob(pathlib.Path(journal).name + "*"):
            path.unlink()

    def execute(self, journal, statement):
        with contextlib.closing(sqlite3.connect(journal)) as connection, connection:
            connection.execute(statement)


class Postgres:
    """A server of the tests' own that need not survive a power cut; its journals are schemas.

    It refuses to be run by root; nobody runs it then.
    """

    name = "postgres"

    def __init__(self, data=None):
        """`data`: an empty folder for the tables, while the log of changes stays elsewhere."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tapedeck-"))
        self.data = data or self.folder / "data"
        self.numbers = itertools.count()
        self.user = {}
        if os.getuid() == 0:
            self.user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(self.folder, "nobody", "nogroup")
        self.run(
            "initdb", "-D", self.data, "-X", self.folder / "wal", "-U", "tapedeck", "-A", "trust",
            "-N", "-E", "UTF8", "--locale=C",
        )  # fmt: skip
        self.start()

    def run(self, program, *arguments):
        # The server outlives pg_ctl and would keep a pipe open.
        subprocess.run(
            [PROGRAMS / program, *map(str, arguments)], cwd=self.folder, check=True, timeout=60,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self.user,
        )  # fmt: skip

    def control(self, *arguments):
        self.run("pg_ctl", "-D", self.data, "-w", *arguments)

    def start(self):
        settings = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
            " -c full_page_writes=off -c shared_buffers=16MB"
        )
        self.control("start", "-o", settings, "-l", self.folder / "log")

    def stop(self):
        """Ends every session at once, as a crash does."""
        self.control("stop", "-m", "immediate")

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def new(self):
        return self.location(f"journal{next(self.numbers)}")

    def location(self, schema):
        # The client library's time-out reads the wall clock, which tests set back and forth.
        return (
            f"postgresql://tapedeck@/postgres?host={self.folder}&connect_timeout=0"
            f"&options=-csearch_path%3D{schema}"
        )

    def drop(self, journal):
        schema = journal.rpartition("%3D")[2]
        self.execute(journal, f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    def execute(self, journal, statement):
        self.run("psql", "-v", "ON_ERROR_STOP=1", "-d", journal, "-c", statement)


@contextlib.contextmanager
def opened(name):
    """A store by its name, and nothing of it afterwards."""
    if name == Postgres.name:
        server = Postgres()
        try:
            yield server
        finally:
            server.remove()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield SQLite(pathlib.Path(folder))


NAMES = [SQLite.name] + [Postgres.name] * (PROGRAMS is not None)
