"""How is a house served? Pages, listener and scheduler in one process, until somebody says stop."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from flask import Flask
from waitress.server import create_server

from mailer import clock, pipeline, settings
from mailer.errors import Misconfigured
from mailer.house import House
from mailer.pipeline.desk import Desk
from mailer.replies.inbound import is_expected
from mailer.replies.listener import Listener
from mailer.scheduler import Scheduler


def listener_of(house: House, host: str, port: int) -> Listener:
    """Return the house's listener for what comes back, not started yet."""
    replies = house.settings.replies

    def takes(address: str) -> bool:
        with house.store.read() as session:
            return is_expected(session, address, replies.domain)

    return Listener(
        host,
        port,
        replies.protocol,
        replies.max_megabytes * 1024 * 1024,
        lambda raw, sender, rcpts: pipeline.accept(house, raw, sender, rcpts),
        takes,
    )


def free_port(host: str, wanted: int = 0) -> int:
    """Return `wanted` if nobody listens there, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Misconfigured(f"no port is free on {host}")


@contextmanager
def pages(app: Flask, host: str, port: int, threads: int) -> Iterator[str]:
    """Serve `app` in threads of its own; give its address."""
    try:
        server = create_server(
            app, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=False
        )  # whom we believe is the business of web.exchange
    except OSError as error:
        raise Misconfigured(
            f"[web] listen: {host}:{port} cannot be used ({error.strerror}); choose another port"
        ) from error
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)


def serve(house: House, app: Flask, ready: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM; `ready` is told the address of the pages once everything is up."""
    stop = threading.Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    scheduler = Scheduler(house)
    desk = Desk(house, clock.now)
    listener = None
    if house.settings.replies.listen:
        listener = listener_of(house, *settings.address(house.settings.replies.listen, "[replies] listen"))
    try:
        host, port = settings.address(house.settings.web.listen, "[web] listen")
        app.test_client().get("/sign-in")  # what pages are made of is ready before the rest takes the processor
        with pages(app, host, port, house.settings.web.threads) as address:
            pipeline.fold(house, clock.now())  # nobody waits for it but those who send
            if listener:
                listener.start()
            scheduler.start()
            desk.open()
            ready(address)
            stop.wait()
            desk.close()
            scheduler.stop()
    finally:
        if listener:
            listener.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
