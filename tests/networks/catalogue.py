"""The small scenarios, one function each: name → {file name: text}. The largest is district.py."""

from demand import Network, Stream, vehicle_type, vehicles
from plain import KMH, Plan, document, element

SIGNALS = ("--tls.cycle.time", "80", "--tls.yellow.time", "3", "--tls.left-green.time", "6")


def scenario(net, demand, types, end, additional=None, extra=()):
    """The files of a scenario that follow from its network and its demand."""
    inputs = {
        "net-file": "scenario.net.xml",
        "route-files": "scenario.rou.xml",
    }
    files = {"scenario.net.xml": net}
    routes = [vehicle_type(name) for name in types] + demand
    files["scenario.rou.xml"] = document("routes", routes)
    if additional:
        inputs["additional-files"] = "scenario.add.xml"
        files["scenario.add.xml"] = document("additional", additional)
    sections = [
        section("input", inputs),
        section("time", {"begin": 0, "end": end}),
        section("report", {"verbose": "true", "duration-log.statistics": "true", **dict(extra)}),
    ]
    files["scenario.sumocfg"] = document("configuration", sections)
    return files


def section(name, options):
    return element(name, {}, [element(key, {"value": value}) for key, value in options.items()])


def crossing(kind, arm_metres=300, lanes=2):
    plan = Plan()
    plan.node("centre", 0, 0, kind)
    arms = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
    for name, (x, y) in arms.items():
        plan.node(name, x * arm_metres, y * arm_metres)
        plan.road(name, "centre", lanes=lanes)
    return plan, list(arms)


def square(builder):
    """A block: four streets, right before left, cars that go around it and out again."""
    plan = Plan()
    corners = {"sw": (0, 0), "se": (250, 0), "ne": (250, 250), "nw": (0, 250)}
    for name, (x, y) in corners.items():
        plan.node(name, x, y, "right_before_left")
    for a, b in zip(corners, [*list(corners)[1:], "sw"]):
        plan.road(a, b, speed=30 * KMH)
    for name, (x, y) in corners.items():
        plan.node(f"{name}-end", x * 1.6 - 75, y * 1.6 - 75)
        plan.road(f"{name}-end", name, speed=30 * KMH)
    net = builder.build_plan(plan)
    entries = {f"{name}-end-{name}": 1 for name in corners}
    exits = {f"{name}-{name}-end": 1 for name in corners}
    demand = vehicles(Network(net), [Stream("around", 60, entries, exits, end=300)], seed=1)
    return scenario(net, demand, ["car", "van"], end=600)


def cross(builder):
    """One signalised crossing, four arms, ten minutes of traffic."""
    plan, arms = crossing("traffic_light")
    net = builder.build_plan(plan, *SIGNALS)
    entries = {f"{arm}-centre": 3 if arm in ("east", "west") else 2 for arm in arms}
    exits = {f"centre-{arm}": 1 for arm in arms}
    demand = vehicles(Network(net), [Stream("through", 300, entries, exits, end=600)], seed=2)
    return scenario(net, demand, ["car", "van"], end=900)


def marathon(builder):
    """The crossing for thirty simulated days: something to watch, stop and time out."""
    plan, arms = crossing("traffic_light")
    net = builder.build_plan(plan, *SIGNALS)
    flows = []
    for arm, opposite in zip(arms, [*arms[2:], *arms[:2]]):
        route = f"{arm}-centre centre-{opposite}"
        attributes = {"id": f"flow.{arm}", "type": "car", "begin": 0, "end": 2_592_000}
        attributes |= {"period": 9, "departLane": "best", "departSpeed": "max"}
        flows.append(element("flow", attributes, [element("route", {"edges": route})]))
    return scenario(net, flows, ["car"], end=2_592_000)


def corridor(builder):
    """An arterial with six signals, side streets, and detectors in an additional file."""
    plan, crossings, spacing = Plan(), 6, 280
    plan.node("west", 0, 0)
    plan.node("east", (crossings + 1) * spacing, 0)
    names = ["west"]
    for number in range(1, crossings + 1):
        name = f"k{number}"
        plan.node(name, number * spacing, 0, "traffic_light")
        for side, y in (("n", 200), ("s", -200)):
            plan.node(f"{name}{side}", number * spacing, y)
            plan.road(f"{name}{side}", name, speed=30 * KMH, priority=2)
        names.append(name)
    names.append("east")
    for a, b in zip(names, names[1:]):
        plan.road(a, b, lanes=2, priority=6)
    net = builder.build_plan(plan, *SIGNALS)
    streams = corridor_streams(crossings)
    demand = vehicles(Network(net), streams, seed=3)
    detectors = [
        element(
            "inductionLoop",
            {
                "id": f"k{number}.{lane}",
                "lane": f"k{number}-k{number + 1}_{lane}",
                "pos": 40,
                "period": 300,
                "file": "detectors.out.xml",
            },
        )
        for number in range(1, crossings)
        for lane in (0, 1)
    ]
    return scenario(net, demand, ["car", "van", "truck"], end=2400, additional=detectors)


