"""Grammar of the nodes that speak and listen."""

from __future__ import annotations

from decimal import Decimal

from .expressions import Expression
from .grammar import LADDER, NO_MATCH, At, choices, empty, heard, is_key, ladder, with_person
from .nodes import Ask, Choice, Menu, Prompt, Say, Verify
from .reading import Fields
from .tree import Pairs, Scalar

ANSWERS = ("digits", "date", "amount", "text", "yes_no", "speech")
LENGTHS = {"digits": (1, 20, 32), "text": (1, 200, 500), "date": (8, 8, 8)}
"""Of an answer: the least, the most when nothing is said, and at all."""
AMOUNT = 1_000_000_000.0
YES_NO = {
    "1": (True, {"zh": ("是", "好", "对", "是的", "好的", "对的"), "en": ("yes", "yeah", "ok", "correct")}),
    "2": (False, {"zh": ("不", "不是", "不对", "不要", "否"), "en": ("no", "nope", "wrong")}),
}
RATING = (2, 5, 9)


def say(at: At) -> Say:
    fields = at.beside("say", ("next", "barge_in"), ("next",))
    return Say(
        at.reader.prompts(fields.get("say"), "say"),
        at.reader.name(fields.get("next"), "next"),
        at.reader.flag(fields.get("barge_in"), "barge_in", True),
    )


def menu(at: At) -> Menu:
    fields = at.reader.fields(at.body("menu"), "a menu", ("say", "keys", *LADDER), ("say", "keys"))
    prompts = at.reader.prompts(fields.get("say"), "say")
    keys = with_person(choices(at.reader, fields.get("keys")), at.person)
    return Menu(prompts, keys, *ladder(at, fields, at.person))


def ask(at: At) -> Ask | Menu:
    reader = at.reader
    known = ("say", "as", "into", "next", "least", "most", "secret", "intents", *LADDER)
    fields = reader.fields(at.body("ask"), "an ask", known, ("say", "as", "into", "next"))
    kind = reader.one_of(fields.get("as"), "as", ANSWERS) or "digits"
    into, to = reader.value_name(fields.get("into"), "into"), reader.name(fields.get("next"), "next")
    prompts = reader.prompts(fields.get("say"), "say")
    steps = ladder(at, fields, at.person)
    if kind == "yes_no":
        keys = {
            key: Choice(to, sets=((into, value),), heard=tuple(said.items())) for key, (value, said) in YES_NO.items()
        }
        return Menu(prompts, with_person(keys, at.person), *steps, kind="ask")
    if kind == "speech":
        return Menu(prompts, with_person(_intents(at, fields, into, to), at.person), *steps, kind="ask")
    least, most, secret = _bounds(at, fields, kind)
    return Ask(prompts, kind, into, to, least, most, secret, *steps)


def _bounds(at: At, fields: Fields, kind: str) -> tuple[float, float, bool]:
    secret = at.reader.flag(fields.get("secret"), "secret", False)
    if kind == "amount":
        least = at.reader.number(fields.get("least"), "least", 0.0, 0.0, AMOUNT)
        most = at.reader.number(fields.get("most"), "most", AMOUNT, 0.0, AMOUNT)
    else:
        fewest, usual, limit = LENGTHS[kind]
        least = at.reader.whole(fields.get("least"), "least", fewest, 1, limit)
        most = at.reader.whole(fields.get("most"), "most", max(usual, int(least)), 1, limit)
    if least > most:
        at.reader.wrong(fields["least"], "flow.bad_value", "least is more than most")
    return least, most, secret


def _intents(at: At, fields: Fields, into: str, to: str) -> dict[str, Choice]:
    """What may be said; each has a key, for media and moments without speech."""
    reader, tree = at.reader, fields.get("intents")
    if not isinstance(tree, Pairs) or not tree.pairs:
        reader.wrong(tree or at.key, "flow.missing_field", "an ask for speech needs `intents`: {name: {key, words}}")
        return {}
    found: dict[str, Choice] = {}
    for name, value in tree.pairs:
        intent = reader.name(name, "an intent")
        parts = reader.fields(value, "an intent", ("key", "words", "heard", "to"), ("key",))
        key = parts.get("key")
        if not isinstance(key, Scalar) or not is_key(reader, key):
            continue
        if key.text in found:
            reader.wrong(key, "flow.bad_key", f"two intents have the key {key.text}")
        words = reader.texts(parts["words"], "words") if "words" in parts else ()
        goes = reader.name(parts.get("to"), "to") or to
        found[key.text] = Choice(goes, "", words, ((into, intent),), heard(reader, parts.get("heard")))
    return found


