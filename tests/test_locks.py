"""Locks between processes: the second is refused and told who is first; a lock goes with its process."""

import os
import subprocess
import sys

import pytest

from tagwire.errors import HeldError
from tagwire.locks import held, is_held, shared

HOLD = """
import sys
from pathlib import Path
from tagwire.locks import held, is_held, shared
with held(Path(sys.argv[1]), "daemon", wait=False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_holds_the_site(tmp_path, holder):
    with pytest.raises(HeldError, match=f"process {holder.pid} on") as caught, held(tmp_path, "daemon", wait=False):
        pass
    assert caught.value.exit_code == 4


def test_the_lock_of_a_killed_process_is_free(tmp_path, holder):
    holder.kill()
    holder.wait()

    with held(tmp_path, "daemon", wait=False):
        said = (tmp_path / ".tagwire" / "daemon.lock").read_text()
    assert str(os.getpid()) in said


def test_it_is_known_whether_a_process_holds_a_lock(tmp_path, holder):
    assert is_held(tmp_path, "daemon")
    assert not is_held(tmp_path, "publishing")
    with shared(tmp_path, "publishing", alone=list), shared(tmp_path, "publishing", alone=list):
        assert is_held(tmp_path, "publishing")
    holder.kill()
    holder.wait()
    assert not is_held(tmp_path, "daemon")


def test_locks_of_different_names_do_not_meet(tmp_path, holder):
    with held(tmp_path, "publishing", wait=False):
        assert holder.poll() is None
