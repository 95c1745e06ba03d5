"""Small valid files of every format that the project reads, and their readers."""

import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import torch
import uproot
import yaml

from bench.fuzz.mutations import Mutation, change_cell, change_yaml
from latentscape.__main__ import read_config
from latentscape.arrays import KeyedArrays
from latentscape.checksums import read_checksums
from latentscape.config import load_detector
from latentscape.digests import sha256
from latentscape.files import (
    read_description,
    read_tensors,
    write_description,
    write_tensors,
)
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw import read_events, write_events
from latentscape.lartpc.sbn import PLANES as SBN_PLANES
from latentscape.lartpc.sbn import SPECIES, TRACKS, read_sbn_calorimetry
from latentscape.lartpc.side_inputs import (
    read_beamline,
    read_calorimetry,
    write_beamline,
    write_calorimetry,
    write_calorimetry_tree,
)
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.templates import PROFILES, read_larsoft_templates, read_template
from latentscape.lartpc.track_choice import read_events as read_event_list
from latentscape.learning.checkpoints import SavedModel, load_model, save_model
from latentscape.learning.networks import ConvVAE
from latentscape.learning.settings import Model

ROOT = Path(__file__).parents[2]
DETECTOR_FILE = ROOT / "tests" / "workflow" / "small_detector.yaml"
DETECTOR = Detector(**yaml.safe_load(DETECTOR_FILE.read_text("utf-8")))
EVENTS = 4


@dataclass(frozen=True)
class Format:
    """A kind of file, how a valid one is made, and how the project reads it.

    A new one takes these three or four values.

    Parameters
    ----------
    file : str
        Name of the file that is damaged.
    make : function
        Writes the valid file, and others that belong to it, into a folder; the number makes their
        content differ.
    read : function
        Reads the file by its path, and returns anything that :func:`~bench.fuzz.trials.digest`
        takes.
    structured : tuple of functions
        Mutations that know the format.
    is_protected : bool
        Whether the file has checksums of its own, so that no damage may go unnoticed.
    """

    file: str
    make: Callable[[Path, int], None]
    read: Callable[[Path], Any]
    structured: tuple[Mutation, ...] = field(default=())
    is_protected: bool = False


@dataclass(frozen=True)
class _Event:
    run: int
    subrun: int
    event: int
    adc: Mapping[str, np.ndarray]


def _keys(count: int = EVENTS) -> pd.DataFrame:
    return pd.DataFrame({"sample": "p", "run": 1, "subrun": 2, "event": range(count)})