def confirm(at: At) -> Menu:
    reader = at.reader
    known = ("value", "say", "yes", "no", "key", *LADDER)
    fields = reader.fields(at.body("confirm"), "a confirm", known, ("value", "say", "yes", "no"))
    yes, no = reader.name(fields.get("yes"), "yes"), reader.name(fields.get("no"), "no")
    accepts = fields.get("key")
    key = accepts.text if isinstance(accepts, Scalar) and is_key(reader, accepts) else "1"
    if key in ("0", "2"):
        reader.wrong(accepts or at.key, "flow.bad_key", "the key that accepts is neither 0 nor 2")
    keys = {
        key: Choice(yes, heard=tuple(YES_NO["1"][1].items())),
        "2": Choice(no, heard=tuple(YES_NO["2"][1].items())),
    }
    prompts = reader.prompts(fields.get("say"), "say")
    value = reader.value_name(fields.get("value"), "value")
    steps = ladder(at, fields, at.person)
    return Menu(prompts, with_person(keys, at.person), *steps, kind="confirm", known=value, unknown=no)


def survey(at: At) -> Menu:
    reader = at.reader
    known = ("say", "next", "into", "scale", *LADDER)
    fields = reader.fields(at.body("survey"), "a survey", known, ("say", "next"))
    to = reader.name(fields.get("next"), "next")
    into = reader.value_name(fields.get("into"), "into") or "rating"
    least, usual, most = RATING
    scale = reader.whole(fields.get("scale"), "scale", usual, least, most)
    keys = {str(n): Choice(to, sets=((into, Decimal(n)),)) for n in range(1, scale + 1)}
    prompts = reader.prompts(fields.get("say"), "say")
    return Menu(prompts, with_person(keys, at.person), *ladder(at, fields, to, repeat=0), kind="survey")


def verify(at: At) -> Verify:
    reader = at.reader
    ends = ("passed", "failed", "locked")
    known = ("by", "subject", "service", "path", "to", "length", "say", "wrong", "attempts", "timeout_s", *ends)
    fields = reader.fields(at.body("verify"), "a verify", known, ("by", "subject", "say", "passed"))
    by = reader.one_of(fields.get("by"), "by", ("pin", "code")) or "pin"
    for needed in ("service", "path") if by == "pin" else ("to",):
        if needed not in fields:
            reader.wrong(at.key, "flow.missing_field", f"a verify by {by} needs {needed!r}")
    ways = {name: reader.name(fields.get(name), name) for name in ends}
    ways["failed"] = ways["failed"] or at.person
    ways["locked"] = ways["locked"] or ways["failed"]
    if not ways["failed"]:
        reader.wrong(at.key, "flow.missing_field", "a verify needs 'failed', where no `person` is named")
    return Verify(
        by,
        reader.expression(fields.get("subject"), "subject") or Expression("value", (None,)),
        reader.name(fields.get("service"), "service"),
        reader.path(fields.get("path"), "path"),
        reader.expression(fields.get("to"), "to") if by == "code" else None,
        reader.whole(fields.get("length"), "length", 6, 4, 12),
        reader.prompts(fields.get("say"), "say"),
        ways,
        reader.whole(fields.get("attempts"), "attempts", 3, 1, 5),
        reader.number(fields.get("timeout_s"), "timeout_s", 8.0, 1.0, 60.0),
        reader.prompts(fields.get("wrong"), "wrong") or NO_MATCH,
    )


def prompts_or_none(at: At, kind: str) -> tuple[Prompt, ...]:
    """Of a node that may have nothing but words."""
    body = at.body(kind)
    if empty(body):
        return ()
    return at.reader.prompts(at.reader.fields(body, f"a {kind}", ("say",)).get("say"), "say")
