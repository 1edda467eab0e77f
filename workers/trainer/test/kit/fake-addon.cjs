// A stand-in for tfjs_binding.node, in JavaScript: it has what a small network on tables needs, so that the code around
// the native library is run where that library is not. Numbers are right; nothing about it is fast.
const { operations, tensor } = require("./fake-operations.cjs");

const types = {
  TF_FLOAT: 1,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  TF_RESOURCE: 20,
};
const attributes = ["STRING", "INT", "FLOAT", "BOOL", "TYPE", "SHAPE", "RESOURCE"];

/** Returns what the addon exports; `replaced` are operations that take the place of the right ones. */
module.exports = ({ gpu = false, replaced = {} } = {}) => {
  const tensors = new Map();
  let last = 0;
  const keep = (made) => {
    tensors.set(++last, made);
    return last;
  };
  return {
    ...types,
    ...Object.fromEntries(attributes.map((name, value) => [`TF_ATTR_${name}`, value])),
    TF_Version: "2.9.1-fake",
    isUsingGpuDevice: () => gpu,
    createTensor: (shape, dtype, values) => keep(tensor(shape, dtype, values)),
    deleteTensor: (id) => tensors.delete(id),
    tensorDataSync: (id) => tensors.get(id).values.slice(),
    getNumOfTensors: () => tensors.size,
    getNumOfSavedModel: () => 0,
    executeOp(name, attrs, ids) {
      const operation = replaced[name] ?? operations[name];
      if (!operation) throw new Error(`the fake addon has no operation ${name}`);
      const inputs = ids.map((id) => tensors.get(id));
      const made = operation(inputs, Object.fromEntries(attrs.map(({ name: key, value }) => [key, value])));
      return [{ id: keep(made), shape: made.shape, dtype: made.dtype }];
    },
  };
};
