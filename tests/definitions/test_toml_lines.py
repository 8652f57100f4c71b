"""Lines of TOML keys: in these documents every value names its own line, so that tomllib itself says what is right."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.definitions.lines import line_of, lines
from tagwire.definitions.toml import NotTomlError, parse

EVERYTHING = r'''# a comment with [brackets] and title = "x"
title = "@ a [title] = not a table # nor a comment"
"quoted key" = @
'literal."key' = @  # it's a comment
"\u4e0a\u6c7d" = @
dotted . key."with dots.in it" = @
text = """@
[not.a.table]
not_a_key = 1
""\"
title = inside """ # the end
quotes = """@ two at the end"""""
literal = ~~~@
[neither] \ = "
~~~
"" = '@'
list = [
  "@ one", # a , comment ]
  """@ two
  lines, [and more""", ~@, [~,
  [ "@", ["@", { a = "@" }] ], @,
  { inline = "@" },
]
empty = []
when = { day = "@", "=" = ["@", "@"] }
float = @.5
time = [
  "@", 1979-05-27 07:32:00, 1979-05-27T07:32:00Z, -inf
]

[table] # [no table]
key = "@"
[ tags . "SAIC Motor" ]
aliases = [
    "@",

    "@ 上汽",
]
[[tags."SAIC Motor".examples]]
title = "@ one"
[[tags."SAIC Motor".examples]]
title = "@ two"
[tags."SAIC Motor".examples.deeper]
key = "@"
[[tags."SAIC Motor".examples.deeper.list]]
key = "@"
[[tags."SAIC Motor".examples.deeper.list]]
key = "@"'''


def numbered(text: str) -> str:
    return "\n".join(line.replace("@", str(number)) for number, line in enumerate(text.split("\n"), 1))


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    elif number := re.match(r"\d+", str(value)):
        yield path, int(number[0])


def check(text: str) -> int:
    text = numbered(text)
    found = lines(text)
    told = [(path, number) for path, number in leaves(tomllib.loads(text)) if not str(number).startswith("1979")]
    assert {path: line_of(path, found) for path, _ in told} == dict(told)
    return len(told)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_value_is_found_on_its_line(line_end):
    text = EVERYTHING.replace("~~~", "'''").replace("~", "'").replace("\n", line_end)
    assert check(text) == 30


@pytest.mark.parametrize(
    ("path", "line"),
    [(("a", "b"), 2), (("a",), 2), (("a", "b", "missing"), 2), (("list", 1), 5), (("missing",), 1), ((), 1)],
)
def test_what_is_not_there_has_the_line_of_what_is_around_it(path, line):
    assert line_of(path, lines("\n[a.b]\nc = 1\n[[list]]\n[[list]]\n")) == line


NAMES = st.sampled_from(["a", "b", '"c d"', "'='", '"[x]"', '"上汽"', '"\\u0041"', "1", '""'])
VALUES = st.sampled_from(
    [
        "@", '"@"', "'@'", '"@ \\" ["', '"""@\n[a]\nb = 1\n"""', "'''@\n\"[[a]]\n'''", '["@",\n"@",\n]', '[["@"], "@"]',
        '{ x = "@", y = ["@"] }', '[\n# ]\n{ x = "@" },\n"@" # ,\n]',
    ]
)  # fmt: skip
PAIRS = st.tuples(st.lists(NAMES, min_size=1, max_size=2).map(".".join), VALUES).map(" = ".join)
HEADERS = (
    st.lists(NAMES, min_size=1, max_size=3)
    .map(".".join)
    .flatmap(lambda name: st.sampled_from([f"[{name}]", f"[[{name}]]"]))
)


@given(st.lists(PAIRS | HEADERS | st.sampled_from(["", "# a = 1", "#[[", "  "]), max_size=12).map("\n".join))
def test_any_document_that_tomllib_reads_has_its_lines(text):
    try:
        tomllib.loads(numbered(text))
    except tomllib.TOMLDecodeError:
        return
    check(text)


@pytest.mark.parametrize(
    ("text", "line", "what", "right"),
    [
        ("a = 1\nb = hello\n", 2, "not TOML: Invalid value at column 5", "straight quotes"),
        ('a = "x\n', 1, "at column 7", "close the quotes"),
        ("a = 1\n\na = 2", 3, "Cannot overwrite", "only once"),
        ('p = "C:\\x"', 1, "Unescaped", "single quotes"),
        ("a: 1", 1, "Expected '='", 'NAME = "VALUE"'),
        ("x = 1 y = 2", 1, "Expected newline", "a line of its own"),
        ("x = 1\na = [1,\n", 2, "at the end of the file", ""),
        ("x = " + "9" * 5000, 1, "too many digits", ""),
        ("x = " + "[" * 100_000, 1, "too deep", ""),
    ],
)
def test_the_first_fault_is_named_with_its_line_and_what_would_be_right(text, line, what, right):
    with pytest.raises(NotTomlError) as caught:
        parse(text)
    assert caught.value.line == line
    assert what in str(caught.value)
    assert right in caught.value.right
