"""What schemathesis has to know of our contract beyond the file: 501 and 503 are answers of ours as long as they are
problem documents. 500 never is."""

import schemathesis


@schemathesis.check
def no_internal_error(ctx, response, case):
    kind = response.headers.get("content-type", [""])[0]
    if response.status_code == 500 or (response.status_code > 500 and kind != "application/problem+json"):
        raise AssertionError(f"{response.status_code} {kind}")
