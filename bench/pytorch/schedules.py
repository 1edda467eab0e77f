"""Drives PyTorch's scheduler objects as a training loop does; started by bench/schedules.ts.

The first line on stdout says what is installed. Then one JSON case a line on stdin, `{"theirs", "rate", "steps"}`, is
answered by one line: `{"seconds", "sum"}` (processor seconds for `steps` rates, and their sum), or `{"error"}`.
"""
import ast
import bisect
import importlib.metadata
import importlib.util
import json
import math
import os
import sys
import time
import warnings

import torch
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")


def greedy_lr():
    """Returns Transformers' GreedyLR, or None without Transformers.

    The package hides it where it finds PyTorch too old for its models; the class itself needs nothing new, so its
    source is then compiled alone.
    """
    spec = importlib.util.find_spec("transformers")
    if spec is None:
        return None
    with open(os.path.join(spec.submodule_search_locations[0], "optimization.py"), encoding="utf-8") as file:
        module = ast.parse(file.read())
    classes = [node for node in module.body if getattr(node, "name", "") in ("StreamingAverage", "GreedyLR")]
    if len(classes) < 2:
        return None
    future = ast.parse("from __future__ import annotations").body
    scope = {"Optimizer": torch.optim.Optimizer}
    exec(compile(ast.Module(body=[*future, *classes], type_ignores=[]), "optimization.py", "exec"), scope)
    return scope["GreedyLR"]


def inverse_sqrt(timescale):
    return lambda step: 1.0 / math.sqrt((step + timescale) / timescale)


def wsd(warmup, stable, decay):
    def factor(step):
        if step < warmup:
            return step / warmup
        if step < warmup + stable:
            return 1.0
        return max(0.0, 1.0 - math.sqrt((step - warmup - stable) / decay))

    return factor


def piecewise(places, factors):
    def factor(step):
        after = bisect.bisect_right(places, step)
        if after == len(places):
            return factors[-1]
        start, low = places[after - 1], factors[after - 1]
        return low + (factors[after] - low) * (step - start) / (places[after] - start)

    return factor


def replay(factors):
    last = len(factors) - 1
    return lambda step: factors[min(step, last)]


FORMULAS = {"inverse-sqrt": inverse_sqrt, "wsd": wsd, "piecewise": piecewise, "replay": replay}
GREEDY = greedy_lr()


def scheduler_of(optimizer, theirs):
    name, kwargs = theirs["scheduler"], theirs.get("kwargs", {})
    if name == "GreedyLR":
        if GREEDY is None:
            raise LookupError("no installed Transformers has GreedyLR")
        return GREEDY(optimizer, **kwargs)
    if name == "SequentialLR":
        parts = [scheduler_of(optimizer, part) for part in theirs["parts"]]
        return lr_scheduler.SequentialLR(optimizer, parts, **kwargs)
    if name == "LambdaLR":
        return lr_scheduler.LambdaLR(optimizer, FORMULAS[theirs["formula"]](**kwargs))
    return getattr(lr_scheduler, name)(optimizer, **kwargs)


def loss_at(step):
    return 1 / (1 + step / 1000) + ((step * 7919) % 1000) / 20000


def measure(theirs, rate, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate, momentum=0.9)
    scheduler = scheduler_of(optimizer, theirs)
    optimizer.step()  # The schedulers warn when they are stepped before it.
    total = 0.0
    if theirs["scheduler"] in ("ReduceLROnPlateau", "GreedyLR"):
        losses = [loss_at(step) for step in range(steps)]
        start = time.process_time()
        for loss in losses:
            total += optimizer.param_groups[0]["lr"]
            scheduler.step(loss)
    else:
        start = time.process_time()
        for _ in range(steps):
            total += optimizer.param_groups[0]["lr"]
            scheduler.step()
    return {"seconds": time.process_time() - start, "sum": total}


def main():
    transformers = "none"
    if importlib.util.find_spec("transformers") is not None:
        transformers = importlib.metadata.version("transformers")
    versions = {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers}
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        try:
            answer = measure(**json.loads(line))
        except Exception as error:  # The benchmark reports it beside the case.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
