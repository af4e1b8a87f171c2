"""Contacts: they arrive, go through self-service, are over."""

from __future__ import annotations

from .. import events as e
from ..model import Contact, State
from . import Apply


def contact_arrived(s: State, x: e.ContactArrived) -> None:
    contact = s.contacts[x.contact] = Contact(*x[1:11], x.at)
    contact.callback = x.callback


def dialogue_moved(s: State, x: e.DialogueMoved) -> None:
    contact = s.contacts[x.contact]
    contact.flow, contact.version, contact.node, contact.via, contact.dialogue = x[2:7]


def language_set(s: State, x: e.LanguageSet) -> None:
    s.contacts[x.contact].language = x.language


def attributes_set(s: State, x: e.AttributesSet) -> None:
    s.contacts[x.contact].attributes = x.attributes


def contact_ended(s: State, x: e.ContactEnded) -> None:
    contact = s.contacts[x.contact]
    if contact.visits:
        contact.ended, contact.cause = x.at, x.cause
    else:
        del s.contacts[x.contact]


def customer_answered(s: State, x: e.CustomerAnswered) -> None:
    s.contacts[x.contact].reached = True


APPLY: Apply = {
    e.ContactArrived: contact_arrived,
    e.DialogueMoved: dialogue_moved,
    e.LanguageSet: language_set,
    e.AttributesSet: attributes_set,
    e.ContactEnded: contact_ended,
    e.CustomerAnswered: customer_answered,
}
