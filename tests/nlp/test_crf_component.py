"""The component `biaozhu_crf` as users meet it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import spacy
from numpy.typing import NDArray
from spacy.training import Example

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.errors import InputError, MissingPartError
from pipeline.nlp.corpus import record_to_example
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.trainer import Epoch
from tests.nlp.helpers import entities, get_component, get_crf, gold_docs, make_nlp, make_record, make_records, train

FULL = {
    "chars": {"@misc": "biaozhu.CharNgrams.v1"},
    "words": {"@misc": "biaozhu.Words.v1"},
    "dictionary": {"@misc": "biaozhu.Dictionary.v1"},
    "names": {"@misc": "biaozhu.NameParts.v1"},
}


def test_overfits_ten_documents() -> None:
    nlp = train(make_nlp())
    scheme = default_scheme()
    scores = nlp.evaluate([record_to_example(record, nlp, scheme) for record in make_records()])
    assert scores["ents_f"] == 1.0


def test_scores_are_probabilities_in_the_usual_place() -> None:
    doc = train(make_nlp())("王小明在湖北省。")
    group = doc.spans["entities"]
    assert [(span.text, span.label_) for span in group] == entities(doc)
    assert entities(doc)
    assert all(0.0 < score <= 1.0 for score in group.attrs["scores"])


def test_same_data_and_seed_give_the_same_bits() -> None:
    settings = {"dropout": 0.3, "max_iterations": 5}
    first, second, third = (get_crf(train(make_nlp(**settings, seed=seed))) for seed in (1, 1, 2))
    assert first.to_bytes() == second.to_bytes()
    assert first.to_bytes() != third.to_bytes()


@pytest.mark.parametrize("text", ["", "王", "\n", "   ", "😀", "王小明" * 5], ids=repr)
def test_any_text_is_read(text: str) -> None:
    assert train(make_nlp(max_iterations=2))(text).text == text


def test_very_long_documents_are_read() -> None:
    text = "宁波市的王小明在市财政局工作，" * 6700
    doc = get_crf(train(make_nlp(max_iterations=8)))(gold_docs(make_nlp(), [Record("r", text)])[0])
    assert len(doc) > 100_000
    assert len(doc.ents) > 10_000


def test_batches_give_what_single_documents_give() -> None:
    nlp = train(make_nlp())
    texts = [record.text for record in make_records()] + ["", "王小明"]
    together = [entities(doc) for doc in nlp.pipe(texts, batch_size=5)]
    assert together == [entities(nlp(text)) for text in texts]


def test_label_that_gold_never_shows_is_never_given() -> None:
    nlp = train(make_nlp(max_iterations=5), labels=["GPE", "ORG", "MONEY_LAUNDRY"])
    assert get_crf(nlp).labels == ("GPE", "ORG", "MONEY_LAUNDRY")
    found = {label for record in make_records() for _, label in entities(nlp(record.text))}
    assert found <= {"GPE", "ORG"}


def test_what_is_not_annotated_is_no_negative() -> None:
    """Persons are annotated in full records only; the many records without them must not teach their absence."""
    full = [make_record("[王小明|PERSON]来了。", "a"), make_record("[李芳|PERSON]走了。", "b")]
    bare = [make_record("王小明来了，去[宁波市|GPE]。", f"c{number}") for number in range(8)]
    partial = [make_record("王小明来了，去[宁波市|GPE]。", f"c{number}", labels=["GPE"]) for number in range(8)]
    wrong = train(make_nlp(), [*full, *bare])("王小明来了，去宁波市。")
    right = train(make_nlp(), [*full, *partial])("王小明来了，去宁波市。")
    assert entities(wrong) == [("宁波市", "GPE")]
    assert entities(right) == [("王小明", "PERSON"), ("宁波市", "GPE")]


def test_records_without_the_layer_are_not_learned_from() -> None:
    numbers = [make_record("王小明来了。", f"n{number}", layers=["numbers"]) for number in range(20)]
    nlp = train(make_nlp(), [make_record("[王小明|PERSON]来了。", "a"), *numbers])
    assert entities(nlp("王小明来了。")) == [("王小明", "PERSON")]


def test_gold_across_a_full_stop_is_learned_whole() -> None:
    nlp = train(
        make_nlp(), [make_record("节目《[你好。世界|WORK_OF_ART]》播出。", f"r{number}") for number in range(3)]
    )
    assert get_crf(nlp).labels == ("WORK_OF_ART",)


def test_untrained_component_says_so() -> None:
    with pytest.raises(MissingPartError, match="E512"):
        make_nlp()("王小明")


def test_gold_without_entities_is_an_error() -> None:
    with pytest.raises(InputError, match="E513"):
        train(make_nlp(), [Record("r", "没有。")])


def test_other_tokenizers_are_refused() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("biaozhu_crf")
    crf = get_component(nlp, "biaozhu_crf", CrfEntities)
    with pytest.raises(InputError, match="E514"):
        crf.fit([nlp.make_doc("two words")])


def test_calibration_keeps_order_and_spans() -> None:
    nlp = train(make_nlp())
    component = get_crf(nlp)
    records = make_records() * 4
    before = [span for spans in component.predict(gold_docs(nlp, records)) for span in spans]
    component.calibrate([Example(doc, doc.copy()) for doc in gold_docs(nlp, records)])
    after = [span for spans in component.predict(gold_docs(nlp, records)) for span in spans]
    assert [span.key for span in before] == [span.key for span in after]
    scores = [[span.score or 0 for span in spans] for spans in (before, after)]
    assert np.argsort(scores[0], kind="stable").tolist() == np.argsort(scores[1], kind="stable").tolist()


def test_bytes_carry_the_weights() -> None:
    nlp = train(make_nlp())
    other = make_nlp()
    get_crf(other).from_bytes(get_crf(nlp).to_bytes())
    text = "宁波市的王小明在市财政局工作。"
    assert entities(other(text)) == entities(nlp(text)) != []


@pytest.mark.slow
def test_model_folder_gives_the_same_in_a_fresh_process(tmp_path: Path) -> None:
    nlp = train(make_nlp(features=FULL))
    nlp.to_disk(tmp_path / "model")
    text = "宁波市的王小明在市财政局工作。"
    code = (
        f"import spacy; doc = spacy.load({str(tmp_path / 'model')!r})({text!r}); "
        "print([(e.text, e.label_) for e in doc.ents], doc.spans['entities'].attrs['scores'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    doc = nlp(text)
    assert done.stdout.strip() == f"{entities(doc)} {doc.spans['entities'].attrs['scores']}"


@pytest.mark.slow
def test_stacked_model_travels_inside(tmp_path: Path) -> None:
    first = train(make_nlp())
    first.to_disk(tmp_path / "first")
    features = {
        "chars": {"@misc": "biaozhu.CharNgrams.v1"},
        "other": {"@misc": "biaozhu.ModelTags.v1", "path": str(tmp_path / "first")},
    }
    second = train(make_nlp(features=features))
    second.to_disk(tmp_path / "second")
    (tmp_path / "first").rename(tmp_path / "gone")
    text = "宁波市的王小明在市财政局工作。"
    assert entities(spacy.load(tmp_path / "second")(text)) == entities(second(text)) != []


def test_stacking_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    nlp = make_nlp(features={"other": {"@misc": "biaozhu.ModelTags.v1", "path": str(tmp_path / "none")}})
    with pytest.raises(MissingPartError, match="E542"):
        train(nlp)


def test_runs_are_averaged() -> None:
    def weights(**settings: object) -> NDArray[np.float32]:
        nlp = make_nlp(max_iterations=2, dropout=0.5, **settings)
        crf = get_crf(nlp)
        crf.prune = -1.0
        seen = []

        def note(epoch: Epoch) -> bool:
            seen.append(epoch.number)
            return False

        crf.on_epoch = note
        crf.fit(gold_docs(nlp))
        assert seen == list(range(1, 1 + 2 * crf.options.runs))
        assert crf.model is not None
        return crf.model.sparse.values

    first, second = weights(seed=5), weights(seed=6)
    assert not np.array_equal(first, second)
    np.testing.assert_allclose(weights(seed=5, runs=2), (first + second) / 2, atol=1e-6)
