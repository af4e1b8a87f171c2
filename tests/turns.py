"""The order in which files of tests begin: the longest first, so that all processes end together.

Tests of a file stay in one process, in their order (`tools/check.sh`): they may share a running centre.
"""

from __future__ import annotations

import pytest

LONGEST = (
    "tests/browser/test_manage.py",
    "tests/browser/test_faults.py",
    "tests/contract/telephony/test_parties.py",
    "tests/property/test_http_fuzz.py",
    "tests/scenario/test_sites.py",
    "tests/scenario/test_telephones.py",
    "tests/browser/test_later.py",
    "tests/scenario/test_toll_fraud.py",
    "tests/browser/test_desk.py",
    "tests/browser/test_other_browsers.py",
    "tests/contract/telephony/test_legs.py",
    "tests/contract/telephony/test_sound.py",
    "tests/unit/customers/test_importing.py",
    "tests/browser/test_customer_page.py",
    "tests/scenario/test_routing_as_configured.py",
    "tests/browser/test_headset.py",
    "tests/browser/test_call.py",
    "tests/unit/test_backup.py",
    "tests/browser/test_keyboard.py",
    "tests/browser/test_routing.py",
    "tests/unit/customers/test_columns.py",
    "tests/unit/customers/test_customers.py",
    "tests/browser/test_postgresql_and_tls.py",
    "tests/scenario/test_last_agent.py",
    "tests/browser/test_imports.py",
    "tests/browser/test_segments.py",
    "tests/browser/test_transfer.py",
    "tests/contract/test_migrations.py",
    "tests/unit/configuration/test_http.py",
    "tests/browser/test_keeping.py",
    "tests/scenario/test_dialogue_engines.py",
    "tests/browser/test_customers.py",
    "tests/scenario/test_strangers.py",
    "tests/property/test_core.py",
    "tests/contract/telephony/test_sites.py",
    "tests/scenario/test_company_at_phones.py",
    "tests/unit/people/test_sign_in.py",
    "tests/unit/recordings/test_life.py",
    "tests/scenario/test_callbacks.py",
    "tests/unit/customers/test_segments.py",
    "tests/unit/customers/test_exporting.py",
    "tests/unit/simulate/test_theory.py",
    "tests/browser/test_customer_record.py",
    "tests/property/test_core_walk.py",
    "tests/unit/people/test_guessing.py",
    "tests/property/test_customer_rules.py",
    "tests/browser/test_turn.py",
    "tests/unit/runtime/test_phone_doors.py",
    "tests/scenario/test_dialogue.py",
    "tests/unit/people/test_users.py",
    "tests/unit/recordings/test_killed.py",
    "tests/property/test_customer_merges.py",
    "tests/replay/test_explain.py",
    "tests/scenario/test_later_pages.py",
    "tests/unit/contacts/test_http.py",
    "tests/unit/test_doctor.py",
    "tests/unit/contacts/test_projection.py",
    "tests/scenario/test_handed_on_over_a_restart.py",
    "tests/unit/speech/test_prompts.py",
    "tests/unit/configuration/test_document.py",
    "tests/unit/retention/test_retention.py",
    "tests/unit/test_records.py",
    "tests/unit/configuration/test_living.py",
    "tests/unit/customers/test_duplicates.py",
    "tests/unit/webhooks/test_webhooks.py",
    "tests/scenario/test_forgotten.py",
    "tests/unit/telephony/test_asterisk_house.py",
    "tests/unit/customers/test_experience.py",
    "tests/property/test_core_every_command.py",
    "tests/scenario/test_voicemail.py",
)
"""As measured on a quiet machine; all others take seconds, in whatever order."""
_TURN = {file: turn for turn, file in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _TURN.get(item.nodeid.partition("::")[0], len(LONGEST)))
