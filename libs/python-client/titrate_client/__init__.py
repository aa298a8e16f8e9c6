"""Titrate: sweeps, runs and results as typed objects and pandas frames."""

from titrate_client.client import Titrate
from titrate_client.problems import ApiProblem, ServerUnreachable, SweepNotEnded, TitrateError

__all__ = ["ApiProblem", "ServerUnreachable", "SweepNotEnded", "Titrate", "TitrateError"]
