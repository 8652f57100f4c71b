"""The pages of the repository: links lead somewhere, the changelog has its form, no file says what it should not."""

import re

import pytest

import manual

ORDER = ("Security", "Removed", "Deprecated", "Added", "Changed", "Fixed")
# The brackets keep these from finding themselves.
FORBIDDEN = {
    "the address of a package index": r"py[p]i\.org|python[h]osted|[-]-(?:extra-)?index-url",
    "a folder of one machine": r"(?<![\w.~/-])/(?:(?:work|tmp|root)\b|home/\w)",
    "the number of an issue": r"(?i)\b(?:issue|ticket|pull request)s? ?#?\d|(?<![\w&/\"'#:])#\d+\b(?![\w-])",
    "a mark of unfinished work": r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b",
}


@pytest.mark.parametrize("page", manual.pages())
def test_a_relative_link_leads_to_something_that_is_there(page):
    broken = []
    for link in manual.links(page):
        path, _, anchor = link.partition("#")
        target = ((manual.ROOT / page).parent / path).resolve() if path else manual.ROOT / page
        if re.match("[a-z]+:", link):
            continue
        if not target.exists() or not target.is_relative_to(manual.ROOT):
            broken.append(f"{page}: {link} is not there")
        elif anchor and anchor not in manual.anchors(target.relative_to(manual.ROOT).as_posix()):
            broken.append(f"{page}: {link} has no such heading")

    assert not broken, "\n" + "\n".join(broken)


def test_the_changelog_has_unreleased_changes_in_their_order():
    _, title, unreleased, *rest = manual.sections("CHANGELOG.md")
    released = next((place for place, each in enumerate(rest) if each.level == unreleased.level), len(rest))
    changes = {each.title: each.text.strip() for each in rest[:released]}

    assert (title.title, unreleased.title) == ("Changelog", "[Unreleased]")
    assert list(changes) == [name for name in ORDER if name in changes]
    assert all(changes.values())


def test_no_file_says_what_does_not_belong_into_it():
    found = []
    for path in manual.files():
        try:
            lines = manual.text(path).splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            found += [f"{path}:{number}: {what}" for what in forbidden(path, line)]

    assert not found, "\n" + "\n".join(found)


def forbidden(path, line):
    for what, pattern in FORBIDDEN.items():
        if re.search(pattern, line) and not (path.endswith(".css") and what == "the number of an issue"):  # a colour
            yield what


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("the address of a package index", "see https://" + "py" + "pi.org/simple"),
        ("a folder of one machine", 'root = "' + "/tm" + 'p/site"'),
        ("a folder of one machine", "cd " + "/wor" + "k"),
        ("the number of an issue", "mends " + "#" + "12"),
        ("the number of an issue", "as Issue" + " 7 says"),
        ("a mark of unfinished work", "# TO" + "DO: more"),
    ],
)
def test_what_does_not_belong_is_found(what, text):
    assert list(forbidden("page.md", text)) == [what]
