"""The labelling page: the book of choices, its server, and real clicks in Chromium."""

import http.client
import json
import threading
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from latentscape.__main__ import main
from latentscape.errors import InputError
from latentscape.lartpc.labelling import open_book
from latentscape.lartpc.labelling_server import LabellingServer
from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from tests.unit.test_track_choice import some_clusters

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def clusters(tmp_path):
    path = tmp_path / "clusters.parquet"
    CLUSTERS.write(some_clusters(), path)
    return path


@pytest.fixture
def book(clusters, tmp_path):
    return reopened(clusters, tmp_path)


def reopened(clusters, tmp_path, events=None):
    return open_book([clusters], events=events, choices=tmp_path / "choices.tsv", min_height=6)


def saved(tmp_path):
    """Return what stands in the file: collection and induction cluster by event."""
    table = CHOICES.read_tsv(tmp_path / "choices.tsv")
    return {
        int(row.event): [
            None if pd.isna(n) else int(n) for n in (row.collection_cluster, row.induction_cluster)
        ]
        for row in table.itertuples()
    }


def test_every_choice_is_saved_at_once_and_resumed(book, clusters, tmp_path):
    book.choose(0, "collection", 1)
    assert saved(tmp_path) == {0: [1, None]}
    book.choose(0, "induction", 0)
    book.choose(2, "induction", -1)
    again = reopened(clusters, tmp_path)
    assert again.progress() == {"total": 3, "done": 1, "position": 1}
    assert again.event(0)["choice"] == {"collection": 1, "induction": 0}
    again.choose(0, "collection", None)
    assert saved(tmp_path) == {0: [None, 0], 2: [None, -1]}
    again.choose(0, "induction", None)
    again.choose(2, "induction", None)
    assert saved(tmp_path) == {}


def test_candidates_come_with_the_largest_charge_first(book):
    plane = book.event(0)["planes"]["collection"]
    assert [row["cluster"] for row in plane["candidates"]] == [1, 0]
    assert [row["cluster"] for row in plane["others"]] == [2]
    assert plane["others"][0]["wire"] == [20, 21, 22]


def test_choices_of_other_events_stay_in_the_file(clusters, tmp_path):
    reopened(clusters, tmp_path).choose(0, "collection", 1)
    events = tmp_path / "events.csv"
    events.write_text("run,subrun,event\n1,0,1\n")
    book = reopened(clusters, tmp_path, events)
    assert book.progress()["total"] == 1
    book.choose(0, "collection", 0)
    assert saved(tmp_path) == {0: [1, None], 1: [0, None]}


@pytest.mark.parametrize(
    ("number", "plane", "cluster", "words"),
    [
        (3, "collection", 0, "no event number 3; allowed: 0 to 2"),
        (-1, "collection", 0, "no event number -1"),
        ("0", "collection", 0, "no event number '0'"),
        (0, "third", 0, "no plane 'third'; allowed: collection, induction"),
        (0, "collection", 2, "no candidate 2 in the collection plane; allowed: -1, 1, 0"),
        (0, "collection", True, "no candidate True"),
        (0, "collection", "1", "no candidate '1'"),
    ],
)
def test_a_wrong_choice_is_refused_and_not_saved(book, tmp_path, number, plane, cluster, words):
    with pytest.raises(InputError, match=words):
        book.choose(number, plane, cluster)
    assert not (tmp_path / "choices.tsv").exists()


def test_choices_of_clusters_that_are_not_there_are_refused(clusters, tmp_path):
    book = reopened(clusters, tmp_path)
    book.choose(1, "collection", 0)
    text = (tmp_path / "choices.tsv").read_text().replace("\t1\t0\t\n", "\t1\t5\t\n")
    (tmp_path / "choices.tsv").write_text(text)
    with pytest.raises(InputError, match="event=1\\) has no collection cluster 5"):
        reopened(clusters, tmp_path)


def test_a_choice_that_cannot_be_saved_is_not_made(clusters, tmp_path):
    book = reopened(clusters, tmp_path)
    book.choose(0, "collection", 1)
    book.path = clusters / "choices.tsv"  # a file is no folder
    with pytest.raises(InputError, match="choices cannot be saved"):
        book.choose(0, "collection", 0)
    assert book.event(0)["choice"] == {"collection": 1, "induction": None}
    assert saved(tmp_path) == {0: [1, None]}


def test_events_without_any_cluster_are_refused(clusters, tmp_path):
    events = tmp_path / "events.csv"
    events.write_text("run,subrun,event\n1,0,77\n")
    with pytest.raises(InputError, match="none of its 1 events has a cluster"):
        reopened(clusters, tmp_path, events)


def test_the_command_says_in_one_line_what_is_wrong(tmp_path, capsys):
    missing = str(tmp_path / "no.parquet")
    assert main(["label", "--clusters", missing, "--choices", str(tmp_path / "c.tsv")]) == 1
    assert capsys.readouterr().err.startswith(f"error: {missing}: not a readable Parquet file")


@pytest.mark.parametrize(("port", "words"), [(70_000, "0 to 65535"), (None, "in use")])
def test_a_port_that_cannot_be_had_is_said_in_one_line(
    book, clusters, tmp_path, capsys, port, words
):
    with served(book) as server:
        taken = ["--port", str(port or server.server_port)]
        choices = str(tmp_path / "c.tsv")
        assert main(["label", "--clusters", str(clusters), "--choices", choices, *taken]) == 1
    text = capsys.readouterr().err
    assert text.startswith("error: port ")
    assert words in text


