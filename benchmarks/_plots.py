"""The plots, as PNG and SVG, from what was measured and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks._bench import OURS
from benchmarks._report import Line

NAME = "minipaas-sql"
COLOURS = {OURS: "#0072b2", "pgmq": "#d55e00", "raw": "#666666"}
"""Of Okabe and Ito's palette, which colour-blind people can tell apart."""
INK, PALE = "#222222", "#e6e6e6"
STYLE = {
    "svg.hashsalt": NAME,
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#999999",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.8,
    "path.simplify": True,
}
WIDTH = 8.6
"""Inches."""


def draw(results: Line, folder: Path) -> list[Path]:
    """Write every plot into a folder; return the files."""
    benchmarks = results["benchmarks"]
    plots = {
        "held-snapshot": lambda: held(benchmarks["queue"], benchmarks["stream"]),
        "backlog": lambda: backlog(benchmarks["queue"]),
        "workers": lambda: workers(benchmarks["worker"]),
    }
    files = []
    with matplotlib.rc_context(STYLE):
        for name, plot in plots.items():
            figure = plot()
            for suffix, metadata in ((".svg", {"Date": None, "Creator": None}), (".png", {"Software": None})):
                files.append(folder / f"{name}{suffix}")
                figure.savefig(files[-1], dpi=200, facecolor="white", metadata=metadata)
    return files


def _rows(bench: Line, name: str) -> list[Line]:
    return [row for row in bench["rows"] if row["scenario"] == name or row["scenario"].startswith(f"{name} ")]


def _thousands(value: float, _: object = None) -> str:
    return f"{value / 1000:,.0f} k" if value >= 1000 else f"{value:,.0f}"


def held(queue: Line, stream: Line) -> Figure:
    """Throughput over time, before, under and after a held snapshot."""
    figure = Figure(figsize=(WIDTH, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    _course(left, queue, "Queues: tasks per second", {OURS: NAME, "pgmq": "pgmq"})
    _course(right, stream, "Streams: events per second", {OURS: NAME, "raw": "plain table, no guarantees"})
    return figure


def _course(axes: Axes, bench: Line, title: str, names: dict[str, str]) -> None:
    (row,) = _rows(bench, "held-snapshot")
    top = 0.0
    for side, name in names.items():
        course: dict[str, Any] = row["courses"][side]
        speeds = [10 * cycles for cycles in course["cycles"]]
        top = max(top, *speeds)
        axes.plot(range(1, len(speeds) + 1), speeds, color=COLOURS[side], label=name)
    begin, end = course["before"], course["before"] + course["held"]
    axes.axvspan(begin, end, color=PALE, linewidth=0, zorder=0)
    axes.set(title=title, xlabel="seconds", xlim=(0, None), ylim=(0, 1.35 * top))
    axes.text((begin + end) / 2, 1.32 * top, "another session holds a snapshot", ha="center", va="top")
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.93), ncols=2, frameon=False, labelcolor="linecolor"
    )
    axes.yaxis.set_major_formatter(FuncFormatter(_thousands))


def backlog(queue: Line) -> Figure:
    """What a cycle costs as the backlog grows, of tasks that are due and of tasks that are not."""
    figure = Figure(figsize=(WIDTH, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _cost(left, queue, "flat", "Beside tasks that are due")
    _cost(right, queue, "flat-delayed", "Beside tasks that are due tomorrow")
    left.set_ylabel("one cycle: enqueue, dequeue and ack 10")
    return figure


def _cost(axes: Axes, queue: Line, name: str, title: str) -> None:
    rows = [row for row in _rows(queue, name) if row["unit"] == "us/cycle"]
    sizes = [int(row["scenario"].split()[-1].replace(",", "")) for row in rows]
    near = rows[-2]
    above = OURS if near["ours"] > near["other"] else "pgmq"
    for side, key, word in ((OURS, "ours", NAME), ("pgmq", "other", "pgmq")):
        times = [row[key] for row in rows if row[key] is not None]
        axes.plot(sizes[: len(times)], times, color=COLOURS[side], marker="o", markersize=4)
        axes.annotate(
            word, (sizes[-2], near[key]), (0, 8 if side == above else -14), textcoords="offset points",
            ha="right", color=COLOURS[side], weight="bold",
        )  # fmt: skip
    axes.set(title=title, xlabel="tasks in the queue", xscale="log", yscale="log")
    axes.margins(y=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(_amount))
    axes.yaxis.set_major_formatter(FuncFormatter(_duration))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)


def _amount(value: float, _: object = None) -> str:
    return f"{value / 1e6:g} M" if value >= 1e6 else f"{value / 1e3:g} k"


def _duration(value: float, _: object = None) -> str:
    return f"{value / 1e6:g} s" if value >= 1e6 else f"{value / 1e3:g} ms"


def workers(worker: Line) -> Figure:
    """How many tasks a second one Python worker takes and acks."""
    bars = list(_workers(worker))
    figure = Figure(figsize=(WIDTH, 2.3), layout="constrained")
    axes = figure.subplots()
    colours = [COLOURS[OURS] if name.startswith(NAME) else "#999999" for name, _ in bars]
    shown = axes.barh([name for name, _ in bars], [speed for _, speed in bars], color=colours, height=0.65)
    axes.bar_label(shown, [f"{speed:,.0f}" for _, speed in bars], padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set(title="Tasks per second, dequeued and acked by one Python worker", xlim=(0, None), xticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(left=False)
    return figure


def _workers(worker: Line) -> Iterator[tuple[str, float]]:
    for name, word in (
        ("drain acks-together", "acks together"),
        ("drain ack-each", "ack by ack"),
    ):
        (row,) = _rows(worker, name)
        yield f"{NAME}, {word}", row["ours"]
        yield row["peer"], row["other"]
