"""What happens to a running service when its store takes no writes: the disk is full, or the database
has become read-only. `hold` looks at what is refused, what goes on, and what is there afterwards."""

import json
import os
import pathlib
import subprocess
import time

from service import Client

# A write that is refused may be small enough to fit into what is left: each kind is sent until it
# is refused.
MOST_WRITES = 3_000
RECOVERY_SECONDS = 10


class FullDisk:
    """A file system of its own for the database, which a file can fill to the last byte; where
    mounting is not permitted, a limit on the size of the files that the service writes."""

    name = "disk full"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "attune", str(self.folder)],
                                 capture_output=True, text=True, check=False)
        self.mounted = mounted.returncode == 0
        self.why = "" if self.mounted else \
            f"by a limit on file sizes, for mounting is not permitted: {mounted.stderr.strip()}"
        self.says = "the disk is full" if self.mounted else "cannot be written"

    def begin(self, server):
        if not self.mounted:
            log = self.folder / "b.db-wal"
            # What is there may be written again: a size that the next write needs more than.
            size = log.stat().st_size if log.exists() else 0
            subprocess.run(["prlimit", "--pid", str(server.process.pid), f"--fsize={size}:"], check=True)
            return
        with open(self.folder / "ballast", "wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                try:
                    while ballast.write(b"x" * size):
                        pass
                except OSError:
                    pass

    def end(self, server):
        if self.mounted:
            (self.folder / "ballast").unlink()
        else:
            subprocess.run(["prlimit", "--pid", str(server.process.pid), "--fsize=unlimited:"], check=True)

    def close(self):
        if self.mounted:
            subprocess.run(["umount", str(self.folder)], check=True)


class ReadOnly:
    """The database and its log are made immutable, which holds for those who have them open too."""

    name = "read-only database"
    says = "read-only"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        probe = self.folder / "probe"
        probe.touch()
        self.why = self.chattr("+i", probe) or self.chattr("-i", probe)
        if not self.why and not self.holds_for_the_open(probe):
            self.why = "an open file of this file system takes writes even when it is immutable"
        self.possible = not self.why
        probe.unlink()

    def holds_for_the_open(self, probe):
        with open(probe, "wb", buffering=0) as opened:
            self.chattr("+i", probe)
            try:
                opened.write(b"x")
                return False
            except OSError:
                return True
            finally:
                self.chattr("-i", probe)

    @staticmethod
    def chattr(flag, *files):
        """What kept it from being done; empty: nothing did."""
        try:
            done = subprocess.run(["chattr", flag, *map(str, files)], capture_output=True, text=True,
                                  check=False)
        except OSError as error:
            return str(error)
        return done.stderr.strip()

    def files(self):
        return [file for file in (self.folder / "b.db", self.folder / "b.db-wal") if file.exists()]

    def begin(self, _server):
        assert not self.chattr("+i", *self.files())

    def end(self, _server):
        assert not self.chattr("-i", *self.files())

    def close(self):
        self.chattr("-i", *self.files())


def wait_until(condition, seconds):
    """Whether it comes to be so in that time, and after how long."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return True, time.monotonic() - began
        time.sleep(0.05)
    return condition(), time.monotonic() - began


class Held:
    """One service under one fault."""

    def __init__(self, acceptance, fault, server):
        self.a = acceptance
        self.fault = fault
        self.server = server
        self.admin = server.administrator()
        self.app = server.api_key(["events:write", "customers:read", "customers:write", "recommend",
                                   "products:read", "decisions:read", "export"])
        self.customers = [user["id"] for user in self.app.get("/api/users?limit=100").json()["users"]]
        self.products = [one["id"] for one in self.app.get("/api/products?limit=100").json()["products"]]
        self.number = 0
        self.acknowledged = set()  # ids of events
        self.refused = []          # calls to send again, as they were
        self.decisions = []        # made during the fault

    def expect(self, what, condition, seen=""):
        self.a.expect(f"{self.fault.name}: {what}", condition, seen)

    def event(self):
        self.number += 1
        return {"id": f"f-{self.fault.name.replace(' ', '-')}-{self.number}",
                "customer_id": self.customers[self.number % len(self.customers)],
                "product_id": self.products[self.number % len(self.products)], "type": "view"}

    def batch(self):
        return ("events", "POST", "/api/events", {"events": [self.event() for _ in range(20)]})

    def one_event(self):
        return ("an event", "POST", "/api/events", self.event())

    def user(self):
        self.number += 1
        return ("a customer replaced", "PUT", f"/api/users/{self.customers[0]}",
                {"id": self.customers[0], "kind": "person", "name": f"Name {self.number}"})

    def account(self):
        self.number += 1
        return ("an account", "POST", "/api/accounts", {"name": f"adviser-{self.number}", "role": "adviser"})

    def setting(self):
        self.number += 1
        return ("a setting", "PATCH", "/api/settings", {"ranking.mmr_lambda": 0.5 + self.number % 40 / 100})

    def job(self):
        return ("a job", "POST", "/api/jobs", {"kind": "recommend_all", "n": 1})

    def send(self, call):
        what, method, path, body = call
        client = self.app if path.startswith(("/api/events", "/api/users")) else self.admin
        answer = client.call(method, path, body, {"Idempotency-Key": json.dumps(body)[:200]}
                             if path == "/api/events" else None)
        if answer.status == 202 and path == "/api/events":
            self.acknowledged.update(answer.json()["ids"])
        return answer

    def send_until_refused(self, make):
        for _ in range(MOST_WRITES):
            call = make()
            answer = self.send(call)
            if answer.status >= 400:
                return call, answer
        return call, answer

    def check_refused(self):
        for make in (self.batch, self.user, self.account, self.setting, self.job, self.one_event):
            call, answer = self.send_until_refused(make)
            what = call[0]
            problem = answer.json() if answer.status >= 400 else {}
            self.expect(f"{what} is answered 503", answer.status == 503, f"{answer.status} {answer.body[:200]}")
            self.expect(f"{what}: says when to come back", int(answer.header("retry-after") or 0) > 0)
            self.expect(f"{what}: is a problem that says what is wrong",
                        problem.get("code") == "unavailable" and self.fault.says in problem.get("detail", ""),
                        problem)
            self.expect(f"{what}: names no folder of the machine",
                        str(self.fault.folder) not in answer.body.decode(), problem)
            self.refused.append(call)

    def check_reads(self):
        for path in ("/healthz", "/api/users?limit=10", f"/api/users/{self.customers[1]}", "/api/products?limit=10",
                     f"/api/events?customer_id={self.customers[1]}"):
            answer = self.app.get(path)
            self.expect(f"GET {path.split('?')[0]} goes on", answer.status == 200, answer.status)
        for customer in self.customers[:20]:
            answer = self.app.get(f"/api/recommend?user_id={customer}&n=3")
            listed = answer.json().get("recommendations", []) if answer.status == 200 else []
            self.expect("recommendations go on", len(listed) > 0, f"{answer.status} {answer.body[:200]}")
            self.decisions.append(answer.json().get("decision_id"))
        told, _ = wait_until(lambda: self.ready_check("writes") is False, RECOVERY_SECONDS)
        ready = Client(self.server.port).get("/readyz")
        self.expect("/readyz tells it", told and ready.status == 503, ready.body[:300])
        self.expect("/readyz says why", self.fault.says in ready.json()["checks"]["writes"]["detail"], ready.body)

    def ready_check(self, name):
        return Client(self.server.port).get("/readyz").json()["checks"][name]["ok"]

    def check_recovery(self):
        call = self.refused[-1]
        again, seconds = wait_until(lambda: self.send(call).status < 400, RECOVERY_SECONDS)
        self.expect("writes work again", again)
        for call in self.refused:
            answer = self.send(call)
            done = answer.status < 400 or answer.status == 409 and "adviser" in str(call)
            self.expect(f"{call[0]} that was refused is done when it is sent again", done,
                        f"{answer.status} {answer.body[:200]}")
        told, _ = wait_until(lambda: self.ready_check("writes"), RECOVERY_SECONDS)
        self.expect("/readyz tells that it is over", told)
        return seconds

    def check_nothing_lost(self):
        lines = self.app.get("/export?kind=events&format=jsonl").body.decode().splitlines()
        ids = [one for one in (json.loads(line)["id"] for line in lines) if one.startswith("f-")]
        sent_again = {event["id"] for _, _, path, body in self.refused if path == "/api/events"
                      for event in body.get("events", [body])}
        self.expect("no acknowledged event is missing", not self.acknowledged - set(ids),
                    len(self.acknowledged - set(ids)))
        self.expect("no event is there twice", len(ids) == len(set(ids)), len(ids) - len(set(ids)))
        self.expect("nothing is there that was not acknowledged", set(ids) <= self.acknowledged,
                    len(set(ids) - self.acknowledged))
        self.expect("what was refused is there once it was sent again", sent_again <= set(ids))
        renamed = next(body["name"] for _, method, _, body in self.refused if method == "PUT")
        seen = self.app.get(f"/api/users/{self.customers[0]}").json().get("name")
        self.expect("the customer has the name sent last", seen == renamed, seen)
        stored, _ = wait_until(lambda: all(self.app.get(f"/api/decisions/{one}").status == 200
                                           for one in self.decisions), RECOVERY_SECONDS)
        self.expect("every decision made meanwhile is stored", stored and all(self.decisions))

    def run(self):
        before = self.server.process.pid
        for _ in range(5):
            self.expect("before it, events are acknowledged", self.send(self.batch()).status == 202)
        self.fault.begin(self.server)
        try:
            self.check_refused()
            self.check_reads()
        finally:
            self.fault.end(self.server)
        seconds = self.check_recovery()
        self.check_nothing_lost()
        self.expect("the service is the same process", self.server.process.poll() is None
                    and self.server.process.pid == before and os.path.exists(f"/proc/{before}"))
        return seconds


def hold(acceptance, fault, server):
    """Takes a running service, with a database named b.db in the folder of the fault, through it;
    returns after how many seconds writes worked again."""
    return Held(acceptance, fault, server).run()
