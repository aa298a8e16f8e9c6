"""How a job ends: exit codes with a meaning, shared with `exitCodes` of `libs/contracts/src/job.ts`."""

SUCCEEDED = 0
BAD_INPUT = 20
LOSS_NOT_FINITE = 30
FENCED = 40


class JobEnd(Exception):
    """Ends the job with an exit code that tells the control plane what to do next. The message is for people."""

    code: int


class BadInput(JobEnd):
    """The job document or its input can never work; the job is not tried again."""

    code = BAD_INPUT


class LossNotFinite(JobEnd):
    """The loss is NaN or infinite. It may be a fault of the hardware: the control plane tries once more, from an earlier checkpoint."""

    code = LOSS_NOT_FINITE

    def __init__(self, step: int) -> None:
        """`step` is the first one whose loss was not finite."""
        super().__init__(f"Cannot go on as the loss must be finite: that of step {step} is not")
        self.step = step


class Fenced(JobEnd):
    """A newer attempt owns the run's log; this one must leave no trace."""

    code = FENCED
