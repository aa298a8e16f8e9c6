/** Workflows and quick activities. */
export const taskQueue = 'titrate';

/** Activities that wait for a job for hours. Their slots are their own, so that watching never starves launching. */
export const watchTaskQueue = 'titrate-watch';
