"""Judges a run of the demonstration: python3 demo.py LINES FOLDER.

LINES holds what `apoa demo --json` printed, FOLDER is what it was told to fill. Every step must have succeeded, the
main job must be whole, and the page must stand on its own.
"""

import json
import pathlib
import sys
from html.parser import HTMLParser

# Without one of these the main job was not shown.
EXPECTED = [
    "cards", "frames", "scan", "read", "mrz", "compare", "serve", "login", "server_down", "report", "sync_offline",
    "server_up", "sync_killed", "restart", "sync", "receipt", "doctor",
]
# Attributes through which a page fetches something.
FETCHING = {
    "src", "href", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href", "ping", "manifest",
}
# And words in style sheets and scripts that do the same.
CALLS = ["@import", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts"]


class Page(HTMLParser):
    """Collects whatever leads out of the page."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.tags = 0

    def handle_starttag(self, tag, attrs):
        self.tags += 1
        for name, value in attrs:
            value = (value or "").strip()
            if name in FETCHING and value and not value.startswith(("data:", "#")) and outside(value):
                self.found.append(f'<{tag} {name}="{value[:80]}">')
            if name == "style":
                self.style(value)
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.cdata_elem in ("style", "script"):
            self.style(data)
            self.found += [word for word in CALLS if word in data]

    def style(self, text):
        for piece in text.split("url(")[1:]:
            target = piece.split(")")[0].strip("\"' ")
            if not target.startswith(("data:", "#")) and outside(target):
                self.found.append(f"url({target[:80]})")


def outside(target):
    """A file beside the page is no network; a scheme or a host is."""
    head = target.split("/")[0]
    return target.startswith("//") or ":" in head


def main():
    lines_file, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    lines = [json.loads(line) for line in open(lines_file, encoding="utf-8") if line.strip()]
    problems = []
    if not lines or lines[-1].get("demo") is not True or lines[-1].get("ok") is not True:
        problems.append("the last line does not say that the demonstration succeeded")
    steps = {line["step"]: line.get("ok") for line in lines if "step" in line}
    problems += [f"step {name} failed" for name, ok in steps.items() if ok is not True]
    problems += [f"step {name} is missing" for name in EXPECTED if name not in steps]

    path = folder / "index.html"
    if path.is_file():
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        if page.tags < 10:
            problems.append("the page is empty")
        problems += [f"the page reaches outside: {what}" for what in page.found]
    else:
        problems.append("there is no index.html")

    for problem in problems:
        print(problem, file=sys.stderr)
    passed = sum(ok is True for ok in steps.values())
    print(f"demo: {passed} passed, {len(problems)} failed")
    return 1 if problems else 0


sys.exit(main())
