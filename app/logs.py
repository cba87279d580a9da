"""Logs: readable on a terminal, one JSON object a line otherwise; always on standard error."""

import contextlib
import io
import logging
import sys

import structlog

__all__ = ["configure"]


def configure(style: str, level: str, part: str) -> None:
    """Set up structlog and the standard library's loggers for one part; `style` is auto, text or json."""
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer() if text else structlog.processors.JSONRenderer()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(_STANDARD_ERROR),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(part=part)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # aiokafka reports each reconnection as an error, with a traceback; the parts report their own health
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


class _StandardError(io.StringIO):
    """What standard error is at that moment; a line that it does not take, because the disk is full, ends nobody's work."""

    def write(self, text: str) -> int:
        """The line, or nothing."""
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """As far as it can."""
        with contextlib.suppress(OSError):
            sys.stderr.flush()


_STANDARD_ERROR = _StandardError()
