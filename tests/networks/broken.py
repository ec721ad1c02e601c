"""Scenarios that must be refused or must fail, each in exactly one way."""

from catalogue import square


def broken_edge(builder):
    """Every file is well-formed, but a route names an edge that the network lacks."""
    files = square(builder)
    routes = files["scenario.rou.xml"]
    files["scenario.rou.xml"] = routes.replace('edges="', 'edges="no-such-edge ', 1)
    return files


def broken_stop(builder):
    """A vehicle stops on a lane that the network lacks: only SUMO itself finds that."""
    files = square(builder)
    stop = '\n        <stop lane="no-such-lane_0" duration="10"/>\n    </vehicle>'
    files["scenario.rou.xml"] = files["scenario.rou.xml"].replace("\n    </vehicle>", stop, 1)
    return files


def two_configs(builder):
    """Two configurations: refused until one is named by `config_file`."""
    files = square(builder)
    config = files.pop("scenario.sumocfg")
    files["morning.sumocfg"] = config
    files["evening.sumocfg"] = config.replace('<end value="600"', '<end value="300"')
    return files


def missing_file(builder):
    """The configuration names a route file that is not in the archive."""
    files = square(builder)
    del files["scenario.rou.xml"]
    return files


def bad_xml(builder):
    """A route file that is cut off in the middle of an element."""
    files = square(builder)
    text = files["scenario.rou.xml"]
    files["scenario.rou.xml"] = text[: text.index("<route", len(text) // 2)] + "<route edges=\n"
    return files


def no_config(builder):
    """No .sumocfg at all."""
    files = square(builder)
    del files["scenario.sumocfg"]
    return files
