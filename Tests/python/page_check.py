"""Opens pages in a headless Chromium as a phone, a laptop and paper show them, light and dark, and
tells what is wrong: a console message, a request, text that runs over the side, that is too pale or
too small, a figure without words.

    python3 Tests/python/page_check.py PAGE.html [--screenshots FOLDER]

Speaks the DevTools protocol over two pipes, so that it needs nothing but Python and Chromium.
"""

import argparse
import base64
import dataclasses
import html.parser
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

PATIENCE = 60


@dataclasses.dataclass(frozen=True)
class View:
    """How a page is looked at."""

    name: str
    width: int
    height: int
    media: str = "screen"


# Paper is A4 less its margins at 96 pixels an inch.
VIEWS = (
    View("small-phone", 360, 740),
    View("phone", 390, 844),
    View("laptop", 1280, 800),
    View("print", 688, 1017, media="print"),
)
SCHEMES = ("light", "dark")

# Runs in the page; returns a list of sentences.
AUDIT = r"""
(() => {
  const problems = [];
  const say = (what, element) => {
    if (problems.length < 20)
      problems.push(what + (element ? ': ' + name(element) : ''));
  };
  const name = (element) => element.tagName.toLowerCase() + '.' +
    (element.getAttribute('class') || '') + ' "' +
    (element.textContent || '').trim().slice(0, 40) + '"';
  const rgba = (text) => {
    const parts = text.match(/[\d.]+/g);
    if (!parts || text === 'none') return [0, 0, 0, 0];
    const [r, g, b, a = 1] = parts.map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => {
    const a = top[3];
    return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)).concat(1);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      value /= 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement)
      layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const isShown = (element) => element.checkVisibility({visibilityProperty: true}) &&
    !element.closest('.unseen');
  const filled = (style) => {
    const fill = rgba(style.fill);
    return [fill[0], fill[1], fill[2], fill[3] * Number(style.fillOpacity)];
  };

  // Paper is read from nearer than a screen.
  const isPaper = matchMedia('print').matches;
  const [smallest, smallestInFigures] = isPaper ? [9, 8] : [11, 10];

  // Nothing runs over the side but what scrolls in its own box.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth)
    say(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
  for (const element of document.body.querySelectorAll('*')) {
    if (!isShown(element) || (!isPaper && element.closest('.scroll')) || element.closest('svg')) continue;
    if (element.getBoundingClientRect().right > root.clientWidth + 0.5)
      say('runs over the side', element);
  }

  // Text stands out by 4.5 to 1 and is not small.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('script, style, svg') || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const ratio = contrast(over(rgba(style.color), background(element)), background(element));
    if (ratio < 4.5) say(`text has a contrast of ${ratio.toFixed(2)}`, element);
    if (parseFloat(style.fontSize) < smallest) say(`text of ${style.fontSize}`, element);
  }

  for (const svg of document.querySelectorAll('svg')) {
    if (!isShown(svg)) continue;
    const paper = background(svg);
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const shapes = [...svg.querySelectorAll('path, rect')];
    for (const shape of shapes.filter((shape) => shape.matches('.line, .dot'))) {
      const ratio = contrast(over(rgba(getComputedStyle(shape).stroke), paper), paper);
      if (ratio < 3) say(`a mark has a contrast of ${ratio.toFixed(2)}`, shape);
    }
    const areas = shapes.filter((shape) => filled(getComputedStyle(shape))[3] > 0);
    const box = svg.viewBox.baseVal;
    for (const text of svg.querySelectorAll('text')) {
      const style = getComputedStyle(text);
      const size = parseFloat(style.fontSize) * scale;
      if (size < smallestInFigures) say(`text of ${size.toFixed(1)} pixels in a figure`, text);
      const own = text.getBBox();
      if (own.x < box.x - 2 || own.x + own.width > box.x + box.width + 2)
        say('text is cut off', text);
      const centre = svg.createSVGPoint();
      centre.x = own.x + own.width / 2;
      centre.y = own.y + own.height / 2;
      const below = areas
        .filter((shape) =>
          shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING &&
          shape.isPointInFill(centre))
        .reduce((colour, shape) => over(filled(getComputedStyle(shape)), colour), paper);
      const ratio = contrast(over(filled(style), below), below);
      if (ratio < 4.5) say(`text of a figure has a contrast of ${ratio.toFixed(2)}`, text);
    }
    if (svg.matches('.figure')) {
      for (const part of ['title', 'desc'])
        if (!svg.querySelector(':scope > ' + part)?.textContent.trim())
          say(`a figure has no ${part}`, svg);
    }
  }

  // What an operator needs is there without scrolling.
  const lead = document.getElementById('lead');
  if (lead && !isPaper && innerWidth >= 390) {
    const bottom = lead.getBoundingClientRect().bottom + scrollY;
    if (bottom > innerHeight)
      say(`the first screen is ${Math.round(bottom)} high in a window of ${innerHeight}`);
  }

  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index)))
    say(`two elements are called ${id}`);
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.getAttribute('href').slice(1)))
      say('a link leads nowhere', link);
  return problems;
})()
"""


