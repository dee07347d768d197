"""Makes docs/pictures/*.png again: `make pictures`, or for some `.venv/bin/python scripts/pictures.py room list`.

Tells a demonstration in a temporary folder, serves it, looks at it with Chromium and ends it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from firebreak import system

HOME = Path(__file__).resolve().parent.parent
PICTURES = HOME / "docs" / "pictures"
PORT = 5071
BASE = f"http://127.0.0.1:{PORT}"
PHONE, LAPTOP = (360, 760), (1180, 720)
STORM, RESOLVED = "/incidents/FB-2026-012", "/incidents/FB-2026-010"
LEAD, RESPONDER = "nadia.rahman", "tom.ashworth"
REPORT = (
    "Parents are furious about our sling advert on Facebook and Instagram, they call it sexist and insulting. "
    "#PullTheAd is trending and people threaten to boycott us. Our agency is closed until Monday."
)
GROUND, MARGIN, CORNER = (224, 221, 214), 24, 18
COLOURS = 128
"""Of a picture's palette: text stays sharp, and the files small."""


class Camera:
    """People of the demonstration, each with a browser of their own: `page(who, size, dark)`."""

    def __init__(self, browser: Browser, password: str) -> None:
        self.browser, self.password = browser, password
        self.signed_in: dict[str, dict[str, object]] = {}

    def page(self, who: str, size: tuple[int, int], dark: bool = False) -> Page:
        sharp = 2 if size == PHONE else 1
        look = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": "dark" if dark else "light"}
        context = self.browser.new_context(
            **look, storage_state=self.signed_in.get(who), device_scale_factor=sharp, service_workers="block"
        )
        page = context.new_page()
        page.goto(BASE)
        if who not in self.signed_in:
            self._sign_in(page, who)
            self.signed_in[who] = context.storage_state()
        return page

    def _sign_in(self, page: Page, who: str) -> None:
        page.fill("input[name=email]", f"{who}@larkstone.example")
        page.fill("input[name=password]", self.password)
        page.click("main button")
        page.wait_for_url("**/incidents")


# --- what is seen ----------------------------------------------------------------------------------


def show(page: Page, path: str, part: str = "") -> None:
    """The page at `path` as a real desk shows it, scrolled to what `part` selects."""
    page.goto(BASE + path)
    page.evaluate("document.querySelector('.demonstration')?.remove()")
    if part:
        page.locator(part).first.evaluate("part => scrollTo({ top: part.getBoundingClientRect().top + scrollY - 16 })")
    page.wait_for_timeout(600)


def shot(page: Page) -> Image.Image:
    width = page.viewport_size["width"] if page.viewport_size else 0
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    wanted = width if width > PHONE[0] else round(width * 0.9)
    return picture.resize((wanted, round(picture.height * wanted / picture.width)), Image.Resampling.LANCZOS)


def piece(page: Page, part: str) -> Image.Image:
    """One part of a page."""
    return Image.open(BytesIO(page.locator(part).first.screenshot())).convert("RGB")


