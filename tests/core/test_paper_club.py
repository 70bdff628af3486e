"""Addresses of papers, and who wins a vote."""

from collections.abc import Mapping

import pytest

from cohort_bot.core.paper_club import address, winner

ATTENTION = "https://arxiv.org/abs/1706.03762"
DEEP = "https://doi.org/10.1038/nature14539"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *(
            (each, ATTENTION)
            for each in (
                "1706.03762",
                "arXiv:1706.03762v5",
                "arxiv: 1706.03762",
                "https://arxiv.org/abs/1706.03762v2",
                "http://www.arxiv.org/pdf/1706.03762v7.pdf",
                "https://arxiv.org/pdf/1706.03762",
                "arxiv.org/html/1706.03762?x=1#S3",
                "https://arxiv.org/abs/1706.03762/",
                "10.48550/arXiv.1706.03762",
                "https://doi.org/10.48550/arXiv.1706.03762",
                " <1706.03762> ",
                "arXiv:1706.03762v5 [cs.CL]",
                "arXiv 1706.03762",
                "[1706.03762].",
                "(arXiv:1706.03762)",
                "„1706.03762“",
                "https://arxiv.org/format/1706.03762",
                "1706.03762v5.pdf",
            )
        ),
        *(
            (each, DEEP)
            for each in (
                "10.1038/nature14539",
                "10.1038/NATURE14539",
                "doi:10.1038/nature14539",
                "DOI: 10.1038/nature14539.",
                "https://doi.org/10.1038/nature14539",
                "http://dx.doi.org/10.1038%2Fnature14539",
                "doi.org/10.1038/nature14539",
                "doi 10.1038/nature14539",
                "DOI: https://doi.org/10.1038/nature14539",
                "https://doi.org/10.1038/nature14539?utm_source=x#abstract",
                "https://doi.org/doi:10.1038/nature14539",
                "info:doi/10.1038/nature14539",
                "urn:doi:10.1038/nature14539",
                "(10.1038/nature14539).",
                "“10.1038/nature14539”",
            )
        ),
        ("hep-th/9901001v3", "https://arxiv.org/abs/hep-th/9901001"),
        ("math.GT/0309136", "https://arxiv.org/abs/math/0309136"),
        ("https://arxiv.org/pdf/cs.CL/0112017v1.pdf", "https://arxiv.org/abs/cs/0112017"),
        ("https://example.org/a,", "https://example.org/a"),
        (
            "https://en.wikipedia.org/wiki/Attention_(machine_learning)",
            "https://en.wikipedia.org/wiki/Attention_(machine_learning)",
        ),
        ("10.1002/(SICI)1<1::AID>3.0", "https://doi.org/10.1002/(sici)1%3C1::aid%3E3.0"),
        ("https://example.org/paper.pdf?x=1#p", "https://example.org/paper.pdf?x=1#p"),
        *(
            (each, None)
            for each in (
                *("", "attention", "1706.037", "10.1/x", "10.1038/", "ftp://example.org/x", "https://", "http://["),
                *("javascript:alert(1)", "https://a b.org", "https://example.org/\u202e", "https://x.org/" + "a" * 500),
            )
        ),
    ],
)
def test_a_paper_has_one_address_however_it_is_written(typed: str, found: str | None) -> None:
    assert address(typed) == found


@pytest.mark.parametrize(
    ("votes", "won"), [({}, None), ({1: 0, 2: 0}, None), ({1: 1, 2: 2}, 2), ({3: 2, 2: 2, 9: 1}, 2), ({5: 1}, 5)]
)
def test_most_votes_win_and_of_equals_the_first(votes: Mapping[int, int], won: int | None) -> None:
    assert winner(votes) == won
