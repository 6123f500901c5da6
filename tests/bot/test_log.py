"""The log tells what happened and where in the code, never what somebody wrote."""

import asyncio
import io
import json
import logging
import sys

import pytest
import structlog

PRIVATE = "thresholds-are-private"


def _fails(text):
    local = f"{text} in a local"
    raise LookupError(f"nothing is called {local}")


def test_event_is_one_line_of_json(logged):
    structlog.get_logger().warning("message_dead", row=7)
    found = json.loads(logged.getvalue())

    assert (found["event"], found["row"], found["level"]) == ("message_dead", 7, "warning")
    assert found["timestamp"].endswith("Z")


def test_log_follows_standard_error_when_it_is_led_elsewhere(monkeypatch):
    before, after = io.StringIO(), io.StringIO()
    for written in (before, after):
        monkeypatch.setattr(sys, "stderr", written)
        structlog.get_logger().warning("heard")

    assert [json.loads(written.getvalue())["event"] for written in (before, after)] == ["heard", "heard"]


def test_exception_is_told_by_its_kind_and_frames(logged):
    try:
        _fails(PRIVATE)
    except LookupError:
        structlog.get_logger().exception("handler_broke", reference="A1B2")
    found = json.loads(logged.getvalue())

    assert (found["error"], found["reference"]) == ("LookupError", "A1B2")
    assert [frame.split()[-1] for frame in found["frames"]][-1] == "_fails"
    assert PRIVATE not in logged.getvalue()


def test_exception_that_a_library_logs_is_told_in_the_same_way(logged):
    try:
        _fails(PRIVATE)
    except LookupError:
        logging.getLogger("apscheduler.executors").exception('Job "%s" raised an exception', "tick")

    assert 'ERROR apscheduler.executors Job "tick" raised an exception' in logged.getvalue()
    assert "LookupError" in logged.getvalue()
    assert "_fails" in logged.getvalue()
    assert PRIVATE not in logged.getvalue()


async def test_task_that_nobody_waited_for_does_not_tell_its_words(logged):
    async def task():
        _fails(PRIVATE)

    lost = asyncio.create_task(task())
    await asyncio.wait([lost])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": lost.exception(), "future": lost}
    )

    assert "Task exception was never retrieved" in logged.getvalue()
    assert PRIVATE not in logged.getvalue()


def test_warning_of_a_library_is_logged(logged):
    logging.getLogger("library").warning("something %s", "odd")
    logging.getLogger("library").info("nothing")

    assert logged.getvalue() == "WARNING library something odd\n"


def test_words_of_an_exception_that_a_library_quotes_are_left_out(logged):
    try:
        _fails(PRIVATE)
    except LookupError as error:
        logging.getLogger("slack_sdk").exception("Failed to run a listener: %s, session: s_1", error)  # noqa: TRY401

    assert "Failed to run a listener: LookupError, session: s_1" in logged.getvalue()
    assert PRIVATE not in logged.getvalue()


@pytest.mark.parametrize(
    "words",
    ["token xoxb-1-2-abcDEF", "token xapp-1-A1-3-abcDEF", "wss://slack.example/link/?ticket=abcDEF&x=1"],
)
def test_tokens_that_a_library_logs_are_left_out(logged, words):
    logging.getLogger("slack_sdk").error("Failed to connect with %s", words)

    assert "Failed to connect" in logged.getvalue()
    assert "abcDEF" not in logged.getvalue()
