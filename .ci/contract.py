"""Runs schemathesis against the reference server: requests made from core/api/openapi.yaml, good ones and bad ones, and
every answer held against the same file. It signs in first; what it finds ends with an exit other than 0.

Arguments: the top of the repository, the program `apoa`, how many cases an endpoint, a seed."""

import base64
import hashlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

DEVICE = "0190a0b0-0000-7000-8000-00000000d001"
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
# What an answer is held against. `positive_data_acceptance` is left out: a generated report may break a rule that no
# schema can say, and a generated token is worth nothing. `unsupported_method` too: TRACE ends in the HTTP library.
CHECKS = ",".join(
    [
        "no_internal_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "missing_required_header",
    ]
)


def main(root, apoa, cases, seed):
    with tempfile.TemporaryDirectory() as folder:
        serve = [apoa, "serve", "--photos", "--db", f"{folder}/office.db"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                first = json.loads(server.stdout.readline())
                run = command(root, first, sign_in(first), cases, seed)
                hooked = {**os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": f"{root}/.ci"}
                status = subprocess.run(run, env=hooked, check=False).returncode
                if server.poll() is not None:
                    sys.exit("the server ended")
            finally:
                server.terminate()
    sys.exit(status)


def command(root, first, token, cases, seed):
    headers = {"Authorization": f"Bearer {token}", "Apoa-Unit": first["unit"], "Apoa-Device": DEVICE}
    named = [part for header in headers.items() for part in ("--header", ": ".join(header))]
    return [
        "schemathesis",
        "--config-file",
        f"{root}/.ci/contract.toml",
        "run",
        f"{root}/core/api/openapi.yaml",
        "--url",
        f"{first['url']}/apoa/v1",
        "--tls-verify",
        first["trust"],
        *named,
        # A signed text, which it would read as JSON; our own tests hold it against the contract.
        "--exclude-operation-id",
        "config",
        "--checks",
        CHECKS,
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        cases,
        "--seed",
        seed,
        "--warnings",
        "off",
        "--continue-on-failure",
    ]


def sign_in(first):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    app = {"client_id": "apoa-contract"}
    secret = {"username": first["user"], "password": first["password"], "code_challenge": challenge}
    code = post(first, "/oauth/authorize-challenge", {**app, **secret})["authorization_code"]
    grant = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    return post(first, "/oauth/token", {**app, **grant})["access_token"]


def post(first, path, form):
    request = urllib.request.Request(
        f"{first['url']}/apoa/v1{path}",
        urllib.parse.urlencode(form).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "Apoa-Device": DEVICE},
    )
    trust = ssl.create_default_context(cafile=first["trust"])
    with urllib.request.urlopen(request, context=trust, timeout=20) as answer:
        return json.load(answer)


main(*sys.argv[1:])
