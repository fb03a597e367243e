"""What the acceptance programs of the service share: a running server, and calls to it."""

import http.client
import json
import re
import signal
import subprocess
import time

from harness import ATTUNE


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def cookies(self):
        """The cookies it sets, by name."""
        pairs = (value.split(";")[0].split("=", 1) for name, value in self.headers
                 if name.lower() == "set-cookie")
        return dict(pairs)

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Client:
    """One connection that is kept; credentials go with every call."""

    def __init__(self, port, token=None, timeout=60):
        self.port = port
        self.token = token
        self.timeout = timeout
        self.cookies = {}
        self.connection = None

    def call(self, method, path, body=None, headers=None):
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            sent.setdefault("X-CSRF-Token", self.cookies.get("attune_csrf", ""))
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                             timeout=self.timeout)
            try:
                self.connection.request(method, path, body, sent)
                response = self.connection.getresponse()
                return Answer(response.status, response.getheaders(), response.read())
            except (ConnectionError, http.client.HTTPException):
                # A kept connection may have been closed since the last call.
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def get(self, path, **headers):
        return self.call("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.call("POST", path, {} if body is None else body, headers)

    def sign_in(self, name, password):
        answer = self.post("/api/auth/sign-in", {"name": name, "password": password})
        self.cookies.update(answer.cookies())
        return answer


class Server:
    """`attune serve` on a port that is free, until `stop` or `kill`."""

    PASSWORD = "a long pass phrase, 1"

    def __init__(self, folder, database, *arguments, environment=None):
        self.folder = folder
        self.database = database
        self.arguments = arguments
        self.environment = environment
        self.password = None
        self.log = open(f"{folder}/serve.log", "a", encoding="utf-8")
        self.start()

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [str(ATTUNE), "serve", "--database", self.database, "--port", "0", *self.arguments],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=self.environment)
        self.port = None
        for line in self.process.stdout:
            if found := re.search(r"^ {6}(\S+)$", line):
                self.password = found.group(1)
            if found := re.search(r"serves at \S+:(\d+)/", line):
                self.port = int(found.group(1))
                break
        if self.port is None:
            raise SystemExit(f"attune serve ended with {self.process.wait()}; see its log:\n"
                             + open(self.log.name, encoding="utf-8").read()[-2000:])
        self.start_seconds = time.monotonic() - began

    def administrator(self):
        """A client that has signed in, after the one-time password was changed."""
        client = Client(self.port)
        if self.password:
            client.sign_in("administrator", self.password)
            changed = client.post("/api/auth/password", {"current_password": self.password,
                                                         "new_password": self.PASSWORD})
            assert changed.status == 204, changed.body
            self.password = None
            client = Client(self.port)
        answer = client.sign_in("administrator", self.PASSWORD)
        assert answer.status == 200, answer.body
        return client

    def api_key(self, scopes, name="acceptance"):
        """A client with a key that has these scopes."""
        answer = self.administrator().post("/api/keys", {"name": name, "scopes": scopes})
        assert answer.status == 201, answer.body
        return Client(self.port, token=answer.json()["secret"])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def num_descriptors(self):
        return len(subprocess.run(["ls", f"/proc/{self.process.pid}/fd"], capture_output=True,
                                  text=True, check=True).stdout.split())
