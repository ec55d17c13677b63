"""Debian's aiosmtpd on a free port of 127.0.0.1: smtpd.py FOLDER [CERTIFICATE KEY USER PASSWORD]

Keeps what it takes in FOLDER: N.eml as it came, N.json as Python's own reader of mails understands it. With a certificate
it wants STARTTLS and a login. Nobody at `refused@` and `later@` has a mailbox: the first never will, the second will when
there is a file `open`. It answers the end of a mail only when somebody has written to FOLDER/hold, where that is a FIFO.
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, *secured = sys.argv[1:]


def kept(name, data):
    path = os.path.join(folder, name)
    with open(path + ".part", "wb") as part:
        part.write(data)
    os.rename(path + ".part", path)


def understood(raw, sender, recipients):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "from": sender,
        "to": recipients,
        "headers": {name.lower(): str(value) for name, value in mail.items()},
        "type": mail.get_content_type(),
        "parameters": dict(mail["content-type"].params),
        "defects": [str(defect) for defect in mail.defects],
        # Lines of a mail end in CR LF.
        "text": mail.get_content().replace("\r\n", "\n"),
        "longest": max(len(line) for line in raw.split(b"\r\n")),
    }


class Keeper:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 There is no such mailbox here"
        if address.startswith("later@") and not os.path.exists(os.path.join(folder, "open")):
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        Keeper.count += 1
        name = str(Keeper.count)
        raw = envelope.original_content
        kept(name + ".eml", raw)
        kept(name + ".json", json.dumps(understood(raw, envelope.mail_from, envelope.rcpt_tos)).encode())
        hold = os.path.join(folder, "hold")
        if os.path.exists(hold):
            await asyncio.get_running_loop().run_in_executor(None, lambda: open(hold).read())
        return f"250 2.0.0 Kept as {name}"


def options():
    if not secured:
        return {}
    certificate, key, user, password = secured
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        given = (data.login, data.password)
        return AuthResult(success=given == (user.encode(), password.encode()), handled=False)

    return {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": authenticate,
    }


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), hostname="mail.example.org", **options()), "127.0.0.1", 0)
    print(f"listens on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(serve())
