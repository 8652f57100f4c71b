"""Make the README's pictures: `./dev docs`.

The repository's own article files and feeds are published into a temporary folder, and its pages photographed in
Chromium. The same files, letters and Chromium give the same pictures.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SIZE = {"width": 1200, "height": 880}


def publish(site: Path) -> Path:
    """Publish what lies in the repository and needs no network; give the folder with the pages."""
    shutil.copytree(ROOT / "feeds", site / "feeds")
    shutil.copytree(ROOT / "sources" / "articles", site / "sources" / "articles")
    shutil.copy(ROOT / "tagwire.toml", site)
    subprocess.run([sys.executable, "-m", "tagwire", "--site", site, "refresh"], check=True, timeout=120)  # noqa: S603 - ours
    return site / "output"


def photograph(browser: Browser, output: Path, scheme: str) -> None:
    """Photograph home, and a topic that tells why its first story is there."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    page = context.new_page()
    page.goto((output / "index.html").as_uri())
    page.screenshot(path=PICTURES / f"home-{scheme}.png")
    page.get_by_role("link", name="SAIC Motor · 上汽集团").click()
    page.locator(".why summary").first.click()
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"topic-{scheme}.png")
    context.close()


def main() -> None:
    """Make all pictures anew."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("./dev docs: no chromium; install Debian's package, and its letters: fonts-noto-core fonts-noto-cjk")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        output = publish(Path(folder))
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in ("light", "dark"):
            photograph(browser, output, scheme)
        browser.close()
    squeeze()


def squeeze() -> None:
    """Make the pictures smaller by a palette of colours, where Debian's pngquant is there to do it."""
    pngquant = shutil.which("pngquant")
    if pngquant is None:
        sys.exit("./dev docs: no pngquant; the pictures are made, and four times as large as they need be")
    pictures = sorted(PICTURES.glob("*.png"))
    subprocess.run([pngquant, "--force", "--ext", ".png", "--strip", *pictures], check=True, timeout=120)  # noqa: S603 - ours


if __name__ == "__main__":
    main()