class Chromium:
    """A browser with one tab, spoken to over pipes."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="page-check-")
        there, self.send_to = os.pipe()
        self.read_from, back = os.pipe()
        # The protocol's pipes are its files 3 and 4; `sh` cannot name a file above 9. As root it starts
        # only without its sandbox.
        self.process = subprocess.Popen(
            [
                "bash",
                "-c",
                f'exec "$@" 3<&{there} 4>&{back}',
                "bash",
                PROGRAM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
                f"--user-data-dir={self.profile.name}",
            ],
            pass_fds=(there, back),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(there)
        os.close(back)
        self.reader = os.fdopen(self.read_from, "rb", buffering=0)
        self.rest = b""
        self.count = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.send_to)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.close()
        self.profile.cleanup()

    def message(self):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reader], [], [], PATIENCE)
            piece = self.reader.read(1 << 16) if ready else b""
            if not ready:
                raise RuntimeError(f"Chromium has said nothing for {PATIENCE} seconds")
            if not piece:
                raise RuntimeError("Chromium ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        """The result of one method; events that come before it are kept."""
        self.count += 1
        request = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.send_to, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def wait(self, method):
        while not any(event["method"] == method for event in self.events):
            self.events.append(self.message())

    def open(self, page, view, scheme):
        """Shows `page`; what the browser complained about or asked for on the way."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=view.width,
            height=view.height,
            deviceScaleFactor=1,
            mobile="phone" in view.name,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            media=view.media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.events = []
        address = pathlib.Path(page).resolve().as_uri()
        self.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired")
        # What was asked for at the end of loading has been told once this is answered.
        self.evaluate("document.fonts.ready.then(() => 0)")
        return [said for event in self.events if (said := complaint(event, address))]

    def evaluate(self, expression):
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def screenshot(self, path, whole):
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **self.clip(whole))
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def clip(self, whole):
        if not whole:
            return {}
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {**size, "scale": 1}}


def complaint(event, address):
    """What an event says is wrong, if anything."""
    told = event.get("params", {})
    match event["method"]:
        case "Runtime.consoleAPICalled":
            return f"console.{told['type']}: {[arg.get('value') for arg in told['args']]}"
        case "Runtime.exceptionThrown":
            return f"exception: {told['exceptionDetails']['text']}"
        case "Log.entryAdded":
            return f"log: {told['entry']['text']}"
        case "Network.requestWillBeSent" if told["request"]["url"] != address:
            return f"request: {told['request']['url'][:80]}"
    return None


def problems(browser, page, screenshots=None):
    """Everything that is wrong with `page` in any view and scheme, a sentence each."""
    found = []
    for view in VIEWS:
        for scheme in SCHEMES:
            where = f"{view.name} {scheme}"
            found += [f"{where}: {said}" for said in browser.open(page, view, scheme)]
            found += [f"{where}: {said}" for said in browser.evaluate(AUDIT)]
            if screenshots:
                folder = pathlib.Path(screenshots)
                folder.mkdir(parents=True, exist_ok=True)
                name = f"{view.name}-{scheme}"
                browser.screenshot(folder / f"{name}-first.png", whole=False)
                browser.screenshot(folder / f"{name}.png", whole=True)
    return found


class Numbers(html.parser.HTMLParser):
    """The numbers of a page: for each where it comes from, its exact value and how it is shown."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.missing = []
        self.open = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        key = attributes.get("data-key")
        if key and tag == "data":
            self.open = [key, attributes["value"], ""]
        elif key:
            self.missing.append(key)

    def handle_data(self, data):
        if self.open:
            self.open[2] += data

    def handle_endtag(self, tag):
        if self.open and tag == "data":
            self.found.append(tuple(self.open))
            self.open = None


def member(document, key):
    """What `key` leads to: members and indices joined by dots. A member's own name may hold dots."""
    if not key:
        return document
    if isinstance(document, list):
        index, _, rest = key.partition(".")
        return member(document[int(index)], rest)
    for end in [at for at, character in enumerate(key + ".") if character == "."]:
        if isinstance(document, dict) and key[:end] in document:
            return member(document[key[:end]], key[end + 1 :])
    raise KeyError(key)


def differences(page, document):
    """Where the numbers of a page differ from those of the report's JSON, a sentence each."""
    numbers = Numbers(page)
    found = []
    for key, exact, shown in numbers.found:
        try:
            value = member(document, key)
        except (KeyError, IndexError, ValueError):
            found.append(f"{key} is nowhere in the JSON")
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            found.append(f"{key} is {value!r} in the JSON, {exact} on the page")
        elif float(value) != float(exact):
            found.append(f"{key} is {value!r} in the JSON, {exact} on the page")
        elif not reads(shown, float(exact)):
            found.append(f"{key} is {exact}, and shown as {shown}")
    for key in numbers.missing:
        try:
            value = member(document, key)
        except (KeyError, IndexError, ValueError):
            # A part of what is null as a whole.
            try:
                value = member(document, key.rpartition(".")[0])
            except (KeyError, IndexError, ValueError):
                found.append(f"{key} is nowhere in the JSON")
                continue
        # A row of a long table has one key for all of its cells.
        if value is not None and not isinstance(value, list):
            found.append(f"{key} is {value!r} in the JSON, and unknown on the page")
    return found


def reads(shown, value):
    """Whether `shown` is `value` rounded to the decimals that it has, in its unit."""
    number, _, unit = shown.replace("\u2212", "-").replace(",", "").partition(" ")
    decimals = len(number.partition(".")[2])
    scales = {"%": [100], "pp": [100], "bps": [1, 1e4], "": [1, 100, 1e4]}.get(unit, [1])
    room = 0.5 * 10**-decimals * (1 + 1e-9)
    return any(abs(float(number) - value * scale) <= room for scale in scales)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--screenshots", help="a folder for what was seen")
    options = parser.parse_args()
    if not PROGRAM:
        sys.exit("no Chromium: install Debian's `chromium`, or name one in CHROMIUM")
    count = 0
    with Chromium() as browser:
        for page in options.pages:
            for said in problems(browser, page, options.screenshots):
                print(f"{page}: {said}")
                count += 1
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
