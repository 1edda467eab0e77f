/** Losses of a batch: the mean over rows; each writes the gradient over its scores. */
export interface BatchLoss {
  /** Returns the mean loss of `rows` rows of `width` scores; with a gradient array writes the loss's gradient there. */
  loss(scores: Float64Array, targets: Float64Array, rows: number, width: number, gradient?: Float64Array): number;
  /** Rows whose prediction is right; absent for regression. */
  hits?(scores: Float64Array, targets: Float64Array, rows: number, width: number): number;
}

/** Mean cross-entropy of logits against class numbers; the gradient is (softmax − target) / rows. */
export const softmaxCrossEntropy: BatchLoss = {
  loss(scores, targets, rows, width, gradient) {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * width;
      let most = -Infinity;
      for (let j = 0; j < width; j++) if (scores[at + j]! > most) most = scores[at + j]!;
      let sum = 0;
      for (let j = 0; j < width; j++) {
        const power = Math.exp(scores[at + j]! - most);
        sum += power;
        if (gradient) gradient[at + j] = power;
      }
      const target = targets[row]!;
      total += Math.log(sum) + most - scores[at + target]!;
      if (!gradient) continue;
      const share = 1 / (sum * rows);
      for (let j = 0; j < width; j++) gradient[at + j] = gradient[at + j]! * share;
      gradient[at + target] = gradient[at + target]! - 1 / rows;
    }
    return total / rows;
  },
  hits(scores, targets, rows, width) {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * width;
      let best = 0;
      for (let j = 1; j < width; j++) if (scores[at + j]! > scores[at + best]!) best = j;
      if (best === targets[row]) count++;
    }
    return count;
  },
};

/** Mean cross-entropy of one logit against 0 or 1. */
export const logisticLoss: BatchLoss = {
  loss(scores, targets, rows, _, gradient) {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const [score, target] = [scores[row]!, targets[row]!];
      total += Math.max(score, 0) - score * target + Math.log1p(Math.exp(-Math.abs(score)));
      if (gradient) gradient[row] = (1 / (1 + Math.exp(-score)) - target) / rows;
    }
    return total / rows;
  },
  hits(scores, targets, rows) {
    let count = 0;
    for (let row = 0; row < rows; row++) if (scores[row]! > 0 === (targets[row] === 1)) count++;
    return count;
  },
};

/** Mean over all values of the squared error. */
export const meanSquaredError: BatchLoss = {
  loss(scores, targets, rows, width, gradient) {
    const count = rows * width;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const error = scores[i]! - targets[i]!;
      total += error * error;
      if (gradient) gradient[i] = (2 * error) / count;
    }
    return total / count;
  },
};