@contextmanager
def served(book):
    server = LabellingServer(book, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(server, method, path, *, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer.headers


JSON = {"Content-Type": "application/json"}
A_CHOICE = json.dumps({"number": 1, "plane": "collection", "cluster": 0})


def test_the_server_is_for_this_computer_alone(book):
    with served(book) as server:
        assert server.server_address[0] == "127.0.0.1"
        status, text, headers = ask(server, "GET", "/")
        assert status == 200
        assert "http://" not in text
        assert "https://" not in text
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        status, text, _ = ask(server, "GET", "/progress", Host="evil.example")
        assert status == 403
        assert json.loads(text)["error"].startswith(
            "host 'evil.example' is refused; use http://127"
        )
        origin = {"Origin": "http://evil.example"} | JSON
        assert ask(server, "POST", "/choose", body=A_CHOICE, **origin)[0] == 403
        assert not book.choices


def test_a_choice_that_is_sent_is_saved(book, tmp_path):
    with served(book) as server:
        status, text, _ = ask(server, "POST", "/choose", body=A_CHOICE, **JSON)
        assert status == 200
        assert json.loads(text)["choice"] == {"collection": 0, "induction": None}
        assert saved(tmp_path) == {1: [0, None]}
        event = json.loads(ask(server, "GET", "/event/1")[1])
        assert event["choice"] == {"collection": 0, "induction": None}
        assert event["name"] == {"sample": "kaons", "run": 1, "subrun": 0, "event": 1}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "words"),
    [
        ("GET", "/event/9", None, {}, 404, "no event number 9"),
        ("GET", "/event/-1", None, {}, 404, "nothing at '/event/-1'"),
        ("GET", "/../pyproject.toml", None, {}, 404, "there is nothing at"),
        ("POST", "/other", A_CHOICE, JSON, 404, "nothing can be sent"),
        ("POST", "/choose", A_CHOICE, {"Content-Type": "text/plain"}, 400, "application/json"),
        ("POST", "/choose", "{", JSON, 400, "not JSON"),
        ("POST", "/choose", "[]", JSON, 400, "number, plane and cluster"),
        ("POST", "/choose", "[" * 9_999, JSON, 400, "not JSON"),
        ("GET", "/event/" + 5_000 * "9", None, {}, 404, "there is nothing at"),
        ("POST", "/choose", " " * 10_001, JSON, 400, "at most 10000 bytes"),
        ("POST", "/choose", A_CHOICE.replace("0", "6"), JSON, 404, "no candidate 6"),
    ],
)
def test_a_wrong_request_is_answered_with_what_is_wrong(
    book, tmp_path, method, path, body, headers, status, words
):
    with served(book) as server:
        found, text, _ = ask(server, method, path, body=body, **headers)
    assert found == status
    assert words in json.loads(text)["error"]
    assert not (tmp_path / "choices.tsv").exists()


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"no browser to click in: {CHROMIUM} is not there")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Hand:
    """Clicks and keys, each waited for."""

    def __init__(self, page, url):
        self.page, self.done = page, 0
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(url)
        self.wait()

    def wait(self):
        self.done += 1
        self.page.wait_for_selector(f"body[data-ready='{self.done}']", timeout=10_000)

    def click(self, selector):
        self.page.click(selector)
        self.wait()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.wait()

    def text(self, selector):
        return self.page.inner_text(selector)


def test_clicks_and_keys_choose_clusters_and_resume(browser, book, clusters, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    with served(book) as server:
        hand = Hand(page, server.url)
        assert hand.text("#progress") == "0/3"
        assert "event 0 (1 of 3)" in hand.text("#event")
        hand.click("#collection button[data-cluster='0']")
        assert saved(tmp_path) == {0: [0, None]}
        assert page.eval_on_selector("#induction", "e => e.classList.contains('active')")
        hand.press("1")
        assert saved(tmp_path) == {0: [0, 1]}
        assert hand.text("#progress") == "1/3"
        assert "event 1 (2 of 3)" in hand.text("#event")
        # Only cluster 0 is in this plane: a key for a second one is refused on the page.
        hand.press("2")
        assert "no candidate 2" in hand.text("#message")
        hand.press("1", "0")
        assert saved(tmp_path)[1] == [0, -1]
        hand.press("u")
        assert saved(tmp_path)[1] == [0, None]
        assert "event 1" in hand.text("#event")
        hand.press("ArrowLeft")
        assert "event 0" in hand.text("#event")
        assert page.get_attribute("#induction button[data-cluster='1']", "aria-pressed") == "true"
        assert not hand.problems
    with served(reopened(clusters, tmp_path)) as server:
        hand = Hand(page, server.url)
        assert "event 1 (2 of 3)" in hand.text("#event")
        assert hand.text("#progress") == "1/3"
        assert not hand.problems
    page.close()


def test_a_click_on_a_track_in_the_picture_chooses_it(browser, book, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    with served(book) as server:
        hand = Hand(page, server.url)
        # Cluster 1 is the upper line of the plane, at tick 1400, from wire 20 to 79.
        spot = page.evaluate(
            """() => { const scale = view("collection");
              const box = document.querySelector("#collection canvas").getBoundingClientRect();
              return [box.left + scale.x(50) * box.width / WIDTH,
                      box.top + scale.y(1400) * box.height / HEIGHT]; }"""
        )
        page.mouse.click(*spot)
        hand.wait()
        assert saved(tmp_path) == {0: [1, None]}
        # A click on the empty middle chooses nothing, so nothing is waited for.
        empty = page.evaluate(
            """() => { const scale = view("induction");
              const box = document.querySelector("#induction canvas").getBoundingClientRect();
              return [box.left + scale.x(50) * box.width / WIDTH,
                      box.top + scale.y(1200) * box.height / HEIGHT]; }"""
        )
        page.mouse.click(*empty)
        hand.press("ArrowRight")
        assert saved(tmp_path) == {0: [1, None]}
    page.close()
