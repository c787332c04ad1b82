"""What one writes first: Jinja2, premailer and a connection of smtplib, anew for each mail."""

import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

import jinja2
from premailer import transform
from shared import headers, measured, seen

port, many, _, page, plain = sys.argv[1:]


def send() -> int:
    for number in range(1, int(many) + 1):
        data = seen(number)
        html = transform(jinja2.Template(Path(page).read_text(), autoescape=True).render(data))
        mail = EmailMessage()
        mail["From"], mail["To"] = "Maya <maya@drill.example>", f"c{number}@example.com"
        mail["Subject"] = data["subject"]
        for name, value in headers(data).items():
            mail[name] = value
        mail.set_content(jinja2.Template(Path(plain).read_text()).render(data))
        mail.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", int(port)) as server:
            server.send_message(mail)
    return int(many)


measured(send)
