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
    click: str = ""  # what its counted links begin with (see `counted`); empty: they lead straight to their targets
    open: str = ""  # a picture of one pixel that counts openings; empty: there is none

    @classmethod
    def of(
        cls, base_url: str, signer: Signer, message_row_id: int, *, clicks: bool = False, opens: bool = False
    ) -> "Links":
        """Return the links of this message under `base_url`; `clicks` and `opens`: whether those are counted."""
        base = base_url.rstrip("/")

        def link(path: str, purpose: Purpose) -> str:
            return f"{base}/{path}/{signer.sign(purpose, message_row_id)}"

        return cls(
            human=link("h", Purpose.HUMAN),
            unsubscribe=link("u", Purpose.UNSUBSCRIBE),
            preferences=link("p", Purpose.PREFERENCES),
            view=link("v", Purpose.VIEW),
            survey=link("s", Purpose.SURVEY),
            click=link("c", Purpose.CLICK) if clicks else "",
            open=link("o", Purpose.OPEN) + ".gif" if opens else "",
        )

    def to_data(self) -> dict[str, str]:
        """Return what a letter is made of: the links it has."""
        return {name: link for name in self.__slots__ if (link := getattr(self, name))}
