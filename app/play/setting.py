"""Sets a scenario up: its parts, its clock, its observer, the people and parcels that are given, who makes things go wrong."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.play.broker import Broker
from app.play.clock import ScenarioClock
from app.play.ground import Ground
from app.play.scene import Scene
from app.play.watch import Watch
from app.settings import Settings
from scenarios.reading import Script
