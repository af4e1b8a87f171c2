"""The order in which files of tests begin: the longest first, so that all processes end together.

Tests of a file stay in one process, in their order (`tools/check.sh`): they may share a running centre.
"""

from __future__ import annotations

import pytest

LONGEST = (
    "tests/browser/test_faults.py",
    "tests/browser/test_manage.py",
    "tests/contract/telephony/test_parties.py",
    "tests/browser/test_call.py",
    "tests/scenario/test_sites.py",
    "tests/contract/telephony/test_sites.py",
    "tests/scenario/test_telephones.py",
    "tests/scenario/test_toll_fraud.py",
    "tests/contract/telephony/test_sound.py",
    "tests/scenario/test_dialogue_engines.py",
    "tests/browser/test_routing.py",
    "tests/browser/test_later.py",
    "tests/browser/test_customer_page.py",
    "tests/browser/test_transfer.py",
    "tests/browser/test_other_browsers.py",
    "tests/browser/test_desk.py",
    "tests/contract/telephony/test_legs.py",
    "tests/browser/test_headset.py",
    "tests/browser/test_keyboard.py",
    "tests/browser/test_postgresql_and_tls.py",
    "tests/scenario/test_routing_as_configured.py",
    "tests/unit/simulate/test_theory.py",
    "tests/scenario/test_company_at_phones.py",
    "tests/browser/test_turn.py",
    "tests/property/test_http_fuzz.py",
    "tests/unit/people/test_sign_in.py",
    "tests/scenario/test_callbacks.py",
    "tests/unit/telephony/test_asterisk_house.py",
    "tests/unit/people/test_guessing.py",
    "tests/unit/people/test_users.py",
    "tests/unit/configuration/test_http.py",
    "tests/unit/speech/test_prompts.py",
    "tests/scenario/test_strangers.py",
    "tests/contract/test_migrations.py",
    "tests/unit/people/test_second_factor.py",
    "tests/unit/recordings/test_killed.py",
    "tests/unit/test_backup.py",
    "tests/unit/configuration/test_living.py",
    "tests/unit/test_doctor.py",
    "tests/unit/simulate/test_waits.py",
    "tests/scenario/test_later_pages.py",
    "tests/contract/telephony/test_tls_trunk.py",
    "tests/replay/test_whatif.py",
    "tests/replay/test_explain.py",
    "tests/property/test_core_walk.py",
    "tests/property/test_core.py",
)
"""As measured on a quiet machine; all others take seconds, in whatever order."""
_TURN = {file: turn for turn, file in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _TURN.get(item.nodeid.partition("::")[0], len(LONGEST)))
