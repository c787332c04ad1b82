"""What do people see?

Staff: an inbox, customers, segments, campaigns. Customers: a human to talk to, and their own choices. One module a
resource; a route is a sentence: parse the form, find the object, call one verb, answer.
"""

from mailer.web.app import create_app

__all__ = ["create_app"]
