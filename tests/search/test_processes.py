import pytest

SPACE = ("hydra/launcher=workers", "hydra.sweeper.n_jobs=2", "hydra/sweeper/sampler=grid")


def test_workers_that_keep_dying_end_the_sweep_with_one_error(sweep, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nif 'EXPERIMENTS_WORKER' in os.environ:\n    os.abort()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    done = sweep.run(*SPACE, "model.dropout=0.1,0.2", "hydra.launcher.max_restarts=2")

    assert done.returncode == 1
    assert "the workers died 3 times, the last one with exit code -6" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("threads", "expected"), [("3", "3"), ("null", "1")])
def test_threads_are_divided_and_gpus_handed_out(sweep, tmp_path, monkeypatch, threads, expected):
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "if 'EXPERIMENTS_WORKER' in os.environ:\n"
        f"    with open({str(tmp_path / 'seen.txt')!r}, 'a') as seen:\n"
        "        print(*(os.environ.get(name) for name in\n"
        "            ('EXPERIMENTS_WORKER', 'OMP_NUM_THREADS', 'CUDA_VISIBLE_DEVICES')), file=seen)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("os.cpu_count", lambda: 2)

    sweep.run(*SPACE, "model.dropout=0.1,0.2", f"hydra.launcher.threads={threads}", "hydra.launcher.gpus=[5,6]")

    seen = sorted(set((tmp_path / "seen.txt").read_text().splitlines()))
    assert [line.split()[::2] for line in seen] == [["0", "5"], ["1", "6"]]
    if threads == "3":
        assert {line.split()[1] for line in seen} == {expected}