def save(name: str, *pictures: Image.Image) -> None:
    """Side by side on one ground, as high as the lowest, with round corners."""
    height = min(picture.height for picture in pictures)
    pictures = tuple(picture.crop((0, 0, picture.width, height)) for picture in pictures)
    width = sum(picture.width for picture in pictures)
    sheet = Image.new("RGB", (width + MARGIN * (len(pictures) + 1), height + 2 * MARGIN), GROUND)
    left = MARGIN
    for picture in pictures:
        mask = Image.new("L", picture.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), CORNER, fill=255)
        sheet.paste(picture, (left, MARGIN), mask)
        left += picture.width + MARGIN
    file = PICTURES / f"{name}.png"
    sheet.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.name}: {sheet.width} x {sheet.height}, {file.stat().st_size // 1000} kB")


# --- the pictures ----------------------------------------------------------------------------------


def room(camera: Camera) -> None:
    phone, laptop = camera.page(RESPONDER, PHONE), camera.page(LEAD, LAPTOP)
    for page in (phone, laptop):
        show(page, STORM)
    save("room", shot(phone), shot(laptop))


def night(camera: Camera) -> None:
    """A phone in the dark: the top of the room, the checklist after a tick, what we say."""
    page = camera.page(RESPONDER, PHONE, dark=True)
    show(page, STORM)
    top = shot(page)
    show(page, STORM, "#checklist .phase:has(button.tick)")
    page.locator("#checklist button.tick:visible").first.click()
    page.wait_for_selector("#told:not([hidden]), .told:not([hidden])")
    page.wait_for_timeout(600)
    ticked = shot(page)
    show(page, STORM, "#statements")
    save("night", top, ticked, shot(page))


def opening(camera: Camera) -> None:
    phone, laptop = camera.page(RESPONDER, PHONE), camera.page(LEAD, LAPTOP)
    for page in (phone, laptop):
        show(page, "/incidents/new")
        page.fill("textarea[name=report]", REPORT)
        page.wait_for_timeout(1500)
    save("opening", shot(phone), shot(laptop))


def incidents(camera: Camera) -> None:
    page = camera.page(LEAD, LAPTOP)
    show(page, "/incidents")
    save("list", shot(page).crop((0, 0, LAPTOP[0], 640)))


def search(camera: Camera) -> None:
    page = camera.page(LEAD, LAPTOP)
    show(page, "/incidents?q=paths")
    save("search", shot(page).crop((0, 0, LAPTOP[0], 560)))


def say(camera: Camera) -> None:
    page = camera.page(LEAD, (1000, 1000))
    show(page, STORM, "#statements")
    save("say", piece(page, "#statements"))


def keys(camera: Camera) -> None:
    page = camera.page(LEAD, LAPTOP)
    show(page, STORM)
    page.keyboard.press("?")
    page.wait_for_timeout(400)
    save("keys", shot(page))


def hand_over(camera: Camera) -> None:
    page = camera.page(LEAD, PHONE)
    show(page, f"{STORM}/roles/lead")
    lead = shot(page)
    show(page, STORM)
    page.locator("#stand-down > summary, #stand-down summary").first.click()
    page.locator("#stand-down").evaluate("part => scrollTo({ top: part.getBoundingClientRect().top + scrollY - 16 })")
    page.wait_for_timeout(300)
    down = shot(page)
    show(page, "/call-list")
    save("hand-over", lead, down, shot(page))


def brief(camera: Camera) -> None:
    page = camera.page("hugh.penrose", (900, 900))
    show(page, f"{STORM}/brief")
    save("executive", piece(page, ".brief"))


def review(camera: Camera) -> None:
    page = camera.page(LEAD, (1180, 1040))
    show(page, f"{RESOLVED}/review")
    save("review", shot(page))


def playbook(camera: Camera) -> None:
    page = camera.page(LEAD, LAPTOP)
    show(page, "/playbooks/en/weekend-firestorm")
    save("playbook", shot(page))


def library(camera: Camera) -> None:
    phone, laptop = camera.page(LEAD, PHONE), camera.page(LEAD, LAPTOP)
    show(phone, "/playbooks?language=en&q=refund")
    show(laptop, "/playbooks?language=en")
    save("library", shot(phone), shot(laptop))


def editor(camera: Camera) -> None:
    page = camera.page(LEAD, (1180, 900))
    show(page, "/playbooks/en/service-outage/edit")
    text = page.input_value("#text")
    page.fill("#text", text.replace("role=channel due=10m .critical", "due=10m .critical", 1))
    page.click('#checked a:text-matches("^Line [0-9]+")')
    page.wait_for_timeout(600)
    save("editor", shot(page))


def sheet(camera: Camera) -> None:
    page = camera.page(LEAD, (1180, 800))
    show(page, "/playbooks/en/weekend-firestorm/print")
    save("sheet", shot(page))


ALL: dict[str, Callable[[Camera], None]] = {
    "room": room,
    "night": night,
    "opening": opening,
    "list": incidents,
    "search": search,
    "say": say,
    "keys": keys,
    "hand-over": hand_over,
    "executive": brief,
    "review": review,
    "playbook": playbook,
    "library": library,
    "editor": editor,
    "sheet": sheet,
}


# --- the demonstration -----------------------------------------------------------------------------


@contextmanager
def demonstration() -> Iterator[str]:
    """Served while this lasts; its password."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "firebreak", "demo", "--lang", "en", "--port", str(PORT)]
        told = subprocess.Popen(
            [*command, "--instance", f"{folder}/demo"],
            cwd=HOME,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield _password(told)
        finally:
            told.terminate()
            told.wait(20)


def _password(told: subprocess.Popen[str]) -> str:
    found = ""
    for line in told.stdout or ():
        said = re.search(r"with the password (\S+)", line)
        found = said[1] if said else found
        if line.startswith("Firebreak is on"):
            return found
    raise SystemExit("the demonstration did not start")


def main(names: list[str]) -> None:
    with demonstration() as password, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.browser(), args=["--no-sandbox"])
        camera = Camera(browser, password)
        for name in names or ALL:
            ALL[name](camera)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
