"""Reports over HTTP to a server that loses answers, is away, and refuses. It keeps the contract of `POST …/reports`."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Type

from parzen import ParzenError, Pruned, Stopped
from parzen._http import Api, Unreachable
from parzen._trial import trial_of


def server_that(loses: List[bool]) -> Type[BaseHTTPRequestHandler]:
    """Takes reports; `loses[i]`: whether call i is answered by closing the connection after the reports were taken."""

    class Server(BaseHTTPRequestHandler):
        known: List[Any] = []
        verdict = "continue"
        reason = None
        calls = 0

        def do_POST(self) -> None:
            cls = type(self)
            body: Dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
            index, cls.calls = cls.calls, cls.calls + 1
            if body["from"] > len(cls.known):
                return self.answer(409, {"error": {"message": "from: expected less"}})
            cls.known.extend(body["reports"][len(cls.known) - body["from"] :])
            if index < len(loses) and loses[index]:
                return self.connection.close()
            self.answer(200, {"acknowledged": len(cls.known), "verdict": cls.verdict, "reason": cls.reason})

        def answer(self, status: int, body: Any) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Server


class OverHttp(unittest.TestCase):
    def serve(self, handler: Type[BaseHTTPRequestHandler], port: int = 0) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    def end(self, server: ThreadingHTTPServer) -> None:
        server.shutdown()
        server.server_close()

    def trial(self, server: ThreadingHTTPServer) -> Any:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        return trial_of({"PARZEN_STUDY": "a b", "PARZEN_TRIAL": "3", "PARZEN_URL": url, "PARZEN_TOKEN": "t"})

    def test_counts_each_report_once_although_answers_are_lost(self) -> None:
        handler = server_that([False, True, True, False, False, True])
        server = self.serve(handler)
        self.addCleanup(self.end, server)
        one = self.trial(server)
        for step in range(5):
            self.assertTrue(one.report(step=step, loss=step if step else float("nan")))
        for report in handler.known:
            self.assertGreater(report.pop("at"), 1.6e12)
        self.assertEqual(
            handler.known,
            [{"step": step, "metrics": {"loss": step or "NaN"}} for step in range(5)],
        )

    def test_counts_steps_itself_where_none_is_named(self) -> None:
        handler = server_that([])
        server = self.serve(handler)
        self.addCleanup(self.end, server)
        one = self.trial(server)
        one.report(loss=1)
        one.report(loss=1, step=7)
        one.report(loss=1)
        self.assertEqual([report["step"] for report in handler.known], [0, 7, 8])

    def test_keeps_reports_while_the_server_is_away(self) -> None:
        handler = server_that([])
        server = self.serve(handler)
        one = self.trial(server)
        one.report(step=1, loss=1)
        self.end(server)
        self.assertTrue(one.report(step=2, loss=1))
        again = self.serve(handler, server.server_address[1])
        self.addCleanup(self.end, again)
        one.flush()
        self.assertEqual([report["step"] for report in handler.known], [1, 2])

    def test_says_why_it_is_pruned(self) -> None:
        handler = server_that([])
        server = self.serve(handler)
        self.addCleanup(self.end, server)
        one = self.trial(server)
        one.report(step=1, loss=1)
        self.assertIsNone(one.reason)
        handler.verdict, handler.reason = "prune", "step 2: 1 is above 0"  # type: ignore[attr-defined]
        with self.assertRaises(Pruned) as raised:
            one.report(step=2, loss=1)
        self.assertEqual((str(raised.exception), one.reason), ("step 2: 1 is above 0", "step 2: 1 is above 0"))

    def test_stops_when_the_trial_was_stopped(self) -> None:
        handler = server_that([])
        handler.verdict = "stop"  # type: ignore[attr-defined]
        server = self.serve(handler)
        self.addCleanup(self.end, server)
        with self.assertRaises(Stopped):
            self.trial(server).report(step=1, loss=1)

    def test_says_what_the_server_says(self) -> None:
        handler = server_that([])
        server = self.serve(handler)
        self.addCleanup(self.end, server)
        api = Api(f"http://127.0.0.1:{server.server_address[1]}", "t")
        with self.assertRaises(ParzenError) as raised:
            api.call("POST", "/x", {"from": 9, "reports": []})
        self.assertEqual(str(raised.exception), "from: expected less")
        with self.assertRaises(Unreachable):
            Api("http://127.0.0.1:1", "t").call("GET", "/x", None, patience_seconds=0.1)


if __name__ == "__main__":
    unittest.main()
