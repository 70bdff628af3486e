"""No module imports itself through others, and the picture of the house shows the imports as they are."""

import graphlib
import importlib.util
from types import ModuleType

import grimp
import pytest

from tests.docs.test_file_length import SOURCE

TOOL = SOURCE.parents[1] / "tools" / "house_picture.py"


def house_picture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house_picture", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_no_modules_import_one_another_in_a_circle() -> None:
    """What is imported for annotations alone counts, too."""
    graph = grimp.build_graph("cohort_bot", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 100
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_rooms_import_one_another_in_a_circle() -> None:
    try:
        graphlib.TopologicalSorter(house_picture().imports()).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_the_picture_of_the_house_is_up_to_date() -> None:
    tool = house_picture()
    drawn = tool.draw(tool.imports())
    assert drawn.count('<path class="a"') > 10
    assert tool.PICTURE.read_text(encoding="utf-8") == drawn, "run: python tools/house_picture.py"
