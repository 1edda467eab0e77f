"""Trains the catalogue's models in PyTorch on one thread; started by bench/pytorch-models.ts.

The first line on stdout says what is installed. Then one JSON case a line on stdin, `{"name", "steps", "blocks", …}`, is
answered by one line: `{"stepsPerSecond": [one a block]}`, in steps per second of processor time.
"""
import json
import math
import platform
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Mlp(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        sizes = [inputs, *hidden, outputs]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


class Cnn(nn.Module):
    def __init__(self, side, filters, outputs):
        super().__init__()
        depths = [1, *filters]
        self.blocks = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(depths, depths[1:]))
        self.side = side
        self.output = nn.Linear((side // 2 ** len(filters)) ** 2 * filters[-1], outputs)

    def forward(self, x):
        x = x.view(-1, 1, self.side, self.side)
        for block in self.blocks:
            x = F.max_pool2d(F.relu(block(x)), 2)
        return self.output(x.flatten(1))


class EmbeddingPool(nn.Module):
    def __init__(self, vocabulary, width, outputs):
        super().__init__()
        self.table = nn.Embedding(vocabulary, width)
        self.output = nn.Linear(width, outputs)

    def forward(self, tokens):
        present = (tokens != 0).float()
        counts = present.sum(1, keepdim=True).clamp(min=1)
        return self.output((self.table(tokens) * present[..., None]).sum(1) / counts)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.network_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x, mask):
        size, length, width = x.shape
        heads = lambda part: part.view(size, length, self.heads, width // self.heads).transpose(1, 2)
        query, key, value = map(heads, self.query_key_value(self.attention_norm(x)).split(width, 2))
        scores = query @ key.transpose(2, 3) / math.sqrt(width / self.heads) + mask
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(size, length, width)
        x = x + self.projection(mixed)
        return x + self.down(F.gelu(self.up(self.network_norm(x))))


class Transformer(nn.Module):
    def __init__(self, vocabulary, length, width, heads, blocks):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(length, width) * 0.1)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, vocabulary)
        self.register_buffer("mask", torch.full((length, length), -1e9).triu(1))

    def forward(self, tokens):
        x = self.tokens(tokens) + self.places
        for block in self.blocks:
            x = block(x, self.mask)
        return self.output(self.norm(x)).flatten(0, 1)


def case_of(case):
    """Returns the model, and the inputs and targets of each batch."""
    batch, batches = case["batch"], 16
    classes = lambda *shape: torch.randint(0, case["outputs"], shape)
    kind = case["kind"]
    if kind == "mlp":
        model = Mlp(case["inputs"], case["hidden"], case["outputs"])
        data = [(torch.rand(batch, case["inputs"]), classes(batch)) for _ in range(batches)]
    elif kind == "cnn":
        model = Cnn(case["side"], case["filters"], case["outputs"])
        data = [(torch.rand(batch, case["side"] ** 2), classes(batch)) for _ in range(batches)]
    elif kind == "embedding-pool":
        model = EmbeddingPool(case["vocabulary"], case["width"], case["outputs"])
        data = [(torch.randint(1, case["vocabulary"], (batch, case["length"])), classes(batch)) for _ in range(batches)]
    else:
        model = Transformer(case["outputs"], case["length"], case["width"], case["heads"], case["blocks"])
        data = [(classes(batch, case["length"]), classes(batch * case["length"])) for _ in range(batches)]
    return model, data


def measure(case):
    model, data = case_of(case)
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[case["optimizer"]]
    optimizer = make(model.parameters(), lr=0.002)
    rates = []
    for block in range(case["blocks"] + 1):
        begun = time.process_time()
        for step in range(case["steps"]):
            inputs, targets = data[step % len(data)]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            loss.item()
        if block > 0:
            rates.append(case["steps"] / (time.process_time() - begun))
    return {"stepsPerSecond": rates}


print(json.dumps({"python": platform.python_version(), "torch": torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(measure(json.loads(line))), flush=True)
