"""The demo: a town district on both sides of a river, one hour of a morning.

Two-lane arterials with signals cross a net of narrow streets; three bridges carry everything that
crosses the river; buses run along the arterials; detectors count on the bridges.
"""

import random

from catalogue import SIGNALS, scenario
from demand import Network, Stream, vehicles
from plain import KMH, Plan, element

COLUMNS, ROWS, BLOCK_METRES = 13, 10, 135
ARTERIAL_COLUMNS, ARTERIAL_ROWS = (2, 6, 10), (1, 4, 8)
RIVER_EAST_OF_COLUMN = 7
END_OF_DEMAND, END = 3600, 4200


def district(builder):
    """A district of signals, bridges and buses: more than 6,000 vehicles in one hour."""
    plan = streets()
    net = builder.build_plan(plan, *SIGNALS)
    network = Network(net)
    demand = vehicles(network, streams(network, plan), seed=13)
    stops, lines = buses(network)
    merged = sorted(demand + lines, key=depart_of)
    types = ["car", "van", "truck", "bus"]
    return scenario(net, merged, types, END, additional=stops + detectors(network))


def name_of(column, row):
    return f"{chr(ord('A') + column)}{row}"


def streets():
    chance, plan = random.Random(7), Plan()
    for column in range(COLUMNS):
        for row in range(ROWS):
            shift = [(chance.random() - 0.5) * 36 for _ in "xy"]
            x, y = column * BLOCK_METRES + shift[0], row * BLOCK_METRES + shift[1]
            if column > RIVER_EAST_OF_COLUMN:
                x += 60
            plan.node(name_of(column, row), x, y, kind_of(column, row))
    for column in range(COLUMNS):
        for row in range(ROWS):
            if column + 1 < COLUMNS:
                link(chance, plan, (column, row), (column + 1, row), row in ARTERIAL_ROWS)
            if row + 1 < ROWS:
                link(chance, plan, (column, row), (column, row + 1), column in ARTERIAL_COLUMNS)
    attach(plan)
    return plan


def kind_of(column, row):
    """Signals along the arterials, right before left in between."""
    if column in ARTERIAL_COLUMNS or row in ARTERIAL_ROWS:
        return "traffic_light"
    return "right_before_left"


def link(chance, plan, a, b, arterial):
    across_river = a[0] == RIVER_EAST_OF_COLUMN and b[0] == a[0] + 1
    if not arterial and (across_river or chance.random() < 0.12):
        return
    kind = {"lanes": 2, "priority": 6} if arterial else {"speed": 30 * KMH, "priority": 2}
    plan.road(name_of(*a), name_of(*b), **kind)


def attach(plan):
    """The arterials go on out of the district: where through traffic comes from."""
    for row in ARTERIAL_ROWS:
        gate(plan, f"w{row}", name_of(0, row), -250, 0)
        gate(plan, f"e{row}", name_of(COLUMNS - 1, row), 250, 0)
    for column in ARTERIAL_COLUMNS:
        gate(plan, f"s{column}", name_of(column, 0), 0, -250)
        gate(plan, f"n{column}", name_of(column, ROWS - 1), 0, 250)


def gate(plan, name, inner, east, north):
    at = plan.nodes[inner]
    plan.node(name, float(at["x"]) + east, float(at["y"]) + north)
    plan.road(name, inner, lanes=2, priority=6)


def streams(network, plan):
    gates = {node for node in plan.nodes if node[0].islower()}
    entries = {e: 1 for e in network.seconds if network.start[e] in gates}
    exits = {e: 1 for e in network.seconds if network.end[e] in gates}
    narrow = [e for e in network.seconds if network.lanes[e] == 1 and network.length[e] > 60]
    homes = {e: 1 for e in narrow if west_of_river(network.start[e])}
    offices = {e: 1 for e in narrow if not west_of_river(network.start[e])}
    mix = (("car", 0.88), ("van", 0.09), ("truck", 0.03))
    common = {"end": END_OF_DEMAND, "rise": 1.4}
    return [
        Stream("through", 2000, entries, exits, mix=mix, **common),
        Stream("arrive", 1500, entries, homes | offices, **common),
        Stream("leave", 1300, homes | offices, exits, **common),
        Stream("work", 900, homes, offices, **common),
        Stream("errand", 500, homes | offices, homes | offices, **common),
    ]


def west_of_river(node):
    return ord(node[0].upper()) - ord("A") <= RIVER_EAST_OF_COLUMN


def along_row(row):
    names = [f"w{row}"] + [name_of(c, row) for c in range(COLUMNS)] + [f"e{row}"]
    return [f"{a}-{b}" for a, b in zip(names, names[1:])]


def along_column(column):
    names = [f"s{column}"] + [name_of(column, r) for r in range(ROWS)] + [f"n{column}"]
    return [f"{a}-{b}" for a, b in zip(names, names[1:])]


def back(edges):
    return ["-".join(reversed(edge.split("-"))) for edge in reversed(edges)]


def buses(network):
    """Four lines, a bus every six minutes, a stop at every third block."""
    row, column = along_row(ARTERIAL_ROWS[1]), along_column(ARTERIAL_COLUMNS[1])
    stops, departures = [], []
    for line, edges in {"1": row, "2": back(row), "3": column, "4": back(column)}.items():
        served = edges[2:-1:3]
        for edge in served:
            room = network.length[edge]
            place = {"lane": f"{edge}_0", "startPos": f"{room - 45:.1f}", "endPos": f"{room - 25:.1f}"}
            stops.append(element("busStop", {"id": f"stop.{line}.{edge}", **place}))
        for number, depart in enumerate(range(60, END_OF_DEMAND, 360)):
            parts = [element("route", {"edges": " ".join(edges)})]
            parts += [
                element("stop", {"busStop": f"stop.{line}.{edge}", "duration": 20})
                for edge in served
            ]
            attributes = {"id": f"bus.{line}.{number}", "type": "bus", "depart": f"{depart:.2f}"}
            departures.append(element("vehicle", {**attributes, "line": line}, parts))
    return stops, departures


def depart_of(text):
    return float(text.split('depart="', 1)[1].split('"', 1)[0])


def detectors(network):
    """Counting loops on every lane of the bridges."""
    west, east = RIVER_EAST_OF_COLUMN, RIVER_EAST_OF_COLUMN + 1
    loops = []
    for row in ARTERIAL_ROWS:
        for a, b in ((west, east), (east, west)):
            edge = f"{name_of(a, row)}-{name_of(b, row)}"
            for lane in range(network.lanes[edge]):
                place = {"lane": f"{edge}_{lane}", "pos": 30, "period": 300}
                name = f"bridge.{edge}.{lane}"
                loops.append(
                    element("inductionLoop", {"id": name, **place, "file": "detectors.out.xml"})
                )
    return loops
