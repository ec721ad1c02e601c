"""Traffic for a built network: seeded, so that the same script gives the same file.

Routes are found here and written out edge by edge. That keeps a run independent of how a SUMO
version would route, and makes every file complete in itself.
"""

import heapq
import random
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from plain import element

# Length, top speed and lane-change habits differ enough to make a mixed stream.
VEHICLE_TYPES = {
    "car": {"length": 4.6, "maxSpeed": 50, "sigma": 0.5, "speedDev": 0.1},
    "van": {"length": 6.5, "maxSpeed": 38, "accel": 2.0, "sigma": 0.5, "vClass": "delivery"},
    "truck": {"length": 12, "maxSpeed": 25, "accel": 1.1, "decel": 4, "vClass": "truck"},
    "bus": {"length": 12, "maxSpeed": 23, "accel": 1.2, "decel": 4, "vClass": "bus"},
}


def vehicle_type(name):
    return element("vType", {"id": name, **VEHICLE_TYPES[name]})


class Network:
    """The part of a .net.xml that routing needs: edges, their travel times and what follows."""

    def __init__(self, text):
        root = ElementTree.fromstring(text)
        self.seconds, self.length, self.lanes, self.shape = {}, {}, {}, {}
        self.start, self.end = {}, {}
        for edge in root.iter("edge"):
            if edge.get("function") == "internal":
                continue
            name, lanes = edge.get("id"), edge.findall("lane")
            self.length[name] = float(lanes[0].get("length"))
            self.seconds[name] = self.length[name] / float(lanes[0].get("speed"))
            self.lanes[name] = len(lanes)
            self.start[name], self.end[name] = edge.get("from"), edge.get("to")
        self.next = {name: [] for name in self.seconds}
        for link in root.iter("connection"):
            start, end = link.get("from"), link.get("to")
            if not start.startswith(":") and end not in self.next[start]:
                self.next[start].append(end)
        self.priority = {e.get("id"): int(e.get("priority", 0)) for e in root.iter("edge")}

    def tree(self, origin, taste):
        """The best predecessor of every edge reachable from `origin`.

        `taste` stretches each edge's time by up to 30 %, so that not all drivers agree.
        """
        chance = random.Random(f"{origin}/{taste}")
        stretch = {name: 1 + 0.3 * chance.random() for name in self.seconds}
        before, heap, done = {origin: None}, [(0.0, origin)], set()
        best = {origin: 0.0}
        while heap:
            time, here = heapq.heappop(heap)
            if here in done:
                continue
            done.add(here)
            for there in self.next[here]:
                arrival = time + self.seconds[there] * stretch[there] + 2
                if arrival < best.get(there, 1e18):
                    best[there], before[there] = arrival, here
                    heapq.heappush(heap, (arrival, there))
        return before


class Router:
    def __init__(self, network, tastes=3):
        self.network, self.tastes, self.trees = network, tastes, {}

    def route(self, origin, destination, taste):
        key = (origin, taste % self.tastes)
        if key not in self.trees:
            self.trees[key] = self.network.tree(*key)
        before = self.trees[key]
        if destination not in before:
            return None
        edges = [destination]
        while before[edges[-1]] is not None:
            edges.append(before[edges[-1]])
        return edges[::-1]


@dataclass
class Stream:
    """`count` vehicles between weighted origins and destinations, spread over [begin, end)."""

    name: str
    count: int
    origins: dict
    destinations: dict
    begin: float = 0
    end: float = 3600
    mix: tuple = (("car", 0.9), ("van", 0.1))
    rise: float = 1.0  # how much denser the middle of the period is than its ends


def pick(chance, weights):
    """A key of `weights`, by weight."""
    mark = chance.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0:
            return key
    return next(reversed(weights))


def vehicles(network, streams, seed):
    """<vehicle> elements of all streams, sorted by departure, each with its whole route."""
    chance, router, rows = random.Random(seed), Router(network), []
    for stream in streams:
        for number in range(stream.count):
            rows.append(_vehicle(chance, router, stream, number))
    rows.sort(key=lambda row: row[0])
    return [text for _, text in rows]


def _vehicle(chance, router, stream, number):
    depart = _departure(chance, stream)
    for _ in range(50):
        origin, destination = pick(chance, stream.origins), pick(chance, stream.destinations)
        route = router.route(origin, destination, chance.randrange(1000))
        if origin != destination and route:
            break
    else:
        raise SystemExit(f"make-scenarios: stream {stream.name} finds no route in 50 attempts")
    attributes = {
        "id": f"{stream.name}.{number}",
        "type": pick(chance, dict(stream.mix)),
        "depart": f"{depart:.2f}",
        "departLane": "best",
        "departSpeed": "max",
    }
    return depart, element("vehicle", attributes, [element("route", {"edges": " ".join(route)})])


def _departure(chance, stream):
    span = stream.end - stream.begin
    flat, peaked = chance.random(), (chance.random() + chance.random()) / 2
    share = peaked if chance.random() < stream.rise - 1 else flat
    return stream.begin + span * share
