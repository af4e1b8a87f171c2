"""Callers who walk through a real flow: what the interpreter puts out becomes a journal, and a walk."""

from __future__ import annotations

from typing import NamedTuple

from qingting.flow import moves
from qingting.flow.document import Document
from qingting.flow.interpreter import step
from qingting.runtime.flow_tools import publishable

FLOW = """\
languages: [zh, en]
person: service
start: welcome
nodes:
  welcome: {say: {zh: 您好。, en: Hello.}, next: main}
  main:
    menu:
      say: {zh: 余额请按1，套餐请按2。, en: Balance 1. Packages 2.}
      repeat: 1
      keys:
        1: {to: number, words: {zh: 余额, en: Balance}}
        2: {to: packages, words: {zh: 套餐, en: Packages}}
        9: {to: main, words: {zh: 重听, en: Again}}
  number:
    ask: {say: {zh: 请输入号码。, en: Number please.}, as: digits, least: 4, most: 4, into: phone, next: balance}
  balance:
    lookup:
      service: billing
      path: "/balance/{phone}"
      keep: {balance: balance}
      found: tell
      missing: main
      failed: main
  tell: {say: {zh: "余额{balance:money}。", en: "You have {balance:money}."}, next: told}
  told: {goal: balance, kind: query, next: content}
  packages:
    menu:
      say: {zh: 订购请按1，返回请按2。, en: Order 1. Back 2.}
      keys:
        1: {to: order, words: {zh: 订购, en: Order}}
        2: {to: main, words: {zh: 返回, en: Back}}
  order:
    do: {service: billing, path: /order, done: ordered, refused: main, uncertain: person, failed: person}
  ordered: {goal: package, kind: transaction, next: content}
  content:
    survey: {say: {zh: 满意吗？1到5。, en: Content? 1 to 5.}, next: more}
  more:
    menu:
      say: {zh: 返回请按1，结束请按2。, en: Back 1. End 2.}
      keys:
        1: {to: main, words: {zh: 返回, en: Back}}
        2: {to: bye, words: {zh: 结束, en: End}}
  bye: {hangup: {say: {zh: 再见。, en: Goodbye.}}}
"""


class Told(NamedTuple):
    node: str
    via: str


def document() -> Document:
    return publishable(FLOW)


def walk(document: Document, answers: list[str]) -> tuple[list[list[Told]], str]:
    """Moves by input, the first at the start, and how it ended: `queued`, `done`, or empty for who is still in it.

    Answers: a key, `silence`, or the outcome of what another system is asked; those that do not fit are passed over.
    """
    state, outputs = step(document, None, moves.Started("zh"))
    found, todo = [_moves(outputs)], list(answers)
    while state.phase not in ("queued", "done"):
        happened = _next(state, todo)
        if happened is None:
            break
        state, outputs = step(document, state, happened)
        found.append(_moves(outputs))
    return found, state.phase if state.phase in ("queued", "done") else ""


def _next(state: moves.State, todo: list[str]) -> moves.Input | None:
    if state.phase in ("speaking", "leaving", "taken"):
        return moves.Spoken()
    if not todo:
        return None
    answer = todo.pop(0)
    if state.phase == "fetching":
        return moves.Fetched(answer, {"balance": "1"})
    return moves.Silence() if answer == "silence" else moves.Key(answer)


def _moves(outputs: tuple[moves.Output, ...]) -> list[Told]:
    return [Told(it.node, it.via) for it in outputs if isinstance(it, moves.Move)]
