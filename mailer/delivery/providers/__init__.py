"""Which companies can carry our email, and how is one chosen?

By URL, as every transport is. The key is the user of the URL; after a `?` stand options (see `account`):

    ses://KEY:SECRET@eu-west-1      Amazon SES, in that region
    sendgrid://TOKEN@api            SendGrid
    postmark://TOKEN@api            Postmark
    mailgun://TOKEN@mg.example.com  Mailgun, for that sending domain
    resend://TOKEN@api              Resend

Each module tells both ways of one company: how an email is put into a request, and what its events mean in our words
(`told`). The request itself, and the moment of the hand-over in it, are the same for all (`api`).
"""

from mailer.delivery.providers import mailgun, postmark, resend, sendgrid, ses
from mailer.delivery.providers.api import Api, ApiTransport
from mailer.delivery.providers.told import Hook
from mailer.settings import Hooks

APIS: dict[str, type[Api]] = {
    "ses": ses.Ses,
    "sendgrid": sendgrid.SendGrid,
    "postmark": postmark.Postmark,
    "mailgun": mailgun.Mailgun,
    "resend": resend.Resend,
}


def open_provider(url: str) -> ApiTransport:
    """Return the transport that `url` names.

    Raises:
        Misconfigured: the URL lacks something; the message says what, and never holds the key.
    """
    return ApiTransport(APIS[url.partition(":")[0]].from_url(url))


def hook(provider: str, keys: Hooks) -> Hook | None:
    """Return who reads the events of `provider`, or None if this house has no key to check them with."""
    match provider:
        case "ses" if keys.sns_topics.split():
            return ses.SesHook(frozenset(keys.sns_topics.split()), keys.sns_origin)
        case "sendgrid" if keys.sendgrid_key:
            return sendgrid.SendGridHook(keys.sendgrid_key)
        case "postmark" if keys.postmark_login.get_secret_value():
            return postmark.PostmarkHook(keys.postmark_login.get_secret_value())
        case "mailgun" if keys.mailgun_key.get_secret_value():
            return mailgun.MailgunHook(keys.mailgun_key.get_secret_value())
        case "resend" if keys.resend_secret.get_secret_value():
            return resend.ResendHook(keys.resend_secret.get_secret_value())
    return None
