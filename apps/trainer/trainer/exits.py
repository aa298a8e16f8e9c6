"""How a job ends: exit codes with a meaning, shared with `exitCodes` of `libs/contracts/src/job.ts`."""

SUCCEEDED = 0
BAD_INPUT = 20
DIVERGED = 30
FENCED = 40


class JobEnd(Exception):
    """Ends the job with an exit code that tells the control plane what to do next. The message is for people."""

    code: int


class BadInput(JobEnd):
    """The job document or its input can never work; the job is not tried again."""

    code = BAD_INPUT


class Diverged(JobEnd):
    """The loss is not finite. The same run would end the same way, so it is not tried again."""

    code = DIVERGED


class Fenced(JobEnd):
    """A newer attempt owns the run's log; this one must leave no trace."""

    code = FENCED