def corridor_streams(crossings):
    mix = (("car", 0.85), ("van", 0.1), ("truck", 0.05))
    sides = [f"k{n}{side}" for n in range(1, crossings + 1) for side in "ns"]
    into = {f"{side}-{side[:2]}": 1 for side in sides}
    out = {f"{side[:2]}-{side}": 1 for side in sides}
    ends_in, ends_out = {"west-k1": 3, "east-k6": 2}, {"k1-west": 2, "k6-east": 3}
    return [
        Stream("main", 700, ends_in, ends_out, end=1800, mix=mix, rise=1.5),
        Stream("join", 350, into, ends_out, end=1800),
        Stream("leave", 350, ends_in, out, end=1800),
    ]


def roundabout(builder):
    """A roundabout with four arms: yielding without signals."""
    plan, radius = Plan(), 20
    around = {"n": (0, 1), "w": (-1, 0), "s": (0, -1), "e": (1, 0)}
    for name, (x, y) in around.items():
        plan.node(f"ring-{name}", x * radius, y * radius)
        plan.node(f"arm-{name}", x * 300, y * 300)
        plan.road(f"arm-{name}", f"ring-{name}", priority=2)
    order = list(around)
    ring = []
    for a, b in zip(order, order[1:] + order[:1]):
        x, y = around[a][0] + around[b][0], around[a][1] + around[b][1]
        bend = f"{x * radius * 0.71:.1f},{y * radius * 0.71:.1f}"
        ends = [f"{c * radius:.1f},{d * radius:.1f}" for c, d in (around[a], around[b])]
        plan.edge(
            f"ring-{a}", f"ring-{b}", name=f"ring-{a}{b}", speed=30 * KMH, priority=6,
            shape=f"{ends[0]} {bend} {ends[1]}",
        )  # fmt: skip
        ring.append(f"ring-{a}{b}")
    mark = {"nodes": " ".join(f"ring-{n}" for n in order), "edges": " ".join(ring)}
    net = builder.build_plan(plan, roundabouts=[mark])
    entries = {f"arm-{name}-ring-{name}": 1 for name in order}
    exits = {f"ring-{name}-arm-{name}": 1 for name in order}
    demand = vehicles(Network(net), [Stream("round", 400, entries, exits, end=900)], seed=4)
    return scenario(net, demand, ["car", "van"], end=1200)


def fringe(network):
    """The edges on which traffic enters a generated network, and those on which it leaves."""
    entries = {e: 1 for e in network.seconds if not any(e in n for n in network.next.values())}
    exits = {e: 1 for e, after in network.next.items() if not after}
    return entries, exits


def generated(builder, options, count, seed, end):
    net = builder.build_generated(*options, *SIGNALS)
    network = Network(net)
    entries, exits = fringe(network)
    streams = [Stream("across", count, entries, exits, end=end * 2 / 3)]
    return scenario(net, vehicles(network, streams, seed), ["car", "van"], end=end)


def grid(builder):
    """Six by six crossings with signals where two-lane streets meet."""
    options = ["--grid", "--grid.number", "6", "--grid.length", "180", "-L", "2"]
    options += ["--grid.attach-length", "180", "--tls.guess", "true", "--tls.guess.threshold", "60"]
    return generated(builder, options, count=900, seed=5, end=1800)


def spider(builder):
    """A radial town of rings and spokes, priority rules only."""
    options = ["--spider", "--spider.arm-number", "8", "--spider.circle-number", "4"]
    options += ["--spider.space-radius", "150", "--spider.attach-length", "200"]
    return generated(builder, [*options, "--spider.omit-center"], count=700, seed=6, end=1800)


def highway(builder):
    """Three lanes with a ramp that merges: speeds drop where the acceleration lane ends."""
    plan = Plan()
    for name, x, y in (("start", 0, 0), ("merge", 1500, 0), ("taper", 1800, 0)):
        plan.node(name, x, y)
    plan.node("finish", 4000, 0)
    plan.node("town", 900, -250)
    plan.node("bend", 1250, -60)
    fast = {"speed": 120 * KMH, "priority": 9}
    plan.edge("start", "merge", lanes=3, **fast)
    plan.edge("merge", "taper", lanes=4, **fast)
    plan.edge("taper", "finish", lanes=3, **fast)
    plan.edge("town", "bend", speed=60 * KMH, priority=5)
    plan.edge("bend", "merge", speed=80 * KMH, priority=5)
    net = builder.build_plan(plan)
    mix = (("car", 0.86), ("truck", 0.14))
    streams = [
        Stream("main", 1500, {"start-merge": 1}, {"taper-finish": 1}, end=1800, mix=mix),
        Stream("ramp", 260, {"town-bend": 1}, {"taper-finish": 1}, end=1800),
    ]
    demand = vehicles(Network(net), streams, seed=7)
    return scenario(net, demand, ["car", "van", "truck"], end=2400)
