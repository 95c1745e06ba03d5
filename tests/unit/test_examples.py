import pandas as pd

from latentscape.evaluation.examples import typical_rows
from latentscape.evaluation.labels import labels_by_sample

KEY = ("sample", "event")


def latents() -> pd.DataFrame:
    rows = [
        (sample, event, "train" if event == 0 else "held_out", float(error))
        for sample in ("b", "a")
        for event, error in enumerate([-9, 4, 1, 3, 2, 5])
    ]
    return pd.DataFrame(rows, columns=["sample", "event", "part", "reconstruction_error"])


def test_rows_at_the_quantiles_of_each_sample_are_taken() -> None:
    chosen = typical_rows(latents(), KEY, quantiles=(0.0, 0.5, 1.0))
    # Errors 1…5 belong to events 2, 4, 3, 1, 5; event 0 trained the model.
    assert chosen["event"].tolist() == [2, 3, 5, 2, 3, 5]
    assert chosen["sample"].tolist() == ["a"] * 3 + ["b"] * 3


def test_the_order_of_rows_does_not_matter() -> None:
    shuffled = latents().sample(frac=1, random_state=1)
    expected = typical_rows(latents(), KEY, quantiles=(0.25, 0.75))
    pd.testing.assert_frame_equal(typical_rows(shuffled, KEY, quantiles=(0.25, 0.75)), expected)


def test_a_row_is_shown_once() -> None:
    assert len(typical_rows(latents(), KEY, quantiles=(0.5, 0.5))) == 2


def test_every_key_has_one_label_its_sample() -> None:
    twice = pd.concat([latents(), latents()])
    labels = labels_by_sample(twice, KEY)
    assert len(labels) == 12
    assert (labels["label"] == labels["sample"]).all()
