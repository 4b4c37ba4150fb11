"""Trains the model of `detectors/learned.py` and writes `detectors/learned.json`.

`python -m tools.train_texts` needs the extra `train` (scikit-learn). It trains on the training part
of the labelled texts and on the texts and patterns of `tools/texts`, never on the part held out.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from detectors.learned import features
from detectors.reading import Reading
from detectors.rules import load_rules
from tools.labelled_texts import CLASSES, load_labelled, made_texts, split, written_texts

OUTPUT = Path(__file__).resolve().parent.parent / "detectors" / "learned.json"
# Founders' judgement, by cross-validation over ideas on the training part.
_LEAST_TEXTS, _LOOSENESS = 3, 10.0
# What is rare says more than what is common, as inverse document frequency has it, though less so.
_RARITY = 0.2


def main() -> int:
    """Train and write the weights."""
    kept, _measured = split(load_labelled())
    texts = [(row.label, row.text) for row in kept]
    texts += [*written_texts(), *made_texts()]
    found = [features_of(text) for _label, text in texts]
    often = Counter(name for names in found for name in names)
    common = [
        {name: 1.0 for name in sorted(names) if often[name] >= _LEAST_TEXTS} for names in found
    ]
    vectors = DictVectorizer()
    matrix = normalize(vectors.fit_transform(common))
    counts = np.array([often[name] for name in vectors.get_feature_names_out()])
    rarity = (counts.mean() / counts) ** _RARITY
    model = LogisticRegression(C=_LOOSENESS, max_iter=500)
    model.fit(matrix.multiply(rarity).tocsr(), [label for label, _text in texts])
    order = [list(model.classes_).index(label) for label in CLASSES]
    last = order[-1]
    # Only differences count in the softmax: the innocent class is the zero.
    weights = (model.coef_[order] - model.coef_[last]) * rarity
    bias = [round(float(model.intercept_[n] - model.intercept_[last]), 3) for n in order]
    rows = {
        name: [round(float(weights[number, column]), 2) for number in range(len(CLASSES) - 1)]
        for name, column in sorted(vectors.vocabulary_.items())
    }
    OUTPUT.write_text(_written(bias, rows), encoding="utf-8")
    sys.stdout.write(f"{len(texts)} texts, {len(rows)} features\n")
    return 0


def features_of(text: str) -> set[str]:
    """The features of a text as the detector sees them."""
    reading = Reading(text, load_rules())
    return features(reading)


def _written(bias: list[float], rows: dict[str, list[float]]) -> str:
    """One feature a line, so that a change can be read."""
    lines = [
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}" for name, row in rows.items()
    ]
    head = f'"classes": {json.dumps(CLASSES)},\n"bias": {json.dumps(bias)},\n"features": {{\n'
    return "{\n" + head + ",\n".join(lines) + "\n}\n}\n"


if __name__ == "__main__":
    sys.exit(main())
