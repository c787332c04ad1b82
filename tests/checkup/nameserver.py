"""A real DNS server on this machine, that answers from a zone a test writes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.zone

from mailer.checkup.names import Names


@contextmanager
def nameserver(zone: str, silent: tuple[str, ...] = ()) -> Iterator[Names]:
    """Serve `zone` (lines as `name. IN TXT "…"`) over UDP; nothing is said of names that end in one of `silent`."""
    known = dns.zone.from_text(f"$TTL 60\n. IN NS here.\n{zone}", origin=".", relativize=False, check_origin=False)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                wire, client = server.recvfrom(4096)
            except TimeoutError:
                continue
            asked = dns.message.from_wire(wire)
            question = asked.question[0]
            if silent and str(question.name).endswith(silent):
                continue
            answer = dns.message.make_response(asked, recursion_available=True)
            found = known.get_rdataset(question.name, question.rdtype)
            if found:
                answer.find_rrset(answer.answer, question.name, 1, question.rdtype, create=True).update(found)
            elif known.get_node(question.name) is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(answer.to_wire(), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
    try:
        yield Names(resolver, seconds=1.0)
    finally:
        over.set()
        thread.join()
        server.close()
