import asyncio
import os
import stat
import time

import numpy as np
import pytest

from qingting.contexts.recordings import api
from qingting.contexts.recordings.tables import recordings
from qingting.errors import Invalid

from .. import kept
from .conftest import Room


async def shown(room: Room, contact: str) -> list[dict]:
    async with room.records.read() as connection:
        return await api.of_contact(connection, "t1", contact)


async def test_from_spool_to_encrypted_file(room: Room) -> None:
    recording = await room.begin("v1", started=1_700_000_000.0, line="mobile")
    assert (await shown(room, "c-v1"))[0]["state"] == "pending"
    sounds = room.engine_writes(recording, seconds=2.5)
    await room.finish(recording)
    assert await room.recordings.ingest_pending() == 1
    [it] = await shown(room, "c-v1")
    assert (it["state"], it["seconds"], it["error"], it["assignment"]) == ("ready", 2.5, "", "v1/1")
    assert np.array_equal(await room.stored(recording), np.stack(sounds, axis=1))
    assert room.spool() == set()
    assert (room.data / "recordings/t1/2023/11/14/rec-v1-1.qtr").exists()
    assert await room.facts() == [("RecordingReady", {"recording": recording, "contact": "c-v1", "seconds": 2.5})]


async def test_spool_is_for_us_alone(room: Room) -> None:
    customer, agent = room.recordings.paths("rec-v1-1")
    assert customer.is_absolute()
    assert {customer.name, agent.name} == {"rec-v1-1.customer.wav", "rec-v1-1.agent.wav"}
    assert stat.S_IMODE(customer.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("bad", ["../x", "a/b", "", "a" * 101, "a.b", "a\0"])
async def test_ids_cannot_leave_the_spool(room: Room, bad: str) -> None:
    with pytest.raises(Invalid, match=r"recording\.bad_id"):
        room.recordings.paths(bad)


async def test_each_step_may_be_told_twice(room: Room) -> None:
    recording = await room.begin("v1")
    await room.begin("v1")
    room.engine_writes(recording)
    async with room.records.write() as connection:
        for at in (100.0, 105.0):
            await api.pause(connection, "t1", recording, at)
        for at in (110.0, 111.0):
            await api.resume(connection, "t1", recording, at)
        await api.pause(connection, "t1", recording, 120.0)
    await room.finish(recording)
    ended = (await room.row(recording)).ended
    await room.finish(recording)
    assert (await shown(room, "c-v1"))[0]["paused"] == [[100.0, 110.0], [120.0, ended]]
    assert await room.recordings.ingest_pending() == 1
    await room.finish(recording)
    async with room.records.write() as connection:
        await api.fail(connection, "t1", recording, "recording.refused", 1.0)
        await api.pause(connection, "t1", recording, 130.0)
    assert await room.recordings.ingest_pending() == 0
    assert (await shown(room, "c-v1"))[0]["state"] == "ready"
    assert len((await shown(room, "c-v1"))[0]["paused"]) == 2


async def test_another_tenant_changes_nothing(room: Room) -> None:
    recording = await room.begin("v1")
    async with room.records.write() as connection:
        await api.finish(connection, "t2", recording, 1.0)
        await api.fail(connection, "t2", recording, "x", 1.0)
        await api.pause(connection, "t2", recording, 1.0)
        assert await api.of_contact(connection, "t2", "c-v1") == []
        assert await api.states(connection, "t2", ["c-v1"]) == {}
    [it] = await shown(room, "c-v1")
    assert (it["state"], it["paused"]) == ("pending", [])


async def test_a_failure_is_shown_by_its_code(room: Room) -> None:
    recording = await room.begin("v1")
    async with room.records.write() as connection:
        await api.fail(connection, "t1", recording, "engine said: 13800138000 is busy", time.time())
    [it] = await shown(room, "c-v1")
    assert (it["state"], it["error"]) == ("failed", "recording.engine_failed"), "no words of an engine are kept"
    assert [kind for kind, _ in await room.facts()] == ["RecordingFailed"]


async def test_what_an_engine_left_behind_is_taken_in_with_its_error(room: Room) -> None:
    recording = await room.begin("v1")
    room.engine_writes(recording)
    await room.finish(recording, error="recording.engine_lost")
    await room.recordings.ingest_pending()
    [it] = await shown(room, "c-v1")
    assert (it["state"], it["error"], it["seconds"]) == ("ready", "recording.engine_lost", 1.0)


async def test_files_that_hold_nothing_have_failed(room: Room) -> None:
    for visit in ("none", "bad"):
        recording = await room.begin(visit)
        await room.finish(recording)
    room.recordings.paths("rec-bad-1")[0].write_text("no sound")
    assert await room.recordings.ingest_pending() == 0
    assert (await shown(room, "c-none"))[0]["error"] == "recording.no_file"
    assert (await shown(room, "c-bad"))[0]["error"] == "recording.bad_file"
    assert room.spool() == {"rec-bad-1.customer.wav"}, "kept for a while, should a person want to look"


async def test_storage_that_fails_is_tried_again(room: Room) -> None:
    recording = await room.begin("v1", started=1_700_000_000.0)
    room.engine_writes(recording)
    await room.finish(recording)
    (blocked := room.data / "recordings").mkdir()
    (blocked / "t1").write_text("a file where a directory must go")
    assert await room.recordings.ingest_pending() == 0
    row = await room.row(recording)
    assert (row.state, row.trouble, row.attempts) == ("pending", "recording.storage_failed", 1)
    assert row.not_before > time.time()
    (blocked / "t1").unlink()
    async with room.records.write() as connection:
        await connection.execute(recordings.update().values(not_before=0.0))
    assert await room.recordings.ingest_pending() == 1
    row = await room.row(recording)
    assert (row.error, row.trouble) == ("", ""), "mended is mended"


async def test_states_of_a_list_of_contacts(room: Room) -> None:
    await room.ready("v1")
    await room.begin("v2")
    failed = await room.begin("v3")
    async with room.records.write() as connection:
        await api.fail(connection, "t1", failed, "recording.refused", 1.0)
        many = [f"c-x{n}" for n in range(1200)]
        states = await api.states(connection, "t1", ["c-v1", "c-v2", *many, "c-v3", "c-v4"])
    assert states == {"c-v1": "ready", "c-v2": "pending", "c-v3": "failed"}


def aged(room: Room, recording: str, seconds: float) -> None:
    for path in room.recordings.paths(recording):
        os.utime(path, (time.time() - seconds, time.time() - seconds))


async def test_a_start_finishes_what_nobody_finished(room: Room) -> None:
    orphan, lost = await room.begin("orphan"), await room.begin("lost")
    talking = await room.begin("talking")
    for recording in (orphan, talking):
        room.engine_writes(recording)
    aged(room, orphan, 10.0)
    after = room.reopened(running=lambda recording: recording == talking)
    await after.start()
    row = await room.until(orphan, "ready")
    assert row.error == "recording.not_finished"
    assert row.ended == pytest.approx(time.time() - 10, abs=5)
    assert ((await room.until(lost, "failed")).error) == "recording.no_file"
    assert (await room.row(talking)).state == "recording"
    await after.stop()


async def test_files_that_still_grow_are_left_alone(room: Room) -> None:
    recording = await room.begin("v1", started=time.time() - 5000)
    room.engine_writes(recording)
    await room.reopened(quiet_s=100.0).sweep()
    assert (await room.row(recording)).state == "recording"
    aged(room, recording, 200.0)
    await room.reopened(quiet_s=100.0).sweep()
    assert (await room.row(recording)).state == "pending"


async def test_sound_of_a_recording_that_was_given_up_is_rescued(room: Room) -> None:
    recording = await room.begin("v1")
    room.engine_writes(recording)
    async with room.records.write() as connection:
        await api.fail(connection, "t1", recording, "recording.engine_lost", time.time())
    await room.recordings.sweep()
    assert await room.recordings.ingest_pending() == 1
    assert (await room.row(recording)).error == "recording.engine_lost"


async def test_strangers_in_the_spool_are_kept_for_a_week(room: Room) -> None:
    for name, days in (("rec-new-1", 1), ("rec-old-1", 8)):
        room.engine_writes(name)
        aged(room, name, days * 86400)
    (room.data / "spool" / "note.txt").write_text("not ours")
    await room.recordings.sweep()
    assert room.spool() == {"rec-new-1.customer.wav", "rec-new-1.agent.wav", "note.txt"}


async def test_purge_removes_audio_and_row(room: Room) -> None:
    old, _ = await room.ready("old", started=1_600_000_000.0)
    new, _ = await room.ready("new")
    other, _ = await room.ready("other", started=1_600_000_000.0, tenant="t2")
    assert await kept.erase(room.records, api.retained(room.recordings), "recordings", "t1", time.time() - 86400) == 1
    assert {path.stem for path in (room.data / "recordings").rglob("*.qtr")} == {new, other}
    assert await room.row(old) is None
    assert await room.row(new) is not None
    assert await room.row(other) is not None
    assert ("RecordingPurged", {"recording": old, "contact": "c-old"}) in await room.facts()


async def test_what_was_recorded_of_somebody_can_be_removed(room: Room) -> None:
    call, _ = await room.ready("call")
    spoken, _ = await room.ready("spoken")
    kept, _ = await room.ready("kept")
    other, _ = await room.ready("other", tenant="t2")
    assert await room.recordings.remove_of("t1", ["c-call", "c-other"], [spoken, other, "unknown"]) == 2
    assert {path.stem for path in (room.data / "recordings").rglob("*.qtr")} == {kept, other}
    assert await room.row(call) is None
    assert await room.recordings.remove_of("t1", [], []) == 0


async def test_what_is_removed_while_it_is_taken_in_does_not_come_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = await room.begin("v1")
    room.engine_writes(recording)
    await room.finish(recording)
    ready = room.recordings._ready

    async def late(*what: object) -> bool:
        assert await room.recordings.remove_of("t1", ["c-v1"], []) == 1
        return await ready(*what)

    monkeypatch.setattr(room.recordings, "_ready", late)
    assert await room.recordings.ingest_pending() == 0
    assert room.spool() == set()
    assert list((room.data / "recordings").rglob("*.qtr")) == []
    assert await room.row(recording) is None


async def test_who_is_woken_and_stopped_at_once_stops(room: Room) -> None:
    for passes in range(4):
        await room.recordings.start()
        await asyncio.sleep(0.3)  # it waits for something to do
        room.recordings.wake()
        for _ in range(passes):
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await room.recordings.stop()
        room.recordings = room.reopened()


async def test_finished_ones_are_taken_in_in_the_background(room: Room) -> None:
    await room.recordings.start()
    names = []
    for number in range(6):
        names.append(await room.begin(f"v{number}"))
        room.engine_writes(names[-1])
        await room.finish(names[-1])
    room.recordings.wake()
    for name in names:
        await room.until(name, "ready")
    async with asyncio.timeout(30):
        while room.spool():  # noqa: ASYNC110  (a recording leaves it right after it is ready)
            await asyncio.sleep(0.01)
    await room.recordings.stop()
