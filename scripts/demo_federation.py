"""One province and three communes on this machine, and a line between them that can be cut.

    make demo-federation                 keeps everything in ./var/federation and waits for commands
    CHECK=1 make demo-federation         lives through a cut, a replay, a restatement and a merge by itself; exits 0 or 1

Every node is a `lantoa serve` of its own with a database, a key and ports of its own. The communes reach the province through
the line alone. PORT moves all ports, LANTOA_DATA all data. Whatever ends the script, it ends every process it started.
"""

import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from backend.config import read_settings  # noqa: E402
from backend.demo.federation import COMMUNES, PROVINCE  # noqa: E402
from scripts.federation_demo.by_hand import by_hand, tell  # noqa: E402
from scripts.federation_demo.by_itself import check  # noqa: E402
from scripts.federation_demo.demo import Demo  # noqa: E402
from scripts.federation_demo.place import Failed, Place, say  # noqa: E402
from tests.support.fault_proxy import FaultProxy  # noqa: E402

FIRST_PORT = 8100
LINE_PORT = 10
"""The line listens so many ports above the province."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def place(told: dict[str, Any], folder: Path, port: int, public_url: str = "") -> Place:
    environment = {
        "LANTOA_MODE": "demo", "LANTOA_DATA": str(folder / told["host"]), "PORT": str(port),
        "LANTOA_PUBLIC_URL": public_url or f"http://localhost:{port}", "LANTOA_WORKERS": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return Place(told, read_settings(environment), environment)


def lay_out(folder: Path, port: int) -> Demo:
    line = FaultProxy(target=port, port=port + LINE_PORT)
    return Demo(
        folder,
        place(PROVINCE, folder, port, f"http://localhost:{port + LINE_PORT}"),
        [place(row, folder, port + number) for number, row in enumerate(COMMUNES, start=1)],
        line,
        place({**PROVINCE, "host": "mot-nut"}, folder, port + LINE_PORT - 1),
    )


def main() -> int:
    is_check = os.environ.get("CHECK", "") not in ("", "0")
    folder = Path(os.environ.get("LANTOA_DATA") or ROOT / "var") / "federation"
    if is_check:
        folder = Path(tempfile.mkdtemp(prefix="lantoa-federation-"))
    for each in ENDING:
        signal.signal(each, _leave)
    try:
        live(lay_out(folder, int(os.environ.get("PORT", FIRST_PORT))), is_check)
        return 0
    except Failed as failed:
        say(f"KHÔNG ĐẠT: {failed}")
        return 1
    except KeyboardInterrupt:
        return 0 if not is_check else 1
    finally:
        if is_check:
            shutil.rmtree(folder, ignore_errors=True)


def live(demo: Demo, is_check: bool) -> None:
    """From planting to the end; nothing it started outlives it. Raises Failed, KeyboardInterrupt."""
    with ExitStack() as ending:
        ending.callback(demo.stop)
        ending.callback(_leave_no_more)
        demo.plant()
        ending.enter_context(demo.line)
        demo.start()
        if is_check:
            check(demo)
            say("Mọi số liệu đều khớp.")
        else:
            tell(demo)
            by_hand(demo)


def _leave(_signal: int, _frame: object) -> None:
    _leave_no_more()  # a second one must not break off the ending
    raise KeyboardInterrupt


def _leave_no_more() -> None:
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
