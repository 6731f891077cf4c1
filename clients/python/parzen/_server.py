"""A Parzen of this program's own: `parzen serve` as a child process, or a server elsewhere."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import List, Optional

from ._errors import ParzenError
from ._http import Api


class Server:
    """Where studies are kept. `close` ends what was started; a program that is killed takes its child with it.

    store: `http://…` or `https://…` of a server (token: PARZEN_TOKEN); `sqlite:PATH`; None: the store PARZEN_STORE names, or
    one that is gone with this program.
    """

    def __init__(self, store: Optional[str]) -> None:
        self._child: Optional["subprocess.Popen[str]"] = None
        self._folder: Optional["tempfile.TemporaryDirectory[str]"] = None
        where = store or os.environ.get("PARZEN_STORE")
        self.is_remote = where is not None and where.startswith(("http://", "https://"))
        if where is not None and self.is_remote:
            token = os.environ.get("PARZEN_TOKEN")
            if not token:
                raise ParzenError(f"{where}: expected a token in PARZEN_TOKEN, got none. `parzen token NAME` makes one")
            self.api = Api(where, token)
            return
        if where is None:
            self._folder = tempfile.TemporaryDirectory(prefix="parzen-")
            where = f"sqlite:{self._folder.name}/parzen.db"
        self.api = self._start(where)

    def _start(self, store: str) -> Api:
        argv = [*_command(), "serve", "--while-stdin", "--store", store]
        # in a session of its own: Ctrl-C is for this program, which still has something to tell
        self._child = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._child.stdout is not None and self._child.stderr is not None
        line = self._child.stdout.readline()
        if not line:
            said = self._child.stderr.read().strip()
            self.close()
            raise ParzenError(said or f"{shlex.join(argv)}: expected an address, got none")
        there = json.loads(line)
        return Api(there["url"], there["token"])

    def close(self) -> None:
        """Ends the child, if there is one; doing it again changes nothing."""
        child, self._child = self._child, None
        if child is not None:
            child.communicate()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def _command() -> List[str]:
    """PARZEN_COMMAND, `parzen` on the path, or the one installed in a folder above."""
    said = os.environ.get("PARZEN_COMMAND")
    if said:
        return shlex.split(said)
    found = shutil.which("parzen")
    if found:
        return [found]
    here = Path.cwd()
    for folder in (here, *here.parents):
        installed = folder / "node_modules" / ".bin" / "parzen"
        if installed.exists():
            return [str(installed)]
    node = "" if shutil.which("node") else " Node 20.19 or later is needed as well."
    raise ParzenError(
        f"parzen: expected Parzen's command line on the path or in node_modules, got none. npm install parzen, "
        f"or name it in PARZEN_COMMAND.{node}"
    )
