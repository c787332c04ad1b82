"""django-post-office: emails queued with their context, rendered and sent by its own `send_queued`, in threads."""

import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings
from shared import headers, measured, seen

port, many, connections, page, plain = sys.argv[1:]
folder = tempfile.mkdtemp()
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/post.db"}},
    EMAIL_BACKEND="post_office.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(port),
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    POST_OFFICE={
        "BATCH_SIZE": int(many), "THREADS_PER_PROCESS": int(connections), "LOG_LEVEL": 1,
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    },
)  # fmt: skip
django.setup()

from django.core.management import call_command  # noqa: E402
from post_office import mail  # noqa: E402
from post_office.models import EmailTemplate  # noqa: E402
from premailer import transform  # noqa: E402

call_command("migrate", verbosity=0)
template = EmailTemplate.objects.create(
    name="letter", subject="{{ subject }}", content=Path(plain).read_text(),
    html_content=transform(Path(page).read_text()),  # once
)  # fmt: skip
for number in range(1, int(many) + 1):
    data = seen(number)
    mail.send(f"c{number}@example.com", "maya@drill.example", template=template, context=data, headers=headers(data),
              render_on_delivery=True)  # fmt: skip


def send() -> int:
    return mail.send_queued(processes=1)[0]


measured(send)
