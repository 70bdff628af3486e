"""Breaks the rules in `core` in one place at a time, and runs the tests that reach it: what no test notices is a
survivor. Each survivor is answered: by a test, by less code, or by a sentence in tests/core/survivors.toml that says
why the program is the same. Exits with 1 when one is not.

    python -m tools.mutants [--only groups,rounds] [TESTS…]

Run by `make mutants`. Changed are comparisons, `and` and `or`, `not`, conditions, arithmetic, numbers, truth values,
min and max, any and all, `break` and `continue`, and what is returned. Each change runs in a fork of this process, in
which all tests are collected already and the changed function has its new code. What runs while the module or a test
is imported, and what has survived the fork, runs in a process of its own.
"""

import argparse
import ast
import contextlib
import copy
import functools
import gc
import importlib.abc
import importlib.machinery
import os
import pickle
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "cohort_bot" / "core"
ANSWERS = ROOT / "tests" / "core" / "survivors.toml"
TESTS = ("tests/core", "tests/properties")
LONGEST = 60
"""Seconds for a test, also on a busy machine; a change with which one never ends is noticed, too."""

OPTIONS = ("-q", "-p", "no:cacheprovider", "-m", "not long and not timed", f"--timeout={LONGEST}",
           "--hypothesis-profile=mutants", "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
settings.register_profile("mutants", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))

COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change: in which function (its qualified name, empty for the module), the statement before and after."""

    file: Path
    number: int
    line: int
    function: str
    before: str
    after: str
    tree: ast.Module

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.file.stem, self.function, self.before, self.after


_Path = tuple[tuple[str, int | None], ...]


def changed(node: ast.AST) -> Iterator[Callable[[Any], ast.AST | None]]:  # noqa: C901, PLR0912 - a table
    """The changes for this node: each gets a copy of it, and gives what stands there then (None: changed in place)."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                yield functools.partial(_set_op, index, COMPARE[type(op)])
        case ast.BoolOp(op=op):
            yield functools.partial(_set, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield lambda it: it.operand
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield functools.partial(_set, "op", ARITHMETIC[type(op)]())
        case ast.Constant(value=bool() as value):
            yield functools.partial(_set, "value", not value)
        case ast.Constant(value=int() | float() as value):
            yield functools.partial(_set, "value", value + 1)
        case ast.Name(id=name) if name in NAMES and isinstance(node.ctx, ast.Load):
            yield functools.partial(_set, "id", NAMES[name])
        case ast.Continue():
            yield lambda _: ast.Break()
        case ast.Break():
            yield lambda _: ast.Continue()
        case ast.Return(value=ast.Constant() | ast.Tuple(elts=[])):
            pass
        case ast.Return(value=ast.expr() as value):
            yield functools.partial(_set, "value", ast.Constant(None))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield functools.partial(_set, "test", ast.UnaryOp(ast.Not(), test))


def _set(field: str, value: Any, it: ast.AST) -> None:
    setattr(it, field, value)


def _set_op(index: int, op: type[ast.cmpop], it: ast.Compare) -> None:
    it.ops[index] = op()


def mutants(file: Path) -> list[Mutant]:
    """All changes of a module, in the order of its lines."""
    tree = ast.parse(file.read_text("utf-8"))
    found: list[Mutant] = []
    for path in _paths(tree):
        for change in changed(_at(tree, path)):
            new = copy.deepcopy(tree)
            if (instead := change(_at(new, path))) is not None:
                _put(new, path, instead)
            statement = max(at for at in range(len(path) + 1) if isinstance(_at(tree, path[:at]), ast.stmt))
            before, after = _said(_at(tree, path[:statement])), _said(_at(new, path[:statement]))
            line = getattr(_at(tree, path), "lineno", 1)
            ast.fix_missing_locations(new)
            found.append(Mutant(file, len(found), line, _function(tree, path), before, after, new))
    return sorted(found, key=lambda each: each.line)


def _paths(node: ast.AST, here: _Path = ()) -> Iterator[_Path]:
    """Where each node is that decides something: annotations and docstrings do not."""
    yield here
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list"}:
            continue
        for index, each in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(each, ast.AST) and not (isinstance(each, ast.Assert | ast.Raise) or _strict(each)):
                yield from _paths(each, (*here, (field, index)))


def _strict(node: ast.AST) -> bool:
    """Whether it is the `strict=True` of a zip, which says what holds anyway."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _at(node: Any, path: _Path) -> Any:
    for field, index in path:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    return node


def _put(tree: ast.AST, path: _Path, new: ast.AST) -> None:
    field, index = path[-1]
    if index is None:
        setattr(_at(tree, path[:-1]), field, new)
    else:
        getattr(_at(tree, path[:-1]), field)[index] = new


def _function(tree: ast.AST, path: _Path) -> str:
    """The qualified name of the outermost function around it; empty when it runs as the module is imported."""
    names = []
    for end in range(len(path) + 1):
        node = _at(tree, path[:end])
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return ".".join(names) if path[end:] and path[end][0] == "body" else ""
    return ""


def _said(statement: ast.stmt) -> str:
    """The statement in a line; of one with a block, its head."""
    return ast.unparse(statement).split("\n")[0]


# In a process of its own: the module is imported with its change.


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant, self._name = mutant, f"cohort_bot.core.{mutant.file.stem}"

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(self._mutant.file))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._mutant.file)
        exec(compile(self._mutant.tree, str(self._mutant.file), "exec"), module.__dict__)  # noqa: S102


def imported(file: str, number: str, tests: Sequence[str]) -> int:
    """Run the tests with the module changed from its import on."""
    sys.meta_path.insert(0, _Changed(next(each for each in mutants(Path(file)) if each.number == int(number))))
    return int(pytest.main(["-x", *OPTIONS, *tests]))


def _survives_import(mutant: Mutant, tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "tools.mutants", "--import", str(mutant.file), str(mutant.number)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # to rewrite the assertions of all tests takes seconds
    names = "\n".join(tests).encode()
    ended = subprocess.run(command, input=names, cwd=ROOT, env=environment, capture_output=True, check=False)
    return ended.returncode == 0


# In a fork: the functions get their new code.


class Session:
    """A pytest plugin that runs the collected tests again and again, each time in a fork with one change."""

    def __init__(self, todo: list[Mutant]) -> None:
        self._todo = todo
        self.survivors: list[Mutant] = []
        self._imports = _measuring()
        self._imports.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {each.nodeid: each for each in session.items}
        self._imports.stop()
        measured = _in_fork(functools.partial(_reached, session.items))
        if not measured:
            raise pytest.UsageError("without any change the tests fail, or do not end")
        reached, seconds = measured
        for done, mutant in enumerate(self._todo):
            lines = reached.get(str(mutant.file), {})
            early = not mutant.function or mutant.line in (self._imports.get_data().lines(str(mutant.file)) or ())
            tests = {each for line in lines if early or line == mutant.line for each in lines[line]}
            if early:  # what a dataclass has by default is in no line that a test runs
                tests |= {each for each in items if f"/test_{mutant.file.stem}.py::" in each}
            tests = sorted(tests, key=seconds.get)
            alive = early or _in_fork(functools.partial(_survives, mutant, [items[each] for each in tests]))
            if alive and tests:
                alive = _survives_import(mutant, tests)
            if alive:
                self.survivors.append(mutant)
                print(f"{mutant.file.name}:{mutant.line} {mutant.function}, {len(tests)} tests\n"
                      f"  - {mutant.before}\n  + {mutant.after}", flush=True)  # fmt: skip
            if done % 50 == 49:
                print(f"… {done + 1} of {len(self._todo)}", file=sys.stderr, flush=True)
        return True


def _in_fork(work: Callable[[], Any]) -> Any:
    """What it gives in a fork of this process; False when it fails or does not end."""
    read, write = os.pipe()
    if not (child := os.fork()):
        os.setpgid(0, 0)
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        answer = False
        try:
            answer = work()
        finally:
            with os.fdopen(write, "wb") as out:
                pickle.dump(answer, out)
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answers:
        try:
            return pickle.load(answers)  # noqa: S301
        except EOFError:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)


class _Failures:
    failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def _run(items: Sequence[pytest.Item], before: Callable[[pytest.Item], None] = lambda _: None) -> bool:
    """Whether the tests pass, until one fails."""
    noted = _Failures()
    items[0].config.pluginmanager.register(noted)
    for item, following in zip(items, [*items[1:], None], strict=True):
        before(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if noted.failed:
            return False
    return True


def _measuring() -> coverage.Coverage:
    return coverage.Coverage(data_file=None, include=[f"{CORE}/*.py"], config_file=False)


def _reached(items: list[pytest.Item]) -> tuple[dict[str, dict[int, list[str]]], dict[str, float]]:
    """By file and line the tests that run it, and how many seconds each test takes."""
    measured = _measuring()
    seconds: dict[str, float] = {}
    started = [time.perf_counter(), ""]

    def next_one(item: pytest.Item | None) -> None:
        seconds[started[1]] = time.perf_counter() - started[0]
        started[:] = [time.perf_counter(), item.nodeid if item else ""]
        measured.switch_context(started[1])

    measured.start()
    assert _run(items, next_one)
    next_one(None)
    measured.stop()
    data = measured.get_data()
    return {file: {line: [each for each in tests if each] for line, tests in data.contexts_by_lineno(file).items()}
            for file in data.measured_files()}, seconds  # fmt: skip


def _survives(mutant: Mutant, items: list[pytest.Item]) -> bool:
    """Whether the tests pass with the changed code."""
    module = compile(mutant.tree, str(mutant.file), "exec")
    new = {code.co_qualname: code for code in _codes(module)}
    for it in gc.get_objects():
        if isinstance(it, FunctionType) and it.__code__.co_filename == str(mutant.file):
            if it.__code__.co_qualname == mutant.function:
                it.__code__ = new[mutant.function]
        elif type(it).__name__ == "_lru_cache_wrapper" and str(it.__module__).startswith("cohort_bot."):
            it.cache_clear()
    return not items or _run(items)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def main() -> int:
    if sys.argv[1:2] == ["--import"]:
        return imported(*sys.argv[2:4], sys.stdin.read().split("\n"))
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("tests", nargs="*", default=TESTS)
    asked = parser.parse_args()
    files = [each for each in sorted(CORE.glob("*.py")) if not asked.only or each.stem in asked.only.split(",")]
    todo = [each for file in files for each in mutants(file)]
    session = Session(todo)
    if ended := pytest.main([*OPTIONS, *asked.tests], plugins=[session]):
        return int(ended)
    answers = tomllib.loads(ANSWERS.read_text("utf-8"))["equivalent"] if ANSWERS.exists() else []
    answered = {(each["module"], each["function"], each["before"], each["after"]) for each in answers}
    open_ = [each for each in session.survivors if each.key not in answered]
    print(f"{len(todo)} changes, {len(session.survivors)} unnoticed, {len(open_)} without an answer")
    return bool(open_)


if __name__ == "__main__":
    sys.exit(main())
