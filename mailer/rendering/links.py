"""Where do the links of one letter lead? Each names its message by a token, and is built from our own address only."""

from dataclasses import dataclass, field

from mailer.mail.tokens import Purpose, Signer


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses one message points to; none of them does anything until a person presses a button there."""

    human: str  # the one-click way to the named representative
    unsubscribe: str
    preferences: str
    view: str  # the letter in a browser
    survey: str  # "Did this feel written for you?"
    open: str  # a picture of one pixel, in the append-only log

    _base: str = field(repr=False, default="")
    _signer: Signer | None = field(repr=False, compare=False, default=None)
    _row_id: int = field(repr=False, default=0)

    @classmethod
    def of(cls, base_url: str, signer: Signer, message_row_id: int) -> "Links":
        """Return the links of this message under `base_url`."""
        base = base_url.rstrip("/")

        def link(path: str, purpose: Purpose) -> str:
            return f"{base}/{path}/{signer.sign(purpose, message_row_id)}"

        return cls(
            human=link("h", Purpose.HUMAN),
            unsubscribe=link("u", Purpose.UNSUBSCRIBE),
            preferences=link("p", Purpose.PREFERENCES),
            view=link("v", Purpose.VIEW),
            survey=link("s", Purpose.SURVEY),
            open=link("o", Purpose.OPEN) + ".gif",
            _base=base,
            _signer=signer,
            _row_id=message_row_id,
        )

    def click(self, number: int) -> str:
        """Return the counted way to the letter's link of that number; its target is looked up, never in the address."""
        if self._signer is None:
            raise ValueError("these links have no signer")
        return f"{self._base}/c/{self._signer.sign(Purpose.CLICK, self._row_id, number)}"

    def to_data(self) -> dict[str, str]:
        """Return what a template may name."""
        return {name: value for name, value in _fields(self).items() if not name.startswith("_")}


def _fields(links: Links) -> dict[str, str]:
    return {name: getattr(links, name) for name in Links.__dataclass_fields__}
