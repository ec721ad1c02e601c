"""The checks of a scenario, by the product's own `signalbox check`."""

import random
import statistics
import struct
import subprocess
import zipfile

from processes import BIN, MB

EDGES = 10_000
ENTRIES = 600_000
XML_MB = 100
ROUNDS = 3


def write_many_entries(path, claimed=None):
    """A zip of empty files; on request its end record claims another number of them."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("scenario.sumocfg", "<configuration/>")
        for number in range(ENTRIES if claimed is None else 60_000):
            archive.writestr(zipfile.ZipInfo(f"folder/file-{number}.xml"), b"")
    if claimed is not None:
        content = bytearray(path.read_bytes())
        content[-14:-10] = struct.pack("<HH", claimed, claimed)
        path.write_bytes(content)


def ring_network(names):
    """Every edge leads into the next one."""
    lines = ['<net version="1.20">']
    for number, name in enumerate(names):
        lines.append(
            f'    <edge id="{name}" from="{number}" to="{(number + 1) % len(names)}">'
            f'<lane id="{name}_0" index="0" speed="13.89" length="100.00"/></edge>'
        )
    for name, following in zip(names, [*names[1:], names[0]]):
        lines.append(f'    <connection from="{name}" to="{following}" fromLane="0" toLane="0"/>')
    return "\n".join([*lines, "</net>\n"])


def write_large_scenario(path):
    """A network and routes of XML_MB in the shape that SUMO's tools write, in one zip."""
    vehicle = (
        '    <vehicle id="{0}" type="car" depart="{1:.2f}" departLane="best" departSpeed="max">\n'
        '        <route edges="{2}"/>\n    </vehicle>\n'
    )
    dice, pieces, size = random.Random(1), [], 0
    names = [f"{dice.randrange(-99_999, 99_999)}#{number}" for number in range(EDGES)]
    twice = names * 2
    while size < XML_MB * 1_000_000:
        start = dice.randrange(EDGES)
        edges = " ".join(twice[start:start + 20])
        pieces.append(vehicle.format(len(pieces), len(pieces) / 7, edges))
        size += len(pieces[-1])
    network, routes = ring_network(names), "".join(pieces)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("s.net.xml", network)
        archive.writestr("s.rou.xml", f'<routes>\n    <vType id="car"/>\n{routes}</routes>\n')
        archive.writestr(
            "s.sumocfg",
            '<configuration><input><net-file value="s.net.xml"/><route-files value="s.rou.xml"/>'
            "</input></configuration>\n",
        )
    return (len(network) + len(routes)) / 1e6


def check(path):
    """(CPU seconds, peak memory in MB, exit code) of one `signalbox check`."""
    # By time(1), for a child's peak is at least what its parent had in memory when it was made.
    measured = subprocess.run(
        ["time", "--quiet", "-f", "%U %S %M", BIN / "signalbox", "check", path],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    user, system, peak = measured.stderr.splitlines()[-1].split()
    return float(user) + float(system), int(peak) * 1024 / MB, measured.returncode


def measure_guard(report, folder):
    few, honest, lying = folder / "few.zip", folder / "many.zip", folder / "lying.zip"
    with zipfile.ZipFile(few, "w") as archive:
        archive.writestr("readme.txt", "")
    write_many_entries(honest)
    write_many_entries(lying, claimed=1)
    peaks = {}
    for path in (few, honest, lying):
        runs = [check(path) for _ in range(ROUNDS)]
        if not all(code for _, _, code in runs):
            raise RuntimeError(f"{path.name} was not refused")
        peaks[path.name] = statistics.median(peak for _, peak, _ in runs)
    report.add(
        "guard_memory", max(peaks.values()) - peaks["few.zip"],
        f"peak beyond that of one entry ({peaks['few.zip']:.1f} MB);"
        " also with an end record that lies",
    )  # fmt: skip


def measure_preflight(report, folder):
    path = folder / "large.zip"
    megabytes = write_large_scenario(path)
    idle = statistics.median(check(folder / "few.zip")[0] for _ in range(ROUNDS))
    runs = [check(path) for _ in range(ROUNDS)]
    if any(code for _, _, code in runs):
        raise RuntimeError("the large scenario was refused")
    seconds = statistics.median(cpu for cpu, _, _ in runs) - idle
    peak = statistics.median(peak for _, peak, _ in runs)
    report.add(
        "preflight", megabytes / seconds,
        f"{megabytes:.0f} MB deflated routes, unpacking included; peak {peak:.0f} MB",
    )  # fmt: skip


def measure(stage, report, short):
    folder = stage.directory("scenarios")
    measure_guard(report, folder)
    if not short:
        measure_preflight(report, folder)
