"""Small gold, small models: what the tests of this folder build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.docs import record_to_doc

Component = TypeVar("Component")
SENTENCES = (
    ("[宁波市|GPE]的[王小明|PERSON]在[市财政局|ORG]工作。", "Wang Xiaoming of Ningbo works at the finance bureau"),
    ("[李芳|PERSON]来自[湖北省|GPE]。", "Li Fang comes from Hubei"),
    ("记者从[中国铁路总公司|ORG]获悉，[京张高铁|FAC]通车。", "the Beijing–Zhangjiakou railway has opened"),
    ("[长江|LOC]流经[武汉|GPE]和[南京|GPE]。", "the Yangtze flows through Wuhan and Nanjing"),
    ("《[民法典|LAW]》自2021年1月1日起施行。", "the Civil Code is in force from 1 January 2021"),
    ("[世界知识产权日|EVENT]当天没有下雨。", "it did not rain on World Intellectual Property Day"),
    ("全市共有商标4.3万件。", "the city has 43,000 trademarks"),
    ("[赵强|PERSON]说[英语|LANGUAGE]，[回族|NORP]，住在[白云山|LOC]下。", "Zhao Qiang speaks English"),
    ("[华为|ORG]发布了[鸿蒙|PRODUCT]。", "Huawei released Harmony"),
    ("[陈静|PERSON]写了《[山海之间|WORK_OF_ART]》。", "Chen Jing wrote Between Mountains and Sea"),
)


def make_record(marked: str, record_id: str = "r1", **meta: object) -> Record:
    """RETURNS (Record): the record of a text with entities marked as [surface|LABEL]."""
    text = ""
    spans = []
    rest = marked
    while "[" in rest:
        before, rest = rest.split("[", 1)
        inside, rest = rest.split("]", 1)
        surface, label = inside.split("|")
        text += before
        spans.append(CharSpan(len(text), len(text) + len(surface), label))
        text += surface
    return Record(record_id, text + rest, tuple(spans), meta=meta)


def make_records() -> list[Record]:
    """RETURNS (list[Record]): ten gold records."""
    return [make_record(marked, f"r{number}") for number, (marked, _) in enumerate(SENTENCES)]


def make_nlp(**settings: object) -> Language:
    """RETURNS (Language): an untrained nlp object with a small CRF."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "biaozhu.CharTokenizer.v1"}}})
    features = {"chars": {"@misc": "biaozhu.CharNgrams.v1"}, "classes": {"@misc": "biaozhu.CharClasses.v1"}}
    config = {"features": features, "min_count": 1, "max_iterations": 30, "l2": 0.1, "dropout": 0.0} | settings
    nlp.add_pipe("biaozhu_crf", name="entities", config=config)
    return nlp


def get_component(nlp: Language, name: str, kind: type[Component]) -> Component:
    """RETURNS (Component): the component of that name, which must be of that class; spaCy tells types no more than that
    it can be called."""
    component = nlp.get_pipe(name)
    assert isinstance(component, kind)
    return component


def get_crf(nlp: Language) -> CrfEntities:
    """RETURNS (CrfEntities): the CRF of `make_nlp`."""
    return get_component(nlp, "entities", CrfEntities)


def gold_docs(nlp: Language, records: list[Record] | None = None) -> list[Doc]:
    """RETURNS (list[Doc]): gold Docs of some records."""
    return [record_to_doc(record, nlp.vocab, default_scheme()) for record in records or make_records()]


def train(nlp: Language, records: list[Record] | None = None, *, labels: Sequence[str] | None = None) -> Language:
    """RETURNS (Language): the nlp object, its CRF fitted."""
    get_crf(nlp).fit(gold_docs(nlp, records), labels=labels)
    return nlp


def char_span(doc: Doc, start: int, end: int, label: str) -> Span:
    """RETURNS (Span): the span of these characters, which must be whole tokens."""
    span = doc.char_span(start, end, label=label)
    assert span is not None
    return span


def entities(doc: Doc) -> list[tuple[str, str]]:
    """RETURNS (list): surfaces and labels."""
    return [(ent.text, ent.label_) for ent in doc.ents]
