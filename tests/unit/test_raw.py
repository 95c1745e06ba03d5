"""Raw files: both tree layouts, histograms and frames, and every way in which they can be bad."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.hits import medians_and_deviations
from latentscape.lartpc.raw import count_events, read_events, write_events
from latentscape.lartpc.settings.samples import Frames, Histograms

LAYOUTS = ("channel-mapped", "flat")
OPEN = {"first_wire": [-1, 99], "entry_tick": [-1, 99]}


def a_detector(induction=2, collection=3, ticks=4, first_collection=10) -> Detector:
    plane = {"angle": 60, "wire_at_origin": 0, "threshold": 5, "window": OPEN}
    return Detector(
        name="toy",
        ticks=ticks,
        tick_ns=500,
        trigger_tick=0,
        pitch_cm=0.4,
        size_cm=(10, 10, 10),
        drift_velocity=1.5,
        field=0.5,
        lifetime_us=1000,
        induction={**plane, "wires": induction, "first_channel": 0},
        collection={**plane, "wires": collection, "first_channel": first_collection},
    )


TOY = a_detector()


@dataclass(frozen=True)
class Digitised:
    run: int
    subrun: int
    event: int
    adc: dict[str, np.ndarray]


def an_event(number=0, *, detector=TOY, seed=0) -> Digitised:
    rng = np.random.default_rng([seed, number])
    shapes = {p: (detector.plane(p).wires, detector.ticks) for p in ("induction", "collection")}
    adc = {p: rng.integers(-2048, 2048, shape).astype(np.int16) for p, shape in shapes.items()}
    return Digitised(1, 2, number, adc)


def read(files, *, detector=TOY, shard=0, shards=1, **source):
    source = {"tree": None, "histograms": None, "frames": None, **source}
    arguments = {"sample": "proton", "detector": detector, "shard": shard, "shards": shards}
    return list(read_events([files] if isinstance(files, Path) else files, **arguments, **source))


def write_tree(path, branches, *, name="ana/raw") -> Path:
    """A tree with any branches; run, subrun and event are added, None leaves one out."""
    entries = len(next(iter(branches.values())))
    keys = {"run": np.ones(entries, np.int32), "subrun": np.ones(entries, np.int32)}
    branches = {**keys, "event": np.arange(entries, dtype=np.int32), **branches}
    kept = {branch: v for branch, v in branches.items() if v is not None}
    kinds = {
        branch: v.type.content if isinstance(v, ak.Array) else np.dtype((v.dtype, v.shape[1:]))
        for branch, v in kept.items()
    }
    with uproot.recreate(path) as file:
        tree = file.mktree(name, kinds)
        if entries:
            tree.extend(kept)
    return path


def jagged(lists, dtype=np.int16) -> ak.Array:
    return ak.values_astype(ak.Array(lists), dtype)


def mapped(tmp_path, payload, channels, **more) -> Path:
    content = {"raw_rawadc": jagged(payload), "raw_channel": jagged(channels, np.int32)}
    return write_tree(tmp_path / "mapped.root", {**content, **more})


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    layout=st.sampled_from(LAYOUTS),
    detector=st.builds(
        a_detector,
        induction=st.integers(1, 4),
        collection=st.integers(1, 4),
        ticks=st.integers(1, 6),
        first_collection=st.integers(4, 9),
    ),
    events=st.integers(1, 5),
    seed=st.integers(0, 10),
)
def test_what_is_written_is_read_again(tmp_path, layout, detector, events, seed):
    written = [an_event(number, detector=detector, seed=seed) for number in range(events)]
    path = tmp_path / "raw.root"

    write_events(path, written, tree="ana/raw", layout=layout, detector=detector)
    found = read(path, tree="ana/raw", detector=detector)

    assert [(e.run, e.subrun, e.event) for e in found] == [(1, 2, n) for n in range(events)]
    for before, after in zip(written, found, strict=True):
        for plane in ("induction", "collection"):
            np.testing.assert_array_equal(before.adc[plane], after.planes[plane])
            assert after.planes[plane].dtype == np.int16
            assert not after.absent[plane].any()


def test_channels_in_any_order_find_their_wires_and_the_others_are_absent(tmp_path):
    path = mapped(tmp_path, [[1, 2, 3, 4, 5, 6, 7, 8]], [[12, 0]])

    (event,) = read(path, tree="ana/raw")

    assert event.planes["collection"].tolist() == [[0] * 4, [0] * 4, [1, 2, 3, 4]]
    assert event.planes["induction"].tolist() == [[5, 6, 7, 8], [0] * 4]
    assert event.absent["collection"].tolist() == [True, True, False]
    assert event.absent["induction"].tolist() == [False, True]


def test_an_event_without_channels_has_only_absent_wires(tmp_path):
    path = mapped(tmp_path, [[], [1, 2, 3, 4]], [[], [1]])

    first, second = read(path, tree="ana/raw")

    assert first.absent["induction"].all()
    assert first.absent["collection"].all()
    assert second.planes["induction"].tolist() == [[0] * 4, [1, 2, 3, 4]]


@pytest.mark.parametrize(
    "block",
    [
        np.arange(40, dtype=np.int16).reshape(2, 20),
        np.arange(40, dtype=np.int32).reshape(2, 5, 4),
        jagged(np.arange(40).reshape(2, 20).tolist()),
    ],
    ids=["fixed", "fixed, two-dimensional, int", "jagged"],
)
def test_a_flat_block_is_induction_then_collection_however_it_is_stored(tmp_path, block):
    path = write_tree(tmp_path / "flat.root", {"rawadc1": block})

    first, second = read(path, tree="ana/raw")

    assert first.planes["induction"].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert second.planes["collection"][2].tolist() == [36, 37, 38, 39]


def test_shards_of_several_files_partition_the_events(tmp_path):
    files = [tmp_path / f"{n}.root" for n in range(3)]
    for path, numbers in zip(files, (range(3), range(3, 4), range(4, 11)), strict=True):
        events = map(an_event, numbers)
        write_events(path, events, tree="ana/raw", layout="flat", detector=TOY)

    shards = [[e.event for e in read(files, tree="raw", shard=k, shards=4)] for k in range(4)]

    assert shards == [[0, 1], [2, 3, 4], [5, 6, 7], [8, 9, 10]]  # 11 k // 4 = 0, 2, 5, 8, 11
    source = {"tree": "raw", "histograms": None, "frames": None, "detector": TOY}
    counts = [count_events(files, sample="p", shard=k, shards=4, **source) for k in range(4)]
    assert counts == [2, 3, 3, 3]


def test_more_shards_than_events_leave_some_shards_empty(tmp_path):
    path = tmp_path / "one.root"
    write_events(path, [an_event()], tree="ana/raw", layout="flat", detector=TOY)

    assert [len(read(path, tree="ana/raw", shard=k, shards=3)) for k in range(3)] == [0, 0, 1]


def test_events_are_written_as_they_come(tmp_path):
    """One basket of the writer holds 12 MiB: 6,000 wires × 1,000 ticks fill one each."""
    detector = a_detector(3000, 3000, 1000, first_collection=3000)
    adc = {p: np.zeros((3000, 1000), np.int16) for p in ("induction", "collection")}
    path = tmp_path / "raw.root"
    sizes = []

    def events():
        for number in range(3):
            sizes.append(sum(p.stat().st_size for p in tmp_path.iterdir()))
            yield Digitised(1, 1, number, adc)

    write_events(path, events(), tree="raw", layout="flat", detector=detector)

    assert sizes[0] < sizes[1] < sizes[2]


def test_a_failed_write_leaves_no_file(tmp_path):
    def events():
        yield an_event()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_events(tmp_path / "x.root", events(), tree="raw", layout="flat", detector=TOY)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [np.zeros((2, 3), np.int16), np.zeros((2, 4), np.int32)])
def test_adc_of_wrong_shape_or_type_are_not_written(tmp_path, bad):
    event = Digitised(1, 1, 1, {**an_event().adc, "induction": bad})

    with pytest.raises(ValueError, match="induction: need int16"):
        write_events(tmp_path / "x.root", [event], tree="raw", layout="flat", detector=TOY)


def test_without_cycle_the_highest_is_read_and_with_cycle_the_named(tmp_path):
    path = tmp_path / "cycles.root"
    keys = dict.fromkeys(("run", "subrun", "event"), np.dtype(np.int32))
    with uproot.recreate(path) as file:
        for number in (7, 8):
            tree = file.mktree("raw", {**keys, "rawadc1": np.dtype((np.int16, (20,)))})
            numbers = dict.fromkeys(keys, np.full(1, number, np.int32))
            tree.extend({**numbers, "rawadc1": np.zeros((1, 20), np.int16)})

    assert [e.event for e in read(path, tree="raw")] == [8]
    assert [e.event for e in read(path, tree="raw;1")] == [7]


def no_file(tmp_path):
    return tmp_path / "nothing.root"


def a_text_file(tmp_path):
    path = tmp_path / "text.root"
    path.write_text("run,subrun,event\n")
    return path


def an_empty_file(tmp_path):
    path = tmp_path / "empty.root"
    path.touch()
    return path


def a_good_file(tmp_path, *, name="good.root", detector=TOY, events=3):
    path = tmp_path / name
    several = (an_event(n, detector=detector) for n in range(events))
    write_events(path, several, tree="ana/raw", layout="channel-mapped", detector=detector)
    return path


def a_truncated_file(tmp_path):
    path = a_good_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def only_a_header(tmp_path):
    path = tmp_path / "head.root"
    path.write_bytes(b"root\x00\x00")
    return path


def a_damaged_basket(tmp_path):
    """Noise in place of compressed ADC: folders and branches are whole, the payload is not."""
    path = a_good_file(tmp_path, detector=TOY, events=40)
    with uproot.open(path) as file:
        key = file["ana/raw"]["raw_rawadc"].member("fBasketSeek")[0]
    content = bytearray(path.read_bytes())
    content[key + 80 : key + 400] = np.random.default_rng(0).bytes(320)
    path.write_bytes(content)
    return path


def two_folders(tmp_path):
    path = tmp_path / "two.root"
    with uproot.recreate(path) as file:
        for folder in ("ana", "anatree"):
            file.mktree(f"{folder}/raw", {"run": "int32"}).extend({"run": np.ones(1, np.int32)})
    return path


def both_layouts(tmp_path):
    block = {"rawadc1": np.zeros((1, 20), np.int16)}
    return mapped(tmp_path, [[1, 2, 3, 4]], [[1]], **block)


def no_event_branch(tmp_path):
    return mapped(tmp_path, [[1, 2, 3, 4]], [[1]], event=None)


def no_channel_branch(tmp_path):
    return write_tree(tmp_path / "x.root", {"raw_rawadc": jagged([[1, 2, 3, 4]])})


def no_adc_branch(tmp_path):
    return write_tree(tmp_path / "x.root", {"adc": np.zeros((1, 20), np.int16)})


def an_indivisible_payload(tmp_path):
    return mapped(tmp_path, [[1, 2, 3, 4, 5, 6, 7]], [[0, 1]])


def a_payload_without_channels(tmp_path):
    return mapped(tmp_path, [[1, 2, 3, 4], [1]], [[], [1]])


def other_ticks(tmp_path):
    return mapped(tmp_path, [[1, 2, 3, 4, 5]], [[1]])


def an_unknown_channel(tmp_path):
    return mapped(tmp_path, [list(range(8))], [[0, 5]])


def a_negative_channel(tmp_path):
    return mapped(tmp_path, [list(range(8))], [[0, -1]])


def a_channel_twice(tmp_path):
    return mapped(tmp_path, [list(range(8))], [[11, 11]])


def a_short_block(tmp_path):
    return write_tree(tmp_path / "x.root", {"rawadc1": np.zeros((1, 16), np.int16)})


def too_large_adc(tmp_path):
    return write_tree(tmp_path / "x.root", {"rawadc1": np.full((1, 20), 40000, np.int32)})


def zero_events(tmp_path):
    return write_tree(tmp_path / "x.root", {"rawadc1": np.zeros((0, 20), np.int16)})


def an_event_twice(tmp_path):
    return mapped(tmp_path, [[1] * 4] * 3, [[1]] * 3, event=np.array([4, 5, 4], np.int32))


@pytest.mark.parametrize(
    ("make", "tree", "message"),
    [
        (no_file, "ana/raw", r"nothing.root does not exist"),
        (lambda tmp_path: tmp_path, "ana/raw", r"is a folder"),
        (a_text_file, "ana/raw", r"text.root is not a ROOT file: it begins with b'run,'"),
        (an_empty_file, "ana/raw", r"empty.root is not a ROOT file"),
        (only_a_header, "ana/raw", r"head.root is truncated: it has only 6 bytes"),
        (a_truncated_file, "ana/raw", r"truncated: its header says \d+ bytes, found \d+"),
        (a_damaged_basket, "ana/raw", r"entries 0 to 39 of tree 'ana/raw;1' cannot be read"),
        (
            a_good_file,
            "anatree/raw",
            r"has no tree 'anatree/raw'. Trees in the file: 'ana/raw;1'. Set samples.proton.tree",
        ),
        (
            a_good_file,
            "ana/raw;352",
            r"has no tree 'ana/raw;352'. Trees in the file: 'ana/raw;1'. Set samples.proton.tree",
        ),
        (two_folders, "raw", r"ambiguous tree 'raw': 'ana/raw', 'anatree/raw' fit"),
        (both_layouts, "ana/raw", r"ambiguous layout: both 'raw_rawadc' .* and 'rawadc1'"),
        (no_event_branch, "ana/raw", r"no branch 'event'. Branches: run, subrun"),
        (no_channel_branch, "ana/raw", r"no branch 'raw_channel'"),
        (no_adc_branch, "ana/raw", r"no branch 'raw_rawadc' .* and no 'rawadc1' .* adc"),
        (an_indivisible_payload, "ana/raw", r"7 values, not divisible by the 2 channels"),
        (a_payload_without_channels, "ana/raw", r"entry 0: .* 4 values, .* the 0 channels"),
        (other_ticks, "ana/raw", r"5 samples per channel; detector toy has 4 ticks"),
        (an_unknown_channel, "ana/raw", r"channel 5, .* induction 0 to 1, collection 10 to 12"),
        (a_negative_channel, "ana/raw", r"channel -1, which is out of range"),
        (a_channel_twice, "ana/raw", r"channel 11 twice"),
        (a_short_block, "ana/raw", r"holds 16 values; detector toy needs 5 wires × 4 ticks = 20"),
        (too_large_adc, "ana/raw", r"from 40000 to 40000; allowed are -32768 to 32767"),
        (zero_events, "ana/raw", r"zero events in its files \(.*x.root\)"),
        (an_event_twice, "ana/raw", r"\(run, subrun, event\) = \(1, 1, 4\) was already read"),
    ],
)
def test_a_bad_tree_is_refused_in_one_line_that_names_the_sample(tmp_path, make, tree, message):
    with pytest.raises(InputError, match=message) as caught:
        read(make(tmp_path), tree=tree)

    assert str(caught.value).startswith("proton: ")
    assert "\n" not in str(caught.value)


def test_a_file_listed_twice_is_refused(tmp_path):
    path = a_good_file(tmp_path)

    with pytest.raises(InputError, match=r"\(1, 2, 0\) was already read from .*good.root"):
        read([path, path], tree="ana/raw")


def test_a_sample_without_files_is_refused():
    with pytest.raises(InputError, match="zero events in its files \\(none\\)"):
        read([], tree="ana/raw")


@pytest.mark.parametrize("source", [{}, {"tree": "raw", "frames": Frames(tag="gauss0")}])
def test_a_sample_has_exactly_one_kind_of_source(tmp_path, source):
    with pytest.raises(InputError, match="set exactly one of"):
        read(tmp_path / "x.root", **source)


def test_a_written_tree_is_named_without_cycle(tmp_path):
    with pytest.raises(InputError, match="'raw;2': a new file has no cycles"):
        write_events(tmp_path / "x.root", [], tree="raw;2", layout="flat", detector=TOY)


HISTOGRAMS = Histograms(induction="ROI", collection="Pixels")


def write_histograms(path, **histograms) -> Path:
    with uproot.recreate(path) as file:
        for name, values in histograms.items():
            edges = [np.arange(n + 1.0) for n in values.shape]
            file[name] = (values, *edges)
    return path


def planes_of_histograms():
    """Ticks × wires, as histograms hold them: induction has 2 wires, collection 3."""
    return np.arange(8.0).reshape(4, 2), np.arange(12.0).reshape(4, 3)


def test_histograms_give_wires_by_ticks_and_the_event_of_their_suffix(tmp_path):
    roi, pixels = planes_of_histograms()
    path = write_histograms(tmp_path / "h.root", ROI_7_8_9=roi, Pixels_7_8_9=pixels)

    (event,) = read(path, histograms=HISTOGRAMS)

    assert (event.run, event.subrun, event.event) == (7, 8, 9)
    assert event.planes["induction"].tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert event.planes["collection"][2].tolist() == [2, 5, 8, 11]


def test_histograms_without_suffix_are_numbered_by_their_file(tmp_path):
    roi, pixels = planes_of_histograms()
    files = [write_histograms(tmp_path / f"{n}.root", ROI=roi, Pixels=pixels) for n in range(3)]

    keys = [
        (e.run, e.subrun, e.event) for e in read(files, histograms=HISTOGRAMS, shard=1, shards=2)
    ]

    assert keys == [(0, 0, 1), (0, 0, 2)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("ROI", "Other"), r"has no histogram 'Pixels'; .*'ROI'.*samples.proton.histograms.coll"),
        (("ROI_1_2_3", "Pixels_1_2_3", "Pixels_1_2_4"), r"several .* fit 'Pixels'"),
        (("ROI_1_2_3", "Pixels_1_2_4"), r"are of different events"),
    ],
)
def test_histograms_that_do_not_fit_the_names_are_refused(tmp_path, names, message):
    roi, pixels = planes_of_histograms()
    content = {name: roi if name.startswith("ROI") else pixels for name in names}
    path = write_histograms(tmp_path / "h.root", **content)

    with pytest.raises(InputError, match=message):
        read(path, histograms=HISTOGRAMS)


def test_histograms_of_another_detector_are_refused(tmp_path):
    roi, pixels = planes_of_histograms()
    path = write_histograms(tmp_path / "h.root", ROI=roi.T, Pixels=pixels)

    with pytest.raises(InputError, match=r"'ROI' has 2 × 4 bins; .* 4 ticks × 2 wires"):
        read(path, histograms=HISTOGRAMS)


def npy_bytes(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def write_archive(path, members, *, mode="w:bz2") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            data = content if isinstance(content, bytes) else npy_bytes(content)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def frame_members(event=5, tag="gauss0", **replaced):
    """Channels 10, 0 and 40: collection wire 0, induction wire 0, and a plane not in use."""
    parts = {
        "frame": np.array([[0, 14.9, 15.1, 0], [1, 2, 3, 1e4], [9, 9, 9, 9]], np.float32),
        "channels": np.array([10, 0, 40], np.int32),
        "tickinfo": np.array([0.0, 500.0, 0.0]),
        **replaced,
    }
    return {f"{part}_{tag}_{event}.npy": v for part, v in parts.items() if v is not None}


def test_frames_are_scaled_rounded_and_mapped_to_wires(tmp_path):
    path = write_archive(tmp_path / "f.tar.bz2", frame_members())

    (event,) = read(path, frames={"tag": "gauss0", "scale": 10})

    assert (event.run, event.subrun, event.event) == (0, 0, 5)
    assert event.planes["collection"].tolist() == [[0, 1, 2, 0], [0] * 4, [0] * 4]
    assert event.planes["induction"].tolist() == [[0, 0, 0, 1000], [0] * 4]
    assert event.absent["collection"].tolist() == [False, True, True]


def test_frames_of_another_tag_are_left_alone_and_shards_are_events(tmp_path):
    members = frame_members(3) | frame_members(4, tag="wiener0") | frame_members(5)
    path = write_archive(tmp_path / "f.tar", members, mode="w")

    parts = [read(path, frames=Frames(tag="gauss0"), shard=k, shards=2) for k in range(2)]

    assert [[e.event for e in part] for part in parts] == [[3], [5]]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (frame_members(tag="raw0"), r"no frame of tag 'gauss0'. Tags in the archive: 'raw0'"),
        (frame_members(channels=None), r"event 5 has no 'channels_gauss0_5.npy'"),
        (frame_members(frame=np.zeros((3, 9))), r"shape \(3, 9\) .* needs \(3, 4\)"),
        (frame_members(frame=np.full((3, 4), 5e5)), r"from 500000 to 500000; allowed"),
        (frame_members(frame=np.full((3, 4), np.nan)), r"from nan to nan; allowed"),
        (frame_members(channels=np.array([1, 1, 2])), r"not integers, each once"),
        (frame_members(channels=np.array([50, 51, 52])), r"channels 50 to 52 are out of range"),
        (frame_members(tickinfo=np.array([0.0, 400.0, 0.0])), r"400 ns; .* tick_ns 500"),
        (frame_members(frame=np.array([{}], dtype=object)), r"array of object; only numbers"),
        (frame_members(frame=b"text"), r"not a NumPy array"),
        (frame_members(frame=npy_bytes(np.zeros((3, 4)))[:-8]), r"does not fit its \d+ bytes"),
    ],
)
def test_bad_frames_are_refused(tmp_path, members, message):
    path = write_archive(tmp_path / "f.tar.bz2", members)

    with pytest.raises(InputError, match=message):
        read(path, frames=Frames(tag="gauss0"))


def test_a_truncated_archive_is_refused(tmp_path):
    path = write_archive(tmp_path / "f.tar.bz2", frame_members())
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(InputError, match="not a readable tar archive, or truncated"):
        read(path, frames=Frames(tag="gauss0"))


def test_an_archive_that_claims_an_absurd_size_is_refused_unread(tmp_path):
    info = tarfile.TarInfo("frame_gauss0_1.npy")
    info.size = 2**40
    path = tmp_path / "f.tar"
    path.write_bytes(info.tobuf() + bytes(1024))

    with pytest.raises(InputError, match=r"claims 1099511627776 bytes"):
        read(path, frames=Frames(tag="gauss0"))


def shipped_detector(name) -> Detector:
    path = Path(__file__).parents[2] / "resources" / "detectors" / f"{name}.yaml"
    return Detector(**yaml.safe_load(path.read_text("utf-8")))


def test_the_real_pixlar_event_has_the_published_range_of_adc(reference_data):
    path = reference_data / "lartpc" / "pixlar_run14989_raw_adc.root"

    (event,) = read(path, histograms=HISTOGRAMS, detector=shipped_detector("pixlar"))

    assert (event.run, event.subrun, event.event) == (14989, 399, 3990044)
    pixels, roi = event.planes["collection"], event.planes["induction"]
    assert (pixels.min(), pixels.max(), roi.min(), roi.max()) == (-48, 157, -311, 78)
    assert np.count_nonzero(np.abs(pixels) > 15) == pytest.approx(7000, rel=0.05)


def test_the_real_pixlar_planes_have_the_noise_that_their_thresholds_assume(reference_data):
    path = reference_data / "lartpc" / "pixlar_run14989_raw_adc.root"

    (event,) = read(path, histograms=HISTOGRAMS, detector=shipped_detector("pixlar"))

    for plane, adc in event.planes.items():
        medians, deviations = medians_and_deviations(adc)
        assert np.median(medians) == 0
        assert np.median(deviations) == {"collection": 3, "induction": 1}[plane]


def test_the_real_protodune_frames_fill_both_planes(reference_data):
    path = reference_data / "lartpc" / "protodunevd-sp-frames-anode0.tar.bz2"
    frames = Frames(tag="gauss0", scale=10)

    (event,) = read(path, frames=frames, detector=shipped_detector("protodune_vd"))

    assert event.event == 339850
    assert event.planes["induction"].shape == (476, 6400)
    assert event.planes["collection"].shape == (584, 6400)
    assert not event.absent["collection"].any()
    assert event.planes["collection"].max() == 1972  # 19,718 electrons
