"""Where do the links of one letter lead? Each names its message by a token, and is built from our own address only."""

from dataclasses import dataclass

from mailer.mail.tokens import Purpose, Signer


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses one message points to; none of them does anything until a person presses a button there."""

    human: str  # the one-click way to the named representative
    unsubscribe: str
    preferences: str
    view: str  # the letter in a browser
    survey: str  # "Did this feel written for you?"
    open: str  # a picture of one pixel, for the append-only log; our own templates do not use it

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
        )

    def to_data(self) -> dict[str, str]:
        """Return what a template may name."""
        return {name: getattr(self, name) for name in self.__slots__}


def click(base_url: str, signer: Signer, message_row_id: int, number: int) -> str:
    """Return the counted way to a letter's link of that number; the target is looked up, never in the address."""
    return f"{base_url.rstrip('/')}/c/{signer.sign(Purpose.CLICK, message_row_id, number)}"
