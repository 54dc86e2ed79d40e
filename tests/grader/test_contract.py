"""A name's signature is held against the arguments that the contract requires."""

from types import ModuleType

import pytest

from grader.inside.contract import ContractBroken, Solution


def solution(source: str, signature: str) -> Solution:
    module = ModuleType("solution")
    exec(source, module.__dict__)
    return Solution(module, [("export", "function", signature)], source.encode())


@pytest.mark.parametrize(
    "signature", ["(model, *, mean, std)", "(model, *args, mean, std)", "(model, /, *, mean, std, n=1)"]
)
def test_arguments_by_keyword_only_are_given_by_keyword(signature: str) -> None:
    assert callable(solution("def export(model, *, mean, std, n=1): ...", signature).export)


@pytest.mark.parametrize(
    "source", ["def export(model, *, mean): ...", "def export(*, mean, std): ...", "def export(): ..."]
)
def test_a_required_argument_that_is_not_taken_is_told(source: str) -> None:
    with pytest.raises(ContractBroken, match=r"Expected function export\(model, \*, mean, std\)"):
        _ = solution(source, "(model, *, mean, std)").export
