"""What the figures of the LArTPC study show, on small tables made by hand."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.figures.style import STYLE
from latentscape.keys import TRACK_KEY
from latentscape.lartpc import figures
from latentscape.lartpc.figures import SPECIES_COLOURS, SPECIES_LABELS, sample_labels
from latentscape.lartpc.geometry import PLANES, Detector, PlaneSettings, Window
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, PID
from latentscape.lartpc.tables.images import RESIZING
from latentscape.lartpc.tables.reconstruction import CLUSTERS, CUT_FLOW, TRACKS

SPECIES_OF = {"proton": "proton", "kaon": "kaon", "muon": "muon"}
LABELS = sample_labels(SPECIES_OF)
MASS = {"proton": 938.0, "kaon": 494.0, "muon": 106.0}
PIXELS = {"induction": 30, "collection": 60}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def a_detector(wires=240, ticks=3072):
    window = Window(first_wire=(12, 37), entry_tick=(789, 1927))
    plane = PlaneSettings(
        wires=wires, first_channel=0, angle=60, wire_at_origin=25, threshold=12, window=window
    )
    return Detector(
        name="test",
        ticks=ticks,
        tick_ns=128,
        trigger_tick=134,
        pitch_cm=0.4,
        size_cm=(47, 40, 90),
        drift_velocity=1.5,
        field=0.486,
        lifetime_us=1000,
        induction=plane,
        collection=plane,
    )


def event_columns(sample, n):
    return {"sample": sample, "run": 1, "subrun": 0, "event": np.arange(n)}


def a_beamline(samples=tuple(SPECIES_OF), n=400):
    rng = np.random.default_rng(1)
    parts = []
    for sample in samples:
        momentum = rng.uniform(350, 800, n)
        mass = rng.normal(MASS[sample], 40, n)
        parts.append(
            pd.DataFrame(
                {
                    **event_columns(sample, n),
                    "momentum": momentum,
                    "is_picky": rng.random(n) < 0.6,
                    "mass": np.where(rng.random(n) < 0.02, -mass, mass),
                }
            )
        )
    return BEAMLINE.check(pd.concat(parts, ignore_index=True))


def along_a_track(first_wire, height, first_tick, slope):
    """Return wire, tick and pulse height of a straight track that stops with a Bragg peak."""
    wire = np.repeat(np.arange(first_wire, first_wire + height), 9)
    middle = first_tick + slope * (wire - first_wire)
    tick = (middle + np.tile(np.arange(9), height)).astype(int)
    shape = np.tile(np.exp(-0.5 * ((np.arange(9) - 4) / 2) ** 2), height)
    residual = first_wire + height - wire
    return wire, tick, (60 + 300 / np.sqrt(residual)) * shape


TRACK = {"first_wire": 25, "height": 110, "first_tick": 1300, "slope": 2.5}
HALO = {"first_wire": 0, "height": 240, "first_tick": 2400, "slope": 0.4}
BLIPS = ((60, 500), (150, 2000), (200, 900), (30, 2800))


def raw_planes(detector, pedestal=0):
    rng = np.random.default_rng(3)
    planes = {}
    for plane in PLANES:
        samples = rng.normal(pedestal, 2.0, (detector.plane(plane).wires, detector.ticks))
        for one in (TRACK, HALO):
            wire, tick, adc = along_a_track(**one)
            samples[wire, tick] += adc
            if plane == "induction":
                samples[wire, tick + 9] -= adc * 0.8
        planes[plane] = np.round(samples).astype(np.int16)
    return planes


def a_box(wire, tick, adc):
    return {
        "first_wire": wire.min(),
        "last_wire": wire.max(),
        "first_tick": tick.min(),
        "last_tick": tick.max(),
        "height": np.ptp(wire) + 1,
        "width": np.ptp(tick) + 1,
        "entry_tick": tick[0],
        "n_pixels": len(wire),
        "charge": int(adc.sum()),
        "max_adc": int(adc.max()),
        "min_adc": int(adc.min()),
        "varies": True,
        "wire": wire,
        "tick": tick,
        "adc": adc.astype(int),
    }


def clusters_of_an_event():
    pixels = [along_a_track(**HALO), along_a_track(**TRACK)]
    pixels += [
        (np.array([w, w, w + 1]), np.array([t, t + 1, t]), np.full(3, 20.0)) for w, t in BLIPS
    ]
    event = {"sample": "proton", "run": 1, "subrun": 0, "event": 7}
    rows = [
        {**event, "plane": plane, "cluster": number, **a_box(*one)}
        for plane in PLANES
        for number, one in enumerate(pixels)
    ]
    return CLUSTERS.check(pd.DataFrame(rows))


def hits_of_an_event(clusters):
    rows = []
    for plane, group in clusters.groupby("plane"):
        lone = np.array([[5, 6, 7], [100, 100, 100]])
        rows.append(
            {
                "plane": plane,
                "wire": np.concatenate([*group["wire"], lone[0]]),
                "tick": np.concatenate([*group["tick"], lone[1]]),
            }
        )
    return pd.DataFrame(rows)


def tracks_of_an_event(clusters):
    box = clusters[(clusters["plane"] == "collection") & (clusters["cluster"] == 1)].iloc[0]
    names = [c.name.removeprefix("collection_") for c in TRACKS.columns]
    row = {"sample": "proton", "run": 1, "subrun": 0, "event": 7, "track": 1}
    row |= {"induction_cluster": 1, "score": 0.0}
    for plane in PLANES:
        row |= {f"{plane}_{name}": box[name] for name in names if name in box.index}
    return TRACKS.check(pd.DataFrame([{c.name: row[c.name] for c in TRACKS.columns}]))


CUTS = ("all", "height", "varying_profile", "first_wire", "entry_tick")


def a_cut_flow(samples=tuple(SPECIES_OF), left=(366533, 30211, 30020, 24100, 21708)):
    rows = []
    for i, sample in enumerate(samples):
        for plane in PLANES:
            for step, (cut, survivors) in enumerate(zip(CUTS, left, strict=True)):
                rows.append((sample, plane, step, cut, survivors // (i + 1), 16036))
        both = (("events", 16036), ("matched", 10467), ("calorimetry", 9800))
        for step, (cut, survivors) in zip((0, 5, 6), both, strict=True):
            rows.append((sample, "both", step, cut, survivors // (i + 1), 16036))
    columns = [column.name for column in CUT_FLOW.columns]
    return CUT_FLOW.check(pd.DataFrame(rows, columns=columns))


def entries(n=20000):
    rng = np.random.default_rng(4)
    beam = np.arange(n) % 3 == 0
    return pd.DataFrame(
        {
            "plane": np.where(np.arange(n) % 2, "induction", "collection"),
            "first_wire": np.where(beam, rng.normal(25, 4, n), rng.uniform(0, 240, n)).astype(int),
            "entry_tick": np.where(beam, rng.normal(1350, 180, n), rng.uniform(0, 3072, n)).astype(
                int
            ),
        }
    )


POWER_LAW = {"proton": 17.0, "kaon": 14.0, "pion": 8.0, "muon": 7.2, "deuteron": 25.0}


def expected_curves():
    """Return A r^-0.42, near enough to a stopping particle for a picture."""
    ranges = np.arange(0.05, 60, 0.05)
    return EXPECTED_DEDX.check(
        pd.concat(
            [
                pd.DataFrame({"species": name, "residual_range": ranges, "dedx": a * ranges**-0.42})
                for name, a in POWER_LAW.items()
            ],
            ignore_index=True,
        ).assign(most_probable=lambda table: table["dedx"], landau_width=0.2)
    )


def a_calorimetry(samples=tuple(SPECIES_OF), n=60):
    rng = np.random.default_rng(5)
    parts = []
    for sample in samples:
        ranges = [np.arange(0.2, rng.uniform(10, 45), 0.45) for _ in range(n)]
        a = POWER_LAW[SPECIES_OF[sample]]
        dedx = [a * r**-0.42 * rng.lognormal(0, 0.12, len(r)) for r in ranges]
        parts.append(
            pd.DataFrame({**event_columns(sample, n), "residual_range": ranges, "dedx": dedx})
        )
    return CALORIMETRY.check(pd.concat(parts, ignore_index=True))


def a_pid(samples=tuple(SPECIES_OF), n=300):
    rng = np.random.default_rng(6)
    parts = []
    for sample in samples:
        columns = dict.fromkeys(column.name for column in PID.columns)
        columns |= {**event_columns(sample, n), "track": 0, "n_points": 30, "is_reversed": False}
        for column in PID.columns:
            if column.name.startswith(("chi2", "log_likelihood")):
                species = column.name.rsplit("_", 1)[1]
                near = 0.25 if species == SPECIES_OF[sample] else 1.8
                columns[column.name] = near * rng.lognormal(0, 0.6, n)
        parts.append(pd.DataFrame(columns))
    return PID.check(pd.concat(parts, ignore_index=True))


def some_images(samples=tuple(SPECIES_OF), n=12, size=48):
    rng = np.random.default_rng(8)
    keys, images = [], []
    for sample in samples:
        for event in range(n):
            keys.append((sample, 1, 0, event, 0))
            image = np.zeros((2, size, size), dtype=np.float32)
            wire = np.arange(rng.integers(4, 20), size)
            slope = rng.normal(0, 0.15)
            for channel, scale in enumerate((1.0, 0.5)):
                tick = np.clip(size // 2 + slope * (wire - wire[0]), 0, size - 1).astype(int)
                image[channel, wire, tick] = scale * (300 + 3000 / np.sqrt(size - wire))
            images.append(image)
    return KeyedArrays(pd.DataFrame(keys, columns=list(TRACK_KEY)), {"images": np.stack(images)})


def a_resizing(n=300):
    rng = np.random.default_rng(9)
    parts = []
    for plane, spread in (("collection", 0.15), ("induction", 0.4)):
        for resize in ("area", "bilinear"):
            kept = 1.0 if resize == "area" else rng.normal(0.9, spread, n).clip(0)
            columns = {**event_columns("proton", n), "track": 0, "plane": plane, "resize": resize}
            columns |= {"charge": 1000, "image_charge": 1000.0 * kept, "kept": kept}
            moved = 0 if resize == "area" else rng.integers(0, 3, n)
            columns |= {"peak_row": 48.0, "image_peak_row": 47.8 - moved}
            parts.append(pd.DataFrame(columns))
    return RESIZING.check(pd.concat(parts, ignore_index=True))


def texts_of(axes):
    return [text.get_text() for text in axes.texts]


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def assert_same_images(one, other):
    shown = [[axes.images[0].get_array() for axes in f.axes if axes.images] for f in (one, other)]
    assert shown[0]
    for first, second in zip(*shown, strict=True):
        np.testing.assert_array_equal(first.filled(-1), second.filled(-1))


def shuffled(frame):
    return frame.sample(frac=1, random_state=11).reset_index(drop=True)


def test_a_sample_has_text_and_colour_of_its_species():
    labels = sample_labels({"kaon": "kaon", "proton": "proton"})
    assert labels["kaon"].text == "K⁺"
    assert labels["kaon"].colour == SPECIES_COLOURS["kaon"]
    assert labels["proton"].colour == SPECIES_COLOURS["proton"]


def test_a_second_sample_of_a_species_has_a_name_and_colour_of_its_own():
    labels = sample_labels({"kaon": "kaon", "clean": "kaon", "proton": "proton"})
    assert labels["clean"].text == "K⁺ clean"
    assert labels["clean"].colour not in SPECIES_COLOURS.values()


def test_species_are_named_as_on_a_slide():
    assert list(SPECIES_LABELS.values()) == ["p", "K⁺", "π⁺", "μ⁺", "d"]


@looks_as_before
def test_beam_spectrum_looks_as_before():
    return figures.beam_spectrum(a_beamline(), labels=LABELS)


def test_beam_spectrum_marks_the_masses_in_its_range():
    figure = figures.beam_spectrum(a_beamline(("kaon", "proton")), labels=LABELS)
    mass = figure.axes[1]
    assert set(texts_of(mass)) == {"p", "K⁺", "π⁺", "μ⁺"}
    lines = sorted(line.get_xdata()[0] for line in mass.lines)
    assert lines == pytest.approx([105.658, 139.570, 493.677, 938.272], abs=1e-3)


def test_beam_spectrum_counts_all_and_picky_events():
    table = a_beamline(("proton",), n=10).assign(is_picky=[True] * 4 + [False] * 6)
    legend = figures.beam_spectrum(table, labels=LABELS).legends[0]
    assert legend.get_texts()[0].get_text() == "p (10, picky 4)"


def test_beam_spectrum_of_no_event_says_so():
    figure = figures.beam_spectrum(BEAMLINE.empty(), labels=LABELS)
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 2


def test_samples_that_are_not_configured_are_refused():
    with pytest.raises(InputError, match="'kaon' is not one of proton"):
        figures.beam_spectrum(a_beamline(), labels=sample_labels({"proton": "proton"}))


@looks_as_before
def test_event_display_looks_as_before():
    detector = a_detector()
    return figures.event_display(raw_planes(detector), detector=detector, title="p, event 7")


def test_event_display_is_the_same_on_any_pedestal():
    detector = a_detector(wires=40, ticks=300)
    rng = np.random.default_rng(0)
    planes = {plane: rng.integers(-5, 200, (40, 301)).astype(np.int16)[:, :300] for plane in PLANES}
    lifted = {plane: samples + np.int16(1800) for plane, samples in planes.items()}
    images = [
        [
            axes.images[0].get_array()
            for axes in figures.event_display(p, detector=detector).axes[:2]
        ]
        for p in (planes, lifted)
    ]
    for one, other in zip(*images, strict=True):
        np.testing.assert_array_equal(one, other)


def test_event_display_keeps_the_peak_of_a_thin_track():
    detector = a_detector(wires=4, ticks=3000)
    planes = {plane: np.zeros((4, 3000), dtype=np.int16) for plane in PLANES}
    planes["collection"][2, 1234] = 300
    shown = figures.event_display(planes, detector=detector).axes[1].images[0]
    assert shown.get_array().max() == 300
    row, wire = np.argwhere(shown.get_array() == 300)[0]
    assert wire == 2
    assert row == 1234 // 6  # 3000 ticks in 500 rows


def test_event_display_zooms_on_what_is_above_threshold():
    detector = a_detector()
    planes = {plane: np.zeros((240, 3072), dtype=np.int16) for plane in PLANES}
    planes["induction"][100:111, 1000:1021] = 50
    induction, collection = figures.event_display(planes, detector=detector, zoom=True).axes[:2]
    assert induction.get_xlim() == (91.5, 118.5)
    assert induction.get_ylim() == (919.5, 1100.5)
    assert collection.get_xlim() == (-0.5, 239.5)


def test_only_a_plane_with_large_negative_samples_has_a_two_sided_scale():
    detector = a_detector()
    induction, collection = figures.event_display(raw_planes(detector), detector=detector).axes[:2]
    assert induction.images[0].norm.vmin == -induction.images[0].norm.vmax
    assert collection.images[0].norm.vmin == 0


@looks_as_before
def test_cluster_display_looks_as_before():
    clusters = clusters_of_an_event()
    return figures.cluster_display(
        hits_of_an_event(clusters), clusters, tracks_of_an_event(clusters), detector=a_detector()
    )


def display_of(clusters, tracks, **options):
    hits = hits_of_an_event(clusters)
    return figures.cluster_display(hits, clusters, tracks, detector=a_detector(), **options)


def test_both_clusters_of_a_track_have_one_colour_and_a_frame():
    clusters = clusters_of_an_event()
    panels = display_of(clusters, tracks_of_an_event(clusters)).axes
    assert [texts_of(axes) for axes in panels] == [["track 1"], ["track 1"]]
    colours = [to_hex(axes.patches[0].get_edgecolor()) for axes in panels]
    assert colours[0] == colours[1]


def test_cluster_display_without_a_track_frames_nothing():
    panels = display_of(clusters_of_an_event(), TRACKS.empty(), zoom=True).axes
    assert [len(axes.patches) for axes in panels] == [0, 0]


def test_cluster_display_does_not_depend_on_row_order():
    clusters = clusters_of_an_event()
    tracks = tracks_of_an_event(clusters)
    one = display_of(clusters, tracks)
    other = display_of(shuffled(clusters), tracks)
    assert_same_images(one, other)


def test_cluster_display_of_an_empty_event_says_so():
    empty = CLUSTERS.empty()
    figure = figures.cluster_display(empty, empty, TRACKS.empty(), detector=a_detector(), zoom=True)
    assert [texts_of(axes) for axes in figure.axes] == [["no pixels"]] * 2


@looks_as_before
def test_cut_flow_looks_as_before():
    return figures.cut_flow(a_cut_flow(), labels=LABELS)


def test_cut_flow_writes_every_number():
    figure = figures.cut_flow(a_cut_flow(("proton",)), labels=LABELS)
    induction, _, both = figure.axes
    assert texts_of(induction) == ["366,533", "30,211", "30,020", "24,100", "21,708"]
    assert texts_of(both) == ["16,036", "10,467", "9,800"]
    assert [label.get_text() for label in both.get_yticklabels()] == [
        "events",
        "matched tracks",
        "with calorimetry",
    ]


def test_cut_flow_shows_that_nothing_is_left():
    flow = a_cut_flow(("proton",), left=(100, 10, 0, 0, 0))
    figure = figures.cut_flow(flow[flow["plane"] == "induction"], labels=LABELS)
    assert texts_of(figure.axes[0])[-1] == "0"
    end_of_bar = figure.axes[0].patches[-1].get_width()
    assert end_of_bar == pytest.approx(figure.axes[0].get_xlim()[0])


def test_cut_flow_of_nothing_says_so():
    assert texts_of(figures.cut_flow(CUT_FLOW.empty(), labels=LABELS).axes[0]) == ["no entries"]


@looks_as_before
def test_entry_windows_looks_as_before():
    return figures.entry_windows(entries(), detector=a_detector())


def test_entry_windows_draws_the_detectors_window_in_each_plane():
    figure = figures.entry_windows(entries(1000), detector=a_detector())
    boxes = [axes.patches[0] for axes in figure.axes if axes.get_ylabel() == "entry tick"]
    assert len(boxes) == 2
    for box in boxes:
        assert (box.get_x(), box.get_y()) == (12, 789)
        assert (box.get_width(), box.get_height()) == (25, 1138)


def test_entry_windows_projects_every_cluster():
    table = entries(1000)
    figure = figures.entry_windows(table, detector=a_detector())
    above = next(axes for axes in figure.axes if axes.get_title(loc="left") == "induction")
    counts = above.patches[0].get_data().values
    assert counts.sum() == (table["plane"] == "induction").sum()


def test_entry_windows_of_no_cluster_says_so():
    figure = figures.entry_windows(entries(1000).head(0), detector=a_detector())
    assert sum("no entries" in texts_of(axes) for axes in figure.axes) == 2


@looks_as_before
def test_dedx_against_range_looks_as_before():
    return figures.dedx_against_range(a_calorimetry(), expected_curves(), labels=LABELS)


def test_dedx_against_range_names_every_expected_curve_in_its_colour():
    figure = figures.dedx_against_range(a_calorimetry(), expected_curves(), labels=LABELS)
    for axes in figure.axes[:3]:
        named = {text.get_text(): text.get_color() for text in axes.texts}
        assert named == {
            SPECIES_LABELS[species]: colour for species, colour in SPECIES_COLOURS.items()
        }


def test_dedx_against_range_leaves_out_points_that_are_not_finite():
    table = a_calorimetry(("proton",), n=1)
    ranges, dedx = np.array([1.0, 2.0, np.nan, 4.0]), np.array([9.0, np.nan, 8.0, 7.0])
    table = table.assign(residual_range=[ranges], dedx=[dedx])
    figure = figures.dedx_against_range(table, expected_curves(), labels=LABELS)
    assert figure.axes[0].get_title(loc="left") == "p (2 points)"


def test_dedx_against_range_of_no_track_says_so():
    figure = figures.dedx_against_range(CALORIMETRY.empty(), expected_curves(), labels=LABELS)
    assert texts_of(figure.axes[0]) == ["no entries"]


@looks_as_before
def test_chi2_comparison_looks_as_before():
    return figures.chi2_comparison(a_pid(), labels=LABELS)


def test_chi2_comparison_has_equal_logarithmic_axes_and_the_diagonal():
    axes = figures.chi2_comparison(a_pid(), labels=LABELS).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim() == axes.get_ylim()
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), axes.lines[0].get_ydata())


def test_chi2_comparison_counts_only_tracks_with_both_values():
    pid = a_pid(("proton",), n=10)
    pid.loc[[0, 1], "chi2_kaon"] = np.nan
    legend = figures.chi2_comparison(pid, labels=LABELS).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["p (8)"]


def test_chi2_comparison_puts_each_track_at_its_values():
    pid = a_pid(n=20)
    drawn = figures.chi2_comparison(shuffled(pid), labels=LABELS).axes[0].collections[0]
    expected = {(row.chi2_proton, row.chi2_kaon): row.sample for row in pid.itertuples()}
    for point, colour in zip(drawn.get_offsets(), drawn.get_facecolors(), strict=True):
        assert to_hex(colour) == LABELS[expected[tuple(point)]].colour.lower()


def test_chi2_comparison_without_tracks_says_so():
    assert texts_of(figures.chi2_comparison(PID.empty(), labels=LABELS).axes[0]) == ["no entries"]


@looks_as_before
def test_gallery_looks_as_before():
    return figures.gallery(some_images(), labels=LABELS)


def test_gallery_does_not_depend_on_row_order():
    images = some_images(n=5)
    order = np.random.default_rng(1).permutation(len(images))
    mixed = KeyedArrays(images.keys.iloc[order], {"images": images["images"][order]})
    one, other = (figures.gallery(i, labels=LABELS, tracks=3) for i in (images, mixed))
    assert_same_images(one, other)


def test_gallery_leaves_places_empty_where_a_sample_has_few_tracks():
    drawn = figures.gallery(some_images(("kaon",), n=2), labels=LABELS, tracks=4).axes[0].images[0]
    assert drawn.get_array()[:, :48].count() == 48 * 48
    assert drawn.get_array()[:, 100:].count() == 0


def test_gallery_draws_wires_to_the_right_and_ticks_upwards():
    images = some_images(("kaon",), n=1)
    images["images"][:] = 0
    images["images"][0, 0, 40, 7] = 500
    drawn = figures.gallery(images, labels=LABELS, tracks=1).axes[0].images[0]
    assert drawn.get_array()[7, 40] == 500


def test_gallery_of_no_track_says_so():
    empty = KeyedArrays(some_images().keys.head(0), {"images": np.empty((0, 2, 48, 48))})
    assert texts_of(figures.gallery(empty, labels=LABELS).axes[0]) == ["no entries"]


@looks_as_before
def test_resize_fidelity_looks_as_before():
    return figures.resize_fidelity(a_resizing(), labels=LABELS)


def test_resize_fidelity_says_how_much_is_kept_and_how_often_the_peak_moves():
    table = a_resizing(n=5)
    chosen = (table["plane"] == "collection") & (table["resize"] == "bilinear")
    table.loc[chosen, "kept"] = [0.0, 0.25, 0.5, 0.75, 1.0]
    # The 16th percentile of five evenly spaced values lies 0.64 of a step from the first.
    table.loc[chosen, "image_peak_row"] = [48.0, 47.0, 49.0, 46.9, 20.0]
    collection = figures.resize_fidelity(table, labels=LABELS).axes[0]
    assert collection.get_legend().get_title().get_text() == "collection (p, 5 tracks)"
    assert legend_of(collection)[1] == "bilinear\n0.50 (0.16 to 0.84)\npeak moves: 40 %"


def test_resize_fidelity_counts_what_lies_beyond_its_axis():
    panels = figures.resize_fidelity(a_resizing(), labels=LABELS).axes
    for axes in panels:
        assert len(axes.patches) == 2
        for steps in axes.patches:
            assert steps.get_data().values.sum() == pytest.approx(1)


def test_resize_fidelity_of_no_track_says_so():
    figure = figures.resize_fidelity(RESIZING.empty(), labels=LABELS)
    assert [texts_of(axes) for axes in figure.axes] == [["no entries"]] * 2
