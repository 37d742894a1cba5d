"""The data card says what the corpus is: its tables are those that the corpus gives."""

from benchmarks.corpus import CARD, fill, make_tables


def test_the_tables_of_the_data_card_are_up_to_date() -> None:
    card = CARD.read_text(encoding="utf-8")
    assert fill(card, make_tables(None)[0]) == card, "run: python benchmarks/corpus.py"