def _adc(number: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(number)
    shapes = {name: (DETECTOR.plane(name).wires, DETECTOR.ticks) for name in PLANES}
    return {name: rng.integers(-5, 6, shape).astype(np.int16) for name, shape in shapes.items()}


def _write_tree(folder: Path, number: int, *, layout: Any) -> None:
    events = [_Event(1, 2, n, _adc(10 * number + n)) for n in range(EVENTS)]
    write_events(folder / "raw.root", events, tree="ana/raw", layout=layout, detector=DETECTOR)


def _read_raw(path: Path, *, detector: Detector = DETECTOR, **source: Any) -> list[Any]:
    source = {"tree": None, "histograms": None, "frames": None, **source}
    return list(read_events([path], sample="p", detector=detector, shard=0, shards=1, **source))


def _write_histograms(folder: Path, number: int) -> None:
    with uproot.recreate(folder / "raw.root") as file:
        for name, plane in zip(("ROI", "Pixels"), PLANES, strict=True):
            values = _adc(number)[plane].T.astype(np.float32)
            edges = [np.arange(size + 1.0) for size in values.shape]
            file[f"{name}_1_2_{number}"] = (values, *edges)


def _write_frames(folder: Path, number: int, *, mode: Any) -> None:
    with tarfile.open(folder / "frames.tar", mode) as archive:
        for event in range(2):
            adc = _adc(10 * number + event)
            parts = {
                "frame": np.concatenate([adc[name] for name in PLANES]).astype(np.float32),
                "channels": np.arange(60, dtype=np.int32),
                "tickinfo": np.array([0.0, DETECTOR.tick_ns, 0.0]),
            }
            for part, values in parts.items():
                content = io.BytesIO()
                np.save(content, values)
                member = tarfile.TarInfo(f"{part}_gauss0_{event}.npy")
                member.size = content.tell()
                content.seek(0)
                archive.addfile(member, content)


def _write_beamline(folder: Path, number: int) -> None:
    momentum = 600.0 + 10.5 * np.arange(EVENTS) + number
    frame = _keys().assign(momentum=momentum, is_picky=[True, False] * 2, mass=938.3)
    write_beamline(frame, folder / "table.csv")


def _calorimetry(number: int) -> pd.DataFrame:
    rng = np.random.default_rng(number)
    lists = {
        name: [rng.uniform(0.1, 20, 3 + n).round(2) for n in range(EVENTS)]
        for name in ("residual_range", "dedx")
    }
    return CALORIMETRY.check(_keys().assign(**lists))


def _read_beamline(path: Path) -> pd.DataFrame:
    return read_beamline(path, sample="p", events=_keys())


def _read_calorimetry(path: Path, *, tree: str | None = None) -> pd.DataFrame:
    return read_calorimetry(path, sample="p", events=_keys(), tree=tree, max_dedx=100.0)


def _write_events(folder: Path, number: int) -> None:
    _keys().assign(event=_keys()["event"] + number).to_csv(folder / "events.csv", index=False)


def _write_choices(folder: Path, number: int) -> None:
    clusters = {f"{plane}_cluster": [number, -1, 3, 12] for plane in PLANES}
    CHOICES.write_tsv(_keys().assign(**clusters), folder / "choices.tsv")


def _write_curve(folder: Path, number: int) -> None:
    lines = [f"{r / 2} {20 / (r + 1) + number:.3f}  # point {r}" for r in range(12)]
    (folder / "proton.txt").write_text("\n".join(lines), "utf-8")


def _write_templates(folder: Path, number: int) -> None:
    hits = np.array([0.0, 2, 3, 4, 5, 0])
    sums, squares = hits * (3.0 + number), hits * 20.0
    to = uproot.writing.identify
    with uproot.recreate(folder / "templates.root") as file:
        for name in PROFILES.values():
            file[name] = to.to_TProfile(
                fName=None, fTitle="", data=sums, fEntries=hits.sum(), fTsumw=hits.sum(),
                fTsumw2=hits.sum(), fTsumwx=0.0, fTsumwx2=0.0, fTsumwy=sums.sum(),
                fTsumwy2=squares.sum(), fSumw2=squares, fBinEntries=hits, fBinSumw2=hits,
                fXaxis=to.to_TAxis("xaxis", "", 4, 0.0, 4.0), fErrorMode=1,
            )  # fmt: skip


def _write_sbn(folder: Path, number: int) -> None:
    points = [[3.0 + number, 2.0, 1.0], [], [5.0]]
    content: dict[str, Any] = {}
    for plane in SBN_PLANES:
        track, pid = f"{TRACKS}.calo.{plane}.points", f"{TRACKS}.chi2pid.{plane}"
        whole = {f"{track}..idx": [[0, 2], [0], [0]], f"{track}..length": [[2, 1], [0], [1]]}
        whole[f"{pid}.pid_ndof"] = [[1, 0], [0], [1]]
        real = {f"{track}.rr": points, f"{track}.dedx": points}
        real |= {f"{pid}.chi2_{species}": [[4.5, 0.0], [0.0], [2.0]] for species in SPECIES}
        content |= {name: ak.values_astype(ak.Array(v), np.int32) for name, v in whole.items()}
        content |= {name: ak.values_astype(ak.Array(v), np.float32) for name, v in real.items()}
    with uproot.recreate(folder / "caf.root") as file:
        file.mktree("recTree", {name: values.type.content for name, values in content.items()})
        file["recTree"].extend(content)


def _write_table(folder: Path, number: int) -> None:
    CALORIMETRY.write(_calorimetry(number), folder / "table.parquet")


def _write_tensors(folder: Path, number: int) -> None:
    values = np.random.default_rng(number).normal(size=(5, 6)).astype(np.float32)
    tensors = {"a": values, "b": np.arange(number, number + 4), "c": np.array(True)}
    write_tensors(tensors, folder / "tensors.safetensors", {"note": "x", "other": "y"})


def _write_arrays(folder: Path, number: int) -> None:
    images = np.random.default_rng(number).normal(size=(EVENTS, 2, 4)).astype(np.float32)
    keys = _keys().assign(event=_keys()["event"] + number)
    arrays = KeyedArrays(keys, {"images": images})
    arrays.write(folder / "arrays.safetensors", folder / "keys.parquet")


def _read_arrays(path: Path) -> dict[str, Any]:
    folder = path.parent
    found = KeyedArrays.read(folder / "arrays.safetensors", folder / "keys.parquet", EVENT_KEY)
    return {"keys": found.keys, "arrays": dict(found.arrays)}


def _write_model(folder: Path, number: int) -> None:
    torch.manual_seed(number)
    shape: dict[str, Any] = {"latent": 2, "channels": (2, 4), "activation": "elu"}
    saved = SavedModel(
        network=ConvVAE(size=8, in_channels=2, dropout=0.1, **shape),
        model=Model(trained_on=("p",), **shape),
        transform={"scale": [0.1, 483.0]},
        seed=number,
        training_keys="ab" * 32,
        inputs={"images.safetensors": "cd" * 32},
    )
    save_model(saved, folder / "weights.safetensors", folder / "model.json")


def _read_model(path: Path) -> dict[str, Any]:
    saved = load_model(path.with_name("weights.safetensors"), path.with_name("model.json"))
    weights = {name: value.numpy() for name, value in saved.network.state_dict().items()}
    return {**vars(saved), "network": weights}


def _write_description(folder: Path, number: int) -> None:
    write_description({"run": number, "event": 12, "sample": "p"}, folder / "event.json")


def _copy_yaml(folder: Path, number: int, *, source: Path) -> None:
    content = yaml.safe_load(source.read_text("utf-8"))
    content |= {"seed": number} if "seed" in content else {"lifetime_us": 1000.0 + number}
    (folder / "content.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def _write_list(folder: Path, number: int) -> None:
    lines = []
    for name in ("a.root", "b.csv"):
        (folder / name).write_text(f"{name} {number}", "utf-8")
        lines.append(f"{sha256(folder / name)}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def _read_list(path: Path) -> dict[str, str]:
    return {file.name: digest for file, digest in read_checksums(path).items()}


_HISTOGRAMS = {"induction": "ROI", "collection": "Pixels"}
FORMATS: dict[str, Format] = {
    "root-tree": Format(
        "raw.root",
        partial(_write_tree, layout="channel-mapped"),
        partial(_read_raw, tree="ana/raw"),
    ),
    "root-tree-flat": Format(
        "raw.root", partial(_write_tree, layout="flat"), partial(_read_raw, tree="raw")
    ),
    "root-histograms": Format(
        "raw.root", _write_histograms, partial(_read_raw, histograms=_HISTOGRAMS)
    ),
    "frames": Format(
        "frames.tar",
        partial(_write_frames, mode="w:bz2"),
        partial(_read_raw, frames={"tag": "gauss0"}),
    ),
    "frames-plain": Format(
        "frames.tar", partial(_write_frames, mode="w"), partial(_read_raw, frames={"tag": "gauss0"})
    ),
    "beamline": Format("table.csv", _write_beamline, _read_beamline, (change_cell,)),
    "calorimetry": Format(
        "table.csv",
        lambda folder, number: write_calorimetry(_calorimetry(number), folder / "table.csv"),
        _read_calorimetry,
        (change_cell,),
    ),
    "calorimetry-tree": Format(
        "calo.root",
        lambda folder, number: write_calorimetry_tree(
            _calorimetry(number), folder / "calo.root", tree="ana/calo"
        ),
        partial(_read_calorimetry, tree="ana/calo"),
    ),
    "events": Format(
        "events.csv", _write_events, partial(read_event_list, sample="p"), (change_cell,)
    ),
    "choices": Format("choices.tsv", _write_choices, CHOICES.read_tsv),
    "template": Format(
        "proton.txt",
        _write_curve,
        lambda path: read_template({"proton": path}, thickness_cm=0.46),
    ),
    "larsoft-templates": Format("templates.root", _write_templates, read_larsoft_templates),
    "sbn": Format("caf.root", _write_sbn, read_sbn_calorimetry),
    "parquet": Format("table.parquet", _write_table, CALORIMETRY.read, is_protected=True),
    "parquet-columns": Format(
        "table.parquet",
        _write_table,
        lambda path: CALORIMETRY.read_columns(path, ["event", "dedx"]),
        is_protected=True,
    ),
    "safetensors": Format("tensors.safetensors", _write_tensors, read_tensors, is_protected=True),
    "arrays": Format("arrays.safetensors", _write_arrays, _read_arrays, is_protected=True),
    "array-keys": Format("keys.parquet", _write_arrays, _read_arrays, is_protected=True),
    "weights": Format("weights.safetensors", _write_model, _read_model, is_protected=True),
    "model": Format("model.json", _write_model, _read_model, is_protected=True),
    "description": Format("event.json", _write_description, read_description, is_protected=True),
    "config": Format(
        "content.yaml",
        partial(_copy_yaml, source=ROOT / "config.yaml"),
        read_config,
        (change_yaml,),
    ),
    "detector": Format(
        "content.yaml",
        partial(_copy_yaml, source=DETECTOR_FILE),
        lambda path: load_detector(str(path), ROOT / "resources"),
        (change_yaml,),
    ),
    "checksums": Format("SHA256SUMS", _write_list, _read_list),
}


def real_formats(data: Path) -> dict[str, Format]:
    """Return the formats whose valid files are real ones, from a folder of reference data.

    Parameters
    ----------
    data : path
        Folder with ``lartpc`` and ``dedx``; what is not there is left out.
    """
    shipped = ROOT / "resources" / "detectors"
    pixlar, vertical = (
        Detector(**yaml.safe_load((shipped / f"{name}.yaml").read_text("utf-8")))
        for name in ("pixlar", "protodune_vd")
    )
    readers: dict[str, tuple[str, Callable[[Path], Any]]] = {
        "real-histograms": (
            "lartpc/pixlar_run14989_raw_adc.root",
            partial(_read_raw, detector=pixlar, histograms=_HISTOGRAMS),
        ),
        "real-frames": (
            "lartpc/protodunevd-sp-frames-anode0.tar.bz2",
            partial(_read_raw, detector=vertical, frames={"tag": "gauss0", "scale": 10.0}),
        ),
        "real-templates": ("dedx/dEdxrestemplates.root", read_larsoft_templates),
        "real-sbn": ("lartpc/sbn_calorimetry_flat.root", read_sbn_calorimetry),
    }
    return {
        name: Format(Path(file).name, partial(_copy_file, source=data / file), read)
        for name, (file, read) in readers.items()
        if (data / file).is_file()
    }


def _copy_file(folder: Path, number: int, *, source: Path) -> None:
    content = source.read_bytes()
    # There is no second file of the kind: the other one is this one, turned by some bytes.
    (folder / source.name).write_bytes(content[number * 64 :] + content[: number * 64])
