"""What can go wrong, named for what the caller does next.

    MailerError
    ├── Temporary        try the same again later; nothing is lost
    ├── Permanent        trying again changes nothing; show it to a person
    ├── NotReady         something has to happen first; the message says what
    ├── Misconfigured    an operator has to change a setting; the message says which
    └── Invalid          what was given cannot be taken; the message says why, and what to give instead

The text of an error is written for the person who will read it: what is wrong, and what to do.
Outcomes that are expected (a refused email, a customer left out) are values, never errors.
"""


class MailerError(Exception):
    """The root of every error this project raises on purpose."""


class Temporary(MailerError):
    """Try the same again later; nothing is lost."""


class Permanent(MailerError):
    """Trying again changes nothing; a person has to look."""


class NotReady(MailerError):
    """Something else has to happen first."""


class Misconfigured(MailerError):
    """A setting has to be changed before this can work."""


class Invalid(MailerError):
    """What was given from outside cannot be taken."""
