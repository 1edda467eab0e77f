/** Status of a run that a worker holds, as the worker is told it: `pausing` is a wish, not a status of the row. */
export const heldStatus = "case when status = 'running' and pause_requested then 'pausing' else status end";
