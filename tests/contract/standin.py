"""The stand-in for Mattermost as a process of its own, and how to talk to it."""
import http.client
import json
import os
import subprocess
import tempfile


class Standin:
    """One running stand-in; `with` ends it."""

    def __init__(self, version, world):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as setup:
            json.dump(world, setup)
            setup.flush()
            self.process = subprocess.Popen(
                [os.environ["MATTERMOST_STANDIN"], "--version", version, "--setup", setup.name],
                stdout=subprocess.PIPE, text=True)
            ports = json.loads(self.process.stdout.readline())
        self.version = version
        self.port = ports["port"]
        self.control_port = ports["control_port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        assert status == 0, f"the stand-in ended with status {status}"

    def control(self, name, body=None):
        """Carries out one control and gives its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=20)
        connection.request("POST", f"/_standin/{name}", json.dumps(body or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, f"control {name}: {answer.status} {text}"
        return json.loads(text)

    def post_count(self):
        return self.control("state")["posts"]

    def ask(self, request):
        """Sends a request on a connection of its own: (status, [(name, value)], bytes)."""
        body = request.get("body")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(request["method"], request["path"], skip_accept_encoding=True)
        for name, value in request["headers"].items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        try:
            connection.send(body or b"")
        except BrokenPipeError:
            pass  # refused while it was being sent; the answer can still be read
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content
