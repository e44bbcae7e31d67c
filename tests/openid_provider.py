"""A small OpenID provider on loopback: it signs everybody in who asks, as the person that its caller names."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "crm", "a secret of the test"


@contextmanager
def openid_provider(claims: dict):
    """Serve the four addresses that the sign-in needs; yield the provider's address.

    claims  what it says about who signs in (`email`, `email_verified`); may be changed while it runs
    """
    key = RSAKey.generate_key(2048, parameters={"kid": "test", "use": "sig", "alg": "RS256"})
    codes: dict[str, str] = {}  # code -> nonce

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": base,
                        "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/token",
                        "jwks_uri": f"{base}/keys",
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            elif address.path == "/keys":
                self.answer({"keys": [key.as_dict(private=False)]})
            elif address.path == "/authorize":
                code = secrets.token_urlsafe(8)
                codes[code] = asked.get("nonce", "")
                self.send_response(302)
                back = urlencode({"code": code, "state": asked["state"]})
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            nonce = codes.pop(form["code"][0])
            now = int(time.time())
            token = {"iss": base, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "nonce": nonce} | claims
            signed = jwt.encode({"alg": "RS256", "kid": "test"}, token, key)
            self.answer({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed})

        def answer(self, content: dict) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            """Nothing of it belongs in the output of a test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield base
    finally:
        server.shutdown()
