"""Writes keras-models.json: models as Keras writes them, with weights, inputs and outputs.

pip install keras scipy "jax[cpu]"; python keras-models.py > keras-models.json
"""
import json
import os
import re

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers as L

rng = np.random.default_rng(2)


def seq(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def branched():
    x = keras.Input((6,), name="in")
    a = L.Dense(4, activation="gelu", name="left", kernel_regularizer=keras.regularizers.L2(0.01))(x)
    b = L.Dense(4, activation="silu", name="right")(x)
    y = L.Concatenate(name="join")([L.Add(name="sum")([a, b]), L.Multiply(name="product")([a, b])])
    return keras.Model(x, L.Dense(2, name="out")(L.LayerNormalization(name="norm")(y)))


models = {
    "functional": branched(),
    "recurrent": seq(
        (4, 3),
        L.GRU(3, return_sequences=True, name="gru"),
        L.LSTM(3, return_sequences=True, name="lstm"),
        L.SimpleRNN(2, name="rnn"),
        L.Dense(2, activation="softsign", name="out"),
    ),
    "convolution": seq(
        (7, 6, 2),
        L.Rescaling(0.5, offset=0.1),
        L.ZeroPadding2D(((0, 1), (1, 0))),
        L.Conv2D(3, 3, padding="same", strides=2, activation="relu", name="conv"),
        L.DepthwiseConv2D(2, depth_multiplier=2, name="depthwise"),
        L.LeakyReLU(),
        L.MaxPooling2D(2, strides=1),
        L.GlobalAveragePooling2D(),
        L.Dense(2, activation="elu", name="out"),
    ),
    "causal": seq(
        (6, 2),
        L.Conv1D(3, 2, padding="causal", dilation_rate=2, activation="tanh", name="first"),
        L.Conv1D(3, 3, strides=2, padding="same", activation="selu", name="second"),
        L.GlobalMaxPooling1D(),
        L.Dropout(0.3),
        L.Dense(2, activation="softplus", name="out"),
    ),
    "embedding": seq(
        (5,), L.Embedding(9, 4, name="embedding"), L.Flatten(), L.Dense(3, activation="relu6", name="out")
    ),
}

cases = []
for name, model in models.items():
    weights = {}
    for layer in model.layers:
        for weight in layer.trainable_weights:
            values = rng.normal(0, 0.5, weight.shape).astype("float32").round(3)
            weight.assign(values)
            weights[f"{layer.name}/{weight.name}"] = {"shape": list(weight.shape), "values": values.ravel().tolist()}
    shape = model.input_shape[1:]
    x = rng.integers(0, 9, (2, *shape)) if name == "embedding" else rng.normal(size=(2, *shape)).round(3)
    x = x.astype("float32")
    y = np.asarray(model(x, training=False))
    cases.append(
        {
            "name": name,
            "topology": json.loads(model.to_json()),
            "shape": list(shape),
            "weights": weights,
            "inputs": x.ravel().tolist(),
            "outputs": y.ravel().tolist(),
        }
    )

made_by = f"keras {keras.__version__} on {keras.backend.backend()}, by keras-models.py"
# Eight digits: no float32 has more that count.
print(re.sub(r"(\d\.\d{8})\d+", r"\1", json.dumps({"made_by": made_by, "cases": cases})))
